"""Which rankings a report may be about, and what else is known of the call in one row."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.models import RoleGrant
from solicit.access.policy import Role
from solicit.calls.queries import CallFacts
from solicit.invitations.models import Invitation, SelectionCandidate
from solicit.invitations.models import Meeting as CalledMeeting
from solicit.invitations.queries.letters.rows import as_selected
from solicit.invitations.queries.sight import is_hidden_from
from solicit.invitations.states import COMING, InvitationState
from solicit.panels.models import PanelHealth, Round
from solicit.panels.queries.conflicts import may_read_result
from solicit.rankings.models import RankingRow, RankingRun
from solicit.rankings.states import MODEL_WORDS, NOTE_WORDS, PURPOSE_WORDS, RESULTS, RunState
from solicit.reports.models import Publication
from solicit.reports.queries.publication.participation import Group, group_of
from solicit.reports.queries.report.model import Agreement, Audience, Count, Meeting, PublicationLink, ReportRun

# Below organizer a smaller number is “fewer than 3”.
LEAST_TOLD = 3
INVITED = tuple(state for state in InvitationState if state is not InvitationState.SELECTED)


@dataclass(frozen=True)
class KnownRuns:
    """The rankings a reader may see, latest first, with what the same statement found of the call."""

    runs: tuple[ReportRun, ...]
    meeting: Meeting | None
    publication: PublicationLink | None
    participation: tuple[Group, ...] | None


def told(n: int, audience: Audience) -> Count:
    """A number of people as this reader may learn it."""
    return n if audience is Audience.ORGANIZER or n == 0 or n >= LEAST_TOLD else None


def known_runs(session: Session, *, call: CallFacts, audience: Audience, viewer_id: int | None) -> KnownRuns:
    """The rankings of a call that this reader may see, and its meeting; one statement."""
    found = session.execute(_statement(call, audience, viewer_id)).all()
    current: dict[int, int] = {}
    is_desk = audience is Audience.ORGANIZER
    for row in found:
        if row.RankingRun.purpose in RESULTS:
            current.setdefault(row.RankingRun.round_id, row.RankingRun.id)
    return KnownRuns(
        runs=tuple(_run(row, audience, current.get(row.Round.id) == row.RankingRun.id) for row in found),
        # How many said yes changes with each answer: below organizer the answers could be read from it.
        meeting=_meeting(found[0]) if is_desk and found and found[0].starts_on else None,
        publication=_publication(found[0]) if found and found[0].number else None,
        participation=_participation(found[0]) if found and not is_desk else None,
    )


def usual_runs(known: tuple[ReportRun, ...], call: CallFacts) -> tuple[ReportRun, ...]:
    """Of the latest results those that rank a kind of questions of a theme which no later one ranks."""
    chosen, ranked = [], set()
    for run in known:
        themes = run.theme_ids or tuple(theme.id for theme in call.themes)
        pairs = {(run.kind, theme_id) for theme_id in themes}
        if run.is_current and not pairs <= ranked:
            chosen.append(run)
            ranked |= pairs
    return tuple(sorted(chosen, key=lambda run: (run.kind.value != "question", run.id)))


def _statement(call: CallFacts, audience: Audience, viewer_id: int | None) -> sa.Select:
    wanted = (
        sa.select(
            RankingRun,
            Round,
            PanelHealth.report.label("health"),
            CalledMeeting.starts_on,
            CalledMeeting.ends_on,
            Publication.number,
            Publication.digest,
            Publication.published_at.label("was_published_at"),
            Publication.contents["participation"].label("participation"),
            sa.func.jsonb_array_length(RankingRun.inputs["panelists"]).label("n_panelists"),
            _n_hidden(viewer_id).label("n_hidden"),
            _n_invitations(call, INVITED, viewer_id).label("n_invited"),
            _n_invitations(call, COMING, viewer_id).label("n_coming"),
            _chairs(viewer_id).label("chairs_it"),
        )
        .join(Round, Round.id == RankingRun.round_id)
        .outerjoin(PanelHealth, PanelHealth.round_id == Round.id)
        .outerjoin(CalledMeeting, CalledMeeting.call_id == RankingRun.call_id)
        .outerjoin(Publication, Publication.id == _latest_publication(call))
        .where(RankingRun.call_id == call.id)
        .order_by(RankingRun.id.desc())
    )
    if audience.is_staff:
        return wanted
    return wanted.where(RankingRun.state == RunState.PUBLISHED, RankingRun.purpose.in_(RESULTS))


def _n_hidden(viewer_id: int | None) -> sa.ColumnElement[int]:
    if viewer_id is None:
        return sa.literal(0)
    counted = sa.select(sa.func.count()).where(RankingRow.run_id == RankingRun.id)
    return counted.where(~may_read_result(RankingRow.question_id, viewer_id)).correlate(RankingRun).scalar_subquery()


def _n_invitations(call: CallFacts, states: tuple[InvitationState, ...], viewer_id: int | None) -> sa.ScalarSelect:
    """Without people whom this organizer does not see: each answer shows in the number."""
    counted = sa.select(sa.func.count()).select_from(Invitation).join(SelectionCandidate, as_selected())
    is_seen = () if viewer_id is None else (~is_hidden_from(viewer_id),)
    return counted.where(Invitation.call_id == call.id, Invitation.state.in_(states), *is_seen).scalar_subquery()


def _chairs(viewer_id: int | None) -> sa.ColumnElement[bool]:
    """Whether the reader chairs the panel of the round."""
    held = (RoleGrant.person_id == viewer_id, RoleGrant.role == Role.CHAIR, RoleGrant.panel_id == Round.panel_id)
    return sa.exists().where(*held).correlate(Round)


def _latest_publication(call: CallFacts) -> sa.ScalarSelect:
    return sa.select(sa.func.max(Publication.id)).where(Publication.call_id == call.id).scalar_subquery()


def _run(row: sa.Row, audience: Audience, is_current: bool) -> ReportRun:
    run, parameters = row.RankingRun, row.RankingRun.parameters
    sees_health = audience is Audience.ORGANIZER or (audience is Audience.CHAIR and row.chairs_it)
    return ReportRun(
        id=run.id,
        round_id=run.round_id,
        round_name=row.Round.name,
        kind=row.Round.kind,
        purpose_word=PURPOSE_WORDS[run.purpose],
        is_current=is_current,
        is_staged=row.Round.is_staged,
        frozen_at=run.frozen_at,
        published_at=run.published_at,
        model_word=MODEL_WORDS[run.rating_model],
        seed=run.seed,
        input_digest=bytes(run.input_digest).hex(),
        result_digest=bytes(run.result_digest).hex(),
        versions=run.versions,
        weights=parameters["weights"],
        k=parameters["k"],
        n_draws=parameters["n_draws"],
        n_panelists=told(row.n_panelists or 0, audience),
        n_ratings=parameters.get("n_ratings", 0),
        n_comparisons=parameters.get("n_comparisons", 0),
        n_ballots=parameters.get("n_ballots", 0),
        groups=tuple(parameters.get("groups", ())),
        notes=tuple(dict.fromkeys(NOTE_WORDS[key] for key in run.notes)),
        is_disconnected="disconnected_design" in run.notes,
        agreement=_agreement(row.health) if sees_health and row.health else None,
        n_hidden=row.n_hidden if audience.is_staff else 0,
        theme_ids=tuple(row.Round.theme_ids),
    )


def _agreement(health: Mapping) -> Agreement:
    w, alpha = health.get("w") or {}, health.get("alpha") or {}
    return Agreement(
        w=w.get("value"),
        n_questions_of_w=w.get("n_questions", 0),
        alpha=alpha.get("alpha"),
        low=alpha.get("low"),
        high=alpha.get("high"),
    )


def _meeting(row: sa.Row) -> Meeting:
    return Meeting(row.starts_on, row.ends_on, n_invited=row.n_invited, n_coming=row.n_coming)


def _participation(row: sa.Row) -> tuple[Group, ...] | None:
    return None if row.participation is None else tuple(map(group_of, row.participation))


def _publication(row: sa.Row) -> PublicationLink:
    return PublicationLink(row.number, bytes(row.digest).hex(), row.was_published_at)
