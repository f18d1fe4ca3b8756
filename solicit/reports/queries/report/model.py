"""What a report of ranked themes says, made for one reader; words and formats come later.

Counts are ``None`` where they are under 3 and the reader is no organizer: “fewer than 3”.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import Kind
from solicit.rankings.queries.remarks import Remark
from solicit.rankings.states import Evidence
from solicit.reports.queries.plots.arrivals import Day, ThemeShare
from solicit.reports.queries.publication.participation import Group

Count = int | None


class Audience(enum.Enum):
    """For whom a report is made."""

    ORGANIZER = "organizer"
    CHAIR = "chair"
    PUBLIC = "public"

    @property
    def is_staff(self) -> bool:
        return self is not Audience.PUBLIC


@dataclass(frozen=True)
class Agreement:
    """How far the panelists agree; None where too little was rated in common."""

    w: float | None
    n_questions_of_w: int
    alpha: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class ReportRun:
    """A frozen ranking in a report, with what it takes to repeat it."""

    id: int
    round_id: int
    round_name: str
    kind: Kind
    purpose_word: str
    is_current: bool
    is_staged: bool
    frozen_at: datetime
    published_at: datetime | None
    model_word: str
    seed: int
    input_digest: str
    result_digest: str
    versions: Mapping[str, str]
    weights: Mapping[str, int]
    k: Mapping[str, int]
    n_draws: int
    n_panelists: Count
    n_ratings: int
    n_comparisons: int
    n_ballots: int
    groups: tuple[str, ...]
    notes: tuple[str, ...]
    is_disconnected: bool
    agreement: Agreement | None
    n_hidden: int
    theme_ids: tuple[int, ...]


@dataclass(frozen=True)
class Tails:
    """How many ratings of a question are 2 or less, and how many are 4 or more."""

    n_low: int
    n_high: int


@dataclass(frozen=True)
class ReportRow:
    """One question of a run. What is not published of it is None, and empty, in a public report."""

    run_id: int
    theme_id: int
    label: str
    title: str
    language: str
    translated_title: str | None
    evidence: Evidence
    place_first: int | None
    place_last: int | None
    mean: float
    low: float
    high: float
    n_ratings: int
    p_top_k: float | None
    chance_word: str | None
    plain_mean: float | None
    place_by_groups: int | None
    priority_of_groups: tuple[str, ...]
    is_divided: bool
    tails: Tails | None
    is_method_sensitive: bool
    component: int
    missions: tuple[str, ...]
    plans: tuple[str, ...]


@dataclass(frozen=True)
class Topic:
    """A topic with the questions and plans of the call that are in it."""

    name: str
    n: int


@dataclass(frozen=True)
class ThemePart:
    """What one run says of one theme; the rows are the first of each group, the counts are of all."""

    theme: ThemeView
    run: ReportRun
    k: int
    n_ranked: int
    n_set_aside: int
    n_insufficient: int
    n_divided: Count
    n_priorities: Count
    ranked: tuple[ReportRow, ...]
    set_aside: tuple[ReportRow, ...]
    insufficient: tuple[ReportRow, ...]
    divided: tuple[ReportRow, ...]
    priorities: tuple[ReportRow, ...]
    topics: tuple[Topic, ...]

    @property
    def first_band(self) -> tuple[ReportRow, ...]:
        """The ranked questions that share the first places, of those that the reader sees."""
        return tuple(row for row in self.ranked if row.place_first == self.ranked[0].place_first)


@dataclass(frozen=True)
class Country:
    """Submissions from a country, by its code."""

    name: str
    n: int


@dataclass(frozen=True)
class Region:
    name: str
    n: int
    countries: tuple[Country, ...]


@dataclass(frozen=True)
class Participation:
    """Submissions that were sent and not withdrawn.

    Organizers read their numbers by region and country, where each counts for its first author, if there is one; a
    region without a name are those without a country. Others read people in ``bands``, which organizers do without.
    """

    n_submissions: int
    n_countries: int
    regions: tuple[Region, ...]
    bands: tuple[Group, ...] | None
    shares: tuple[ThemeShare, ...]
    days: tuple[Day, ...]


@dataclass(frozen=True)
class Meeting:
    """The meeting that the call invited to, in numbers for organizers alone."""

    starts_on: date
    ends_on: date
    n_invited: int
    n_coming: int


@dataclass(frozen=True)
class PublicationLink:
    number: int
    digest: str
    published_at: datetime


@dataclass(frozen=True)
class Report:
    """Everything that a report says; ``parts`` in the order of runs and themes."""

    call: CallFacts
    title: str
    language: str
    audience: Audience
    as_of: date
    runs: tuple[ReportRun, ...]
    choices: tuple[ReportRun, ...]
    parts: tuple[ThemePart, ...]
    remarks: tuple[Remark, ...]
    participation: Participation
    meeting: Meeting | None
    publication: PublicationLink | None

    @property
    def is_draft(self) -> bool:
        """Whether anything in it is not published."""
        return any(run.published_at is None for run in self.runs)

    @property
    def n_hidden(self) -> int:
        """Questions of these runs that the reader is in conflict with or judges now."""
        return sum(run.n_hidden for run in self.runs)
