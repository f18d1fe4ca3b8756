"""The discussion of a question: who takes part, what they read, and under which name they write."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_panels import ask, force_state, make_later_round, make_panel, make_read_question, make_round, rate, seat
from builders_submissions import label_of

from solicit.clock import utcnow
from solicit.errors import Closed, Conflict, NotFound, Refused
from solicit.panels.models import ConflictOfInterest, DiscussionPost, DiscussionSummary, Review, Round
from solicit.panels.queries.discussion.feedback import feedback
from solicit.panels.queries.discussion.thread import discussion_page
from solicit.panels.queries.labels import PanelLabels
from solicit.panels.service import discussion as service
from solicit.panels.states import Activity, ConflictSource, ConflictState

LABELS = PanelLabels("a secret of this test")
SCORES = (1, 2, 3, 4, 5)


class Talk:
    """Five panelists scored two questions; the panel, with its chair, discusses them now."""

    def __init__(self, session):
        self.session = session
        self.call = make_call(session)
        self.panel = make_panel(session, self.call)
        self.people = [seat(session, self.call, self.panel, is_chair=n == 0) for n in range(5)]
        self.chair = self.people[0]
        self.questions = [make_read_question(session, self.call) for _ in range(2)]
        self.first_id = make_round(session, self.call, state="open")
        for question in self.questions:
            for person, score in zip(self.people, SCORES, strict=True):
                assignment = ask(session, self.first_id, self.panel, person, question)
                rate(session, assignment, score, to_panel=f"I say {score}.")
        force_state(session, self.first_id, "closed")
        self.round_id = make_later_round(session, self.first_id, Activity.DISCUSSION, self.questions)

    @property
    def about(self) -> dict:
        return dict(round_id=self.round_id, question_id=self.questions[0].id, now=utcnow())

    def post(self, person, text="I think otherwise.") -> int:
        return service.post(self.session, **self.about, person_id=person.id, text=text)

    def page(self, person, *, question=0, with_names=False):
        return discussion_page(
            self.session,
            call=self.call,
            label=label_of(self.questions[question]),
            viewer_id=person.id,
            labels=LABELS,
            with_names=with_names,
            now=utcnow(),
        )

    def label(self, person, question=0) -> str:
        return LABELS.of(first_id=self.first_id, question_id=self.questions[question].id, person_id=person.id)

    def url(self, path="") -> str:
        return f"/{self.call.slug}/review/{label_of(self.questions[0])}/discussion{path}"


@pytest.fixture
def talk(session) -> Talk:
    return Talk(session)


def test_label_is_the_same_within_a_question_and_another_in_the_next(talk):
    first = [talk.page(person).own_label for person in talk.people]
    second = [talk.page(person, question=1).own_label for person in talk.people]
    assert first == [talk.page(person).own_label for person in talk.people]
    assert len(set(first)) == 5
    assert set(first).isdisjoint(second)


def test_label_cannot_be_worked_out_without_the_secret():
    known = dict(first_id=1, question_id=2, person_id=3)
    assert PanelLabels("one").of(**known) != PanelLabels("two").of(**known)


def test_feedback_gives_middle_spread_and_both_tails_the_same_room(talk):
    given = talk.page(talk.people[1]).feedback
    assert (given.n_ratings, given.median, given.lower_quartile, given.upper_quartile) == (5, 3.0, 2.0, 4.0)
    assert given.own_rating == 2.0
    assert [opinion.rating for opinion in given.low_tail] == [1.0, 2.0]
    assert [opinion.rating for opinion in given.high_tail] == [5.0, 4.0]
    assert [opinion.text for opinion in given.comments] == ["I say 3."]
    assert all(opinion.name is None for opinion in (*given.low_tail, *given.high_tail, *given.comments))


def test_tail_is_cut_to_what_the_other_one_says(talk, session):
    session.execute(sa.update(Review).where(Review.comment_to_panel == "I say 5.").values(comment_to_panel=""))
    given = talk.page(talk.chair).feedback
    assert ([o.rating for o in given.low_tail], [o.rating for o in given.high_tail]) == ([1.0], [4.0])
    assert {opinion.text for opinion in given.comments} == {"I say 2.", "I say 3."}


def test_feedback_of_two_ratings_has_no_values(talk, session):
    question = make_read_question(session, talk.call)
    force_state(session, talk.first_id, "open")
    for person, score in zip(talk.people[:2], (1, 5), strict=True):
        rate(session, ask(session, talk.first_id, talk.panel, person, question), score)
    force_state(session, talk.first_id, "closed")
    about = dict(first_id=talk.first_id, question_id=question.id, viewer_id=talk.chair.id, labels=LABELS)
    given = feedback(session, **about)
    assert (given.has_values, given.n_ratings, given.median, given.low_tail) == (False, 2, None, ())


def test_feedback_says_nothing_of_a_round_that_is_open(talk, session):
    force_state(session, talk.first_id, "open")
    given = talk.page(talk.chair).feedback
    assert (given.n_ratings, given.own_rating, given.comments) == (0, None, ())


def test_conflict_takes_rating_and_posts_out(talk, session):
    talk.post(talk.people[4], "From somebody in conflict.")
    _conflict(session, talk.questions[0], talk.people[4])
    page = talk.page(talk.chair)
    assert (page.feedback.n_ratings, page.posts) == (4, ())


def test_posts_stand_in_order_under_labels_and_the_chair_is_named_as_such(talk):
    talk.post(talk.people[2], "First.")
    talk.post(talk.chair, "Second.")
    first, second = talk.page(talk.people[2]).posts
    assert (first.text, first.label, first.is_own, first.is_chair) == (
        "First.",
        talk.label(talk.people[2]),
        True,
        False,
    )
    assert (second.text, second.label, second.is_chair, second.name) == ("Second.", "", True, None)
    organizer = make_organizer(talk.session, talk.call)
    assert [post.name for post in talk.page(organizer, with_names=True).posts] == [
        talk.people[2].full_name,
        talk.chair.full_name,
    ]


def test_posts_keep_their_label_whoever_chairs_later(talk, session):
    talk.post(talk.chair, "As chair.")
    talk.post(talk.people[1], "As panelist.")
    for person, is_chair in ((talk.chair, False), (talk.people[1], True)):
        seat(session, talk.call, talk.panel, person=person, is_chair=is_chair)
    first, second = talk.page(talk.people[2]).posts
    assert (first.label, first.is_chair) == ("", True)
    assert (second.label, second.is_chair) == (talk.label(talk.people[1]), False)


def test_chair_of_another_panel_takes_no_part_in_the_discussion_of_a_panel(talk, client, session):
    stranger = seat(session, talk.call, make_panel(session, talk.call, theme=None), is_chair=True)
    sign_in(client, session, stranger)
    assert client.get(talk.url()).status_code == 200
    session.get_one(Round, talk.round_id).panel_id = talk.panel.id
    session.flush()
    assert client.get(talk.url()).status_code == 404
    assert label_of(talk.questions[0]) not in client.get(f"/{talk.call.slug}/review/discussions").text
    sign_in(client, session, talk.chair)
    assert "Keep it out" in client.get(talk.url()).text


def test_organizer_who_judged_a_question_reads_it_as_a_panelist(talk, client, session):
    organizer = make_organizer(session, talk.call)
    seat(session, talk.call, talk.panel, person=organizer)
    sign_in(client, session, organizer)
    assert talk.people[2].full_name in client.get(talk.url()).text
    force_state(session, talk.first_id, "open")
    rate(session, ask(session, talk.first_id, talk.panel, organizer, talk.questions[0]), 3)
    force_state(session, talk.first_id, "closed")
    page = client.get(talk.url()).text
    assert "I say 3." in page and talk.people[2].full_name not in page
    assert client.post(talk.url(), data={"text": "As a panelist."}).status_code == 303


def test_organizer_who_takes_no_part_writes_nothing_in_the_voice_of_a_panelist(talk, client, session):
    sign_in(client, session, make_organizer(session, talk.call))
    assert client.post(talk.url(), data={"text": "I am one of you."}).status_code == 404
    assert session.scalar(sa.select(sa.func.count()).select_from(DiscussionPost)) == 0


def test_same_words_sent_twice_are_one_post(talk, session):
    assert talk.post(talk.people[1]) == talk.post(talk.people[1])
    assert session.scalar(sa.select(sa.func.count()).select_from(DiscussionPost)) == 1


def test_withdrawn_post_leaves_no_words(talk, session):
    post_id = talk.post(talk.people[1], "I regret this.")
    service.withdraw_post(session, post_id=post_id, **talk.about, person_id=talk.people[1].id)
    assert session.get(DiscussionPost, post_id).text == ""
    assert talk.page(talk.chair).posts[0].is_withdrawn


def test_post_of_somebody_else_cannot_be_withdrawn(talk, session):
    post_id = talk.post(talk.people[1])
    with pytest.raises(Refused):
        service.withdraw_post(session, post_id=post_id, **talk.about, person_id=talk.people[2].id)


@pytest.mark.parametrize("state", ["closed", "frozen"])
def test_nothing_is_written_in_a_closed_discussion(talk, session, state):
    force_state(session, talk.round_id, state)
    with pytest.raises(Closed):
        talk.post(talk.people[1])
    with pytest.raises(Closed):
        service.summarize(session, **talk.about, person_id=talk.chair.id, text="x", version=0)


def test_nothing_is_written_past_the_date(talk, session):
    session.get(Round, talk.round_id).closes_at = utcnow() - timedelta(minutes=1)
    session.flush()
    with pytest.raises(Closed):
        talk.post(talk.people[1])


def test_summary_of_an_older_version_is_refused(talk, session):
    service.summarize(session, **talk.about, person_id=talk.chair.id, text="One.", version=0)
    with pytest.raises(Conflict):
        service.summarize(session, **talk.about, person_id=talk.chair.id, text="Two.", version=0)
    assert session.scalars(sa.select(DiscussionSummary.text)).all() == ["One."]


def test_comment_kept_out_leaves_the_tails_and_the_review(talk, session):
    label = talk.label(talk.people[0])
    about = talk.about | dict(person_id=talk.chair.id, label=label, labels=LABELS)
    service.moderate(session, **about, is_hidden=True)
    given = talk.page(talk.people[1]).feedback
    assert ([o.rating for o in given.low_tail], given.n_ratings) == ([2.0], 5)
    service.moderate(session, **about, is_hidden=False)
    assert [o.rating for o in talk.page(talk.people[1]).feedback.low_tail] == [1.0, 2.0]
    with pytest.raises(NotFound):
        service.moderate(session, **about | dict(label="ZZZZ"), is_hidden=True)


@pytest.mark.parametrize("who", ["panelist", "chair", "organizer"])
def test_page_opens_for_who_takes_part(talk, client, session, who):
    people = {"panelist": talk.people[1], "chair": talk.chair, "organizer": make_organizer(session, talk.call)}
    sign_in(client, session, people[who])
    page = client.get(talk.url())
    assert page.status_code == 200
    assert ("You write as" in page.text) == (who != "organizer")
    assert ("Keep it out" in page.text) == (who == "chair")
    assert (talk.people[3].full_name in page.text) == (who == "organizer")


def test_page_is_missing_for_who_never_judged_it(talk, client, session):
    outsider = seat(session, talk.call, talk.panel)
    sign_in(client, session, outsider)
    assert client.get(talk.url()).status_code == 404
    assert label_of(talk.questions[0]) not in client.get(f"/{talk.call.slug}/review/discussions").text


def test_page_is_missing_in_conflict_also_for_organizers(talk, client, session):
    organizer = make_organizer(session, talk.call)
    for person in (talk.people[1], organizer):
        _conflict(session, talk.questions[0], person)
        sign_in(client, session, person)
        assert client.get(talk.url()).status_code == 404
        listed = client.get(f"/{talk.call.slug}/review/discussions").text
        assert (label_of(talk.questions[0]) in listed, label_of(talk.questions[1]) in listed) == (False, True)


def test_page_is_missing_before_the_discussion_opens(talk, client, session):
    force_state(session, talk.round_id, "draft")
    sign_in(client, session, talk.people[1])
    assert client.get(talk.url()).status_code == 404


def test_panelist_posts_and_reads_it(talk, client, session):
    sign_in(client, session, talk.people[1])
    assert client.post(talk.url(), data={"text": "  "}).status_code == 422
    assert client.post(talk.url(), data={"text": "What about dust?"}).status_code == 303
    page = client.get(talk.url()).text
    assert "What about dust?" in page
    assert "Withdraw this post" in page


def test_typed_text_stays_when_the_discussion_has_closed(talk, client, session):
    sign_in(client, session, talk.people[1])
    force_state(session, talk.round_id, "closed")
    answer = client.post(talk.url(), data={"text": "Too late, alas."})
    assert answer.status_code == 409
    assert "Too late, alas." in answer.text


def test_only_the_chair_summarizes(talk, client, session):
    sign_in(client, session, talk.people[1])
    assert client.post(talk.url("/summary"), data={"summary": "Mine.", "version": "0"}).status_code == 404
    sign_in(client, session, talk.chair)
    assert client.post(talk.url("/summary"), data={"summary": "Ours.", "version": "0"}).status_code == 303
    assert "Ours." in client.get(talk.url()).text


def test_stale_summary_shows_both_texts(talk, client, session):
    service.summarize(session, **talk.about, person_id=talk.chair.id, text="From the other window.", version=0)
    sign_in(client, session, talk.chair)
    answer = client.post(talk.url("/summary"), data={"summary": "From this window.", "version": "0"})
    assert answer.status_code == 409
    assert "From the other window." in answer.text
    assert "From this window." in answer.text


@pytest.mark.parametrize("n_posts", [1, 3, 30])
def test_page_needs_the_same_statements_for_any_thread(talk, client, session, count_statements, n_posts):
    for number in range(n_posts):
        talk.post(talk.people[number % 5], f"Post {number}.")
    sign_in(client, session, talk.people[1])
    url = talk.url()
    count_statements.clear()
    assert client.get(url).status_code == 200
    assert len(count_statements) == 7, count_statements


def test_list_needs_the_same_statements_for_any_length(talk, client, session, count_statements):
    sign_in(client, session, talk.people[1])
    count_statements.clear()
    assert client.get(f"/{talk.call.slug}/review/discussions").status_code == 200
    assert len(count_statements) == 5, count_statements


def test_stranger_is_refused_by_the_list(talk, client, session):
    sign_in(client, session, make_person(session))
    assert client.get(f"/{talk.call.slug}/review/discussions").status_code == 403


def _conflict(session, question, person) -> None:
    session.add(
        ConflictOfInterest(
            question_id=question.id,
            person_id=person.id,
            state=ConflictState.CONFIRMED,
            source=ConflictSource.DECLARED,
            created_at=utcnow(),
        )
    )
    session.flush()
