"""The steps of the wizard: their pages, their forms, and what a draft still lacks."""

import enum
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from solicit.calls.queries import CallFacts, MissionView, offered_missions
from solicit.calls.states import Kind
from solicit.db import db
from solicit.questions.queries.numbers import public_numbers
from solicit.submissions.forms.about import LINES, AboutForm
from solicit.submissions.forms.plan import PlanForm, numbers_in, plan_fields
from solicit.submissions.forms.text import TextForm
from solicit.submissions.forms.wizard import AboutStep, PlanStep, QuestionStep
from solicit.submissions.queries.drafts import DraftView
from solicit.submissions.service.self_naming import named_phrases
from solicit.submissions.states import PlanValues, Typed
from solicit.web.languages import asked_language

STORED = {"formdata": None, "meta": {"csrf": False}}


class Step(enum.Enum):
    """The pages of the wizard after the first one, in their order; the value is the endpoint."""

    TEXT = "submissions.draft_text"
    ABOUT = "submissions.draft_about"
    CHECK = "submissions.draft_check"

    def url(self, draft: DraftView, **more) -> str:
        return url_for(self.value, draft=draft.reference, **more)

    @property
    def next(self) -> "Step":
        order = list(Step)
        return order[order.index(self) + 1]


@dataclass(frozen=True)
class StepLink:
    """One step as the bar above the pages shows it."""

    label: str
    url: str | None
    state: str
    optional: bool = False


@dataclass(frozen=True)
class Lack:
    """Something that has to be put right before sending, and the field where that is done."""

    url: str
    message: str


def steps_of(draft: DraftView, current: Step | None) -> list[StepLink]:
    """Every step is a link; those before the present one are done."""
    labels = {
        Step.TEXT: _("Your plan") if draft.kind is Kind.PLAN else _("Your question"),
        Step.ABOUT: _("About you"),
        Step.CHECK: _("Check and send"),
    }
    order = list(Step)
    at = order.index(current) if current else len(order)
    states = ["done" if n < at else "current" if n == at else "todo" for n in range(len(order))]
    first = StepLink(_("Kind"), None, "done")
    rest = zip(order, states, strict=True)
    return [first, *(StepLink(labels[step], step.url(draft), state) for step, state in rest)]


def text_step(call: CallFacts, lang: str, draft: DraftView, **options) -> QuestionStep | PlanStep:
    """The form of the text; ``options`` may make it one of what is stored, whatever was sent."""
    shared = dict(call=call, locale=lang, kind=draft.kind, noted=draft.typed.differences)
    values = text_values(call, draft) | {"version": draft.version}
    if draft.kind is Kind.PLAN:
        return PlanStep(offered=_missions(call), data=values, **shared, **options)
    return QuestionStep(data=values, **shared, **options)


def about_step(call: CallFacts, lang: str, draft: DraftView, *, has_account: bool, **options) -> AboutStep:
    values = about_values(draft.typed) | {"version": draft.version}
    return AboutStep(data=values, locale=lang, has_account=has_account, asks=call.asks, **options)


def lacks_of(draft: DraftView, text: TextForm, about: AboutForm) -> list[Lack]:
    """What is missing or wrong before a draft can be sent, as links to the fields."""
    found = []
    for form, step in ((text, Step.TEXT), (about, Step.ABOUT)):
        form.validate()
        found += [Lack(f"{step.url(draft)}#{field.id}", str(message)) for field in form for message in field.errors[:1]]
    return found


def text_to_send(call: CallFacts, lang: str, draft: DraftView) -> TextForm:
    """The stored text in a form with every rule."""
    shared = dict(call=call, locale=lang, kind=draft.kind, data=text_values(call, draft), **STORED)
    if draft.kind is not Kind.PLAN:
        return TextForm(**shared)
    public = public_numbers(db.session(), call=call, numbers=numbers_in(draft.typed.answers))
    return PlanForm(offered=_missions(call), public=public, **shared)


def about_to_send(call: CallFacts, lang: str, draft: DraftView, *, has_account: bool) -> AboutForm:
    """What is stored of the writer, in a form with every rule."""
    shared = dict(locale=lang, has_account=has_account, asks=call.asks)
    return AboutForm(data=about_values(draft.typed), **shared, **STORED)


def self_naming(draft: DraftView) -> tuple[str, ...]:
    """What in the text of a draft would tell its readers who wrote it."""
    text, typed = draft.text, draft.typed
    plan = text.plan or PlanValues()
    parts = (text.title, text.goal_overview, text.significance, text.approach, plan.target_body, plan.measurement)
    names = [typed.full_name, *(name for name, _address in typed.co_authors)]
    return named_phrases("\n".join(parts), names=names, affiliations=[typed.affiliation])


def text_values(call: CallFacts, draft: DraftView) -> dict:
    """What is stored of a text, by the names of its fields."""
    text = draft.text
    theme = call.theme_by_id(text.theme_id)
    values = vars(text) | {"theme": theme.key if theme else None}
    return values if text.plan is None else values | plan_fields(text.plan, answers=draft.typed.answers)


def about_values(typed: Typed) -> dict:
    """What a writer typed of themselves, by the names of its fields."""
    lines = dict(zip(LINES, typed.co_authors, strict=False))
    names = {f"co_name_{n}": name for n, (name, _address) in lines.items()}
    addresses = {f"co_email_{n}": address for n, (_name, address) in lines.items()}
    return vars(typed) | names | addresses


def _missions(call: CallFacts) -> tuple[MissionView, ...]:
    return offered_missions(db.session(), call.id, language=asked_language())
