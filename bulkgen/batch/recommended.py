"""What HeyGen recommends for fields that a sheet leaves open, as lines of a new recipe.

It counts because it stands there: whoever changes or deletes the lines has something else sent, or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bulkgen.batch.recipe import Noted, recipe_path, write_recipe
from bulkgen.kinds.columns import match_key
from bulkgen.kinds.kind import Kind
from bulkgen.rows.synonyms import same_column

#: Headers of columns that say the kind of each row: one value for all rows may not suit them all.
_KINDS_OF_ROWS = frozenset({"type", "kind"})


def lines_for(kind: Kind, headers: Iterable[str], said: Iterable[str]) -> dict[str, Noted]:
    """What a recipe sets for all rows whose cells are blank. `said`: what is set for all rows already."""
    if _KINDS_OF_ROWS.intersection(map(match_key, headers)):
        return {}

    known = list(said)
    return {
        name: Noted(value, "recommended by HeyGen; a cell goes before it")
        for name, value in kind.recommended.items()
        if not any(same_column(each, name) for each in known)
    }


def recipe_for(kind: Kind, sheet: Path, headers: Iterable[str]) -> Path | None:
    """Writes the recipe of a sheet that has just been written; None where nothing is recommended, or one is there.

    Raises `InputError` where it can't be written.
    """
    recipe, lines = recipe_path(sheet), lines_for(kind, headers, ())
    if not lines or recipe.exists():
        return None

    write_recipe(recipe, {"set": lines})
    return recipe
