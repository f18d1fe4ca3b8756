"""The signer of mailed links, and the page behind one that is used up."""

from flask import current_app, render_template

from solicit.db import db
from solicit.submissions.service import AnswerLinks, LinkUsedUp
from solicit.submissions.views import bp


def links() -> AnswerLinks:
    return AnswerLinks(current_app.config["SECRET_KEY"])


@bp.errorhandler(LinkUsedUp)
def link_used_up(error: LinkUsedUp):
    db.session.rollback()
    return render_template("submissions/link_used_up.html"), 410
