"""The first part of the sample call: people, the call itself, and what they send to it."""

import random
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from solicit.access.policy import Grant, Role
from solicit.calls import queries as call_queries
from solicit.calls import service as calls
from solicit.calls.queries import CallFacts
from solicit.calls.states import CallState, Kind
from solicit.demo.content import SamplePerson, SampleQuestion, sample_call
from solicit.people.service import accounts
from solicit.people.service.credentials import Credentials
from solicit.people.states import Career
from solicit.questions.service.open import open_question
from solicit.questions.service.support import give_support
from solicit.submissions import service as submissions
from solicit.submissions.states import AuthorValues, TextValues

SEED = 20221124
# The pages speak English so far, whatever the people of the sample write.
SITE_LOCALE = "en"
OPEN_DAYS = 60
DAYS_LEFT = 30
# First and last day of each stage, counted from today.
STAGE_DAYS = (
    (-OPEN_DAYS, DAYS_LEFT),
    (-30, DAYS_LEFT + 14),
    (DAYS_LEFT + 14, DAYS_LEFT + 90),
    (DAYS_LEFT + 90, DAYS_LEFT + 150),
)
SUPPORTED_SHARE = 0.3
MOST_SUPPORTERS = 25
FIRST_AUTHOR = ("en-003", "en-041", "en-080")


@dataclass(frozen=True)
class Sent:
    """One sample text as it arrived."""

    sample: SampleQuestion
    question_id: int
    author_id: int


def create_people(
    session: Session, *, people: Iterable[SamplePerson], credentials: Credentials, now: datetime
) -> dict[str, int]:
    """Accounts for invented people; their ids by key."""
    ids = {}
    for person in people:
        ids[person.key] = accounts.create_person(
            session,
            credentials=credentials,
            email=person.email,
            full_name=person.full_name,
            password=None,
            locale=SITE_LOCALE,
            now=now,
        )
        profile = accounts.Profile(
            full_name=person.full_name,
            family_name=person.family_name,
            affiliation=person.affiliation,
            country=person.country,
            career=Career(person.career),
            locale=SITE_LOCALE,
            scheme=None,
        )
        accounts.change_profile(session, person_id=ids[person.key], profile=profile)
    return ids


def create_call(session: Session, *, organizer_ids: Iterable[int], now: datetime) -> CallFacts:
    """The sample call, open around ``now``, with its organizers."""
    texts = sample_call()
    opens_at = now.replace(hour=8, minute=0, second=0, microsecond=0) - timedelta(days=OPEN_DAYS)
    plain = (
        "slug",
        "title",
        "motto",
        "lead",
        "about",
        "before_you_start",
        "consent",
        "confidentiality",
        "translations",
    )
    new = calls.NewCall(
        **{name: texts[name] for name in plain},
        headline=texts["hero"],
        contact="office@example.org",
        opens_at=opens_at,
        closes_at=now.replace(hour=23, minute=59, second=0, microsecond=0) + timedelta(days=DAYS_LEFT),
        themes=tuple(calls.NewTheme(**theme) for theme in texts["themes"]),
        stages=tuple(
            calls.NewStage(**stage, starts_on=(now + timedelta(first)).date(), ends_on=(now + timedelta(last)).date())
            for stage, (first, last) in zip(texts["what_happens"], STAGE_DAYS, strict=True)
        ),
        reasons=tuple(calls.NewReason(**reason) for reason in texts["out_of_scope_reasons"]),
    )
    call_id = calls.create_call(session, call=new, creator_id=None, now=opens_at)
    calls.move_call(session, call_id=call_id, to=CallState.OPEN, actor_id=None, now=opens_at)
    for person_id in organizer_ids:
        grant = Grant(Role.ORGANIZER, call_id)
        accounts.give_role(session, person_id=person_id, grant=grant, giver_id=None, now=opens_at)
    return call_queries.call_facts(session, slug=new.slug)


def choose_authors(texts: Iterable[SampleQuestion], people: Sequence[SamplePerson]) -> dict[str, SamplePerson]:
    """An author for each text who fits its language, country and career; each person as seldom as possible.

    The first person, whom the demonstration shows, wrote the texts of FIRST_AUTHOR.
    """
    n_texts: dict[str, int] = defaultdict(int)
    chosen = {}
    for text in texts:
        best = min(people, key=lambda person: (_misfit(text, person), n_texts[person.key], person.key))
        chosen[text.key] = people[0] if text.key in FIRST_AUTHOR else best
        n_texts[chosen[text.key].key] += 1
    return chosen


def _misfit(text: SampleQuestion, person: SamplePerson) -> int:
    wrong_language = text.language != "en" and person.locale != text.language
    return 4 * wrong_language + 2 * (person.country != text.country) + (person.career != text.career)


def send_texts(
    session: Session,
    *,
    call: CallFacts,
    texts: list[SampleQuestion],
    authors: dict[str, SamplePerson],
    person_ids: dict[str, int],
    now: datetime,
) -> list[Sent]:
    """Send every text on a day of its own choosing; more on the first and the latest days."""
    chance = random.Random(SEED)  # noqa: S311 - sample content
    order = chance.sample(texts, len(texts))
    days = sorted(OPEN_DAYS * chance.betavariate(0.8, 0.9) for _ in order)
    sent = []
    for text, day in zip(order, days, strict=True):
        moment = min(call.opens_at + timedelta(days=day, hours=1), now - timedelta(minutes=5))
        author = authors[text.key]
        sent.append(_send(session, call, text, author, person_ids[author.key], moment))
    return sent


def _send(
    session: Session, call: CallFacts, text: SampleQuestion, author: SamplePerson, author_id: int, now: datetime
) -> Sent:
    values = TextValues(
        kind=Kind(text.kind),
        theme_id=call.theme(text.theme).id,
        language=text.language,
        title=text.title,
        goal_overview=text.goal_overview,
        significance=text.significance,
        approach=text.approach,
    )
    receipt = submissions.submit(
        session,
        call=call,
        person_id=author_id,
        author=AuthorValues(
            full_name=author.full_name,
            affiliation=author.affiliation,
            country=text.country,
            career=Career(text.career),
            is_willing=author.willing,
            may_be_named=author.named,
            is_sixteen=True,
            has_consented=True,
        ),
        text=values,
        idempotency_key=uuid.uuid5(uuid.NAMESPACE_URL, f"sample/{text.key}"),
        now=now,
    )
    question_id = open_question(session, submission_id=receipt.submission_id, call_id=call.id, text=values, now=now)
    return Sent(text, question_id, author_id)


def support_some(
    session: Session, *, call: CallFacts, sent: Iterable[Sent], person_ids: Iterable[int], now: datetime
) -> None:
    """Let a seeded part of the people support a part of the questions."""
    chance = random.Random(SEED + 1)  # noqa: S311 - sample content
    people = sorted(person_ids)
    for question in sent:
        if chance.random() > SUPPORTED_SHARE:
            continue
        for person_id in chance.sample(people, chance.randint(1, MOST_SUPPORTERS)):
            if person_id != question.author_id:
                give_support(session, call=call, question_id=question.question_id, person_id=person_id, now=now)
