"""Rounds that were scored and can be ranked."""

import random

import sqlalchemy as sa
from builders import make_call
from builders_panels import ask, force_state, make_panel, make_read_question, make_round, rate, seat

from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.panels.models import Assignment
from solicit.rankings.models import RankingRow
from solicit.rankings.service import freeze


class Judged:
    """A call whose questions were scored; ``freeze`` closes the round and ranks them."""

    def __init__(self, session, *, n_questions=6, n_panelists=5, call=None, kind=Kind.QUESTION, **call_values):
        self.session = session
        self.call = call or make_call(session, **call_values)
        self.panel = make_panel(session, self.call)
        self.people = [seat(session, self.call, self.panel) for _ in range(n_panelists)]
        self.questions = [
            make_read_question(session, self.call, kind=kind, title=f"{kind.value} {n} of this call")
            for n in range(n_questions)
        ]
        self.round_id = make_round(session, self.call, kind=kind, state="open")

    def score(self, n_person: int, n_question: int, value, **values) -> Assignment:
        person, question = self.people[n_person], self.questions[n_question]
        assignment = ask(self.session, self.round_id, self.panel, person, question)
        rate(self.session, assignment, value, **values)
        return assignment

    def score_all(self) -> None:
        """Everybody scores everything: question n is worth about n, panelists differ in severity and noise."""
        noise = random.Random(5)
        for n_person in range(len(self.people)):
            for n_question in range(len(self.questions)):
                value = 1 + n_question * 0.7 + n_person * 0.3 + noise.uniform(-0.9, 0.9)
                self.score(n_person, n_question, min(5, max(1, round(value))))

    def freeze(self, *, seed=7) -> int:
        force_state(self.session, self.round_id, "closed")
        return freeze(self.session, call=self.call, round_id=self.round_id, seed=seed, actor_id=None, now=utcnow())

    def rows(self, run_id: int) -> list[RankingRow]:
        found = sa.select(RankingRow).where(RankingRow.run_id == run_id)
        return list(self.session.scalars(found.order_by(RankingRow.theme_id, RankingRow.position)))


def plain_inputs(session, run) -> dict:
    """Inputs of a run whose every question got three ratings by three panelists."""
    rows = session.scalars(sa.select(RankingRow).where(RankingRow.run_id == run.id).order_by(RankingRow.question_id))
    ids = [row.question_id for row in rows]
    return {
        "model": "robust",
        "criteria": [{"key": "importance", "weight": 1}],
        "themes": ["space"],
        "questions": [{"id": id_, "digest": f"{n:064x}", "theme": "space"} for n, id_ in enumerate(ids)],
        "ratings": [[n, panelist, [1 + (n + panelist) % 5]] for n in range(len(ids)) for panelist in range(3)],
        "comparisons": [],
        "ballots": [],
        "groups": ["others"],
        "group_of_panelist": [0, 0, 0],
        "panelists": ["", "", ""],
        "n_outside": [0] * len(ids),
        "is_staged": False,
        "n_places": 10,
        "n_draws": 100,
        "seed": 1,
        "salt": run.salt,
    }
