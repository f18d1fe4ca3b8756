"""What differs between two texts, and who has a part in many questions."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_person
from builders_questions import attach, make_question, make_submission

from solicit.clock import utcnow
from solicit.questions.models import Question, QuestionSource
from solicit.questions.queries.duplicates.differences import lacking_words, word_differences
from solicit.questions.queries.involvement import is_involved
from solicit.submissions.models import CoAuthor
from solicit.submissions.states import CoAuthorState


def marked(sides) -> tuple[list[str], list[str]]:
    return tuple([words.text for words in side if words.differs] for side in sides)


@pytest.mark.parametrize(
    ("left", "right", "differing"),
    [
        ("Is there ice on Mars?", "is there water on Mars", (["ice"], ["water"])),
        ("Is there ice?", "Is there ice?", ([], [])),
        ("月球背面有什么？", "月球正面有什么？", (["背"], ["正"])),
        ("", "Is there ice?", ([], [])),
        ("Is there thick ice on Mars now?", "Is there any water on Mars?", (["thick ice", " now?"], ["any water"])),
        ("Why do comets fade?", "Which plants feed a crew?", ([], [])),
    ],
)
def test_differences_of_titles_are_words_or_characters(left, right, differing):
    sides = word_differences(left, right)

    assert tuple("".join(words.text for words in side) for side in sides) == (left, right)
    assert marked(sides) == differing


@pytest.mark.parametrize(
    ("left", "right", "differing"),
    [
        ("We drill into the ice. Then we look.", "We look. Then we drill into rock.", (["the ice."], ["rock."])),
        ("We look.\n\nThen we drill.", "Then we drill. We look.", ([], [])),
        ("我们钻入冰层。", "我们钻入岩层。", (["冰"], ["岩"])),
        ("", "We look.", ([], [])),
        ("Comets fade in the sun.", "A crew eats plants.", ([], [])),
    ],
)
def test_moved_sentences_are_no_difference_of_longer_texts(left, right, differing):
    sides = lacking_words(left, right)

    assert tuple("".join(words.text for words in side) for side in sides) == (left, right)
    assert marked(sides) == differing


def test_who_sent_or_was_named_has_a_part_even_if_they_stepped_back(session):
    call, person = make_call(session), make_person(session)
    sent, free = make_question(session, call, submitter=person), make_question(session, call)
    joined = make_question(session, call)
    attach(session, make_submission(session, call, submitter=person), joined)
    named = make_question(session, call)
    submission_id = session.scalar(
        sa.select(QuestionSource.submission_id).where(QuestionSource.question_id == named.id)
    )
    asked = dict(email="a@example.org", nonce="x", named_at=utcnow(), invited_at=utcnow(), answered_at=utcnow())
    session.add(CoAuthor(submission_id=submission_id, person_id=person.id, state=CoAuthorState.DECLINED, **asked))
    session.flush()

    theirs = set(session.scalars(sa.select(Question.id).where(is_involved(person.id, Question.id))))

    assert theirs == {sent.id, joined.id, named.id} and free.id not in theirs
