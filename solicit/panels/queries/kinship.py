"""What two people have in common by their institution: the same ROR, affiliation, or mail domain."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from solicit.web.folding import fold

FEATURE = Path(__file__).parents[1]
SHORTEST_AFFILIATION = 4
# Labels below a country under which institutions register: cam.ac.uk, tsinghua.edu.cn.
SECOND_LEVELS = frozenset({"ac", "co", "com", "edu", "go", "gob", "gouv", "gov", "net", "or", "org", "re", "res"})
RESERVED = (".example", ".invalid", ".localhost", ".test")


def institution_keys(email: str, affiliation: str, ror: str | None) -> Iterator[str]:
    """Words that are equal for two people of one institution; nothing for a public mail provider."""
    if ror:
        yield f"ror {ror}"
    words = fold(affiliation)
    if len(words) >= SHORTEST_AFFILIATION and words not in _listed("nobodys_affiliations.txt"):
        yield f"affiliation {words}"
    domain = institution_domain(email)
    if domain:
        yield f"domain {domain}"


def institution_domain(email: str) -> str | None:
    """The domain that an institution registered, without the names of its departments; None if it is nobody's own."""
    domain = email.rpartition("@")[2].lower().rstrip(".")
    public = _listed("public_mail_domains.txt")
    if "." not in domain or domain.endswith(RESERVED) or domain in public:
        return None
    registered = _registered(domain)
    return None if registered in public else registered


def _registered(domain: str) -> str:
    labels = domain.split(".")
    is_below_country = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVELS
    return ".".join(labels[-3:] if is_below_country else labels[-2:])


@cache
def _listed(name: str) -> frozenset[str]:
    lines = (FEATURE / name).read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))
