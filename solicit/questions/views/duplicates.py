"""Duplicates: the queue of near pairs, verdicts, merging and undoing it."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.panels.queries.rounds import questions_in_open_round
from solicit.questions.forms import MergeForm, VerdictForm
from solicit.questions.queries import pairs, queue
from solicit.questions.queries.notes import differences_between
from solicit.questions.service import duplicates as service
from solicit.questions.service import merge as merging
from solicit.questions.states import VERDICT_WORDS, Verdict
from solicit.questions.views import bp
from solicit.web.facets import facet_options, list_url
from solicit.web.forms import ActionForm
from solicit.web.pagination import paginate, window_from
from solicit.words import N_

# Two texts side by side need room: a shorter page than other lists.
PAIRS_PER_PAGE = 20
FILTER_WORDS = {pairs.UNDECIDED: N_("Undecided")} | {verdict.value: word for verdict, word in VERDICT_WORDS.items()}


@bp.get("/<call>/organize/duplicates")
@requires(Permission.JUDGE_DUPLICATES, call_subject)
def duplicates(call: CallFacts):
    filters, window = _filters(call), window_from(request.args.get("page"), PAIRS_PER_PAGE)
    asked = dict(call=call, viewer_id=g.identity.person_id, **filters)
    counts = pairs.pair_counts(db.session(), **asked)
    rows = pairs.pair_rows(db.session(), **asked, window=window)
    return render_template(
        "questions/duplicates.html",
        pairs=rows,
        differences=differences_between(db.session(), pairs=rows, viewer_id=g.identity.person_id),
        filters=filters,
        page_number=window.page,
        verdicts=_verdict_facet(filters, counts.per_verdict),
        themes=_theme_facet(call, filters, counts.per_theme),
        pagination=paginate(
            window, counts.per_verdict.get(filters["verdict"], 0), lambda page: list_url(filters, page=page)
        ),
    )


@bp.post("/<call>/organize/duplicates/find")
@requires(Permission.JUDGE_DUPLICATES, call_subject)
def find_duplicates(call: CallFacts):
    if not ActionForm().accepted():
        return redirect(url_for(".duplicates"), 303)
    with transaction() as session:
        job_id = service.start_finding_duplicates(
            session,
            call_id=call.id,
            started_by_id=g.identity.person_id,
            result_path=url_for(".duplicates"),
            now=utcnow(),
        )
    return redirect(url_for("jobs.page", job_id=job_id), 303)


@bp.post("/<call>/organize/duplicates/<id:pair_id>/verdict")
@requires(Permission.JUDGE_PAIR, pairs.pair_subject)
def give_verdict(call: CallFacts, pair_id: int):
    form = VerdictForm()
    if form.accepted():
        verdict = Verdict(form.verdict.data)
        with transaction() as session:
            service.give_verdict(session, pair_id=pair_id, verdict=verdict, actor_id=g.identity.person_id, now=utcnow())
        flash(_("Recorded: %(verdict)s.", verdict=_(VERDICT_WORDS[verdict])), "success")
    else:
        flash(_("Choose one of the verdicts."), "error")
    return _back_to_queue(call)


@bp.post("/<call>/organize/duplicates/<id:pair_id>/undo")
@requires(Permission.JUDGE_PAIR, pairs.pair_subject)
def undo_verdict(call: CallFacts, pair_id: int):
    if ActionForm().accepted():
        with transaction() as session:
            service.undo_verdict(session, pair_id=pair_id, actor_id=g.identity.person_id, now=utcnow())
        flash(_("The pair is undecided again."), "success")
    return _back_to_queue(call)


@bp.route("/<call>/organize/duplicates/<id:pair_id>/merge", methods=["GET", "POST"])
@requires(Permission.JUDGE_PAIR, pairs.pair_subject)
def merge(call: CallFacts, pair_id: int):
    pair = pairs.pair_view(db.session(), call=call, pair_id=pair_id)
    form = MergeForm(keep=pair.suggested_id).offer(pair)
    if form.accepted() and _merged(pair, form):
        flash(_("The two questions are merged."), "success")
        return _back_to_queue(call)
    return render_template("questions/merge.html", pair=pair, form=form), form.status


@bp.get("/<call>/organize/merges")
@requires(Permission.JUDGE_DUPLICATES, call_subject)
def merges(call: CallFacts):
    window = window_from(request.args.get("page"))
    rows, total = pairs.standing_merges(db.session(), call=call, viewer_id=g.identity.person_id, window=window)
    pagination = paginate(window, total, lambda page: list_url({}, page=page))
    return render_template("questions/merges.html", merges=rows, pagination=pagination)


@bp.post("/<call>/organize/merges/<id:merge_id>/undo")
@requires(Permission.JUDGE_PAIR, pairs.merge_subject)
def undo_merge(call: CallFacts, merge_id: int):
    if ActionForm().accepted():
        with transaction() as session:
            merging.undo_merge(session, merge_id=merge_id, actor_id=g.identity.person_id, now=utcnow())
        flash(_("The merge is undone. Each question stands by itself again."), "success")
    return redirect(url_for(".merges"), 303)


def _merged(pair: pairs.PairView, form: MergeForm) -> bool:
    target_id = form.keep.data
    source_id = next(side.id for side in pair.sides if side.id != target_id)
    try:
        with transaction() as session:
            merging.merge_questions(
                session,
                source_id=source_id,
                target_id=target_id,
                actor_id=g.identity.person_id,
                now=utcnow(),
                locked_ids=questions_in_open_round(session, question_ids=(source_id, target_id)),
            )
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return False
    return True


def _filters(call: CallFacts) -> dict[str, str | None]:
    """The filter of the query string; what it does not know is left out."""
    verdict, theme = request.args.get("verdict"), request.args.get("theme")
    return dict(
        verdict=verdict if verdict in FILTER_WORDS else pairs.UNDECIDED,
        theme=theme if theme == queue.NO_THEME or call.theme(theme) else None,
    )


def _back_to_queue(call: CallFacts):
    page = window_from(request.args.get("page"), PAIRS_PER_PAGE).page
    return redirect(url_for(".duplicates", **_filters(call), page=page if page > 1 else None), 303)


def _verdict_facet(filters: dict, per_verdict: dict[str, int]):
    words = ((value, _(word), per_verdict.get(value, 0)) for value, word in FILTER_WORDS.items())
    return facet_options(filters, "verdict", words)


def _theme_facet(call: CallFacts, filters: dict, per_theme: dict[str, int]):
    return facet_options(
        filters, "theme", ((theme.key, theme.name, per_theme.get(theme.key, 0)) for theme in call.themes)
    )
