"""The register of candidates: who may be invited, and why."""

from flask import g, render_template, request
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.db import db
from solicit.invitations.forms.register import wanted_from
from solicit.invitations.queries.register import SORTS, VALUES, Register, Wanted, register
from solicit.invitations.queries.register_table import COLUMNS, register_cells
from solicit.invitations.views import bp
from solicit.invitations.views.limits_first import needed_candidates
from solicit.invitations.views.taken import note_taken
from solicit.web.csv import CSV_TYPE, csv_lines
from solicit.web.downloads import download
from solicit.web.facets import FacetOption, facet_options, list_url
from solicit.web.limits import file_limit
from solicit.web.pages import Link, current_language
from solicit.web.pagination import paginate, window_from
from solicit.words import N_

FACET_WORDS = {
    "theme": N_("Theme"),
    "basis": N_("Basis of merit"),
    "region": N_("Region"),
    "country": N_("Country"),
    "career": N_("Career"),
}
SORT_WORDS = {"merit": N_("Merit"), "name": N_("Name"), "cost": N_("Cost"), "country": N_("Country")}
NAMED_BY_PEOPLE = ("theme", "country")


@bp.get("/<call>/organize/invite/candidates")
@requires(Permission.SELECT_INVITEES, call_subject)
def candidates(call: CallFacts):
    wanted, window = wanted_from(request.args), window_from(request.args.get("page"))
    found, filters = _register(call, wanted), _filters(wanted)
    return render_template(
        "invitations/candidates.html",
        rows=found.page(window),
        currency=found.currency,
        filters=filters,
        facets=_facets(filters, found),
        sorts=[Link(_(word), list_url(filters, sort=name), wanted.sort == name) for name, word in SORT_WORDS.items()],
        pagination=paginate(window, len(found.rows), lambda page: list_url(filters, page=page)),
    )


@bp.post("/<call>/organize/invite/candidates.csv")
@file_limit
@requires(Permission.SELECT_INVITEES, call_subject, fresh=True)
def candidates_file(call: CallFacts):
    """As the table of candidates among the exports: with a fresh proof, and noted."""
    found = _register(call, wanted_from(request.args))
    note_taken(call, "candidates")
    return download(f"{call.slug}-candidates.csv", CSV_TYPE, csv_lines(COLUMNS, register_cells(found)))


def _register(call: CallFacts, wanted: Wanted) -> Register:
    reader = dict(viewer_id=g.identity.person_id, locale=current_language())
    return register(db.session(), call=call, pool=needed_candidates(call), wanted=wanted, **reader)


def _filters(wanted: Wanted) -> dict[str, str]:
    usual = next(iter(SORTS))
    asked = {name: getattr(wanted, name) for name in VALUES}
    return {**asked, "q": wanted.words, "sort": wanted.sort if wanted.sort != usual else ""}


def _facets(filters: dict[str, str], found: Register) -> list[tuple[str, tuple[FacetOption, ...]]]:
    """Each filter with what it offers; words of ours are translated, names are not.

    Countries are many: they are offered once a region is chosen.
    """
    facets = []
    for name, choices in found.choices.items():
        if name == "country" and not (filters["region"] or filters["country"]):
            continue
        counted = [(c.value, c.word if name in NAMED_BY_PEOPLE else _(c.word), c.n) for c in choices]
        facets.append((_(FACET_WORDS[name]), facet_options(filters, name, counted)))
    return facets
