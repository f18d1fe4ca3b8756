"""The questions without a topic, and putting them into one."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, ThemeView, call_subject
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.topics.forms import SeatForm
from solicit.topics.queries import ungrouped as queries
from solicit.topics.service.seat import seat_questions
from solicit.topics.views import bp
from solicit.web.counting import ngettext
from solicit.web.facets import list_url
from solicit.web.pagination import paginate, window_from
from solicit.web.routing import id_from

UNGROUPED = "/<call>/organize/topics/ungrouped"


@bp.get(UNGROUPED)
@requires(Permission.ARRANGE_TOPICS, call_subject)
def ungrouped(call: CallFacts):
    session, asked = db.session(), dict(call=call, viewer_id=g.identity.person_id)
    window = window_from(request.args.get("page"))
    per_theme = queries.ungrouped_per_theme(session, **asked)
    theme = call.theme(request.args.get("theme")) or _first_theme(call, per_theme)
    filters = dict(theme=theme.key)
    return render_template(
        "topics/ungrouped.html",
        theme=theme,
        questions=queries.ungrouped_questions(session, **asked, theme=theme, window=window),
        form=SeatForm(formdata=None).offer(queries.standing_topics(session, call=call, theme=theme)),
        themes=[(each, per_theme.get(each.id, 0), each == theme) for each in call.themes],
        pagination=paginate(window, per_theme.get(theme.id, 0), lambda page: list_url(filters, page=page)),
    )


@bp.post(UNGROUPED)
@requires(Permission.ARRANGE_TOPICS, call_subject)
def seat(call: CallFacts):
    """Put the selected questions into the topic that was chosen for them."""
    numbers = (id_from(text) for text in request.form.getlist("selected"))
    selected = tuple(number for number in numbers if number)
    to_id = id_from(request.form.get("to"))
    if not selected:
        flash(_("Select at least one question first."), "error")
    elif to_id is None:
        flash(_("Choose the topic that they go to."), "error")
    else:
        with transaction() as session:
            n = seat_questions(
                session,
                call_id=call.id,
                topic_id=to_id,
                question_ids=selected,
                actor_id=g.identity.person_id,
                now=utcnow(),
            )
        flash(ngettext("%(num)s question has a topic now.", "%(num)s questions have a topic now.", n), "success")
    return redirect(url_for(".ungrouped", theme=request.form.get("theme") or None), 303)


def _first_theme(call: CallFacts, per_theme) -> ThemeView:
    """The first theme with questions to place, or the first of all."""
    return next((theme for theme in call.themes if per_theme.get(theme.id)), call.themes[0])
