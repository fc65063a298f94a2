"""What is typed wrong, and how it is told; commands in this process, with nothing sent."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.cli.app import COMMANDS, typed
from bulkgen.cli.words import meant, together
from bulkgen.errors import Exit, InputError

VALUED = {"--limit", "--map", "--set", "--sheet"}


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bulkgen.cli.app.ignore_interrupts", lambda: None)
    monkeypatch.setattr("bulkgen.cli.app.raise_on_interrupt", lambda: None)
    for name in ("leads.xlsx", "Sheet without an ending", "Q4 warm leads.xlsx"):
        (tmp_path / name).touch()


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("leads.xlsx", "run leads.xlsx"),
        ("LEADS.CSV --limit 3", "run LEADS.CSV --limit 3"),
        ("--limit 3 leads.xlsx", "run --limit 3 leads.xlsx"),
        ("--sandbox", "run --sandbox"),
        ("- --out a.csv", "run - --out a.csv"),
        ("https://docs.google.com/spreadsheets/d/abc", "run https://docs.google.com/spreadsheets/d/abc"),
        ("--limit 3 check leads.xlsx", "check --limit 3 leads.xlsx"),
        ("--sheet run leads.xlsx", "run --sheet run leads.xlsx"),
        ("--sandbox run leads.xlsx", "run --sandbox leads.xlsx"),
        ("check leads.xlsx", "check leads.xlsx"),
        ("--version", "--version"),
        ("help", "--help"),
        ("help check", "check --help"),
        ("", "--help"),
        ("Q4 warm leads.xlsx", "run Q4 warm leads.xlsx"),
    ],
)
def test_a_sheet_alone_is_a_run_and_options_may_stand_before_the_command(words: str, meaning: str) -> None:
    assert meant(words.split(), COMMANDS, lambda: VALUED) == meaning.split()


def test_a_file_that_is_there_needs_no_ending() -> None:
    assert meant(["Sheet without an ending"], COMMANDS, set) == ["run", "Sheet without an ending"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("chekc leads.xlsx", "There is no command chekc, and no sheet of that name. Did you mean check?"),
        ("leads", "Did you mean leads.xlsx?"),
        ("xyz", "The commands are login, init"),
    ],
)
def test_what_is_neither_a_command_nor_a_sheet_is_told_with_what_comes_near(words: str, told: str) -> None:
    with pytest.raises(InputError, match=told.replace("?", r"\?")):
        meant(words.split(), COMMANDS, set)


@given(st.lists(st.sampled_from(["--sandbox", "--limit", "--map", "a", "b c", "d=e", "leads.xlsx", "-y"]), max_size=9))
def test_joining_loses_no_word_and_adds_none(words: list[str]) -> None:
    assert sorted(" ".join(together(words, VALUED)).split()) == sorted(" ".join(words).split())


@pytest.mark.parametrize(
    ("words", "joined"),
    [
        ("leads.xlsx --map Company Name=company", ["leads.xlsx", "--map", "Company Name=company"]),
        ("--map Company Name=company leads.xlsx", ["leads.xlsx", "--map", "Company Name=company"]),
        ("Q4 warm leads.xlsx --limit 3", ["Q4 warm leads.xlsx", "--limit", "3"]),
        ("leads.xlsx --set script=Hello there --sandbox", ["leads.xlsx", "--set", "script=Hello there", "--sandbox"]),
        ("leads.xlsx --limit 3", ["leads.xlsx", "--limit", "3"]),
        ("--limit 3 leads.xlsx", ["leads.xlsx", "--limit", "3"]),
    ],
)
def test_what_a_shell_took_apart_is_put_together(words: str, joined: list[str]) -> None:
    assert together(words.split(), VALUED) == joined


WRONG = {
    "run leads.xlsx --conccurrency 3": "There is no option --conccurrency. Did you mean --concurrency?",
    "run leads.xlsx -x": "There is no option -x.",
    "status leads.xlsx --limit 3": "There is no option --limit.",
    "schedule leads.xlsx --timeout 2h": "A schedule has no --timeout: put it into the sheet's recipe (timeout = …)",
    "mcp leads.xlsx": "bulkgen mcp takes options only: leads.xlsx is none.",
    "schedule leads.xlsx --bla": "There is no option --bla.",
    "--vesion": "There is no option --vesion. Did you mean --version?",
    "run leads.xlsx --limit": "--limit needs a value: --limit N.",
    "run leads.xlsx --yes=3": "--yes takes no value.",
    "run leads.xlsx --limit three": "--limit 'three' is not a whole number.",
    "run leads.xlsx --concurrency 0": "--concurrency '0' is below 1, the smallest value.",
    "run leads.xlsx --poll-every 0.01": "--poll-every '0.01' is below 0.1, the smallest value.",
    "links leads.xlsx --every 0": "--every '0' is too short: it takes at least 60s.",
    "links leads.xlsx --every 59s": "--every '59s' is too short: it takes at least 60s.",
    "run leads.xlsx --name=": "--name '' is blank: give it a text, or leave it out.",
    "run leads.xlsx --poll-every soon": "--poll-every 'soon' is not a number.",
    "run leads.xlsx --rows=": "--rows '': not row numbers. Type them like --rows 2-40,55.",
    "run leads.xlsx --recipe=": ". is a folder, and no recipe. Give a file, such as leads.recipe.toml.",
    "run leads.xlsx --san": "There is no option --san. Did you mean --sandbox?",
    "list voices --star": "There is no option --star. Did you mean --starfish?",
    "run -dash.xlsx": "-dash.xlsx begins like an option. Type the sheet with its folder: ./-dash.xlsx\n",
    "-dash.xlsx": "-dash.xlsx begins like an option.",
    "run leads.xlsx --bla=a.csv": "There is no option --bla.",
    "leads.xlsx --map=Company Name=company": (
        "put \"Company Name=company\" in quotes:\n  bulkgen run leads.xlsx --map 'Company Name=company'\n"
    ),
    "check": "SHEET is missing. Type it like bulkgen check leads.xlsx.",
    "--sandbox": "SHEET is missing. Type it like bulkgen run leads.xlsx.",
    "run leads.xlsx other.csv": "takes one sheet at a time, and these are 2: leads.xlsx, other.csv.",
    "run leads.xlsx now": 'put "leads.xlsx now" in quotes',
    "leads.xlsx --map Company Name=company": (
        "put \"Company Name=company\" in quotes:\n  bulkgen run leads.xlsx --map 'Company Name=company'\n"
    ),
    "run Q4 warm leads.xlsx": "put \"Q4 warm leads.xlsx\" in quotes:\n  bulkgen run 'Q4 warm leads.xlsx'\n",
    "chekc leads.xlsx": "Did you mean check?",
}


@pytest.mark.skipif(os.name == "nt", reason="the quotes of a POSIX shell")
@pytest.mark.parametrize(("line", "told"), WRONG.items())
def test_mistakes_in_what_was_typed_are_told_in_our_words(
    capsys: pytest.CaptureFixture[str], line: str, told: str
) -> None:
    assert typed(line.split()) == Exit.MISTAKES
    printed = capsys.readouterr()
    assert told in printed.err
    assert not printed.out


@pytest.mark.parametrize("line", [line for line in WRONG if not line.endswith("--limit")])  # which would be its value
def test_with_json_they_are_one_object_too(capsys: pytest.CaptureFixture[str], line: str) -> None:
    command = line.split()[0]
    assert typed([*line.split(), "--json"]) == Exit.MISTAKES
    printed = capsys.readouterr()
    told = json.loads(printed.out)
    assert told["exit_code"] == Exit.MISTAKES
    assert told["command"] == ("" if command == "chekc" else command if command in COMMANDS else "run")
    assert told["message"] == printed.err.rstrip("\n")


# --help ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [40, 80, 120])
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_fits_the_window_and_shows_nothing_that_cannot_be_typed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    assert typed([*command.split(), "--help"]) == Exit.OK
    told = capsys.readouterr().out
    assert not {"<bool>", "[x>=1]", "{SHEET}", "[OPTIONS]", "<str>", "python"} & set(told.split())
    assert all(len(line) <= columns for line in told.splitlines())
    if command:
        assert told.find("Examples:") < told.index("--help")


def test_everyday_options_come_first_and_the_engine_last(capsys: pytest.CaptureFixture[str]) -> None:
    typed(["run", "--help"])
    told = capsys.readouterr().out
    places = [
        told.index(word) for word in ("Everyday:", "--skip-invalid", "Files:", "Engine:", "--concurrency", "Help:")
    ]
    assert places == sorted(places)
    assert "Jobs in progress at once (usually 10)." in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["."], ". is a folder, not a sheet. Give the sheet in it: Q4 warm leads.xlsx, leads.xlsx."),
        (["run", "."], ". is a folder, not a sheet."),
        (["check", "/"], "/ is a folder, not a sheet."),
        (["status", "sub"], "sub is a folder, not a sheet. Give the sheet in it: sub/people.csv."),
        (["preview", "none.csv"], "none.csv is a folder, not a sheet. There is none that can be seen in it."),
        (["init", "speech", "--from", "."], ". is a folder, not a sheet."),
        ([""], "The name of the sheet is empty."),
        (["check", ""], "The name of the sheet is empty."),
    ],
)
def test_a_folder_is_no_sheet_but_may_hold_some(
    capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    Path("sub").mkdir()
    Path("sub/people.csv").touch()
    Path("none.csv").mkdir()
    assert typed(words) == Exit.MISTAKES
    assert told.replace("/", os.sep) in capsys.readouterr().err.replace("/", os.sep)


@pytest.mark.parametrize(
    "line", ["leads.xlsx --json=yes", "run leads.xlsx --json --bla", "list voices --json --bla", "chekc --json"]
)
def test_a_mistake_in_what_was_typed_is_one_object_too(capsys: pytest.CaptureFixture[str], line: str) -> None:
    assert typed(line.split()) == Exit.MISTAKES
    printed = capsys.readouterr()
    assert json.loads(printed.out)["exit_code"] == Exit.MISTAKES
    assert json.loads(printed.out)["message"] in printed.err.rstrip()


@pytest.mark.parametrize("line", ["leads.xlsx --set --json --bla", "list voices --search --json --bla", "-- --json a"])
def test_json_that_is_the_value_of_another_option_asks_for_no_object(
    capsys: pytest.CaptureFixture[str], line: str
) -> None:
    assert typed(line.split()) == Exit.MISTAKES
    assert not capsys.readouterr().out


@pytest.mark.parametrize(
    "words", [["check", "--sandbox", "--", "-dash.csv"], ["--sandbox", "--yes", "--", "-dash.csv"]]
)
def test_behind_two_dashes_nothing_is_an_option(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    Path("-dash.csv").write_text("avatar_id\n", encoding="utf-8")
    typed(words)
    assert "-dash" in capsys.readouterr().err


def test_a_sheet_without_rows_is_not_called_right(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.csv").write_text("avatar_id,script\n", encoding="utf-8")
    assert typed(["check", "a.csv", "--sandbox"]) == Exit.OK
    told = capsys.readouterr().err
    assert "There are no rows below the headers of a (row 1): nothing to make." in told
    assert "is right" not in told
