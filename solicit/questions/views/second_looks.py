"""The desk's list of requests for another look, and answering one."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.questions.forms.second_looks import LookAnswerForm
from solicit.questions.queries import second_looks as queries
from solicit.questions.service.second_looks import LookAnswer, answer_second_look
from solicit.questions.states import SECOND_LOOK_WORDS, ChangeBy, SecondLookState
from solicit.questions.views import bp
from solicit.web.facets import facet_options, list_url
from solicit.web.pagination import paginate, window_from

DESK = "/<call>/organize/second-looks"


@bp.get(DESK)
@requires(Permission.SCREEN_QUESTIONS, call_subject)
def second_looks(call: CallFacts):
    state, window = _chosen(), window_from(request.args.get("page"))
    asked = dict(call=call, viewer_id=g.identity.person_id)
    counts, filters = queries.look_counts(db.session(), **asked), {"state": state.value}
    counted = ((each.value, _(word), counts.get(each, 0)) for each, word in SECOND_LOOK_WORDS.items())
    return render_template(
        "questions/second_looks.html",
        looks=queries.look_rows(db.session(), **asked, state=state, window=window),
        state=state.value,
        states=facet_options(filters, "state", counted, always_one=True),
        pagination=paginate(window, counts.get(state, 0), lambda page: list_url(filters, page=page)),
    )


@bp.route(DESK + "/<id:submission_id>", methods=["GET", "POST"])
@requires(Permission.ANSWER_SECOND_LOOK, queries.second_look_subject)
def second_look(call: CallFacts, submission_id: int):
    asked = dict(call=call, viewer_id=g.identity.person_id, submission_id=submission_id)
    look = queries.one_look(db.session(), **asked) or abort(404)
    form = _form(call, look)
    shown = dict(look=look, form=form, is_over=call.desk_is_over)
    if not form.accepted():
        return render_template("questions/second_look.html", **shown), form.status
    who = dict(actor_id=g.identity.person_id, now=utcnow())
    try:
        with transaction() as session:
            answer_second_look(session, call=call, submission_id=submission_id, answer=_said(call, form), **who)
    except DomainError as error:
        form.refuse(_(error.message, **error.params))
        now_is = queries.one_look(db.session(), **asked) or abort(404)
        form.start_from(now_is.version)
        return render_template("questions/second_look.html", **shown | {"look": now_is}), 409
    flash(_("The submitter is told what came of it."), "success")
    return redirect(url_for(".second_looks"), 303)


def _form(call: CallFacts, look: queries.LookRow) -> LookAnswerForm:
    needs_theme = look.change_by is ChangeBy.ANSWER and not look.has_theme
    form = LookAnswerForm().offer(look.change_by, themes=call.themes if needs_theme else ())
    if not form.is_submitted():
        form.version.data = look.version
    return form


def _said(call: CallFacts, form: LookAnswerForm) -> LookAnswer:
    theme = call.theme(form.theme.data) if form.theme else None
    state = SecondLookState(form.outcome.data)
    return LookAnswer(state=state, text=form.answer.data, version=form.version.data, theme_id=theme and theme.id)


def _chosen() -> SecondLookState:
    """The state asked for; those that wait unless it is another one."""
    known = {state.value: state for state in SecondLookState}
    return known.get(request.args.get("state"), SecondLookState.ASKED)
