"""Whether the recordings that were saved are still where they were put."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from bulkgen.disk.whole import Saved
from bulkgen.ledger.state import State


def as_on_disk(states: Mapping[str, State], folder: Path) -> Mapping[str, State]:
    """The states, with each recording whose file is gone as one that is still to be downloaded."""
    return {key: _as_on_disk(state, folder) for key, state in states.items()}


def _as_on_disk(state: State, folder: Path) -> State:
    if state.good is not None:
        state = replace(state, good=_as_on_disk(state.good, folder))
    if state.last != "saved" or Saved(state.file, state.bytes).stands_in(folder):
        return state

    return replace(state, last="finished")
