"""What a watch remembers between two starts: how each sheet's last run ended, and what runs at work may cost, in a
small file in the folder.

Without it every sheet is run once more, and `run` pays nothing twice. Written whole or not at all; one that can't be
read counts as none.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bulkgen.disk.whole import write_whole
from bulkgen.watch.decision import Known
from bulkgen.watch.names import own_name

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Held:
    """A run at work: the most that it may cost (US dollars), and when it has ended at the latest (Unix seconds)."""

    most: float
    until: float


def memory_path(folder: Path, *, sandbox: bool) -> Path:
    return folder / own_name("json", sandbox=sandbox)


def read_memory(path: Path) -> dict[str, Known]:
    """By the sheets' names."""
    try:
        return {str(name): _known(each) for name, each in _told(path)["sheets"].items()}
    except _UNREADABLE:
        return {}


def read_held(path: Path) -> dict[str, Held]:
    """The runs that a watch left at work when it was killed, by the sheets' names."""
    try:
        return {
            str(name): Held(float(each["most"]), float(each["until"])) for name, each in _told(path)["held"].items()
        }
    except _UNREADABLE:
        return {}


def write_memory(path: Path, sheets: Mapping[str, Known], held: Mapping[str, Held]) -> None:
    """What can't be written (a full disk) is not remembered: the next start takes longer."""
    of_sheets = {name: asdict(known) for name, known in sheets.items()}
    of_runs = {name: asdict(each) for name, each in held.items()}
    told = json.dumps({"format": FORMAT, "sheets": of_sheets, "held": of_runs}, indent=0)
    with contextlib.suppress(OSError):
        write_whole(path, lambda temporary: _write(temporary, told), Path.replace)


_UNREADABLE = (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError)


def _told(path: Path) -> Any:
    """Raises one of `_UNREADABLE`."""
    told = json.loads(path.read_bytes())
    if told["format"] != FORMAT:
        raise ValueError("another format")

    return told


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _known(told: Mapping[str, object]) -> Known:
    """Raises `ValueError`, `TypeError` or `KeyError` for what is none."""
    limit = told["limit"]
    return Known(
        signature=str(told["signature"]),
        code=int(str(told["code"])),
        at=float(str(told["at"])),
        limit=None if limit is None else float(str(limit)),
        checked=told["checked"] is True,
        tries=max(int(str(told["tries"])), 1),
        turn=told["turn"] is True,
    )
