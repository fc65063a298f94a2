"""The results sheet of a batch: written whole, at any time, from its rows and states."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bulkgen.batch.opened import Opened
from bulkgen.errors import InputError
from bulkgen.kinds.life import Detail
from bulkgen.ledger.state import State
from bulkgen.results.previous import links_by_id
from bulkgen.results.table import entries, results_table
from bulkgen.results.writers import cut_cells, write_results
from bulkgen.rows.built import Built
from bulkgen.sheet import read_sheet


@dataclass(frozen=True, slots=True)
class Writing:
    """Where the results are, and which of its cells are cut; or, without a path, why they can't be written."""

    path: Path | None = None
    cut: Sequence[str] = ()
    error: str = ""


def write(opened: Opened, built: Built, states: Mapping[str, State], details: Mapping[str, Detail]) -> Writing:
    """Writes the results as they are by now. Never raises: a run goes on without them."""
    target = opened.places.results
    results = results_table(opened.table, entries(built.rows, states), details)
    try:
        path = write_results(results, target, delimiter=opened.table.delimiter or ",")
    except OSError as error:
        return Writing(
            error=f"The results can't be written to {target}: {error.strerror or error}. Nothing is lost: everything "
            f"stands in {opened.places.resume.name}. Correct that, then run the same command again."
        )

    return Writing(path, cut_cells(results, path))


def links_from_before(opened: Opened, states: Mapping[str, State]) -> dict[str, Detail]:
    """Links that the last results sheet still has; asking HeyGen for each again would be a call per job."""
    shown = {key: state.shown for key, state in states.items()}
    wanted = {state.id: key for key, state in shown.items() if state.finished and not state.link}
    if not wanted:
        return {}

    try:
        table = read_sheet(opened.places.results)
    except InputError:
        return {}

    found = links_by_id(table, time.time())
    return {key: found[job_id] for job_id, key in wanted.items() if job_id in found}
