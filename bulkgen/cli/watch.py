"""`bulkgen watch FOLDER`: a line for each thing that happens to a sheet in a hot folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bulkgen.batch.settings import typed_settings
from bulkgen.batch.typed import parse_money
from bulkgen.cli.console import Console
from bulkgen.cli.signals import Stops
from bulkgen.cli.watch_words import in_words, watch_data
from bulkgen.errors import PRECEDENCE, Exit, InputError
from bulkgen.pricing.money import money
from bulkgen.watch.child import Processes
from bulkgen.watch.hold import Hold
from bulkgen.watch.news import News
from bulkgen.watch.turns import Rules
from bulkgen.watch.watcher import Watcher

#: More runs at a time would only wait for one another: HeyGen's limit is one for the whole account.
AT_ONCE = 3


def watch(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder whose sheets are run.")],
    max_cost: Annotated[
        str | None,
        typer.Option(metavar="USD", help="What a run of a sheet may cost; a recipe may lower it. Without it: recipes."),
    ] = None,
    max_cost_per_day: Annotated[
        str | None,
        typer.Option(metavar="USD", help="What all runs in the folder may cost within 24 hours; more has to wait."),
    ] = None,
    every: Annotated[
        str, typer.Option(metavar="15m", help="How often Google Sheets are looked at, which recipes name.")
    ] = "15m",
    at_once: Annotated[
        int, typer.Option(metavar="N", min=1, max=20, help="How many sheets are run at the same time.")
    ] = AT_ONCE,
    once: Annotated[bool, typer.Option("--once", help="Run what is there now, and end.")] = False,
    sandbox: Annotated[bool, typer.Option("--sandbox", help="Rehearse for free: nothing is really made.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object for each line on standard output and nothing else.")
    ] = False,
) -> Exit:
    """Watches a folder until Ctrl-C or SIGTERM."""
    typed = {"max_cost": max_cost, "every": every}
    settings = typed_settings({name: value for name, value in typed.items() if value is not None})
    assert settings.every is not None
    rules = Rules(
        sandbox=sandbox,
        max_cost=settings.max_cost,
        max_cost_per_day=None if max_cost_per_day is None else parse_money(max_cost_per_day, "--max-cost-per-day"),
        every=settings.every,
        at_once=at_once,
        once=once,
    )
    if not folder.is_dir():
        what = f"{folder} is a file, and no folder" if folder.exists() else f"There is no folder {folder}"
        raise InputError(f"{what}. Name the folder that sheets are put into: bulkgen watch sheets")

    folder, console = folder.absolute(), Console(as_json=as_json)
    if not once:
        console.warn(_begins(folder, rules))
    stops = Stops()
    with Hold(folder, sandbox=sandbox) as hold:
        watcher = Watcher(
            folder=folder,
            rules=rules,
            children=Processes(folder),
            tell=_teller(console),
            beat=hold.beat,
        )
        _run(watcher, stops)
    return next((code for code in (*PRECEDENCE, Exit.MISTAKES) if once and code in watcher.codes), Exit.OK)


def _run(watcher: Watcher, stops: Stops) -> None:
    import anyio

    anyio.run(watcher.watch, stops.wait)


def _begins(folder: Path, rules: Rules) -> str:
    if rules.max_cost is not None:
        caps = f"a run of a sheet may cost {money(rules.max_cost, 'usd')}, or less where its recipe says so"
    else:
        caps = "sheets are run whose recipe, or the folder's (bulkgen.recipe.toml), has a max_cost; others are checked"
    rehearsal = "SANDBOX, nothing is charged. " if rules.sandbox else ""
    return f"{rehearsal}Watching {folder} until Ctrl-C: {caps}."


def _teller(console: Console) -> Callable[[News], None]:
    def tell(news: News) -> None:
        at = datetime.now().astimezone()
        if console.as_json:
            console.line(json.dumps({"at": at.isoformat(timespec="seconds"), **watch_data(news)}))
        else:
            sheet = f"{news.sheet}: " if news.sheet else ""
            console.line(f"{at:%Y-%m-%d %H:%M:%S} {sheet}{in_words(news)}")

    return tell
