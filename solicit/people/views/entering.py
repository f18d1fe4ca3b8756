"""The one way in, whatever opened it; the second factor on it; and proving anew who one is."""

from flask import current_app, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from solicit.access import guard
from solicit.access.guard import public, requires
from solicit.access.policy import Permission
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.people import queries, service
from solicit.people.forms import CodeForm, ProofForm
from solicit.people.states import Letter
from solicit.people.views.blueprint import begin_attempt, bp, credentials, local_path, sent_url
from solicit.web.forms import ActionForm
from solicit.web.limits import limiter

AFTER_KEY = "after_proof"


def enter(person_id: int, target: str):
    """Sign a person in and lead them on; every way in ends here.

    Who has a second factor is only half in and is asked for it; who lacks the one that their role needs is led
    to set it up. A demonstration asks nobody: whoever set one up would lock the next visitor out.
    """
    entrant = queries.entrant(db.session(), person_id)
    is_pending = entrant.has_second_factor and not current_app.extensions["settings"].demo
    guard.sign_in(person_id, is_pending=is_pending)
    if is_pending:
        return redirect(url_for("people.give_code", next=target), 303)
    lacks_one = not entrant.has_second_factor and guard.needs_second_factor(entrant.grants)
    return redirect(url_for("people.second_factor") if lacks_one else target, 303)


@bp.route("/<locale:lang>/sign-in/code", methods=["GET", "POST"])
@limiter.limit("20 per minute", methods=["POST"])
@public
def give_code(lang: str):
    person_id = guard.pending()
    target = local_path(request.args.get("next"))
    if person_id is None:
        return redirect(url_for(".sign_in", next=target), 303)
    form = CodeForm()
    if form.accepted() and _code_is_right(form, person_id):
        guard.sign_in(person_id)
        return redirect(target, 303)
    return render_template("people/give_code.html", form=form), form.status


@bp.route("/<locale:lang>/account/prove", methods=["GET", "POST"])
@limiter.limit("20 per minute", methods=["POST"])
@requires(Permission.MANAGE_OWN_ACCOUNT)
def prove(lang: str):
    """Ask for what the person has: the second factor, else the password, else a link by mail."""
    person = queries.person_profile(db.session(), g.identity.person_id)
    target = local_path(request.args.get("next"))
    if not (person.has_second_factor or person.has_password):
        return _prove_by_mail(person, target, lang)
    form = CodeForm() if person.has_second_factor else ProofForm()
    if not (form.accepted() and _is_proved(form, person)):
        return render_template("people/prove.html", form=form, person=person), form.status
    guard.prove()
    return redirect(target, 303)


def _prove_by_mail(person: queries.PersonProfile, target: str, lang: str):
    form = ActionForm()
    if not form.accepted():
        return render_template("people/prove.html", form=form, person=person), form.status
    with transaction() as database:
        service.ask_for_letter(database, letter=Letter.MAGIC_LINK, email=person.email, locale=lang)
    session[AFTER_KEY] = target
    return redirect(sent_url(Letter.MAGIC_LINK), 303)


def _is_proved(form: CodeForm | ProofForm, person: queries.PersonProfile) -> bool:
    if isinstance(form, CodeForm):
        return _code_is_right(form, person.id)
    return password_is_right(form, person)


def password_is_right(form: ProofForm, person: queries.PersonProfile) -> bool:
    """Whether the present password was given; wrong ones count like those at the sign-in."""
    begin_attempt(person.email)
    with transaction() as database:
        given = dict(email=person.email, password=form.present_password.data)
        checked = service.check_password(database, credentials=credentials(), **given)
    if checked is None:
        form.refuse_present(_("Enter your present password as it is"))
    return checked is not None


def _code_is_right(form: CodeForm, person_id: int) -> bool:
    begin_attempt(service.attempts_name(person_id))
    given = dict(person_id=person_id, code=form.code.data, now=utcnow())
    try:
        with transaction() as database:
            service.check_second_factor(database, credentials=credentials(), **given)
    except service.WrongCode as error:
        form.refuse_code(_(error.message))
        return False
    return True
