"""The columns of a sheet in words: what goes in, whether it is needed, an example; and how the sheet is used.

Pure. So a starter sheet explains itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath

from bulkgen.composition import Variable
from bulkgen.kinds.account import Template
from bulkgen.kinds.columns import Column, Lookup, Type, match_key
from bulkgen.kinds.declared import span_of
from bulkgen.kinds.kind import Kind
from bulkgen.model import Table
from bulkgen.rows.headings import JOINING
from bulkgen.rows.layouts import Layout
from bulkgen.rows.merge import fields_of
from bulkgen.sandbox.catalogue import languages
from bulkgen.sheet.starter import StarterColumn, StarterSheet

_YES_OR_NO, _ANSWERS = ("yes", "no"), "yes or no"

#: What is said of bulkgen's own columns.
_OWN_NOTES = {
    "type": "What the row asks for.",
    "kind": "What the row asks for.",
    "row_id": "Your own label of the row, such as its number in your CRM; it stands in the results. Rows labelled "
    "example-1, example-2 … are examples and never sent for money: give yours another label, or none.",
    "scene_of": "The name of the video: rows with the same name are its scenes, from top to bottom.",
    "skip": "yes leaves the row out.",
    "run": "no leaves the row out.",
    "priority": "A number: rows of a higher one are made first.",
    "retry": "yes tries a failed row once more.",
    "copy": "Two rows that ask for the same are made once; with different words here, twice.",
}

_JOINING = frozenset(map(match_key, JOINING))

_WHERE = {
    Lookup.TEMPLATE: "bulkgen list templates shows yours.",
    Lookup.LOOK: "bulkgen list avatars shows yours.",
    Lookup.VOICE: "bulkgen list voices shows yours.",
    Lookup.SPEECH_VOICE: "bulkgen list voices --starfish shows yours.",
    Lookup.FOLDER: "bulkgen list folders shows yours.",
    Lookup.STYLE: "bulkgen list styles shows them.",
}

#: What goes into a variable of each type.
_VARIABLES = {
    "text": "What the template shows or says in place of {name}.",
    "image": "A link to a picture, or its id at HeyGen. Blank: the template's own.",
    "video": "A link to a video, or its id at HeyGen. Blank: the template's own.",
    "audio": "A link to a recording, or its id at HeyGen. Blank: the template's own.",
    "character": "Who appears: an avatar look, by its name or id. Blank: the template's own.",
    "voice": "Who speaks: a voice, by its name or id. Blank: the template's own.",
}


#: What the account has for a field to choose from.
Names = Mapping[Lookup, tuple[str, ...]]


def explained(table: Table, layout: Layout, about: str, path: PurePath, names: Names) -> StarterSheet:
    """The table as a starter; its rows are the examples."""
    known = {Lookup.LANGUAGE: tuple(sorted(languages())), **names}
    rows = tuple(tuple(row.cell(at).text for at in range(len(table.headers))) for row in table.rows)
    fields = {at: column for column in layout.columns for at in layout.indexes[column.name]}
    needed = set(_needed(layout))
    merged = _merged(rows)
    columns = []
    for at, header in enumerate(table.headers):
        example = next((row[at] for row in rows if row[at]), "")
        plain = StarterColumn(
            header=header,
            note=_own_note(header, merged, layout.kind),
            example=example,
            required=match_key(header) in _JOINING,
        )
        if match_key(header) == "skip":
            plain = replace(plain, choices=_YES_OR_NO, called=_ANSWERS)
        field = fields.get(at)
        columns.append(_of_field(plain, field, layout.template, needed, known) if field else plain)
    more = [column.name for column in layout.columns if not layout.indexes[column.name]]
    return StarterSheet(name=table.name, columns=tuple(columns), rows=rows, how_to=_how_to(about, path, more))


def _needed(layout: Layout) -> Iterator[str]:
    """The fields that have to be filled: by themselves, or as the only ones there of those that decide for the kind."""
    yield from (column.name for column in layout.columns if column.required)
    for group in layout.kind.signs.columns:
        there = [name for name in group if layout.indexes.get(name)]
        if len(there) == 1:
            yield there[0]


def _merged(rows: Sequence[tuple[str, ...]]) -> Mapping[str, str]:
    """The columns that texts are filled in from, as the texts call them, by their match keys."""
    texts = {text for row in rows for text in row}
    named = (name for text in texts for name, _ in fields_of(text, lambda _name: True))
    return {match_key(name): name for name in named}


def _own_note(header: str, merged: Mapping[str, str], kind: Kind) -> str:
    """Of a column that no field takes."""
    key = match_key(header)
    answer = {kind.answer.name: kind.answer.about} if kind.answer else {}
    known = {match_key(name): note for name, note in (_OWN_NOTES | answer).items()}
    if key in known:
        return known[key]

    if key in merged:
        return f"Your own column. Where a text has {{{{{merged[key]}}}}}, it is filled in from here."

    return "Your own column: bulkgen passes it on to the results."


def _of_field(
    plain: StarterColumn,
    field: Column,
    template: Template | None,
    needed: set[str],
    known: Names,
) -> StarterColumn:
    where = _WHERE.get(field.lookup, "") if field.lookup else ""
    note = f"{field.about} {where}".strip().replace("`", "")
    if template and field.place[0] == "variables":
        note = _of_variable(template, field)
    choices, called = field.labels or field.choices, ""
    if field.type is Type.BOOLEAN:
        choices, called = _YES_OR_NO, _ANSWERS
    if field.lookup:
        choices, called = known.get(field.lookup, ()), field.lookup.plural
    return replace(
        plain,
        note=note,
        required=field.name in needed,
        number=field.type in (Type.NUMBER, Type.INTEGER),
        choices=choices,
        open=field.lookup is not None,
        called=called,
    )


def _of_variable(template: Template, field: Column) -> str:
    name = field.place[1]
    if template.noun == "template":
        return _VARIABLES[template.variables[name]].format(name=name)

    declared = template.declared.get(name)
    return f"{field.about} {_taken(declared)}" if declared else f"{field.about} It is sent as it is typed."


def _taken(variable: Variable) -> str:
    """What a composition takes for one of its variables."""
    bounds = span_of(variable)
    longest = f"Up to {variable.longest} characters. " if variable.longest else ""
    what = {
        "number": f"A number{f': {bounds}' if bounds else ''}. ",
        "color": "A colour: its code (#7c3aed) or its English name. ",
        "boolean": "yes or no. ",
        "enum": f"One of: {', '.join(label for _, label in variable.options)}. ",
        "font": "The name of a font that the project loads. ",
        "image": "A link to a picture, or the path of one in the project. ",
    }.get(variable.type, longest)
    return f"{what}Blank: the composition's own."


def _how_to(about: str, path: PurePath, more: Sequence[str]) -> tuple[str, ...]:
    file = f'"{path}"' if " " in str(path) else str(path)
    further = (f"More columns that you may add: {', '.join(more)}.",) if more else ()
    return (
        about,
        "1. Put your own rows in place of the examples. Columns with a dark header are needed; others may stay blank "
        "or be deleted, and columns of your own are welcome.",
        f"2. Rehearse it for free, the examples too: bulkgen run {file} --sandbox",
        f"3. See what it would make, and every mistake: bulkgen check {file}",
        f"4. Make it: bulkgen run {file}. The links are in {path.stem}.results{path.suffix} beside it.",
        *further,
    )
