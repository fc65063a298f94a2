"""The commands. Only the one that was typed gets its options: to load what defines them takes longer than the rest."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Annotated, Any

import typer

from bulkgen import __version__
from bulkgen.cli.console import Console
from bulkgen.cli.log import log_to, tell_unexpected
from bulkgen.cli.signals import EARLY, ignore_interrupts, interrupted, raise_on_interrupt
from bulkgen.errors import BulkgenError, Exit, Interrupted, Unexpected

#: The commands, with what each does in one sentence.
COMMANDS = {
    "run": "Make the videos: validate, show the plan, ask, send, wait, write the results. Run again to go on.",
    "check": "Find every mistake and show the plan, without sending anything.",
    "status": "Show where every row stands, from the sheet and its resume file alone.",
}


def main() -> None:
    """Reads the command line and ends the process."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console of another code page must not stop a run
            stream.reconfigure(errors="replace")
    application([next((word for word in sys.argv[1:] if word in COMMANDS), "")])()


def application(wanted: Collection[str]) -> typer.Typer:
    """The command line, with the options of the wanted commands."""
    app = typer.Typer(
        name="bulkgen",
        help="A spreadsheet in, finished HeyGen videos, translations and voice-overs out.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback(invoke_without_command=True)(_version)
    for name, about in COMMANDS.items():
        if name in wanted:
            from bulkgen.cli.options import SheetCommand

            app.command(name, help=about, cls=SheetCommand)(_command(name, with_options=True))
        else:
            app.command(name, help=about)(_command(name, with_options=False))
    return app


def _version(version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    if version:
        typer.echo(f"bulkgen {__version__}")
        raise typer.Exit


def _command(name: str, *, with_options: bool) -> Callable[..., None]:
    def command(**typed: Any) -> None:
        sheet = typed.pop("sheet")
        _finish(lambda: _begin(name, sheet, typed), as_json=typed["as_json"], log_file=typed.get("log_file"))

    parameters: list[inspect.Parameter] = []
    if with_options:
        from bulkgen.cli.options import parameters as parameters_of

        parameters = parameters_of(name)
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what typer reads
    return command


def _begin(name: str, sheet: str, typed: dict[str, Any]) -> Exit:
    from bulkgen.batch.settings import Settings
    from bulkgen.cli import commands
    from bulkgen.cli.options import again_command

    settings = Settings(**{setting: value for setting, value in typed.items() if value is not None})
    start = getattr(commands, name)
    raise_on_interrupt()  # everything is loaded: from here on there may be files to close and a lock to give back
    console = Console(settings.quiet, settings.as_json)
    code: Exit = start(sheet, settings, console, again_command(sheet, typed))
    return code


def _finish(command: Callable[[], Exit], *, as_json: bool, log_file: Path | None = None) -> None:
    """Runs a command and ends the process with its exit code; no error of ours shows a traceback."""
    console = Console(as_json=as_json)
    try:
        if log_file is not None:
            log_to(log_file)
        code = command()
    except BulkgenError as error:
        code = _report(console, error)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last line of defence, said in words
        if interrupted(error):
            ignore_interrupts()
            _report(console, Interrupted(EARLY))
            os._exit(Exit.INTERRUPTED)  # waits for no thread (a name that is looked up), and is 130 on every system
        code = _report(console, BulkgenError(tell_unexpected(Unexpected(error), log_file)))
    ignore_interrupts()
    raise typer.Exit(int(code))


def _report(console: Console, error: BulkgenError) -> Exit:
    if console.as_json:
        console.summary("", {"exit_code": int(error.exit_code), "message": str(error)})
    console.warn(str(error))
    return error.exit_code
