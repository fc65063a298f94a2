"""Which files an assistant can name: sheets below the folder, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulkgen.errors import InputError
from bulkgen.mcp.folder import Folder

#: Names that lead out, or mean something else than a sheet of the folder, somewhere.
OUT = [
    "",
    ".",
    "..",
    "../a.csv",
    "b/../../a.csv",
    "/etc/passwd",
    "//server/share/a.csv",
    "\\\\server\\share\\a.csv",
    "b\\..\\..\\a.csv",
    "C:a.csv",
    "C:\\a.csv",
    "a.csv:stream",
    "a.csv\x00.txt",
    "con.csv",
    "b/NUL",
    "lpt1.csv",
    "a.csv.",
    "a.csv ./x.csv",
    "-",
    "~/a.csv",
    "https://docs.google.com/spreadsheets/d/abc",
    "a*.csv",
    "a//b.csv",
]

NO_SHEETS = [
    "notes.md",
    "a.csv.resume.jsonl",
    "a.results.csv",
    "a.failed.csv",
    "a.check.xlsx",
    "a.sandbox.results.csv",
    "a.recipe.toml",
    ".hidden.csv",
    "~$a.xlsx",
    "b",
]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    root = tmp_path / "videos"
    (root / "b" / "a.files").mkdir(parents=True)
    for name in ("a.csv", "b/c.xlsx", "b/a.files/d.csv", *NO_SHEETS[:-1]):
        (root / name).write_text("avatar_id,script\n")
    (tmp_path / "outside.csv").write_text("secret\n")
    (root / "link.csv").symlink_to(tmp_path / "outside.csv")
    (root / "out").symlink_to(tmp_path, target_is_directory=True)
    (root / "inside.csv").symlink_to(root / "a.csv")
    (root / "gone.csv").symlink_to(root / "no-more.csv")
    return Folder(root)


def test_the_sheets_are_those_below_the_folder_and_no_file_that_bulkgen_made(folder: Folder) -> None:
    assert [folder.name_of(path) for path in folder.sheets()] == ["a.csv", "b/c.xlsx", "inside.csv"]


@pytest.mark.parametrize("name", [*OUT, "link.csv", "out/outside.csv", *NO_SHEETS, "missing.csv"])
def test_nothing_else_can_be_named(folder: Folder, name: str) -> None:
    with pytest.raises(InputError):
        folder.sheet(name)


#: What turns a line round, or breaks it, where the person is asked; and what is longer than a file's name can be.
UNREADABLE = ["a\u202evsc.csv", "a\u2028.csv", "a\x85.csv", "a\u2066.csv", "😀" * 190]


@pytest.mark.parametrize(
    "name", [*OUT, "out/new.csv", "a.csv", "link.csv", "new.txt", "a.results.csv", "nowhere/new.csv", *UNREADABLE]
)
def test_no_new_sheet_goes_anywhere_else_or_onto_something(folder: Folder, name: str) -> None:
    with pytest.raises(InputError):
        folder.new(name)


def test_a_new_sheet_is_a_workbook_unless_it_says_otherwise(folder: Folder) -> None:
    assert [folder.name_of(folder.new(name)) for name in ("new", "new.csv", "b/new")] == [
        "new.xlsx",
        "new.csv",
        "b/new.xlsx",
    ]


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    for wrong in (tmp_path / "none", Path(os.devnull)):
        with pytest.raises(InputError, match="--folder"):
            Folder(wrong)


PIECES = st.sampled_from(["a.csv", "..", ".", "/", "\\", "b", "out", "link.csv", "outside.csv", " ", "~", ":", "%2e"])


@settings(max_examples=40)
@given(name=st.one_of(st.text(max_size=30), st.lists(PIECES, max_size=8).map("".join)))
def test_whatever_is_named_is_below_the_folder(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    base = tmp_path_factory.getbasetemp() / "any-name"
    root = base / "videos"
    if not root.exists():
        root.mkdir(parents=True)
        (base / "outside.csv").write_text("secret\n")
        (root / "a.csv").write_text("avatar_id,script\n")
        (root / "out").symlink_to(base, target_is_directory=True)
    folder = Folder(root)
    for find in (folder.sheet, folder.new):
        try:
            found = find(name)
        except InputError:
            continue

        assert found.resolve().is_relative_to(root.resolve())
