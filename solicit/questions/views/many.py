"""Deciding on many questions at once, always in two steps; and undoing a decision."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject, out_of_scope_reasons
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.questions.forms import ManyForm
from solicit.questions.queries.screening import queue
from solicit.questions.queries.screening.decisions import decision_subject, n_decided
from solicit.questions.service import screen as service
from solicit.questions.states import DecisionAct, QuestionState
from solicit.questions.views import bp
from solicit.questions.views.queue import chosen_filter, filter_values, filter_words, viewing_now
from solicit.reports.queries.search import question_filter, searcher_of
from solicit.reports.queries.search.results import found_ids
from solicit.web.counting import ngettext
from solicit.web.forms import ActionForm
from solicit.web.pagination import PAGE_SIZE, Window
from solicit.web.routing import id_from

MANY = "/<call>/organize/questions/many"
# More than that is done by a worker.
MOST_AT_ONCE = 500
SHOWN = Window(1, 20)
# What was searched for by keywords, where the questions were found so.
SEARCHED = "search"


@bp.get(MANY)
@requires(Permission.SCREEN_QUESTIONS, call_subject)
def confirm_many(call: CallFacts):
    form = ManyForm(request.args, meta={"csrf": False})
    return _confirmation(call, form, request.args)


@bp.post(MANY)
@requires(Permission.SCREEN_QUESTIONS, call_subject)
def decide_many(call: CallFacts):
    form = ManyForm().offer(out_of_scope_reasons(db.session(), call_id=call.id), call.themes)
    if not form.accepted():
        return _confirmation(call, form, request.form)
    ids = _meant_ids(call, form, request.form)
    if form.whole.data and len(ids) != form.expected.data:
        form.refuse(_("The list has changed since you looked at it. Look at it again, then decide."))
        return _confirmation(call, form, request.form, status=409)
    what = dict(call_id=call.id, question_ids=ids, wanted=_act(call, form), actor_id=g.identity.person_id)
    back = filter_values(_filter(call, request.form))
    try:
        with transaction() as session:
            if len(ids) > MOST_AT_ONCE:
                path = url_for(".screening")
                job_id = service.start_deciding(session, **what, now=utcnow(), result_path=path)
                return redirect(url_for("jobs.page", job_id=job_id), 303)
            outcome = service.decide_many(session, **what, now=utcnow())
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        return _confirmation(call, form, request.form)
    _tell(outcome, form.wanted)
    undo = {"undo": outcome.decision_id} if outcome.n_done else {}
    return redirect(url_for(".screening", **back, **undo), 303)


@bp.post("/<call>/organize/questions/undo/<id:decision_id>")
@requires(Permission.UNDO_DECISION, decision_subject)
def undo_decision(call: CallFacts, decision_id: int):
    if not ActionForm().accepted():
        return redirect(url_for(".screening"), 303)
    what = dict(decision_id=decision_id, actor_id=g.identity.person_id, now=utcnow())
    n = n_decided(db.session(), decision_id=decision_id)
    with transaction() as session:
        if n > MOST_AT_ONCE:
            job_id = service.start_undoing(session, n=n, result_path=url_for(".screening"), **what)
            return redirect(url_for("jobs.page", job_id=job_id), 303)
        undone = service.undo_decision(session, **what)
    done = ngettext("%(num)s question is as it was.", "%(num)s questions are as they were.", undone.n_done)
    flash(done, "success")
    if undone.n_left:
        changed = ngettext(
            "%(num)s question stays: something happened to it since.",
            "%(num)s questions stay: something happened to them since.",
            undone.n_left,
        )
        flash(changed, "warning")
    question_id = id_from(request.form.get("question"))
    if question_id:
        return redirect(url_for(".screen", question_id=question_id), 303)
    return redirect(url_for(".screening"), 303)


def _confirmation(call: CallFacts, form: ManyForm, sent: MultiDict, *, status: int | None = None):
    """The page that says what would be done to which questions."""
    form.offer(out_of_scope_reasons(db.session(), call_id=call.id), call.themes)
    viewing, chosen = viewing_now(call), _filter(call, sent)
    searched = sent.get(SEARCHED)
    if form.whole.data and searched is not None:
        ids = _searched_ids(call, searched)
        total, rows = len(ids), queue.chosen_rows(db.session(), viewing=viewing, question_ids=ids[: SHOWN.size])
    elif form.whole.data:
        total = len(queue.matching_ids(db.session(), viewing=viewing, chosen=chosen))
        rows = queue.desk_rows(db.session(), viewing=viewing, chosen=chosen, window=SHOWN)
    else:
        rows = queue.chosen_rows(db.session(), viewing=viewing, question_ids=selected_ids(sent))
        total = len(rows)
    if not rows and status is None:
        flash(_("Select at least one question first."), "warning")
        return redirect(_list_url(chosen, searched), 303)
    return render_template(
        "questions/many.html",
        form=form,
        act=form.wanted.value,
        rows=rows,
        ready=[row for row in rows if _is_ready(row, form.wanted)],
        total=total,
        searched=searched,
        back=_list_url(chosen, searched),
        filters=filter_values(chosen) if searched is None else {},
        filter_words=filter_words(call, chosen) if searched is None else [searched or _("everything")],
        is_whole=bool(form.whole.data),
    ), status or form.status


def _is_ready(row: queue.DeskRow, act: DecisionAct) -> bool:
    if act is DecisionAct.IN_SCOPE:
        return row.can_be_accepted
    return act is DecisionAct.THEME or row.state == QuestionState.NEW.value


def _act(call: CallFacts, form: ManyForm) -> service.Act:
    theme = call.theme(form.theme.data)
    wanted = form.wanted
    if wanted is DecisionAct.OUT_OF_SCOPE:
        return service.Act(act=wanted, reason_id=form.reason.data, note=form.note.data or "")
    return service.Act(act=wanted, theme_id=theme.id if wanted is DecisionAct.THEME and theme else None)


def _filter(call: CallFacts, sent: MultiDict) -> queue.DeskFilter:
    """The filter that the list had: its theme has another name here than the theme that is to be given."""
    return chosen_filter(call, sent, theme_name="of")


def _meant_ids(call: CallFacts, form: ManyForm, sent: MultiDict) -> list[int]:
    if form.whole.data and SEARCHED in sent:
        return _searched_ids(call, sent[SEARCHED])
    if form.whole.data:
        return queue.matching_ids(db.session(), viewing=viewing_now(call), chosen=_filter(call, sent))
    return list(selected_ids(sent))


def _searched_ids(call: CallFacts, text: str) -> list[int]:
    """All that a search finds; nothing for a text that is none."""
    searcher = searcher_of(g.identity, call=call)
    return found_ids(db.session(), found=question_filter(db.session(), call=call, viewer=searcher, text=text))


def _list_url(chosen: queue.DeskFilter, searched: str | None) -> str:
    """The list that the questions were chosen in: a search by keywords, or the queue."""
    if searched is None:
        return url_for(".screening", **filter_values(chosen))
    return url_for("reports.search", q=searched or None)


def selected_ids(sent: MultiDict) -> tuple[int, ...]:
    numbers = (id_from(text) for text in sent.getlist("selected"))
    return tuple(number for number in numbers if number)[:PAGE_SIZE]


def _tell(outcome: service.Outcome, act: DecisionAct) -> None:
    n = outcome.n_done
    done = {
        DecisionAct.IN_SCOPE: ngettext("%(num)s question is now in scope.", "%(num)s questions are now in scope.", n),
        DecisionAct.OUT_OF_SCOPE: ngettext(
            "%(num)s question is out of scope.", "%(num)s questions are out of scope.", n
        ),
        DecisionAct.THEME: ngettext("%(num)s question has the theme now.", "%(num)s questions have the theme now.", n),
    }
    flash(done[act], "success")
    for reason, n_left in outcome.left.items():
        flash(_left_words(reason, n_left), "warning")


def _left_words(reason: service.Left, n: int) -> str:
    words = {
        service.Left.GONE: ngettext(
            "%(num)s was left: it is not there any more, or not yours to decide on.",
            "%(num)s were left: they are not there any more, or not yours to decide on.",
            n,
        ),
        service.Left.DECIDED: ngettext("%(num)s was left: it is not new.", "%(num)s were left: they are not new.", n),
        service.Left.NO_THEME: ngettext(
            "%(num)s was left: it has no theme yet.", "%(num)s were left: they have no theme yet.", n
        ),
        service.Left.CLAIMED: ngettext(
            "%(num)s was left: somebody is reading it now.", "%(num)s were left: somebody is reading them now.", n
        ),
        service.Left.SAME_THEME: ngettext(
            "%(num)s was left: it has this theme already.", "%(num)s were left: they have this theme already.", n
        ),
    }
    return words[reason]
