"""The sheets of a workbook that accompany its rows: how to fill them in, lists to choose from, settings, a summary, a
mail merge.

Pure. They hold no rows: a workbook with one sheet of rows needs no `--sheet`, and its files are called after the
workbook alone. A sheet is known by its title and the first cells in it, so that a person's own sheet called "Lists"
still counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bulkgen.result_columns import MAIL_COLUMNS, MAIL_TITLES, SUMMARY_FIRST, SUMMARY_TITLES, is_mail_merge

HOW_TO, LISTS, SETTINGS = "How to", "Lists", "Settings"

#: By the title of each: what its first filled row begins with; that of a mail merge has it behind a person's columns.
COMPANIONS: Mapping[str, tuple[str, ...]] = {
    HOW_TO: ("How to fill in this workbook",),
    LISTS: ("What the drop-down lists offer",),
    SETTINGS: ("setting", "value"),
    **dict.fromkeys(SUMMARY_TITLES, (SUMMARY_FIRST,)),
    **dict.fromkeys(MAIL_TITLES, MAIL_COLUMNS),
}

_FIRST = {_title.casefold(): tuple(map(str.casefold, first)) for _title, first in COMPANIONS.items()}

#: What the titles of mail merges have in them: their copies too are known, by the columns.
_MAIL = MAIL_TITLES[0].casefold()


def is_title(title: str, companion: str) -> bool:
    """Whether a sheet is called like one of `COMPANIONS`."""
    return _plain(title) == companion.casefold()


def may_accompany(title: str) -> bool:
    """Whether a sheet of this title has to be looked into."""
    return _plain(title) in _FIRST or _MAIL in _plain(title)


def is_mail(title: str, first: Sequence[str]) -> bool:
    """Whether a sheet is a mail merge, be it an old one, or changed by a person."""
    return _MAIL in _plain(title) and is_mail_merge(first)


def accompanies(title: str, first: Sequence[str]) -> bool:
    """Whether a sheet holds no rows, but something for their sake; `first`: the texts of its first filled row."""
    if is_mail(title, first):
        return True

    expected, texts = _FIRST.get(_plain(title), ()), tuple(map(_plain, first))
    return bool(expected) and texts[: len(expected)] == expected


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
