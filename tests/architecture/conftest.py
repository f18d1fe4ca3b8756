"""One world of all doors for all tests of this folder that a worker runs; each undoes what it did."""

import pytest

from architecture.world import standing_world


@pytest.fixture(scope="package")
def world(app):
    with standing_world(app) as world:
        yield world
