"""A browser without scripts, for tests that share one application context with their requests."""

import re

from flask import g
from flask.testing import FlaskClient

from solicit.db import db


class Browser(FlaskClient):
    """A browser without scripts. Each request sees what the test wrote, and what it leaves unsaved is lost."""

    def open(self, *args, **kwargs):
        db.session.commit()
        for name in list(g):
            g.pop(name)
        answer = super().open(*args, **kwargs)
        db.session.rollback()
        return answer


def without_token(text: str) -> str:
    """A page as a reader can compare it: the token of its forms is signed with the second it was made in."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", text)
