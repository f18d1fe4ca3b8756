"""Who is asked to read what."""

from collections import Counter

import numpy as np
import pytest
import sqlalchemy as sa
from builders import make_call, make_person
from builders_panels import (
    add_submission,
    ask,
    force_state,
    make_panel,
    make_read_question,
    make_round,
    rate,
    seat,
)

from ml.decision.assignment import SOLVERS
from ml.language.embedding import text_digest
from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.embeddings.models import EmbeddingModel, TextVector
from solicit.errors import Closed, Conflict
from solicit.mail.models import OutboxMail
from solicit.panels.models import Assignment, AssignmentProposal, ConflictOfInterest, ProposedPair, ThemeExpertise
from solicit.panels.service.assign import deploy_proposal, discard_proposal, propose_assignment
from solicit.panels.states import AssignmentState, Confidence, ConflictSource, ConflictState, Expertise, ProposalState
from solicit.questions.models import QuestionVector, Redaction, Translation
from solicit.questions.queries.panel_wording import TEXTS
from solicit.questions.states import Aspect, QuestionState, TranslationSource


def propose(session, round_id) -> AssignmentProposal:
    proposal_id = propose_assignment(session, round_id=round_id, actor_id=None, now=utcnow(), seed=5)
    return session.get_one(AssignmentProposal, proposal_id)


def deploy(session, proposal):
    return deploy_proposal(session, proposal_id=proposal.id, actor_id=None, now=utcnow())


def assign(session, round_id):
    return deploy(session, propose(session, round_id))


def pairs(session, round_id) -> set[tuple[int, int]]:
    found = session.execute(
        sa.select(Assignment.question_id, Assignment.person_id).where(Assignment.round_id == round_id)
    )
    return {(question_id, person_id) for question_id, person_id in found}


def world(session, *, n_panelists=4, n_questions=6, reviews=3):
    call = make_call(session)
    panel = make_panel(session, call)
    people = [seat(session, call, panel) for _ in range(n_panelists)]
    questions = [make_read_question(session, call) for _ in range(n_questions)]
    return call, panel, people, questions, make_round(session, call, reviews_per_question=reviews)


def test_every_question_gets_its_panelists_and_loads_are_even(session):
    _, _, people, questions, round_id = world(session)
    assert assign(session, round_id).n_new == 18
    made = pairs(session, round_id)
    assert Counter(question_id for question_id, _ in made) == {question.id: 3 for question in questions}
    loads = Counter(person_id for _, person_id in made)
    assert len(loads) == len(people)
    assert max(loads.values()) - min(loads.values()) <= 3


def test_only_questions_in_scope_of_the_rounds_kind_are_assigned(session):
    call, _, _, questions, round_id = world(session, n_questions=1)
    make_read_question(session, call, kind=Kind.PLAN)
    make_read_question(session, call, state=QuestionState.WITHDRAWN)
    make_read_question(session, make_call(session))
    assign(session, round_id)
    assert {question_id for question_id, _ in pairs(session, round_id)} == {questions[0].id}


def test_nobody_reads_what_they_wrote(session):
    call, _, people, _, round_id = world(session, n_questions=0)
    own = make_read_question(session, call, authors=(people[0],))
    second = make_read_question(session, call)
    add_submission(session, second, authors=(make_person(session), people[1]))
    assign(session, round_id)
    made = pairs(session, round_id)
    assert (own.id, people[0].id) not in made and (second.id, people[1].id) not in made
    known = session.scalars(sa.select(ConflictOfInterest).order_by(ConflictOfInterest.question_id)).all()
    assert {(c.question_id, c.person_id, c.source) for c in known} == {
        (own.id, people[0].id, ConflictSource.OWN),
        (second.id, people[1].id, ConflictSource.OWN),
    }


def test_a_conflict_that_became_known_takes_the_assignment_away(session):
    _, _, people, questions, round_id = world(session, n_panelists=4, n_questions=1, reviews=3)
    assign(session, round_id)
    reader = next(person for person in people if (questions[0].id, person.id) in pairs(session, round_id))
    add_submission(session, questions[0], authors=(reader,))
    assert assign(session, round_id).n_new == 1
    states = dict(
        session.execute(sa.select(Assignment.person_id, Assignment.state).where(Assignment.round_id == round_id)).all()
    )
    assert states.pop(reader.id) is AssignmentState.VOIDED
    assert set(states.values()) == {AssignmentState.ASSIGNED} and len(states) == 3


def test_a_second_assignment_moves_nothing_and_adds_what_is_new(session):
    call, _, _, _, round_id = world(session)
    assign(session, round_id)
    before = {row.id: (row.person_id, row.queue_order) for row in session.scalars(sa.select(Assignment))}
    assert assign(session, round_id).n_new == 0
    make_read_question(session, call)
    assert assign(session, round_id).n_new == 3
    session.expire_all()
    after = {row.id: (row.person_id, row.queue_order) for row in session.scalars(sa.select(Assignment))}
    assert before.items() <= after.items()


def test_an_abstention_and_an_outside_review_are_replaced(session):
    _, panel, people, questions, round_id = world(session, n_panelists=4, n_questions=1, reviews=2)
    force_state(session, round_id, "open")
    outside, abstained = (ask(session, round_id, panel, person, questions[0]) for person in people[:2])
    rate(session, outside, [None] * 3, confidence=Confidence.OUTSIDE)
    abstained.state, abstained.abstain_reason = AssignmentState.ABSTAINED, "No time"
    session.flush()
    assert assign(session, round_id).n_new == 2
    assert {person_id for _, person_id in pairs(session, round_id)} == {person.id for person in people}


def test_a_language_that_nobody_reads_is_named_and_left_out(session):
    call, panel, _, _, round_id = world(session, n_questions=1)
    arabic = make_read_question(session, call, language="ar")
    proposal = propose(session, round_id)
    assert proposal.summary["unread"] == [["ar", [arabic.id]]] and proposal.summary["n_short"] == 0
    deploy(session, proposal)
    assert arabic.id not in {question_id for question_id, _ in pairs(session, round_id)}
    for _ in range(3):
        seat(session, call, panel, languages=("ar",))
    assert propose(session, round_id).summary["unread"] == []


def test_a_translation_that_panels_see_finds_readers_and_one_beside_a_redacted_copy_does_not(session):
    call, _, _, _, round_id = world(session, n_questions=0)
    read, copied = (make_read_question(session, call, language="ar") for _ in range(2))
    for question in (read, copied):
        translate(session, question, "en")
    session.add(Redaction(question_id=copied.id, **dict.fromkeys(TEXTS, "Words"), of_digest=b"", redacted_at=utcnow()))
    session.flush()
    proposal = propose(session, round_id)
    assert proposal.summary["unread"] == [["ar", [copied.id]]]
    assert proposal.summary["n_pairs"] == 3


def test_too_few_eligible_panelists_are_named_and_the_others_are_assigned(session):
    call, _, people, _, round_id = world(session, n_panelists=3, n_questions=2)
    scarce = make_read_question(session, call, authors=(people[0],))
    proposal = propose(session, round_id)
    assert proposal.summary["short"] == [[scarce.id, 1, "eligible"]]
    assert deploy(session, proposal).n_new == 8


def test_loads_that_cannot_carry_the_demand_are_met_as_far_as_they_go_with_the_cheapest_way_out(session):
    call = make_call(session)
    panel = make_panel(session, call)
    for _ in range(3):
        seat(session, call, panel, max_load=1)
    for _ in range(2):
        make_read_question(session, call)
    summary = propose(session, make_round(session, call)).summary
    assert summary["n_pairs"] == 3 and summary["n_short"] >= 1
    assert summary["shortage"]["unfilled_seats"] == 3
    assert sum(by for _, by in summary["shortage"]["raise_load"]) == 3


def test_minimum_loads_beyond_the_demand_are_named(session):
    call = make_call(session)
    panel = make_panel(session, call)
    for _ in range(3):
        seat(session, call, panel, min_load=2)
    make_read_question(session, call)
    summary = propose(session, make_round(session, call)).summary
    assert summary["n_pairs"] == 3 and summary["n_short"] == 0
    assert sum(by for _, by in summary["shortage"]["lower_minimum"]) == 3


def test_the_home_panel_comes_first(session):
    call = make_call(session)
    home, away = make_panel(session, call, theme="space"), make_panel(session, call, theme="life")
    at_home = {seat(session, call, home).id for _ in range(3)}
    others = {seat(session, call, away).id for _ in range(3)}
    space = [make_read_question(session, call, theme="space") for _ in range(3)]
    life = [make_read_question(session, call, theme="life") for _ in range(3)]
    round_id = make_round(session, call, home_share=1.0)
    assign(session, round_id)
    made = pairs(session, round_id)
    assert {p for q, p in made if q in {question.id for question in space}} == at_home
    assert {p for q, p in made if q in {question.id for question in life}} == others


def test_among_equals_the_likest_keywords_decide(session):
    call = make_call(session)
    panel = make_panel(session, call)
    near, far = seat(session, call, panel, keywords=("dust",)), seat(session, call, panel, keywords=("law",))
    question = make_read_question(session, call)
    add_vectors(session, call, question, {"dust": (1.0, 0.1), "law": (0.1, 1.0)}, towards=(1.0, 0.0))
    round_id = make_round(session, call, reviews_per_question=1)
    assign(session, round_id)
    assert pairs(session, round_id) == {(question.id, near.id)}
    assert far.id != near.id


def add_vectors(session, call, question, texts, *, towards):
    model = EmbeddingModel(name="flat", width=2)
    session.add(model)
    session.flush()
    values = dict(question_id=question.id, model_id=model.id, call_id=call.id, theme_id=question.theme_id, digest=b"q")
    session.add(QuestionVector(aspect=Aspect.TEXT, vector=np.array(towards), **values))
    session.add(QuestionVector(aspect=Aspect.TITLE, vector=np.array(towards)[::-1], **values))
    for text, vector in texts.items():
        session.add(TextVector(digest=text_digest(text), model_id=model.id, vector=np.array(vector)))
    session.flush()


def test_somebody_on_two_panels_reads_from_the_seat_at_home(session):
    call = make_call(session)
    space, life = make_panel(session, call, theme="space"), make_panel(session, call, theme="life")
    person = seat(session, call, space, max_load=1)
    seat(session, call, life, person=person, max_load=1)
    questions = {theme: make_read_question(session, call, theme=theme) for theme in ("space", "life")}
    assign(session, make_round(session, call, reviews_per_question=1))
    seats = dict(session.execute(sa.select(Assignment.question_id, Assignment.panel_id)).all())
    assert seats == {questions["space"].id: space.id, questions["life"].id: life.id}


def test_the_order_of_a_queue_follows_from_the_seed(session):
    call, _, people, _, first = world(session, n_questions=8)
    assign(session, first)
    second, third = (make_round(session, call, seed=seed) for seed in (7, 8))
    assign(session, second)
    assign(session, third)

    def queue(round_id):
        order = sa.select(Assignment.question_id).where(Assignment.person_id == people[0].id)
        return session.scalars(order.where(Assignment.round_id == round_id).order_by(Assignment.queue_order)).all()

    assert queue(first) == queue(second) != sorted(queue(first))
    common = set(queue(first)) & set(queue(third))
    assert [q for q in queue(first) if q in common] != [q for q in queue(third) if q in common]


def test_in_an_open_round_only_newcomers_get_a_letter(session):
    call, panel, people, _, round_id = world(session, n_panelists=3, n_questions=1)
    assign(session, round_id)
    force_state(session, round_id, "open")
    newcomer = seat(session, call, panel)
    make_read_question(session, call)
    make_read_question(session, call)
    assign(session, round_id)
    told = session.scalars(sa.select(OutboxMail.person_id).where(OutboxMail.kind == "round_opened")).all()
    assert told == [newcomer.id]


@pytest.mark.parametrize("state", ["closed", "frozen"])
def test_nothing_is_assigned_after_the_close(session, state):
    _, _, _, _, round_id = world(session)
    force_state(session, round_id, state)
    with pytest.raises(Closed):
        assign(session, round_id)
    assert pairs(session, round_id) == set()


def test_without_questions_or_panelists_nothing_happens(session):
    call = make_call(session)
    question = make_read_question(session, call)
    summary = propose(session, make_round(session, call)).summary
    assert summary["n_pairs"] == 0 and summary["unread"] == [["en", [question.id]]]


def test_half_of_the_raters_come_from_other_panels(session):
    call = make_call(session)
    home, away = make_panel(session, call, theme="space"), make_panel(session, call, theme="life")
    for panel in (home, away):
        for _ in range(6):
            seat(session, call, panel)
    for _ in range(10):
        make_read_question(session, call, theme="space")
    summary = propose(session, make_round(session, call, reviews_per_question=2)).summary
    assert summary["home_share"] == 0.5 and summary["mixes_themes"]
    summary = propose(session, make_round(session, call, reviews_per_question=3)).summary
    assert 0.4 <= summary["home_share"] <= 0.6


def test_a_panel_without_neighbours_is_asked_alone(session):
    _, _, _, _, round_id = world(session)
    summary = propose(session, round_id).summary
    assert summary["home_share"] == 1.0 and summary["n_short"] == 0


def test_whoever_cannot_judge_a_theme_is_never_asked_about_it(session):
    call, _, people, _, round_id = world(session, n_panelists=4, n_questions=3)
    theme_id = call.theme("space").id
    session.add(ThemeExpertise(person_id=people[0].id, theme_id=theme_id, level=Expertise.NONE))
    session.flush()
    assign(session, round_id)
    assert people[0].id not in {person_id for _, person_id in pairs(session, round_id)}


def test_a_suspected_conflict_is_kept_out_of_a_proposal(session):
    _, _, people, questions, round_id = world(session, n_panelists=4, n_questions=1)
    suspect(session, questions[0], people[0])
    assert {p for _, p in proposed(session, propose(session, round_id))} == {person.id for person in people[1:]}


def test_a_conflict_found_since_takes_its_pair_away(session):
    _, _, people, questions, round_id = world(session, n_panelists=3, n_questions=2)
    proposal = propose(session, round_id)
    add_submission(session, questions[0], authors=(people[0],))
    suspect(session, questions[1], people[1])
    done = deploy(session, proposal)
    assert (done.n_new, done.n_dropped) == (4, 2)
    left = {(questions[0].id, people[0].id), (questions[1].id, people[1].id)}
    assert not left & pairs(session, round_id)


@pytest.mark.parametrize("what", ["question", "seat", "assignment"])
def test_a_proposal_whose_world_has_changed_is_computed_again(session, what):
    call, panel, people, questions, round_id = world(session, reviews=2)
    proposal = propose(session, round_id)
    if what == "question":
        make_read_question(session, call)
    elif what == "seat":
        seat(session, call, panel)
    else:
        ask(session, round_id, panel, people[0], questions[0])
    with pytest.raises(Conflict, match="Compute it again"):
        deploy(session, proposal)


def test_a_pair_that_was_changed_by_hand_is_noticed(session):
    _, _, _, _, round_id = world(session)
    proposal = propose(session, round_id)
    first = sa.select(ProposedPair).where(ProposedPair.proposal_id == proposal.id).limit(1)
    session.delete(session.scalars(first).one())
    session.flush()
    with pytest.raises(Conflict):
        deploy(session, proposal)


def test_a_proposal_is_decided_once_and_a_new_one_puts_the_waiting_one_away(session):
    _, _, _, _, round_id = world(session)
    first, second = propose(session, round_id), propose(session, round_id)
    session.refresh(first)
    assert (first.state, second.state) == (ProposalState.DISCARDED, ProposalState.PROPOSED)
    discard_proposal(session, proposal_id=second.id, actor_id=None, now=utcnow())
    for decide in (deploy_proposal, discard_proposal):
        with pytest.raises(Conflict, match="decided already"):
            decide(session, proposal_id=second.id, actor_id=None, now=utcnow())
    assert pairs(session, round_id) == set()


def test_the_same_world_gives_the_same_proposal(session):
    _, _, _, _, round_id = world(session)
    first, second = propose(session, round_id), propose(session, round_id)
    assert proposed(session, first) == proposed(session, second)
    assert first.summary == second.summary and first.input_digest == second.input_digest
    assert first.parameters["solver"] == SOLVERS[0] and SOLVERS[0] in first.versions


def test_no_more_raters_of_one_region_or_institution_than_the_round_allows(session):
    call = make_call(session)
    panel = make_panel(session, call)
    for country, ror in (("DE", "a"), ("FR", "a"), ("JP", "b"), ("CN", "b"), ("BR", ""), ("CL", "")):
        seat(session, call, panel, person=make_person(session, country=country, ror=ror or None, affiliation=""))
    make_read_question(session, call)
    summary = propose(session, make_round(session, call, most_per_region=1, most_per_institution=1)).summary
    assert summary["n_pairs"] == 3
    assert summary["most_of_region"] == 1 and summary["most_of_institution"] <= 1


def test_a_round_of_themes_leaves_the_others_alone(session):
    call, _, _, questions, _ = world(session, n_questions=1)
    make_read_question(session, call, theme="life")
    round_id = make_round(session, call, theme_ids=(call.theme("space").id,))
    assign(session, round_id)
    assert {question_id for question_id, _ in pairs(session, round_id)} == {questions[0].id}


def proposed(session, proposal) -> set[tuple[int, int]]:
    found = sa.select(ProposedPair.question_id, ProposedPair.person_id).where(ProposedPair.proposal_id == proposal.id)
    return set(session.execute(found))


def suspect(session, question, person) -> None:
    session.add(
        ConflictOfInterest(
            question_id=question.id,
            person_id=person.id,
            state=ConflictState.SUSPECTED,
            source=ConflictSource.INSTITUTION,
            created_at=utcnow(),
        )
    )
    session.flush()


def translate(session, question, language) -> None:
    session.add(
        Translation(
            question_id=question.id,
            source=TranslationSource.DESK,
            language=language,
            **dict.fromkeys(TEXTS, "Words"),
            of_digest=question.text_digest,
            is_screened=True,
            made_at=utcnow(),
        )
    )
    session.flush()
