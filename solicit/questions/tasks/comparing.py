"""Comparing all questions of a call, and learning from verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from ml.language.pair_scores import Scorer
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.embeddings.service import model_id_of
from solicit.jobs.queries import JobProgress, progress_of_job
from solicit.jobs.tasks import long_task, take_step, task
from solicit.questions.service import duplicates, vectors
from solicit.questions.service.duplicates import audits, compare, suggest
from solicit.questions.states import Method
from solicit.questions.tasks.embedding import embed_all, encoder_of_call
from solicit.words import N_


@long_task(duplicates.FIND_DUPLICATES)
def find_duplicates(job_id: int, result_path: str, n_blocks: int = 1, seed: int = 1) -> str:
    """Embed what a call has without vectors, then compare all its questions; a job taken up again goes on."""
    with transaction() as session:
        reached = progress_of_job(session, job_id=job_id)
    encoder = encoder_of_call(reached.call_id)
    with transaction() as session:
        model_id = model_id_of(session, encoder)
        missing = vectors.questions_to_embed(session, call_id=reached.call_id, model_id=model_id)
    portions = range(min(reached.step, compare.PORTIONS), compare.PORTIONS)
    for portion in portions:
        take_step(job_id, portion, N_("Reading the questions"))
        # What was read before a crash is not missing any more: the rest is shared out anew.
        embed_all(missing[portion - portions.start :: len(portions)], encoder)
    _compare_all(job_id, n_blocks, seed, _Comparison(model_id, reached))
    return result_path


@task(duplicates.LEARN)
def learn_duplicates(call_id: int, model_id: int) -> None:
    """Fit a call's curves again once there are enough new verdicts."""
    with transaction(is_long=True) as session:
        duplicates.learn(session, call_id=call_id, model_id=model_id, now=utcnow())


@dataclass(frozen=True)
class _Comparison:
    """What every step of a comparison needs to know: pairs from before it began and not found again are stale."""

    model_id: int
    reached: JobProgress

    @property
    def of_call(self) -> dict[str, int]:
        return dict(call_id=self.reached.call_id, model_id=self.model_id)


def _compare_all(job_id: int, n_blocks: int, seed: int, comparison: _Comparison) -> None:
    """Compare block by block, then by words, draw audits and groups, from the step that the job had reached."""
    with transaction() as session:
        groups = compare.questions_of_call(session, **comparison.of_call, n_blocks=n_blocks)
    steps = [
        *(
            (N_("Comparing every question with every other one"), partial(_compare_block, block=n))
            for n in range(n_blocks)
        ),
        (N_("Comparing by words what the language model does not read"), _compare_words),
        (N_("Drawing pairs that check the suggestions"), partial(_draw_audits, seed=seed)),
        (N_("Drawing groups"), _draw_groups),
    ]
    for step, (doing, work) in enumerate(steps, compare.PORTIONS):
        if step >= comparison.reached.step:
            take_step(job_id, step, doing)
            work(comparison, groups)


def _compare_block(comparison: _Comparison, groups: Sequence[compare.Compared], *, block: int) -> None:
    scorer = _scorer(comparison, Method.MEANING)
    for group in groups:
        if group.method is Method.MEANING:
            _keep_near(comparison, compare.near_in_block(group, scorer, block=block), scorer)


def _compare_words(comparison: _Comparison, groups: Sequence[compare.Compared]) -> None:
    scorer = _scorer(comparison, Method.WORDS)
    for group in groups:
        if group.method is Method.WORDS:
            _keep_near(comparison, compare.near_by_words(group, scorer), scorer)


def _draw_audits(comparison: _Comparison, groups: Sequence[compare.Compared], *, seed: int) -> None:
    with transaction(is_long=True) as session:
        suggest.drop_stale_of_call(session, call_id=comparison.reached.call_id, before=comparison.reached.started_at)
        for method in Method:
            those = [group for group in groups if group.method is method]
            audits.draw_audits(session, those, method=method, **comparison.of_call, seed=seed, now=utcnow())


def _draw_groups(comparison: _Comparison, groups: Sequence[compare.Compared]) -> None:
    with transaction(is_long=True) as session:
        duplicates.regroup_call(session, call_id=comparison.reached.call_id)


def _scorer(comparison: _Comparison, method: Method) -> Scorer:
    with transaction() as session:
        return duplicates.scorer_in_use(session, **comparison.of_call, method=method)


def _keep_near(comparison: _Comparison, near: suggest.Candidates, scorer: Scorer) -> None:
    with transaction() as session:
        suggest.keep_suggestions(session, near, scorer, **comparison.of_call, now=utcnow())
