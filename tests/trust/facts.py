"""Hidden facts that one world has and its twin has not, and who must not be able to tell the two apart."""

from collections.abc import Callable
from dataclasses import dataclass

from builders_invitations import make_nomination

from solicit.db import db
from solicit.people.models import Person
from trust.worlds import PERSONAS, Planted

ORGANIZERS = {"organizer", "conflicted_organizer"}
# Who talks about a question once its scores are closed.
PANEL = {"panelist", "chair"}
# Fields that no table holds in clear.
SEALED = {"passport_name", "passport_number", "departure_city", "emergency_contact", "diet", "access_needs"}


@dataclass(frozen=True)
class Fact:
    """What is true in one world alone; ``told`` are those who may know it, ``words`` are what one would search for."""

    name: str
    change: Callable[[Planted], None]
    told: frozenset[str]
    phase: str = "open"
    words: tuple[str, ...] = ()

    @property
    def blinded(self) -> tuple[str, ...]:
        return tuple(persona for persona in PERSONAS if persona not in self.told)


# In an order in which each finds what it changes, whatever was changed before it.
FACTS: dict[str, Fact] = {}


def fact(*told: str, phase: str = "open", words: tuple[str, ...] = ()) -> Callable:
    """Declare a change that makes the twin of the world."""

    def declare(change: Callable[[Planted], None]) -> Callable[[Planted], None]:
        FACTS[change.__name__] = Fact(change.__name__, change, frozenset(told), phase, words)
        return change

    return declare


def _score(planted: Planted, value: int) -> None:
    planted.execute(
        "UPDATE score SET value = :value FROM assignment a WHERE a.id = score.assignment_id"
        " AND a.question_id = :question AND a.person_id = :peer",
        value=value,
        question=planted.hidden.sealed_id,
        peer=planted.hidden.peers[1],
    )


@fact("organizer", words=("Another Writer", "Tonga"))
def another_author(planted: Planted) -> None:
    """Somebody else, from another country and institution, wrote the sealed question."""
    planted.execute(
        "UPDATE authorship SET person_id = :other, full_name = 'Another Writer', affiliation = 'House of Tides',"
        " country = 'TO', career = 'student', orcid = NULL FROM question_source s"
        " WHERE s.submission_id = authorship.submission_id AND s.question_id = :question AND position = 1",
        other=planted.hidden.supporter_id,
        question=planted.hidden.sealed_id,
    )
    planted.execute(
        "UPDATE submission SET submitter_id = :other FROM question_source s"
        " WHERE s.submission_id = submission.id AND s.question_id = :question",
        other=planted.hidden.supporter_id,
        question=planted.hidden.sealed_id,
    )


@fact()
def another_score(planted: Planted) -> None:
    """A panelist gave the sealed question 5 and not 3; while the round is open that is theirs alone."""
    _score(planted, 5)


@fact(*PANEL, "organizer", phase="closed")
def another_score_after_the_close(planted: Planted) -> None:
    _score(planted, 4)


@fact("chair", *ORGANIZERS)
def another_reviewer(planted: Planted) -> None:
    """Somebody else was asked to read the sealed question, and read it."""
    planted.execute(
        "UPDATE assignment SET person_id = :other WHERE question_id = :question AND person_id = :peer",
        other=planted.hidden.peers[5],
        question=planted.hidden.sealed_id,
        peer=planted.hidden.peers[1],
    )


@fact()
def another_comment(planted: Planted) -> None:
    planted.execute("UPDATE review SET comment_to_panel = 'Other words.' WHERE comment_to_panel <> ''")


@fact("organizer")
def confirmed_conflict(planted: Planted) -> None:
    """Another panelist has a conflict with the sealed question."""
    _conflict(planted, planted.hidden.peers[5], "confirmed")


@fact("organizer", words=("conflict",))
def suspected_conflict(planted: Planted) -> None:
    """A conflict of the unassigned panelist is suspected: not even they may guess who wrote the question."""
    _conflict(planted, planted.world.people["unassigned"], "suspected")


def _conflict(planted: Planted, person: int, state: str) -> None:
    planted.execute(
        "INSERT INTO conflict_of_interest (question_id, person_id, state, source, signs, reason, created_at,"
        " decision_note) VALUES (:question, :person, :state, 'institution', '{}', '', now(), '')",
        question=planted.hidden.sealed_id,
        person=person,
        state=state,
    )


@fact("chair", *ORGANIZERS)
def one_more_assignment(planted: Planted) -> None:
    """One more panelist is asked to read the sealed question."""
    planted.execute(
        "INSERT INTO assignment (round_id, question_id, panel_id, person_id, state, abstain_reason, affinity, stage,"
        " is_random, queue_order, assigned_at) VALUES (:round, :question, :panel, :peer, 'assigned', '', 1, 0, false,"
        " 99, now())",
        round=planted.hidden.rounds["scoring"],
        question=planted.hidden.sealed_id,
        panel=planted.hidden.panel_id,
        peer=planted.hidden.peers[6],
    )


@fact("organizer", "conflicted_organizer", "other_organizer", words=("nobody.knows@example.org",))
def somebody_has_an_account(planted: Planted) -> None:
    """An address belongs to an account; organizers may learn that where they seat and propose people."""
    planted.execute("UPDATE person SET email = 'nobody.knows@example.org' WHERE id = :id", id=planted.hidden.author_id)


@fact()
def another_preference(planted: Planted) -> None:
    """Of two questions a panelist preferred the other one."""
    planted.execute(
        "UPDATE comparison SET preference = 'right', reason = '' WHERE state = 'judged' AND person_id = :peer",
        peer=planted.hidden.peers[0],
    )


@fact()
def another_ballot(planted: Planted) -> None:
    """A panelist put two questions in the other order."""
    planted.execute(
        "UPDATE ballot_place SET place = 3 - place FROM ballot b WHERE b.id = ballot_id AND b.person_id = :peer",
        peer=planted.hidden.peers[0],
    )


@fact(*ORGANIZERS)
def one_more_supporter(planted: Planted) -> None:
    """A second supporter: the band stays 1 to 4."""
    planted.execute(
        "INSERT INTO support (question_id, person_id, supported_at) VALUES (:question, :person, now())",
        question=planted.hidden.near_id,
        person=planted.hidden.reporter_id,
    )


@fact("owner", words=("seaweed",))
def another_draft(planted: Planted) -> None:
    planted.execute(
        "UPDATE submission SET title = 'What is seaweed?', goal_overview = '' WHERE reference = :reference",
        reference=planted.world.things["draft"],
    )


@fact("owner", *ORGANIZERS)
def no_unscreened_text(planted: Planted) -> None:
    """One text less waits for the desk."""
    unscreened = "title LIKE '%unscreenedtext%' AND call_id = :call"
    planted.execute(f"UPDATE question SET state = 'withdrawn' WHERE {unscreened}", call=planted.world.call.id)


@fact("owner", *ORGANIZERS, words=("seaweed",))
def another_unscreened_text(planted: Planted) -> None:
    words, call = "title = 'What is seaweed?', goal_overview = 'seaweed'", dict(call=planted.world.call.id)
    new = "SELECT id FROM question WHERE state = 'new' AND call_id = :call"
    planted.execute(f"UPDATE question SET {words}, search_text = 'seaweed' WHERE id IN ({new})", **call)
    sources = f"SELECT submission_id FROM question_source WHERE question_id IN ({new})"
    planted.execute(f"UPDATE submission SET {words} WHERE id IN ({sources})", **call)


@fact("chair", *ORGANIZERS, words=("offered@example.org",))
def one_seat_offer_less(planted: Planted) -> None:
    panels = "SELECT id FROM panel WHERE call_id = :call"
    planted.execute(f"DELETE FROM seat_offer WHERE panel_id IN ({panels})", call=planted.world.call.id)


@fact(*ORGANIZERS)
def one_more_nominee(planted: Planted) -> None:
    """Somebody proposed one more person. (The link of the first nominee opens their page to whoever holds it.)"""
    session = db.session()
    proposer = session.get_one(Person, planted.hidden.author_id)
    make_nomination(session, planted.world.call, proposer=proposer, consented=True)
    session.commit()


@fact("chair", *ORGANIZERS)
def another_moment(planted: Planted) -> None:
    """The sealed question was reviewed at another time of another day."""
    earlier, question = "interval '30 hours'", planted.hidden.sealed_id
    planted.execute(
        f"UPDATE review SET saved_at = saved_at - {earlier} FROM assignment a"
        " WHERE a.id = assignment_id AND a.question_id = :question",
        question=question,
    )
    planted.execute(
        f"UPDATE assignment SET changed_at = changed_at - {earlier} WHERE question_id = :question",
        question=question,
    )


@fact("chair", *ORGANIZERS, phase="frozen")
def a_place_in_a_frozen_ranking(planted: Planted) -> None:
    """What the owner asked stands in a ranking that is not published: its authors learn nothing of it."""
    planted.execute(
        "UPDATE ranking_row SET question_id = :question, mean = mean / 2, low = low / 2, high = high / 2"
        " WHERE (run_id, position) = (SELECT run_id, min(position) FROM ranking_row"
        " JOIN ranking_run r ON r.id = run_id WHERE r.id = :run GROUP BY run_id)",
        question=planted.world.things["question_id"],
        run=planted.world.things["run_id"],
    )


@fact(*ORGANIZERS)
def another_organizer_decided(planted: Planted) -> None:
    """Who screened a question, and who answered a request for another look, is the desk's to know."""
    planted.execute("UPDATE question SET screened_by_id = :other", other=planted.world.people["other_organizer"])
