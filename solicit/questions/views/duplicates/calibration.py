"""How good the suggestions are: what was promised against what people said."""

from flask import g, render_template
from flask_babel import gettext as _

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.db import db
from solicit.questions.queries.duplicates.calibration import CalibrationView, calibration_view
from solicit.questions.service.duplicates.curves import VERDICTS_PER_FIT
from solicit.questions.views import bp
from solicit.web.csv import CSV_TYPE, csv_lines
from solicit.web.downloads import download
from solicit.web.reliability import reliability_plot
from solicit.words import N_

COLUMNS = ("from", "to", "pairs", "same", "mean_probability", "share_same", "share_from", "share_to")
FORM_WORDS = {
    "shipped": N_("The curve that comes with the language model, because there are too few verdicts to learn from."),
    "cosine": N_("A curve of the similarity alone, learnt from the verdicts of this call."),
    "features": N_("A curve of the similarity and of what the words tell, learnt from the verdicts of this call."),
    "trees": N_(
        "Many small trees of the similarity and of what the words tell, learnt from the verdicts of this call."
    ),
}


@bp.get("/<call>/organize/duplicates/calibration")
@requires(Permission.JUDGE_DUPLICATES, call_subject)
def calibration(call: CallFacts):
    learnt = calibration_view(db.session(), call=call, viewer_id=g.identity.person_id)
    return render_template(
        "questions/calibration.html",
        learnt=learnt,
        plot=reliability_plot(learnt.bins),
        form_words=_(FORM_WORDS[learnt.form]),
        n_until_learning=_until_learning(learnt),
    )


@bp.get("/<call>/organize/duplicates/calibration.csv")
@requires(Permission.JUDGE_DUPLICATES, call_subject)
def calibration_table(call: CallFacts):
    learnt = calibration_view(db.session(), call=call, viewer_id=g.identity.person_id)
    rows = (
        (
            each.low,
            each.high,
            each.n,
            round(each.share_same * each.n),
            each.mean_probability,
            each.share_same,
            each.interval_low,
            each.interval_high,
        )
        for each in learnt.bins
    )
    return download(f"{call.slug}-calibration.csv", CSV_TYPE, csv_lines(COLUMNS, rows))


def _until_learning(learnt: CalibrationView) -> int:
    return VERDICTS_PER_FIT - learnt.n_verdicts % VERDICTS_PER_FIT
