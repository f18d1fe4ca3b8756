"""One planted world for all tests of this folder that a worker runs one after the other; each undoes what it did."""

import pytest

from trust.worlds import planted_world


@pytest.fixture(scope="package")
def planted(app):
    with planted_world(app) as planted:
        yield planted
