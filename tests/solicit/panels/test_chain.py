"""The audit chain: no valid history raises an alarm, and each of seven attacks is found at its number."""

import hashlib
import itertools
import json
import random
import secrets
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer
from builders_chain import live, make_asked_round, rehashed

from solicit.mail.models import OutboxMail
from solicit.panels.models import ChainAnchor, ChainLink, Score, VoteVersion
from solicit.panels.queries.chain import Anchor, Fault, check_chain
from solicit.panels.queries.seals import commitment_of, hash_of, sealed_words
from solicit.panels.queries.stored_votes import round_chain
from solicit.panels.service import rounds
from solicit.panels.states import ChainAct, VoteKind
from solicit.provenance import canonical
from solicit.reports.service.erase import erase_person


@pytest.fixture
def lived(session, now):
    """A round that went its way and closed: its id and its assignments."""
    round_id, asked = make_asked_round(session, now=now)
    live(session, asked, random.Random(5), n_acts=25, now=now)
    return round_id, asked


@pytest.fixture
def chain(session, lived):
    return round_chain(session, round_id=lived[0])


def seqs(faults) -> list[int]:
    return [fault.seq for fault in faults]


@pytest.mark.parametrize("seed", range(12))
def test_valid_history_raises_no_alarm(session, now, seed):
    check_history(session, now, seed)


@pytest.mark.full
def test_thousand_valid_histories_raise_no_alarm(session, now):
    for seed in range(1000, 2000):
        with session.begin_nested() as kept:
            check_history(session, now, seed)
            kept.rollback()
        session.expunge_all()


def check_history(session, now, seed):
    dice = random.Random(seed)
    round_id, asked = make_asked_round(session, n_panelists=dice.randint(1, 3), n_questions=dice.randint(1, 4), now=now)
    live(session, asked, dice, n_acts=dice.randint(0, 25), now=now)
    if dice.random() < 0.3:
        rounds.freeze_round(session, round_id=round_id, actor_id=None, now=now)
    if dice.random() < 0.2:
        erase_person(session, person_id=asked[0].person_id, blanks_texts=dice.random() < 0.5, now=now)
    session.expire_all()
    assert check_chain(round_chain(session, round_id=round_id)).faults == []


def test_erased_votes_are_counted_and_the_chain_holds(session, lived, now):
    round_id, asked = lived
    before = check_chain(round_chain(session, round_id=round_id))
    scores = session.scalar(sa.select(sa.func.count()).select_from(Score))
    erase_person(session, person_id=asked[0].person_id, blanks_texts=True, now=now)
    after = check_chain(round_chain(session, round_id=round_id))
    assert after.holds and after.n_links == before.n_links
    assert after.n_erased > 0 and after.n_opened + after.n_erased == before.n_opened
    assert session.scalar(sa.select(sa.func.count()).select_from(Score)) <= scores
    assert session.scalars(sa.select(VoteVersion).where(VoteVersion.person_id == asked[0].person_id)).all() == []


def a_cast(chain, n=2) -> int:
    """The number of the n-th vote in the chain."""
    return [link.seq for link in chain.links if link.act is ChainAct.CAST][n]


def test_edited_opening_is_found(chain):
    seq = a_cast(chain)
    forged = replace(chain.openings[seq], content=chain.openings[seq].content | {"question": "Q-1"})
    found = check_chain(replace(chain, openings=chain.openings | {seq: forged})).faults
    assert Fault(seq, "The vote is not the one that was sealed.") in found and found[0].seq == seq


def test_edited_score_is_found_at_the_seal_of_its_vote(chain):
    last = {opening.vote: seq for seq, opening in sorted(chain.openings.items())}
    vote = next(vote for vote, stored in chain.stored.items() if stored.content and stored.content.get("scores"))
    content = chain.stored[vote].content
    key = next(iter(content["scores"]))
    forged = content | {"scores": content["scores"] | {key: content["scores"][key] % 5 + 1}}
    found = check_chain(replace(chain, stored=chain.stored | {vote: replace(chain.stored[vote], content=forged)}))
    assert seqs(found.faults) == [last[vote]]


def test_edited_link_is_found(chain):
    seq = a_cast(chain)
    links = [replace(link, day=link.day + timedelta(1)) if link.seq == seq else link for link in chain.links]
    assert seqs(check_chain(replace(chain, links=tuple(links))).faults) == [seq]


def test_link_deleted_in_the_middle_is_found(chain):
    seq = a_cast(chain)
    links = tuple(link for link in chain.links if link.seq != seq)
    assert check_chain(replace(chain, links=links)).faults[0] == Fault(seq, "A link is missing.")


def test_deleted_tail_is_found_by_the_anchor(chain):
    kept = len(chain.links) - 2
    found = check_chain(replace(chain, links=chain.links[:kept])).faults
    assert found[0].seq == kept + 1 and "up to the anchor" in " ".join(fault.words for fault in found)


def test_forged_vote_at_the_end_is_found(chain):
    last = chain.links[-1]
    opening = next(iter(chain.openings.values()))
    forged = replace(last, seq=last.seq + 1, act=ChainAct.CAST, commitment=secrets.token_bytes(32), previous=last.hash)
    sealed = {name: getattr(forged, name) for name in ("previous", "seq", "act", "commitment", "day")}
    forged = replace(forged, hash=hash_of(**sealed))
    attacked = replace(chain, links=(*chain.links, forged), openings=chain.openings | {forged.seq: opening})
    assert set(seqs(check_chain(attacked).faults)) == {forged.seq}


def test_swapped_votes_are_found(chain):
    first, second = a_cast(chain, 1), a_cast(chain, 2)
    links = list(chain.links)
    one, other = links[first - 1], links[second - 1]
    links[first - 1] = replace(one, commitment=other.commitment)
    links[second - 1] = replace(other, commitment=one.commitment)
    found = check_chain(replace(chain, links=tuple(links))).faults
    assert found[0].seq == first and {first, second} <= set(seqs(found))
    assert check_chain(rehashed(chain, links)).faults[0].seq == first


def test_emptied_chain_is_found_by_the_anchor(chain):
    emptied = replace(
        chain, links=(), openings={}, stored={vote: replace(s, content=None) for vote, s in chain.stored.items()}
    )
    found = check_chain(emptied).faults
    assert {fault.seq for fault in found} == {1} and "anchor" in found[0].words


def test_rewritten_chain_is_found_by_the_anchor_even_with_the_key(chain):
    seq = a_cast(chain)
    opening = replace(chain.openings[seq], content=chain.openings[seq].content | {"question": "Q-1"})
    words = sealed_words(voter=opening.voter, kind=opening.kind, vote_id=opening.vote_id, content=opening.content)
    commitment = commitment_of(chain.key, opening.nonce, words)
    links = [replace(link, commitment=commitment) if link.seq == seq else link for link in chain.links]
    rewritten = rehashed(replace(chain, openings=chain.openings | {seq: opening}), links)
    stored = {
        vote: replace(s, content=_last(rewritten, vote) if s.content else None) for vote, s in chain.stored.items()
    }
    rewritten = replace(rewritten, stored=stored)
    assert check_chain(replace(rewritten, anchors=())).faults == []  # nobody inside could tell
    assert seqs(check_chain(rewritten).faults) == [anchor.seq for anchor in sorted(chain.anchors, key=lambda a: a.seq)]


def _last(chain, vote):
    return [opening.content for _, opening in sorted(chain.openings.items()) if opening.vote == vote][-1]


def test_rewritten_chain_without_the_key_is_found_at_the_vote(chain):
    seq = a_cast(chain)
    opening = replace(chain.openings[seq], content=chain.openings[seq].content | {"question": "Q-1"})
    rewritten = rehashed(replace(chain, openings=chain.openings | {seq: opening}, anchors=()), chain.links)
    assert check_chain(rewritten).faults[0] == Fault(seq, "The vote is not the one that was sealed.")


def test_opening_that_vanished_is_found_when_nobody_was_erased(chain):
    seq = a_cast(chain)
    openings = {number: opening for number, opening in chain.openings.items() if number != seq}
    assert seq in seqs(check_chain(replace(chain, openings=openings)).faults)


def test_changed_weight_is_found(chain):
    facts = chain.facts | {"criteria": chain.facts["criteria"] | {"novelty": 99}}
    assert check_chain(replace(chain, facts=facts)).faults[0].seq == 1


def test_anchor_from_a_letter_is_compared(session, lived):
    found = check_chain(round_chain(session, round_id=lived[0], anchors=(Anchor(1, b"other"),))).faults
    assert seqs(found) == [1]


def test_close_anchors_the_chain_and_writes_to_the_organizers(session, now):
    call = make_call(session)
    organizer = make_organizer(session, call)
    round_id, _asked = make_asked_round(session, call=call, now=now)
    rounds.close_round(session, round_id=round_id, actor_id=None, now=now)
    (anchor,) = session.scalars(sa.select(ChainAnchor).where(ChainAnchor.round_id == round_id))
    last = session.scalars(sa.select(ChainLink).where(ChainLink.round_id == round_id).order_by(ChainLink.seq)).all()[-1]
    assert (anchor.seq, anchor.hash, last.act) == (last.seq, last.hash, ChainAct.CLOSE)
    letters = session.scalars(sa.select(OutboxMail).where(OutboxMail.kind == "chain_anchor")).all()
    (mine,) = [letter for letter in letters if letter.person_id == organizer.id]
    assert (mine.params["seq"], mine.params["hash"]) == (anchor.seq, anchor.hash.hex())


def test_bare_digest_of_a_score_is_guessed_and_the_seal_is_not():
    """Why a commitment needs a key and a nonce: there are only 125 reviews of three scores."""
    key, nonce = secrets.token_bytes(32), secrets.token_bytes(32)
    given = {"importance": 4, "novelty": 2, "reach": 5}
    words = sealed_words(voter="ab12", kind=VoteKind.REVIEW, vote_id=3, content={"scores": given})
    bare, sealed = hashlib.sha256(words).digest(), commitment_of(key, nonce, words)
    every = [dict(zip(given, values, strict=True)) for values in itertools.product(range(1, 6), repeat=3)]
    spelled = [sealed_words(voter="ab12", kind=VoteKind.REVIEW, vote_id=3, content={"scores": s}) for s in every]
    assert [s for s, w in zip(every, spelled, strict=True) if hashlib.sha256(w).digest() == bare] == [given]
    assert not any(
        guess == sealed for w in spelled for guess in (hashlib.sha256(w).digest(), commitment_of(b"", b"", w))
    )


def test_equal_contents_have_one_spelling():
    assert (
        canonical({"b": 1, "a": "é"}) == canonical(json.loads('{"a": "\\u00e9", "b": 1}')) == b'{"a":"\\u00e9","b":1}'
    )
