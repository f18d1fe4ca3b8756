"""A panel in a real browser: invited by mail, scoring on a phone, comparing, ordering, talking, frozen, published."""


import pytest
from builders import make_call, make_organizer
from builders_panels import make_read_question

N_QUESTIONS = 6
SLUG = "deep-space"
PHONE_EMAIL = "amina@example.org"
CHAIR = "chair@example.org"
OTHERS = ("ben@example.org", "chen@example.org")
CRITERIA = (("Importance", 50), ("Novelty", 30), ("Reachability", 20))

pytestmark = pytest.mark.browser


@pytest.fixture
def site(make_site, in_site, exported_model):
    """A call with an organizer, six questions in scope, and accounts for all that are invited but one."""
    site = make_site(model=exported_model)
    with in_site(site) as session:
        call = make_call(session, slug=SLUG, title="Deep space", n_places=2)
        make_organizer(session, call, email="office@example.org", full_name="The Office", password=hashed(session))
        for number in range(N_QUESTIONS):
            make_read_question(session, call, title=f"What is wonder number {number}?")
        session.commit()
    site.start()
    return site
