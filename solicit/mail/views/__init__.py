"""Pages about letters."""

from flask import Blueprint

bp = Blueprint("mail", __name__)

from solicit.mail.views import outbox, wordings  # noqa: E402

__all__ = ["bp", "outbox", "wordings"]
