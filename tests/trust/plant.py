"""A canary in every field that somebody must not see."""

from dataclasses import dataclass

import sqlalchemy as sa
from architecture.world import World
from builders_imports import csv_file, keep_file
from builders_invitations import make_nomination
from builders_questions import make_note, make_report
from builders_submissions import label_of

from solicit.clock import utcnow
from solicit.invitations.models import SelectionCandidate
from solicit.invitations.states import Basis
from solicit.panels.models import Panelist, SeatOffer
from solicit.panels.states import SeatOfferState
from solicit.questions.models import Question, SecondLook, Support, Translation
from solicit.questions.states import QuestionState, TranslationSource
from solicit.rankings.models import RankingAnnotation
from solicit.submissions.models import Authorship, CoAuthor, Draft, RevisionRequest, Submission
from solicit.submissions.states import CoAuthorState, SubmissionState
from trust.people import People
from trust.plant_meeting import plant_meeting
from trust.plant_votes import plant_talk, plant_votes
from trust.planter import Planter, conflict


@dataclass(frozen=True)
class Hidden:
    """The numbers of what was planted: the sealed question is the one whose author nobody may know."""

    sealed_id: int
    sealed_label: str
    sealed_reference: str
    near_id: int
    near_label: str
    withdrawn_id: int
    panel_id: int
    author_id: int
    supporter_id: int
    reporter_id: int
    peers: tuple[int, ...]
    rounds: dict[str, int]
    invitation_id: int
    # The invitation of the sealed question's author.
    author_invitation_id: int


def plant(session, world: World, people: People, canaries) -> Hidden:
    """Hide a canary in every field of who_sees.csv."""
    planter = Planter(session, world, people, canaries)
    sealed, near = _authors(planter)
    _own_words(planter)
    withdrawn = _words_before_the_desk(planter)
    _voices(planter, near)
    _seats(planter)
    rounds = plant_votes(planter, sealed, near)
    plant_talk(planter, sealed, rounds["discussion"])
    _candidates(planter, sealed)
    invitation, of_author = plant_meeting(planter, sealed)
    return Hidden(
        sealed_id=sealed.id,
        sealed_label=label_of(sealed),
        sealed_reference=planter.submission_of(sealed).reference,
        near_id=near.id,
        near_label=label_of(near),
        withdrawn_id=withdrawn.id,
        panel_id=people.panel.id,
        author_id=people.author.id,
        supporter_id=people.supporter.id,
        reporter_id=people.reporter.id,
        peers=tuple(peer.id for peer in people.peers),
        rounds=rounds,
        invitation_id=invitation.id,
        author_invitation_id=of_author.id,
    )


def _authors(planter: Planter) -> tuple[Question, Question]:
    """A question whose authors did not agree to be named, one whose author did, and one of another call."""
    people, session = planter.people, planter.session
    sealed = planter.question(people.author, title="How thick is the ice of the sealed world?")
    sent = planter.submission_of(sealed)
    session.execute(
        sa.update(Authorship)
        .where(Authorship.submission_id == sent.id)
        .values(may_be_named=False, orcid=planter.text("author_orcid"))
    )
    planter.add(
        Authorship(
            submission_id=sent.id,
            person_id=people.co_author.id,
            position=2,
            full_name=people.co_author.full_name,
            confirmed_at=utcnow(),
        )
    )
    near = planter.question(people.agreed_author, title="How thick is the ice of the open world?")
    session.execute(
        sa.update(Authorship)
        .where(Authorship.submission_id == planter.submission_of(near).id)
        .values(may_be_named=True)
    )
    planter.question(people.foreign_author, call=planter.world.other_call)
    foreign = planter.text("foreign_unscreened_text")
    planter.question(people.foreign_author, call=planter.world.other_call, title=foreign, state=QuestionState.NEW)
    for persona in ("conflicted_organizer", "conflicted"):
        conflict(planter, sealed, planter.persona(persona), reason="A colleague of mine wrote it.")
    return sealed, near


def _own_words(planter: Planter) -> None:
    """What is the owner's alone: how they sign, whom they asked, and a draft."""
    world, session, owner = planter.world, planter.session, planter.persona("owner")
    sent = planter.sent()
    session.execute(
        sa.update(Authorship)
        .where(Authorship.submission_id == sent.id, Authorship.person_id == owner.id)
        .values(full_name=planter.text("own_name"), affiliation=planter.text("own_affiliation"))
    )
    planter.add(
        CoAuthor(
            submission_id=sent.id,
            email=planter.canaries["asked_address"].address,
            full_name=planter.text("asked_name"),
            state=CoAuthorState.INVITED,
            nonce="x",
            named_at=utcnow(),
            invited_at=utcnow(),
        )
    )
    draft = session.scalars(sa.select(Submission).where(Submission.reference == world.things["draft"])).one()
    draft.title, draft.goal_overview = planter.text("draft_title"), planter.text("draft_text")
    look = session.get_one(SecondLook, world.things["submission_id"])
    look.reason = planter.text("second_look_reason")
    row = session.get_one(Draft, draft.id)
    row.author = {"full_name": planter.text("draft_author_name")}
    row.guardian_email = planter.canaries["guardian_address"].address
    session.flush()


def _words_before_the_desk(planter: Planter) -> Question:
    """Texts of the owner that are not public: unread, refused, withdrawn, to be changed."""
    session, owner = planter.session, planter.persona("owner")
    planter.question(owner, title=planter.text("unscreened_text"), state=QuestionState.NEW)
    refused = planter.question(owner, title=planter.text("refused_text"), state=QuestionState.NEW)
    refused.state, refused.reason_id = QuestionState.OUT_OF_SCOPE, planter.world.things["reason_id"]
    refused.reason_note = planter.text("reason_note")
    # Of a question that was public the title stays.
    words = planter.text("withdrawn_text")
    gone = planter.question(owner, title="What was taken back?", goal_overview=words, significance=words)
    gone.state, sent = QuestionState.WITHDRAWN, planter.submission_of(gone)
    sent.state, sent.withdrawn_at = SubmissionState.WITHDRAWN, utcnow()
    changing = planter.question(owner, state=QuestionState.NEW)
    sent = planter.submission_of(changing)
    sent.state = SubmissionState.REVISION_REQUESTED
    planter.add(RevisionRequest(submission_id=sent.id, text=planter.text("revision_request"), asked_at=utcnow()))
    session.flush()
    return gone


def _voices(planter: Planter, near: Question) -> None:
    """What readers and authors say of questions, and files that organizers bring."""
    people, world, session = planter.people, planter.world, planter.session
    owned = session.get_one(Question, world.things["question_id"])
    make_note(session, planter.sent().id, near, text=planter.text("difference_note"))
    make_report(session, near, reporter=people.reporter, text=planter.text("report_text"))
    words = planter.text("waiting_translation")
    planter.add(
        Support(question_id=near.id, person_id=people.supporter.id, supported_at=utcnow()),
        Translation(
            question_id=owned.id,
            source=TranslationSource.AUTHOR,
            language="fr",
            title=words,
            goal_overview=words,
            significance=words,
            approach="",
            of_digest=owned.text_digest,
            made_at=utcnow(),
            made_by_id=world.people["owner"],
        ),
    )
    rows = [("Z-1", planter.text("imported_text"), "We want to know.", "space")]
    world.things["batch_id"] = keep_file(session, world.call, planter.persona("organizer"), csv_file(rows=rows))


def _seats(planter: Planter) -> None:
    """What a panelist told of themselves, and who was asked to sit on the panel."""
    people, panel = planter.people, planter.people.panel
    seat = planter.session.get_one(Panelist, (panel.id, people.peers[0].id))
    seat.keywords, seat.expertise = [planter.text("peer_keywords")], planter.text("peer_expertise")
    seat.own_titles = [planter.text("peer_titles")]
    common = dict(panel_id=panel.id, nonce="x", offered_at=utcnow(), expires_at=planter.world.call.closes_at)
    planter.add(
        SeatOffer(
            email=planter.canaries["offer_address"].address,
            full_name=planter.text("offer_name"),
            keywords=[planter.text("offer_keywords")],
            **common,
        ),
        SeatOffer(
            email="no@example.org",
            state=SeatOfferState.DECLINED,
            decline_reason=planter.text("decline_reason"),
            answered_at=utcnow(),
            **common,
        ),
    )


def _candidates(planter: Planter, sealed: Question) -> None:
    """Who may be invited and why, and what a panel remarks beside a ranking."""
    session, things = planter.session, planter.world.things
    candidate = session.scalar(
        sa.text("SELECT person_id FROM selection_candidate WHERE selection_id = :id ORDER BY merit DESC LIMIT 1"),
        {"id": things["selection_id"]},
    )
    statements = {
        "UPDATE person SET full_name = :word WHERE id = :id": ("candidate_name", candidate),
        "UPDATE authorship SET full_name = :word WHERE person_id = :id": ("candidate_name", candidate),
        "UPDATE selection_candidate SET rule = 'always', rule_reason = :word WHERE person_id = :id": (
            "rule_reason",
            candidate,
        ),
        "UPDATE person SET full_name = :word WHERE id = (SELECT person_id FROM nomination WHERE id = :id)": (
            "nominee_name",
            things["nomination_id"],
        ),
    }
    # Not that of the things: whoever holds its link reads what was written.
    written = planter.text("nomination_statement")
    make_nomination(session, planter.world.call, proposer=planter.persona("chair"), statement=written)
    for statement, (field, number) in statements.items():
        session.execute(sa.text(statement), {"word": planter.text(field), "id": number})
    planter.add(
        # Their name is for organizers, but not for the one who is in conflict with what they wrote.
        SelectionCandidate(
            selection_id=things["selection_id"],
            person_id=planter.people.author.id,
            merit=1,
            basis=Basis.QUESTIONS,
            cost_cents=0,
            region="",
            question_ids=[sealed.id],
            theme_keys=["space"],
            is_chosen=False,
        ),
        RankingAnnotation(
            run_id=things["run_id"],
            panel_id=planter.people.panel.id,
            person_id=planter.world.people["chair"],
            text=planter.text("annotation"),
            written_at=utcnow(),
        ),
    )
