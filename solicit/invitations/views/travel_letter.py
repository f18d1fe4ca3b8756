"""The text of a visa support letter: in English, and below it in a second language. It is made when it is asked for
and kept nowhere."""

from datetime import date

from babel import Locale
from flask import Response
from flask_babel import gettext as _

from solicit.invitations.queries.meeting import MeetingView
from solicit.invitations.queries.travel_details import TravelDetails
from solicit.people.queries import country_name
from solicit.web.dates import day
from solicit.web.downloads import download
from solicit.web.languages import speaking
from solicit.web.pages import direction
from solicit.web.pdf import pdf

ENGLISH = "en"
FILE_NAME = "visa-letter.pdf"


def visa_letter_file(meeting: MeetingView, details: TravelDetails, *, language: str, today: date) -> Response:
    """The letter as a file that the browser saves."""
    languages = dict.fromkeys((ENGLISH, language))
    sheets = [_sheet(meeting, details, language=each, today=today) for each in languages]
    document = pdf("visa_letter", {"title": sheets[0]["heading"], "sheets": sheets}, language=ENGLISH)
    return download(FILE_NAME, "application/pdf", [document])


def language_name(code: str) -> str:
    return Locale.parse(code, sep="-").get_display_name(code) or code


def _sheet(meeting: MeetingView, details: TravelDetails, *, language: str, today: date) -> dict:
    """One page of the letter, in one language."""
    with speaking(language):
        return {
            "lang": language.partition("-")[0],
            "is_rtl": direction(language) == "rtl",
            "organization": meeting.organization,
            "address": [line for line in (*meeting.address.splitlines(), meeting.contact) if line],
            "date": day(today),
            "heading": _("Letter in support of a visa application"),
            "greeting": _("To whom it may concern"),
            "paragraphs": _paragraphs(meeting, details, language),
            "rows": _rows(details, language),
            "closing": _("Yours faithfully"),
            "signatory": meeting.signatory,
            "signatory_title": meeting.signatory_title,
        }


def _paragraphs(meeting: MeetingView, details: TravelDetails, language: str) -> list[str]:
    place = ", ".join(filter(None, (meeting.venue, meeting.city, country_name(meeting.country, language))))
    return [
        _("%(organization)s invites the person named below to this meeting:", organization=meeting.organization),
        _(
            "%(title)s, from %(first)s to %(last)s, at this place: %(place)s.",
            title=meeting.title,
            first=day(meeting.starts_on),
            last=day(meeting.ends_on),
            place=place,
        ),
        _(
            "The journey is planned from %(first)s to %(last)s, starting from %(city)s.",
            first=day(details.arrives_on),
            last=day(details.leaves_on),
            city=details.from_city,
        ),
        _(
            "%(organization)s pays for the journey, the stay and the insurance.",
            organization=meeting.organization,
        ),
    ]


def _rows(details: TravelDetails, language: str) -> list[list[str]]:
    return [
        [_("Name as in the passport"), details.passport_name],
        [_("Passport number"), details.passport_number],
        [_("Nationality"), country_name(details.nationality, language)],
        [_("Date of birth"), day(details.born_on)],
        [_("Country or region that issued the passport"), country_name(details.issued_by, language)],
        [_("The passport is valid until"), day(details.expires_on)],
    ]
