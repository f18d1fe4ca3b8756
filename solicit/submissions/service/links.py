"""Mailed links that ask one person one question, and are good for one answer."""

import enum
import secrets
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer

from solicit.errors import DomainError
from solicit.words import N_


class LinkUsedUp(DomainError):
    """A link was answered or taken back, or was never ours."""

    message = N_("This link was used before, was taken back, or is not complete.")


@dataclass(frozen=True)
class LinkKey:
    """What a link is bound to: a row by its number, and the nonce that the row had when the link was written."""

    number: int
    nonce: str


@dataclass(frozen=True)
class AnswerLinks:
    """Signs links, so that nobody can make one up. Every answer gives its row a new nonce, and the link is used up."""

    secret: str

    def token(self, asked: enum.Enum, *, number: int, nonce: str) -> str:
        return self._signer(asked).dumps([number, nonce])

    def read(self, asked: enum.Enum, token: str) -> LinkKey:
        """What a token is bound to; raises LinkUsedUp if it is forged or asks something else."""
        try:
            return LinkKey(*self._signer(asked).loads(token))
        except BadData:
            raise LinkUsedUp from None

    def _signer(self, asked: enum.Enum) -> URLSafeSerializer:
        return URLSafeSerializer(self.secret, salt=f"submissions {asked.value}")


def new_nonce() -> str:
    return secrets.token_hex(16)
