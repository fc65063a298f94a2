"""The whole command as a person types it, in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bulkgen.model import Table
from bulkgen.sheet import read_sheet

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "sample_data"
STARTERS = ROOT / "templates_csv"

#: The sheets of the repository by name: what somebody's runs left beside them is none of them.
SAMPLE_NAMES = (
    "avatars.csv",
    "broken.csv",
    "crm_export.xlsx",
    "leads.xlsx",
    "mixed.csv",
    "translations.csv",
    "voiceovers.csv",
)
STARTER_NAMES = ("avatar.csv", "speech.csv", "template.csv", "translation.csv")


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Ours, without a key of the person who runs the tests."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("HEYGEN_")}
    return {**mine, "HEYGEN_CONFIG_DIR": "/nonexistent", "PYTHONPATH": str(ROOT), **(extra or {})}


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "bulkgen", *map(str, arguments)]


def bulkgen(
    folder: Path, *arguments: object, env: Mapping[str, str] | None = None, stdin: str = "", timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Runs `bulkgen …` in the folder. No traceback ever reaches a person."""
    done = subprocess.run(
        command(*arguments),
        cwd=folder,
        env=environment(env),
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    return done


def avatars(folder: Path, count: int, name: str = "a.csv") -> None:
    """Writes a sheet of that many avatar videos."""
    rows = [f"look_ann,Hello number {n},crm-{n:03}" for n in range(count)]
    (folder / name).write_text("\n".join(["avatar_id,script,crm_id", *rows]))


def as_from_a_terminal() -> None:
    """In a child, before its program: no signal is ignored, even if the tests run under nohup or in the background."""
    for name in ("SIGINT", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)


def wait_for(condition: Callable[[], bool], seconds: float = 120) -> None:
    """Looks again and again; a machine may be slow, so the limit only keeps a test from hanging."""
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            raise TimeoutError("it did not happen in time")

        time.sleep(0.02)


def results(folder: Path, name: str) -> list[dict[str, str]]:
    """The lines of a results sheet, by header."""
    table = read_sheet(folder / name)
    return lines_of(table)


def lines_of(table: Table) -> list[dict[str, str]]:
    return [{header: row.cell(i).text for i, header in enumerate(table.headers)} for row in table.rows]


def events(path: Path) -> list[dict[str, Any]]:
    """The lines of a resume file; while its run is at work, room for more stands behind them."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").rstrip("\0").splitlines()]
