"""How the ranking was computed, what it takes to repeat it, and what its numbers do not mean."""

from collections.abc import Iterator

from flask_babel import format_percent
from flask_babel import gettext as _

from solicit.reports.queries.report.model import Agreement, Report, ReportRun
from solicit.reports.views.report.summary import how_to_read
from solicit.reports.views.report.texts import count, text, value, whole
from solicit.web.counting import ngettext
from solicit.web.dates import utc_time
from solicit.web.documents.blocks import Block, Facts, Heading, Paragraph, Points, Words, own, words


def method(report: Report) -> Iterator[Block]:
    yield Heading(1, text(_("Method and limits")), "method")
    for said in _how_it_was_done():
        yield Paragraph(text(said))
    yield Heading(2, text(_("What the numbers do not mean")), "method-limits")
    yield Points(tuple(text(said) for said in _limits()))
    for run in report.runs:
        title = words(_("How to repeat it"), ": ", own(run.round_name))
        yield Heading(2, title, f"method-{run.id}")
        yield from (Paragraph(text(_(note)), look="note") for note in run.notes)
        yield Facts(tuple(_facts(run)))


def _how_it_was_done() -> tuple[str, ...]:
    return (
        _(
            "Some panelists are stricter than others, use more or less of the scale, or differ more from their "
            "colleagues. One statistical model over all ratings of the call separates this from the worth of the "
            "questions. Comparisons of pairs and ranked ballots, where a panel gives them, add to the same values."
        ),
        _(
            "For each question the model gives the most likely value, an interval that holds the true value nine times "
            "in ten, and the probability of being among the first. A panelist who rates against everybody else loses "
            "weight; no program leaves anybody out."
        ),
        how_to_read(),
        _(
            "Panelists read the text without the authors’ names, institutions and countries. Nobody reads a question "
            "that they wrote, or one with which they have a conflict of interest. They do not choose what they read."
        ),
        _(
            "A question with fewer than three ratings is not ranked. Support by readers is shown, but never enters the "
            "ranking."
        ),
    )


def _limits() -> tuple[str, ...]:
    return (
        _("A place is not a verdict on a question. Inside a band the printed order means nothing."),
        _("The model takes panelists as independent: it cannot see a bias that all of them share."),
        _("With few ratings of each question the first places are mostly noise. Look at the intervals."),
        _("Values of different themes or kinds cannot be compared: each was judged beside its own."),
        _("Agreement is not a target: a panel that agrees on everything is not better than one that honestly differs."),
    )


def _facts(run: ReportRun) -> Iterator[tuple[str, Words]]:
    yield _("Model"), text(_(run.model_word))
    yield _("Panelists who judged"), text(count(run.n_panelists))
    yield (
        _("Ratings, comparisons, ballots"),
        text(" · ".join(whole(n) for n in (run.n_ratings, run.n_comparisons, run.n_ballots))),
    )
    yield _("Weights of the criteria"), words(own(_shares(run), "en"))
    yield _("Draws"), text(whole(run.n_draws))
    if run.agreement:
        yield _("Agreement"), text(_agreement(run.agreement))
    yield _("Seed"), words(own(str(run.seed), "en"))
    yield _("Digest of the inputs"), words(own(run.input_digest, "en"))
    yield _("Digest of the result"), words(own(run.result_digest, "en"))
    yield _("Versions"), words(own(", ".join(" ".join(pair) for pair in sorted(run.versions.items())), "en"))
    yield _("Frozen"), text(utc_time(run.frozen_at))


def _shares(run: ReportRun) -> str:
    total = sum(run.weights.values()) or 1
    return ", ".join(f"{name} {format_percent(weight / total)}" for name, weight in run.weights.items())


def _agreement(found: Agreement) -> str:
    said = []
    if found.alpha is not None and found.low is not None:
        numbers = dict(alpha=value(found.alpha), low=value(found.low), high=value(found.high))
        said.append(_("Krippendorff’s alpha %(alpha)s (ordinal; 90%% interval %(low)s to %(high)s).", **numbers))
    if found.w is not None:
        said.append(
            ngettext(
                "Kendall’s W %(w)s on %(num)s question that everybody rated.",
                "Kendall’s W %(w)s on %(num)s questions that everybody rated.",
                found.n_questions_of_w,
                w=value(found.w),
            )
        )
    return " ".join(said) or _("Too few ratings in common to tell.")
