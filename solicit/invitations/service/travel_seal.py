"""Sealing travel details: one text, encrypted with a key that the database does not have (docs/decisions/0028)."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from solicit.errors import Conflict
from solicit.invitations.queries.travel_details import TravelDetails
from solicit.keys import travel_keys
from solicit.words import N_

NONCE_BYTES = 12
# Spaces fill the text up, so that its length tells nothing.
BLOCK = 1_024


class CannotOpen(Conflict):
    """No key of the site opens a seal."""

    message = N_(
        "The stored travel details cannot be opened with the keys of this site. Whoever runs it must bring back the"
        " key; or delete the details and enter them again."
    )


def seal(details: TravelDetails, *, invitation_id: int) -> bytes:
    """The details as they are stored; they open for this invitation alone."""
    text = details.to_json().encode()
    filled = text.ljust(-(-len(text) // BLOCK) * BLOCK)
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(travel_keys()[0]).encrypt(nonce, filled, _bound_to(invitation_id))


def unseal(sealed: bytes, *, invitation_id: int) -> TravelDetails:
    """The details; raises CannotOpen without their key, or for those of another invitation."""
    for key in travel_keys():
        text = _opened(key, sealed, invitation_id)
        if text is not None:
            return TravelDetails.from_json(text)
    raise CannotOpen


def is_of_first_key(sealed: bytes, *, invitation_id: int) -> bool:
    return _opened(travel_keys()[0], sealed, invitation_id) is not None


def _opened(key: bytes, sealed: bytes, invitation_id: int) -> str | None:
    try:
        opened = AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound_to(invitation_id))
    except (InvalidTag, ValueError):
        return None
    return opened.decode()


def _bound_to(invitation_id: int) -> bytes:
    return b"travel details of invitation %d" % invitation_id
