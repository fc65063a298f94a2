"""How a cell becomes the value of its column.

Pure. Invariant: a cell either becomes exactly the value the person sees in it, or an `Issue` that says why not.
"""

from __future__ import annotations

import math
import re
from unicodedata import category

from bulkgen.kinds.columns import Column, Type, is_asset_id, is_error, is_link, is_path
from bulkgen.model import Cell, Issue, Value
from bulkgen.rows.suggest import hint

_YES = frozenset({"yes", "y", "true", "1", "x", "on"})
_NO = frozenset({"no", "n", "false", "0", "off"})
#: Python's `float` takes more for a number: `1_0`, digits of every script.
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
#: Minutes and seconds, with or without hours, as people and spreadsheets write them.
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2})(?:[.,]0*)?")
#: Control, format, separators: what leaves no mark on the screen.
_MARKLESS = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})
_SURROGATE = re.compile("[\ud800-\udfff]")
_SEPARATOR = re.compile(r"[;|]")


def truth(text: str) -> bool | None:
    """`yes`, `no` and their like; None for anything else."""
    word = text.strip().casefold()
    return True if word in _YES else False if word in _NO else None


def split_list(text: str) -> tuple[str, ...]:
    """Several values in one cell: by `;` or `|`, never by a comma, which names of languages contain."""
    return tuple(part.strip() for part in _SEPARATOR.split(text) if part.strip())


def parse(column: Column, cell: Cell) -> Value | Issue:
    """The cell's value by the column's type. The cell is not blank."""
    text = cell.text.strip()
    if not text.isascii() and _SURROGATE.search(text):
        cause, fix = "holds a character that is no text", "Type the cell again."
        return Issue(code="not_a_text", field=column.name, cause=cause, fix=fix)

    if column.type is Type.TEXT:
        return _crept_in(column, text) or text

    if column.type is Type.PROSE:
        if text.replace(" ", "") == _unseen(text):
            cause, fix = "holds nothing that can be seen", "Type a text, or clear the cell."
            return Issue(code="hidden_character", field=column.name, cause=cause, fix=fix)

        return cell.text

    if column.type in (Type.NUMBER, Type.INTEGER):
        return _number(column, cell)

    if column.type in (Type.LIST, Type.ASSETS):
        values, fix = split_list(text), "Separate several values with ; or |."
        blank = Issue(code="blank", field=column.name, cause="holds no value", fix=fix)
        odd = [each for each in values if not _is_asset(each)] if column.type is Type.ASSETS else ()
        no_asset = _not_an_asset(column, odd[0]) if odd else None
        return _crept_in(column, "".join(values)) or no_asset or values or blank

    return _crept_in(column, text) or _word(column, text)


def _word(column: Column, text: str) -> Value | Issue:
    """A yes or no, a choice, a link or an id."""
    if column.type is Type.BOOLEAN:
        answer = truth(text)
        if answer is None:
            return Issue(code="not_yes_or_no", field=column.name, cause="is neither yes nor no", fix="Type yes or no.")

        return answer

    if column.type is Type.CHOICE:
        for choice in column.choices:
            if choice.casefold() == text.casefold():
                return choice
        for choice, label in zip(column.choices, column.labels, strict=False):
            if label.casefold() == text.casefold():
                return choice
        fix = f"Type one of: {', '.join(column.labels or column.choices)}."
        if column.labels:
            fix = f"{hint(text, [*column.choices, *column.labels])}{fix}"
        return Issue(code="not_a_choice", field=column.name, cause="is not one of the choices", fix=fix)

    if column.type is Type.ASSET and not _is_asset(text):
        folder = column.media and column.media.project and not is_error(text)
        return text if folder else _not_an_asset(column, text)

    return text


def _is_asset(text: str) -> bool:
    return is_link(text) or is_asset_id(text) or is_path(text)


def _not_an_asset(column: Column, text: str) -> Issue:
    if is_error(text):
        cause, fix = "is an error of the spreadsheet", "Correct the formula in the cell, or write the link or path."
        return Issue(code="not_an_asset", field=column.name, cause=cause, fix=fix)

    several = column.type is Type.ASSETS
    return Issue(
        code="not_an_asset",
        field=column.name,
        cause=f"{'holds what is' if several else 'is'} neither a public link nor the id of a HeyGen asset",
        fix="Give a link that starts with https://, or the path of a file from the sheet's folder: media/tour.mp4.",
    )


def _unseen(text: str) -> str:
    """The characters that leave no mark, but for the plain blank: without width, of control, blanks of other widths."""
    if text.isprintable():
        return ""

    return "".join(character for character in text if character != " " and category(character) in _MARKLESS)


def _crept_in(column: Column, text: str) -> Issue | None:
    """An id, a link or a word that looks right and would not be found, for a character that can't be seen.

    What changes nothing that is made, like a title, may hold any.
    """
    unseen = _unseen(text) if column.identity or column.lookup else ""
    if not unseen:
        return None

    cause = f"holds a character that can't be seen (U+{ord(unseen[0]):04X})"
    fix = "Type the value again, or paste it as plain text."
    return Issue(code="hidden_character", field=column.name, cause=cause, fix=fix)


def _number(column: Column, cell: Cell) -> Value | Issue:
    """Numeric fields go by the raw value: 0.5 that the spreadsheet shows as 50 % is 0.5."""
    raw, clock = cell.value, _CLOCK.fullmatch(cell.text.strip())
    if clock and column.name.endswith("_time"):
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        cause, fix = "is a time, and HeyGen takes seconds", f"Type {hours * 3600 + minutes * 60 + seconds}."
        if hours and not seconds:  # what spreadsheets make of 1:30
            fix = f"{fix[:-1]}; or {hours * 60 + minutes}, if minutes and seconds are meant."
        return Issue(code="not_in_seconds", field=column.name, cause=cause, fix=fix)

    if isinstance(raw, bool) or not isinstance(raw, int | float):
        text = cell.text.strip()
        issue = _crept_in(column, text)
        if issue:
            return issue

        raw = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(raw):
        fix = "Type a plain number, with a point for decimals: 1.25."
        if column.type is Type.INTEGER:
            fix = "Type a plain whole number, without separators: 1000."
        return Issue(code="not_a_number", field=column.name, cause="is not a number", fix=fix)

    if float(raw).is_integer():
        return int(raw)

    if column.type is Type.INTEGER:
        cause, fix = "is not a whole number", "Type a whole number."
        return Issue(code="not_a_whole_number", field=column.name, cause=cause, fix=fix)

    return float(raw)
