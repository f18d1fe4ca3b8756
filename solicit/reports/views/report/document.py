"""A report as a document: its first page and the order of its chapters, in the current language."""

from collections.abc import Iterator

from flask_babel import gettext as _

from solicit.reports.queries.report.model import Report, ReportRun
from solicit.reports.views.report.appendix import appendix, became, remarks
from solicit.reports.views.report.method import method
from solicit.reports.views.report.participation import participation
from solicit.reports.views.report.summary import summary
from solicit.reports.views.report.texts import text
from solicit.reports.views.report.themes import themes
from solicit.web.counting import ngettext
from solicit.web.dates import day, utc_day
from solicit.web.documents.blocks import Cover, Document, Facts, PageBreak, Words, own, words
from solicit.web.pages import current_language

SHORT_DIGEST = 16


def document_of(report: Report, *, address: str, with_appendix: bool = True) -> Document:
    """``address`` is where everybody finds the report; empty while it is not published."""
    blocks = (
        *summary(report),
        *themes(report, has_appendix=with_appendix),
        *remarks(report),
        *participation(report),
        PageBreak(),
        *method(report),
        *became(report),
        *(appendix(report) if with_appendix else ()),
    )
    return Document(
        title=_("Ranked themes: %(call)s", call=report.title),
        language=current_language(),
        dated=report.as_of,
        cover=_cover(report, address),
        contents_title=_("Contents"),
        page_words=_("Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
        table_words=_("Show as a table"),
        blocks=blocks,
    )


def _cover(report: Report, address: str) -> Cover:
    return Cover(
        sender=words(own(report.title, report.call.language)),
        kicker=_("Report"),
        title=text(_("Ranked themes")),
        lines=tuple(_lines(report)),
        mark=_("Not published: for organizers and chairs of the call only.") if report.is_draft else "",
        facts=Facts(tuple(_facts(report, address))),
    )


def _lines(report: Report) -> Iterator[Words]:
    for run in report.runs:
        yield words(own(run.round_name), f" · {_(run.purpose_word)}, ", _frozen(run))
    if report.n_hidden:
        yield text(
            ngettext(
                "%(num)s question is left out, because you have a part in it or a conflict of interest.",
                "%(num)s questions are left out, because you have a part in them or a conflict of interest.",
                report.n_hidden,
            )
        )


def _frozen(run: ReportRun) -> str:
    if run.published_at is None:
        return _("frozen on %(day)s", day=utc_day(run.frozen_at))
    return _("published on %(day)s", day=utc_day(run.published_at))


def _facts(report: Report, address: str) -> Iterator[tuple[str, Words]]:
    yield _("As of"), text(day(report.as_of))
    if address:
        yield _("Address"), words(own(address, "en"))
    if report.publication:
        published = report.publication
        yield _("Publication"), words(own(f"{published.number} · {published.digest}", "en"))
    for run in report.runs:
        yield _("Digest of the result"), words(own(run.result_digest, "en"))
    yield _("How to cite"), _citation(report, address)


def _citation(report: Report, address: str) -> Words:
    year = (report.publication.published_at if report.publication else report.runs[0].frozen_at).year
    digest = report.publication.digest if report.publication else report.runs[0].result_digest
    where = f" {address}" if address else ""
    said = f"{report.title} ({year}): {_('Ranked themes')}. SHA-256 {digest[:SHORT_DIGEST]}.{where}"
    return words(own(said, report.call.language))
