"""The commands. Only the one that was typed gets its options: to load what defines them takes longer than the rest.

There are two sorts. What works with a SHEET is a function of `commands`, and has its options from the settings. Every
other command is one function in a module of its own, whose typer annotations are its options: it returns its exit code,
raises `BulkgenError`, and has a parameter `as_json` if it knows `--json`.
"""

from __future__ import annotations

import importlib
import inspect
import os
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache, wraps
from pathlib import Path
from typing import Annotated, Any

import typer
import typer.main

from bulkgen import __version__
from bulkgen.cli.console import Console
from bulkgen.cli.help import CommandPage, Overview
from bulkgen.cli.signals import EARLY, ignore_interrupts, interrupted, raise_on_interrupt
from bulkgen.cli.streams import Output, OutputLost, close_messages, open_closed
from bulkgen.cli.usage import UsageError, explained, valued_of
from bulkgen.cli.words import USUAL, meant, wants_json
from bulkgen.cli.wrapping import released
from bulkgen.errors import BulkgenError, Exit, InputError, Interrupted, Unexpected


@dataclass(frozen=True)
class Command:
    """`about`: what it does in one sentence. `function`: where a command without a sheet is, as `module:function`."""

    about: str
    function: str = ""


#: The commands, in the order of a person's day.
COMMANDS = {
    "login": Command("Ask for the HeyGen API key once, check it, and keep it.", "bulkgen.cli.login:login"),
    "init": Command("Write a sheet to begin with: a starter, or one for your template.", "bulkgen.cli.init:init"),
    "list": Command("List your templates, voices, avatars, languages and more.", "bulkgen.cli.listing:list_"),
    "check": Command("Find every mistake and show the plan, without sending anything."),
    "preview": Command("Show rows as they will be said, shown and sent; --listen speaks one."),
    "run": Command("Make the videos: plan, question, results. Type it again to go on."),
    "status": Command("Show where every row stands, from the sheet and its resume file."),
    "links": Command("Renew the links to finished results, which expire; nothing is sent or paid."),
    "schedule": Command("Have the computer run a sheet by itself, at set times.", "bulkgen.cli.schedule:schedule"),
    "watch": Command("Check and run every sheet that is put into a folder, within its cap.", "bulkgen.cli.watch:watch"),
    "notify": Command("Find out whether notices of runs arrive: --test sends one.", "bulkgen.cli.notify:notify"),
    "listen": Command(
        "On a server: hear from HeyGen's webhooks when videos are finished.", "bulkgen.cli.listen:listen"
    ),
    "mcp": Command(
        "Let an assistant work with the sheets of a folder (Model Context Protocol).", "bulkgen.cli.mcp:mcp"
    ),
    "logout": Command("Forget the HeyGen API key that login keeps.", "bulkgen.cli.login:logout"),
}


def main() -> None:
    """Reads the command line and ends the process."""
    open_closed()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console of another code page must not stop a run
            stream.reconfigure(errors="replace")
    if "_BULKGEN_COMPLETE" in os.environ:
        complete()
    output = Output.take_over()
    code = typed(sys.argv[1:])
    try:
        output.close_up()
    except OutputLost as error:
        Console().warn(str(error))
        code = code or error.exit_code
    close_messages()
    sys.exit(code)


def typed(words: Sequence[str]) -> int:
    """Does what these words ask for, and returns the exit code; a mistake in them is told like any other."""
    name = ""
    try:
        words = meant(words, COMMANDS, _valued)
        name = words[0] if words[0] in COMMANDS else ""
        group = _group(name)
        return int(group.main(words, prog_name="bulkgen", standalone_mode=False) or 0)
    except UsageError as error:
        parameters = group.commands[name].params if name else group.params
        console = Console(as_json=wants_json(words, valued_of(parameters)))
        return _report(name, console, explained(error, words, parameters))
    except InputError as error:
        return _report(name, Console(as_json=wants_json(words, _valued())), error)


def complete() -> None:
    """Answers a shell that asks what fits behind the words so far, and ends the process."""
    words = os.environ.get("COMP_WORDS", os.environ.get("_TYPER_COMPLETE_ARGS", "")).split()
    _group(next((word for word in words if word in COMMANDS), USUAL)).main([], prog_name="bulkgen")


@cache
def _group(name: str) -> Any:
    return typer.main.get_command(application([name]))


def _valued() -> set[str]:
    from bulkgen.cli.options import valued_flags

    return valued_flags()


def application(wanted: Collection[str]) -> typer.Typer:
    """The command line, with the options of the wanted commands."""
    app = typer.Typer(
        name="bulkgen",
        cls=Overview,
        help="A spreadsheet in, finished HeyGen videos, translations and voice-overs out.",
        context_settings={"help_option_names": ["--help", "-h"]},
        pretty_exceptions_enable=False,
    )
    app.callback(invoke_without_command=True)(_version)
    for name, command in COMMANDS.items():
        callback = _callback(name, command) if name in wanted else _unloaded
        page = _page(command) if name in wanted else CommandPage
        app.command(name, cls=page, help=command.about)(callback)
    return app


def _version(version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    if version:
        typer.echo(f"bulkgen {__version__}")
        raise typer.Exit


def _unloaded() -> None:
    """Stands for a command that was not typed."""


def _page(command: Command) -> type[CommandPage]:
    if command.function:
        return CommandPage

    from bulkgen.cli.options import SheetCommand

    return SheetCommand


def _callback(name: str, command: Command) -> Callable[..., None]:
    """What typer calls, with the options as its signature."""
    return _of_function(name, command.function) if command.function else _of_sheet(name)


def _of_sheet(name: str) -> Callable[..., None]:
    from bulkgen.cli.options import parameters

    def command(**typed: Any) -> None:
        sheet = typed.pop("sheet")
        console = Console(bool(typed.get("quiet")), bool(typed["as_json"]))
        _finish(name, lambda: _begin(name, sheet, typed, console), console, typed.get("log_file"))

    command.__signature__ = inspect.Signature(parameters(name))  # type: ignore[attr-defined]  # what typer reads
    return command


def _of_function(name: str, where: str) -> Callable[..., None]:
    module, _, function_name = where.partition(":")
    function: Callable[..., Exit] = getattr(importlib.import_module(module), function_name)

    @wraps(function)
    def command(**typed: Any) -> None:
        def begin() -> Exit:
            raise_on_interrupt()
            return function(**typed)

        _finish(name, begin, Console(as_json=typed.get("as_json", False)))

    return command


def _begin(name: str, sheet: str, typed: dict[str, Any], console: Console) -> Exit:
    from bulkgen.batch.settings import typed_settings
    from bulkgen.cli import commands
    from bulkgen.cli.options import Again

    settings = typed_settings({setting: value for setting, value in typed.items() if value is not None})
    start = getattr(commands, name)
    raise_on_interrupt()  # everything is loaded: from here on there may be files to close and a lock to give back
    code: Exit = start(sheet, settings, console, Again(sheet, typed))
    return code


def _finish(name: str, command: Callable[[], Exit], console: Console, log_file: Path | None = None) -> None:
    """Runs a command and ends the process with its exit code; no error of ours shows a traceback."""
    try:
        if log_file is not None:
            from bulkgen.cli.log import log_to

            log_to(log_file)
        code = command()
    except BulkgenError as error:
        code = _report(name, console, error)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last line of defence, said in words
        if interrupted(error):
            ignore_interrupts()
            _report(name, console, Interrupted(EARLY))
            os._exit(Exit.INTERRUPTED)  # waits for no thread (a name that is looked up), and is 130 on every system
        from bulkgen.cli.log import tell_unexpected

        code = _report(name, console, BulkgenError(tell_unexpected(Unexpected(error))))
    ignore_interrupts()
    raise typer.Exit(int(code))


def _report(name: str, console: Console, error: BulkgenError) -> Exit:
    if console.as_json:
        console.summary("", {"command": name, "exit_code": int(error.exit_code), "message": released(str(error))})
    console.complain(error)
    return error.exit_code
