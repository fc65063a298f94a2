"""The parts of the documents that the code knows better: tables of options, columns, statuses; what commands print.

`python -m tests.documents` writes them into README.md and docs/, between `<!-- name -->` and `<!-- /name -->`; a test
holds that nothing has changed since.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import typer
from pydantic import TypeAdapter

from bulkgen.batch.option import Group
from bulkgen.batch.price_source import own_prices
from bulkgen.batch.settings import Settings, flag_of, option_of, setting_of
from bulkgen.cli.app import COMMANDS, application
from bulkgen.cli.records import PrintedRecord
from bulkgen.errors import Exit
from bulkgen.kinds import KINDS
from bulkgen.kinds.kind import Kind
from bulkgen.ledger.state import Status
from bulkgen.pricing.spread import Spread
from bulkgen.result_columns import ResultColumn
from bulkgen.results.records import SheetRecord
from bulkgen.rows.filters import FILTERS
from bulkgen.rows.particulars import PARTICULARS
from tests.command import ROOT, SAMPLES, bulkgen

#: A moment of the rehearsal's, which is another one each time.
_MOMENT = re.compile(r"\d{1,2} \w{3} \d{4}, \d\d:\d\d UTC")

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def table(headers: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    """A table in Markdown; a bar within a cell is escaped."""
    rows = [list(headers), *([cell.replace("|", "\\|") for cell in line] for line in lines)]
    rows.insert(1, ["---"] * len(rows[0]))
    return "\n".join(f"| {' | '.join(row)} |" if row[0] != "---" else f"|{'|'.join(row)}|" for row in rows)


def columns(kind: Kind) -> str:
    lines = []
    scene = (
        [replace(each, name=f"scene1.{each.name.removeprefix('scene_')}") for each in kind.scenes.columns]
        if kind.scenes
        else []
    )
    for column in (*scene, *kind.columns):
        others = f" Also: {', '.join(f'`{name}`' for name in column.aliases)}." if column.aliases else ""
        needed = " **Needed.**" if column.required else ""
        lines.append((f"`{column.name}`", f"{column.about}{needed}{others}"))
    return table(("column", "what it holds"), lines)


def parameters(sort: str) -> Iterable[tuple[str, list[Any]]]:
    """The arguments, or the options but --help, of each command."""
    group = typer.main.get_command(application(COMMANDS))
    for name, command in group.commands.items():  # type: ignore[attr-defined]  # a group has commands
        yield name, [each for each in command.params if each.param_type_name == sort and each.name != "help"]


def commands() -> str:
    lines = []
    for name, arguments in parameters("argument"):
        names = [(each.metavar or each.name.upper()).strip("[]") for each in arguments]
        typed = [word if each.required else f"[{word}]" for each, word in zip(arguments, names, strict=True)]
        words = " ".join(["bulkgen", name, *typed])
        lines.append((f"`{words}`", COMMANDS[name].about))
    return table(("command", "what it does"), lines)


def options() -> str:
    """Every option, with the commands that have it: those of a sheet by their groups, then those of other commands."""
    groups = {flag_of(name): option_of(name).group.value for name in Settings.model_fields}
    found: dict[str, dict[str, tuple[str, list[str]]]] = {group.value: {} for group in Group}
    for name, those in parameters("option"):
        for parameter in those:
            flags = ", ".join(f"`{flag}`" for flag in parameter.opts)
            value = f" `{parameter.metavar}`" if parameter.metavar and not parameter.is_flag else ""
            group = groups.get(parameter.opts[0], "")
            if COMMANDS[name].function and parameter.rich_help_panel != group:  # an option of its own
                group = f"bulkgen {name}"
            lines = found.setdefault(group, {})
            lines.setdefault(f"{flags}{value}", (parameter.help or "", []))[1].append(name)
    told = []
    for group, lines in found.items():
        rows = [(flags, about, ", ".join(commands)) for flags, (about, commands) in lines.items()]
        alone = group.startswith("bulkgen ")
        headers = ("option", "what it does", "commands")
        told.append(
            f"### {group}\n\n{table(headers[:2] if alone else headers, (row[:2] if alone else row for row in rows))}"
        )
    return "\n\n".join(told)


def settings() -> str:
    """What a recipe, or the Settings sheet of a workbook, may say."""
    names = [name for name in Settings.model_fields if option_of(name).in_files]
    lines = [
        (f"`{setting_of(name)}`", f"`{option_of(name).metavar or 'yes'}`", option_of(name).about) for name in names
    ]
    return table(("setting", "value", "what it does"), lines)


def typed_only() -> str:
    names = [name for name in Settings.model_fields if not option_of(name).in_files]
    return f"Only ever typed, never read from a file: {', '.join(f'`{flag_of(name)}`' for name in names)}."


def filters() -> str:
    lines = []
    for each in FILTERS.values():
        before, after = (f"`{text}`" for text in each.example)
        lines.append((f"`{{{{name:{each.name}}}}}`", f"{before} → {after}", each.about))
    return table(("filter", "example", "what it does"), lines)


def particulars() -> str:
    return table(("column", "also called"), ((f"`{name}`", ", ".join(others)) for name, others in PARTICULARS.items()))


def exit_codes() -> str:
    return table(("code", "means"), ((str(int(code)), code.about) for code in Exit))


def prices() -> str:
    """bulkgen's own prices, with their date, where they come from, and what is to be known of them."""
    own = own_prices()
    lines = [
        (
            f"`{entry.kind}`",
            ", ".join(
                f"{name} {' or '.join(f'`{word}`' for word in sorted(words))}" for name, words in entry.when.items()
            ),
            entry.unit.replace("_", " "),
            amount(entry.usd),
            amount(entry.credits),
            entry.note,
        )
        for entry in own.entries
    ]
    headers = ("kind", "when", "per", "US dollars", "Enterprise credits", "note")
    sources = ", ".join(f"<{source}>" for source in own.sources)
    told = [f"The prices are of {own.day}, from {sources}.", "\n".join(f"* {note}" for note in own.notes)]
    return "\n\n".join([*told, table(headers, lines)])


def amount(spread: Spread | None) -> str:
    """`0.05`, or `0.02 – 0.05 (likely 0.03)`; a bar where no price is known."""
    if spread is None:
        return "–"

    parts = (spread.low, spread.likely, spread.high)
    low, likely, high = (f"{part:.2f}" if round(part, 2) == part else f"{part:g}" for part in parts)
    return low if low == high else f"{low} – {high} (likely {likely})"


def statuses() -> str:
    return table(("`result_status`", "means"), ((f"`{status}`", status.about) for status in Status))


def result_columns() -> str:
    rows = ((f"`{name}`", name.heading, name.about) for name in ResultColumn)
    return table(("column", "in a workbook", "what it holds"), rows)


def shown(sample: str, *words: str, excerpt: tuple[str, ...] = ()) -> str:
    """What a command prints about a copy of a sample, in a rehearsal; of an excerpt the lines that begin so."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(SAMPLES / sample, folder)
        done = bulkgen(Path(folder), *words, "--sandbox")
    lines = [_MOMENT.sub("28 Sep 2026, 09:00 UTC", line) for line in (done.stderr + done.stdout).splitlines()]
    if excerpt:  # the same without a rehearsal
        lines = ["…", *(line for line in lines if line.strip().startswith(excerpt))]
    else:
        words += ("--sandbox",)
    return "\n".join(["```", f"$ bulkgen {' '.join(words)}", *lines, "```"])


PARTS: dict[str, Callable[[], str]] = {
    "commands": commands,
    "options": options,
    "settings": settings,
    "only typed": typed_only,
    "prices": prices,
    "filters": filters,
    "particulars": particulars,
    "exit codes": exit_codes,
    "statuses": statuses,
    "result columns": result_columns,
    **{f"columns {name}": partial(columns, kind) for name, kind in KINDS.items()},
    "shown run": partial(shown, "leads.xlsx", "run", "leads.xlsx"),
    "shown check": partial(
        shown, "broken.csv", "check", "broken.csv",
        excerpt=("broken!C2", "broken!I9", "broken!L12", "Nothing was sent"),
    ),
}  # fmt: skip

#: The JSON Schemas, each from its one definition.
SCHEMAS: dict[str, Any] = {
    "json.schema.json": TypeAdapter(PrintedRecord),
    "results.schema.json": TypeAdapter(SheetRecord),
}


def schema(name: str) -> str:
    """A field may be added at any time: nothing that is not named here is forbidden."""
    made = {"$schema": "https://json-schema.org/draft/2020-12/schema", **_open(SCHEMAS[name].json_schema())}
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def _open(part: Any) -> Any:
    if isinstance(part, dict):
        closing = isinstance(part.get("additionalProperties"), bool)
        return {key: _open(each) for key, each in part.items() if not (closing and key == "additionalProperties")}

    return [_open(each) for each in part] if isinstance(part, list) else part


_PART = re.compile(r"^<!-- (?P<name>[a-z ]+) -->\n.*?^<!-- /(?P=name) -->$", re.DOTALL | re.MULTILINE)


def filled(text: str) -> str:
    """The document with its generated parts as the code has them now. Raises `KeyError` for a part that is none."""
    return _PART.sub(
        lambda found: f"<!-- {found['name']} -->\n{PARTS[found['name']]()}\n<!-- /{found['name']} -->", text
    )


def names_in(text: str) -> list[str]:
    return [found["name"] for found in _PART.finditer(text)]


if __name__ == "__main__":
    for path in DOCUMENTS:
        path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
    for name in SCHEMAS:
        (ROOT / "docs" / name).write_text(schema(name), encoding="utf-8")
