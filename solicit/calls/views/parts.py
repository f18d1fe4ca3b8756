"""Setting up a call, part by part: texts, dates, the form of a submission, criteria, and everything else."""

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.forms.criteria import CriteriaForm, criteria_data, usual_criteria
from solicit.calls.forms.dates import DatesForm, dates_data
from solicit.calls.forms.settings import LICENCES, ChoicesForm, SettingsForm, choices_data, settings_data
from solicit.calls.forms.texts import TextsForm
from solicit.calls.queries import CallFacts, call_subject
from solicit.calls.queries.parts import KeptPart, Part
from solicit.calls.views import bp
from solicit.calls.views.saving import part_page
from solicit.submissions.queries.languages import language_choices
from solicit.web.pages import current_language

DESK = "/<call>/organize/call"


@bp.route(DESK + "/texts", methods=["GET", "POST"])
@requires(Permission.SET_UP_CALL, call_subject)
def change_texts(call: CallFacts):
    languages = language_choices(current_language())

    def form(kept: KeptPart, **options) -> TextsForm:
        return TextsForm(data=kept.values | {"seen": kept.seen}, **options).offer(languages)

    return part_page(call, Part.TEXTS, form, "calls/change_texts.html")


@bp.route(DESK + "/dates", methods=["GET", "POST"])
@requires(Permission.SET_UP_CALL, call_subject)
def change_dates(call: CallFacts):
    def form(kept: KeptPart, **options) -> DatesForm:
        return DatesForm(data=dates_data(kept.values) | {"seen": kept.seen}, **options)

    return part_page(call, Part.DATES, form, "calls/change_dates.html")


@bp.route(DESK + "/form", methods=["GET", "POST"])
@requires(Permission.SET_UP_CALL, call_subject)
def change_form(call: CallFacts):
    def form(kept: KeptPart, **options) -> ChoicesForm:
        return ChoicesForm(data=choices_data(kept.values) | {"seen": kept.seen}, **options)

    return part_page(call, Part.FORM, form, "calls/change_form.html")


@bp.route(DESK + "/criteria", methods=["GET", "POST"])
@requires(Permission.SET_UP_CALL, call_subject)
def change_criteria(call: CallFacts):
    def form(kept: KeptPart, **options) -> CriteriaForm:
        criteria = criteria_data(kept.values["criteria"] or usual_criteria())
        return CriteriaForm(data=criteria | {"seen": kept.seen}, **options)

    return part_page(call, Part.CRITERIA, form, "calls/change_criteria.html")


@bp.route(DESK + "/settings", methods=["GET", "POST"])
@requires(Permission.SET_UP_CALL, call_subject)
def change_settings(call: CallFacts):
    def form(kept: KeptPart, **options) -> SettingsForm:
        data = settings_data(kept.values) | {"seen": kept.seen}
        return SettingsForm(data=data, locale=current_language(), **options)

    return part_page(call, Part.SETTINGS, form, "calls/change_settings.html", licences=LICENCES)
