"""Where the sheet is that a person names: a file, a CSV on standard input, or a Google Sheet.

A Google Sheet is named by its link, or by a recipe that has the link: `leads.recipe.toml` stands for a `leads.xlsx` (or
`leads.csv`, of one tab) that is fetched each time, and its files are called after that.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bulkgen.batch.places import sheet_of
from bulkgen.batch.recipe import ENDING, FOLDER_RECIPE, is_recipe_name, is_there, link_in, recipe_path
from bulkgen.errors import InputError
from bulkgen.kinds.columns import is_link
from bulkgen.sheet import check_name
from bulkgen.sheet.google import local_name


@dataclass(frozen=True)
class Source:
    """`named`: as the person did. `path`: the file, or what stands for a Google Sheet. `link`: "" for a file."""

    named: str
    path: Path
    link: str = ""


def find_source(named: str) -> Source:
    """Raises `InputError` for a name that is none, a link to anything else, and a recipe that names no Google Sheet."""
    if is_link(named):
        return Source(named, Path(local_name(named)), named)

    check_name(named)
    path = Path(named)
    if is_recipe_name(path.name):
        return _in_recipe(path)

    own = recipe_path(path)
    if sheet_of(path) == path and is_there(own) and link_in(own):
        raise InputError(
            f"{own.name} names a Google Sheet (link), so that sheet is run by bulkgen run {own}. If {path.name} is "
            "meant, take the link out of the recipe, or give one of the two another name."
        )

    return Source(str(path), path)


def _in_recipe(recipe: Path) -> Source:
    if not recipe.exists():
        raise InputError(f"There is no file {recipe}.")

    link = link_in(recipe)
    stem = recipe.name[: -len(ENDING)]
    if not link:
        example = "leads" if recipe.name == FOLDER_RECIPE else stem
        raise InputError(
            f"{recipe.name} says how a sheet is run, and is none. Give the sheet, such as {example}.xlsx; or, for a "
            f'Google Sheet, write into {example}{ENDING}: link = "https://docs.google.com/spreadsheets/d/…"'
        )

    if recipe.name.casefold() == FOLDER_RECIPE:
        raise InputError(
            f"{recipe.name} is for all sheets of its folder, and can't name one. Put the link into a recipe of another "
            "name, such as leads.recipe.toml."
        )

    try:
        path = recipe.with_name(f"{stem}{Path(local_name(link)).suffix}")
    except InputError as error:
        raise InputError(f"{recipe.name}: {error}") from None

    if path.exists():
        raise InputError(
            f"{recipe.name} names a Google Sheet, whose files would be called after {path.name}, and that is another "
            "sheet. Give one of the two another name."
        )

    return Source(str(recipe), path, link)
