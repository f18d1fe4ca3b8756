"""Names for panelists who stay anonymous: the same within one question, and unlinkable between two."""

import hashlib
import hmac
from dataclasses import dataclass

# Letters and digits that nobody mixes up.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 4


@dataclass(frozen=True)
class PanelLabels:
    """Makes labels with the site's secret, so that nobody who knows numbers can work out who is who."""

    secret: str

    def of(self, *, first_id: int, question_id: int, person_id: int) -> str:
        """The label of a panelist for one question of a series."""
        message = f"panel label {first_id} {question_id} {person_id}".encode()
        number = int.from_bytes(hmac.digest(self.secret.encode(), message, hashlib.sha256), "big")
        letters = []
        for _ in range(LENGTH):
            number, rest = divmod(number, len(ALPHABET))
            letters.append(ALPHABET[rest])
        return "".join(letters)
