"""The commands and their options. Everything heavy is imported by the command that needs it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bulkgen import __version__
from bulkgen.cli.console import Console
from bulkgen.cli.signals import EARLY, ignore_interrupts, raise_on_interrupt
from bulkgen.errors import BulkgenError, Exit, Interrupted

if TYPE_CHECKING:
    from bulkgen.cli.options import Options

app = typer.Typer(
    name="bulkgen",
    help="A spreadsheet in, finished HeyGen videos, translations and voice-overs out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_Sheet = Annotated[
    str,
    typer.Argument(metavar="SHEET", help="A .xlsx or .csv file, or the link of a Google Sheet; - is a CSV on stdin."),
]
_Tab = Annotated[
    str | None, typer.Option("--sheet", metavar="NAME", help="The worksheet, where a workbook has several.")
]
_HeaderRow = Annotated[
    int | None,
    typer.Option("--header-row", metavar="N", min=1, help="The row of the headers, if titles stand above it."),
]
_Hidden = Annotated[bool, typer.Option("--include-hidden", help="Take hidden and filtered rows too.")]
_Rows = Annotated[str | None, typer.Option("--rows", metavar="2-40,55", help="Only these rows.")]
_Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="COLUMN=VALUE", help="A value for rows where the column is missing or blank. Repeatable."
    ),
]
_Map = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="HEADER=FIELD", help="Take your column HEADER for FIELD. Repeatable."),
]
_Limit = Annotated[int | None, typer.Option("--limit", metavar="N", min=0, help="At most N new jobs.")]
_Skip = Annotated[bool, typer.Option("--skip-invalid", help="Go on with the good rows if others have mistakes.")]
_Attempts = Annotated[
    int,
    typer.Option("--max-attempts", metavar="N", min=1, help="How often a job is made in all if HeyGen fails at it."),
]
_Failed = Annotated[bool, typer.Option("--retry-failed", help="One more attempt for each failed row.")]
_Unknown = Annotated[
    bool, typer.Option("--retry-unknown", help="Make rows again of which nobody knows what became; may pay them twice.")
]
_Redo = Annotated[
    str | None, typer.Option("--redo", metavar="ROWS", help="Make these finished rows again (paid again).")
]
_Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="The results, .xlsx or .csv.")]
_Resume = Annotated[Path | None, typer.Option("--resume", metavar="FILE", help="Another resume file.")]
_Sandbox = Annotated[bool, typer.Option("--sandbox", help="Rehearse for free: nothing is really made.")]
_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No plan and no progress.")]
_Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output and nothing else.")]
_Log = Annotated[
    Path | None, typer.Option("--log-file", metavar="FILE", help="A log of the requests (no key, no texts).")
]


@app.callback(invoke_without_command=True)
def _main(version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    if version:
        typer.echo(f"bulkgen {__version__}")
        raise typer.Exit


@app.command()
def run(
    sheet: _Sheet,
    tab: _Tab = None,
    header_row: _HeaderRow = None,
    include_hidden: _Hidden = False,
    rows: _Rows = None,
    limit: _Limit = None,
    defaults: _Set = None,
    renames: _Map = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before sending.")] = False,
    skip_invalid: _Skip = False,
    concurrency: Annotated[
        int, typer.Option("--concurrency", metavar="N", min=1, max=500, help="Jobs in progress at once.")
    ] = 10,
    poll_every: Annotated[
        float | None,
        typer.Option("--poll-every", metavar="SECONDS", min=0.1, help="How often to ask; found out without it."),
    ] = None,
    max_attempts: _Attempts = 3,
    retry_failed: _Failed = False,
    retry_unknown: _Unknown = False,
    redo: _Redo = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="With --yes: allow more than 10 edited rows to be made again.")
    ] = False,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Send what fits and leave; a later run collects.")] = False,
    timeout: Annotated[
        str | None, typer.Option("--timeout", metavar="2h", help="Stop after this time; a later run goes on.")
    ] = None,
    out: _Out = None,
    resume: _Resume = None,
    sandbox: _Sandbox = False,
    quiet: _Quiet = False,
    as_json: _Json = False,
    log_file: _Log = None,
) -> None:
    """Make the videos: validate, show the plan, ask, send, wait, write the results. Run again to go on."""

    def command() -> Exit:
        from bulkgen.cli.options import read_options
        from bulkgen.cli.run import run as start

        options = read_options(
            sheet,
            tab=tab,
            header_row=header_row,
            include_hidden=include_hidden,
            rows=rows,
            limit=limit,
            defaults=defaults,
            renames=renames,
            yes=yes,
            skip_invalid=skip_invalid,
            concurrency=concurrency,
            poll_every=poll_every,
            max_attempts=max_attempts,
            retry_failed=retry_failed,
            retry_unknown=retry_unknown,
            redo=redo,
            replace=replace,
            no_wait=no_wait,
            timeout=timeout,
            out=out,
            resume=resume,
            sandbox=sandbox,
            quiet=quiet,
            as_json=as_json,
            log_file=log_file,
        )
        return _begin(start, options)

    _finish(command, as_json=as_json, log_file=log_file)


@app.command()
def check(
    sheet: _Sheet,
    tab: _Tab = None,
    header_row: _HeaderRow = None,
    include_hidden: _Hidden = False,
    rows: _Rows = None,
    limit: _Limit = None,
    defaults: _Set = None,
    renames: _Map = None,
    skip_invalid: _Skip = False,
    max_attempts: _Attempts = 3,
    retry_failed: _Failed = False,
    retry_unknown: _Unknown = False,
    redo: _Redo = None,
    out: _Out = None,
    resume: _Resume = None,
    sandbox: _Sandbox = False,
    offline: Annotated[bool, typer.Option("--offline", help="Leave out what needs HeyGen or the network.")] = False,
    quiet: _Quiet = False,
    as_json: _Json = False,
    log_file: _Log = None,
) -> None:
    """Find every mistake and show the plan, without sending anything."""

    def command() -> Exit:
        from bulkgen.cli.options import read_options
        from bulkgen.cli.run import check as start

        options = read_options(
            sheet,
            tab=tab,
            header_row=header_row,
            include_hidden=include_hidden,
            rows=rows,
            limit=limit,
            defaults=defaults,
            renames=renames,
            skip_invalid=skip_invalid,
            max_attempts=max_attempts,
            retry_failed=retry_failed,
            retry_unknown=retry_unknown,
            redo=redo,
            out=out,
            resume=resume,
            sandbox=sandbox,
            offline=offline,
            quiet=quiet,
            as_json=as_json,
            log_file=log_file,
        )
        return _begin(start, options)

    _finish(command, as_json=as_json, log_file=log_file)


@app.command()
def status(
    sheet: _Sheet,
    tab: _Tab = None,
    header_row: _HeaderRow = None,
    include_hidden: _Hidden = False,
    rows: _Rows = None,
    defaults: _Set = None,
    renames: _Map = None,
    out: _Out = None,
    resume: _Resume = None,
    sandbox: _Sandbox = False,
    as_json: _Json = False,
) -> None:
    """Show where every row stands, from the sheet and its resume file alone."""

    def command() -> Exit:
        from bulkgen.cli.options import read_options
        from bulkgen.cli.status import status as start

        options = read_options(
            sheet,
            tab=tab,
            header_row=header_row,
            include_hidden=include_hidden,
            rows=rows,
            defaults=defaults,
            renames=renames,
            out=out,
            resume=resume,
            sandbox=sandbox,
            as_json=as_json,
        )
        return _begin(start, options)

    _finish(command, as_json=as_json)


def main() -> None:
    """Reads the command line and ends the process."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console of another code page must not stop a run
            stream.reconfigure(errors="replace")
    app()


def _begin(start: Callable[[Options, Console], Exit], options: Options) -> Exit:
    """Everything is loaded: from here on there may be files to close and a lock to give back."""
    raise_on_interrupt()
    return start(options, Console(options.quiet, options.as_json))


def _finish(command: Callable[[], Exit], *, as_json: bool, log_file: Path | None = None) -> None:
    """Runs a command and ends the process with its exit code; no error of ours shows a traceback."""
    console = Console(as_json=as_json)
    try:
        if log_file is not None:
            _log_to(log_file)
        code = command()
    except KeyboardInterrupt:
        ignore_interrupts()
        _told(console, Interrupted(EARLY))
        os._exit(Exit.INTERRUPTED)  # waits for no thread (a name that is looked up), and is 130 on every system
    except BulkgenError as error:
        code = _told(console, error)
    except Exception as error:  # noqa: BLE001 - the last line of defence: said in words, with the way to the details
        code = _told(console, BulkgenError(_unexpected(error, log_file)))
    ignore_interrupts()
    raise typer.Exit(int(code))


def _told(console: Console, error: BulkgenError) -> Exit:
    if console.as_json:
        console.summary("", {"exit_code": int(error.exit_code), "message": str(error)})
    console.warn(str(error))
    return error.exit_code


def _unexpected(error: Exception, log_file: Path | None) -> str:
    import logging

    if log_file is not None:
        logging.getLogger("bulkgen").error("unexpected", exc_info=error)
    details = f"The details are in {log_file}." if log_file else "Run it again with --log-file bulkgen.log for details."
    return (
        f"bulkgen met something it was not made for ({type(error).__name__}: {str(error)[:200]}). "
        f"What was sent is in the resume file, so nothing is paid twice. {details}"
    )


def _log_to(path: Path) -> None:
    import logging

    from bulkgen.errors import InputError

    if not path.parent.is_dir() or path.is_dir():
        raise InputError(f"--log-file {path} can't be written there.")

    try:
        handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    except OSError as error:
        raise InputError(f"--log-file {path} can't be written: {error.strerror}.") from error

    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log = logging.getLogger("bulkgen")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
