"""The organizers' desk of conflicts of interest: found, confirmed, dismissed."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Conflict, DomainError, NotFound
from solicit.jobs.service import start_job
from solicit.panels.forms.conflicts import DecideForm, PolicyForm
from solicit.panels.queries import conflict_desk as queries
from solicit.panels.queries.signs import policy_of
from solicit.panels.service import conflicts as service
from solicit.panels.states import CONFLICT_SOURCE_WORDS, CONFLICT_STATE_WORDS, ConflictSource, ConflictState
from solicit.panels.views import bp
from solicit.web.counting import ngettext
from solicit.web.csv import CSV_TYPE, csv_lines
from solicit.web.downloads import download
from solicit.web.facets import facet_options, list_url
from solicit.web.forms import ActionForm
from solicit.web.pages import Link
from solicit.web.pagination import Window, paginate, window_from
from solicit.web.routing import id_from

CONFLICTS = "/<call>/organize/panels/conflicts"
ALL = "all"
N_STEPS = 2
MOST_ROWS = 1_000_000
COLUMNS = (
    "question",
    "title",
    "theme",
    "panelist",
    "state",
    "signs",
    "reason",
    "since",
    "decided",
    "decided_by",
    "note",
)


@bp.get(CONFLICTS)
@requires(Permission.RUN_PANELS, call_subject)
def conflicts(call: CallFacts):
    return _conflicts_page(call)


@bp.get(CONFLICTS + ".csv")
@requires(Permission.RUN_PANELS, call_subject)
def conflicts_file(call: CallFacts):
    rows = queries.conflict_rows(
        db.session(), call=call, viewer_id=g.identity.person_id, chosen=_chosen(call), window=Window(1, MOST_ROWS)
    )
    return download(f"{call.slug}-conflicts.csv", CSV_TYPE, csv_lines(COLUMNS, [_cells(row) for row in rows]))


@bp.post(CONFLICTS + "/policy")
@requires(Permission.RUN_PANELS, call_subject)
def change_conflict_policy(call: CallFacts):
    form = PolicyForm()
    if form.accepted():
        with transaction() as session:
            service.change_policy(
                session, call_id=call.id, policy=form.policy(), actor_id=g.identity.person_id, now=utcnow()
            )
        flash(_("Saved. Look for conflicts again to apply it."), "success")
    return redirect(url_for(".conflicts"), 303)


@bp.post(CONFLICTS + "/find")
@requires(Permission.RUN_PANELS, call_subject)
def find_conflicts(call: CallFacts):
    if not ActionForm().accepted():
        return redirect(url_for(".conflicts"), 303)
    kind = "panels.find_conflicts"
    work = dict(kind=kind, task=kind, n_steps=N_STEPS, result_path=url_for(".conflicts"))
    try:
        with transaction() as session:
            job_id = start_job(session, call_id=call.id, started_by_id=g.identity.person_id, now=utcnow(), **work)
    except Conflict as error:
        flash(_(error.message), "warning")
        return redirect(url_for(".conflicts"), 303)
    return redirect(url_for("jobs.page", job_id=job_id), 303)


@bp.get(CONFLICTS + "/decide")
@requires(Permission.RUN_PANELS, call_subject)
def confirm_conflicts(call: CallFacts):
    return _confirmation(call, DecideForm(request.args, meta={"csrf": False}), request.args)


@bp.post(CONFLICTS + "/decide")
@requires(Permission.RUN_PANELS, call_subject)
def decide_conflicts(call: CallFacts):
    form, ids = DecideForm(), _selected(request.form)
    if not form.accepted():
        return _confirmation(call, form, request.form)
    try:
        with transaction() as session:
            voided = service.decide_conflicts(
                session,
                call_id=call.id,
                conflict_ids=ids,
                to=form.decision,
                note=form.note.data,
                actor_id=g.identity.person_id,
                now=utcnow(),
            )
    except DomainError as error:
        if isinstance(error, NotFound):
            raise
        form.refuse(_(error.message, **error.params))
        return _confirmation(call, form, request.form)
    _tell(form.decision, len(ids), voided)
    frozen = queries.frozen_with_votes(db.session(), conflict_ids=ids)
    return redirect(url_for(".conflicts", frozen=frozen[0] if frozen else None), 303)


@bp.post(CONFLICTS + "/<id:conflict_id>/reopen")
@requires(Permission.DECIDE_CONFLICT, queries.conflict_subject)
def reopen_conflict(call: CallFacts, conflict_id: int):
    if ActionForm().accepted():
        what = dict(call_id=call.id, conflict_id=conflict_id, actor_id=g.identity.person_id)
        try:
            with transaction() as session:
                service.reopen_conflict(session, now=utcnow(), **what)
            flash(_("The decision is undone. The conflict is suspected again."), "success")
        except NotFound:
            raise
        except DomainError as error:
            flash(_(error.message, **error.params), "warning")
    return redirect(url_for(".conflicts", state=ALL), 303)


def _conflicts_page(call: CallFacts) -> str:
    session, viewer_id, chosen = db.session(), g.identity.person_id, _chosen(call)
    filters, window = _filters(call, chosen), window_from(request.args.get("page"))
    counts = queries.conflict_counts(session, call=call, viewer_id=viewer_id, chosen=chosen)
    return render_template(
        "panels/conflicts.html",
        rows=queries.conflict_rows(session, call=call, viewer_id=viewer_id, chosen=chosen, window=window),
        total=counts.total,
        facets=_facets(call, filters, counts),
        sorts=[
            Link(_(word), list_url(filters, sort=name), name == chosen.sort)
            for name, (word, _o) in queries.SORTS.items()
        ],
        filters=filters,
        pagination=paginate(window, counts.total, lambda page: list_url(filters, page=page)),
        words=queries.declared_words(session, call_id=call.id, viewer_id=viewer_id),
        policy_form=PolicyForm(formdata=None, data=vars(policy_of(session, call_id=call.id))),
        frozen_id=id_from(request.args.get("frozen")),
    )


def _confirmation(call: CallFacts, form: DecideForm, sent: MultiDict):
    """The page that says what would be decided on which conflicts."""
    ids = _selected(sent)
    rows = queries.chosen_rows(db.session(), call=call, viewer_id=g.identity.person_id, conflict_ids=ids)
    rows = [row for row in rows if row.is_suspected]
    if not rows:
        flash(_("Select at least one suspected conflict first."), "warning")
        return redirect(url_for(".conflicts"), 303)
    is_confirming = form.decision is ConflictState.CONFIRMED
    return render_template(
        "panels/decide_conflicts.html", form=form, rows=rows, is_confirming=is_confirming
    ), form.status


def _tell(decision: ConflictState, n: int, voided: service.Voided) -> None:
    if decision is ConflictState.DISMISSED:
        flash(ngettext("%(num)s suspicion is dismissed.", "%(num)s suspicions are dismissed.", n), "success")
        return
    flash(ngettext("%(num)s conflict is confirmed.", "%(num)s conflicts are confirmed.", n), "success")
    if voided.n_votes:
        gone = ngettext(
            "%(num)s vote was given before and is void now.",
            "%(num)s votes were given before and are void now.",
            voided.n_votes,
        )
        flash(gone, "warning")


def _chosen(call: CallFacts) -> queries.ConflictFilter:
    """What the query string asks for; what it does not know is left out."""
    state, theme = request.args.get("state", ConflictState.SUSPECTED.value), call.theme(request.args.get("theme"))
    sort = request.args.get("sort")
    return queries.ConflictFilter(
        state=next((each for each in ConflictState if each.value == state), None),
        sign=next((each for each in ConflictSource if each.value == request.args.get("sign")), None),
        person_id=id_from(request.args.get("panelist")),
        theme_id=theme.id if theme else None,
        sort=sort if sort in queries.SORTS else queries.LATEST,
    )


def _filters(call: CallFacts, chosen: queries.ConflictFilter) -> dict[str, str | None]:
    theme = call.theme_by_id(chosen.theme_id)
    return {
        "state": chosen.state.value if chosen.state else ALL,
        "sign": chosen.sign.value if chosen.sign else None,
        "panelist": str(chosen.person_id) if chosen.person_id else None,
        "theme": theme.key if theme else None,
        "sort": chosen.sort if chosen.sort != queries.LATEST else None,
    }


def _facets(call: CallFacts, filters: dict, counts: queries.ConflictCounts) -> list[tuple]:
    states = [(each.value, _(word), counts.states.get(each, 0)) for each, word in CONFLICT_STATE_WORDS.items()]
    signs = [
        (each.value, _(word), counts.signs[each])
        for each, word in CONFLICT_SOURCE_WORDS.items()
        if each in counts.signs
    ]
    themes = [
        (theme.key, theme.short_name, counts.themes[theme.id]) for theme in call.themes if theme.id in counts.themes
    ]
    people = [(str(person_id), name, n) for person_id, name, n in counts.people]
    return [
        (_("State"), facet_options(filters, "state", states, without=ALL)),
        (_("Sign"), facet_options(filters, "sign", signs)),
        (_("Theme"), facet_options(filters, "theme", themes)),
        (_("Panelist"), facet_options(filters, "panelist", people)),
    ]


def _selected(sent: MultiDict) -> list[int]:
    return [number for number in map(id_from, sent.getlist("selected")) if number]


def _cells(row: queries.ConflictRow) -> tuple:
    signs = "; ".join(_(word) for word in row.sign_words)
    decided = row.decided_at.isoformat(timespec="seconds") if row.decided_at else None
    about = (row.label, row.title, row.theme.name if row.theme else None, row.person, row.state.value, signs)
    return (*about, row.reason, row.created_at.isoformat(timespec="seconds"), decided, row.decided_by, row.note)
