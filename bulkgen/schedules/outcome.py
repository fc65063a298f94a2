"""What the log of a sheet's runs says last."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

#: How a run is summed up in a log of text: the time, and then `run leads.xlsx: exit 0, …`.
_SUMMARY = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ run .*: exit \d.*")

#: So much of the end of a log is read (bytes).
_END = 200_000


def last_run(log: Path) -> str:
    """The line in which the last run was summed up, in whichever form the log is; "" where there is none."""
    lines = [line for path in (log.with_name(f"{log.name}.1"), log) for line in _end_of(path)]
    return next((summary for line in reversed(lines) if (summary := _summary(line))), "")


def _end_of(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _END))
            return file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return []


def _summary(line: str) -> str:
    if _SUMMARY.fullmatch(line):
        return line

    if not line.startswith('{"time"') or '"run"' not in line:
        return ""

    try:
        told = json.loads(line)
        if told.get("event") != "run":
            return ""

        numbers = ", ".join(f"{told[name]:,} {name}" for name in ("made", "failed", "left"))
        return f"{told['time']} run {told['sheet']}: exit {told['exit_code']}, {numbers}"
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
