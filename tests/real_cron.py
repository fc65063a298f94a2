"""Debian's own cron, at work on a crontab that is nobody's: in a namespace of its own, where other folders stand in the
place of the computer's crontabs. Nothing outside changes, and with the first process all others end.

    python -m tests.real_cron FOLDER

is what runs in there: it schedules a rehearsal of a sheet for every minute, has it started once besides, in the same
minute, and prints what came of it as JSON.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from bulkgen.program import command_line
from bulkgen.schedules.computer import Computer
from bulkgen.schedules.cron import Cron
from bulkgen.schedules.entries.entry import Entry, Label
from bulkgen.schedules.entries.typed import of_cron
from tests.command import ROOT

SPOOL = Path("/var/spool/cron/crontabs")

#: How long both runs may take after the first of them has ended (seconds).
PATIENCE = 60.0

_IN_THERE = """
set -e
mount --bind "$0/spool" /var/spool/cron/crontabs
mount --bind "$0/nothing" /etc/cron.d
mount --bind /dev/null /etc/crontab
mount --bind "$0/run" /run
env -i "$1" -f &
shift
exec "$@"
"""


def told_by_cron(folder: Path) -> dict[str, Any]:
    """What came of a scheduled sheet `leads.csv` in the folder. Skips the test where there can be no such cron."""
    cron = shutil.which("cron") or shutil.which("cron", path="/usr/sbin:/sbin")
    missing = ""
    if cron is None or not SPOOL.is_dir():
        missing = "there is no cron of Debian's to start a run: apt-get install -y cron"
    elif sys.platform != "linux" or os.geteuid() != 0 or shutil.which("unshare") is None:
        missing = "a cron of its own needs root, for a namespace in which the computer's crontabs are not touched"
    if missing and os.environ.get("CI"):
        pytest.fail(missing)
    if missing or cron is None:
        pytest.skip(missing)

    place = folder.parent / f"{folder.name}.cron"
    for name in ("spool", "nothing", "run"):
        (place / name).mkdir(parents=True)
    inside = ("/bin/sh", "-c", _IN_THERE, str(place), cron, sys.executable, "-m", "tests.real_cron", str(folder))
    words = ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child", *inside]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=400, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main(folder: Path) -> None:
    said = folder.parent / f"{folder.name}.said"
    said.mkdir()
    run = command_line("run", str(folder / "leads.csv"), "--sandbox", "--max-cost", "50", "--log-format", "text")
    silent = [*run, "--yes", "--no-input", "--quiet"]
    data = folder.parent / f"{folder.name}.data"
    entry = Entry(
        label=Label(name="bulkgen-leads-1", target=str(folder / "leads.csv"), identity="x", when="every minute"),
        # What it prints cron would mail; here it is kept
        words=("/bin/sh", "-c", 'env > "$0/$$.env"; exec "$@" > "$0/$$" 2>&1', str(said), *silent),
        folder=str(folder),
        environment={"BULKGEN_DATA_DIR": str(data), "HEYGEN_CONFIG_DIR": "/nonexistent"},
        times=of_cron("* * * * *"),
    )
    cron = Cron(Computer.this(data))
    time.sleep(2)  # it does not see what changes in the second in which it begins
    before = crontab()
    cron.install(entry)
    installed = crontab()
    started = cron.start(entry, limit=120)
    log = folder / "leads.csv.sandbox.log"
    limit = time.monotonic() + PATIENCE
    while log.read_text().count(" run leads.csv") < 2 and time.monotonic() < limit:
        time.sleep(0.1)
    between = crontab()
    cron.remove(entry.label)
    found = {
        "code": started.code,
        "said": [path.read_text() for path in said.iterdir() if not path.suffix],
        "environment": sorted(line.partition("=")[0] for line in next(said.glob("*.env")).read_text().splitlines()),
        "log": [line for line in log.read_text().splitlines() if " run leads.csv" in line],
        "back": [between == installed, crontab() == before],
    }
    sys.stdout.write(json.dumps(found))


def crontab() -> str:
    return subprocess.run(["crontab", "-l"], capture_output=True, text=True, check=False).stdout


if __name__ == "__main__":
    main(Path(sys.argv[1]))
