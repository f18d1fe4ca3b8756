"""The only place that commits."""

import time

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from solicit.db import db, transaction


@pytest.fixture
def impatient(app):
    """A database that ends a transaction as soon as it is silent for 50 ms."""
    with app.app_context():
        db.session.connection().execute(sa.text("SET idle_in_transaction_session_timeout = 50"))
        db.session.commit()
        yield
        db.session.remove()
        db.engine.dispose()


def think_in(*, is_long: bool) -> int:
    with transaction(is_long=is_long) as session:
        session.execute(sa.select(1))
        time.sleep(0.3)
        return session.scalar(sa.select(7))


def test_long_transaction_may_be_silent(impatient):
    assert think_in(is_long=True) == 7
    with pytest.raises(DBAPIError):
        think_in(is_long=False)
