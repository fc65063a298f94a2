from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from bulkgen.batch.places import Places, find_places
from bulkgen.batch.typed import parse_duration, parse_pairs
from bulkgen.cli.options import again_command
from bulkgen.errors import InputError


def places(sheet: Path, **options: object) -> Places:
    return find_places(sheet, **{"out": None, "resume": None, "sandbox": False, **options})  # type: ignore[arg-type]


def names(found: Places) -> tuple[str, str, str]:
    return found.results.name, found.resume.name, found.downloads.name


def test_the_files_of_a_sheet_stand_beside_it(tmp_path: Path) -> None:
    found = places(tmp_path / "leads.xlsx")
    assert names(found) == ("leads.results.xlsx", "leads.xlsx.resume.jsonl", "leads.files")
    assert found.lock.name == "leads.xlsx.resume.jsonl.lock"
    assert {p.parent for p in (found.results, found.resume, found.downloads)} == {tmp_path}


def test_the_sandbox_has_its_own_names(tmp_path: Path) -> None:
    found = places(tmp_path / "leads.xlsx", sandbox=True)
    assert names(found) == ("leads.sandbox.results.xlsx", "leads.xlsx.sandbox.resume.jsonl", "leads.sandbox.files")
    assert found.sandbox_state.as_posix().endswith("leads.sandbox.files/leads.xlsx.sandbox.state.json")


def test_of_several_sheets_the_name_is_put_in_and_the_resume_file_is_one(tmp_path: Path) -> None:
    found = places(tmp_path / "leads.xlsx", tab="../Spanish", siblings=2)
    assert names(found)[:2] == ("leads._Spanish.results.xlsx", "leads.xlsx.resume.jsonl")


@pytest.mark.parametrize(
    ("given", "made"),
    [("a.xlsm", "a.results.xlsx"), ("a.tsv", "a.results.csv"), ("a.b.csv", "a.b.results.csv")],
)
def test_results_have_the_format_of_the_sheet(tmp_path: Path, given: str, made: str) -> None:
    assert places(tmp_path / given).results.name == made


@pytest.mark.parametrize(
    "given",
    [
        "leads.results.xlsx",
        "leads.sandbox.results.xlsx",
        "leads.failed.xlsx",
        "leads.check.xlsx",
        "leads.results-2.xlsx",
    ],
)
def test_a_results_sheet_belongs_to_the_sheet_it_came_from(tmp_path: Path, given: str) -> None:
    assert names(places(tmp_path / given)) == ("leads.results.xlsx", "leads.xlsx.resume.jsonl", "leads.files")
    assert places(tmp_path / given, sandbox=True).results.name == "leads.sandbox.results.xlsx"


def test_the_results_of_one_sheet_of_several_find_the_one_resume_file(tmp_path: Path) -> None:
    (tmp_path / "leads.xlsx.resume.jsonl").touch()
    found = places(tmp_path / "leads.Spanish.results.xlsx")
    assert names(found)[:2] == ("leads.Spanish.results.xlsx", "leads.xlsx.resume.jsonl")


def test_results_in_another_format_find_the_resume_file_too(tmp_path: Path) -> None:
    (tmp_path / "leads.xlsx.resume.jsonl").touch()
    assert places(tmp_path / "leads.results.csv").resume.name == "leads.xlsx.resume.jsonl"


def test_results_never_overwrite_the_sheet(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is the sheet itself"):
        places(tmp_path / "leads.csv", out=tmp_path / "leads.csv")
    with pytest.raises(InputError, match=r"\.xlsx or \.csv"):
        places(tmp_path / "leads.csv", out=tmp_path / "leads.pdf")


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("90s", 90), ("15m", 900), ("2h", 7200), ("1h30m", 5400)])
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "h", "1x", "-5", "1.5h"])
def test_what_is_no_duration_is_told_how_to_type_one(text: str) -> None:
    with pytest.raises(InputError, match="--timeout 2h"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("name", "posix", "windows"),
    [
        ("leads.xlsx", "leads.xlsx", "leads.xlsx"),
        ("my leads.xlsx", "'my leads.xlsx'", '"my leads.xlsx"'),
        (r"C:\Users\Ann\leads.xlsx", r"'C:\Users\Ann\leads.xlsx'", r"C:\Users\Ann\leads.xlsx"),
        ("a&b|c.csv", "'a&b|c.csv'", '"a&b|c.csv"'),
        ("O'Neil.csv", "'O'\"'\"'Neil.csv'", '"O\'Neil.csv"'),
        ("José, 東京.csv", "'José, 東京.csv'", '"José, 東京.csv"'),
        ("50$ off.csv", "'50$ off.csv'", '"50$ off.csv"'),
        ("$name's.csv", "'$name'\"'\"'s.csv'", "'$name''s.csv'"),
        ("2-40,55", "2-40,55", '"2-40,55"'),
        (
            "https://docs.google.com/a?b=1#gid=0",
            "'https://docs.google.com/a?b=1#gid=0'",
            '"https://docs.google.com/a?b=1#gid=0"',
        ),
        ("my folder\\", "'my folder\\'", '"my folder\\\\"'),
        ("Leads “May”.csv", "'Leads “May”.csv'", "'Leads “May”.csv'"),
        ("a’b $x.csv", "'a’b $x.csv'", "'a’’b $x.csv'"),
        ("", "''", '""'),
    ],
)
def test_the_command_to_type_next_is_quoted_for_the_shell_of_the_platform(name: str, posix: str, windows: str) -> None:
    assert again_command(name, {}, "linux") == f"bulkgen run {posix}"
    assert again_command(name, {}, "win32") == f"bulkgen run {windows}"
    assert shlex.split(posix) == [name]


def test_a_sheet_whose_name_begins_like_an_option_is_told_with_its_folder() -> None:
    assert again_command("-x.csv", {}, "linux") == "bulkgen run ./-x.csv"
    assert again_command("-", {"out": Path("a.csv")}, "linux") == "bulkgen run - --out a.csv"


def test_the_command_to_type_next_has_values_and_flags() -> None:
    typed = {"defaults": ["voice_id=a b", "speed=1"], "out": None, "header_row": 3, "concurrency": None, "yes": True}
    told = again_command("a.csv", {**typed, "sandbox": True, "skip_invalid": False}, "win32")
    assert told == 'bulkgen run a.csv --set "voice_id=a b" --set speed=1 --header-row 3 --sandbox --no-skip-invalid'


def test_pairs_keep_what_stands_after_the_first_equals_sign() -> None:
    assert parse_pairs(["script = a=b"], "--set", "x=y", blank=False) == {"script": "a=b"}
    assert parse_pairs(["notes="], "--map", "x=y", blank=True) == {"notes": ""}
    for wrong in ("script", "=x", "script="):
        with pytest.raises(InputError, match="--set"):
            parse_pairs([wrong], "--set", "x=y", blank=False)
