"""What one answer of the person can give to a sheet that can't be run as it is.

Which sheet, which template, which column, which voice. A question is a value, made from a plan or from the error that
there is none; an answer is a change of the recipe, after which the sheet is planned again. Nobody is asked here.

Invariant: only what holds for the whole sheet is asked. What is wrong in a cell is a mistake, to be corrected there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bulkgen.batch.browsing import browse
from bulkgen.batch.judged import Asked
from bulkgen.batch.planned import Planned
from bulkgen.batch.recipe import Changes, Noted
from bulkgen.errors import SheetUnclear
from bulkgen.heygen.browse import Filters
from bulkgen.kinds import KINDS
from bulkgen.kinds.account import Template
from bulkgen.kinds.columns import Lookup, Type, known_name
from bulkgen.model import Issue, listed, plural, shorten
from bulkgen.rows.built import BuiltRow
from bulkgen.rows.fitting import fit
from bulkgen.rows.headings import Headings
from bulkgen.rows.layouts import Layout
from bulkgen.rows.offers import ASKS_NOTHING, variables_of

#: As many choices fit on a screen, with the question above them.
CHOICES = 12

#: No column fills a field; a column may be meant for it, or several.
_MISSING = frozenset({"missing", "blank"})
_WHICH = frozenset({"which_column", "variable_misspelt"})

_ONE_FOR_ALL = "None of them: the same for all rows"

#: What a person calls the things that ids are of, and the list that they are on.
_THINGS = {
    Lookup.VOICE: ("voice", "voices", Filters()),
    Lookup.SPEECH_VOICE: ("voice", "voices", Filters(starfish=True)),
    Lookup.LOOK: ("avatar", "avatars", Filters()),
}


@dataclass(frozen=True)
class Choice:
    """One answer: what is shown, and what it puts into the recipe."""

    label: str
    changes: Changes


@dataclass(frozen=True, kw_only=True)
class Question:
    """`guess`: the index of the likeliest choice. `entry`: the field that a text of the person's own gives to all rows,
    "" where only the choices are answers; `entry_label`: how that is called among the choices.
    """

    text: str
    choices: Sequence[Choice]
    guess: int | None = None
    entry: str = ""
    entry_label: str = ""

    def typed(self, text: str) -> Changes:
        """What a text of the person's own puts into the recipe."""
        return {"set": {self.entry: text}}


def sheet_question(error: SheetUnclear) -> Question:
    """Which sheet of the workbook is meant?"""
    choices = [Choice(shorten(name, 60), {"sheet": name}) for name in error.names[:CHOICES]]
    return Question(text="This workbook has several sheets. Which one has the rows?", choices=choices)


def refusal(planned: Planned, name: str) -> Issue | None:
    """Why what was typed for all rows can't be used: the first mistake in the value of that default."""
    headings = planned.built.layouts.headings
    option = next((headings.option(at) for at in headings.find(name) if at >= headings.real), None)
    return next((issue for issue in planned.mistakes if option and issue.header == option), None)


def lacks_an_answer(planned: Planned) -> bool:
    """Whether something is missing in the whole sheet, which is more than a mistake in a cell."""
    return next(_open(planned), None) is not None


def next_question(planned: Planned) -> Question | None:
    """The first thing that one answer could settle for the whole sheet; None where there is nothing to ask.

    Raises `ApiError` where the account is to be asked for choices and does not answer.
    """
    if not isinstance(planned.judged.asked, Asked):
        return None

    rows = _wanted(planned)
    for issue in _open(planned):
        if issue.code in ASKS_NOTHING:
            return _kind_question(planned, rows)

        row = next(row for row in rows if issue in row.issues)
        question = _field_question(issue, row.layout, planned, rows) if row.layout else None
        if question:
            return question

    return None


def _open(planned: Planned) -> Iterator[Issue]:
    """The mistakes that are not of single cells."""
    rows = _wanted(planned)
    found = Counter((issue.code, issue.header, issue.field) for row in rows for issue in row.issues)
    for issue in planned.mistakes:
        of_most = found[issue.code, issue.header, issue.field] * 2 >= len(rows)
        whole = issue.code in _MISSING and issue.column is None and of_most
        asks_nothing = issue.code in ASKS_NOTHING and not any(row.kind for row in rows)
        if asks_nothing or whole or issue.code in _WHICH:
            yield issue


def _wanted(planned: Planned) -> list[BuiltRow]:
    return [row for row in planned.built.rows if row.selected and not row.skipped]


# What should be made? -----------------------------------------------------------------------------------------------


def _kind_question(planned: Planned, rows: Sequence[BuiltRow]) -> Question:
    templates = sorted(planned.judged.offers.templates, key=lambda template: -_share(template, planned))
    choices = [Choice(_template_label(each, planned), _template(each)) for each in templates]
    guess = 0 if len(templates) == 1 or (templates and _share(templates[0], planned)) else None
    for kind in KINDS.values():
        if not (kind.filling and kind.filling.of_account):
            needs = ", ".join(" or ".join(group[:2]) for group in kind.signs.columns)
            choices.append(Choice(f"{kind.noun[0].upper()}{kind.noun[1:]}s (each needs {needs})", {"kind": kind.name}))
    name, count = planned.judged.opened.table.name, plural(len(rows), "row")
    more = planned.judged.offers.total - len(templates)
    return Question(
        text=f"What should be made of {name} ({count})?",
        choices=choices,
        guess=guess,
        entry="template_id" if more > 0 else "",
        entry_label=f"Another of your templates ({more} more): type its name or id",
    )


def _template(template: Template) -> Changes:
    return {"set": {"template_id": Noted(template.id, template.name)}}


def _template_label(template: Template, planned: Planned) -> str:
    variables = variables_of(template)
    label = f"Template {shorten(template.name or template.id, 50)}{f': {variables}' if variables else ''}"
    columns = _columns_for(template, planned)
    return f"{label} (your columns: {listed(columns, 4)})" if columns else label


def _share(template: Template, planned: Planned) -> float:
    """How much of what the template needs the sheet has columns for, 0–1."""
    return len(_columns_for(template, planned)) / len(template.variables) if template.variables else 0.0


def _columns_for(template: Template, planned: Planned) -> list[str]:
    """The columns of the sheet that would fill variables of the template."""
    layouts = planned.built.layouts
    layout = layouts.of(KINDS["template"], template)
    variables = [column for column in layout.columns if known_name(column.name) in template.variables]
    return [found.headers[0] for found in fit(layouts.headings, layout, variables) if found.found]


# Which column, which voice? -----------------------------------------------------------------------------------------


def _field_question(issue: Issue, layout: Layout, planned: Planned, rows: Sequence[BuiltRow]) -> Question | None:
    """How a field is to be filled that no column fills, or several do."""
    names = {issue.field, issue.header, f"variables.{issue.header}", f"variables.{issue.field}"}
    field = next((column for column in layout.columns if column.name in names), None)
    name = known_name(field.name) if field else issue.field
    headings = planned.built.layouts.headings
    if issue.code == "which_column":
        columns = [at for at in headings.named(name) if at < headings.real]
        choices = [_column_choice(at, name, headings, rows) for at in columns]
        return Question(text=f"Which column is {name}?", choices=choices, guess=0)

    if field is None or layout.indexes[field.name]:
        return None

    guess = next((found.headers[0] for found in fit(headings, layout, [field]) if found.found), "")
    free = [at for at in layout.unclaimed if at < headings.real]
    free.sort(key=lambda at: headings.names[at] != guess)
    choices = [_column_choice(at, name, headings, rows) for at in free[:CHOICES]]
    first = 0 if guess else None
    if field.lookup in _THINGS:
        noun, shelf, filters = _THINGS[field.lookup]
        choices = [*choices[: 1 if guess else 0], *_things(name, shelf, filters, planned)]
        label = f"Another {noun}: type its name or id"
        return Question(text=f"Which {noun} for all rows?", choices=choices, guess=first, entry=name, entry_label=label)

    prose = field.type is Type.PROSE
    template = layout.template
    needed = (
        f"The {template.noun} {shorten(template.name, 40)} needs"
        if template
        else f"{layout.kind.noun}s need".capitalize()
    )
    return Question(
        text=f"{needed} {name}. Which of your columns is it?",
        choices=choices,
        guess=first,
        entry=name,
        entry_label=f"None of them: one text for all rows, such as {_example(headings)}" if prose else _ONE_FOR_ALL,
    )


def _example(headings: Headings) -> str:
    """How a text is filled from the row: `Hello {{First Name}}`."""
    person = next((headings.names[at] for at in headings.named("first_name")), headings.names[0])
    return f"Hello {{{{{shorten(person, 30)}}}}}!"


def _column_choice(at: int, name: str, headings: Headings, rows: Sequence[BuiltRow]) -> Choice:
    """`Company Name (Acme, Sol …)`"""
    texts = (headings.cell(row.source, at).text for row in rows[:50])
    shown = list(dict.fromkeys(shorten(text, 20) for text in texts if text.strip()))[:2]
    label = shorten(headings.names[at], 40)
    return Choice(f"{label} ({', '.join(shown)} …)" if shown else label, {"map": {headings.names[at]: name}})


def _things(name: str, shelf: str, filters: Filters, planned: Planned) -> list[Choice]:
    """What the account has of them, the person's own first."""
    found = browse(shelf, filters=filters, sandbox=planned.judged.opened.settings.sandbox, most=CHOICES)
    choices = []
    for item in found.items:
        told = [str(item[key]) for key in ("language", "gender") if item.get(key)]
        label = f"{item['name']} ({', '.join(told)})" if told else str(item["name"])
        choices.append(Choice(label, {"set": {name: Noted(str(item[found.columns[1]]), str(item["name"]))}}))
    return choices
