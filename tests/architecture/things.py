"""One thing of every kind in a call, by the names that addresses use for them."""

from dataclasses import dataclass

import sqlalchemy as sa
from builders_drafts import make_draft
from builders_imports import keep_file
from builders_invitations import (
    make_candidates,
    make_double,
    make_invitation,
    make_limit_set,
    make_nomination,
    make_ranked_question,
    make_ranked_run,
    make_selection,
)
from builders_letters import make_letter_batch, send, token_of
from builders_mail import make_failed_letter
from builders_map import make_layout, make_topic
from builders_panels import (
    ask,
    compare,
    make_later_round,
    make_panel,
    make_round,
    make_waiting_proposal,
    rate,
    seat,
    vote,
)
from builders_programme import make_contribution, make_outcome, make_session, make_slot
from builders_questions import make_pair, make_report
from builders_rankings import plain_inputs
from builders_results import make_publication, make_second_look
from builders_seats import make_offer
from builders_submissions import label_of, make_question, text_values
from builders_topics import make_proposal
from builders_travel import accept, give_travel

from solicit.access import service as access
from solicit.calls.queries import missions, out_of_scope_reasons
from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.invitations.models import Meeting
from solicit.invitations.queries.limits import Limits
from solicit.invitations.service.nominate import ConsentLinks
from solicit.invitations.states import LimitState
from solicit.jobs.service import start_job
from solicit.mail.service import StopLinks
from solicit.panels.models import ConflictOfInterest, HealthCase
from solicit.panels.service import discussion
from solicit.panels.states import Activity, Alarm, BallotState, ConflictSource, ConflictState, Preference
from solicit.people.models import Person
from solicit.questions.models import DuplicateGroup, QuestionSource
from solicit.questions.service import screen
from solicit.questions.service.merge import merge_questions
from solicit.questions.service.summary import write_summary
from solicit.questions.states import QuestionState
from solicit.rankings.states import RunState
from solicit.reports.service.searches import keep_search
from solicit.submissions.models import Authorship, CoAuthor, Submission
from solicit.submissions.states import CoAuthorState
from solicit.topics.models import Topic


@dataclass(frozen=True)
class Cast:
    """The people who own, judge and run the things of a call."""

    owner: Person
    submitter: Person
    panelist: Person
    conflicted: Person
    chair: Person
    organizer: Person
    conflicted_organizer: Person


def make_things(session, call, cast: Cast, *, secret: str) -> dict[str, object]:
    """The call with one thing of every kind; the owner and the conflicted organizer wrote its question."""
    written = _write(session, call, cast)
    question = written.pop("question")
    return {
        "lang": "en",
        "call": call.slug,
        "filename": "css/site.css",
        "letter": "confirm_email",
        "key": f"{cast.owner.id}-no-such-key",
        "step": "close",
        "dated_step": "extend",
        "file_format": "csv",
        "table": "ranked-themes",
        "noted": "reviews",
        "document_format": "docx",
        "plot": "pace",
        "question_id": question.id,
        "label": label_of(question),
        **written,
        **(judged := _judge(session, call, cast, question)),
        **_vote(session, call, cast, question, judged["round_id"]),
        **_select(session, call, cast, secret),
        **_invite(session, call, cast, question, secret),
        "mission_id": missions(session, call.id)[0].id,
        "direction": "up",
        "theme_id": call.themes[0].id,
        "state": "closed",
        "language": "fr",
        "tongue": "en",
        "kind": "submission_received",
        "choice": "stop",
        "reason_id": out_of_scope_reasons(session, call_id=call.id)[0].id,
        "decision_id": _decide(session, call, cast),
        "answer": "keep",
        "agreement": "yes",
        "verdict": "confirmed",
        "cited_as": "bib",
        "named": "1",
        "suspicion": "spam",
        "batch_id": keep_file(session, call, cast.organizer),
        "topic_id": _topic(session, call, question).id,
        "grouping_id": make_proposal(session, call, question).id,
        "job_id": start_job(
            session,
            kind="topics.group",
            call_id=call.id,
            task="topics.group",
            n_steps=1,
            started_by_id=cast.chair.id,
            now=utcnow(),
        ),
        "sign_in_id": _sign_in(session, cast.owner),
        "token_id": _key(session, cast.owner),
        "stop_token": StopLinks(secret).token(person_id=cast.owner.id, kind="digest"),
        "mail_id": make_failed_letter(session, call_id=call.id),
        "search_id": _kept_search(session, call, cast),
    }


def written_by(session, call, cast: Cast, *, state=QuestionState.IN_SCOPE):
    """A question that the owner sent and the conflicted organizer wrote, too."""
    question = make_question(session, call, cast.owner, state=state)
    source = session.scalars(sa.select(QuestionSource).where(QuestionSource.question_id == question.id)).one()
    co_author = cast.conflicted_organizer
    session.add(
        Authorship(
            submission_id=source.submission_id, person_id=co_author.id, position=2, full_name=co_author.full_name
        )
    )
    session.flush()
    return question


def _write(session, call, cast: Cast) -> dict[str, object]:
    question = written_by(session, call, cast)
    sent = sa.select(Submission.reference).join(QuestionSource).where(QuestionSource.question_id == question.id)
    reference = session.scalars(sent).one()
    near, merged = make_question(session, call, cast.submitter), make_question(session, call)
    merge_id = merge_questions(
        session, source_id=merged.id, target_id=question.id, actor_id=cast.organizer.id, now=utcnow()
    )
    new = written_by(session, call, cast, state=QuestionState.NEW)
    pair = make_pair(session, question, near)
    asked_id = _ask_co_author(session, reference, cast.submitter)
    report = make_report(session, question)
    return {
        "question": question,
        "reference": reference,
        "co_author_id": asked_id,
        "request_id": asked_id,
        "pair_id": pair.id,
        "report_id": report.id,
        "group_id": _group(session, call, near, question),
        "of": [near.id, make_question(session, call).id],
        "summary_id": _summary(session, call, cast),
        "merge_id": merge_id,
        "new_question_id": new.id,
        "submission_id": _look_again(session, new),
        "draft": make_draft(session, call, cast.owner),
    }


def _look_again(session, question) -> int:
    """The submission of a question for which its submitter asks for another look."""
    sent = sa.select(Submission).join(QuestionSource).where(QuestionSource.question_id == question.id)
    return make_second_look(session, session.scalars(sent).one()).submission_id


def _group(session, call, centre, member) -> int:
    session.add_all(
        DuplicateGroup(question_id=question.id, canonical_id=centre.id, call_id=call.id)
        for question in (centre, member)
    )
    session.flush()
    return centre.id


def _summary(session, call, cast: Cast) -> int:
    """A wording of the organizers for a question that the conflicted one wrote, too, and another one."""
    sources = written_by(session, call, cast), make_question(session, call)
    return write_summary(
        session,
        call_id=call.id,
        source_ids=[source.id for source in sources],
        text=text_values(call),
        actor_id=cast.organizer.id,
        now=utcnow(),
    )


def _ask_co_author(session, reference: str, person) -> int:
    """A request that waits for the answer of the person with this address."""
    sent = session.scalars(sa.select(Submission.id).where(Submission.reference == reference)).one()
    asked = CoAuthor(
        submission_id=sent,
        email=person.email,
        state=CoAuthorState.INVITED,
        nonce="x",
        named_at=utcnow(),
        invited_at=utcnow(),
    )
    session.add(asked)
    session.flush()
    return asked.id


def _judge(session, call, cast: Cast, question) -> dict[str, object]:
    panel = make_panel(session, call)
    for person in (cast.panelist, cast.conflicted):
        seat(session, call, panel, person=person)
    seat(session, call, panel, person=cast.chair, is_chair=True)
    round_id = make_round(session, call, state="open", panel_id=panel.id, is_staged=True)
    rate(session, ask(session, round_id, panel, cast.panelist, question), 4)
    # The assignment stands beside the conflict: the conflict alone must keep the question from them.
    ask(session, round_id, panel, cast.conflicted, question)
    session.add(
        ConflictOfInterest(
            question_id=question.id,
            person_id=cast.conflicted.id,
            state=ConflictState.CONFIRMED,
            source=ConflictSource.DECLARED,
            reason="A colleague wrote it.",
            created_at=utcnow(),
        )
    )
    session.flush()
    talk_id = make_later_round(session, round_id, Activity.DISCUSSION, [question])
    said = {"round_id": talk_id, "question_id": question.id, "person_id": cast.panelist.id}
    post_id = discussion.post(session, **said, text="What about dust?", now=utcnow())
    case = HealthCase(
        round_id=round_id,
        alarm=Alarm.AGAINST_THE_PANEL,
        person_id=cast.panelist.id,
        measure=-0.5,
        opened_at=utcnow(),
    )
    session.add(case)
    session.flush()
    asked = {"panel_id": panel.id, "person_id": cast.panelist.id, "round_id": round_id}
    asked |= {"post_id": post_id, "case_id": case.id, "proposal_id": make_waiting_proposal(session, round_id)}
    return asked | _seats(session, call, panel, question)


def _seats(session, call, panel, question) -> dict[str, int]:
    """A seat that is offered by mail, and the conflict with the question."""
    conflict = sa.select(ConflictOfInterest.id).where(ConflictOfInterest.question_id == question.id)
    return {
        "offer_id": make_offer(session, call, panel).id,
        "conflict_id": session.scalars(conflict).one(),
    }


def _vote(session, call, cast: Cast, question, first_id: int) -> dict[str, object]:
    """A pair that waits for the panelist, and an order that they have begun, in later rounds of a series."""
    questions = [question, *(make_question(session, call) for _ in range(3))]
    comparing = make_later_round(session, first_id, Activity.COMPARING, questions)
    compare(session, comparing, cast.panelist, questions[2], questions[1], Preference.LEFT)
    balloting = make_later_round(session, first_id, Activity.BALLOT, questions)
    vote(session, balloting, cast.panelist, {question: 1, questions[1]: 2}, state=BallotState.DRAFT)
    offered = compare(session, comparing, cast.panelist, question, questions[3], None)
    return {"comparison_id": offered.id, "theme_key": call.theme_by_id(question.theme_id).key}


def _select(session, call, cast: Cast, secret: str) -> dict[str, object]:
    """A frozen run with its candidates and a selection, a published run of plans, and a proposed person."""
    parameters = {"weights": {"importance": 1}, "k": {"space": 10}, "n_draws": 2_000}
    run = make_ranked_run(session, call, parameters=parameters)
    first, second, *_ = make_candidates(session, call, run)
    published = make_ranked_run(session, call, kind=Kind.PLAN, parameters=parameters)
    make_ranked_question(session, call, published, p_top_k=0.5, kind=Kind.PLAN)
    published.state, published.published_at = RunState.PUBLISHED, utcnow()
    for each in (run, published):
        each.notes, each.inputs = [], plain_inputs(session, each)
    selection_id = make_selection(session, call, run, proposer=cast.submitter, limits=Limits(9, 20_000_000))
    waiting = make_limit_set(session, call, [run.id], by=cast.submitter, state=LimitState.WAITING)
    nomination = make_nomination(session, call, proposer=cast.chair, consented=True)
    token = ConsentLinks(secret).token(nomination_id=nomination.id, person_id=nomination.person_id, now=utcnow())
    return {
        "run_id": run.id,
        "run": run.id,
        "number": make_publication(session, call, runs=[published.id]).number,
        "ranking_id": published.id,
        "selection_id": selection_id,
        "selection": selection_id,
        "candidate_id": first.id,
        "limit_set_id": waiting,
        "double_id": make_double(session, call, first, second).id,
        "nomination_id": nomination.id,
        "token": token,
    }


def _invite(session, call, cast: Cast, question, secret: str) -> dict[str, object]:
    """The owner comes, whose question the conflicted organizer wrote, too, with travel details; and letters wait."""
    invitation = make_invitation(session, call, person=cast.owner, question_ids=[question.id])
    send(session, call, make_letter_batch(session, call, cast.chair), cast.organizer, secret)
    accept(session, invitation)
    give_travel(session, call, session.get_one(Meeting, call.id), cast.owner)
    return {
        "invitation_id": invitation.id,
        "invitation_token": token_of(invitation, secret),
        "letter_batch_id": make_letter_batch(session, call, cast.chair),
        **_meet(session, call, question, invitation),
    }


def _meet(session, call, question, invitation) -> dict[str, object]:
    """A session in which the invited person speaks to the question, and what came of it."""
    said = dict(call_id=call.id, question_id=question.id)
    slot = make_slot(session, make_session(session, call), question, invitation)
    return {
        "session_id": slot.session_id,
        "slot_id": slot.id,
        "contribution_id": make_contribution(session, person_id=invitation.person_id, **said).id,
        "outcome_id": make_outcome(session, **said).id,
    }


def _decide(session, call, cast: Cast) -> int:
    """A decision of the organizer, which may be undone."""
    new = make_question(session, call, state=QuestionState.NEW)
    what = dict(question_id=new.id, version=new.version, actor_id=cast.organizer.id, now=utcnow())
    return screen.put_in_scope(session, **what).decision_id


def _topic(session, call, question) -> Topic:
    """A topic of one question, which stands on the map."""
    make_layout(session, call, {question.id: (0.5, 0.5)})
    return make_topic(session, call, [question], terms=("dust", "ice"))


def _sign_in(session, person) -> int:
    """One more sign-in of a person, on another machine."""
    access.open_sign_in(session, person_id=person.id, now=utcnow())
    return session.scalar(sa.text("SELECT max(id) FROM sign_in WHERE person_id = :id").bindparams(id=person.id))


def _kept_search(session, call, cast: Cast) -> int:
    what = dict(call_id=call.id, person_id=cast.organizer.id, now=utcnow())
    return keep_search(session, name="Ice", query="ice", **what)


def _key(session, person) -> int:
    """A key to the API that a person made."""
    what = dict(name="statistics", scopes=("read:own",), call_id=None, days=30)
    return access.open_token(session, person_id=person.id, **what, now=utcnow())[0]
