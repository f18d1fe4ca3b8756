"""The people of the meeting by theme and topic: the list, and its CSV and PDF."""

from itertools import groupby

from flask import g, render_template, request
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.db import db
from solicit.invitations.queries.programme.narrow import BY_THEME, ORDERS, Counts, Wanted, counts_of, narrowed
from solicit.invitations.queries.programme.people import Participant, participants
from solicit.invitations.states import ATTENDANCE_WORDS, INVITATION_WORDS, Attendance, InvitationState
from solicit.invitations.views import bp
from solicit.invitations.views.documents import own
from solicit.web.counting import ngettext
from solicit.web.csv import CSV_TYPE, csv_lines
from solicit.web.downloads import download
from solicit.web.facets import facet_options, list_url
from solicit.web.pages import Link, current_language
from solicit.web.pagination import paginate, window_from
from solicit.web.pdf import pdf
from solicit.web.routing import id_from

PARTICIPANTS = "/<call>/organize/meeting/participants"
COLUMNS = (
    "name",
    "affiliation",
    "country",
    "country_name",
    "theme",
    "topic",
    "questions",
    "titles",
    "attendance",
    "state",
)
LONGEST_SEARCH = 200


@bp.get(PARTICIPANTS, endpoint="participants")
@requires(Permission.RUN_MEETING, call_subject)
def list_participants(call: CallFacts):
    everybody, wanted = _everybody(call), _wanted(call)
    people, filters = narrowed(call, everybody, wanted), _filters(wanted)
    window = window_from(request.args.get("page"))
    shown = people[window.offset : window.offset + window.size]
    return render_template(
        "invitations/participants.html",
        groups=_groups(shown) if wanted.order == BY_THEME else [((None, ""), shown)],
        is_grouped=wanted.order == BY_THEME,
        total=len(people),
        is_empty=not everybody,
        facets=_facets(call, filters, counts_of(everybody, wanted)),
        sorts=_sorts(filters, wanted),
        filters=filters,
        pagination=paginate(window, len(people), lambda page: list_url(filters, page=page)),
    )


@bp.get(PARTICIPANTS + ".csv")
@requires(Permission.RUN_MEETING, call_subject)
def participants_csv(call: CallFacts):
    people = narrowed(call, _everybody(call), _wanted(call))
    return download(f"{call.slug}-participants.csv", CSV_TYPE, csv_lines(COLUMNS, [_cells(each) for each in people]))


@bp.get(PARTICIPANTS + ".pdf")
@requires(Permission.RUN_MEETING, call_subject)
def participants_pdf(call: CallFacts):
    people = narrowed(call, _everybody(call), _wanted(call))
    document = pdf("participants", _document(call, people), language=current_language())
    return download(f"{call.slug}-participants.pdf", "application/pdf", [document])


def _everybody(call: CallFacts) -> tuple[Participant, ...]:
    return participants(db.session(), call=call, viewer_id=g.identity.person_id, locale=current_language())


def _groups(people: tuple[Participant, ...]) -> list[tuple]:
    return [(group, tuple(those)) for group, those in groupby(people, key=lambda person: person.group)]


def _wanted(call: CallFacts) -> Wanted:
    """What the query string asks for; what it does not know is left out."""
    asked = request.args
    theme = call.theme(asked.get("theme"))
    return Wanted(
        state=next((each for each in InvitationState if each.value == asked.get("state")), None),
        attendance=next((each for each in Attendance if each.value == asked.get("attendance")), None),
        theme=theme.key if theme else None,
        topic=id_from(asked.get("topic")),
        country=asked.get("country") or None,
        words=asked.get("q", "")[:LONGEST_SEARCH].strip(),
        order=asked.get("sort") if asked.get("sort") in ORDERS else BY_THEME,
    )


def _filters(wanted: Wanted) -> dict[str, str | None]:
    return {
        "q": wanted.words or None,
        "state": wanted.state.value if wanted.state else None,
        "attendance": wanted.attendance.value if wanted.attendance else None,
        "theme": wanted.theme,
        "topic": str(wanted.topic) if wanted.topic else None,
        "country": wanted.country,
        "sort": wanted.order if wanted.order != BY_THEME else None,
    }


def _sorts(filters: dict, wanted: Wanted) -> list[Link]:
    by_theme = Link(_("By theme and topic"), list_url(filters, sort=None), wanted.order == BY_THEME)
    orders = (Link(_(word), list_url(filters, sort=name), wanted.order == name) for name, (word, _k) in ORDERS.items())
    return [by_theme, *orders]


def _facets(call: CallFacts, filters: dict, counts: Counts) -> list[tuple]:
    states = [
        (each.value, _(word), counts.states[each]) for each, word in INVITATION_WORDS.items() if counts.states[each]
    ]
    ways = [
        (each.value, _(word), counts.attendances[each])
        for each, word in ATTENDANCE_WORDS.items()
        if counts.attendances[each]
    ]
    themes = [(each.key, each.short_name, counts.themes[each.key]) for each in call.themes if counts.themes[each.key]]
    topics = [(str(number), counts.topic_names[number], n) for number, n in counts.topics.most_common()]
    countries = [(code, counts.country_names[code], n) for code, n in counts.countries.most_common()]
    return [
        (_("Answer"), facet_options(filters, "state", states)),
        (_("Attendance"), facet_options(filters, "attendance", ways)),
        (_("Theme"), facet_options(filters, "theme", themes)),
        (_("Topic"), facet_options(filters, "topic", topics)),
        (_("Country"), facet_options(filters, "country", countries)),
    ]


def _cells(person: Participant) -> tuple:
    labels = "; ".join(question.label for question in person.questions)
    titles = "; ".join(question.title for question in person.questions)
    theme = person.theme.name if person.theme else None
    known = (person.name, person.affiliation, person.country, person.country_name, theme, person.topic, labels, titles)
    return (*known, person.attendance.value, person.state.value)


def _document(call: CallFacts, people: tuple[Participant, ...]) -> dict:
    ordered = sorted(people, key=lambda person: call.themes.index(person.theme) if person.theme else len(call.themes))
    return {
        "title": _("Participants"),
        "subtitle": own(call.title),
        "count": ngettext("%(num)s person", "%(num)s people", len(people)),
        "columns": [_("Name"), _("Affiliation and country"), _("Questions"), _("Takes part")],
        "page_words": _("Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
        "groups": [
            {"title": _group_title(group), "rows": [_row(person) for person in those]}
            for group, those in _groups(tuple(ordered))
        ],
    }


def _group_title(group: tuple) -> str:
    theme, topic = group
    if theme is None:
        return _("Without a theme")
    return f"{own(theme.name)} · {own(topic)}" if topic else own(theme.name)


def _row(person: Participant) -> dict:
    return {
        "name": own(person.name),
        "about": [own(text) for text in (person.affiliation, person.country_name) if text],
        "questions": [{"label": each.label, "title": own(each.title)} for each in person.questions],
        "state": f"{_(person.attendance_word)} · {_(person.state_word)}",
    }
