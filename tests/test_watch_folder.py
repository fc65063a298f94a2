"""What is seen of a hot folder, and what its recipes allow."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from openpyxl import Workbook

from bulkgen.errors import InputError, LockedError
from bulkgen.watch.folder import Folder, Seen, is_whole
from bulkgen.watch.hold import Hold
from bulkgen.watch.permission import TURN, Permit, permit
from tests.test_google import EDIT


def put(folder: Path, name: str, text: str = "avatar_id,script\n") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def workbook(path: Path) -> Path:
    Workbook().save(path)
    return path


def names(folder: Path) -> list[str]:
    return [seen.name for seen in Folder(path=folder).look()]


def of(folder: Folder, name: str) -> Seen:
    return next(seen for seen in folder.look() if seen.name == name)


def test_sheets_are_seen_and_nothing_that_belongs_to_them(tmp_path: Path) -> None:
    for name in ("leads.csv", "leads.results.csv", "leads.csv.resume.jsonl", ".hidden.csv", "more.xlsx", "notes.md"):
        put(tmp_path, name)
    (tmp_path / "folder.csv").mkdir()
    put(tmp_path / "folder.csv", "inner.csv")
    assert names(tmp_path) == ["leads.csv", "more.xlsx"]


def test_a_link_to_a_file_elsewhere_is_no_sheet(tmp_path: Path) -> None:
    hot = tmp_path / "hot"
    (hot / "in").mkdir(parents=True)
    for path in (tmp_path / "secret.csv", hot / "in" / "own.csv"):
        path.write_text("text,voice_id\n")
    try:
        (hot / "a.csv").symlink_to(tmp_path / "secret.csv")
    except OSError:  # Windows, without the right to
        pytest.skip("no links can be made here")
    (hot / "b.csv").symlink_to(hot / "in" / "own.csv")
    assert [seen.name for seen in Folder(path=hot).look()] == ["b.csv"]


def test_what_a_recipe_has_written_elsewhere_is_no_sheet(tmp_path: Path) -> None:
    for name in ("leads.csv", "made.xlsx", "mail.csv", "mail-2.csv"):
        put(tmp_path, name)
    put(tmp_path, "leads.recipe.toml", 'out = "made.xlsx"\nmailmerge = "mail.csv"\n')
    assert names(tmp_path) == ["leads.csv"]


def test_a_recipe_with_a_link_is_a_sheet_and_no_other_recipe_is(tmp_path: Path) -> None:
    put(tmp_path, "leads.recipe.toml", f'link = "{EDIT}"\n')
    put(tmp_path, "bulkgen.recipe.toml", f'link = "{EDIT}"\n')
    put(tmp_path, "other.recipe.toml", "limit = 3\n")
    put(tmp_path, "broken.recipe.toml", "limit = \n")
    [seen] = Folder(path=tmp_path).look()
    assert (seen.name, seen.link) == ("leads.recipe.toml", True)


def test_a_sheet_is_another_one_when_it_or_a_recipe_of_it_was_changed(tmp_path: Path) -> None:
    sheet, folder = put(tmp_path, "leads.csv"), Folder(path=tmp_path)
    signatures = [of(folder, "leads.csv").signature]
    put(tmp_path, "other.recipe.toml", "limit = 3\n")
    put(tmp_path, "leads.sandbox.recipe.toml", "limit = 3\n")
    assert of(folder, "leads.csv").signature == signatures[0]
    for change in (
        lambda: os.utime(sheet, (1, 1)),
        lambda: put(tmp_path, "leads.recipe.toml", "limit = 3\n"),
        lambda: put(tmp_path, "bulkgen.recipe.toml", "limit = 33\n"),
        lambda: (tmp_path / "leads.recipe.toml").unlink(),
    ):
        change()
        signatures.append(of(folder, "leads.csv").signature)
    assert len({*signatures}) == len(signatures)
    assert of(Folder(path=tmp_path, sandbox=True), "leads.csv").signature not in signatures


def test_a_file_that_is_open_in_excel_is_known_by_the_mark_beside_it(tmp_path: Path) -> None:
    put(tmp_path, "leads.xlsx")
    put(tmp_path, "~$leads.xlsx")
    assert of(Folder(path=tmp_path), "leads.xlsx").mark == "~$leads.xlsx"


def test_a_workbook_is_whole_only_with_all_of_its_bytes(tmp_path: Path) -> None:
    path = workbook(tmp_path / "leads.xlsx")
    data = path.read_bytes()
    assert is_whole(path)
    for cut in (0, 1, 4, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:cut])
        assert not is_whole(path), cut
        promised = data[:cut] + bytes(len(data) - cut)  # its size was written first
        path.write_bytes(promised)
        assert is_whole(path) == (promised == data), cut


@pytest.mark.parametrize(
    ("data", "whole"),
    [
        (b"a,b\n1,2\n", True),
        (b"a,b\r1,2\r", True),
        ("a,b\n1,2\n".encode("utf-16"), True),
        ("a,b\n1,2\n".encode("utf-16-be"), True),
        (b"\n", True),
        (b"a,b\n1,2", False),
        (b"", False),
        (b"a,b\n1" + bytes(50), False),
        (bytes(50), False),
    ],
)
def test_a_text_is_whole_when_its_last_line_has_an_end(tmp_path: Path, data: bytes, whole: bool) -> None:
    (tmp_path / "leads.csv").write_bytes(data)
    assert is_whole(tmp_path / "leads.csv") is whole


def test_a_folder_that_is_gone_is_an_error_and_not_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Folder(path=tmp_path / "gone").look()


@pytest.mark.parametrize(
    ("typed", "own", "folders", "cap"),
    [
        (None, None, None, None),
        (5.0, None, None, 5.0),
        (None, 3, None, 3.0),
        (None, None, 4, 4.0),
        (5.0, 3, None, 3.0),
        (5.0, 30, None, 5.0),
        (5.0, None, 40, 5.0),
        (None, 30, 4, 4.0),
        (None, 3, 4, 3.0),
        (2.0, 3, 4, 2.0),
        (0.0, 3, 4, 0.0),
    ],
)
def test_a_sheets_own_recipe_only_lowers_what_the_folder_and_the_command_allow(
    tmp_path: Path, typed: float | None, own: int | None, folders: int | None, cap: float | None
) -> None:
    for name, said in (("leads", own), ("bulkgen", folders)):
        if said is not None:
            put(tmp_path, f"{name}.recipe.toml", f"max_cost = {said}\n")
    assert permit(put(tmp_path, "leads.csv"), max_cost=typed, sandbox=False).cap == cap


@pytest.mark.parametrize("line", ['prices = "cheap.toml"', 'resume = "other.jsonl"'])
def test_what_comes_with_a_sheet_does_not_say_by_what_its_cost_is_counted(tmp_path: Path, line: str) -> None:
    put(tmp_path, "leads.recipe.toml", f"max_cost = 3\n{line}\n")
    with pytest.raises(InputError, match=rf"leads.recipe.toml: in a folder that is watched {line.split()[0]} can't"):
        permit(put(tmp_path, "leads.csv"), max_cost=None, sandbox=False)


def test_the_folders_recipe_may_name_a_price_file(tmp_path: Path) -> None:
    put(tmp_path, "bulkgen.recipe.toml", 'max_cost = 3\nprices = "ours.toml"\n')
    for name in ("leads.csv", "bulkgen.csv"):
        permitted = permit(put(tmp_path, name), max_cost=None, sandbox=False)
        assert permitted == Permit(cap=3.0, turn=TURN, resume=f"{name}.resume.jsonl", log="text")


@pytest.mark.parametrize(("line", "why"), [
    ("yes = true", "can't be set in a file"),
    ('out = "../made.csv"', "is outside the sheet's folder"),
    ("nonsense = 1", "there is no setting"),
    (f'link = "{EDIT}"', "names a Google Sheet"),
])  # fmt: skip
def test_a_recipe_that_sets_what_no_file_may_keeps_its_sheet_from_being_run(
    tmp_path: Path, line: str, why: str
) -> None:
    put(tmp_path, "leads.recipe.toml", f"max_cost = 3\n{line}\n" if "link" not in line else line)
    with pytest.raises(InputError, match=why):
        permit(put(tmp_path, "leads.csv"), max_cost=None, sandbox=False)


def test_a_recipes_shorter_time_and_form_of_log_count(tmp_path: Path) -> None:
    put(tmp_path, "leads.recipe.toml", 'max_cost = 3\ntimeout = "90s"\nlog_format = "json"\n')
    permitted = permit(put(tmp_path, "leads.csv"), max_cost=None, sandbox=False)
    assert (permitted.turn, permitted.log) == (90.0, "json")


def test_the_resume_file_of_a_google_sheet_is_called_after_what_stands_for_it(tmp_path: Path) -> None:
    recipe = put(tmp_path, "leads.recipe.toml", f'link = "{EDIT}"\nmax_cost = 3\n')
    assert permit(recipe, max_cost=None, sandbox=True).resume == "leads.xlsx.sandbox.resume.jsonl"


def test_a_folder_has_one_watch_and_its_rehearsal_another(tmp_path: Path) -> None:
    with Hold(tmp_path, sandbox=False) as hold:
        hold.beat()
        with pytest.raises(LockedError, match="Another watch is at work on this folder"), Hold(tmp_path, sandbox=False):
            pass
        with Hold(tmp_path, sandbox=True):
            pass
    with Hold(tmp_path, sandbox=False):
        pass
    assert not list(tmp_path.iterdir())
