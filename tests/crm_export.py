"""A list of leads as a CRM exports it: a title above the headers, plain headers, a filter that hides most rows.

python -m tests.crm_export          writes sample_data/crm_export.xlsx again
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from tests.command import SAMPLES

TITLE = "Q4 warm leads, exported 2026-11-20 by Ann Berg"
HEADER_ROW = 3
HEADERS = ("Record ID", "First Name", "Last Name", "Email", "Phone Number", "Company Name", "Job Title", "City",
           "Lead Status", "Last Contacted")  # fmt: skip

_FIRST = ("Ann", "José", "Zoë", "Mary Jane", "Wei", "Fatima", "Lars", "Chiara", "Tom", "Yuki", "Priya", "Noah")
_LAST = ("Lee", "García", "O'Neill", "van der Berg", "Chen", "Haddad", "Nyström", "Rossi", "McDonald", "Tanaka",
         "Patel")  # fmt: skip
_COMPANY = tuple(
    f"{name} {form}".strip()
    for form in ("", "GmbH", "& Sons", "Foods", "Group")
    for name in ("Acme", "Globex", "Initech", "Hooli", "Vandelay")
)
_JOB = ("Head of Sales", "CMO", "Marketing Manager", "Founder", "HR Lead")
_CITY = ("Oslo", "Madrid", "Zürich", "Osaka", "Lyon", "Leeds")
_STATUS = ("Warm", "New", "Cold", "Warm", "Customer")


def leads(count: int = 300) -> list[tuple[object, ...]]:
    """The rows, all different."""
    return [
        (
            f"{n:06}",
            _FIRST[n % len(_FIRST)],
            _LAST[n % len(_LAST)],
            f"lead{n}@example.com",
            f"+49 30 {n:07}",
            _COMPANY[n % len(_COMPANY)],
            _JOB[n % len(_JOB)],
            _CITY[n % len(_CITY)],
            _STATUS[n % len(_STATUS)],
            date(2026, 9, 1) + timedelta(days=n % 80),
        )
        for n in range(1, count + 1)
    ]


def write_export(path: Path, count: int = 300) -> Path:
    """The workbook: a merged title, a blank line, the headers in row 3, and the warm leads the only ones to be seen."""
    book = Workbook()
    book.properties.created = book.properties.modified = datetime(2026, 11, 20, 9)
    sheet = book.active
    assert sheet is not None
    sheet.title = "Leads"
    sheet["A1"] = TITLE
    sheet["A1"].font = Font(bold=True, size=14)
    last = get_column_letter(len(HEADERS))
    sheet.merge_cells(f"A1:{last}1")
    for column, header in enumerate(HEADERS, 1):
        sheet.cell(HEADER_ROW, column, header).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = 18
    for number, row in enumerate(leads(count), HEADER_ROW + 1):
        sheet.append(list(row))
        sheet.cell(number, len(HEADERS)).number_format = "dd.mm.yyyy"
        sheet.row_dimensions[number].hidden = "Warm" not in row
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{last}{HEADER_ROW + count}"
    sheet.auto_filter.add_filter_column(len(HEADERS) - 2, ["Warm"])
    sheet.freeze_panes = f"A{HEADER_ROW + 1}"
    book.save(path)
    return path


if __name__ == "__main__":
    write_export(SAMPLES / "crm_export.xlsx")
