"""The files of an invitation: the letter as PDF in the reader's language, and the meeting for a calendar."""

from datetime import timedelta

from flask import Response
from flask_babel import gettext as _

from solicit.calls.queries import CallFacts
from solicit.invitations.queries.letters.letter import LetterFacts, Paid
from solicit.invitations.queries.letters.own import OwnInvitation
from solicit.invitations.queries.meeting import MeetingView
from solicit.invitations.service.letters.tell import in_words, until
from solicit.mail.letters import isolated
from solicit.people.queries import country_name
from solicit.web.addresses import public_url
from solicit.web.calendars import ICS_TYPE, CalendarEvent, calendar_file
from solicit.web.counting import ngettext
from solicit.web.downloads import download
from solicit.web.languages import speaking
from solicit.web.pages import current_language
from solicit.web.pdf import pdf


def letter_file(facts: LetterFacts) -> Response:
    """The letter in the language of the person it is for; the same bytes whenever it is opened."""
    with speaking(facts.locale):
        document = pdf("letter", letter_data(facts), language=current_language())
    return download(f"{facts.reference}.pdf", "application/pdf", [document])


def letter_data(facts: LetterFacts) -> dict:
    """What the template shows, in the current language; what people wrote cannot turn the words around it."""
    meeting, locale = facts.meeting, current_language()
    return {
        "title": own(meeting.title),
        "organization": own(meeting.organization),
        "address": [own(line) for line in meeting.address.splitlines()],
        "date": in_words(facts.written_on, locale),
        "reference": _("Our reference: %(reference)s", reference=own(facts.reference)),
        "to": [own(line) for line in (facts.name, facts.affiliation, country_name(facts.country, locale)) if line],
        "salutation": _("Dear %(name)s,", name=own(facts.name)),
        "opening": _(
            "On behalf of %(organization)s we invite you to “%(meeting)s”, the meeting of the call “%(call)s”.",
            organization=own(meeting.organization),
            meeting=own(meeting.title),
            call=own(facts.call_title),
        ),
        "facts": [[_("When"), days_in_words(meeting, locale)], [_("Where"), where(meeting, facts.paid, locale)]],
        "own": [own(paragraph) for paragraph in meeting.letter_text.split("\n\n") if paragraph],
        "paid_title": _("What we pay"),
        "paid": paid_in_words(facts.paid),
        "answer": _(
            "Please accept or decline by %(until)s on the page that our mail led you to. After that day the place "
            "goes to somebody else.",
            until=own(until(facts.answer_by, meeting, locale)),
        ),
        "contact": _("Questions are answered at %(contact)s.", contact=own(meeting.contact)) if meeting.contact else "",
        "closing": _("Yours sincerely,"),
        "signature": [own(line) for line in (meeting.signatory, meeting.signatory_title) if line],
    }


def own(text: str) -> str:
    """A text of a person, which keeps its own direction inside ours."""
    return isolated(text, current_language())


def paid_in_words(paid: Paid) -> list[str]:
    """What is paid, without amounts."""
    if paid.is_online:
        return [_("What it takes to take part online")]
    stay = (
        ngettext("Your stay, %(num)s night", "Your stay, %(num)s nights", paid.nights)
        if paid.nights
        else _("Your stay")
    )
    return [
        _("Your journey there and back"),
        stay,
        *([_("A visa, if you need one")] if paid.has_visa else []),
        *([_("Insurance for the journey")] if paid.has_insurance else []),
    ]


def days_in_words(meeting: MeetingView, locale: str) -> str:
    if meeting.starts_on == meeting.ends_on:
        return in_words(meeting.starts_on, locale)
    return _("%(first)s to %(last)s", first=in_words(meeting.starts_on, locale), last=in_words(meeting.ends_on, locale))


def where(meeting: MeetingView, paid: Paid, locale: str) -> str:
    place = ", ".join(own(part) for part in place_parts(meeting, locale))
    return _("Online; the meeting is held at %(place)s", place=place) if paid.is_online else place


def place_parts(meeting: MeetingView, locale: str) -> list[str]:
    return [part for part in (meeting.venue, meeting.city, country_name(meeting.country, locale)) if part]


def calendar_of(call: CallFacts, mine: OwnInvitation) -> Response:
    """The days of the meeting, for one person: nobody else stands in it, and its link asks them to sign in."""
    return download(f"{call.slug}.ics", ICS_TYPE, [calendar_file([meeting_event(call, mine)])])


def meeting_event(call: CallFacts, mine: OwnInvitation) -> CalendarEvent:
    meeting = mine.meeting
    place = ", ".join(place_parts(meeting, current_language()))
    return CalendarEvent(
        key=f"invitation-{mine.id}",
        title=meeting.title,
        place=(mine.paid.is_online and meeting.online_address) or place,
        starts=meeting.starts_on,
        ends=meeting.ends_on + timedelta(days=1),
        changed_at=mine.meeting_changed_at,
        url=public_url("invitations.mine", call=call.slug),
    )
