"""How a page saves one part of a call: once, or both versions are shown."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.calls import service
from solicit.calls.forms.seen import SeenForm
from solicit.calls.queries import CallFacts
from solicit.calls.queries.parts import KeptPart, Part, kept_part
from solicit.calls.views.by_whom import by_whom
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import Closed, Conflict, DomainError

PREVIEW = "preview"


def part_page(call: CallFacts, part: Part, make_form: Callable[..., SeenForm], template: str, **shown):
    """The page of a part. ``make_form(kept, **options)`` makes its form, from what was sent or from ``formdata``."""

    def kept() -> KeptPart:
        return kept_part(db.session(), call_id=call.id, part=part)

    def save(form: SeenForm) -> None:
        with transaction() as session:
            service.change_part(
                session, call_id=call.id, part=part, values=form.part(), seen=form.seen.data, **by_whom()
            )

    shown |= dict(call=call, final=_why_final(call, part))
    return saving_page(kept, make_form, save, template, done=url_for("calls.set_up"), **shown)


def _why_final(call: CallFacts, part: Part) -> str:
    """Why nothing of a part can be changed any more; empty while something can."""
    try:
        service.check_may_change(call, part, now=utcnow())
    except Closed as error:
        return _(error.message)
    return ""


def saving_page(
    kept: Callable[[], KeptPart],
    make_form: Callable[..., SeenForm],
    save: Callable[[SeenForm], None],
    template: str,
    *,
    done: str,
    **shown,
):
    """Show a form, save it, or say why not; a preview shows what was typed and saves nothing."""
    form, both, status = make_form(kept()), (), None
    is_preview = request.form.get("go") == PREVIEW
    if form.accepted() and not is_preview:
        try:
            save(form)
            for sentence in form.said_of_doubled() if hasattr(form, "said_of_doubled") else ():
                flash(sentence, "warning")
            flash(_("Saved."), "success")
            return redirect(done, 303)
        except Conflict as error:
            stored = kept()
            both, status = form.beside(make_form(stored, formdata=None)), 409
            form.start_from(stored.seen)
            form.refuse(_(error.message, **error.params))
        except DomainError as error:
            form.refuse(_(error.message, **error.params))
    page = render_template(template, form=form, both=both, is_preview=is_preview, **shown)
    return page, status or form.status
