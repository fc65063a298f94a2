"""The results: the person's own columns and, behind them, what became of every job.

Pure: a function of the rows and the states, so it can be rebuilt at any time and is never itself the truth. One
line per job; a row with several languages repeats in place. Rows that share a job show the same result.

Invariant: a row that could not be used because its values do not fit the headers is still such a row when the results
are read again: what stood under no header, or a word on what is wrong, stands in a nameless column of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bulkgen.kinds.life import Detail
from bulkgen.ledger.state import NEW, State, Status
from bulkgen.model import BLANK, Cell, Job, Row, Table
from bulkgen.results.words import explain
from bulkgen.rows.lines import Line
from bulkgen.rows.margin import Margin, is_result

#: In this order, behind the person's own columns.
COLUMNS = (
    "result_status",
    "result_error",
    "result_kind",
    "result_language",
    "result_id",
    "result_video_url",
    "result_audio_url",
    "result_page_url",
    "result_captions_url",
    "result_thumbnail_url",
    "result_file",
    "result_duration_s",
    "result_cost_usd",
    "result_finished_at",
)

#: These stand even where no line fills them.
ALWAYS = ("result_status", "result_error", "result_id")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the results: its row, its job if it has one, and how that stands."""

    line: Line
    job: Job | None
    status: Status
    error: str
    state: State


@dataclass(frozen=True)
class Results:
    """Headers and lines of cells, ready to be written."""

    name: str
    headers: tuple[str, ...]
    lines: tuple[tuple[Cell, ...], ...]
    counts: Mapping[str, int] = field(default_factory=dict)


def entries(lines: Iterable[Line], states: Mapping[str, State]) -> list[Entry]:
    """One entry per line of the results."""
    found = []
    for line in lines:
        if line.jobs:
            for job in line.jobs:
                state = states.get(job.fingerprint, NEW)
                found.append(Entry(line, job, state.status, explain(state), state))
            continue

        if line.skipped:
            found.append(Entry(line, None, Status.SKIPPED, "", NEW))
        elif line.invalid:
            error = " ".join(issue.sentence() for issue in line.issues if not issue.warning)
            found.append(Entry(line, None, Status.INVALID, error, NEW))
        else:  # its template has not been looked up yet
            found.append(Entry(line, None, Status.QUEUED, "", NEW))
    return found


def results_table(table: Table, found: Iterable[Entry], details: Mapping[str, Detail]) -> Results:
    """The whole results sheet; columns that no line fills are left out."""
    margin = Margin(table)
    kept = [i for i, header in enumerate(table.headers) if not is_result(header) and i not in margin.columns]
    listed = list(found)
    surplus = [_surplus(entry.line.row, margin) for entry in listed]
    nameless = not all(cell.blank for cell in surplus)
    results = [_result_cells(entry, details) for entry in listed]
    filled = [name for name in COLUMNS if name in ALWAYS or any(name in cells for cells in results)]
    lines = tuple(
        (
            *(entry.line.row.cell(i) for i in kept),
            *((extra,) if nameless else ()),
            *(cells.get(name, BLANK) for name in filled),
        )
        for entry, extra, cells in zip(listed, surplus, results, strict=True)
    )
    headers = (*(table.headers[i] for i in kept), *(("",) if nameless else ()), *filled)
    return Results(table.name, headers, lines, count(listed))


def count(found: Iterable[Entry]) -> dict[str, int]:
    """How many lines stand where; every status that occurs."""
    counts: dict[str, int] = {}
    for entry in found:
        counts[entry.status.value] = counts.get(entry.status.value, 0) + 1
    return counts


def _surplus(row: Row, margin: Margin) -> Cell:
    """What the row has under no header, in one cell; if it has nothing there and can't be used, why."""
    places = margin.filled(row)
    if len(places) == 1 and not row.cell(places[0]).unusable:
        return row.cell(places[0])

    texts = [row.cell(at).text.strip() or f"[{row.cell(at).unusable}]" for at in places]
    if not texts and row.unusable:
        texts = [f"[{row.unusable}]"]
    text = " | ".join(texts)
    return Cell(text, text) if text else BLANK


def _result_cells(entry: Entry, details: Mapping[str, Detail]) -> dict[str, Cell]:
    state, job = entry.state, entry.job
    shown = state.finished or state.in_review  # where the person is to answer stands on the job's page
    detail = details.get(job.fingerprint) if job and shown else None
    links = detail.links if detail else None
    texts = {
        "result_status": entry.status.value,
        "result_error": entry.error,
        "result_kind": entry.line.kind,
        "result_language": job.language if job else "",
        "result_id": state.id,
        "result_video_url": links.video if links else "",
        "result_audio_url": (links.audio if links else "") or (state.link if state.finished else ""),
        "result_page_url": links.page if links else "",
        "result_captions_url": links.captions if links else "",
        "result_thumbnail_url": links.thumbnail if links else "",
        "result_file": state.file,
        "result_finished_at": state.finished_at if state.finished else "",
    }
    cells = {name: Cell(text, text) for name, text in texts.items() if text}
    duration = (detail.duration if detail else None) or state.duration
    if duration is not None and state.finished:
        cells["result_duration_s"] = Cell(f"{duration:g}", duration)
    return cells
