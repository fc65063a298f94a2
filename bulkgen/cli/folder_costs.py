"""`bulkgen status --cost FOLDER`: what was spent on all sheets of a folder."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from bulkgen.batch.cost_file import save_costs
from bulkgen.batch.ledger_costs import GROUPS, FolderCosts, Sum, folder_costs
from bulkgen.batch.price_source import read_prices
from bulkgen.batch.settings import Settings, flag_of
from bulkgen.cli.console import Console
from bulkgen.cli.table import table
from bulkgen.cli.wrapping import kept
from bulkgen.errors import Exit, InputError
from bulkgen.model import listed, plural
from bulkgen.pricing.money import money

#: So many lines of a table are shown on a terminal.
SCREEN = 20

_HEADERS = ("made", "cost", "not finished", "at most more", "unknown price")

#: The settings that say something of a folder.
_FITTING = {"cost", "prices", "sandbox", "out", "as_json"}


def report_folder(sheet: str, settings: Settings, console: Console) -> Exit:
    """Adds up the resume files of the folder that `--cost` names, prints it, and writes it to `--out`."""
    others = [flag_of(name) for name in settings.model_fields_set - _FITTING]
    if settings.cost is None or sheet or others:
        without = listed([*(["SHEET"] if sheet else []), *sorted(others)], 5)
        raise InputError(f"--cost FOLDER adds up all sheets of a folder: leave out {without}.")

    costs = folder_costs(settings.cost, read_prices(settings.prices), sandbox=settings.sandbox)
    for why in costs.skipped:
        console.warn(why)
    if settings.out is not None:
        save_costs(costs, settings.out)
    console.summary(_words(costs, settings, on_screen=console.on_screen), _data(costs, settings))
    return Exit.OK


def _words(costs: FolderCosts, settings: Settings, *, on_screen: bool) -> str:
    if not costs.spent:
        return f"Nothing that was spent is recorded there.\n{_read(costs)}"

    width = shutil.get_terminal_size().columns if on_screen else None
    parts = [_table(heading, costs.by(group), [], on_screen, width) for group, heading in GROUPS.items()]
    parts.append(_table("All together", [], costs.total, on_screen, width))
    notes = ["Computed: HeyGen names no price of a job, so each costs its length times the price.", _read(costs)]
    by_list = sum(each.by_list for each in costs.total)
    if by_list:
        told = "was" if by_list == 1 else "were"
        notes.append(f"{plural(by_list, 'job')} {told} sent before prices were recorded: by today's price list.")
    notes += _estimated(costs.total)
    if settings.sandbox:
        notes.append("SANDBOX: these were rehearsals. Nothing was charged.")
    if settings.out is not None:
        notes.append(f"Written to {kept(str(settings.out))}")
    return "\n\n".join([*parts, "\n".join(notes)])


def _estimated(total: Sequence[Sum]) -> list[str]:
    """What of the sums is known no closer."""
    notes = ["Where a price is a range, the likely one is counted."] if any(each.ranges for each in total) else []
    missing = sum(each.without_length for each in total)
    if missing:
        counts = "counts" if missing == 1 else "count"
        notes.append(f"{plural(missing, 'job')} {counts} with the estimate, since HeyGen gave no length.")
    return notes


def _read(costs: FolderCosts) -> str:
    return f"Read: {plural(costs.files, 'resume file')} in {kept(str(costs.folder.resolve()))}"


def _table(heading: str, sums: Sequence[Sum], total: Sequence[Sum], on_screen: bool, width: int | None) -> str:
    shown = sums[:SCREEN] if on_screen else sums
    lines = [_cells(each) for each in (*shown, *total)]
    made = table((heading, *_HEADERS), lines, whole=0 if width is None else 2, width=width)
    more = len(sums) - len(shown)
    return f"{made}\n… {more:,} more: --json or -o cost.xlsx" if more else made


def _cells(each: Sum) -> tuple[str, ...]:
    return (
        each.name,
        f"{each.made:,}",
        money(each.cost, each.currency),
        f"{each.open:,}" if each.open else "",
        money(each.at_most, each.currency) if each.at_most else "",
        f"{each.unpriced:,}" if each.unpriced else "",
    )


def _data(costs: FolderCosts, settings: Settings) -> dict[str, object]:
    return {
        "command": "status",
        "exit_code": Exit.OK,
        "folder": str(costs.folder),
        "sandbox": settings.sandbox,
        "resume_files": costs.files,
        "skipped": list(costs.skipped),
        **costs.data,
        "file": str(settings.out) if settings.out else None,
    }
