"""Redacted copies: panels read them and nothing else, everybody else reads the person's own words."""

import re

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, sign_in
from builders_invitations import make_ranked_question, make_ranked_run
from builders_panels import ask, make_panel, make_read_question, make_round, seat
from builders_people import make_account
from builders_questions import make_question

from solicit.audit.models import AuditEvent
from solicit.errors import Conflict, Refused
from solicit.mail.models import OutboxMail
from solicit.questions.models import Question, Redaction, Translation
from solicit.questions.queries.panel_wording import panel_text
from solicit.questions.queries.wording import wording_digest
from solicit.questions.service import redact
from solicit.questions.states import QuestionState, TranslationSource
from solicit.rankings.queries.rows import Wanted, ranking_rows
from solicit.submissions.models import Authorship, Submission
from solicit.web.pagination import Window


class Reading:
    """A panelist who reads one question of an author with a name."""

    def __init__(self, session, name="Zebedee Canaryson"):
        self.session, self.call = session, make_call(session)
        self.organizer = make_organizer(session, self.call)
        author = make_account(session, full_name=name, affiliation=f"{name} Institute")
        words = dict(
            title=f"What did {name} find in the ice?", goal_overview=f"{name} looks.", significance=f"By {name}."
        )
        self.question = make_read_question(session, self.call, authors=(author,), approach=f"Ask {name}.")
        for text in words.items():
            setattr(self.question, *text)
        self.question.text_digest = wording_digest(**words, approach=self.question.approach)
        panel = make_panel(session, self.call)
        self.panelist = seat(session, self.call, panel)
        ask(session, make_round(session, self.call, state="open"), panel, self.panelist, self.question)
        session.flush()

    @property
    def review(self) -> str:
        return f"/{self.call.slug}/review/Q-{self.question.number}"

    @property
    def desk(self) -> str:
        return f"/{self.call.slug}/organize/questions/{self.question.id}"

    def redact(self, now, version=0, **words):
        text = redact.RedactedText(**dict(title="What is in the ice?") | words)
        what = dict(question_id=self.question.id, actor_id=self.organizer.id, now=now)
        redact.save_redaction(self.session, version=version, text=text, **what)


@pytest.fixture
def reading(session):
    return Reading(session)


def test_panels_read_the_copy_and_nothing_falls_back(client, session, reading, now):
    reading.redact(now, goal_overview="We look.")
    sign_in(client, session, reading.panelist)

    review, queue = client.get(reading.review).text, client.get(f"/{reading.call.slug}/review").text

    assert "What is in the ice?" in review and "We look." in review
    assert "What is in the ice?" in queue
    for page in (review, queue):
        assert "Zebedee" not in page and "Canaryson" not in page
    assert "Scientific significance" not in review and "How it could be explored" not in review


def test_everybody_else_reads_the_persons_words(client, session, reading, now):
    reading.redact(now)

    page = client.get(f"/en/{reading.call.slug}/questions/Q-{reading.question.number}").text

    assert "What did Zebedee Canaryson find in the ice?" in page and "What is in the ice?" not in page


def test_translations_stay_away_from_panels_beside_a_copy(client, session, reading, now):
    translation = Translation(
        question_id=reading.question.id,
        source=TranslationSource.AUTHOR,
        language="fr",
        title="Que trouva Zebedee Canaryson ?",
        goal_overview="",
        significance="",
        approach="",
        of_digest=reading.question.text_digest,
        is_screened=True,
        made_at=now,
    )
    session.add(translation)
    sign_in(client, session, reading.panelist)
    assert "Que trouva Zebedee" in client.get(reading.review).text

    reading.redact(now)

    assert "Que trouva" not in client.get(reading.review).text


def without_what_differs_anyway(page: str, reading: Reading) -> str:
    page = re.sub(r'name="csrf_token" value="[^"]*"', "", page)
    for own in (reading.call.slug, f"Q-{reading.question.number}", reading.panelist.full_name):
        page = page.replace(own, "…")
    return re.sub(r"criterion_\d+|score_\d+|review/\d+|round=\d+", "…", page)


def test_two_worlds_with_other_authors_read_alike(client, session, now):
    """Only the author's name differs, in the text, the authorship and a translation: panels get the same bytes."""
    pages = []
    for name in ("Zebedee Canaryson", "Ünïcanary O'Brien"):
        reading = Reading(session, name)
        reading.redact(now, goal_overview="We look.")
        sign_in(client, session, reading.panelist)
        answers = [client.get(reading.review), client.get(f"/{reading.call.slug}/review")]
        pages.append([without_what_differs_anyway(answer.text, reading) for answer in answers])

    assert pages[0] == pages[1]


def test_the_author_is_told_once_and_the_audit_knows_of_everything(session, reading, now):
    sent = session.scalars(sa.select(Submission.id).join(Authorship)).first()
    assert sent is not None
    reading.redact(now)
    reading.redact(now, version=1, title="What is in this ice?")
    what = dict(question_id=reading.question.id, actor_id=reading.organizer.id, now=now)
    redact.remove_redaction(session, version=2, **what)

    acts = session.scalars(sa.select(AuditEvent.act).where(AuditEvent.subject == "question").order_by(AuditEvent.id))
    assert acts.all()[-3:] == ["redact", "redact", "remove redaction"]
    letters = session.scalars(sa.select(OutboxMail.kind).where(OutboxMail.kind == "question_redacted")).all()
    assert len(letters) == 1
    assert panel_title(session, reading) == reading.question.title


def test_an_older_version_overwrites_nothing(session, reading, now):
    reading.redact(now)

    with pytest.raises(Conflict):
        reading.redact(now, title="Mine")
    with pytest.raises(Conflict):
        redact.remove_redaction(
            session, question_id=reading.question.id, version=7, actor_id=reading.organizer.id, now=now
        )

    assert session.scalars(sa.select(Redaction.title)).all() == ["What is in the ice?"]


def test_what_panels_do_not_read_gets_no_copy(session, reading, now):
    question = make_question(session, reading.call, state=QuestionState.WITHDRAWN)
    text = redact.RedactedText(title="A title")

    with pytest.raises(Refused):
        redact.save_redaction(
            session, question_id=question.id, version=0, text=text, actor_id=reading.organizer.id, now=now
        )


def test_page_marks_what_names_somebody_and_starts_from_the_words(client, session, reading):
    sign_in(client, session, reading.organizer)

    page = client.get(reading.desk + "/redaction").text

    assert "<mark>Zebedee Canaryson</mark>" in page
    assert 'value="What did Zebedee Canaryson find in the ice?"' in page


def test_saving_on_the_page_and_the_warning_after_the_words_changed(client, session, reading):
    sign_in(client, session, reading.organizer)
    sent = {"version": "0", "title": "What is in the ice?", "goal_overview": "", "significance": "It matters."}

    assert client.post(reading.desk + "/redaction", data=sent).status_code == 303
    assert client.post(reading.desk + "/redaction", data=sent).status_code == 409
    refused = client.post(reading.desk + "/redaction", data=sent | {"version": "1", "title": ""})
    assert refused.status_code == 422 and "Enter a title" in refused.text and "It matters." in refused.text
    assert "of an older wording" not in client.get(reading.desk).text
    reading.question.text_digest = b"another"
    session.commit()

    assert "The copy that panels read is of an older wording." in client.get(reading.desk).text
    assert "This copy is of an older wording." in client.get(reading.desk + "/redaction").text
    client.post(reading.desk + "/redaction/remove", data={"version": "1"})
    assert session.scalars(sa.select(Redaction)).all() == []


def test_a_frozen_ranking_shows_chairs_the_copy(session, reading, now):
    run = make_ranked_run(session, reading.call)
    ranked = make_ranked_question(session, reading.call, run, p_top_k=0.5)
    text = redact.RedactedText(title="A title without a name")
    redact.save_redaction(session, question_id=ranked.id, version=0, text=text, actor_id=reading.organizer.id, now=now)

    theme_id = reading.call.theme("space").id
    wanted = Wanted(theme_id=theme_id)
    rows = ranking_rows(session, run_id=run.id, wanted=wanted, viewer_id=reading.panelist.id, window=Window(1))

    assert [row.title for row in rows] == ["A title without a name"]


def panel_title(session, reading) -> str:
    return session.scalar(sa.select(panel_text("title")).where(Question.id == reading.question.id))


def test_a_review_costs_the_same_with_a_copy(client, session, reading, now, count_statements):
    sign_in(client, session, reading.panelist)
    address = reading.review
    count_statements.clear()
    client.get(address)
    plain = len(count_statements)
    reading.redact(now)
    session.commit()
    count_statements.clear()
    client.get(address)

    assert (plain, len(count_statements)) == (7, 7)
