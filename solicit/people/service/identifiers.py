"""Identifiers of people and of organizations, with their check digits."""

import re

from solicit.errors import Refused
from solicit.words import N_

ORCID = re.compile(r"(?:https?://orcid\.org/)?(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dXx])", re.ASCII)
ROR = re.compile(r"(?:https?://)?(?:ror\.org/)?(0[0-9a-hjkmnp-tv-z]{6}[0-9]{2})")
# Crockford's base 32, in which ROR writes its numbers.
BASE_32 = "0123456789abcdefghjkmnpqrstvwxyz"
LONGEST_TYPED = 100


class BadIdentifier(Refused):
    """An identifier is not well formed, or its check digits are wrong."""


def orcid_of(text: str) -> str:
    """An ORCID iD as “0000-0002-1825-0097”, from what somebody typed; raises BadIdentifier.

    Source: ORCID, "Structure of the ORCID Identifier" (ISO/IEC 7064, MOD 11-2).
    """
    found = ORCID.fullmatch(text.strip()[:LONGEST_TYPED])
    if found is None:
        raise BadIdentifier(N_("Enter an ORCID iD like 0000-0002-1825-0097"))
    orcid = "-".join(found.groups()).upper()
    if _orcid_check_digit(orcid.replace("-", "")[:-1]) != orcid[-1]:
        raise BadIdentifier(N_("This ORCID iD has a wrong check digit. Compare it with your ORCID page"))
    return orcid


def ror_of(text: str) -> str:
    """A ROR identifier as “013meh722”, from what somebody typed; raises BadIdentifier.

    Source: ROR, "ROR identifier pattern" (base 32 after Crockford, ISO/IEC 7064 MOD 97-10).
    """
    found = ROR.fullmatch(text.strip()[:LONGEST_TYPED].lower())
    if found is None:
        raise BadIdentifier(N_("Enter a ROR identifier like https://ror.org/013meh722, or leave it empty"))
    number = 0
    for sign in found[1][1:7]:
        number = number * 32 + BASE_32.index(sign)
    if f"{98 - number * 100 % 97:02d}" != found[1][7:]:
        raise BadIdentifier(N_("This ROR identifier has wrong check digits. Compare it with ror.org"))
    return found[1]


def _orcid_check_digit(digits: str) -> str:
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    result = (12 - total % 11) % 11
    return "X" if result == 10 else str(result)
