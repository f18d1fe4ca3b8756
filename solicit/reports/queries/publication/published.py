"""What was published: the page of results is read from it, so that it says what the package says."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import KIND_WORDS, Kind
from solicit.invitations.states import OUTCOME_KIND_WORDS, OutcomeKind
from solicit.questions.models import Question
from solicit.questions.queries.missions import confirmed_names
from solicit.questions.states import question_label
from solicit.rankings.models import RankingRow
from solicit.rankings.queries.published import IS_PUBLISHED
from solicit.reports.models import Publication
from solicit.reports.queries.publication.participation import Group, group_of

# Of each theme and kind the page of results names so many; the ranking itself has a page of its own.
NAMED = 5


@dataclass(frozen=True)
class PublicationLine:
    """One publication: what it is called in the call's own language, its permanent digest, how large its package is."""

    title: str
    licence: str
    number: int
    digest: str
    size: int
    note: str
    # What came into the call by a second look since the publication before.
    changed: tuple[str, ...]
    published_at: datetime


@dataclass(frozen=True)
class TopicLine:
    name: str
    n: int


@dataclass(frozen=True)
class OutcomeLine:
    question: str
    title: str
    language: str
    kind_word: str
    text: str


@dataclass(frozen=True)
class PlaceLine:
    """A question among the first of its theme, with its band, its value and the missions that could answer it."""

    label: str
    title: str
    language: str
    place_first: int
    place_last: int
    mean: float
    low: float
    high: float
    missions: tuple[str, ...]


@dataclass(frozen=True)
class RankedTheme:
    """The first of one theme and kind, and how many are ranked in all."""

    run_id: int
    kind: Kind
    kind_word: str
    theme: ThemeView
    n: int
    first: tuple[PlaceLine, ...]


@dataclass(frozen=True)
class Results:
    """What everybody reads of a published call; publications are the latest first."""

    publications: tuple[PublicationLine, ...]
    n_questions: int
    rankings: tuple[RankedTheme, ...]
    topics: Mapping[ThemeView, tuple[TopicLine, ...]]
    outcomes: tuple[OutcomeLine, ...]
    participation: tuple[Group, ...]

    @property
    def latest(self) -> PublicationLine:
        return self.publications[0]


def publications(session: Session, *, call: CallFacts) -> tuple[PublicationLine, ...]:
    """The publications of a call, the latest first, without their packages; one statement."""
    return tuple(_line(row) for row in session.execute(_lines(call)))


def results(session: Session, *, call: CallFacts) -> Results | None:
    """The page of results as the latest publication says it; two statements."""
    rows = session.execute(_lines(call).add_columns(Publication.contents)).all()
    if not rows:
        return None
    contents = rows[0].contents
    return Results(
        publications=tuple(_line(row) for row in rows),
        n_questions=contents["n_rows"]["questions"],
        rankings=_ranked_themes(session, call, contents["runs"]),
        topics=_topics(call, contents["topics"]),
        outcomes=tuple(_outcome(each) for each in contents["outcomes"]),
        participation=tuple(group_of(each) for each in contents["participation"]),
    )


def published_package(session: Session, *, call: CallFacts, number: int) -> tuple[bytes, bytes] | None:
    """The package of one publication with its digest; one statement."""
    wanted = sa.select(Publication.package, Publication.digest)
    wanted = wanted.where(Publication.call_id == call.id, Publication.number == number)
    row = session.execute(wanted).one_or_none()
    return (row.package, row.digest) if row else None


def _lines(call: CallFacts) -> sa.Select:
    size = sa.func.octet_length(Publication.package).label("size")
    title, licence = (Publication.contents[name].astext.label(name) for name in ("title", "licence"))
    changed = Publication.contents["changed"].label("changed")
    columns = (title, licence, Publication.number, Publication.digest, size, Publication.note, changed)
    return (
        sa.select(*columns, Publication.published_at)
        .where(Publication.call_id == call.id)
        .order_by(Publication.number.desc())
    )


def _line(row: sa.Row) -> PublicationLine:
    return PublicationLine(
        title=row.title,
        licence=row.licence,
        number=row.number,
        digest=bytes(row.digest).hex(),
        size=row.size,
        note=row.note,
        changed=tuple(row.changed or ()),
        published_at=row.published_at,
    )


def _ranked_themes(session: Session, call: CallFacts, run_ids: Sequence[int]) -> tuple[RankedTheme, ...]:
    """The first of every theme of the published runs, with their titles as they may be read now."""
    of_theme = dict(partition_by=(RankingRow.run_id, RankingRow.theme_id))
    place = sa.func.row_number().over(**of_theme, order_by=(RankingRow.position, RankingRow.question_id))
    ranked = sa.select(
        RankingRow.run_id, RankingRow.question_id, place.label("place"), sa.func.count().over(**of_theme).label("n")
    )
    ranked = ranked.where(RankingRow.run_id.in_(run_ids), IS_PUBLISHED).subquery()
    is_same = sa.and_(RankingRow.run_id == ranked.c.run_id, RankingRow.question_id == ranked.c.question_id)
    rows = session.execute(
        sa.select(RankingRow, Question.number, ranked.c.n, confirmed_names().label("missions"))
        .join(ranked, is_same)
        .join(Question, Question.id == RankingRow.question_id)
        .where(ranked.c.place <= NAMED)
        .order_by(RankingRow.run_id, ranked.c.place)
    ).all()
    grouped = defaultdict(list)
    for row in rows:
        grouped[row.RankingRow.run_id, row.RankingRow.theme_id].append(row)
    found = [_ranked_theme(call, each) for each in grouped.values()]
    places = {theme.key: place for place, theme in enumerate(call.themes)}
    return tuple(sorted(found, key=lambda each: (run_ids.index(each.run_id), places[each.theme.key])))


def _ranked_theme(call: CallFacts, rows: list[sa.Row]) -> RankedTheme:
    first = rows[0].RankingRow
    return RankedTheme(
        run_id=first.run_id,
        kind=first.kind,
        kind_word=KIND_WORDS[first.kind],
        theme=call.theme_by_id(first.theme_id),
        n=rows[0].n,
        first=tuple(_place(row) for row in rows),
    )


def _place(row: sa.Row) -> PlaceLine:
    ranked = row.RankingRow
    return PlaceLine(
        label=question_label(ranked.kind, row.number),
        title=ranked.title,
        language=ranked.language,
        place_first=ranked.place_first,
        place_last=ranked.place_last,
        mean=ranked.mean,
        low=ranked.low,
        high=ranked.high,
        missions=tuple(row.missions or ()),
    )


def _topics(call: CallFacts, kept: list[dict]) -> Mapping[ThemeView, tuple[TopicLine, ...]]:
    found = {
        theme: tuple(TopicLine(each["name"], each["questions"]) for each in kept if each["theme_key"] == theme.key)
        for theme in call.themes
    }
    return {theme: topics for theme, topics in found.items() if topics}


def _outcome(kept: dict) -> OutcomeLine:
    kind_word = OUTCOME_KIND_WORDS[OutcomeKind(kept["kind"])]
    return OutcomeLine(kept["question"], kept["title"], kept["language"], kind_word, kept["text"])
