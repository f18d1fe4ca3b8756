"""The proposal that waits, its decision, and all groupings of a call."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.topics.queries import proposal as queries
from solicit.topics.queries.runs import run_subject, runs_of_call
from solicit.topics.service import decide
from solicit.topics.states import CHANGE_WORDS, DETAIL_WORDS
from solicit.topics.views import bp
from solicit.web.counting import ngettext
from solicit.web.csv import CSV_TYPE, csv_lines
from solicit.web.downloads import download
from solicit.web.facets import facet_options, list_url
from solicit.web.forms import ActionForm
from solicit.web.pagination import paginate, window_from

COLUMNS = ("question", "title", "language", "theme", "from", "to")


@bp.get("/<call>/organize/topics/proposal")
@requires(Permission.ARRANGE_TOPICS, call_subject)
def proposal(call: CallFacts):
    chosen, window = _chosen(call), window_from(request.args.get("page"))
    asked = dict(call=call, viewer_id=g.identity.person_id, **chosen)
    waiting = queries.waiting_proposal(db.session(), **asked)
    if waiting is None:
        return render_template("topics/proposal_none.html")
    move, theme = chosen["move"], chosen["theme"]
    filters = dict(move=move, theme=theme.key if theme else None)
    total = waiting.per_move.get(move, 0) if move else sum(waiting.per_move.values())
    return render_template(
        "topics/proposal.html",
        proposal=waiting,
        change_words=CHANGE_WORDS,
        questions=queries.moved_questions(db.session(), **asked, proposal=waiting, window=window),
        filters=filters,
        kinds=facet_options(
            filters, "move", ((key, _(word), waiting.per_move.get(key, 0)) for key, word in queries.MOVE_WORDS.items())
        ),
        themes=facet_options(
            filters, "theme", ((each.key, each.name, waiting.per_theme.get(each.id, 0)) for each in call.themes)
        ),
        pagination=paginate(window, total, lambda page: list_url(filters, page=page)),
    )


@bp.get("/<call>/organize/topics/proposal.csv")
@requires(Permission.ARRANGE_TOPICS, call_subject)
def proposal_csv(call: CallFacts):
    asked = dict(call=call, viewer_id=g.identity.person_id, **_chosen(call))
    waiting = queries.waiting_proposal(db.session(), **asked) or abort(404)
    rows = queries.moved_questions(db.session(), **asked, proposal=waiting)
    cells = ((row.label, row.title, row.language, row.theme.key, row.old, row.new) for row in rows)
    return download(f"{call.slug}-proposal-{waiting.id}.csv", CSV_TYPE, csv_lines(COLUMNS, cells))


@bp.post("/<call>/organize/topics/runs/<id:grouping_id>/accept")
@requires(Permission.ARRANGE_TOPICS, run_subject)
def accept(call: CallFacts, grouping_id: int):
    if not ActionForm().accepted():
        return redirect(url_for(".proposal"), 303)
    with transaction() as session:
        done = decide.accept_run(session, run_id=grouping_id, actor_id=g.identity.person_id, now=utcnow())
    flash(_("The proposal is accepted. These are the topics now."), "success")
    for text in _skipped(done):
        flash(text, "warning")
    return redirect(url_for(".desk"), 303)


@bp.post("/<call>/organize/topics/runs/<id:grouping_id>/discard")
@requires(Permission.ARRANGE_TOPICS, run_subject)
def discard(call: CallFacts, grouping_id: int):
    if ActionForm().accepted():
        with transaction() as session:
            decide.discard_run(session, run_id=grouping_id, actor_id=g.identity.person_id, now=utcnow())
        flash(_("The proposal is discarded. The topics are as they were."), "success")
    return redirect(url_for(".desk"), 303)


@bp.get("/<call>/organize/topics/runs")
@requires(Permission.ARRANGE_TOPICS, call_subject)
def runs(call: CallFacts):
    window = window_from(request.args.get("page"))
    rows, total = runs_of_call(db.session(), call=call, window=window)
    pagination = paginate(window, total, lambda page: list_url({}, page=page))
    return render_template("topics/runs.html", runs=rows, detail_words=DETAIL_WORDS, pagination=pagination)


@bp.post("/<call>/organize/topics/runs/<id:grouping_id>/again")
@requires(Permission.ARRANGE_TOPICS, run_subject)
def propose_again(call: CallFacts, grouping_id: int):
    if ActionForm().accepted():
        with transaction() as session:
            decide.propose_again(session, run_id=grouping_id, actor_id=g.identity.person_id, now=utcnow())
    return redirect(url_for(".proposal"), 303)


def _chosen(call: CallFacts) -> dict:
    """The filter of the query string; what it does not know is left out."""
    move = request.args.get("move")
    return dict(move=move if move in queries.MOVE_WORDS else None, theme=call.theme(request.args.get("theme")))


def _skipped(done: decide.Accepted) -> list[str]:
    """What the proposal could not do any more, in sentences."""
    told = []
    if done.n_left:
        told.append(
            ngettext(
                "%(num)s question left the call or its theme meanwhile and was passed over.",
                "%(num)s questions left the call or their theme meanwhile and were passed over.",
                done.n_left,
            )
        )
    if done.n_held:
        told.append(
            ngettext(
                "%(num)s question was put into a topic by hand meanwhile and stays there.",
                "%(num)s questions were put into a topic by hand meanwhile and stay there.",
                done.n_held,
            )
        )
    return told
