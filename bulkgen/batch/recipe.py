"""The recipe: how a sheet is to be run, in a TOML file beside it.

`leads.xlsx` has `leads.recipe.toml`; `bulkgen.recipe.toml` is for all sheets of its folder. A recipe with a `link`
names a Google Sheet, and is given in place of a file. What is written into one keeps what stands there, comments too.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit

from bulkgen.batch.places import sheet_of
from bulkgen.disk.whole import write_whole
from bulkgen.errors import InputError
from bulkgen.model import shorten

#: What is to be written into a recipe: settings by their names, pairs as an inner mapping.
Changes = Mapping[str, object]

#: How the names of recipes end.
ENDING = ".recipe.toml"

#: The recipe of a folder.
FOLDER_RECIPE = f"bulkgen{ENDING}"

#: What of a recipe is no setting: the Google Sheet that it is of.
LINK = "link"

#: The largest recipe that is read (bytes).
SIZE_LIMIT = 1_000_000

_BEGINNING = """\
# How bulkgen runs {sheet}. Every command on that sheet reads this file.
# Change what you like: a setting here is the option of the same name without its dashes.

"""


@dataclass(frozen=True)
class Noted:
    """A value, with what a person calls it: written behind it as a comment."""

    value: str
    note: str


def recipe_path(sheet: Path, *, sandbox: bool = False) -> Path:
    """Where the recipe of a sheet is; of its results and of its marked copy the same, and of a recipe itself.

    `sandbox`: what was answered in a rehearsal, and goes before the recipe there.
    """
    stem = sheet.name[: -len(ENDING)] if is_recipe_name(sheet.name) else sheet_of(sheet).stem
    return sheet.with_name(f"{stem}{'.sandbox' if sandbox else ''}{ENDING}")


def folder_recipe(sheet: Path) -> Path:
    """The recipe of all sheets in the folder of this one; of a sheet `bulkgen.xlsx` its own, too."""
    return sheet.with_name(FOLDER_RECIPE)


def is_recipe_name(name: str) -> bool:
    """Whether a file, by its name, is a recipe."""
    return name.casefold().endswith(ENDING)


def is_there(recipe: Path) -> bool:
    try:
        return recipe.is_file()
    except OSError:  # no file can have this name
        return False


def link_in(recipe: Path) -> str:
    """The link of the Google Sheet that a recipe is of, "" without one. Raises `InputError`, as `read_recipe` does."""
    link = read_recipe(recipe).get(LINK, "")
    if not isinstance(link, str):
        raise InputError(f'{recipe.name}: link is no text. Write it like: link = "https://docs.google.com/…"')

    return link.strip()


def read_recipe(path: Path) -> dict[str, object]:
    """The settings of a recipe as they are written. Raises `InputError` where it can't be read."""
    try:
        data = path.read_bytes()
        if len(data) > SIZE_LIMIT:
            raise InputError(f"{path} is too large for a recipe.")

        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise InputError(f"{path} is not saved as UTF-8. Save it so in your editor, or write it anew.") from None
    except FileNotFoundError:
        raise InputError(f"There is no file {path}, which --recipe names.") from None
    except OSError as error:
        if path.is_dir():
            raise InputError(f"{path} is a folder, and no recipe. Give a file, such as leads.recipe.toml.") from None

        raise InputError(f"{path} can't be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        reason = shorten(str(error), 200)
        raise InputError(
            f'{path} is no valid recipe: {reason}. A line of it is like: sheet = "Leads" (texts in quotation marks).'
        ) from None


def write_recipe(path: Path, changes: Changes) -> None:
    """Takes the changes into the recipe, made if there is none: `{"sheet": "Leads", "set": {"template_id": "tpl"}}`.

    Raises `InputError` where it can't be read or written.
    """
    if path.exists():
        read_recipe(path)
        document = tomlkit.parse(path.read_text(encoding="utf-8-sig"))
    else:
        document = tomlkit.parse(_BEGINNING.format(sheet=path.name.removesuffix(ENDING).removesuffix(".sandbox")))
    _take_in(document, changes)
    put(path, tomlkit.dumps(document))


def put(path: Path, text: str | None) -> None:
    """Makes this text the recipe, whole or not at all; None: there is none. Raises `InputError` where that can't be."""
    try:
        if text is None:
            path.unlink(missing_ok=True)
        else:
            write_whole(path, lambda temporary: _write(temporary, text), lambda temporary, to: temporary.replace(to))
    except OSError as error:
        raise InputError(f"{path} can't be written: {error.strerror}.") from error


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _take_in(table: MutableMapping[str, Any], changes: Changes) -> None:
    for name, value in changes.items():
        if isinstance(value, Mapping):
            inner = table.setdefault(name, {})
            _take_in(inner, value)
        elif isinstance(value, Noted):
            item = tomlkit.item(value.value)
            table[name] = item.comment(shorten(value.note, 60))
        else:
            table[name] = value
