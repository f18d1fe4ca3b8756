"""What an organizer needs to draw up limits: rankings, groups with their numbers, and no names."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.invitations.queries.candidates import CandidatePool, candidate_pool
from solicit.invitations.queries.costs import CURRENCY
from solicit.invitations.queries.groups import GroupKind, group_kinds, named_group
from solicit.invitations.queries.limits import Limits
from solicit.invitations.queries.limits_history import Committed, runs_and_words
from solicit.invitations.queries.selections import RunLine
from solicit.invitations.queries.sight import visible_candidates
from solicit.invitations.queries.supply import supply_warnings
from solicit.invitations.queries.words import Cents, LimitWords, Sentence
from solicit.invitations.states import QUOTA_FIELD_WORDS
from solicit.words import N_


@dataclass(frozen=True)
class Supply:
    """The candidates of some rankings: ``pool`` holds those whom the reader may count."""

    pool: CandidatePool | None
    n_hidden: int
    is_candidate: bool

    @property
    def currency(self) -> str:
        return self.pool.rates.currency if self.pool else CURRENCY

    @property
    def n_candidates(self) -> int:
        return len(self.pool.candidates) if self.pool else 0

    def warnings(self, limits: Limits, *, words: LimitWords) -> tuple[Sentence, ...]:
        return supply_warnings(self.pool, limits, words=words) if self.pool else ()


@dataclass(frozen=True)
class LimitsDesk:
    """Everything that may be chosen where limits are drawn up."""

    runs: tuple[RunLine, ...]
    run_ids: tuple[int, ...]
    supply: Supply
    words: LimitWords

    def kinds(self, also: Collection[str] = ()) -> tuple[GroupKind, ...]:
        """The groups with their numbers; ``also`` names groups to keep although nobody counts for them."""
        kinds = group_kinds(self.supply.pool, words=self.words) if self.supply.pool else ()
        known = {group.key for kind in kinds for group in kind.groups}
        by_word = {kind.word: kind.groups for kind in kinds}
        for group in filter(None, (named_group(key, words=self.words) for key in sorted(set(also) - known))):
            word = QUOTA_FIELD_WORDS[group.field]
            by_word[word] = (*by_word.get(word, ()), group)
        return tuple(GroupKind(word, by_word[word]) for word in QUOTA_FIELD_WORDS.values() if word in by_word)


def supply_for(session: Session, *, call: CallFacts, viewer_id: int, run_ids: Collection[int]) -> Supply:
    """The candidates of rankings, as far as an organizer may count them; those of the pool and one statement."""
    pool = candidate_pool(session, call=call, run_ids=run_ids) if run_ids else None
    if pool is None:
        return Supply(None, 0, False)
    seen = replace(pool, candidates=visible_candidates(session, pool=pool, viewer_id=viewer_id))
    n_hidden = len(pool.candidates) - len(seen.candidates)
    return Supply(seen, n_hidden, is_candidate=viewer_id in pool.person_ids)


def limits_desk(
    session: Session, *, call: CallFacts, viewer_id: int, locale: str, run_ids: Collection[int] | None
) -> LimitsDesk:
    """The desk for candidates of some rankings, the latest of each kind if none are named."""
    runs, words = runs_and_words(session, call=call, locale=locale)
    known = {run.id for run in runs}
    chosen = _latest_of_each_kind(runs) if run_ids is None else tuple(sorted(known & set(run_ids)))
    return LimitsDesk(
        runs=runs,
        run_ids=chosen,
        supply=supply_for(session, call=call, viewer_id=viewer_id, run_ids=chosen),
        words=words,
    )


def _latest_of_each_kind(runs: tuple[RunLine, ...]) -> tuple[int, ...]:
    latest = {run.kind_word: run.id for run in reversed(runs)}
    return tuple(sorted(latest.values()))


def commitment_warnings(committed: Committed, limits: Limits) -> tuple[Sentence, ...]:
    """What other limits mean for a selection that is approved and for letters that are out."""
    found = []
    if committed.is_approved:
        text = N_("A selection is already approved and stays as it is; changed limits count for later ones.")
        found.append(Sentence(text))
    if committed.n > limits.places:
        text = N_("There are more invitations (%(n)s) than places (%(places)s).")
        found.append(Sentence(text, {"n": committed.n, "places": limits.places}))
    if committed.cents > limits.budget_cents:
        text = N_("Invitations already bind %(bound)s, above the budget of %(budget)s.")
        found.append(Sentence(text, {"bound": Cents(committed.cents), "budget": Cents(limits.budget_cents)}))
    return tuple(found)
