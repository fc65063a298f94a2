"""Whole commands, each several times in a process of its own: median seconds, peak memory, and a ratio.

`bulkgen --help` stands beside a bare interpreter, `bulkgen check` of 10,000 rows beside pandas reading the same file.
"""

from __future__ import annotations

import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROWS = 10_000
RUNS = 5
ROOT = Path(__file__).parents[1]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        sheet = Path(folder, "rows.csv")
        write_sheet(sheet)
        python = sys.executable
        pairs = [
            ("bulkgen --help", [python, "-m", "bulkgen", "--help"], "python -c pass", [python, "-c", "pass"]),
            (
                f"bulkgen check, {ROWS:,} rows of CSV",
                [python, "-m", "bulkgen", "check", str(sheet), "--sandbox"],
                "pandas.read_csv of them",
                [python, "-c", f"import pandas; pandas.read_csv({str(sheet)!r}, dtype=str)"],
            ),
        ]
        print("| command | s | MB | beside | s | MB | ratio |")
        print("|---|---|---|---|---|---|---|")
        for name, command, other_name, other in pairs:
            (seconds, memory), (other_seconds, other_memory) = measured(command), measured(other)
            print(
                f"| {name} | {seconds:.2f} | {memory:.0f} | {other_name} | {other_seconds:.2f} | {other_memory:.0f} "
                f"| {seconds / other_seconds:.1f} |"
            )


def write_sheet(path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["avatar_id", "voice_id", "first_name", "last_name", "email", "company", "script", "row_id"])
        for n in range(ROWS):
            person = [f"Ann{n}", "Lee", f"ann{n}@example.com", "Acme"]
            lines.writerow(["look_abigail", "voice_anna", *person, f"Hi {{{{first_name}}}} of {{{{company}}}}, {n}", n])


def measured(command: list[str]) -> tuple[float, float]:
    """Median wall seconds, and the peak resident memory in MB, over several runs after a first that is not counted."""
    times, peak = [], 0.0
    for run in range(RUNS + 1):
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        elapsed = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{command} ended with exit code {process.returncode}")

        peak = max(peak, usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024))
        if run:
            times.append(elapsed)
    return statistics.median(times), peak


if __name__ == "__main__":
    main()
