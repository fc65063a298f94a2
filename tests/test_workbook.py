"""Cells of every workbook that bulkgen writes: nothing is run, nothing is changed, nothing is too much."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from bulkgen.model import Cell
from bulkgen.results.table import Results
from bulkgen.results.workbook import legal_title, put, widths
from bulkgen.results.writers import write_results
from bulkgen.sheet import read_sheet
from bulkgen.texts import CUT, XLSX_TEXT, legal


def back(tmp_path: Path, *cells: Cell) -> list[Cell]:
    """The cells after a way through the results sheet."""
    path = write_results(
        Results(name="Leads", headers=("text",), lines=tuple((cell,) for cell in cells)),
        tmp_path / "leads.results.xlsx",
    )
    return [row.cell(0) for row in read_sheet(path).rows]


@pytest.mark.parametrize("value", [0.1 + 0.2, 1.0999999999999999, 1 / 3, 1e300, -2.5, 417, True])
def test_a_number_keeps_its_last_digit(value: float, tmp_path: Path) -> None:
    """Numeric fields go by the raw value: another digit would be another job, and be paid again."""
    assert back(tmp_path, Cell("x", value))[0].value == value


@pytest.mark.parametrize("text", ["_x0041_", "a_x000D_b", "__x0041_", "_x005F_x0041_", "_x004"])
def test_a_text_that_looks_like_an_escape_is_shown_as_it_is(text: str, tmp_path: Path) -> None:
    assert back(tmp_path, Cell(text, text))[0].text == text


@given(st.text(max_size=50))
def test_what_is_legal_holds_no_character_that_a_workbook_can_not_hold(text: str) -> None:
    kept = legal(text)
    kept.encode("utf-8")
    assert all(character >= " " or character in "\t\n\r" for character in kept)
    assert [c for c in kept.replace("_x005F_", "_") if c.isprintable()] == [c for c in text if c.isprintable()]


def test_a_text_too_long_for_a_cell_is_cut_with_a_word() -> None:
    assert legal("x" * XLSX_TEXT) == "x" * XLSX_TEXT
    assert len(legal("x" * (XLSX_TEXT + 1))) == XLSX_TEXT
    assert legal("x" * (XLSX_TEXT + 1)).endswith(CUT)


@pytest.mark.parametrize("text", ["=1+1", "@a", "#N/A", "https://example.com", "2026-01-01", "007"])
def test_a_text_is_put_as_a_text(text: str) -> None:
    made = Workbook().create_sheet()["A1"]
    put(made, Cell(text, text))
    assert (made.value, made.data_type, made.hyperlink) == (text, "s", None)


@pytest.mark.parametrize(
    ("name", "title"),
    [("", "Results"), ("History", "History_"), ("'a'", "a"), ("x" * 40, "x" * 31), ("a/b[1]:*?", "a_b_1____")],
)
def test_a_worksheet_gets_a_legal_name(name: str, title: str) -> None:
    assert legal_title(name) == title


def test_columns_are_as_wide_as_what_they_hold_within_reason() -> None:
    assert widths(("id", "text"), [(Cell("12345"), Cell("x" * 500)), (Cell("1"),)]) == [7.5, 48.0]
