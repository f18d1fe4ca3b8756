"""Repeating a run from what is stored of it, to see whether the same comes out."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.errors import NotFound, Refused
from solicit.topics.models import ProposedMember, TopicRun
from solicit.topics.service.group import group_theme, result_digest
from solicit.topics.service.propose import digests_of, library_versions
from solicit.topics.service.read import Parameters, input_digest, load_themes_of_run
from solicit.words import N_


@dataclass(frozen=True)
class Repetition:
    """Whether a run gave the same again; else what is different from when it was made."""

    is_equal: bool
    same_input: bool
    n_missing: int
    versions: tuple[tuple[str, str, str], ...]


def repeat_run(session: Session, *, run_id: int) -> Repetition:
    """Compute a finished run anew, from its parameters and the questions it read; nothing is changed.

    Raises: NotFound; Refused for a run that was never finished, or that only goes back to an earlier one.
    """
    run = session.get(TopicRun, run_id)
    if run is None:
        raise NotFound
    if run.result_digest is None or "goes_back_to" in run.parameters:
        raise Refused(N_("This grouping was not computed to its end; only such a grouping can be repeated."))
    parameters = Parameters(**run.parameters)
    themes = load_themes_of_run(session, run=run)
    topics = [topic for theme in themes for topic in group_theme(theme, parameters)]
    read = session.scalar(sa.select(sa.func.count()).where(ProposedMember.run_id == run_id))
    now = library_versions()
    return Repetition(
        is_equal=result_digest(topics, digests_of(themes)) == run.result_digest,
        same_input=input_digest(themes, parameters) == run.input_digest,
        n_missing=run.n_questions - min(read, sum(len(theme.question_ids) for theme in themes)),
        versions=tuple(
            (name, version, now.get(name, "-"))
            for name, version in sorted(run.versions.items())
            if now.get(name) != version
        ),
    )
