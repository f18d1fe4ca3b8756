"""One row of a table of questions, as the text it stands for."""

import enum
from collections.abc import Mapping

from solicit.calls.queries import CallFacts
from solicit.calls.states import KIND_WORDS, OPTIONAL_OF_PLAN, OPTIONAL_OF_QUESTION, Kind
from solicit.errors import Refused
from solicit.submissions.queries.columns import PLAN_COLUMNS
from solicit.submissions.queries.imports import ImportedText, Known, key_of
from solicit.submissions.service.limits import LONGEST_BODY, check_limits
from solicit.submissions.states import (
    MISSION_TYPE_WORDS,
    READINESS_WORDS,
    TIME_FRAME_WORDS,
    MissionType,
    PlanValues,
    TextValues,
    TimeFrame,
)
from solicit.web.text import BadText, clean_text, one_line
from solicit.words import N_

LONGEST_ID = 200
LONGEST_ORIGIN = 1_000
USUAL_LANGUAGE = "en"


class RowRefused(Refused):
    """One row cannot be imported; the message says why, ``column`` is the one of ours where it is wrong."""

    def __init__(self, message: str, *, column: str = "", **params: object) -> None:
        super().__init__(message, **params)
        self.column = column


def read_row(call: CallFacts, known: Known, cells: Mapping[str, str]) -> ImportedText:
    """The text of a row, by our names of its columns; raises RowRefused where it is none."""
    given = _Cells(cells)
    unknown = N_("We do not know this kind: use question or plan.")
    kind = given.choice("kind", Kind, KIND_WORDS, unknown) or Kind.QUESTION
    _refuse_unasked(call, kind, given)
    text = TextValues(
        kind=kind,
        theme_id=_theme_id(known, given.line("theme")),
        language=given.line("language").casefold() or USUAL_LANGUAGE,
        title=given.line("title"),
        goal_overview=given.text("goal_overview"),
        significance=given.text("significance"),
        approach=given.text("approach"),
        plan=_plan(call, kind, known.missions, given),
    )
    try:
        check_limits(call, text)
    except Refused as error:
        params = dict(error.params)
        raise RowRefused(error.message, column=params.pop("part", ""), **params) from None
    origin = " · ".join(part for part in (given.line("source"), given.line("licence")) if part)
    given.refuse_longer("source", origin, LONGEST_ORIGIN)
    external_id = given.line("external_id")
    given.refuse_longer("external_id", external_id, LONGEST_ID)
    return ImportedText(text, origin, external_id or None)


class _Cells:
    """The cells of a row, cleaned as everything is that people send."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self._cells = cells

    def line(self, column: str) -> str:
        return self._cleaned(column, one_line)

    def text(self, column: str) -> str:
        return self._cleaned(column, clean_text)

    def choice(self, column: str, members: type[enum.Enum], words: Mapping, refusal: str):
        """The member that a cell names by its value or its word; None for an empty cell."""
        wanted = key_of(self.line(column))
        if not wanted:
            return None
        for member in members:
            if wanted in (member.value, key_of(words[member])):
                return member
        raise RowRefused(refusal, column=column)

    def refuse_longer(self, column: str, text: str, most: int) -> None:
        if len(text) > most:
            raise RowRefused(N_("It is too long: at most %(most)s characters."), column=column, most=most)

    def _cleaned(self, column: str, clean) -> str:
        try:
            return clean(self._cells.get(column, ""))
        except BadText:
            raise RowRefused(N_("It holds control characters."), column=column) from None


def _theme_id(known: Known, name: str) -> int | None:
    wanted = key_of(name)
    if not wanted:
        return None
    if wanted in known.themes:
        return known.themes[wanted]
    raise RowRefused(N_("This call does not have this theme."), column="theme")


def _plan(call: CallFacts, kind: Kind, missions: Mapping[str, str], given: _Cells) -> PlanValues | None:
    filled = [column for column in PLAN_COLUMNS if given.text(column)]
    if not filled:
        return None
    if kind is not Kind.PLAN:
        raise RowRefused(N_("Only a plan can say this."), column=filled[0])
    plan = PlanValues(
        target_body=given.line("target_body"),
        mission_type=given.choice(
            "mission_type", MissionType, MISSION_TYPE_WORDS, N_("We do not know this mission type.")
        ),
        measurement=given.text("measurement"),
        readiness=_readiness(given.line("readiness")),
        time_frame=given.choice("time_frame", TimeFrame, TIME_FRAME_WORDS, N_("We do not know this time frame.")),
        missions=_missions(missions, given.line("missions")),
    )
    given.refuse_longer("target_body", plan.target_body, LONGEST_BODY)
    given.refuse_longer("measurement", plan.measurement, call.limits.approach_max)
    return plan


def _refuse_unasked(call: CallFacts, kind: Kind, given: _Cells) -> None:
    asked_of = OPTIONAL_OF_PLAN if kind is Kind.PLAN else OPTIONAL_OF_QUESTION
    for column in (*PLAN_COLUMNS, "approach"):
        if column in asked_of and column not in call.asks and given.text(column):
            raise RowRefused(N_("This call does not ask for this."), column=column)


def _readiness(text: str) -> int | None:
    if not text:
        return None
    level = text.casefold().removeprefix("trl").partition(":")[0].strip()
    if level not in map(str, READINESS_WORDS):
        raise RowRefused(N_("Technology readiness is a number from 1 to 9."), column="readiness")
    return int(level)


def _missions(known: Mapping[str, str], text: str) -> tuple[str, ...]:
    names = [key_of(name) for name in text.split(";") if name.strip()]
    if any(name not in known for name in names):
        raise RowRefused(N_("This call does not list this mission."), column="missions")
    return tuple(dict.fromkeys(known[name] for name in names))
