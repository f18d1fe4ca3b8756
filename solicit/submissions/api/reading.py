"""Reading a submission as programs send it, by the forms of the pages: the same rules, and the same words."""

from collections.abc import Mapping
from dataclasses import replace

from werkzeug.datastructures import MultiDict

from solicit.calls.queries import CallFacts, offered_missions
from solicit.calls.states import Kind
from solicit.db import db
from solicit.people.states import Career
from solicit.questions.queries.numbers import public_numbers
from solicit.questions.states import question_label
from solicit.submissions.forms.about import AboutForm
from solicit.submissions.forms.plan import PlanForm, numbers_in
from solicit.submissions.forms.text import TextFields, TextForm
from solicit.submissions.queries.own import author_as_known
from solicit.submissions.queries.page import SubmissionPage
from solicit.submissions.states import Age, AuthorValues, PlanValues, TextValues
from solicit.web.api import refuse_fields

LOCALE = "en"
NO_COOKIE = {"csrf": False}
TEXTS = ("theme", "language", "title", "goal_overview", "significance", "approach")


def text_sent(
    call: CallFacts, kind: Kind, sent: Mapping[str, object], *, stored: PlanValues | None = None
) -> TextValues:
    """The text that was sent; 422 with what is wrong, by field. What a ``stored`` plan named already may stay."""
    plan = sent.get("plan") or {}
    answers = ", ".join(plan.get("answers") or ())
    typed = MultiDict([(name, value) for name, value in sent.items() if name in TEXTS])
    typed.update({name: str(value) for name, value in plan.items() if name not in ("missions", "answers") and value})
    typed.setlist("missions", list(plan.get("missions") or ()))
    typed["answers"] = answers
    shared = dict(call=call, locale=LOCALE, kind=kind, meta=NO_COOKIE)
    if kind is not Kind.PLAN:
        return _accepted(TextForm(typed, **shared)).values()
    kept = stored or PlanValues()
    numbers = numbers_in(answers)
    offered = offered_missions(db.session(), call.id, kept=kept.missions)
    unknown = set(typed.getlist("missions")) - {mission.key for mission in offered}
    if unknown:
        refuse_fields({"plan": {"missions": ["This call does not offer all of these missions."]}})
    public = public_numbers(db.session(), call=call, numbers=numbers) | set(kept.answers)
    text = _accepted(PlanForm(typed, **shared, offered=offered, public=public)).values()
    return replace(text, plan=replace(text.plan, answers=numbers))


def author_sent(call: CallFacts, person_id: int, sent: Mapping[str, object], *, has_consented: bool) -> AuthorValues:
    """What the submitter says of themselves, and for the rest what their account says."""
    known = author_as_known(db.session(), person_id=person_id)
    said = {
        "full_name": known.full_name,
        "affiliation": known.affiliation,
        "ror": known.ror or "",
        "country": known.country or "",
        "career": known.career.value if isinstance(known.career, Career) else "",
        "orcid": known.orcid or "",
    } | {name: value for name, value in sent.items() if isinstance(value, str)}
    ticked = {name: "y" for name in ("is_willing", "may_be_named") if sent[name]}
    typed = MultiDict(said | ticked | {"age": Age.SIXTEEN.value})
    form = AboutForm(typed, locale=LOCALE, has_account=True, asks=call.asks, meta=NO_COOKIE)
    if not form.validate():
        refuse_fields({"author": form.errors})
    return form.author(has_consented=has_consented)


def text_of(stored: SubmissionPage) -> dict[str, object]:
    """A stored text as a program would send it."""
    latest = stored.latest
    text = {name: getattr(latest, name) for name in TEXTS} | {"theme": latest.theme.key if latest.theme else ""}
    return text | ({"plan": plan_of(stored.plan)} if stored.plan else {})


def plan_of(plan: PlanValues | None) -> dict | None:
    """A plan as programs read and send it."""
    return plan and plan.to_json() | {"answers": [question_label(Kind.QUESTION, number) for number in plan.answers]}


def _accepted(form: TextFields) -> TextFields:
    if form.validate():
        return form
    own = {name: each for name, each in form.errors.items() if name in TEXTS}
    of_plan = {name: each for name, each in form.errors.items() if name not in TEXTS}
    refuse_fields(own | ({"plan": of_plan} if of_plan else {}))
