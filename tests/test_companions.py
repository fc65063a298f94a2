"""Sheets that accompany the rows of a workbook are no sheets of rows; a person's own sheets of these names are."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from bulkgen.batch.opened import open_sheet
from bulkgen.batch.settings import Settings
from bulkgen.errors import InputError
from bulkgen.model import Table
from bulkgen.result_columns import MAIL_COLUMNS, MAIL_TITLES
from bulkgen.sheet.companions import COMPANIONS, HOW_TO, LISTS, SETTINGS, accompanies
from bulkgen.sheet.xlsx import read_workbook

Sheets = Mapping[str, Sequence[Sequence[str]]]
LEADS = {"Leads": [("avatar_id", "script"), ("look_ann", "Hello")]}
ALL = {title: [first, ("limit", "5")] for title, first in COMPANIONS.items()}


def workbook(sheets: Sheets) -> io.BytesIO:
    book, file = Workbook(), io.BytesIO()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        made = book.create_sheet(title)
        for row in rows:
            made.append(row)
    book.save(file)
    file.seek(0)
    return file


def read(sheets: Sheets, sheet: str | None = None) -> Table:
    return read_workbook(workbook(sheets), "leads.xlsx", sheet=sheet)


@pytest.mark.parametrize("sheets", [{**LEADS, **ALL}, {**ALL, **LEADS}], ids=["behind", "before"])
def test_the_one_sheet_of_rows_is_read_and_counts_alone(sheets: Sheets) -> None:
    table = read(sheets)
    assert (table.name, table.siblings) == ("Leads", 1)


@pytest.mark.parametrize("title", [HOW_TO, LISTS, SETTINGS])
def test_a_sheet_of_a_persons_own_counts_whatever_its_title(title: str) -> None:
    with pytest.raises(InputError, match="has 2 sheets"):
        read({**LEADS, title: LEADS["Leads"]})


def test_a_mail_merge_is_known_by_the_columns_behind_a_persons_own() -> None:
    mail = [("avatar_id", "email", *MAIL_COLUMNS, "Sent?"), ("look_ann", "ann@acme.example")]
    assert read({**LEADS, MAIL_TITLES[0]: mail}).name == "Leads"
    assert read({MAIL_TITLES[1]: mail, **LEADS}).siblings == 1
    assert read({**LEADS, f"{MAIL_TITLES[0]} 2": mail}).siblings == 1
    assert read({**LEADS, MAIL_TITLES[0]: [("Sent?", "email", *MAIL_COLUMNS[:3])]}).siblings == 1
    with pytest.raises(InputError, match="has 2 sheets"):
        read({**LEADS, MAIL_TITLES[0]: [("email", *MAIL_COLUMNS[1:])]})


def test_titles_and_first_cells_are_known_however_a_spreadsheet_writes_them() -> None:
    assert accompanies(" settings", ("Setting ", "VALUE", "notes"))
    assert not accompanies("Settings", ("setting",))
    assert not accompanies("Leads", ("setting", "value"))


def test_one_that_is_named_is_read_and_so_is_one_that_is_alone() -> None:
    assert read({**LEADS, **ALL}, SETTINGS).headers == COMPANIONS[SETTINGS]
    assert read({LISTS: ALL[LISTS]}).headers == COMPANIONS[LISTS]


def test_the_results_are_called_after_the_workbook_alone(tmp_path: Path) -> None:
    (tmp_path / "leads.xlsx").write_bytes(workbook({**LEADS, **ALL}).getvalue())
    opened = open_sheet(str(tmp_path / "leads.xlsx"), Settings())
    assert opened.places.results.name == "leads.results.xlsx"
