"""What a watch remembers between two starts: how each sheet's last run ended, in a small file in the folder.

It saves time and never money: without it every sheet is run once more, and `run` pays nothing twice. Written whole or
not at all; one that can't be read counts as none.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from bulkgen.disk.whole import write_whole
from bulkgen.watch.decision import Known
from bulkgen.watch.names import own_name

FORMAT = 1


def memory_path(folder: Path, *, sandbox: bool) -> Path:
    return folder / own_name("json", sandbox=sandbox)


def read_memory(path: Path) -> dict[str, Known]:
    """By the sheets' names."""
    try:
        told = json.loads(path.read_bytes())
        if told["format"] != FORMAT:
            return {}

        return {str(name): _known(each) for name, each in told["sheets"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def write_memory(path: Path, sheets: Mapping[str, Known]) -> None:
    """What can't be written (a full disk) is not remembered: the next start takes longer."""
    told = json.dumps({"format": FORMAT, "sheets": {name: asdict(known) for name, known in sheets.items()}}, indent=0)
    with contextlib.suppress(OSError):
        write_whole(path, lambda temporary: _write(temporary, told), Path.replace)


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
