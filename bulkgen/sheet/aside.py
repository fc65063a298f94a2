"""The sheets of a workbook that hold no rows: those that bulkgen itself knows by their title and their first line.

Pure. A sheet of the same title with another first line is a person's own, and counts.
"""

from __future__ import annotations

from collections.abc import Callable

#: The first line of a sheet that is called Settings.
SETTINGS = ("setting", "value")


def is_settings(title: str, line: tuple[str, ...]) -> bool:
    """Whether a sheet says how the workbook is to be run. `line`: its first that is not blank."""
    return _plain(title) == "settings" and tuple(map(_plain, line[:2])) == SETTINGS


def is_aside(title: str, first_line: Callable[[], tuple[str, ...]]) -> bool:
    """Whether a sheet is none of rows; its first line is read only where the title asks for it."""
    return _plain(title) == "settings" and is_settings(title, first_line())


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
