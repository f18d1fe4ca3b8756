"""A question that is not public changes no byte of what everybody reads: no point, count, title, tag of a version."""

import pytest
import sqlalchemy as sa
from builders import make_call
from builders_map import make_layout, make_topic
from builders_people import without_token
from builders_questions import make_model, make_question, make_vector

from solicit.calls.queries import out_of_scope_reasons
from solicit.questions.models import Question, Translation
from solicit.questions.states import QuestionState, TranslationSource

CANARY = "Zqhidden"
HIDDEN = [QuestionState.NEW, QuestionState.OUT_OF_SCOPE, QuestionState.WITHDRAWN, QuestionState.MERGED]


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def shown(session, call):
    model = make_model(session, width=4)
    questions = [make_question(session, call, state=QuestionState.IN_SCOPE, number=n + 1) for n in range(9)]
    for place, question in enumerate(questions):
        make_vector(session, question, model, [1, place, 0, 1])
    return questions


def answers(client, session, call) -> dict[str, tuple]:
    base = f"/en/{call.slug}"
    ends = [
        "/topics",
        "/topics?view=list",
        "/topics.csv",
        "/topics/points.json",
        "/topics/points/Q-9.json",
        "/questions",
    ]
    ends += [f"/topics/{id_}" for id_ in session.scalars(sa.text("SELECT id FROM topic"))] + [
        "/questions.csv",
        "/questions.atom",
        "/questions/Q-1",
        "/questions/Q-9",
    ]
    found = {end: client.get(base + end, buffered=True) for end in ends}
    return {end: (each.status_code, each.headers.get("ETag"), without_token(each.text)) for end, each in found.items()}


@pytest.mark.parametrize("state", HIDDEN)
def test_hidden_question_changes_nothing_whatever_its_words(client, session, call, shown, now, state):
    """It has a number, a topic, a place and a translation from when it was public; and it is nobody's middle."""
    hidden = shown[-1]
    make_topic(session, call, shown[:4])
    make_topic(session, call, shown[4:])
    make_layout(session, call, {each.id: (place / 10, 0.5) for place, each in enumerate(shown)})
    words = dict(title=f"{CANARY} in French", goal_overview="", significance="", approach="", of_digest=b"")
    kept = dict(source=TranslationSource.DESK, language="fr", is_screened=True, made_at=now)
    session.add(Translation(question_id=hidden.id, **words, **kept))
    gone = dict(state=state, screened_at=None)
    if state is QuestionState.OUT_OF_SCOPE:
        gone["reason_id"] = out_of_scope_reasons(session, call_id=call.id)[0].id
    if state is QuestionState.MERGED:
        gone["merged_into_id"] = shown[4].id
        session.execute(
            sa.text("UPDATE submission SET state = 'withdrawn', withdrawn_at = now() WHERE title = :t"),
            {"t": hidden.title},
        )
    session.execute(sa.update(Question).where(Question.id == hidden.id).values(**gone))
    session.commit()
    before = answers(client, session, call)
    assert CANARY not in str(before) and hidden.title not in str(before)

    changed = dict(
        title=f"{CANARY} title", search_text=CANARY.casefold(), goal_overview=f"{CANARY} text", theme_id=None
    )
    session.execute(sa.update(Question).where(Question.id == hidden.id).values(**changed))
    session.execute(sa.text("UPDATE map_point SET x = 0, y = 0 WHERE question_id = :id"), {"id": hidden.id})
    session.execute(sa.text("DELETE FROM topic_member WHERE question_id = :id"), {"id": hidden.id})
    session.commit()

    assert answers(client, session, call) == before
    assert CANARY not in str(answers(client, session, call))
