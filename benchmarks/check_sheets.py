"""`bulkgen check --sandbox` of 10,000, 100,000 and 300,000 rows of 10 cells, CSV and XLSX, beside pandas and openpyxl.

    python -m benchmarks.check_sheets [ROWS ...]

Each command is a process of its own; seconds are those of the processor, so that a busy machine does not blur them, and
memory is the peak, interpreter and imports included. The others only read the values; bulkgen also finds out what each
row asks for, judges it as HeyGen would, and looks for what is most likely not meant. `mistakes`: each 50th has one.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

SIZES = (10_000, 100_000, 300_000)
ROOT = Path(__file__).parents[1]

HEADERS = (
    "row_id", "first_name", "company", "email", "template_id", "logo", "avatar_id", "script", "video", "languages",
)  # fmt: skip

READERS = {
    "csv": {"pandas": "import pandas; pandas.read_csv({path!r}, dtype=str, keep_default_na=False)"},
    "xlsx": {
        "openpyxl, read-only": "import openpyxl; "
        "sheet = openpyxl.load_workbook({path!r}, read_only=True).worksheets[0]; "
        "rows = [[cell.value for cell in row] for row in sheet.iter_rows()]",
    },
}


def lines(rows: int, *, mistakes: bool = False) -> Iterator[list[object]]:
    """Templates, avatars that say a merged script, translations; no two rows ask for the same."""
    yield list(HEADERS)
    for n in range(rows):
        person = [f"lead-{n}", f"{NAMES[n % len(NAMES)]}", f"Acme {n % 4_999} Paper", f"ann{n}@example.com"]
        wrong = mistakes and n % 50 == 7
        if n % 3 == 0:
            asks = ["tpl_welcom" if wrong else "tpl_welcome", f"https://example.com/logos/{n}.png", "", "", "", ""]
        elif n % 3 == 1:
            script = f"Hi {{{{first_name}}}}, thank you for order number {n}. {WORDS[n % len(WORDS)]} See you soon!"
            asks = ["", "", "" if wrong else "look_abigail", "{{nobody}}" if wrong else script, "", ""]
        else:
            right = "Spanish (Spain); French (France)" if n % 30 == 2 else "German (Germany)"
            languages = "Klingonish" if wrong else right
            asks = ["", "", "", "", f"https://example.com/videos/{n}.mp4", languages]
        yield [*person, *asks]


NAMES = ("Ann", "José", "Zoë", "Bob", "María", "Kenji", "Lucía", "Tom", "Anneliese", "Mohammed", "Li")
WORDS = (
    "It is on its way, and should be with you by Friday at the latest.",
    "Everyone at the office says hello: we are glad to have you with us.",
    "Here is a short film on how to begin, with all that you need to know.",
)


def write(rows: int, folder: Path, *, mistakes: bool = False) -> dict[str, Path]:
    from openpyxl import Workbook

    name = f"leads_{rows}{'_mistakes' if mistakes else ''}"
    sheets = {"csv": folder / f"{name}.csv", "xlsx": folder / f"{name}.xlsx"}
    with sheets["csv"].open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(lines(rows, mistakes=mistakes))
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Leads")
    for line in lines(rows, mistakes=mistakes):
        sheet.append(line)
    book.save(sheets["xlsx"])
    return sheets


def measured(command: list[str], expected: int = 0) -> tuple[float, float]:
    """Seconds of the processor, and the peak of resident memory in MB, of a command with this exit code."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr
    told = process.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != expected:
        raise SystemExit(f"{command} ended with exit code {process.returncode}:\n{told}")

    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)


def main(sizes: tuple[int, ...]) -> None:
    print("| sheet | rows | check, s | MB | beside | s | MB | ratio |")
    print("|---|---|---|---|---|---|---|---|")
    for rows in sizes:
        for mistakes in (False, True):
            with tempfile.TemporaryDirectory() as folder:
                for kind, path in write(rows, Path(folder), mistakes=mistakes).items():
                    report(kind, rows, path, mistakes=mistakes)


def report(kind: str, rows: int, path: Path, *, mistakes: bool) -> None:
    python = sys.executable
    check = [python, "-m", "bulkgen", "check", str(path), "--sandbox"]
    seconds, megabytes = measured(check, expected=2 if mistakes else 0)
    sheet = f"{kind}, mistakes" if mistakes else kind
    for name, reading in READERS[kind].items():
        others, memory = measured([python, "-c", reading.format(path=str(path))])
        print(
            f"| {sheet} | {rows:,} | {seconds:.1f} | {megabytes:.0f} | {name} | {others:.1f} | {memory:.0f} | "
            f"{seconds / others:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
