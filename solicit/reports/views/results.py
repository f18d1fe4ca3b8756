"""The results of a call as everybody reads them: the page, the packages, and how they are cited."""

from flask import Response, abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solicit.access.guard import public
from solicit.calls.queries import CallFacts
from solicit.db import db
from solicit.reports.queries.publication.published import PublicationLine, publications, published_package
from solicit.reports.queries.publication.published import results as results_of
from solicit.reports.service.publication.words import Cover, reference
from solicit.reports.views import bp
from solicit.reports.views.bands import bands_in_words
from solicit.submissions.queries.readers import is_reader
from solicit.web import bibliography
from solicit.web.addresses import public_url
from solicit.web.downloads import download
from solicit.web.errors import Missing
from solicit.web.pages import Link, current_language

RESULTS = "/<locale:lang>/<call>/results"
CITATIONS = {
    "txt": (bibliography.TEXT_TYPE, bibliography.plain),
    "bib": (bibliography.BIBTEX_TYPE, bibliography.bibtex),
    "ris": (bibliography.RIS_TYPE, bibliography.ris),
    "cff": (bibliography.CFF_TYPE, bibliography.cff),
}


@bp.get(RESULTS)
@public
def results(lang: str, call: CallFacts):
    found = results_of(db.session(), call=call) if _is_reader(call) else None
    if found is None:
        abort(404)
    return render_template(
        "reports/results.html",
        call=call,
        results=found,
        participation=bands_in_words(found.participation, current_language()),
        cited=_reference(call, found.latest),
    )


@bp.get(RESULTS + "/<path:named>")
@public
def publication_named(lang: str, call: CallFacts, named: str):
    """What people make of the addresses of packages, such as a number or a digest alone: where it is listed."""
    line = _line(call, named.split("/")[0])
    return redirect(url_for(".results", _anchor=f"publication-{line.number}"), 302)


@bp.get(RESULTS + "/<id:number>/data.zip")
@public
def data(lang: str, call: CallFacts, number: int):
    """A package under its permanent digest; it never changes, so that a copy with the digest is enough."""
    line = _line(call, str(number))
    package, digest = published_package(db.session(), call=call, number=line.number)
    answer = Response(package, content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{call.slug}-results-{number}.zip"'
    answer.set_etag(digest.hex())
    return answer.make_conditional(request)


@bp.get(RESULTS + "/<id:number>/citation.<any(txt, bib, ris, cff):cited_as>")
@public
def citation(lang: str, call: CallFacts, number: int, cited_as: str):
    line = _line(call, str(number))
    content_type, written = CITATIONS[cited_as]
    return download(f"{call.slug}-results-{number}.{cited_as}", content_type, [written(_reference(call, line))])


def _line(call: CallFacts, named: str) -> PublicationLine:
    """The publication of this number or digest; where nothing has it, a reader learns where the others are."""
    lines = publications(db.session(), call=call) if _is_reader(call) else abort(404)
    line = next((each for each in lines if named in (str(each.number), each.digest)), None)
    if line is None and lines:
        raise Missing(
            _("These results have no publication of this number or digest."),
            Link(_("All publications of these results"), url_for(".results", _anchor="data")),
        )
    return line or abort(404)


def _is_reader(call: CallFacts) -> bool:
    """Whether results are for who asks; anybody else learns no more than of a page that is missing."""
    return is_reader(db.session(), call=call, who=g.identity)


def _reference(call: CallFacts, line: PublicationLine) -> bibliography.Reference:
    cover = Cover(
        slug=call.slug,
        title=line.title,
        licence=line.licence,
        number=line.number,
        day=line.published_at.date(),
        address=public_url(".data", lang="en", number=line.number),
        note=line.note,
    )
    return reference(cover, digest=line.digest)
