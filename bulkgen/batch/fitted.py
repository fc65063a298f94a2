"""A person's own sheet made ready for a template or a kind: the sheet stays as it is, the recipe beside it says how.

Nothing is sent, and of the sheet only the headers matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bulkgen.batch.opened import Opened, open_sheet
from bulkgen.batch.recipe import recipe_path, write_recipe
from bulkgen.batch.settings import Settings
from bulkgen.errors import InputError
from bulkgen.kinds.account import Template
from bulkgen.kinds.columns import Column, is_link
from bulkgen.kinds.kind import Kind
from bulkgen.kinds.template import template_columns
from bulkgen.rows.fitting import Fit, fit
from bulkgen.rows.headings import read_headings


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """`fits`: what fills each field that counts; `given`: fields that all rows have one value for."""

    recipe: Path
    opened: Opened
    fits: tuple[Fit, ...]
    given: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that nothing fills yet, and that have to be."""
        return tuple(each.name for each in self.fits if each.field.required and not each.header)


def fit_sheet(source: str, settings: Settings, kind: Kind, template: Template | None = None) -> Fitted:
    """Finds the columns that the kind (and template) asks for, and writes the recipe of the sheet.

    Raises `InputError` for a sheet that can't be read, that is no file of this computer, or has no line of headers.
    """
    if is_link(source) or source == "-":
        raise InputError("--from takes a file of this computer: its recipe is written beside it.")

    opened = open_sheet(source, settings)
    renames, defaults = opened.settings.renames, dict(opened.settings.defaults)
    changes: dict[str, object] = {}
    if template:
        defaults["template_id"] = template.id
        changes["set"] = {"template_id": template.id}
    else:
        changes["kind"] = kind.name
    headings = read_headings(opened.table, renames, defaults)
    given = tuple(name for name in headings.names[headings.real :] if name)
    fits = fit(headings.names, _asked(kind, template))
    fits = tuple(each for each in fits if each.field.required or each.header)
    guesses = {each.header: each.name for each in fits if each.guessed}
    if guesses:
        changes["map"] = guesses
    if opened.table.siblings > 1:
        changes["sheet"] = opened.table.name
    if opened.table.header_row > 1:
        changes["header_row"] = opened.table.header_row
    recipe = recipe_path(Path(source))
    write_recipe(recipe, changes)
    return Fitted(recipe=recipe, opened=opened, fits=fits, given=given)


def _asked(kind: Kind, template: Template | None) -> tuple[Column, ...]:
    """The fields that a column may be for: of a template its variables, else what has to be filled."""
    if template:
        variables = template_columns(template, ())
        return tuple(column for column in variables if column.name.removeprefix("variables.") in template.variables)

    decisive = {name for group in kind.decided_by for name in group}
    return tuple(column for column in kind.columns if column.required or column.name in decisive)
