"""Checking the audit chain of a round: what was changed, taken away or added, and at which number."""

import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from solicit.panels.queries.seals import (
    commitment_of,
    first_previous,
    hash_of,
    merge_facts,
    sealed_words,
    void_facts,
)
from solicit.panels.states import ChainAct, VoteKind
from solicit.provenance import canonical

Vote = tuple[VoteKind, int]

# What may follow what; votes are voided at any time before the freeze.
FOLLOWS: Mapping[ChainAct, frozenset[ChainAct | None]] = {
    ChainAct.OPEN: frozenset({None}),
    ChainAct.CAST: frozenset({ChainAct.OPEN, ChainAct.REOPEN}),
    ChainAct.CLOSE: frozenset({ChainAct.OPEN, ChainAct.REOPEN}),
    ChainAct.REOPEN: frozenset({ChainAct.CLOSE}),
    ChainAct.FREEZE: frozenset({ChainAct.CLOSE}),
    ChainAct.VOID: frozenset(set(ChainAct) - {ChainAct.FREEZE}) | {None},
    ChainAct.MERGE: frozenset(set(ChainAct) - {ChainAct.FREEZE}),
    ChainAct.UNMERGE: frozenset(set(ChainAct) - {ChainAct.FREEZE}),
}
# What happens to a round; the others happen to votes.
MOVES = (ChainAct.OPEN, ChainAct.CLOSE, ChainAct.REOPEN, ChainAct.FREEZE)


@dataclass(frozen=True)
class Link:
    seq: int
    act: ChainAct
    commitment: bytes
    previous: bytes
    hash: bytes
    day: date


@dataclass(frozen=True)
class Opening:
    """What opens the seal of a vote."""

    kind: VoteKind
    vote_id: int
    voter: str
    content: dict
    nonce: bytes

    @property
    def vote(self) -> Vote:
        return self.kind, self.vote_id


@dataclass(frozen=True)
class StoredVote:
    """A vote as its tables have it: ``content`` is None where it does not count."""

    content: dict | None
    is_erased: bool = False


@dataclass(frozen=True)
class MergeOfChain:
    """A merge in the round's call, and whether it stands."""

    id: int
    source: str
    target: str
    stands: bool


@dataclass(frozen=True)
class Anchor:
    """A number and a hash that left the house."""

    seq: int
    hash: bytes


@dataclass(frozen=True)
class RoundChain:
    """Everything that the check of one round needs."""

    round_id: int
    key: bytes
    links: tuple[Link, ...]
    openings: Mapping[int, Opening]
    stored: Mapping[Vote, StoredVote]
    merges: tuple[MergeOfChain, ...]
    facts: dict
    anchors: tuple[Anchor, ...]


@dataclass(frozen=True)
class Fault:
    seq: int
    words: str


@dataclass
class Verdict:
    n_links: int
    n_opened: int = 0
    n_erased: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.faults


def check_chain(chain: RoundChain) -> Verdict:
    """Recompute every link, open every seal, and compare with the stored votes and with what was anchored."""
    verdict = Verdict(n_links=len(chain.links))
    found = [*_check_links(chain), *_check_acts(chain), *_check_merges(chain), *_check_anchors(chain)]
    found += _check_seals(chain, verdict)
    found += _check_stored(chain, verdict)
    verdict.faults = sorted(found, key=lambda fault: fault.seq)
    return verdict


def _check_links(chain: RoundChain) -> Iterator[Fault]:
    """The links one after another; after a hole the next one is only checked by itself."""
    expected, previous = 1, first_previous(chain.round_id)
    for link in chain.links:
        if link.seq != expected:
            yield Fault(expected, "A link is missing.")
        elif link.previous != previous:
            yield Fault(link.seq, "This link does not follow the one before it.")
        sealed = hash_of(previous=link.previous, seq=link.seq, act=link.act, commitment=link.commitment, day=link.day)
        if sealed != link.hash:
            yield Fault(link.seq, "This link was changed.")
        expected, previous = link.seq + 1, link.hash


def _check_acts(chain: RoundChain) -> Iterator[Fault]:
    """Whether a round can have gone this way, and whether what must not change in it is as it was."""
    before = None
    sealed = canonical(chain.facts)
    for link in chain.links:
        if before not in FOLLOWS[link.act]:
            yield Fault(link.seq, f"“{link.act.value}” cannot come here: the round was not open for it.")
        if link.act not in MOVES:
            continue
        if not _fits(chain, link, sealed):
            yield Fault(link.seq, f"The criteria or the seed are not those of “{link.act.value}”.")
        before = link.act


def _check_seals(chain: RoundChain, verdict: Verdict) -> Iterator[Fault]:
    """Whether every vote is what was sealed; openings of erased people are gone, and of nobody else."""
    may_lack = any(vote.is_erased for vote in chain.stored.values())
    for link in chain.links:
        if link.act is not ChainAct.CAST:
            continue
        opening = chain.openings.get(link.seq)
        if opening is None:
            verdict.n_erased += 1
            if not may_lack:
                yield Fault(link.seq, "What opens this seal is gone, and nobody was erased.")
        elif not _fits(chain, link, _words_of(opening), opening.nonce):
            yield Fault(link.seq, "The vote is not the one that was sealed.")
        else:
            verdict.n_opened += 1
    for seq in sorted(chain.openings.keys() - {link.seq for link in chain.links if link.act is ChainAct.CAST}):
        yield Fault(seq, "There is a vote without a link.")


def _check_stored(chain: RoundChain, verdict: Verdict) -> Iterator[Fault]:
    """Whether the votes that count are the last that were sealed."""
    last, faults = _last_seals(chain)
    yield from faults
    n_of_erased = 0
    after = chain.links[-1].seq + 1 if chain.links else 1
    for vote, stored in chain.stored.items():
        seq, content = last.get(vote, (None, None))
        if stored.is_erased:
            n_of_erased += stored.content is not None
        elif seq is None and stored.content is not None:
            yield Fault(after, f"The {vote[0].value} {vote[1]} was never sealed.")
        elif seq is not None and stored.content != content:
            yield Fault(seq, f"The stored {vote[0].value} {vote[1]} is not the one that was sealed last.")
    for vote in last.keys() - chain.stored.keys():
        yield Fault(last[vote][0], f"The {vote[0].value} {vote[1]} is gone.")
    if verdict.n_erased < n_of_erased:
        yield Fault(after, "Votes of people who were erased were never sealed.")


def _last_seals(chain: RoundChain) -> tuple[dict[Vote, tuple[int, dict | None]], list[Fault]]:
    """The last seal of every vote: its number and content, None after it was voided."""
    voids = {commitment_of(chain.key, b"", canonical(void_facts(*vote))): vote for vote in chain.stored}
    last: dict[Vote, tuple[int, dict | None]] = {}
    faults = []
    for link in chain.links:
        if link.act is ChainAct.VOID:
            if vote := voids.get(link.commitment):
                last[vote] = (link.seq, None)
            else:
                faults.append(Fault(link.seq, "A vote was voided that there is not."))
        elif opening := chain.openings.get(link.seq):
            last[opening.vote] = (link.seq, opening.content)
    return last, faults


def _check_merges(chain: RoundChain) -> Iterator[Fault]:
    """Whether questions left the count, and came back, by merges that there are; after the freeze nothing is sealed."""
    facts = {merge.id: merge_facts(merge.id, merge.source, merge.target) for merge in chain.merges}
    known = {commitment_of(chain.key, b"", canonical(facts[merge.id])): merge for merge in chain.merges}
    last: dict[MergeOfChain, Link] = {}
    for link in chain.links:
        if link.act is ChainAct.FREEZE:
            return
        if link.act not in (ChainAct.MERGE, ChainAct.UNMERGE):
            continue
        if merge := known.get(link.commitment):
            last[merge] = link
        else:
            yield Fault(link.seq, "A merge was sealed that there is not.")
    for merge, link in last.items():
        if merge.stands is not (link.act is ChainAct.MERGE):
            yield Fault(link.seq, f"The merge of {merge.source} is not as it was sealed last.")


def _check_anchors(chain: RoundChain) -> Iterator[Fault]:
    hashes = {link.seq: link.hash for link in chain.links}
    for anchor in sorted(set(chain.anchors), key=lambda anchor: anchor.seq):
        if anchor.seq not in hashes:
            yield Fault(_first_missing(hashes), f"Links are missing up to the anchor at {anchor.seq}.")
        elif not hmac.compare_digest(hashes[anchor.seq], anchor.hash):
            yield Fault(anchor.seq, "This link is not the one that was anchored.")


def _first_missing(seqs: Iterable[int]) -> int:
    known = set(seqs)
    return next(seq for seq in range(1, len(known) + 2) if seq not in known)


def _fits(chain: RoundChain, link: Link, words: bytes, nonce: bytes = b"") -> bool:
    return hmac.compare_digest(commitment_of(chain.key, nonce, words), link.commitment)


def _words_of(opening: Opening) -> bytes:
    return sealed_words(voter=opening.voter, kind=opening.kind, vote_id=opening.vote_id, content=opening.content)
