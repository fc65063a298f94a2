"""What is to be scheduled, made into an entry: a sheet that is run again and again, or a folder that is watched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bulkgen.batch.recipe import FOLDER_RECIPE, read_recipe
from bulkgen.batch.settings import Settings
from bulkgen.errors import InputError
from bulkgen.kinds.columns import is_link
from bulkgen.program import command_line
from bulkgen.schedules.entries.entry import Entry, Label, name_of
from bulkgen.schedules.entries.times import Times

#: How a run is typed that nobody looks at: no question, and no word unless something is wrong.
UNATTENDED = ("--only-capped", "--yes", "--no-input", "--quiet")


def whole_path(target: str, folder: Path) -> str:
    """The path from the root; a link as it is. `folder`: where the person types."""
    if is_link(target):
        return target

    path = folder / Path(target).expanduser()
    return str(path.resolve() if path.name in ("", "..") else path.parent.resolve() / path.name)


def identity_of(target: str, worksheet: str = "") -> str:
    """The same for one sheet whichever way its path is typed."""
    return f"{target if is_link(target) else Path(target).resolve()}\0{worksheet}"


def check_cap(settings: Settings, where: str) -> None:
    """Raises `InputError` for a sheet without a limit on its cost. `where`: the recipe that could have one."""
    if settings.max_cost is None and settings.max_cost_total is None:
        raise InputError(
            "A schedule needs a limit on the cost, since nobody looks at it: add --max-cost USD, the most that a run "
            f"may cost, or write max_cost = USD into {where}. (--max-cost-total USD limits all runs together.)"
        )


def check_folder_cap(settings: Settings, folder: Path) -> None:
    """Raises `InputError` for a folder without a limit on the cost of its sheets."""
    recipe = folder / FOLDER_RECIPE
    said = read_recipe(recipe) if recipe.is_file() else {}
    if settings.max_cost is None and "max_cost" not in said:
        raise InputError(
            "A watch needs a limit on the cost, since nobody looks at it: add --max-cost USD, the most that a run of "
            f"a sheet may cost, or write max_cost = USD into {recipe}."
        )


def sheet_entry(
    target: str,
    *,
    options: Sequence[str],
    worksheet: str,
    times: Times,
    folder: Path,
    log: str,
    environment: Mapping[str, str],
) -> Entry:
    """A run of a sheet (a whole path, or a link). `options`: those of `run`; `folder`: where it works."""
    identity = identity_of(target, worksheet)
    label = Label(
        name=name_of(target, identity),
        target=target,
        identity=identity,
        worksheet=worksheet,
        when=times.words,
        cron=times.cron,
        log=log,
    )
    words = command_line("run", target, *options, *UNATTENDED)
    return Entry(label=label, words=tuple(words), folder=str(folder), environment=environment, times=times)


def folder_entry(target: str, *, options: Sequence[str], environment: Mapping[str, str]) -> Entry:
    """A watch of a folder (a whole path), which is kept running."""
    identity = identity_of(target)
    label = Label(
        name=name_of(target, f"watch {identity}"), target=target, identity=identity, watches=True, when="watched"
    )
    words = command_line("watch", target, *options)
    return Entry(label=label, words=tuple(words), folder=target, environment=environment)
