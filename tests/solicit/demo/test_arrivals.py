import sqlalchemy as sa

from solicit.clock import utcnow
from solicit.demo import arrivals
from solicit.demo.content import sample_people, sample_questions
from solicit.submissions.models import Authorship


def test_some_authors_of_the_sample_agreed_to_be_named(app, session):
    """Published pages show both: names, and that somebody did not agree."""
    people, credentials, now = sample_people().authors[:3], app.extensions["credentials"], utcnow()
    ids = arrivals.create_people(session, people=people, credentials=credentials, now=now)
    call = arrivals.create_call(session, organizer_ids=(), now=now)
    texts = list(sample_questions()[:3])
    authors = dict(zip((text.key for text in texts), people, strict=True))
    arrivals.send_texts(session, call=call, texts=texts, authors=authors, person_ids=ids, now=now)
    agreed = session.execute(sa.select(Authorship.full_name, Authorship.may_be_named).order_by(Authorship.person_id))
    assert dict(agreed.all()) == {person.full_name: person.named for person in people}
    assert {person.named for person in people} == {True, False}
