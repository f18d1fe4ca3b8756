"""An open round of scoring with its panelists, and what one of them sends."""

import sqlalchemy as sa
from builders import make_call, make_organizer, make_person
from builders_panels import ask, make_panel, make_read_question, make_round, seat

from solicit.panels.models import Score
from solicit.panels.queries.rounds import criteria_of

AUTHOR = dict(full_name="Zebedee Canaryson", affiliation="Canary Institute", country="NZ")


class World:
    """An open round with three questions for one panelist; another panelist has the same ones."""

    def __init__(self, session, client, n_questions=3):
        self.session, self.client = session, client
        self.call = make_call(session)
        self.organizer = make_organizer(session, self.call, full_name="Olga Organizer")
        self.panel = make_panel(session, self.call)
        self.person, self.other = (seat(session, self.call, self.panel) for _ in range(2))
        self.round_id = make_round(session, self.call, state="open")
        author = make_person(session, **AUTHOR)
        self.questions = [make_read_question(session, self.call, authors=(author,)) for _ in range(n_questions)]
        self.mine, self.theirs = (
            [
                ask(session, self.round_id, self.panel, person, question, order=n)
                for n, question in enumerate(self.questions)
            ]
            for person in (self.person, self.other)
        )

    def address(self, n=0, more="") -> str:
        return f"/{self.call.slug}/review/{self.label(n)}{more}"

    def label(self, n=0) -> str:
        return f"Q-{self.questions[n].number}"

    def sent(self, score="4", action="next", **values) -> dict:
        criteria = criteria_of(self.session, round_id=self.round_id)
        scores = {f"score_{criterion.id}": score for criterion in criteria}
        return scores | {"confidence": "my_field", "action": action, "version": "0"} | values

    def n_scores(self) -> int:
        return self.session.scalar(sa.select(sa.func.count()).select_from(Score))
