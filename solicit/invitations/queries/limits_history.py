"""All limits of a call, with what it takes to read them."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.invitations.queries.limit_sets import LimitSetFacts, limit_sets
from solicit.invitations.queries.selections import RunLine, run_lines
from solicit.invitations.queries.words import LimitWords, limit_words
from solicit.invitations.states import LimitState


@dataclass(frozen=True)
class LimitsHistory:
    """Every set, latest first."""

    sets: tuple[LimitSetFacts, ...]
    runs: dict[int, RunLine]
    words: LimitWords

    def find(self, limit_set_id: int | None) -> LimitSetFacts | None:
        return next((each for each in self.sets if each.id == limit_set_id), None)

    def first_in(self, state: LimitState) -> LimitSetFacts | None:
        return next((each for each in self.sets if each.state is state), None)

    @property
    def in_force(self) -> LimitSetFacts | None:
        return self.first_in(LimitState.IN_FORCE)

    @property
    def draft(self) -> LimitSetFacts | None:
        return self.first_in(LimitState.DRAFT)

    @property
    def waiting(self) -> tuple[LimitSetFacts, ...]:
        return tuple(each for each in self.sets if each.state is LimitState.WAITING)


def limits_history(session: Session, *, call: CallFacts, locale: str) -> LimitsHistory:
    """The limits of a call; three statements."""
    return LimitsHistory(
        sets=limit_sets(session, call=call),
        runs={run.id: run for run in run_lines(session, call=call)},
        words=limit_words(session, call=call, locale=locale),
    )
