"""Reading what is known before an import, and the files that organizers brought."""

import enum
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.models import Mission
from solicit.calls.queries import CallFacts
from solicit.calls.queries.lists import names_of_themes
from solicit.people.models import Person
from solicit.submissions.models import ImportBatch, Submission
from solicit.submissions.queries.history import text_of
from solicit.submissions.states import ImportState, SubmissionState, TextValues

N_SAMPLES = 3
N_BATCHES = 20


class Verdict(enum.Enum):
    """What an import would do with a row."""

    NEW = "new"
    PRESENT = "present"
    REFUSED = "refused"


@dataclass(frozen=True)
class ImportedText:
    """A row that can be imported."""

    text: TextValues
    origin: str = ""
    external_id: str | None = None


@dataclass(frozen=True)
class Finding:
    """What was found of one row; ``reason`` is an English msgid, ``column`` one of ours or none."""

    line: int
    verdict: Verdict
    title: str
    is_incomplete: bool = False
    column: str = ""
    reason: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    def to_json(self) -> dict:
        return asdict(self) | {"verdict": self.verdict.value}

    @classmethod
    def from_json(cls, kept: dict) -> "Finding":
        return cls(**kept | {"verdict": Verdict(kept["verdict"])})


@dataclass(frozen=True)
class Known:
    """What a call holds already: keys of titles, texts by external identifier, and its missions and themes by name."""

    titles: frozenset[str]
    titles_without_id: frozenset[str]
    texts: Mapping[str, ImportedText]
    missions: Mapping[str, str]
    themes: Mapping[str, int]


@dataclass(frozen=True)
class BatchLine:
    """One file in the list of those that were brought."""

    id: int
    state: ImportState
    organizer: str | None
    read_at: datetime
    n_rows: int
    n_imported: int


@dataclass(frozen=True)
class BatchPage:
    """One file for the organizers: its columns with some values, and what the check found."""

    id: int
    state: ImportState
    columns: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    mapping: Mapping[str, int]
    n_rows: int
    counts: Mapping[str, int]
    findings: tuple[Finding, ...]
    read_at: datetime
    imported_at: datetime | None

    @property
    def refused(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.verdict is Verdict.REFUSED)


def batch_subject(session: Session, *, call: CallFacts, batch_id: int, **_) -> Subject | None:
    """Facts for the policy: a file belongs to the call it was brought to."""
    mine = sa.select(ImportBatch.id).where(
        ImportBatch.id == batch_id, ImportBatch.call_id == call.id, ImportBatch.state != ImportState.DISCARDED
    )
    return Subject(call_id=call.id) if session.scalar(mine) else None


def batch_lines(session: Session, *, call_id: int) -> tuple[BatchLine, ...]:
    """The latest files of a call; one statement."""
    counted = ImportBatch.report["counts"]
    rows = session.execute(
        sa.select(
            ImportBatch.id,
            ImportBatch.state,
            Person.full_name,
            ImportBatch.read_at,
            sa.func.coalesce(counted["rows"].as_integer(), sa.func.jsonb_array_length(ImportBatch.rows)),
            sa.func.coalesce(counted["imported"].as_integer(), 0),
        )
        .outerjoin(Person, Person.id == ImportBatch.organizer_id)
        .where(ImportBatch.call_id == call_id, ImportBatch.state != ImportState.DISCARDED)
        .order_by(ImportBatch.id.desc())
        .limit(N_BATCHES)
    )
    return tuple(BatchLine(*row) for row in rows)


def batch_page(session: Session, *, batch_id: int) -> BatchPage:
    """A file with what was found in it, without its rows; one statement."""
    samples = sa.func.jsonb_path_query_array(ImportBatch.rows, sa.text(f"'$[0 to {N_SAMPLES - 1}]'::jsonpath"))
    row = session.execute(
        sa.select(
            ImportBatch.id,
            ImportBatch.state,
            ImportBatch.columns,
            ImportBatch.mapping,
            ImportBatch.report,
            ImportBatch.read_at,
            ImportBatch.imported_at,
            samples.label("samples"),
            sa.func.jsonb_array_length(ImportBatch.rows).label("n_rows"),
        ).where(ImportBatch.id == batch_id)
    ).one()
    counts = row.report.get("counts", {})
    return BatchPage(
        id=row.id,
        state=row.state,
        columns=tuple(row.columns),
        samples=tuple(tuple(cells) for _line, cells in row.samples if cells),
        mapping=row.mapping,
        n_rows=counts.get("rows", row.n_rows),
        counts=counts,
        findings=_refused_first(row.report.get("findings", ())),
        read_at=row.read_at,
        imported_at=row.imported_at,
    )


def _refused_first(kept: Iterable[dict]) -> tuple[Finding, ...]:
    """Findings in the order of the file, but those that somebody must look at before all others."""
    findings = (Finding.from_json(finding) for finding in kept)
    return tuple(sorted(findings, key=lambda finding: finding.verdict is not Verdict.REFUSED))


def key_of(title: str) -> str:
    """What two titles share that differ only in case, width and white space."""
    return " ".join(unicodedata.normalize("NFKC", title).casefold().split())


def known_in_call(session: Session, *, call_id: int, external_ids: Collection[str]) -> Known:
    """What must be known of a call to judge rows; four statements."""
    in_call = (Submission.call_id == call_id, Submission.state != SubmissionState.DRAFT)
    titles = session.execute(sa.select(Submission.title, Submission.external_id.is_(None)).where(*in_call)).all()
    wanted = sa.select(Submission).where(
        Submission.call_id == call_id,
        Submission.external_id == sa.func.any(sa.cast(list(external_ids), sa.ARRAY(sa.Text))),
    )
    missions = session.execute(sa.select(Mission.key, Mission.name).where(Mission.call_id == call_id)).all()
    return Known(
        titles=frozenset(key_of(title) for title, _ in titles),
        titles_without_id=frozenset(key_of(title) for title, is_without in titles if is_without),
        texts={kept.external_id: _imported(kept) for kept in session.scalars(wanted)},
        missions={key_of(word): key for key, name in missions for word in (key, name)},
        themes={key_of(name): theme_id for name, theme_id in names_of_themes(session, call_id=call_id)},
    )


def _imported(kept: Submission) -> ImportedText:
    return ImportedText(text_of(kept), kept.origin, kept.external_id)
