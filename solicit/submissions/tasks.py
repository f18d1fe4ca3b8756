"""Long work for submissions."""

from solicit.calls.queries import call_facts
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.jobs.service import finish_job
from solicit.jobs.tasks import long_task, take_step
from solicit.questions.service.imports import import_batch
from solicit.words import N_


@long_task("submissions.import")
def import_file(job_id: int, call_slug: str, batch_id: int, leave_out: bool, organizer_id: int) -> str:
    """Import a large file; the whole of it is one transaction, so that a worker's death leaves nothing behind."""
    take_step(job_id, 0, N_("Bringing the rows in, all of them or none"))
    result_path = f"/{call_slug}/organize/import/{batch_id}"
    with transaction(is_long=True) as session:
        call, now = call_facts(session, slug=call_slug), utcnow()
        import_batch(session, call=call, batch_id=batch_id, leave_out=leave_out, organizer_id=organizer_id, now=now)
        finish_job(session, job_id=job_id, now=utcnow(), result_path=result_path)
    return result_path
