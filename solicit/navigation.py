"""The links of each role's bar: one table, so that no page invents its own."""

from babel import Locale
from flask import current_app, g, request, url_for
from flask_babel import format_decimal
from flask_babel import gettext as _

from solicit.access.policy import Permission, Role, Subject, permits
from solicit.calls.queries import CallFacts
from solicit.calls.states import CallState
from solicit.db import db
from solicit.panels.states import Activity
from solicit.submissions.queries.readers import is_reader
from solicit.web.languages import asked_language, spoken_languages
from solicit.web.pages import Account, Link, Page, current_language, current_scheme, direction, is_above
from solicit.words import N_

# endpoint, label
SUBMIT = ("submissions.new", N_("Submit"))
RESULTS = ("reports.results", N_("Results"))
PUBLIC = (
    ("calls.page", N_("The call")),
    ("questions.index", N_("Questions")),
    ("topics.index", N_("Topics")),
    RESULTS,
    SUBMIT,
)
OWN = (("submissions.mine", N_("My submissions")),)
PANELIST = (
    ("panels.queue", N_("Review")),
    ("topics.index", N_("Topics")),
    ("reports.panel_search", N_("Search")),
)
# A chair finds the pages of a round of their panel beside those of organizers.
CHAIR = (*PANELIST, ("rankings.index", N_("Ranking")))
# What a panelist is asked to do beside reviewing, where there is a round of it for them.
VOTING = {
    Activity.COMPARING: ("panels.pairs", N_("Compare")),
    Activity.BALLOT: ("panels.ballots", N_("Put in order")),
    Activity.DISCUSSION: ("panels.discussions", N_("Discussions")),
}
ORGANIZER = (
    ("reports.dashboard", N_("Dashboard")),
    ("questions.screening", N_("Screening")),
    ("panels.desk", N_("Panels")),
    ("rankings.index", N_("Ranking")),
    ("invitations.index", N_("Invitations")),
)
# What organizers need less often: a menu at the end of their bar.
MORE = (
    ("reports.search", N_("Search")),
    ("calls.set_up", N_("Call set-up")),
    ("questions.duplicates", N_("Duplicates")),
    ("topics.desk", N_("Topics")),
    ("questions.missions", N_("Missions")),
    ("reports.report", N_("Report")),
    ("reports.publication", N_("Publication")),
    ("questions.second_looks", N_("Second looks")),
    ("reports.exports", N_("Exports")),
    ("mail.outbox", N_("Mail")),
    ("jobs.index", N_("Jobs")),
    ("operating.package", N_("Complete package")),
)
DESK = ORGANIZER + MORE
# Pages, and whole features, that belong to a desk, though their address does not lie below its own.
BELONGS_TO = {
    "calls.arrange_reasons": "questions.screening",
    "calls.change_reason": "questions.screening",
    "calls.arrange_missions": "calls.set_up",
    "calls.change_mission": "calls.set_up",
    "embeddings.index": "jobs.index",
    "invitations": "invitations.index",
    "questions.grouped": "questions.duplicates",
    "questions.merge_groups": "questions.duplicates",
    "questions.merges": "questions.duplicates",
    "panels.discussion": "panels.discussions",
    "panels.moderate": "panels.discussions",
    "panels.offers": "panels.desk",
    "panels.post": "panels.discussions",
    "panels.progress": "panels.desk",
    "panels.summarize": "panels.discussions",
    "panels.visibility": "panels.desk",
    "panels.visibility_of": "panels.desk",
    "panels.withdraw_post": "panels.discussions",
    "questions.reword": "questions.duplicates",
    "rankings.public": "reports.results",
    "reports.public_report": "reports.results",
    "topics.coverage": "topics.desk",
}
FOOTER = (
    ("calls.methods", N_("How questions are judged")),
    ("calls.accessibility", N_("Accessibility")),
    ("calls.privacy", N_("Privacy")),
    ("reference.page", N_("For programs")),
)


def page(*, brand: str, demo: bool) -> Page:
    """The frame of the current page, for the person who asks."""
    language = current_language()
    identity = getattr(g, "identity", None)
    call = getattr(g, "call", None)
    area = _area(identity)
    links = _links(_in_season(_with_votes(area), call, identity), call)
    n_shown = len(ORGANIZER) if area is DESK else len(links)
    return Page(
        lang=language,
        dir=direction(language),
        scheme=current_scheme(),
        brand=brand,
        home_url=url_for("calls.page") if call else url_for("calls.home"),
        nav=links[:n_shown] + _own_panels(identity, call),
        more=links[n_shown:],
        account=Account(identity.name, url_for("people.account"), url_for("people.sign_out")) if identity else None,
        sign_in_url=url_for("people.sign_in"),
        roles=_role_links(identity, call),
        footer=_footer(call),
        languages=_language_links(call),
        demo_notice=demo,
    )


def _area(identity) -> tuple:
    endpoint_path = str(request.url_rule or "")
    if "/organize" in endpoint_path:
        return DESK if identity is None or _organizes(identity) else _without_desk(identity)
    if "/review" in endpoint_path:
        return DESK if _only_organizes(identity) else CHAIR if _chaired(identity) else PANELIST
    return PUBLIC + OWN if identity else PUBLIC


def _without_desk(identity) -> tuple:
    """The bar of somebody at a door of the desk: a chair may pass some, others go back to where they came from."""
    if _chaired(identity):
        return CHAIR
    call = getattr(g, "call", None)
    sits = permits(identity, Permission.SEE_REVIEW_QUEUE, Subject(call_id=call.id if call else None))
    return PANELIST if sits else PUBLIC + OWN


def _organizes(identity) -> bool:
    call = getattr(g, "call", None)
    return identity.holds(Role.ORGANIZER, call_id=call.id if call else None)


def _chaired(identity) -> list[int]:
    """The panels of this call that somebody chairs."""
    call = getattr(g, "call", None)
    if identity is None or call is None:
        return []
    return sorted(grant.panel_id for grant in identity.grants if grant.role is Role.CHAIR and grant.call_id == call.id)


def _only_organizes(identity) -> bool:
    """Whether somebody comes to a page of a panel from their desk, and has no queue of their own."""
    subject = Subject(call_id=getattr(getattr(g, "call", None), "id", None))
    sits = permits(identity, Permission.SEE_REVIEW_QUEUE, subject)
    return permits(identity, Permission.RUN_PANELS, subject) and not sits


def _with_votes(area: tuple) -> tuple:
    """The panelists' links with those of open votes after the first."""
    if area not in (PANELIST, CHAIR):
        return area
    attendance = getattr(g, "attendance", None)
    asked = attendance.asked_to if attendance else frozenset()
    return (*area[:1], *(link for activity, link in VOTING.items() if activity in asked), *area[1:])


def _in_season(area: tuple, call, identity) -> tuple:
    """The links without those to what a call has not yet, or no more: the form, the results."""
    absent = {SUBMIT, RESULTS}
    if call is not None and call.state is CallState.OPEN:
        absent.remove(SUBMIT)
    if RESULTS in area and call is not None and call.desk_is_over and is_reader(db.session(), call=call, who=identity):
        absent.remove(RESULTS)
    return tuple(link for link in area if link not in absent)


def _own_panels(identity, call) -> tuple[Link, ...]:
    """A chair's way to the progress and the rounds of each panel that they chair."""
    if call is None or _area(identity) is not CHAIR:
        return ()
    urls = [url_for("panels.progress", panel_id=panel_id) for panel_id in _chaired(identity)]
    if len(urls) == 1:
        return (Link(_("Your panel"), urls[0], is_above(urls[0])),)
    return tuple(
        Link(_("Your panel %(number)s", number=format_decimal(n)), url, is_above(url)) for n, url in enumerate(urls, 1)
    )


def _links(area: tuple, call) -> tuple[Link, ...]:
    """The links of an area; the one that the page belongs to, or else the deepest that it lies below, is current."""
    if call is None:
        return ()
    urls = {endpoint: url_for(endpoint) for endpoint, _label in area}
    above = max(filter(is_above, urls.values()), key=len, default=None)
    of_feature = urls.get(BELONGS_TO.get(request.blueprint), above)
    current = urls.get(BELONGS_TO[request.endpoint]) if request.endpoint in BELONGS_TO else of_feature
    return tuple(Link(_(label), urls[endpoint], urls[endpoint] == current) for endpoint, label in area)


def _footer(call) -> tuple[Link, ...]:
    contact = (Link(_("Write to the organizers"), f"mailto:{call.contact}"),) if call and call.contact else ()
    return _links(FOOTER, call) + contact


def _role_links(identity, call) -> tuple[Link, ...]:
    """A switch for people with more than one role in this call."""
    if identity is None or call is None:
        return ()
    subject = Subject(call_id=call.id)
    switch = [Link(_("Submitter"), url_for("submissions.mine"), _area(identity) == PUBLIC + OWN)]
    if permits(identity, Permission.SEE_REVIEW_QUEUE, subject):
        switch.append(Link(_("Panelist"), url_for("panels.queue"), _area(identity) in (PANELIST, CHAIR)))
    if permits(identity, Permission.SEE_DASHBOARD, subject):
        switch.append(Link(_("Organizer"), url_for("reports.dashboard"), _area(identity) is DESK))
    return tuple(switch)


def _language_links(call: CallFacts | None) -> tuple[Link, ...]:
    """The same page in the languages in which the site has words, or the call; nothing where there is only one."""
    args, asked = request.view_args or {}, asked_language()
    known = {asked, *spoken_languages(), *(call.languages if call else ())}
    locales = [code for code in current_app.extensions["settings"].locales if code in known]
    if len(locales) < 2 or "lang" not in args:
        return ()
    kept = {name: value for name, value in args.items() if name not in ("lang", "call")}
    return tuple(
        Link(
            Locale.parse(code).get_display_name(code),
            url_for(request.endpoint, lang=code, **kept),
            code == asked,
            code,
        )
        for code in locales
    )
