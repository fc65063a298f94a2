"""`bulkgen list`: what the account has to choose from."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from bulkgen.batch.browsing import Found, browse, list_called, save, shown
from bulkgen.batch.new_file import check_new
from bulkgen.cli.console import Console
from bulkgen.cli.options import Json
from bulkgen.cli.table import table
from bulkgen.errors import Exit, InputError
from bulkgen.heygen.browse import PREVIEW, SHELVES, Filters
from bulkgen.model import listed, plural

#: So many items of a list are shown on a terminal.
SCREEN = 40

#: Why a list may be empty.
_WHY = {"templates": " HeyGen lists those that have variables: make one in HeyGen's editor, and add variables to it."}


def list_(
    what: Annotated[str, typer.Argument(metavar="LIST", help=f"One of: {', '.join(SHELVES)}.")] = "",
    search: Annotated[
        str, typer.Option(metavar="WORDS", help="Only those that have these words, or are called like them.")
    ] = "",
    language: Annotated[
        str, typer.Option(metavar="NAME", help="Voices of this language, by any of its names: Spanish, Español, es.")
    ] = "",
    gender: Annotated[str, typer.Option(metavar="GENDER", help="Voices or avatars: female or male.")] = "",
    starfish: Annotated[bool, typer.Option("--starfish", help="Only voices that can make voice-overs.")] = False,
    mine: Annotated[bool, typer.Option("--mine", help="Only your own voices or avatars.")] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="Write the whole list to a .xlsx or .csv file."),
    ] = None,
    sandbox: Annotated[bool, typer.Option("--sandbox", help="What the sandbox's pretend account has.")] = False,
    as_json: Json = False,
) -> Exit:
    """Lists what the account has."""
    if not what:
        raise InputError(f"Say what to list: {listed(list(SHELVES), 9)}. For example: bulkgen list templates")

    console, what = Console(as_json=as_json), list_called(what)
    if out is not None:
        check_new(out)
    filters = Filters(language=language.strip(), gender=gender.strip(), starfish=starfish, mine=mine)
    found = browse(what, search=search, filters=filters, sandbox=sandbox)
    if out is not None:
        save(found, out)
    for note in found.notes:
        console.warn(note)
    console.summary(_words(found, search, out, narrowed=bool(search or filters.names)), _data(found, sandbox, out))
    return Exit.OK


def _words(found: Found, search: str, out: Path | None, *, narrowed: bool) -> str:
    number = len(found.items)
    if not number:
        return (
            f"There are no {found.name} like that."
            if narrowed
            else f"There are no {found.name}.{_WHY.get(found.name, '')}"
        )

    lines = []
    if found.near:
        lines.append(f"None of the {found.name} has the words {search!r}. These are called like it:")
    if out is not None:
        lines.append(f"{plural(number, SHELVES[found.name].one, found.name)}: {out}")
        return "\n".join(lines)

    terminal = sys.stdout.isatty()
    items = found.items[:SCREEN] if terminal else found.items
    columns = [column for column in found.columns if column != PREVIEW]
    width = shutil.get_terminal_size().columns if terminal else None
    cells = [[shown(item[column]) for column in columns] for item in items]
    lines.append(table(columns, cells, whole=1, width=width))
    if len(items) < number:
        lines.append(f"… {number - len(items):,} more: --search WORDS, --json or -o {found.name}.xlsx")
    return "\n".join(lines)


def _data(found: Found, sandbox: bool, out: Path | None) -> dict[str, object]:
    return {
        "command": "list",
        "exit_code": Exit.OK,
        "list": found.name,
        "sandbox": sandbox,
        "near": found.near,
        "count": len(found.items),
        "items": list(found.items),
        "file": str(out) if out else None,
    }
