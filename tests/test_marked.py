"""The marked copy of a sheet: the same cells in the same places, the mistakes to be seen, and good as input again."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from bulkgen.errors import InputError
from bulkgen.model import Cell, Issue, Row, Severity, Table
from bulkgen.results.listing import TITLE, is_listing
from bulkgen.results.marked import COPIED, markable, write_marked
from bulkgen.results.seal import is_sealed
from bulkgen.results.workbook import legal_title
from bulkgen.rows.header_line import recognised
from bulkgen.sheet import read_sheet
from bulkgen.texts import CUT, XLSX_TEXT
from tests.command import SAMPLES
from tests.making import built, table

DATA = Path(__file__).parent / "data"
RED, YELLOW = "00FFC7CE", "00FFEB9C"


def issue(row: int, column: int | None = 1, **changes: Any) -> Issue:
    found = Issue(code="too_high", cause="is above 1.5", fix="The largest value is 1.5.")
    return replace(found.at(row, column, "speed", "2.5"), **changes)


def marked(tmp_path: Path, sheet: Table, *issues: Issue) -> tuple[Any, Any]:
    """The list and the copy, as openpyxl reads them."""
    book = load_workbook(write_marked(sheet, issues, tmp_path / "leads.check.xlsx"))
    listing, copy = book.worksheets
    return listing, copy


def texts(listing: Any) -> list[list[str]]:
    return [[cell or "" for cell in row] for row in listing.iter_rows(values_only=True) if any(row)]


def again(path: Path) -> Table:
    return read_sheet(path, recognise=lambda headers: not is_listing(headers))


# The copy ------------------------------------------------------------------------------------------------------------


def test_every_cell_stands_where_it_stands_in_the_persons_sheet(tmp_path: Path) -> None:
    rows = (Row(14, (Cell("a", "a"), Cell("2.5", 2.5))), Row(20, (Cell("b", "b"), Cell("1", 1))))
    _, copy = marked(tmp_path, Table("Leads", ("text", "speed"), rows, header_row=3), issue(14))
    filled = {cell.coordinate: cell.value for row in copy.iter_rows() for cell in row if cell.value is not None}
    assert filled == {"A3": "text", "B3": "speed", "A14": "a", "B14": 2.5, "A20": "b", "B20": 1}
    assert copy.title == "Leads"
    assert copy["B14"].fill.start_color.rgb == RED


def test_values_keep_their_type_and_number_format(tmp_path: Path) -> None:
    day = Cell("2026-01-02", date(2026, 1, 2), number_format="yyyy-mm-dd")
    cells = (Cell("00417", 417, number_format="00000"), Cell("50%", 0.5, number_format="0%"), Cell("TRUE", True), day)
    _, copy = marked(tmp_path, Table("Leads", ("a", "b", "c", "d"), (Row(2, cells),)))
    assert [(cell.value, cell.number_format) for cell in copy[2][:3]] == [
        (417, "00000"),
        (0.5, "0%"),
        (True, "General"),
    ]
    assert copy["D2"].value.date() == date(2026, 1, 2)


def test_what_is_read_of_a_copy_is_what_was_read_of_the_sheet(tmp_path: Path) -> None:
    """A cell or row that can't be used stays so; line ends become those of a workbook, control characters go."""
    sheets = readable()
    assert len(sheets) > 50
    for name, sheet in sheets.items():
        copy = again(write_marked(sheet, [issue(2, None)], tmp_path / "leads.check.xlsx"))
        filled = [row for row in sheet.rows if not all(cell.blank for cell in row.cells)]
        assert copy.header_row == sheet.header_row, name
        assert [row.number for row in copy.rows] == [row.number for row in filled], name
        assert [row.hidden for row in copy.rows] == [row.hidden and row.number != 2 for row in filled], name
        for before, after in zip(filled, copy.rows, strict=True):
            usable = not before.unusable and not any(cell.unusable for cell in before.cells)
            assert usable == (not after.unusable and not any(cell.unusable for cell in after.cells)), name
            for i in range(len(sheet.headers)) if usable else ():
                assert after.cell(i).text == plain(before.cell(i).text), name
                if not isinstance(before.cell(i).value, str):
                    assert after.cell(i).value == before.cell(i).value, name


def readable() -> dict[str, Table]:
    """The sheets of the fixtures that can be read."""
    sheets = {}
    for path in sorted(DATA.iterdir()):
        with contextlib.suppress(InputError):
            sheets[path.name] = read_sheet(path)
    return sheets


def plain(text: str) -> str:
    """As far as a workbook can hold it."""
    return re.sub("[\x00\x0b\x0c\x1c]", "", re.sub("\r\n?", "\n", text))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("https://evil.example","x")',
        "@SUM(A1)",
        "+1",
        "-1",
        "#N/A",
        "https://example.com",
        "_x0041_",
    ],
)
def test_a_hostile_text_stays_a_text(tmp_path: Path, text: str) -> None:
    sheet = table(["text", text], [text, text])
    listing, copy = marked(tmp_path, sheet, issue(2, value=text, cause=text, fix=text, header=text))
    for cell in (copy["A2"], copy["B1"], *next(row for row in listing.iter_rows() if row[0].value == "mistake")[2:]):
        assert cell.data_type == "s"
        assert cell.hyperlink is None
    assert again(tmp_path / "leads.check.xlsx").rows[0].cell(0) == Cell(text, text)


def test_what_a_workbook_can_not_hold_is_left_out_or_cut_with_a_word(tmp_path: Path) -> None:
    sheet = table(["a", "b"], ["bell\x07\ud800", "x" * 40_000], name="a/b[1]: 'much too long a name for a sheet'")
    listing, copy = marked(tmp_path, sheet, issue(2))
    assert copy["A2"].value == "bell"
    assert len(copy["B2"].value) == XLSX_TEXT
    assert copy["B2"].value.endswith(CUT)
    assert listing.cell(5, 2).value == f"'{copy.title}'!B2"


def test_leading_zeros_survive_the_mending_of_a_csv(tmp_path: Path) -> None:
    sheet = replace(table(["id"], ["007"]), delimiter=",")
    _, copy = marked(tmp_path, sheet)
    assert (copy["A2"].value, copy["A2"].number_format) == ("007", "@")


def test_the_other_cells_of_a_row_that_can_not_be_used_are_there_all_the_same(tmp_path: Path) -> None:
    never = Cell(unusable="is a formula whose value was never computed")
    row = Row(2, (never, Cell("#DIV/0!", "#DIV/0!", unusable="holds the error #DIV/0!"), Cell("c", "c")))
    _, copy = marked(tmp_path, Table("Leads", ("a", "b", "c"), (row,)))
    assert [(cell.value, cell.data_type) for cell in copy[2]] == [("#N/A", "e"), ("#DIV/0!", "e"), ("c", "s")]


def test_a_value_under_no_header_of_a_csv_stays_under_none_in_the_copy(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("text,voice_id,,\nHi,v_1,x,\nHo,v_1,,\n")
    copy = again(write_marked(read_sheet(tmp_path / "leads.csv"), [], tmp_path / "leads.check.xlsx"))
    assert copy.headers == ("text", "voice_id")
    assert [bool(row.unusable) for row in copy.rows] == [True, False]


def test_hidden_rows_stay_hidden_unless_there_is_something_to_mend(tmp_path: Path) -> None:
    rows = tuple(Row(n, (Cell("x", "x"),), hidden=True) for n in (2, 3))
    _, copy = marked(tmp_path, Table("Leads", ("a",), rows), issue(3, 0))
    assert (copy.row_dimensions[2].hidden, copy.row_dimensions[3].hidden) == (True, False)


# The marks -----------------------------------------------------------------------------------------------------------


def test_a_mistake_is_red_and_a_warning_yellow_with_cause_and_fix_in_a_comment(tmp_path: Path) -> None:
    sheet = table(["text", "speed"], ["a", 2.5], ["b", 1.5], ["c", 1.5])
    _, copy = marked(
        tmp_path, sheet, issue(2), issue(3, severity=Severity.WARNING), issue(4), issue(4, severity=Severity.WARNING)
    )
    assert [copy.cell(row, 2).fill.start_color.rgb for row in (2, 3, 4)] == [RED, YELLOW, RED]
    assert copy["B2"].comment.text == "Mistake: is above 1.5.\nThe largest value is 1.5."
    assert copy["B3"].comment.text.startswith("Worth a look: is above 1.5.")
    assert copy["B4"].comment.text.count("is above 1.5") == 2
    assert copy["A2"].fill.fill_type is None
    assert copy["A2"].comment is None


def test_a_comment_is_as_high_as_its_text(tmp_path: Path) -> None:
    sheet = table(["text", "speed"], ["a", 2.5], ["b", 2.5], ["c", 2.5])
    marked(tmp_path, sheet, issue(2), issue(3, fix="Edit it. " * 20), issue(4, fix="Edit it. " * 500))
    with ZipFile(tmp_path / "leads.check.xlsx") as archive:
        shapes = archive.read("xl/drawings/commentsDrawing1.vml").decode()
    assert re.findall(r"height:(\d+)px", shapes) == ["54", "108", "420"]


def test_what_concerns_a_row_stands_at_its_first_cell_and_what_concerns_a_column_at_its_header(tmp_path: Path) -> None:
    sheet = Table("Leads", ("", "text", "avater_id"), (Row(2, (Cell(), Cell("a", "a"), Cell())),))
    _, copy = marked(
        tmp_path, sheet, issue(2, None, header="voice_id", cause="is missing"), issue(1, 2, severity=Severity.WARNING)
    )
    assert copy["B2"].comment.text.startswith("Mistake: voice_id is missing.")
    assert copy["C1"].fill.start_color.rgb == YELLOW
    assert copy["C1"].value == "avater_id"


# The list ------------------------------------------------------------------------------------------------------------


def test_the_first_sheet_lists_the_mistakes_with_place_column_value_cause_and_fix(tmp_path: Path) -> None:
    listing, _ = marked(
        tmp_path, table(["text", "speed"], ["a", 2.5]), issue(2), issue(2, None, severity=Severity.WARNING)
    )
    title, advice, header, first, second = texts(listing)
    assert title[0] == f"{TITLE} Leads"
    assert advice[0].startswith("1 mistake and 1 warning. In the sheet Leads the red cells have to be corrected")
    assert header == ["What", "Where", "Column", "Value", "What is wrong", "What to do"]
    assert first == ["mistake", "Leads!B2", "speed", "2.5", "is above 1.5", "The largest value is 1.5."]
    assert second[:2] == ["warning", "Leads row 2"]
    assert listing.title == "Mistakes"


def test_many_mistakes_of_one_cause_are_told_once_before_they_are_told_one_by_one(tmp_path: Path) -> None:
    sheet = table(["text", "speed"], *[["a", 2.5]] * 1_000)
    few = [issue(n, 0, header="text", cause="is blank", severity=Severity.WARNING) for n in (7, 8)]
    listing, _ = marked(tmp_path, sheet, *few, *(issue(n) for n in range(2, 1_002)))
    lines = texts(listing)
    assert lines[2][0] == "By cause"
    assert lines[4][:4] == [
        "1,000 mistakes",
        "Leads!B2, Leads!B3, Leads!B4, Leads!B5, Leads!B6, Leads!B7 and 994 more",
        "speed",
        "2.5",
    ]
    assert lines[5][:2] == ["2 warnings", "Leads!A7, Leads!A8"]
    assert lines[6][0] == "One by one"
    assert len(lines) == 8 + 1_002


def test_a_sheet_called_mistakes_keeps_its_name(tmp_path: Path) -> None:
    listing, copy = marked(tmp_path, table(["text", "voice_id"], ["a", "v_1"], name="mistakes"), issue(2))
    assert (listing.title, copy.title) == ("Mistakes found", "mistakes")
    assert read_sheet(tmp_path / "leads.check.xlsx", recognise=recognised).name == "mistakes"


def test_each_line_of_the_list_is_as_high_as_its_longest_text(tmp_path: Path) -> None:
    sheet = table(["text", "speed"], *[["a", 2.5]] * 12)
    few = [issue(n) for n in range(2, 13)]
    listing, _ = marked(tmp_path, sheet, *few, issue(13, fix="Correct it. " * 20))
    places = {row: listing.cell(row, 2).value for row in range(1, listing.max_row + 1)}
    heights = {places[row]: listing.row_dimensions[row].height for row in places if places[row]}
    assert heights["Leads!B13"] == 60.0
    assert heights["Leads!B12"] == heights["Leads!B2"] == 15.0


# A long sheet --------------------------------------------------------------------------------------------------------


def test_of_a_sheet_too_long_to_be_copied_there_is_the_list_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bulkgen.results.marked.COPIED", 2)
    sheet = table(["text", "speed"], *[["a", 2.5]] * 3)
    book = load_workbook(write_marked(sheet, [issue(3)], tmp_path / "leads.check.xlsx"))
    assert book.sheetnames == ["Mistakes"]
    lines = texts(book["Mistakes"])
    assert lines[1][0] == "1 mistake. Correct your own sheet: it has too many rows for a marked copy."
    assert lines[3][:2] == ["mistake", "Leads!B3"]


def test_a_list_alone_makes_no_cell_of_the_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bulkgen.results.marked.put", pytest.fail)
    rows = tuple(Row(number, (Cell("a", "a"),)) for number in range(2, COPIED + 3))
    write_marked(Table("Leads", ("text",), rows), [issue(3, 0)], tmp_path / "leads.check.xlsx")


# Changed or not ------------------------------------------------------------------------------------------------------


def test_a_copy_is_known_as_long_as_nobody_has_changed_it(tmp_path: Path) -> None:
    path = write_marked(table(["text", "speed"], ["a", 2.5]), [issue(2)], tmp_path / "leads.check.xlsx")
    assert is_sealed(path)
    book = load_workbook(path)
    book["Leads"]["B2"] = 1.5
    book.save(path)
    assert not is_sealed(path)


def test_a_copy_whose_sign_was_kept_by_another_program_is_changed_all_the_same(tmp_path: Path) -> None:
    path = write_marked(table(["text", "speed"], ["a", 2.5]), [issue(2)], tmp_path / "leads.check.xlsx")
    other = tmp_path / "kept.xlsx"
    with ZipFile(path) as before, ZipFile(other, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(b"<v>2.5</v>", b"<v>1.5</v>"))
    assert load_workbook(other)["Leads"]["B2"].value == 1.5
    assert not is_sealed(other)


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x05\x06" + bytes(18), b"text"])
def test_another_file_is_not_taken_for_a_copy(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "leads.check.xlsx"
    path.write_bytes(content)
    assert not is_sealed(path)
    assert not is_sealed(tmp_path)
    assert not is_sealed(tmp_path / "nothing.xlsx")


def test_an_option_has_no_cell_that_could_be_marked(tmp_path: Path) -> None:
    sheet = table(["text"], ["a"])
    assert not markable(sheet, [])
    assert not markable(sheet, [issue(1, None, header="--set locales", severity=Severity.WARNING)])
    assert markable(sheet, [issue(1, 0)])
    assert markable(sheet, [issue(2, None)])


# As input again ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["avatars.csv", "mixed.csv", "translations.csv", "voiceovers.csv", "leads.xlsx"])
def test_a_marked_sample_read_again_asks_for_the_same_jobs(name: str, tmp_path: Path) -> None:
    sheet = read_sheet(SAMPLES / name, recognise=recognised)
    path = write_marked(sheet, [issue(2), issue(3, None)], tmp_path / "leads.check.xlsx")
    copy = read_sheet(path, recognise=recognised)
    assert copy.name == legal_title(sheet.name)
    assert prints(copy) == prints(sheet)


def prints(sheet: Table) -> list[str]:
    from bulkgen.kinds.account import Account

    return [f"{row.source.number} {job.fingerprint}" for row in built(sheet, Account()).rows for job in row.jobs]


def test_a_sheet_mended_in_the_copy_has_no_mistakes_any_more(tmp_path: Path) -> None:
    headers = ["avatar_id", "script", "voice_settings.speed"]
    sheet = table(headers, ["look_1", "Hi", "2.5"], ["look_1", None, None])
    path = write_marked(sheet, built(sheet).mistakes, tmp_path / "leads.check.xlsx")
    book = load_workbook(path)
    assert len(built(read_sheet(path, recognise=recognised)).mistakes) == 2
    book["Leads"]["C2"], book["Leads"]["B3"] = 1.5, "Hello"
    book.save(path)
    assert built(read_sheet(path, recognise=recognised)).mistakes == []


@pytest.mark.parametrize("headers", [["avatar_id", "script"], ["What to say", "voice"]])
def test_the_list_is_never_taken_for_the_sheet(headers: Sequence[str], tmp_path: Path) -> None:
    """A header line that only --map or --set makes ours is told from the list by `is_listing`."""
    path = write_marked(table(headers, ["a", "b"]), [issue(2)], tmp_path / "leads.check.xlsx")
    assert again(path).name == "Leads"
    assert not recognised((f"{TITLE} type",))


def test_a_row_that_was_too_short_or_too_long_stays_a_mistake_until_it_is_mended(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("text,voice_id,n\nHi\nHo,v_1,1,2\nHe,v_1,3\nHa,v_1,4\n")
    sheet = read_sheet(tmp_path / "leads.csv")
    assert [bool(row.unusable) for row in sheet.rows] == [True, True, False, False]
    copy = read_sheet(write_marked(sheet, built(sheet).mistakes, tmp_path / "leads.check.xlsx"), recognise=recognised)
    assert [row.invalid for row in built(copy).rows] == [True, True, False, False]


def test_a_value_behind_the_last_header_of_a_workbook_stays_a_mistake(tmp_path: Path) -> None:
    row = Row(2, (Cell("Hi", "Hi"), Cell("v_1", "v_1")), unusable="has a value to the right of the last header")
    sheet = Table("Leads", ("text", "voice_id"), (row,))
    copy = read_sheet(write_marked(sheet, built(sheet).mistakes, tmp_path / "leads.check.xlsx"), recognise=recognised)
    assert built(copy).rows[0].invalid


# Size ----------------------------------------------------------------------------------------------------------------


def test_more_comments_than_a_spreadsheet_bears_are_left_out_with_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bulkgen.results.marked.COMMENTS", 2)
    listing, copy = marked(tmp_path, table(["text", "speed"], *[["a", 2.5]] * 3), *(issue(n) for n in (2, 3, 4)))
    assert [copy.cell(row, 2).comment is not None for row in (2, 3, 4)] == [True, True, False]
    assert copy["B4"].fill.start_color.rgb == RED
    assert "The first 2 of them have a comment." in listing["A2"].value
