"""Loading generated texts beside the sample: portions that are stored whole, so that a broken load goes on."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record_all
from solicit.calls.queries import CallFacts, call_facts
from solicit.db import transaction
from solicit.demo.content import sample_call, sample_people
from solicit.demo.crowd import Member
from solicit.demo.generate import SEED, Generated, Trait, generate
from solicit.demo.screening import screen_portion
from solicit.mail.service import discard_queued
from solicit.people.models import Person
from solicit.people.queries import person_id_of
from solicit.people.service import accounts
from solicit.people.service.credentials import Credentials
from solicit.people.states import Career
from solicit.questions.models import Question, QuestionSource
from solicit.questions.service.open import open_questions
from solicit.submissions.models import Submission
from solicit.submissions.service.limits import check_person, check_text
from solicit.submissions.service.rows import authorship_of, keep_versions, new_submission
from solicit.submissions.service.send import accept_terms
from solicit.submissions.states import AuthorValues, TextValues

PORTION = 500
SITE_LOCALE = "en"


def load_generated(n: int, *, credentials: Credentials, now: datetime, report: Callable[[int], None]) -> None:
    """Bring the generated texts of the sample call up to ``n``; ``report`` is told how many more are there."""
    texts = generate(n)
    with transaction() as session:
        n_loaded = _n_loaded(session, n)
    report(n_loaded)
    for start in range(n_loaded, n, PORTION):
        with transaction(is_long=True) as session:
            portion = range(start, min(start + PORTION, n))
            _load_portion(session, texts, portion, credentials, now)
            discard_queued(session)  # nobody behind the sample addresses asked for mail
        report(len(portion))


def key_of(place: int) -> uuid.UUID:
    """The idempotency key of a generated text."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"generated/{SEED}/{place}")


def _n_loaded(session: Session, n: int) -> int:
    keys = [key_of(place) for place in range(n)]
    return session.scalar(sa.select(sa.func.count()).where(Submission.idempotency_key.in_(keys)))


def _load_portion(
    session: Session, texts: Sequence[Generated], portion: range, credentials: Credentials, now: datetime
) -> None:
    call = call_facts(session, slug=sample_call()["slug"])
    some = [texts[place] for place in portion]
    person_ids = _accounts_of(session, some, credentials, now)
    sent = _send(session, call, dict(zip(portion, some, strict=True)), person_ids, now)
    question_ids = open_questions(session, call_id=call.id, texts=sent, now=now)
    _let_arrive(session, question_ids)
    organizer_id = person_id_of(session, email=sample_people().organizers[0].email)
    screen_portion(
        session,
        call_id=call.id,
        questions=list(zip(question_ids, some, strict=True)),
        origins=_questions_of(session, {text.origin for text in some if text.trait is Trait.REWORDED}),
        organizer_id=organizer_id,
        now=now,
    )


def _accounts_of(
    session: Session, texts: Sequence[Generated], credentials: Credentials, now: datetime
) -> dict[int, int]:
    """The account of every author of these texts, by the author's number."""
    authors = {member.number: member for text in texts for member in (text.author, *text.co_authors)}
    emails = {member.email: member.number for member in authors.values()}
    known = session.execute(sa.select(Person.email, Person.id).where(Person.email.in_(emails)))
    ids = {emails[row.email]: row.id for row in known}
    for number in sorted(authors.keys() - ids.keys()):
        ids[number] = _open_account(session, authors[number], credentials, now)
    return ids


def _open_account(session: Session, member: Member, credentials: Credentials, now: datetime) -> int:
    own = dict(full_name=member.full_name, locale=SITE_LOCALE)
    person_id = accounts.create_person(
        session, credentials=credentials, email=member.email, password=None, now=now, **own
    )
    profile = accounts.Profile(
        family_name=member.family_name,
        affiliation=member.affiliation,
        country=member.country,
        career=Career(member.career),
        scheme=None,
        **own,
    )
    accounts.change_profile(session, person_id=person_id, profile=profile)
    return person_id


def _send(
    session: Session, call: CallFacts, texts: dict[int, Generated], person_ids: dict[int, int], now: datetime
) -> list[tuple[int, TextValues]]:
    """Store these texts as their authors send them, but without receipts; few statements for all."""
    sent = []
    for place, text in texts.items():
        values = _values(call, text)
        check_text(call, values)
        arrived_at = call.opens_at + text.day * (now - timedelta(minutes=5) - call.opens_at)
        submission = new_submission(call, values, arrived_at)
        submission.submitter_id, submission.idempotency_key = person_ids[text.author.number], key_of(place)
        accept_terms(submission, call, arrived_at)
        sent.append((submission, text, values))
    submissions = [submission for submission, _text, _values in sent]
    session.add_all(submissions)
    session.flush()
    session.add_all(row for submission, text, _values in sent for row in _authorships(submission, text, person_ids))
    keep_versions(session, submissions, now)
    ids = [submission.id for submission in submissions]
    record_all(session, act="submit", subject="submission", subject_ids=ids, call_id=call.id, actor_id=None, now=now)
    return [(submission.id, values) for submission, _text, values in sent]


def _values(call: CallFacts, text: Generated) -> TextValues:
    return TextValues(
        kind=text.kind,
        theme_id=call.theme(text.theme).id,
        language=text.language,
        plan=text.plan,
        **vars(text.wording),
    )


def _authorships(submission: Submission, text: Generated, person_ids: dict[int, int]):
    for position, member in enumerate((text.author, *text.co_authors), start=1):
        values = AuthorValues(
            full_name=member.full_name,
            affiliation=member.affiliation,
            country=member.country,
            career=Career(member.career),
            is_willing=member.is_willing,
            may_be_named=member.may_be_named,
            is_sixteen=True,
            has_consented=True,
        )
        check_person(values)
        own = dict(position=position, is_corresponding=position == 1)
        yield authorship_of(submission, person_ids[member.number], values, submission.sent_at, **own)


def _let_arrive(session: Session, question_ids: Sequence[int]) -> None:
    """Questions that are opened together came one after the other."""
    session.execute(
        sa.update(Question)
        .where(Question.id == QuestionSource.question_id, QuestionSource.submission_id == Submission.id)
        .where(Question.id.in_(question_ids))
        .values(created_at=Submission.sent_at)
        .execution_options(synchronize_session=False)
    )


def _questions_of(session: Session, places: set[int]) -> dict[int, int]:
    """The questions that generated texts came with, by the texts' places."""
    keys = {key_of(place): place for place in places}
    rows = session.execute(
        sa.select(Submission.idempotency_key, QuestionSource.first_question_id)
        .join(QuestionSource, QuestionSource.submission_id == Submission.id)
        .where(Submission.idempotency_key.in_(keys))
    )
    return {keys[row.idempotency_key]: row.first_question_id for row in rows}
