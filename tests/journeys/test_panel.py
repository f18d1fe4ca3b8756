"""A panel in a real browser: invited by mail, scoring on a phone, comparing, ordering, talking, frozen, published."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer
from builders_panels import make_read_question
from builders_people import make_account
from walking import PASSWORD, PHONE, assign, link_in, look_over, sign_in, wait_for_job

from solicit.clock import utcnow
from solicit.panels.models import Assignment, Ballot, BallotPlace, Comparison, ConflictOfInterest, Criterion, Score
from solicit.panels.service import review as reviews
from solicit.panels.states import AssignmentState, BallotState, ComparisonState, Confidence
from solicit.people.models import Person
from solicit.questions.models import Question
from solicit.rankings.models import RankingRow

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
