"""A browser without scripts, for tests that share one application context with their requests."""

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
