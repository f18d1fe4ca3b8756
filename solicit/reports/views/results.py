"""The results of a call as everybody reads them: the page, the packages, and how they are cited."""

from flask import Response, abort, g, render_template, request

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
        participation=bands_in_words(found.participation, lang),
        cited=_reference(call, found.latest),
    )


@bp.get(RESULTS + "/<id:number>/data.zip")
@public
def data(lang: str, call: CallFacts, number: int):
    """A package under its permanent digest; it never changes, so that a copy with the digest is enough."""
    found = published_package(db.session(), call=call, number=number) if _is_reader(call) else None
    package, digest = found or abort(404)
    answer = Response(package, content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{call.slug}-results-{number}.zip"'
    answer.set_etag(digest.hex())
    return answer.make_conditional(request)


@bp.get(RESULTS + "/<id:number>/citation.<any(txt, bib, ris, cff):cited_as>")
@public
def citation(lang: str, call: CallFacts, number: int, cited_as: str):
    lines = publications(db.session(), call=call) if _is_reader(call) else ()
    line = next((each for each in lines if each.number == number), None) or abort(404)
    content_type, written = CITATIONS[cited_as]
    return download(f"{call.slug}-results-{number}.{cited_as}", content_type, [written(_reference(call, line))])


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
