"""Whether the files that were saved are still where they were put."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from bulkgen.disk.whole import Saved
from bulkgen.kinds import LIVES
from bulkgen.ledger.state import State


def as_on_disk(states: Mapping[str, State], folder: Path) -> Mapping[str, State]:
    """The states, with each recording whose file is gone as one that is still to be downloaded."""
    return {key: _recording(state, folder) for key, state in without_lost_files(states, folder).items()}


def without_lost_files(states: Mapping[str, State], folder: Path) -> dict[str, State]:
    """The states without the files that are gone; a recording's stands, since HeyGen may not have it any more."""
    return {key: _without_lost(state, folder) for key, state in states.items()}


def _recording(state: State, folder: Path) -> State:
    if state.good is not None:
        state = replace(state, good=_recording(state.good, folder))
    if state.last != "saved" or Saved(state.file, state.bytes).stands_in(folder):
        return state

    return replace(state, last="finished")


def _without_lost(state: State, folder: Path) -> State:
    if state.good is not None:
        state = replace(state, good=_without_lost(state.good, folder))
    life = LIVES.get(state.kind)
    if life is None or not (state.file or state.beside):
        return state

    beside = tuple(each for each in state.beside if Saved(each.file, each.bytes).stands_in(folder))
    if state.file and not life.at_once and not Saved(state.file, state.bytes).stands_in(folder):
        state = replace(state, last="finished", file="", bytes=0)
    return replace(state, beside=beside)
