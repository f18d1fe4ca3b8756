"""Merging, summarizing and undoing in any order: what stands follows from the standing merges alone."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person
from builders_questions import make_model, make_pair, make_question
from builders_submissions import text_values
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solicit.clock import utcnow
from solicit.errors import Conflict, Refused
from solicit.questions.models import DuplicatePair, Merge, Question, QuestionSource, Support
from solicit.questions.queries.supporters import exact_support
from solicit.questions.service.merge import merge_questions
from solicit.questions.service.summary import write_summary
from solicit.questions.service.unmerge import undo_merge
from solicit.questions.states import QuestionState, Verdict

N_QUESTIONS = 5
MOST_SUMMARIES = 3
STATES = (QuestionState.IN_SCOPE, QuestionState.NEW, QuestionState.IN_SCOPE)

places = st.integers(0, N_QUESTIONS + MOST_SUMMARIES - 1)
merging = st.tuples(st.just("merge"), places, places)
summarizing = st.tuples(st.just("summarize"), st.sets(places, min_size=2, max_size=4))
undoing = st.tuples(st.just("undo"), st.integers(0, 20))
steps = st.lists(st.one_of(merging, merging, summarizing, undoing), max_size=14)


class World:
    """Some questions with their pairs and supporters, and what has been done to them."""

    def __init__(self, session, now) -> None:
        self.session, self.now = session, now
        self.call = make_call(session)
        self.actor_id = make_organizer(session, self.call).id
        self.questions = [make_question(session, self.call, state=STATES[n % 3]) for n in range(N_QUESTIONS)]
        model = make_model(session, name=f"model-of-{self.call.slug}")
        for one, other in ((0, 1), (1, 2), (0, 2), (3, 4)):
            make_pair(session, self.questions[one], self.questions[other], model=model)
        fan = make_person(session)
        for question in self.questions[:3]:
            session.add(Support(question_id=question.id, person_id=fan.id, supported_at=utcnow()))
        session.add(Support(question_id=self.questions[3].id, person_id=make_person(session).id, supported_at=utcnow()))
        session.flush()
        self.n_summaries = 0
        self.first = self.sources()

    def sources(self) -> dict[int, int]:
        """Which question each submission speaks through."""
        rows = sa.select(QuestionSource.submission_id, QuestionSource.question_id)
        rows = rows.join(Question, Question.id == QuestionSource.question_id).where(Question.call_id == self.call.id)
        return dict(self.session.execute(rows).all())

    def standing_merges(self) -> dict[int, tuple[int, int]]:
        rows = sa.select(Merge.id, Merge.source_id, Merge.target_id).where(Merge.undone_at.is_(None))
        rows = rows.join(Question, Question.id == Merge.source_id).where(Question.call_id == self.call.id)
        return {id_: (source, target) for id_, source, target in self.session.execute(rows)}

    def snapshot(self) -> dict[str, object]:
        """Everything of the first questions that a merge could leave a trace in."""
        self.session.expire_all()
        ids = [question.id for question in self.questions[:N_QUESTIONS]]
        return {
            "questions": {
                q.id: (q.state, q.merged_into_id, q.number, q.version, q.title) for q in self.questions[:N_QUESTIONS]
            },
            "sources": self.sources(),
            "verdicts": self.verdicts(),
            "support": exact_support(self.session, question_ids=ids),
        }

    def verdicts(self) -> dict[tuple[int, int], Verdict | None]:
        rows = sa.select(DuplicatePair).where(DuplicatePair.call_id == self.call.id)
        return {(p.left_id, p.right_id): p.verdict for p in self.session.scalars(rows)}

    def take(self, step) -> None:
        """Do one step if the house allows it; a refused one changes nothing."""
        try:
            with self.session.begin_nested():
                getattr(self, step[0])(*step[1:])
        except (Refused, Conflict, IndexError):
            self.session.expire_all()

    def merge(self, source: int, target: int) -> None:
        ids = dict(source_id=self.questions[source].id, target_id=self.questions[target].id)
        merge_questions(self.session, **ids, actor_id=self.actor_id, now=self.now)

    def summarize(self, sources: set[int]) -> None:
        if self.n_summaries == MOST_SUMMARIES:
            return
        summary_id = write_summary(
            self.session,
            call_id=self.call.id,
            source_ids=[self.questions[source].id for source in sources],
            text=text_values(self.call),
            actor_id=self.actor_id,
            now=self.now,
        )
        self.questions.append(self.session.get(Question, summary_id))
        self.n_summaries += 1

    def undo(self, place: int) -> None:
        merge_id = sorted(self.standing_merges())[place]
        undo_merge(self.session, merge_id=merge_id, actor_id=self.actor_id, now=self.now)

    def check(self) -> None:
        """Sources, verdicts and summaries are what the standing merges make of them."""
        self.session.expire_all()
        into = dict(self.standing_merges().values())

        def end(question_id: int) -> int:
            return end(into[question_id]) if question_id in into else question_id

        assert self.sources() == {submission: end(question) for submission, question in self.first.items()}
        for (left, right), verdict in self.verdicts().items():
            are_same = right in (into.get(left), left) or into.get(right) == left
            are_same = are_same or (left in into and into.get(left) == into.get(right))
            assert (verdict is Verdict.SAME) == are_same
        for summary in self.questions[N_QUESTIONS:]:
            has_parts = summary.id in into.values()
            assert (summary.state is QuestionState.WITHDRAWN) == (not has_parts)
            assert summary.number is not None


def check_history(session, now, steps, order) -> None:
    with session.begin_nested() as world:
        here = World(session, now)
        before = here.snapshot()
        for step in steps:
            here.take(step)
            here.check()
        for place in order:
            here.take(("undo", place))
            here.check()
        while here.standing_merges():
            here.take(("undo", 0))
        here.check()
        assert here.snapshot() == before
        assert len({question.number for question in here.questions[N_QUESTIONS:]}) == here.n_summaries
        world.rollback()


def any_history(n: int):
    def decorate(test):
        wanted = settings(
            max_examples=n,
            derandomize=True,
            suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        )
        return wanted(given(steps=steps, order=st.lists(st.integers(0, 8), max_size=8))(test))

    return decorate


@any_history(12)
def test_any_history_can_be_undone_in_any_order(session, now, steps, order):
    check_history(session, now, steps, order)


@pytest.mark.full
@any_history(150)
def test_many_histories_can_be_undone_in_any_order(session, now, steps, order):
    check_history(session, now, steps, order)
