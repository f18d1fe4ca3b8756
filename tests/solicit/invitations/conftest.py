"""A ranking, its candidates and two organizers, around the ``call`` of each module."""

import pytest
from builders import make_organizer
from builders_invitations import make_candidates, make_ranked_run


@pytest.fixture
def run(session, call):
    return make_ranked_run(session, call)


@pytest.fixture
def people(session, call, run):
    return make_candidates(session, call, run, country="KE")


@pytest.fixture
def ada(session, call):
    return make_organizer(session, call, full_name="Ada Organizer")


@pytest.fixture
def bo(session, call):
    return make_organizer(session, call, full_name="Bo Organizer")
