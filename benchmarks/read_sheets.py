"""How long bulkgen takes to read 50,000 rows of 10 cells, and in how much memory, beside pandas and openpyxl.

    python benchmarks/read_sheets.py [ROWS]

Each reading is a process of its own, the best of three; memory is its peak, the interpreter and imports included. The
others read values alone; bulkgen also finds hidden rows, formulas never computed and the text that each number shows.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

TRIES = 3

READERS = {
    ("csv", "bulkgen"): "from bulkgen.sheet import read_sheet; n = len(read_sheet(path).rows)",
    ("csv", "csv module"): "import csv; n = len(list(csv.reader(path.open(newline='', encoding='utf-8')))) - 1",
    ("csv", "pandas"): "import pandas; n = len(pandas.read_csv(path, dtype=str, keep_default_na=False))",
    ("xlsx", "bulkgen"): "from bulkgen.sheet import read_sheet; n = len(read_sheet(path).rows)",
    ("xlsx", "openpyxl, read-only"): (
        "import openpyxl; sheet = openpyxl.load_workbook(path, read_only=True, data_only=True).worksheets[0]; "
        "n = len([[cell.value for cell in row] for row in sheet.iter_rows()]) - 1"
    ),
    ("xlsx", "openpyxl"): (
        "import openpyxl; sheet = openpyxl.load_workbook(path, data_only=True).worksheets[0]; "
        "n = len([[cell.value for cell in row] for row in sheet.iter_rows()]) - 1"
    ),
    ("xlsx", "pandas, openpyxl"): "import pandas; n = len(pandas.read_excel(path, engine='openpyxl', dtype=str))",
}

CHILD = """
import sys, time
from pathlib import Path
path = Path(sys.argv[1])
started = time.perf_counter()
{reading}
seconds = time.perf_counter() - started
try:
    peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) * 1024
except FileNotFoundError:
    import resource
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(n, seconds, peak)
"""


def table(rows: int) -> list[list[object]]:
    """A list of leads: ids, names that repeat, scripts that do not, numbers, dates."""
    start = date(2026, 1, 1)
    lines: list[list[object]] = [
        ["row_id", "first_name", "company", "email", "template_id", "languages", "script", "orders", "spent", "since"]
    ]
    for n in range(rows):
        name = f"Ann{n % 997}"
        script = f"Hi {name}, thank you for joining us. Here is something for you, number {n}."
        lines.append(
            [f"lead-{n}", name, f"Acme {n % 4_999}", f"ann{n}@example.com", "tpl_0123456789abcdef", "Spanish (Mexico)",
             script, n * 7, round(n * 1.37, 2), start + timedelta(n % 365)]
        )  # fmt: skip
    return lines


def write(lines: list[list[object]], folder: Path) -> dict[str, Path]:
    import openpyxl

    sheets = {"csv": folder / "leads.csv", "xlsx": folder / "leads.xlsx"}
    with sheets["csv"].open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(lines)
    book = openpyxl.Workbook()  # shared texts, as Excel writes them
    for line in lines:
        book.worksheets[0].append(line)
    book.save(sheets["xlsx"])
    return sheets


def measure(reading: str, path: Path, rows: int) -> tuple[float, float]:
    """Seconds and megabytes."""
    found = []
    for _ in range(TRIES):
        child = [sys.executable, "-c", CHILD.format(reading=reading), str(path)]
        count, seconds, peak = subprocess.run(child, capture_output=True, text=True, check=True).stdout.split()
        assert int(count) == rows, f"{count} rows read of {rows}"
        found.append((float(seconds), int(peak) / 1e6))
    return min(found)


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sheets = write(table(rows), Path(folder))
        sizes = ", ".join(f"{path.name} {path.stat().st_size / 1e6:.1f} MB" for path in sheets.values())
        print(f"{rows:,} rows of 10 cells: {sizes}\n")
        print(f"{'':4}  {'reader':20}  {'seconds':>7}  {'MB':>5}  {'time to bulkgen':>15}")
        base: dict[str, float] = {}
        for (kind, reader), reading in READERS.items():
            seconds, megabytes = measure(reading, sheets[kind], rows)
            base.setdefault(kind, seconds)
            print(f"{kind:4}  {reader:20}  {seconds:7.2f}  {megabytes:5.0f}  {seconds / base[kind]:14.1f}×")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
