"""The sheet of a results workbook that mail tools read: its first row has the names of their fields, each further one
is a person.

It holds no rows to make: it is known by the columns that no sheet of a person's has. What they added at its right is
read back.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bulkgen.model import column_letters
from bulkgen.result_columns import MAIL_COLUMNS, MAIL_TITLES, is_mail_merge
from bulkgen.results.mailing import Added, Mailing, width_of
from bulkgen.results.other_sheets import left_digest, texts_digest, value_text
from bulkgen.results.paint import HEADER, LINK, MOST_LINKS, can_be_clicked
from bulkgen.results.workbook import put_text
from bulkgen.texts import legal

_WIDTH, _WIDE = 18.0, 42.0

#: Of the sheet with what a person added, by which it is told apart from one that is as it was made.
_EXTENDED = " +"

_NUMBERED = re.compile(r" (\d{1,3})\Z", re.ASCII)


@dataclass(frozen=True)
class Texts:
    """What stands in such a sheet, be it one that a person changed, or an old one that is carried over."""

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]


def is_mail(sheet: Any) -> bool:
    """Whether a worksheet of openpyxl's is such a sheet."""
    return sheet.title in MAIL_TITLES and _width(sheet) > 0


def fill_mail(sheet: Any, mailing: Mailing) -> None:
    """Fills a new worksheet of openpyxl's, a write-only one too: all of its cells are texts."""
    from openpyxl.styles import Font, PatternFill

    (fill, letters), linked = HEADER, mailing.headers.index(MAIL_COLUMNS[0])
    heads, *lines = _plain(mailing)
    first = [_text_cell(sheet, header) for header in heads]
    for at, made in enumerate(first):
        ours = mailing.headers[at] in MAIL_COLUMNS
        made.font = Font(name="Calibri", bold=True, color=letters if ours else None)
        if ours:
            made.fill = PatternFill("solid", start_color=fill)
        sheet.column_dimensions[column_letters(at)].width = _WIDE if ours else _WIDTH
    sheet.freeze_panes = "A2"
    sheet.append(first)
    link = _text_cell(sheet, "")
    link.font = Font(name="Calibri", color=LINK, underline="single")
    for number, line in enumerate(lines):
        # Most texts need no cell of their own: these two are all that openpyxl takes for more than a text
        cells: list[Any] = [_text_cell(sheet, text) if text.startswith(("=", "#")) else text or None for text in line]
        if number < MOST_LINKS and can_be_clicked(line[linked]):
            cells[linked] = _text_cell(sheet, line[linked])
            cells[linked].hyperlink, cells[linked]._style = line[linked], link._style
        sheet.append(cells)


def _text_cell(sheet: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    made: Any = WriteOnlyCell(sheet)
    put_text(made, text)
    return made


def mail_digest(title: str, mailing: Mailing, *, extended: bool) -> str:
    """Of what bulkgen writes there; `extended`: a person's columns stand beside it, which are none of it."""
    return texts_digest(title + (_EXTENDED if extended else ""), _plain(mailing))


def is_extended(sheet: Any, known: Collection[str]) -> bool:
    """Whether all that bulkgen wrote there is as it was, and columns of a person's may stand at its right.

    `known`: the digests of what bulkgen wrote.
    """
    width = _width(sheet) if is_mail(sheet) else 0
    return any(width and left_digest(sheet.title + mark, sheet, width) in known for mark in ("", _EXTENDED))


def added_in(sheet: Any, mailing: Mailing) -> Added | None:
    """What a person added there; None where it can't be carried over cell by cell."""
    width, rows = _width(sheet), [*sheet.iter_rows()]
    if any(cell.data_type == "f" for row in rows for cell in row[width:]):
        return None

    texts = [[value if isinstance(value := cell.value, str) else value_text(value) for cell in row] for row in rows]
    return mailing.added_to(texts[0], texts[1:], [at < width for at in range(len(texts[0]))])


def texts_in(sheet: Any) -> Texts | None:
    """The texts of any worksheet with the columns of a mail merge, None for another; formulas are no texts."""
    if not is_mail_merge([str(cell.value or "") for cell in sheet[1]]):
        return None

    headers, *rows = (
        [value_text(cell.value) if cell.data_type != "f" else "" for cell in row] for row in sheet.iter_rows()
    )
    return Texts(sheet.title, headers, rows)


def notes_in(found: Iterable[Texts], mailing: Mailing) -> Added:
    """What a person added in the sheets of one workbook: what is in the newest of them counts, be it blank."""
    notes = Added()
    for texts in sorted(found, key=_age, reverse=True):
        notes = mailing.noted_in(texts.headers, texts.rows).over(notes)
    return notes.filled()


def _age(texts: Texts) -> tuple[int, int]:
    """The one that was made last has the name itself, those that it took the place of count up."""
    numbered = _NUMBERED.search(texts.title)
    return (1, -int(numbered[1])) if numbered else (0 if texts.title in MAIL_TITLES else 2, 0)


def _width(sheet: Any) -> int:
    return width_of([cell.value for cell in sheet[1]])


def _plain(mailing: Mailing) -> list[list[str]]:
    return [[legal(text) for text in line] for line in (mailing.headers, *mailing.lines)]
