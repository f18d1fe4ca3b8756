"""What an import would do with every row of a table."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.submissions.queries.imports import Finding, ImportedText, Known, Verdict, key_of, known_in_call
from solicit.submissions.service.imports.rows import RowRefused, read_row
from solicit.submissions.service.reading import FileRow
from solicit.submissions.states import PlanValues
from solicit.web.text import BadText, one_line
from solicit.words import N_

LONGEST_SHOWN = 100
BY_ID = N_("A question with this identifier is in the call already.")
BY_TITLE = N_("A question with this title is in the call already.")


@dataclass(frozen=True)
class Checked:
    """The texts to bring in, and what was found of each row."""

    ready: tuple[ImportedText, ...]
    findings: tuple[Finding, ...]

    @property
    def counts(self) -> dict[str, int]:
        per_verdict = Counter(finding.verdict.value for finding in self.findings)
        return {
            "rows": len(self.findings),
            "incomplete": sum(finding.is_incomplete for finding in self.findings),
            **{verdict.value: per_verdict[verdict.value] for verdict in Verdict},
        }


def check_rows(session: Session, *, call: CallFacts, rows: Sequence[FileRow], mapping: Mapping[str, int]) -> Checked:
    """Judge every row against the call and against the rows before it; four statements, nothing is changed."""
    external_ids = _external_ids(rows, mapping.get("external_id"))
    known = known_in_call(session, call_id=call.id, external_ids=external_ids)
    return Checked(*_sorted_out(call, known, rows, mapping))


def _external_ids(rows: Iterable[FileRow], place: int | None) -> set[str]:
    found = set()
    for row in rows if place is not None else ():
        with suppress(BadText):  # the row will be refused for it
            found.add(one_line(row.cells[place] if row.cells else ""))
    return found


def _sorted_out(
    call: CallFacts, known: Known, rows: Iterable[FileRow], mapping: Mapping[str, int]
) -> tuple[tuple[ImportedText, ...], tuple[Finding, ...]]:
    ready, findings, seen = [], [], _Seen(set(), set())
    for row in rows:
        found, finding = _judge(call, known, seen, row, mapping)
        findings.append(finding)
        if finding.verdict is Verdict.NEW:
            ready.append(found)
            seen.remember(found)
    return tuple(ready), tuple(findings)


@dataclass(frozen=True)
class _Seen:
    """What earlier rows of the file are."""

    external_ids: set[str]
    titles: set[str]

    def remember(self, found: ImportedText) -> None:
        self.titles.add(key_of(found.text.title))
        if found.external_id:
            self.external_ids.add(found.external_id)

    def refuse_double(self, found: ImportedText) -> None:
        if found.external_id in self.external_ids:
            raise RowRefused(N_("It is twice in the file."), column="external_id")
        if found.external_id is None and key_of(found.text.title) in self.titles:
            raise RowRefused(N_("It is twice in the file."), column="title")


def _judge(
    call: CallFacts, known: Known, seen: _Seen, row: FileRow, mapping: Mapping[str, int]
) -> tuple[ImportedText | None, Finding]:
    if row.cells is None:
        reason = N_("It has another number of columns than the header.")
        return None, Finding(row.line, Verdict.REFUSED, "", reason=reason)
    cells = {name: row.cells[place] for name, place in mapping.items()}
    shown = " ".join(cells.get("title", "").split())[:LONGEST_SHOWN]
    try:
        found = read_row(call, known, cells)
        present = _reason_present(known, found)
        if present:
            return None, Finding(row.line, Verdict.PRESENT, shown, reason=present)
        seen.refuse_double(found)
    except RowRefused as error:
        return None, Finding(
            row.line, Verdict.REFUSED, shown, column=error.column, reason=error.message, params=error.params
        )
    return found, Finding(row.line, Verdict.NEW, shown, is_incomplete=not found.text.is_complete)


def _reason_present(known: Known, found: ImportedText) -> str:
    """Why a row need not be imported, or nothing; raises RowRefused for another text under a known identifier."""
    kept = known.texts.get(found.external_id) if found.external_id else None
    if kept is not None:
        if _comparable(kept) != _comparable(found):
            raise RowRefused(N_("The identifier exists with another text."), column="external_id")
        return BY_ID
    # A text with an identifier of its own may share its title with another one that has one, too.
    titles = known.titles_without_id if found.external_id else known.titles
    return BY_TITLE if key_of(found.text.title) in titles else ""


def _comparable(given: ImportedText) -> ImportedText:
    """A plan that says nothing is the same as none."""
    plan = given.text.plan if given.text.plan != PlanValues() else None
    return replace(given, text=replace(given.text, plan=plan))
