from __future__ import annotations

import io
import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.cli.console import Console, harmless
from bulkgen.cli.wrapping import kept

NO_COMMANDS = "\x1b[2J \x07 \x7f \x9b \u00a0 \u200b \u202e \u2028 \ufeff \U000e0001 \ud800"


def test_nothing_from_a_cell_reaches_the_terminal_as_a_command() -> None:
    assert harmless(NO_COMMANDS).isprintable()
    assert harmless("Zoë\nLee 😀") == "Zoë\nLee 😀"


@given(st.text())
def test_json_is_read_back_as_it_was_and_is_harmless(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        printed: list[str] = []
        patch.setattr("sys.stdout.write", printed.append)
        Console(as_json=True).summary("", {"x": text, "warnings": [{"value": NO_COMMANDS}]})
    assert json.loads("".join(printed)) == {"x": text, "warnings": [{"value": NO_COMMANDS}]}
    assert "".join(printed).replace("\n", "").isprintable()


# A terminal ------------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    """A stream that says it is a terminal; how wide it is, it does not say: 80 columns."""

    def isatty(self) -> bool:
        return not super().isatty()  # which raises for one that is closed


def screen_of(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """What stderr is from now on: pytest puts its own there before each test begins."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    return terminal


def answers(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("".join(f"{line}\n" for line in lines)))


LONG = "Everything that can be checked from here is right, and so on for more than one line of a terminal. " * 2


def test_json_is_never_wrapped(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    Console(as_json=True).summary("", {"message": LONG})
    assert json.loads(terminal.getvalue()) == {"message": LONG}


def test_lines_are_wrapped_on_a_terminal_and_whole_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = screen_of(monkeypatch)
    Console().warn(LONG)
    assert max(map(len, screen.getvalue().splitlines())) <= 80
    assert screen.getvalue().split() == LONG.split()
    file = io.StringIO()
    monkeypatch.setattr("sys.stderr", file)
    Console().warn(f"{LONG} {kept('a b')}")
    assert file.getvalue() == f"{LONG} a b\n"


@pytest.mark.parametrize(
    ("typed", "guess", "chosen"),
    [
        (["2"], None, 1),
        (["simple"], None, 1),
        ([""], 0, 0),
        ([""], None, None),
        ([], 0, None),
        (["7", "0", "two"], 0, None),
        (["x", "1"], None, 0),
        (["²"], None, None),
    ],
)
def test_a_choice_is_a_number_or_the_words_and_enter_takes_the_guess(
    monkeypatch: pytest.MonkeyPatch, typed: list[str], guess: int | None, chosen: int | None
) -> None:
    screen = screen_of(monkeypatch)
    answers(monkeypatch, *typed)
    assert Console().choose("Which template is it?", ["Welcome", "Simple"], guess) == chosen
    assert screen.getvalue().startswith("Which template is it?\n  1  Welcome\n  2  Simple\n1-2")
    assert ("Enter for 1" in screen.getvalue()) == (guess == 0)


@pytest.mark.parametrize(("typed", "text"), [(["Ann"], "Ann"), ([""], "Lee"), ([], ""), ([" "], "Lee")])
def test_a_text_is_entered_and_enter_takes_the_guess(
    monkeypatch: pytest.MonkeyPatch, typed: list[str], text: str
) -> None:
    screen = screen_of(monkeypatch)
    answers(monkeypatch, *typed)
    assert Console().enter("What is the name?", "Lee") == text
    assert "Enter for Lee: " in screen.getvalue()


@pytest.mark.parametrize(
    ("typed", "meant"), [(["y"], True), (["Yes"], True), ([""], False), (["n"], False), ([], False)]
)
def test_only_a_yes_is_a_yes(monkeypatch: pytest.MonkeyPatch, typed: list[str], meant: bool) -> None:
    screen = screen_of(monkeypatch)
    answers(monkeypatch, *typed)
    assert Console().ask("Make 2 videos for $1.50?") is meant
    assert screen.getvalue().startswith("Make 2 videos for $1.50? [y/N] ")


@pytest.mark.parametrize(
    ("typed", "meant", "again"),
    [(["1200"], True, 0), (["1,200"], True, 0), (["1.200 "], True, 0), (["1 200"], True, 0), (["1\u202f200"], True, 0),
     ([""], False, 0), (["n"], False, 0), (["No"], False, 0), ([], False, 0),
     (["y", "1200"], True, 1), (["120", "12.00", "1200"], True, 2), (["yes", "n"], False, 1),
     (["y", "y", "y", "1200"], False, 2)],
)  # fmt: skip
def test_a_number_is_typed_where_a_yes_is_not_enough(
    monkeypatch: pytest.MonkeyPatch, typed: list[str], meant: bool, again: int
) -> None:
    screen = screen_of(monkeypatch)
    answers(monkeypatch, *typed)
    assert Console().ask("Make 1,200 videos?", word="1200") is meant
    prompt, _, rest = screen.getvalue().partition(" to go on: ")
    assert prompt == "Make 1,200 videos? Type 1200"
    assert rest.split("Type 1200, or n: ")[0].strip() == ""
    assert rest.count("Type 1200, or n: ") == again


def test_ctrl_c_while_the_question_is_being_written_begins_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The prompt is on the screen, and the program not yet waiting for the answer."""
    screen = screen_of(monkeypatch)
    answers(monkeypatch, "y")

    def interrupted() -> None:
        if screen.getvalue().endswith("[y/N] "):
            raise KeyboardInterrupt

    monkeypatch.setattr(screen, "flush", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Console().ask("All of it?")
    assert screen.getvalue().endswith("[y/N] \n")


def test_nobody_is_asked_where_a_stream_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    screen_of(monkeypatch)
    answers(monkeypatch)
    assert Console().interactive
    sys.stdin.close()
    assert not Console().interactive
    assert Console().choose("Which?", ["a"], 0) is None
    monkeypatch.setattr("sys.stdin", None)
    assert not Console().interactive
    assert Console().enter("Which?", "a") == ""


def test_a_dumb_terminal_gets_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    screen_of(monkeypatch)
    monkeypatch.setenv("TERM", "xterm")
    assert Console().draws
    monkeypatch.setenv("TERM", "dumb")
    assert not Console().draws
