"""How commands are registered and ended, with nothing but the command line."""

from __future__ import annotations

import json
import sys
from types import ModuleType
from typing import Annotated

import pytest
import typer

from bulkgen.cli import app
from bulkgen.cli.app import COMMANDS, Command, application, typed
from bulkgen.errors import CredentialError, Exit

#: A module of a command without a sheet, as there may be one for each.
GREETING = ModuleType("greeting")


def greet(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> Exit:
    if name == "nobody":
        raise CredentialError("Nobody has no key.")

    if name == "error":
        raise ValueError("no such thing")

    typer.echo(f"Good morning, {name} {as_json}")
    return Exit.SOME_FAILED


@pytest.fixture
def greeting(monkeypatch: pytest.MonkeyPatch) -> None:
    GREETING.greet = greet  # type: ignore[attr-defined]  # made here
    monkeypatch.setitem(sys.modules, "greeting", GREETING)
    monkeypatch.setitem(COMMANDS, "greet", Command("Say good morning.", "greeting:greet"))
    monkeypatch.setattr(app, "raise_on_interrupt", lambda: None)
    monkeypatch.setattr(app, "ignore_interrupts", lambda: None)


@pytest.mark.usefixtures("greeting")
def test_a_command_without_a_sheet_is_a_function_whose_result_is_the_exit_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert typed(["greet", "Ann"]) == Exit.SOME_FAILED
    assert capsys.readouterr().out == "Good morning, Ann False\n"


@pytest.mark.usefixtures("greeting")
@pytest.mark.parametrize(("name", "code", "said"), [("nobody", Exit.KEY, "no key"), ("error", Exit.UNEXPECTED, "met")])
def test_its_errors_end_as_those_of_any_command(
    capsys: pytest.CaptureFixture[str], name: str, code: Exit, said: str
) -> None:
    assert typed(["greet", name, "--json"]) == code
    printed = capsys.readouterr()
    assert said in printed.err
    assert "Traceback" not in printed.err
    told = json.loads(printed.out)
    assert (told["command"], told["exit_code"]) == ("greet", code)
    assert said in told["message"]


def test_its_module_is_loaded_only_when_it_was_typed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(COMMANDS, "later", Command("Not written yet.", "bulkgen.cli.no_such_module:later"))
    monkeypatch.setattr(app, "_group", app._group.__wrapped__)  # another test may have asked for help before
    assert typed(["--help"]) == Exit.OK
    assert "Not written yet." in capsys.readouterr().out
    with pytest.raises(ModuleNotFoundError):
        application(["later"])
