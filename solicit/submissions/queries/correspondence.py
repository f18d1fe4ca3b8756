"""Who is written to about a submission: one rule for every letter."""

import sqlalchemy as sa

from solicit.submissions.models import Authorship, Submission


def correspondents() -> sa.Subquery:
    """(submission_id, person_id) of the submitter and the corresponding author, once if they are the same."""
    return sa.union(_submitters(), _authors().where(Authorship.is_corresponding)).subquery("correspondents")


def everybody() -> sa.Subquery:
    """(submission_id, person_id) of the submitter and every author who agreed."""
    return sa.union(_submitters(), _authors()).subquery("everybody")


def _submitters() -> sa.Select:
    sent = sa.select(Submission.id.label("submission_id"), Submission.submitter_id.label("person_id"))
    return sent.where(Submission.submitter_id.is_not(None))


def _authors() -> sa.Select:
    return sa.select(Authorship.submission_id, Authorship.person_id)
