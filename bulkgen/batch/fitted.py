"""A person's own sheet made ready for a template or a kind: the sheet stays as it is, the recipe beside it says how.

Nothing is sent, and of the sheet only the headers matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bulkgen.batch.opened import open_sheet
from bulkgen.batch.recipe import is_recipe_name, recipe_path, write_recipe
from bulkgen.batch.recommended import lines_for
from bulkgen.batch.settings import Settings
from bulkgen.errors import InputError
from bulkgen.kinds.account import Template
from bulkgen.kinds.columns import Column, is_link
from bulkgen.kinds.kind import Kind
from bulkgen.rows.fitting import Fit, Sure, fit
from bulkgen.rows.headings import read_headings
from bulkgen.rows.layouts import Layout, Layouts
from bulkgen.rows.synonyms import same_column


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """`fits`: what fills each field that counts; `sheet`: the one of several in a workbook, "" where there is one."""

    recipe: Path
    fits: tuple[Fit, ...]
    #: What the recipe sets since HeyGen recommends it, by field.
    recommended: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    header_row: int = 1

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that nothing fills yet, and that have to be filled."""
        return tuple(each.name for each in self.fits if not each.found)


def fit_sheet(source: str, settings: Settings, kind: Kind, template: Template | None = None) -> Fitted:
    """Finds the columns that the kind (and template) asks for, and writes the recipe of the sheet.

    Raises `InputError` for a sheet that can't be read or is no file of this computer, and for a recipe that can't be
    written.
    """
    if is_link(source) or is_recipe_name(source) or source == "-":
        raise InputError("--from takes a file of this computer: its recipe is written beside it.")

    opened = open_sheet(source, settings)
    table, known = opened.table, opened.settings
    headings = read_headings(table, known.renames, known.defaults)
    layout = Layouts(headings).of(kind, template)
    found = fit(headings, layout, _asked(layout))
    fits = tuple(each for each in found if each.field.required or template is None or each.found)
    # A sheet that was run before would ask for other videos, and pay for them again.
    lines = {} if opened.places.resume.exists() else lines_for(kind, table.headers, known.defaults)
    sets = {"template_id": template.id} if template else lines
    changes: dict[str, object] = {"set": sets} if sets else {}
    if template is None or known.kind:
        changes["kind"] = kind.name
    guesses = {each.headers[0]: each.name for each in fits if each.sure is Sure.GUESSED}
    if guesses:
        changes["map"] = guesses
    sheet = table.name if table.siblings > 1 else ""
    if sheet:
        changes["sheet"] = sheet
    if known.header_row:  # one that is found by itself may be another in the next export
        changes["header_row"] = known.header_row
    recipe = recipe_path(Path(source))
    _check_other(recipe, known, kind, template)
    write_recipe(recipe, changes)
    recommended = {name: each.value for name, each in lines.items()}
    return Fitted(recipe=recipe, fits=fits, recommended=recommended, sheet=sheet, header_row=table.header_row)


def _check_other(recipe: Path, known: Settings, kind: Kind, template: Template | None) -> None:
    """Raises `InputError` where the recipe is for another kind or template: what it says besides is meant for that."""
    said = next((text for name, text in known.defaults.items() if same_column(name, "template_id")), "")
    other_template = said not in ("", template.id, template.name) if template else bool(said)
    if recipe.exists() and (other_template or (known.kind or kind.name) != kind.name):
        what = f"the template {said}" if other_template else f"the kind {known.kind}"
        raise InputError(
            f"{recipe} is there already, for {what}. Rename or delete it, or change it there. Nothing was written."
        )


def _asked(layout: Layout) -> tuple[Column, ...]:
    """The fields that a column may be for: of a template its variables, else what has to be filled."""
    if layout.template:
        values = {f"variables.{name}" for name in layout.template.variables}
        return tuple(column for column in layout.columns if column.name in values)

    decisive = {name for group in layout.kind.signs.columns for name in group[:1]}
    return tuple(column for column in layout.columns if column.required or column.name in decisive)
