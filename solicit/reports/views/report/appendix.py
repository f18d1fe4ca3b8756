"""What stands at the end of a report: what became of it, remarks of panels, and every question."""

from collections.abc import Iterator

from flask_babel import gettext as _

from solicit.reports.queries.report.model import Report, ThemePart
from solicit.reports.views.report.tables import ranked_table, unranked_table
from solicit.reports.views.report.texts import table_title, text, theme_title, whole
from solicit.web.dates import day, utc_day
from solicit.web.documents.blocks import Block, Heading, PageBreak, Paragraph, Points, own, words


def remarks(report: Report) -> Iterator[Block]:
    """What panels wrote beside the rankings, with the names of those who signed it."""
    if not report.remarks:
        return
    yield Heading(1, text(_("Remarks of the panels")), "remarks")
    yield Paragraph(text(_("Signed remarks stand beside a frozen ranking and change nothing in it.")))
    yield Points(
        tuple(
            words(
                *((own(each.label, "en", is_strong=True), " ") if each.label else ()),
                own(each.text),
                " – ",
                own(each.signed_by),
                ", ",
                own(each.panel),
                ", ",
                utc_day(each.written_at),
            )
            for each in report.remarks
        )
    )


def became(report: Report) -> Iterator[Block]:
    """What followed from the ranking, in numbers."""
    meeting = report.meeting
    if meeting is None or meeting.n_invited == 0:
        return
    yield Heading(1, text(_("What became of it")), "became")
    days = dict(first=day(meeting.starts_on), last=day(meeting.ends_on))
    yield Paragraph(text(_("The call invites to a meeting from %(first)s to %(last)s.", **days)))
    numbers = dict(invited=whole(meeting.n_invited), coming=whole(meeting.n_coming))
    yield Paragraph(text(_("People invited: %(invited)s. Of them said yes: %(coming)s.", **numbers)))


def appendix(report: Report) -> Iterator[Block]:
    """Every question of every theme."""
    several = len({run.kind for run in report.runs}) > 1
    yield PageBreak()
    yield Heading(1, text(_("Appendix: every ranked question")), "appendix")
    for part in report.parts:
        anchor = f"appendix-{part.run.id}-{part.theme.key}"
        yield Heading(2, theme_title(part, several_kinds=several), anchor)
        if part.ranked:
            of_all = dict(title=table_title(_("Every ranked question"), part), is_drawn=False)
            yield ranked_table(part, part.ranked, is_staff=report.audience.is_staff, **of_all)
        else:
            yield Paragraph(text(_("Nothing is ranked in this theme.")))
        yield from _unranked(part, anchor)


def _unranked(part: ThemePart, anchor: str) -> Iterator[Block]:
    groups = (
        (part.set_aside, _("Set aside after the first reading"), "aside"),
        (part.insufficient, _("Not ranked: fewer than 3 ratings"), "few"),
    )
    for rows, title, name in groups:
        if rows:
            yield Heading(3, text(title), f"{anchor}-{name}")
            yield unranked_table(rows, k=part.k, title=table_title(title, part))
