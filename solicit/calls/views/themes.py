"""The themes of a call, as organizers arrange them."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls import service
from solicit.calls.forms.seen import SeenForm
from solicit.calls.forms.themes import ThemeForm
from solicit.calls.queries import CallFacts, ThemeView, call_subject, theme_subject
from solicit.calls.queries.parts import KeptPart
from solicit.calls.queries.themes import kept_theme, own_themes
from solicit.calls.states import Colour, Shape
from solicit.calls.views import bp
from solicit.calls.views.by_whom import by_whom
from solicit.calls.views.parts import DESK
from solicit.calls.views.saving import saving_page
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.web.forms import ActionForm

THEMES = DESK + "/themes"


@bp.get(THEMES)
@requires(Permission.SET_UP_CALL, call_subject)
def arrange_themes(call: CallFacts):
    themes = own_themes(db.session(), call_id=call.id)
    return _themes_page(call, themes, ThemeForm(formdata=None, data=_unused_mark(themes) | {"seen": "new"}))


@bp.post(THEMES)
@requires(Permission.SET_UP_CALL, call_subject)
def add_theme(call: CallFacts):
    form = ThemeForm()
    if form.accepted():
        try:
            with transaction() as session:
                service.add_theme(session, call_id=call.id, words=form.words(), **by_whom())
            flash(_("The theme is on the list."), "success")
            return redirect(url_for(".arrange_themes"), 303)
        except DomainError as error:
            form.refuse(_(error.message, **error.params))
    return _themes_page(call, own_themes(db.session(), call_id=call.id), form), form.status


@bp.route(THEMES + "/<id:theme_id>", methods=["GET", "POST"])
@requires(Permission.SET_UP_CALL, theme_subject)
def change_theme(call: CallFacts, theme_id: int):
    def kept() -> KeptPart:
        return kept_theme(db.session(), theme_id=theme_id)

    def form(found: KeptPart, **options) -> ThemeForm:
        return ThemeForm(data=found.values | {"seen": found.seen}, **options)

    def save(filled: SeenForm) -> None:
        which = dict(call_id=call.id, theme_id=theme_id)
        with transaction() as session:
            service.change_theme(session, **which, words=filled.words(), seen=filled.seen.data, **by_whom())

    shown = dict(call=call, name=call.theme_by_id(theme_id).name)
    return saving_page(kept, form, save, "calls/change_theme.html", done=url_for(".arrange_themes"), **shown)


@bp.post(THEMES + "/<id:theme_id>/<any(up, down):direction>")
@requires(Permission.SET_UP_CALL, theme_subject)
def move_theme(call: CallFacts, theme_id: int, direction: str):
    if ActionForm().accepted():
        with transaction() as session:
            service.move_theme(session, call_id=call.id, theme_id=theme_id, up=direction == "up", **by_whom())
    return redirect(url_for(".arrange_themes", _anchor=f"theme-{theme_id}"), 303)


@bp.route(THEMES + "/<id:theme_id>/delete", methods=["GET", "POST"])
@requires(Permission.SET_UP_CALL, theme_subject)
def delete_theme(call: CallFacts, theme_id: int):
    form = ActionForm()
    if form.accepted():
        try:
            with transaction() as session:
                service.delete_theme(session, call_id=call.id, theme_id=theme_id, **by_whom())
            flash(_("The theme is deleted."), "success")
            return redirect(url_for(".arrange_themes"), 303)
        except DomainError as error:
            form.refuse(_(error.message, **error.params))
    return render_template("calls/delete_theme.html", form=form, theme=call.theme_by_id(theme_id)), form.status


def _themes_page(call: CallFacts, themes: tuple[ThemeView, ...], form: ThemeForm) -> str:
    return render_template("calls/arrange_themes.html", call=call, form=form, themes=themes)


def _unused_mark(themes: tuple[ThemeView, ...]) -> dict[str, str]:
    """A shape and a colour that no theme has yet, as far as there are any."""
    shapes, colours = {theme.shape for theme in themes}, {theme.colour for theme in themes}
    free_shapes = [each.value for each in Shape if each.value not in shapes]
    free_colours = [each.value for each in Colour if each.value not in colours]
    return {"shape": (free_shapes or ["circle"])[0], "colour": (free_colours or ["space"])[0]}
