import pytest

from solicit.web.limits import limiter


@pytest.fixture(autouse=True)
def fresh_limits(app):
    """Every test starts with nothing counted against its address."""
    with app.app_context():
        limiter.reset()
