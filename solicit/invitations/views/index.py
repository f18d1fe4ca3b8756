"""The way from frozen rankings to a meeting, step by step."""

from dataclasses import dataclass

from flask import render_template

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.db import db
from solicit.invitations.queries.limit_sets import limit_set_in_force
from solicit.invitations.views import bp
from solicit.words import N_


@dataclass(frozen=True)
class Step:
    """One step, what is done in it, and its pages: endpoint and label."""

    name: str
    doing: str
    pages: tuple[tuple[str, str], ...]


STEPS = (
    Step(
        N_("Rankings and limits"),
        N_("Say which frozen rankings count, how many seats and how much money there are, and which groups must come."),
        (("invitations.limits", N_("Limits")), ("invitations.costs", N_("Costs"))),
    ),
    Step(
        N_("Candidates"),
        N_("Willing authors of the leading questions, and people who were proposed and consented."),
        (
            ("invitations.candidates", N_("Candidates")),
            ("invitations.nominations", N_("Propose a person")),
            ("invitations.statements", N_("Score statements")),
            ("invitations.doubles", N_("Accounts of one person")),
        ),
    ),
    Step(
        N_("Selections"),
        N_("The best selection under the limits is found exactly, with the reason for each person in or out."),
        (("invitations.selections", N_("Selections")),),
    ),
    Step(
        N_("Letters"),
        N_("One organizer prepares the letters, a second one sends them. Answers come in here."),
        (("invitations.letters", N_("Letters")), ("invitations.spending", N_("Spending"))),
    ),
    Step(
        N_("Meeting"),
        N_("Who comes, who speaks to which question, and what came of it."),
        (
            ("invitations.meeting", N_("The meeting")),
            ("invitations.participants", N_("Participants")),
            ("invitations.travellers", N_("Travel details")),
            ("invitations.programme", N_("Programme")),
            ("invitations.outcomes", N_("Outcomes")),
        ),
    ),
)


@bp.get("/<call>/organize/invite")
@requires(Permission.SELECT_INVITEES, call_subject)
def index(call: CallFacts):
    is_frozen = limit_set_in_force(db.session(), call=call) is not None
    return render_template("invitations/index.html", steps=STEPS, is_frozen=is_frozen)
