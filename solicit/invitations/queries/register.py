"""The register of candidates as one organizer may see it: filtered, counted and sorted after hiding."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.invitations.queries.candidates import BEST_QUESTIONS, Candidate, CandidatePool
from solicit.invitations.queries.pool.ranked import RankedQuestion
from solicit.invitations.queries.sight import visible_candidates
from solicit.invitations.states import ATTENDANCE_WORDS, BASIS_WORDS, NOMINATION_SOURCE_WORDS
from solicit.people.queries import country_name
from solicit.people.states import CAREER_WORDS
from solicit.web.folding import fold
from solicit.web.pagination import Window


@dataclass(frozen=True)
class MeritPart:
    """One ranked question of a candidate, and whether it is among the best three that count."""

    label: str
    place_first: int | None
    place_last: int | None
    p_top_k: float
    n_authors: int
    counts: bool


@dataclass(frozen=True)
class RegisterRow:
    """Somebody who may be invited, with everything that speaks for it; gender is never shown beside a name."""

    person_id: int
    name: str
    merit: int
    parts: tuple[MeritPart, ...]
    basis: str
    basis_word: str
    source_words: tuple[str, ...]
    n_scores: int
    attendance_word: str
    cost_cents: int
    country_code: str
    country: str
    region: str
    institution: str
    career: str
    career_word: str
    themes: tuple[ThemeView, ...]
    n_accounts: int
    shares_orcid: bool

    @property
    def theme_keys(self) -> tuple[str, ...]:
        return tuple(theme.key for theme in self.themes)


@dataclass(frozen=True)
class Wanted:
    """Which candidates somebody wants to see, and in which order; empty means all."""

    theme: str = ""
    basis: str = ""
    region: str = ""
    country: str = ""
    career: str = ""
    words: str = ""
    sort: str = "merit"


@dataclass(frozen=True)
class Choice:
    """One value of a filter, its word, and how many candidates it would show."""

    value: str
    word: str
    n: int


@dataclass(frozen=True)
class Register:
    """The candidates that fit, and what each filter would leave."""

    rows: tuple[RegisterRow, ...]
    choices: dict[str, tuple[Choice, ...]]
    currency: str
    n_all: int

    def page(self, window: Window) -> tuple[RegisterRow, ...]:
        return self.rows[window.offset : window.offset + window.size]


# Of each filter: the values of a row that it may ask for.
VALUES: dict[str, Callable[[RegisterRow], tuple[str, ...]]] = {
    "theme": lambda row: row.theme_keys,
    "basis": lambda row: (row.basis,),
    "region": lambda row: (row.region,),
    "country": lambda row: (row.country_code,),
    "career": lambda row: (row.career,),
}
SORTS: dict[str, Callable[[RegisterRow], tuple]] = {
    "merit": lambda row: (-row.merit, row.person_id),
    "name": lambda row: (fold(row.name), row.person_id),
    "cost": lambda row: (row.cost_cents, row.person_id),
    "country": lambda row: (not row.country, row.country, row.person_id),
}


def register(
    session: Session, *, call: CallFacts, pool: CandidatePool, viewer_id: int, wanted: Wanted, locale: str
) -> Register:
    """The candidates of a pool; one statement."""
    # Of a question in several runs the best chance counts.
    questions = {question.id: question for question in sorted(pool.questions, key=lambda each: each.p_top_k)}
    seen = visible_candidates(session, pool=pool, viewer_id=viewer_id)
    rows = [_row(candidate, questions, call, locale) for candidate in seen]
    fitting = sorted((row for row in rows if _fits(row, wanted)), key=SORTS[wanted.sort])
    choices = {name: _choices(rows, wanted, name) for name in VALUES}
    return Register(tuple(fitting), choices, pool.rates.currency, n_all=len(rows))


def _row(candidate: Candidate, questions: dict[int, RankedQuestion], call: CallFacts, locale: str) -> RegisterRow:
    return RegisterRow(
        person_id=candidate.person_id,
        name=candidate.name,
        merit=candidate.merit,
        parts=_merit_parts(candidate, questions),
        basis=candidate.basis.value,
        basis_word=BASIS_WORDS[candidate.basis],
        source_words=tuple(NOMINATION_SOURCE_WORDS[source] for source in candidate.sources),
        n_scores=candidate.n_scores,
        attendance_word=ATTENDANCE_WORDS[candidate.attendance],
        cost_cents=candidate.cost_cents,
        country_code=candidate.country or "",
        country=country_name(candidate.country, locale),
        region=candidate.region,
        institution=candidate.institution,
        career=candidate.career.value if candidate.career else "",
        career_word=CAREER_WORDS[candidate.career] if candidate.career else "",
        themes=tuple(theme for theme in call.themes if theme.key in candidate.theme_keys),
        n_accounts=len(candidate.account_ids),
        shares_orcid=candidate.shares_orcid,
    )


def _merit_parts(candidate: Candidate, questions: dict[int, RankedQuestion]) -> tuple[MeritPart, ...]:
    """The questions, those worth most to the person first: the first three make the merit."""
    parts = [(questions[number], n) for number, n in zip(candidate.question_ids, candidate.n_authors, strict=True)]
    in_order = sorted(parts, key=lambda part: (-part[0].p_top_k / part[1], part[0].id))
    return tuple(
        MeritPart(
            label=question.label,
            place_first=question.place_first,
            place_last=question.place_last,
            p_top_k=question.p_top_k,
            n_authors=n_authors,
            counts=place < BEST_QUESTIONS,
        )
        for place, (question, n_authors) in enumerate(in_order)
    )


def _fits(row: RegisterRow, wanted: Wanted, *, without: str = "") -> bool:
    asked = {name: getattr(wanted, name) for name in VALUES if name != without}
    has_words = all(word in fold(row.name) for word in fold(wanted.words).split())
    return has_words and all(value in VALUES[name](row) for name, value in asked.items() if value)


def _choices(rows: Iterable[RegisterRow], wanted: Wanted, name: str) -> tuple[Choice, ...]:
    """What a filter offers under all the others; a value that nobody has is not offered."""
    fitting = [row for row in rows if _fits(row, wanted, without=name)]
    counted = Counter(value for row in fitting for value in VALUES[name](row) if value)
    words = {value: word for row in fitting for value, word in _named_values(row, name)}
    return tuple(Choice(value, words[value], n) for value, n in sorted(counted.items(), key=lambda c: (-c[1], c[0])))


def _named_values(row: RegisterRow, name: str) -> Iterable[tuple[str, str]]:
    named = {
        "theme": [(theme.key, theme.short_name) for theme in row.themes],
        "basis": [(row.basis, row.basis_word)],
        "region": [(row.region, row.region)],
        "country": [(row.country_code, row.country)],
        "career": [(row.career, row.career_word)],
    }
    return named[name]
