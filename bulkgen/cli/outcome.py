"""How a command ended: its exit code, and the object that `--json` prints. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bulkgen.cli.options import Options
from bulkgen.cli.prepare import Prepared
from bulkgen.errors import PRECEDENCE, BulkgenError, Exit
from bulkgen.ledger.state import Status
from bulkgen.model import Issue, Table
from bulkgen.results.table import Entry, count


def exit_code_of(selected: Sequence[Entry], stopped_by: BulkgenError | None = None) -> Exit:
    """By what stopped the run and by the state of the selected rows; of several the gravest."""
    codes: set[Exit] = set()
    statuses = {entry.status for entry in selected}
    if stopped_by is not None and stopped_by.exit_code is not Exit.NOT_FINISHED:
        codes.add(stopped_by.exit_code)
    if statuses & {Status.RENDERING, Status.QUEUED}:
        codes.add(Exit.NOT_FINISHED)
    if statuses & {Status.FAILED, Status.INVALID, Status.UNKNOWN}:
        codes.add(Exit.SOME_FAILED)
    return next((code for code in PRECEDENCE if code in codes), Exit.OK)


def run_data(
    command: str,
    options: Options,
    prepared: Prepared,
    exit_code: Exit,
    found: Sequence[Entry] = (),
    *,
    results: Path | None = None,
    new: int = 0,
) -> dict[str, object]:
    """The object of `--json`."""
    table, places = prepared.opened.table, prepared.opened.places
    plan = prepared.plan
    return {
        "command": command,
        "exit_code": int(exit_code),
        "sheet": options.source,
        "sandbox": options.sandbox,
        "results": str(results) if results else None,
        "resume": str(places.resume),
        "balance": prepared.balance or None,
        "to_send": len(plan.send) if plan else None,
        "new": new,
        "counts": count(entry for entry in found if entry.row.selected),
        "mistakes": [problem_data(table, issue) for issue in prepared.built.mistakes],
        "warnings": [problem_data(table, issue) for issue in prepared.built.warnings],
        "jobs": [entry_data(entry) for entry in found],
    }


def problem_data(table: Table, issue: Issue) -> dict[str, object]:
    return {
        "row": issue.row,
        "cell": table.where(issue.row, issue.column),
        "column": issue.header,
        "value": issue.value,
        "message": f"{issue.cause}. {issue.fix}",
        "cause": issue.cause,
        "fix": issue.fix,
        "code": issue.code,
    }


def entry_data(entry: Entry) -> dict[str, object]:
    return {
        "row": entry.row.source.number,
        "row_id": entry.row.row_id,
        "kind": entry.row.kind,
        "language": entry.job.language if entry.job else "",
        "status": entry.status.value,
        "error": entry.error,
        "id": entry.state.id,
        "file": entry.state.file,
    }
