import sqlalchemy as sa

from solicit.clock import utcnow
from solicit.demo import arrivals, many
from solicit.demo.content import sample_people
from solicit.demo.generate import generate
from solicit.mail.models import OutboxMail
from solicit.questions.models import Question, QuestionSource
from solicit.submissions.models import Authorship, Submission, SubmissionVersion


def load(app, session, n):
    told = []
    many.load_generated(n, credentials=app.extensions["credentials"], now=utcnow(), report=told.append)
    return told


def sample_site(app, session):
    organizers = sample_people().organizers[:1]
    credentials, now = app.extensions["credentials"], utcnow()
    ids = arrivals.create_people(session, people=organizers, credentials=credentials, now=now)
    arrivals.create_call(session, organizer_ids=ids.values(), now=now)
    session.commit()


def count(session, model):
    return session.scalar(sa.select(sa.func.count()).select_from(model))


def test_interrupted_load_goes_on_and_doubles_nothing(app, session, monkeypatch):
    monkeypatch.setattr(many, "PORTION", 40)
    sample_site(app, session)
    assert load(app, session, 80) == [0, 40, 40]
    assert load(app, session, 120) == [80, 40]
    assert load(app, session, 120) == [120]
    assert [count(session, model) for model in (Submission, SubmissionVersion, Question, QuestionSource)] == [120] * 4
    titles = session.scalars(sa.select(Submission.title).order_by(Submission.id)).all()
    assert titles == [text.wording.title for text in generate(120)]


def test_loaded_texts_have_authors_days_and_work_for_each_desk(app, session):
    sample_site(app, session)
    load(app, session, 150)
    texts = generate(150)
    assert count(session, Authorship) == sum(1 + len(text.co_authors) for text in texts)
    assert set(session.scalars(sa.select(Authorship.may_be_named))) == {True, False}
    in_order = session.scalars(sa.select(Question.created_at).order_by(Question.id)).all()
    assert in_order == session.scalars(sa.select(Submission.sent_at).order_by(Submission.id)).all()
    states = {
        row[0].value: row[1]
        for row in session.execute(sa.select(Question.state, sa.func.count()).group_by(Question.state))
    }
    assert states["in_scope"] > 100 and states["new"] > 5
    assert count(session, OutboxMail) == 0
