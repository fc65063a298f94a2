"""`bulkgen init`: a sheet to begin with, or the recipe for a sheet that there is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from bulkgen.batch.fitted import Fitted, fit_sheet
from bulkgen.batch.new_file import check_new
from bulkgen.batch.new_sheet import (
    kind_of,
    left_out,
    path_for,
    sheet_of_project,
    sheet_of_starter,
    sheet_of_template,
    write_sheet,
)
from bulkgen.batch.projects import cell_for, open_project
from bulkgen.batch.recommended import recipe_for
from bulkgen.batch.settings import Settings
from bulkgen.batch.starters import Starter, find_starter, starters
from bulkgen.batch.templates import find_template, own_names
from bulkgen.cli.console import Console
from bulkgen.cli.options import Json, shell_line
from bulkgen.errors import Exit, InputError
from bulkgen.kinds import KINDS
from bulkgen.kinds.account import Template
from bulkgen.kinds.hyperframes import HYPERFRAMES
from bulkgen.kinds.kind import Kind
from bulkgen.kinds.template import TEMPLATE
from bulkgen.model import listed, plural
from bulkgen.rows.fitting import Sure
from bulkgen.sheet.starter import StarterSheet

#: What is said of a field by how its column was found.
_HOW = {
    Sure.NAMED: "is the column {}",
    Sure.MEANT: "is filled from {}",
    Sure.GUESSED: "is filled from {}, whose name is much like it: see that this is right",
    Sure.DOUBTFUL: "could be any of {}: say which",
    Sure.MISSING: "has no column yet",
}

_FOR = "For one of your own templates: bulkgen init --template NAME; for a project: --project FOLDER"


def init(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A starter sheet, such as speech; without it, a list.")
    ] = None,
    template: Annotated[
        str | None, typer.Option(metavar="NAME", help="A sheet for this template of yours, by its name or id.")
    ] = None,
    project: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="A sheet for this HyperFrames project: its folder or ZIP.")
    ] = None,
    purpose: Annotated[str | None, typer.Option("--for", metavar="PURPOSE", help="A starter for this purpose.")] = None,
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="SHEET", help="Leave this sheet as it is, and write the recipe that fits it."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="The new sheet, .xlsx or .csv.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(metavar="NAME", help="With --from: the worksheet.")] = None,
    header_row: Annotated[
        int | None, typer.Option(metavar="N", help="With --from: the row of the headers.", min=1)
    ] = None,
    sandbox: Annotated[bool, typer.Option("--sandbox", help="A template of the sandbox: no key is needed.")] = False,
    as_json: Json = False,
) -> Exit:
    """Writes a starter sheet, or a recipe; with neither asked for, lists the starters."""
    console = Console(as_json=as_json)
    wanted = [each for each in (name, purpose) if each]
    if len(wanted) + bool(template) + (project is not None) > 1:
        raise InputError("Name one starter sheet, a template or a project: bulkgen init alone lists the starters.")

    if out is not None:
        check_new(out)
    if source is not None:
        if project is not None:
            raise InputError("--from is for templates and kinds. A project's sheet is new: leave out --from.")

        settings = Settings(sheet=sheet, header_row=header_row, sandbox=sandbox)
        return _fit(console, source, settings, template, wanted, out)

    if project is not None:
        taken = open_project(project)
        path = out or path_for(taken.name)
        return _write_for(console, taken, sheet_of_project(taken, cell_for(project, path), path), path, HYPERFRAMES)

    if template:
        found = find_template(template, sandbox=sandbox)
        path = out or path_for(found.name or found.id)
        sheet_of_it = sheet_of_template(found, path, own_names(found, sandbox=sandbox))
        return _write_for(console, found, sheet_of_it, path, TEMPLATE)

    starter = find_starter(wanted[0]) if wanted else _choose(console)
    if starter is None:
        return Exit.OK

    path = out or path_for(starter.name)
    return _write(console, sheet_of_starter(starter, path), path, kind_of(starter))


def _choose(console: Console) -> Starter | None:
    """Which of them, where somebody can be asked; else they are only listed."""
    known = tuple(starters().values())
    width = max(len(each.name) for each in known) + 2
    lines = [f"{each.name:{width}}{each.title}" for each in known]
    if console.interactive and not console.as_json:
        chosen = console.choose(f"Which starter sheet? {_FOR}.", lines)
        return known[chosen] if chosen is not None else None

    data = [{"name": each.name, "title": each.title, "about": each.about, "kind": each.is_kind} for each in known]
    said = "\n".join(["bulkgen init NAME writes one of these sheets:", *(f"  {line}" for line in lines), f"{_FOR}."])
    console.summary(said, {"command": "init", "exit_code": Exit.OK, "starters": data})
    return None


def _write_for(console: Console, template: Template, sheet: StarterSheet, path: Path, kind: Kind) -> Exit:
    """The same, with the variables that have no column."""
    code = _write(console, sheet, path, kind)
    for variable, why in left_out(template).items():
        console.warn(f"The variable {variable!r} has no column: {why}")
    return code


def _write(console: Console, sheet: StarterSheet, path: Path, kind: Kind) -> Exit:
    write_sheet(sheet, path)
    recipe = recipe_for(kind, path, [column.header for column in sheet.columns])
    needed = [column.header for column in sheet.columns if column.required]
    rows = plural(len(sheet.rows), "example row")
    said = [
        f"{path}: {rows} under {plural(len(sheet.columns), 'header')}."
        f"{f' Needed: {listed(needed, 12)}.' if needed else ''}",
        *([f"{recipe}: {_recommended(kind.recommended)}"] if recipe else ()),
        f"Rehearse it for free: {shell_line(['bulkgen', 'run', str(path), '--sandbox'])}",
        f"Then put your own rows in place of the examples: {shell_line(['bulkgen', 'run', str(path)])}",
    ]
    data = {
        "command": "init",
        "exit_code": Exit.OK,
        "file": str(path),
        "recipe": str(recipe) if recipe else None,
        "examples": len(sheet.rows),
        "columns": [
            {"header": each.header, "note": each.note, "required": each.required, "example": each.example}
            for each in sheet.columns
        ],
    }
    console.summary("\n".join(said), data)
    return Exit.OK


def _recommended(fields: Mapping[str, str]) -> str:
    said = listed([f"{name} {value}" for name, value in fields.items()])
    return f"{said} where a cell is blank, as HeyGen recommends. Change it there, or delete the lines."


def _fit(
    console: Console, source: str, settings: Settings, template: str | None, kinds: list[str], out: Path | None
) -> Exit:
    if out is not None:
        raise InputError("--from writes no sheet but the recipe beside it: leave out -o.")

    if not template and (not kinds or kinds[0] not in KINDS):
        raise InputError(f"--from needs --template NAME, or one of the kinds: {', '.join(KINDS)}.")

    found = find_template(template, sandbox=settings.sandbox) if template else None
    fitted = fit_sheet(source, settings, KINDS["template" if found else kinds[0]], found)
    console.summary("\n".join(_fit_lines(fitted, source)), _fit_data(fitted))
    return Exit.OK


def _fit_lines(fitted: Fitted, source: str) -> list[str]:
    width = max((len(each.name) for each in fitted.fits), default=0) + 2
    lines = [f"{fitted.recipe} says how {source} is run; the sheet itself stays as it is."]
    if fitted.sheet:
        lines.append(f"  The rows are in the sheet {fitted.sheet}.")
    if fitted.header_row > 1:
        lines.append(f"  The headers are in row {fitted.header_row}.")
    lines += [f"  {each.name:{width}}{_HOW[each.sure].format(listed(each.headers, 4))}" for each in fitted.fits]
    if fitted.recommended:
        lines.append(f"It sets {_recommended(fitted.recommended)}")
    if fitted.missing:
        lines.append(
            f"For {listed(fitted.missing)}: add a column to the sheet; or write into the recipe, below [map], which "
            f'column it is ("Your header" = "{fitted.missing[0]}"), or below [set] one value for all rows.'
        )
    lines.append(f"Next: {shell_line(['bulkgen', 'check', source])}")
    return lines


def _fit_data(fitted: Fitted) -> dict[str, object]:
    return {
        "command": "init",
        "exit_code": Exit.OK,
        "recipe": str(fitted.recipe),
        "worksheet": fitted.sheet or None,
        "header_row": fitted.header_row,
        "columns": [
            {"field": each.name, "headers": list(each.headers), "how": each.sure.value} for each in fitted.fits
        ],
        "missing": list(fitted.missing),
        "recommended": dict(fitted.recommended),
    }
