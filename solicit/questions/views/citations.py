"""How a question is cited: by its permanent address, and by its call until authors may be named."""

from flask import abort, g, redirect, url_for
from flask_babel import gettext as _

from solicit.access.guard import public
from solicit.calls.queries import CallFacts
from solicit.db import db
from solicit.questions.queries.page import QuestionPage, question_page
from solicit.questions.queries.public import viewer_of
from solicit.questions.views import bp
from solicit.web.addresses import public_url
from solicit.web.bibliography import BIBTEX_TYPE, RIS_TYPE, Reference, bibtex, ris
from solicit.web.downloads import download

ONE = "/<locale:lang>/<call>/questions/<label>"


@bp.get(ONE + ".bib", endpoint="bibtex")
@public
def as_bibtex(lang: str, call: CallFacts, label: str):
    return _citation(call, label, ".bibtex", BIBTEX_TYPE, "bib", bibtex)


@bp.get(ONE + ".ris", endpoint="ris")
@public
def as_ris(lang: str, call: CallFacts, label: str):
    return _citation(call, label, ".ris", RIS_TYPE, "ris", ris)


def reference(call: CallFacts, question: QuestionPage) -> Reference:
    """What is cited of a question; without names that may be known, its author is the call."""
    note = _(
        "%(kind)s %(label)s of “%(call)s”. Licence: %(licence)s",
        kind=_(question.kind_word),
        label=question.label,
        call=call.title,
        licence=question.licence,
    )
    return Reference(
        key=f"solicit-{question.label.replace('-', '').lower()}",
        authors=question.authors or (call.title,),
        title=question.wording.title,
        day=question.wording.sent_on,
        url=public_url("questions.page", label=question.label),
        language=question.wording.language,
        publisher=call.title,
        note=note,
    )


def _citation(call: CallFacts, label: str, endpoint: str, mimetype: str, ending: str, written):
    question = question_page(db.session(), call=call, label=label, viewer=viewer_of(g.identity, call))
    if question is None or question.withdrawn_at:
        abort(404)
    if question.label != label:
        return redirect(url_for(endpoint, label=question.label), 301)
    cited = reference(call, question)
    return download(f"{cited.key}.{ending}", mimetype, [written(cited)])
