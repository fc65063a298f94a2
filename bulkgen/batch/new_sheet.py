"""A sheet to begin with: one of the starters, or one for a template of the account, with its columns explained.

Its rows are examples, marked as such: they can be rehearsed as they are, and are never paid for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

from bulkgen.batch.explained import Names, explained
from bulkgen.batch.new_file import write_new
from bulkgen.batch.starters import Starter, starters
from bulkgen.disk.whole import put_new, write_whole
from bulkgen.kinds.account import Template
from bulkgen.kinds.columns import match_key
from bulkgen.kinds.hyperframes import HYPERFRAMES
from bulkgen.kinds.kind import Kind
from bulkgen.kinds.template import TEMPLATE
from bulkgen.model import Cell, Issue, Row, Table
from bulkgen.result_columns import is_result
from bulkgen.results.workbook import legal_title
from bulkgen.rows.deciding import Deciding
from bulkgen.rows.examples import example_label
from bulkgen.rows.headings import OWN, read_headings
from bulkgen.rows.layouts import Layouts
from bulkgen.sandbox.rehearsal import REHEARSAL
from bulkgen.sheet.companions import may_accompany
from bulkgen.sheet.starter import StarterSheet, write_starter
from bulkgen.texts import UNWRITABLE, guarded, runs

#: Examples of what is no text, by the type of the variable.
_EXAMPLE_OF = {
    "image": "https://example.com/picture.png",
    "video": "https://example.com/video.mp4",
    "audio": "https://example.com/audio.mp3",
    "character": "look_abigail",
    "voice": "voice_anna",
}

#: Examples of what variables are usually called, by their match keys: one for each row.
_EXAMPLES = {
    "firstname": ("Ann", "José"),
    "lastname": ("Baker", "Romero"),
    "name": ("Ann Baker", "José Romero"),
    "fullname": ("Ann Baker", "José Romero"),
    "company": ("Acme Paper", "Panadería Sol"),
    "companyname": ("Acme Paper", "Panadería Sol"),
    "city": ("Leeds", "Madrid"),
    "email": ("ann@acme.example", "jose@sol.example"),
    "website": ("acme.example", "sol.example"),
    "date": ("12 May", "3 June"),
    "price": ("€49", "€24"),
}
_ROWS = 2


def path_for(name: str) -> Path:
    """Where a new sheet goes if nobody says it: a file called after `name`, in the folder where one works."""
    slug = "-".join(re.findall(r"\w+", name))[:60].casefold()  # any system has it, and no shell wants quotes
    return Path(f"{slug or 'template'}.xlsx")


def sheet_of_starter(starter: Starter, path: Path) -> StarterSheet:
    """The starter as it is written to `path`."""
    table = replace(starter.table(), name=_tab(path))
    layouts, kind = Layouts(read_headings(table, {}, {})), kind_of(starter)
    named = layouts.cell(table.rows[0], kind, "template_id")
    unseen = kind.filling.found_in({}) if kind.filling and kind.filling.found_in else None
    template = _rehearsed(named.text) if named else unseen if isinstance(unseen, Template) else None
    layout = layouts.of(kind, template, scene=bool(layouts.video(table.rows[0], kind)))
    return explained(table, layout, f"{starter.title}. {starter.about}", path, {})


def kind_of(starter: Starter) -> Kind:
    """The kind of its rows."""
    table = starter.table()
    kind = Deciding(Layouts(read_headings(table, {}, {}))).kind_of(table.rows[0])
    assert not isinstance(kind, Issue), "a starter asks for something"
    return kind


def sheet_of_template(template: Template, path: Path, names: Names) -> StarterSheet:
    """A column for each variable of the template, as it is written to `path`."""
    headers = tuple(_headers(TEMPLATE, template))
    types = tuple(template.variables[name] for name, _ in headers)
    rows = []
    for at in range(_ROWS):
        texts = [_example(name, type_, at) for (name, _), type_ in zip(headers, types, strict=True)]
        rows.append((template.id, *texts, example_label(at + 1)))
    skip = () if "skip" in map(match_key, template.variables) else ("skip",)  # the column would be both
    columns = ("template_id", *(header for _, header in headers), "row_id", *skip)
    table = _table(_tab(path), columns, rows)
    layout = Layouts(read_headings(table, {}, {})).of(TEMPLATE, template)
    called = template.name.strip() or template.id
    about = (
        f"Videos from the template {called}. {starters()['template'].about.split('. ')[0]}: a text that is blank is a "
        "mistake, and of all else the template's own stays where a cell is blank."
    )
    return explained(table, layout, about, path, names)


def sheet_of_project(template: Template, project: str, path: Path) -> StarterSheet:
    """A column for each variable of the project's composition, as it is written to `path`; its example is what the
    composition shows by itself. `project`: what the cell says of the project."""
    headers = tuple(_headers(HYPERFRAMES, template))
    texts = [template.own.get(name, "") for name, _ in headers]
    skip = () if "skip" in map(match_key, template.variables) else ("skip",)
    columns = ("project", *(header for _, header in headers), "row_id", *skip)
    table = _table(_tab(path), columns, [(project, *texts, example_label(1))])
    layout = Layouts(read_headings(table, {}, {})).of(HYPERFRAMES, template)
    about = (
        f"Videos from the project {template.name}, with the values of each row in them. Where a cell is blank, the "
        "project shows what it shows by itself."
    )
    return explained(table, layout, about, path, {})


def _rehearsed(template_id: str) -> Template:
    """A template of the sandbox, which starters use."""
    found = REHEARSAL.templates[template_id]
    return Template(found.id, found.name, {name: str(each["type"]) for name, each in found.variables.items()})


def write_sheet(sheet: StarterSheet, path: Path) -> None:
    """Writes the file, whole. Raises `InputError` where there is one already, or it can't be written."""

    def fill(temporary: Path) -> None:
        write_starter(sheet, temporary, path.suffix.casefold())

    write_new(path, lambda: write_whole(path, fill, put_new))


def _tab(path: Path) -> str:
    """The name of the sheet that has the rows: that of the file."""
    title = legal_title(path.stem, "Sheet")
    return f"{title[:26]} rows" if may_accompany(title) else title


def _headers(kind: Kind, template: Template) -> Iterator[tuple[str, str]]:
    """The variables that a sheet needs a column of their own for, each with its header."""
    fields = (match_key(name) for column in kind.columns for name in column.names)
    taken = {"", *map(match_key, OWN), *fields}
    seen: set[str] = set()
    for column in kind.filling.columns(template, ()) if kind.filling else ():
        name = column.place[1]
        own = column.name == f"variables.{name}" and name in template.variables
        if not own or match_key(name) in {*seen, "templateid", "rowid"} or UNWRITABLE.search(name):
            continue

        seen.add(match_key(name))
        risky = runs(name) or guarded(name) or is_result(name) or match_key(name) in taken
        yield name, column.name if risky else name


def left_out(template: Template) -> dict[str, str]:
    """The variables that the sheet has no column for, each with the reason and what to do."""
    kind = HYPERFRAMES if template.declared else TEMPLATE
    kept = {match_key(name): name for name, _ in _headers(kind, template)}
    known = {column.place[1] for column in (kind.filling.columns(template, ()) if kind.filling else ())}
    why = {}
    rename = "Rename it in the project." if template.declared else "Rename it in the template at HeyGen."
    for name, type_ in template.variables.items():
        same = kept.get(match_key(name))
        if same == name:
            continue

        if name not in known:
            why[name] = f"its type {type_} came after this bulkgen. The template's own value stays."
        elif UNWRITABLE.search(name):
            why[name] = f"its name has characters that no sheet can hold. {rename}"
        elif same:
            why[name] = f"its header would be read like that of {same}. {rename}"
        else:
            why[name] = f"a sheet has a column of its own by that name. {rename}"
    return why


def _example(name: str, type_: str, row: int) -> str:
    """An example for a variable: of what may be blank, only in the first row."""
    if type_ != "text":
        return _EXAMPLE_OF[type_] if row == 0 else ""

    known = _EXAMPLES.get(match_key(name))
    words = " ".join(re.findall(r"[^\W_]+", name))[:40]
    return known[row] if known else f"{'Another' if row else 'Your'} {words or 'text'}"


def _table(name: str, headers: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Table:
    numbered = zip(count(2), rows, strict=False)
    return Table(name, headers, tuple(Row(n, tuple(Cell(text, text) for text in row)) for n, row in numbered))
