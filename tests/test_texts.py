"""What a text becomes on its way through CSVs, workbooks and other programs, and how it is known in each form."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook

from bulkgen.model import Cell, fingerprint, other_readings
from bulkgen.results.table import Results
from bulkgen.results.workbook import put_text
from bulkgen.results.writers import write_results
from bulkgen.sheet import read_sheet
from bulkgen.texts import guard, guarded

TEXT = st.text(st.sampled_from("'=+-@\t\r\n\x0b\x1f＝1a \ufffe"), min_size=1, max_size=6).filter(str.strip)


def known_by(text: str) -> set[str]:
    return {fingerprint("speech", {"text": text}), *other_readings("speech", {"text": text})}


def as_written(text: str, folder: Path, ending: str) -> str:
    """The text as it is read from results in this format."""
    lines = ((Cell(text, text), Cell("done", "done")),)
    path = write_results(Results(name="a", headers=("text", "result_status"), lines=lines), folder / f"a.{ending}")
    return read_sheet(path).rows[0].cell(0).text


def through_an_office(text: str, folder: Path) -> str:
    """The text of a results CSV that was saved as a workbook by a program to which the guard is a part of the text."""
    book = Workbook()
    for at, line in enumerate([["text", "result_status", "notes"], [guard(text), "done", "=1"]], 1):
        for column, word in enumerate(line, 1):
            put_text(book.worksheets[0].cell(at, column), word)
    book.save(folder / "a.xlsx")
    return read_sheet(folder / "a.xlsx").rows[0].cell(0).text


@given(TEXT, st.lists(st.sampled_from(["csv", "xlsx", "office"]), min_size=1, max_size=2))
@example("'-1", ["xlsx"])
@example("''+1", ["xlsx", "csv"])
@example("''-1", ["xlsx", "xlsx"])
@example("\r\ufffe\n1", ["csv"])
@example("''=", ["xlsx", "xlsx"])
@example("'''=", ["xlsx", "xlsx"])
def test_a_text_is_known_however_it_comes_back(
    tmp_path_factory: pytest.TempPathFactory, text: str, way: list[str]
) -> None:
    folder, read = tmp_path_factory.mktemp("way"), text
    for ending in way:
        read = through_an_office(read, folder) if ending == "office" else as_written(read, folder, ending)
        if not read.strip():
            return

        assert fingerprint("speech", {"text": text}) in known_by(read)


@given(st.text(max_size=20))
def test_an_ordinary_text_is_known_by_one_fingerprint(text: str) -> None:
    ordinary = text.isprintable() and not text.startswith(("'", "=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert not (ordinary and other_readings("speech", {"text": text}))


def test_what_an_earlier_release_recorded_of_a_text_with_control_characters_is_found() -> None:
    wish = {"format": 1, "kind": "speech", "values": {"text": "a\x0bb"}}
    earlier = hashlib.sha256(json.dumps(wish, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode())
    assert earlier.hexdigest() in other_readings("speech", {"text": "a\x0bb"})


def test_only_a_text_that_looks_guarded_is() -> None:
    assert [text for text in ("'=a", "''@a", "'a", "=a", "'", "") if guarded(text)] == ["'=a", "''@a"]
