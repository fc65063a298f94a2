"""`bulkgen schedule`: the computer runs a sheet by itself, or keeps the watch on a folder going."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from bulkgen.batch.option import RUN
from bulkgen.batch.recipe import FOLDER_RECIPE, recipe_path
from bulkgen.batch.settings import Settings, flag_of, typed_settings
from bulkgen.batch.telling import Telling
from bulkgen.batch.typed import parse_money
from bulkgen.cli.console import Console
from bulkgen.cli.guide import Guide
from bulkgen.cli.installing import Installing
from bulkgen.cli.options import Json, repeated_words, scheduled_parameters
from bulkgen.cli.scheduled import listed_data, report_listed
from bulkgen.cli.shown import show
from bulkgen.cli.usage import no_sheet
from bulkgen.cli.wrapping import kept
from bulkgen.errors import Exit, InputError
from bulkgen.kinds.columns import is_link
from bulkgen.ledger.index import data_folder
from bulkgen.model import plural
from bulkgen.notices.finishing import Finishing
from bulkgen.schedules.computer import Computer
from bulkgen.schedules.entries.entry import Label
from bulkgen.schedules.entries.times import Times
from bulkgen.schedules.entries.typed import typed_times
from bulkgen.schedules.requests import (
    check_cap,
    check_folder_cap,
    folder_entry,
    identity_of,
    sheet_entry,
    whole_path,
)
from bulkgen.schedules.scheduler import Scheduler
from bulkgen.schedules.schedulers import schedulers_of
from bulkgen.sheet.google import local_name

#: The options that a watch of a folder takes; all others are a sheet's.
_WATCHED = ("max_cost", "sandbox")


def schedule(
    sheet: Annotated[
        str, typer.Argument(metavar="SHEET", help="A .xlsx or .csv file, or the link of a Google Sheet.")
    ] = "",
    every: Annotated[
        str, typer.Option(metavar="DAY", help="day (with --at alone), hour, weekday, or days by name: monday,thursday.")
    ] = "",
    at: Annotated[str, typer.Option(metavar="HH:MM", help="The time of day, by this computer's clock.")] = "",
    cron: Annotated[
        str, typer.Option(metavar="FIELDS", help='In place of --every and --at, as cron has it: "30 7 * * 1-5".')
    ] = "",
    watch: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="In place of a SHEET: keep bulkgen watch FOLDER going."),
    ] = None,
    max_cost_per_day: Annotated[
        str, typer.Option(metavar="USD", help="With --watch: what all runs in the folder may cost within 24 hours.")
    ] = "",
    print_: Annotated[bool, typer.Option("--print", help="Show the entry, and install nothing.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="What is scheduled on this computer, and how it went.")] = False,
    remove: Annotated[
        bool, typer.Option("--remove", help="Take out the entry of SHEET, or of --watch FOLDER; alone, all of them.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Install it and run it once now, without asking.")] = False,
    as_json: Json = False,
    **typed: Any,
) -> Exit:
    """Installs, shows, lists or removes an entry."""
    console = Console(as_json=as_json)
    computer = Computer.this(data_folder())
    if list_ + remove + print_ > 1:
        raise InputError("--list, --remove and --print are one at a time.")

    if list_:
        return _list(computer, console)

    if sheet and watch:
        raise InputError("Give a SHEET, or --watch FOLDER: each is an entry of its own.")

    given = {name: value for name, value in typed.items() if value is not None}
    if remove:
        return _remove(computer, console, sheet=sheet, watch=watch, worksheet=given.get("worksheet", ""), yes=yes)

    installing = Installing(computer, console, show_only=print_, yes=yes)
    if watch:
        if every or at or cron:
            raise InputError("--watch FOLDER goes on all the time: leave --every, --at and --cron out.")

        return _watch(watch, given, max_cost_per_day, installing)

    if max_cost_per_day:
        raise InputError("--max-cost-per-day is for --watch FOLDER. A sheet has --max-cost and --max-cost-total.")

    if not sheet:
        raise no_sheet("schedule")

    return _sheet(sheet, typed_times(every, at, cron), given, installing)


def _sheet(sheet: str, times: Times, given: dict[str, Any], installing: Installing) -> Exit:
    """The sheet is checked as `check` does it, with what a scheduled run will have, before anything is asked."""
    if sheet == "-":
        raise InputError("A sheet from standard input can be read only once: give a file to schedule.")

    here, console = Path.cwd(), installing.console
    settings = typed_settings({**given, "as_json": console.as_json})
    whole = {name: _from_root(name, value, here) for name, value in given.items()}
    target = whole_path(sheet, here)
    folder = here if is_link(target) else Path(target).parent
    guide = Guide(sheet, settings, console)

    def attempt() -> Exit:
        batch = guide.open()
        recipe = batch.opened.recipe or recipe_path(Path(local_name(sheet) if is_link(sheet) else sheet))
        check_cap(batch.opened.settings, recipe.name)
        logged = {} if batch.opened.settings.log_format else {"log_format": "text"}
        environment = installing.surroundings(folder, keyless=settings.sandbox, target=Path(target))
        entry = sheet_entry(
            target,
            options=repeated_words({**whole, **logged}, RUN, scheduled=True),
            worksheet=settings.worksheet or "",
            times=times,
            folder=folder,
            log=str(here / batch.opened.places.log),
            environment=environment,
        )
        if installing.show_only:
            return installing.show(entry)

        installing.check_program()
        Telling.of(sheet, settings, environment)  # who can't be told is said now, and not at night
        planned = batch.check()
        guide.consider(planned)
        show(planned, console)
        if planned.blocked:
            console.warn("Nothing was scheduled.")
            raise planned.blocked

        return installing.install(entry, planned)

    return guide.lead(attempt)


def _watch(folder: Path, given: dict[str, Any], per_day: str, installing: Installing) -> Exit:
    others = [flag_of(name) for name in given if name not in _WATCHED]
    if others:
        raise InputError(f"{others[0]} is for a sheet. What is to be true of all sheets goes into {FOLDER_RECIPE}.")

    if not folder.is_dir():
        raise InputError(f"{folder} is no folder on this computer.")

    settings = typed_settings(given)
    check_folder_cap(settings, folder)
    target = whole_path(str(folder), Path.cwd())
    environment = installing.surroundings(Path(target), keyless=settings.sandbox, target=Path(target))
    options = repeated_words(given, RUN)
    if per_day:
        parse_money(per_day, "--max-cost-per-day")
        options += ["--max-cost-per-day", per_day]
    entry = folder_entry(target, options=options, environment=environment)
    if installing.show_only:
        return installing.show(entry)

    installing.check_program()
    return installing.install(entry)


def _from_root(name: str, value: Any, folder: Path) -> object:
    """What was typed for a setting; a path, or several, or a program, as they are from wherever the run works."""
    if name == "on_finish":
        return Finishing.of(str(value)).command()

    if Path not in get_args(Settings.model_fields[name].annotation):
        return value

    paths = [
        str((folder / Path(each).expanduser()).absolute()) for each in (value if isinstance(value, list) else [value])
    ]
    return paths if isinstance(value, list) else paths[0]


def _list(computer: Computer, console: Console) -> Exit:
    found = [(label, scheduler) for scheduler in schedulers_of(computer) for label in scheduler.labels()]
    console.summary(report_listed(found, computer.now()), listed_data(found, computer.now()))
    return Exit.OK


def _remove(computer: Computer, console: Console, *, sheet: str, watch: Path | None, worksheet: str, yes: bool) -> Exit:
    target = str(watch) if watch else sheet
    found = [
        (label, scheduler)
        for scheduler in schedulers_of(computer)
        for label in scheduler.labels()
        if not target or _meant(label, target, worksheet, watches=watch is not None)
    ]
    if not found:
        whose = f" for {target}" if target else ""
        raise InputError(f"Nothing is scheduled{whose}. bulkgen schedule --list shows all.")

    if not target and not yes:
        _ask_for_all(found, console)
    for label, scheduler in found:
        scheduler.remove(label)
    told = [f"Not scheduled any more: {kept(label.target)} ({label.when})" for label, _scheduler in found]
    if any(label.watches and not scheduler.ends_watches for label, scheduler in found):
        told.append("A watch that is at work goes on until it is ended (Ctrl-C, kill) or the computer is restarted.")
    data = {"command": "schedule", "exit_code": Exit.OK, "removed": [label.target for label, _scheduler in found]}
    console.summary("\n".join(told), data)
    return Exit.OK


def _meant(label: Label, target: str, worksheet: str, *, watches: bool) -> bool:
    """Whether this is the entry; of a workbook all of them where no worksheet is named."""
    path, _nul, tab = label.identity.partition("\0")
    same = path == identity_of(whole_path(target, Path.cwd())).partition("\0")[0]
    return same and label.watches == watches and worksheet in ("", tab)


def _ask_for_all(found: list[tuple[Label, Scheduler]], console: Console) -> None:
    """Raises `InputError` where nobody can be asked, or says no."""
    if not console.interactive or console.as_json:
        raise InputError(f"This takes out {plural(len(found), 'schedule')}: name the SHEET, or add --yes.")

    console.warn("\n".join(f"  {label.target} ({label.when})" for label, _scheduler in found))
    if not console.ask(f"Take out {plural(len(found), 'schedule')}?"):
        raise InputError("Nothing was changed.")


def _with_options_of_run() -> None:
    """Beside its own options it has those of `run` that are the same for every scheduled run."""
    own = [each for each in inspect.signature(schedule, eval_str=True).parameters.values() if each.name != "typed"]
    signature = inspect.Signature([*own, *scheduled_parameters(RUN)])
    schedule.__signature__ = signature  # type: ignore[attr-defined]  # what typer reads


_with_options_of_run()
