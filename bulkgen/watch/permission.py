"""What a sheet in a hot folder may cost, before a cent is spent: without a cap it is only checked.

The folder belongs to the person who watches it, the sheets in it may be anybody's. So what the command and the folder's
recipe say are limits that a sheet's own recipe can only lower, and nothing that comes with a sheet says by which prices
that counts, or where it is recorded what was spent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bulkgen.batch.places import find_places
from bulkgen.batch.recipe import FOLDER_RECIPE
from bulkgen.batch.remembered import remember_recipes
from bulkgen.batch.settings import Settings, setting_of
from bulkgen.batch.source import find_source
from bulkgen.errors import InputError

#: What only the person who watches may say: by which prices caps count, and where it is recorded what was spent.
_OF_THE_OWNER = ("prices", "resume")

#: How long a run may take (seconds) until it is the turn of others; it goes on when its next turn comes.
TURN = 1800.0


@dataclass(frozen=True, kw_only=True)
class Permit:
    """`cap`: what a run of the sheet may cost (in US dollars), None where nobody said; `turn`: its time (seconds).

    `resume`: the name of its resume file, whatever a Settings sheet says. `log`: the form of its log.
    """

    cap: float | None
    turn: float
    resume: str
    log: str


def permit(sheet: Path, *, max_cost: float | None, sandbox: bool) -> Permit:
    """`sheet`: the file, or a recipe that names a Google Sheet; `max_cost`: what was typed with the command.

    Raises `InputError` for a recipe that can't be used here. The sheet itself is not opened.
    """
    path = find_source(str(sheet)).path
    by_recipes = remember_recipes(path, Settings(sandbox=sandbox))
    for recipe, said in by_recipes.found.items():
        if recipe.name != FOLDER_RECIPE:
            _check(recipe, said)
    settings = by_recipes.settings
    caps = [cap for cap in (max_cost, settings.max_cost) if cap is not None]
    return Permit(
        cap=min(caps, default=None),
        turn=min(settings.timeout or TURN, TURN),
        resume=find_places(path, out=None, resume=None, sandbox=sandbox).resume.name,
        log=settings.log_format or "text",
    )


def _check(recipe: Path, said: Settings) -> None:
    for name in _named(said):
        raise InputError(
            f"{recipe.name}: in a folder that is watched {setting_of(name)} can't be set for one sheet, since what is "
            f"spent is counted by it. Take it out there"
            + (f"; for all sheets it may stand in {FOLDER_RECIPE}." if name == "prices" else ".")
        )


def _named(said: Settings) -> Iterator[str]:
    return (name for name in _OF_THE_OWNER if name in said.model_fields_set)
