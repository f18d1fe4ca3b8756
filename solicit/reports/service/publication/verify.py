"""Checking what was published: the bytes against their digests, and the rankings against what the database holds."""

import csv
import hashlib
import io
import zipfile
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.errors import NotFound
from solicit.rankings.models import RankingRun
from solicit.reports.models import Publication
from solicit.reports.service.publication.package import broken_files
from solicit.web.csv import BOM


@dataclass(frozen=True)
class Checked:
    """Whether the package still has its permanent digest; files and runs that are not what they were."""

    digest: str
    digest_matches: bool
    broken_files: tuple[str, ...]
    changed_runs: tuple[int, ...]

    @property
    def holds(self) -> bool:
        return self.digest_matches and not self.broken_files and not self.changed_runs


def verify_publication(session: Session, *, call_id: int, number: int) -> Checked:
    """Check one publication of a call; raises NotFound if there is none of this number."""
    wanted = sa.select(Publication).where(Publication.call_id == call_id, Publication.number == number)
    row = session.scalar(wanted.execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    matches = hashlib.sha256(row.package).digest() == row.digest
    if not matches:
        return Checked(row.digest.hex(), False, (), ())
    return Checked(row.digest.hex(), True, tuple(broken_files(row.package)), _changed_runs(session, row.package))


def _changed_runs(session: Session, package: bytes) -> tuple[int, ...]:
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        text = opened.read("runs.csv").decode().removeprefix(BOM)
    said = {int(row["run"]): row["result_digest"] for row in csv.DictReader(io.StringIO(text))}
    stored = session.execute(sa.select(RankingRun.id, RankingRun.result_digest).where(RankingRun.id.in_(said)))
    now = {run_id: bytes(digest).hex() for run_id, digest in stored}
    return tuple(run_id for run_id, digest in said.items() if now.get(run_id) != digest)
