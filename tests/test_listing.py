"""`bulkgen list`: what the account has, as a table, as JSON, and in a file that can't hurt."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook
from rich.cells import cell_len

from bulkgen.batch.browsing import Found, browse, list_called
from bulkgen.cli import listing
from bulkgen.cli.table import table
from bulkgen.errors import Exit, InputError
from bulkgen.heygen.browse import PREVIEW, SHELVES, Filters
from bulkgen.heygen.finding import find
from bulkgen.results.account_list import write_list
from bulkgen.sandbox.catalogue import Catalogue
from bulkgen.sheet import read_sheet
from tests.story import Story


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    folder = tmp_path / "office"
    folder.mkdir()
    with Story(folder) as story:
        yield story


def items(story: Story, *words: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads(story.type("list", *words, "--json").out)["items"]
    return told


def names(found: Found) -> list[object]:
    return [item["name"] for item in found.items]


def rehearsed(name: str, search: str = "", **filters: Any) -> list[object]:
    return names(browse(name, search=search, filters=Filters(**filters), sandbox=True))


# What is listed ---------------------------------------------------------------------------------------------------


def test_every_list_is_read_to_its_end_the_persons_own_first(story: Story) -> None:
    voices = items(story, "voices")
    assert [voice["name"] for voice in voices[:3]] == ["mine", "ann", "bob"]
    assert [voice["mine"] for voice in voices[:2]] == [True, False]
    assert len(voices) == 124
    assert len(items(story, "avatars")) == 64
    assert len(items(story, "languages")) > 170
    assert [folder["folder_id"] for folder in items(story, "folders")] == ["folder_1", "folder_2"]
    assert items(story, "styles")[0] | {PREVIEW: ""} == {
        "name": "ink",
        "style_id": "style_ink",
        "aspect_ratio": "16:9",
        "tags": ["print"],
        PREVIEW: "",
    }


def test_glossaries_are_listed_by_the_column_that_takes_their_ids(story: Story) -> None:
    assert items(story, "glossaries") == [{"name": "glossary 1", "brand_glossary_id": "glossary_1"}]
    assert story.type("list", "glossary", "-o", "names.csv").out == "1 glossary: names.csv\n"


def test_templates_are_listed_with_their_variables_and_types(story: Story) -> None:
    found = {template["template_id"]: template["variables"] for template in items(story, "templates")}
    assert found["tpl_hello"] == {"first_name": "text", "company": "text"}
    assert found["tpl_full"]["logo"] == "image"
    told = story.type("list", "templates", "--search", "hello").out
    assert "first_name (text), company (text)" in told


@pytest.mark.parametrize("name", SHELVES)
def test_every_item_of_the_sandbox_has_exactly_the_columns_of_its_list(name: str) -> None:
    found = browse(name, sandbox=True)
    assert found.items
    assert all(tuple(item) == found.columns for item in found.items)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"language": "Spanish"}, ["Lucía"]),
        ({"language": "español"}, ["Lucía"]),
        ({"language": "de"}, ["Marlene"]),
        ({"language": "panis"}, ["Lucía"]),
        ({"language": "Klingon"}, []),
        ({"gender": "Male"}, ["Ben", "Kenji"]),
        ({"starfish": True, "gender": "male"}, ["Ben"]),
        ({"mine": True}, ["Your own voice"]),
        ({"mine": True, "starfish": True}, ["Your own voice"]),
    ],
)
def test_voices_are_narrowed(filters: dict[str, Any], expected: list[str]) -> None:
    assert rehearsed("voices", **filters) == expected


def test_a_language_or_gender_that_nothing_has_is_told_with_those_that_there_are() -> None:
    found = browse("voices", filters=Filters(language="Germany"), sandbox=True)
    assert not found.items
    assert found.notes == (
        "There is no language 'Germany' here. Did you mean German? There are: English, German, Japanese, Spanish.",
    )
    assert (
        browse("avatars", filters=Filters(gender="femal"), sandbox=True).notes[0].endswith("There are: female, male.")
    )


def test_an_account_without_templates_is_told_how_one_comes_to_be_listed(story: Story) -> None:
    story.heygen.account.catalogue = Catalogue.of((), (), (), ())
    assert "add variables" in story.type("list", "templates").out
    assert story.type("list", "folders").out == "There are no folders.\n"


@pytest.mark.parametrize(
    ("name", "words", "expected"),
    [
        ("voices", "LUCIA", ["Lucía"]),
        ("voices", "voice_ben", ["Ben"]),
        ("voices", "japanese kenji", ["Kenji"]),
        ("voices", "female english", ["Your own voice", "Anna"]),
        ("styles", "retro", ["Arcade"]),
        ("templates", "logo", ["Welcome a new customer"]),
        ("languages", "Deutsch", ["German", "German (Austria)", "German (Germany)", "German (Switzerland)"]),
        ("languages", "pt-BR", ["Portuguese (Brazil)"]),
    ],
)
def test_words_are_found_in_any_column_without_regard_to_case_and_accents(
    name: str, words: str, expected: list[str]
) -> None:
    found = browse(name, search=words, sandbox=True)
    assert names(found) == expected
    assert not found.near


def test_where_nothing_has_the_words_names_like_them_are_given() -> None:
    found = browse("voices", search="Marlen teh", sandbox=True)
    assert (names(found), found.near) == (["Marlene"], True)
    assert not browse("voices", search="Xyzzy", sandbox=True).items


def test_accents_and_case_do_not_matter_whoever_types_them() -> None:
    several = [{"name": "Zoë"}, {"name": "ZOE"}, {"name": "Ann"}]
    assert find("zoe", several, ["name"]) == find("ZOË", several, ["name"]) == ([0, 1], False)


@given(st.lists(st.text(max_size=6), max_size=6), st.text(max_size=6))
def test_an_item_is_found_by_its_whole_name(given_names: list[str], name: str) -> None:
    several = [{"name": each} for each in [*given_names, name]]
    places, near = find(name, several, ["name"])
    assert len(several) - 1 in places
    assert not near


@pytest.mark.parametrize("word", ["voice", "Voices", " voices "])
def test_a_list_may_be_called_by_one_thing_of_it(word: str) -> None:
    assert list_called(word) == "voices"
    assert list_called("looks") == "avatars"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("list",), "Say what to list: templates, voices"),
        (("list", "voics"), "Did you mean voices?"),
        (("list", "templates", "--mine"), "There is no --mine for templates"),
        (("list", "folders", "--language", "French"), "There is no --language for folders"),
        (("list", "voices", "-o", "voices.txt"), "neither"),
        (("list", "voices", "-o", "no/such/voices.csv"), "There is no folder"),
    ],
)
def test_what_cannot_be_listed_is_said_before_heygen_is_asked(story: Story, words: tuple[str, ...], told: str) -> None:
    assert told in story.type(*words, code=Exit.MISTAKES).text
    assert story.heygen.requests == 0


def test_a_list_has_an_end_even_where_heygen_has_none() -> None:
    found = browse("voices", sandbox=True, most=4)
    assert len(found.items) == 4
    assert "more voices than 4" in found.notes[0]
    assert not browse("voices", sandbox=True, most=6).notes


@pytest.mark.parametrize(
    ("name", "path"),
    [("voices", "/v3/voices"), ("templates", "/v3/templates"), ("templates", "/v3/templates/tpl_full")],
)
def test_a_list_that_the_key_may_not_read_is_said_in_plain_words(tmp_path: Path, name: str, path: str) -> None:
    folder = tmp_path / "office"
    folder.mkdir()
    with Story(folder, script=[{"method": "GET", "path": path, "fault": "error_before:403"}]) as story:
        told = story.type("list", name, "--json", code=Exit.KEY)
    assert f"may not read the account's {name}" in json.loads(told.out)["message"]


def test_a_template_that_is_gone_meanwhile_is_listed_without_its_variables(tmp_path: Path) -> None:
    folder = tmp_path / "office"
    folder.mkdir()
    script = [{"method": "GET", "path": "/v3/templates/tpl_full", "fault": "error_before:404"}]
    with Story(folder, script=script) as story:
        told = story.type("list", "templates", "--json")
    found = {item["template_id"]: item["variables"] for item in json.loads(told.out)["items"]}
    assert found["tpl_full"] == {}
    assert found["tpl_hello"]
    assert "tpl_full can't be read" in told.err


def test_without_a_key_a_list_says_so(story: Story) -> None:
    told = story.type("list", "voices", env={"HEYGEN_API_KEY": ""}, code=Exit.KEY)
    assert "bulkgen login" in told.err


# Its file ---------------------------------------------------------------------------------------------------------


def test_a_workbook_has_texts_and_links_that_can_be_clicked(story: Story) -> None:
    told = story.type("list", "voices", "--sandbox", "-o", "voices.xlsx")
    assert told.out == "6 voices: voices.xlsx\n"
    sheet = load_workbook(story.folder / "voices.xlsx").active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == list(SHELVES["voices"].columns)
    cell = sheet.cell(2, 6)
    assert cell.hyperlink is not None
    assert cell.hyperlink.target == cell.value
    assert str(cell.value).startswith("https://")
    assert [each.name for each in story.folder.iterdir()] == ["voices.xlsx"]


def test_one_thing_is_counted_as_one(story: Story) -> None:
    told = story.type("list", "voices", "--sandbox", "--search", "anna", "-o", "voices.csv")
    assert told.out == "1 voice: voices.csv\n"


HOSTILE = ['=HYPERLINK("https://evil.example")', "+cmd", "@x", "a\x00b\x1b[2J", "", "Lucía 日本", "_x0041_"]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_names_at_heygen_are_never_run_by_a_spreadsheet(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"list.{ending}"
    lines = [[name, "id", "javascript:alert(1)"] for name in HOSTILE]
    write_list(path, "voices", ["name", "voice_id", PREVIEW], lines, links=[PREVIEW])
    if ending == "csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            read = [line[0] for line in csv.reader(file)][1:]
        assert read[:3] == ["'" + HOSTILE[0], "'+cmd", "'@x"]
        return

    sheet = load_workbook(path).active
    assert sheet is not None
    assert [cell.data_type for cell in sheet["A"][1:4]] == ["s", "s", "s"]
    assert all(cell.hyperlink is None for row in sheet.iter_rows() for cell in row)
    assert [row.cell(0).text for row in read_sheet(path).rows][5:] == ["Lucía 日本", "_x0041_"]


def test_a_file_that_is_there_is_left_as_it_is_and_heygen_not_asked(story: Story) -> None:
    (story.folder / "mine.csv").write_text("notes")
    told = story.type("list", "voices", "-o", "mine.csv", code=Exit.MISTAKES)
    assert "left as it is" in told.err
    assert (story.folder / "mine.csv").read_text() == "notes"
    assert story.heygen.requests == 0


def test_a_file_that_comes_to_be_meanwhile_is_left_as_it_is_too(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("notes")
    with pytest.raises(FileExistsError):
        write_list(path, "voices", ["name"], [["a"]], links=[])
    assert path.read_text() == "notes"
    assert [each.name for each in tmp_path.iterdir()] == ["list.csv"]


def test_a_list_that_cannot_be_written_is_said(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bulkgen.disk.whole.sync_file", full)
    told = story.type("list", "voices", "--sandbox", "-o", "voices.csv", code=Exit.MISTAKES)
    assert "voices.csv can't be written (No space left on device)" in told.err
    assert not list(story.folder.iterdir())


# On the screen ----------------------------------------------------------------------------------------------------

_LINES = st.lists(
    st.tuples(
        st.text("ab cé日", max_size=60), st.text("abc_123", min_size=1, max_size=34), st.text("xy, ", max_size=80)
    ),
    min_size=1,
    max_size=5,
)


@given(lines=_LINES, width=st.integers(36, 150))
@example(lines=[("", "1" * 26, ""), ("a" * 17, "1", "")], width=44)
def test_no_line_is_wider_than_the_window_and_no_id_is_broken(lines: list[tuple[str, str, str]], width: int) -> None:
    told = table(["name", "voice_id", "about"], lines, whole=1, width=width)
    if cell_len(max((line[1] for line in lines), key=len)) + 18 <= width:
        assert all(cell_len(line) <= width for line in told.splitlines())
    for _, item_id, _ in lines:
        assert item_id in told


def test_columns_without_room_are_left_out_from_the_right() -> None:
    headers, line = ["name", "id", "one", "two"], ["n" * 16, "i" * 32, "1" * 10, "2" * 10]
    for width, shown in ((74, 4), (73, 3), (62, 3), (61, 2), (50, 2)):
        assert table(headers, [line], whole=1, width=width).splitlines()[0].split() == headers[:shown]
    assert table(headers, [line], whole=1, width=49).splitlines() == [
        line[0],
        "  id: " + line[1],
        "  one: " + line[2],
        "  two: " + line[3],
    ]


def test_without_a_window_each_item_is_one_line() -> None:
    told = table(["name", "id", "about"], [["a" * 300, "x", "b" * 300]], whole=1, width=None)
    assert len(told.splitlines()) == 2


def test_nothing_in_a_table_reaches_the_terminal_as_a_command() -> None:
    assert "\x1b" not in table(["name", "id"], [["\x1b[2J[bold]x[/bold]", "x"]], whole=1, width=80)
    assert "[bold]x[/bold]" in table(["name", "id"], [["[bold]x[/bold]", "x"]], whole=1, width=80)


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("columns", "paragraphs"), [(120, False), (80, False), (12, True)])
def test_a_terminal_gets_the_first_of_a_long_list_and_how_to_see_the_others(
    monkeypatch: pytest.MonkeyPatch, columns: int, paragraphs: bool
) -> None:
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((columns, 24)))
    monkeypatch.setattr("sys.stdout", screen := Screen())
    listing.list_("languages", sandbox=True)
    told = screen.getvalue().splitlines()
    assert told[-1].endswith("more: --search WORDS, --json or -o languages.xlsx")
    assert (told[0].split() == ["name", "code"]) is not paragraphs
    assert len(told) == (2 * 40 + 1 if paragraphs else 40 + 2)


def test_filters_that_a_list_does_not_have_are_mistakes() -> None:
    for name, shelf in SHELVES.items():
        for each in {"language", "gender", "starfish", "mine"} - shelf.filters:
            with pytest.raises(InputError, match=f"There is no --{each} for {name}"):
                browse(name, filters=Filters(**{each: "x"}), sandbox=True)  # type: ignore[arg-type]  # yes and no alike


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_what_a_terminal_would_obey_is_shown_in_files_too(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"voices{ending}"
    write_list(path, "voices", ["name"], [["A\x1b[2Jnn\u202e"], ["Bob\r\nBaker"], ["👩‍💻"]], links=[])
    found = [row.cell(0).text for row in read_sheet(path).rows]
    assert found == ["A\\x1b[2Jnn\\x202e", "Bob Baker", "👩‍💻"]


def test_a_line_break_in_a_name_breaks_no_table() -> None:
    made = table(["name", "id"], [["Ann\nBaker", "v_1"], ["Bob", "v_2"]], whole=1, width=None)
    assert made.splitlines() == ["name       id", "Ann Baker  v_1", "Bob        v_2"]
