"""What a question is, as conditions: its state, theme, topic and kind, the countries of its authors, its duplicates."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from solicit.calls.queries import CallFacts
from solicit.calls.states import Kind
from solicit.people.queries.countries import country_choices
from solicit.questions.models import DuplicatePair, Question, QuestionSource
from solicit.questions.queries.topic_names import TOPIC_NAME, topic, with_topic
from solicit.questions.states import QuestionState, Verdict
from solicit.reports.queries.search.language import Named, NotAQuery
from solicit.reports.queries.search.sight import Searcher, without_part
from solicit.submissions.models import Authorship, Submission
from solicit.submissions.states import LIVE
from solicit.web.folding import fold
from solicit.web.routing import id_from
from solicit.words import N_

NONE = "none"
OPEN, MERGED = "open", "merged"
# The languages in which countries are known by name.
NAMED_IN = ("en", "ar", "es", "fr", "ru", "zh")

Condition = Callable[[CallFacts, Searcher, Named], sa.ColumnElement[bool]]


def is_in_state(_call: CallFacts, _searcher: Searcher, named: Named) -> sa.ColumnElement[bool]:
    return Question.state.in_(known(named, {state.value: state for state in QuestionState}))


def is_of_kind(_call: CallFacts, _searcher: Searcher, named: Named) -> sa.ColumnElement[bool]:
    return Question.kind.in_(known(named, {kind.value: kind for kind in Kind}))


def has_theme(call: CallFacts, _searcher: Searcher, named: Named) -> sa.ColumnElement[bool]:
    """By the key or the names of themes."""
    names = {each: theme.id for theme in call.themes for each in (theme.name, theme.short_name, theme.key)}
    ids = known(named, {NONE: None} | names, shown=[*(theme.key for theme in call.themes), NONE])
    return _is_one_of(Question.theme_id, ids)


def has_topic(_call: CallFacts, _searcher: Searcher, named: Named) -> sa.ColumnElement[bool]:
    """By the number of a topic, or by words of its name."""
    ids, names = [], []
    for value in named.values:
        number = id_from(value[2:]) if value[:2].upper() == "T-" else None
        if number or value == NONE:
            ids.append(number)
        else:
            names.append(TOPIC_NAME.icontains(value, autoescape=True))
    placed = with_topic(sa.select(Question.id)).where(sa.or_(_is_one_of(topic.c.id, ids), *names))
    return Question.id.in_(placed.correlate(None))


def has_country(_call: CallFacts, _searcher: Searcher, named: Named) -> sa.ColumnElement[bool]:
    """By the code of an author's country, or by its name."""
    codes = known(named, countries_by_name(), shown=("CN", "KE", "…"))
    written = (
        sa.select(QuestionSource.question_id)
        .join(Submission, Submission.id == QuestionSource.submission_id)
        .join(Authorship, Authorship.submission_id == Submission.id)
        .where(Authorship.country.in_(codes), Submission.state.in_(LIVE))
    )
    return Question.id.in_(written)


def has_duplicate(call: CallFacts, searcher: Searcher, named: Named) -> sa.ColumnElement[bool]:
    """By what is known of its pairs; a pair with a question that is closed to the searcher is none."""
    words = {OPEN: None, MERGED: MERGED} | {verdict.value: verdict for verdict in Verdict}
    wanted = known(named, words)
    verdicts = [each for each in wanted if each != MERGED]
    found = [_paired(call, searcher, verdicts)] if verdicts else []
    if MERGED in wanted:
        merged = aliased(Question)
        into = sa.select(merged.merged_into_id).where(merged.call_id == call.id)
        found.append(into.where(merged.merged_into_id.is_not(None)))
    return sa.or_(*(Question.id.in_(ids) for ids in found))


def known(named: Named, words: Mapping[str, object], *, shown: Iterable[str] = ()) -> list:
    """What the values of a keyword stand for, however they are written; raises NotAQuery for one that is unknown."""
    folded = {_folded(word): meaning for word, meaning in words.items()}
    for value in named.values:
        if _folded(value) not in folded:
            raise NotAQuery(
                N_("%(keyword)s knows no “%(value)s”. It knows: %(known)s"),
                keyword=f"{named.keyword}:",
                value=value,
                known=", ".join(shown or words),
            )
    return [folded[_folded(value)] for value in named.values]


def _folded(word: str) -> str:
    return fold(word.replace("_", " "))


def _is_one_of(column: sa.ColumnElement, values: list) -> sa.ColumnElement[bool]:
    """Whether a column has one of the values, None among them."""
    numbers = [value for value in values if value is not None]
    return sa.or_(column.in_(numbers), column.is_(None) if None in values else sa.false())


def _paired(call: CallFacts, searcher: Searcher, verdicts: list) -> sa.CompoundSelect:
    sides = (DuplicatePair.left_id, DuplicatePair.right_id), (DuplicatePair.right_id, DuplicatePair.left_id)
    which = DuplicatePair.call_id == call.id, _is_one_of(DuplicatePair.verdict, verdicts)
    return sa.union_all(*(sa.select(side).where(*which, *without_part(searcher, other)) for side, other in sides))


@cache
def countries_by_name() -> dict[str, str]:
    """Codes of countries by the codes and by their names in the languages of the United Nations."""
    choices = [choice for locale in NAMED_IN for choice in country_choices(locale)]
    return {name: code for code, name in choices} | {code: code for code, _name in choices}
