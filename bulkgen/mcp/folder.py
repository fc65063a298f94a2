"""The folder that the assistant may work in: which sheets are below it, and what a name of one leads to.

Invariant: no path that leaves here is outside the folder, whatever links lie in it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from bulkgen.batch.places import sheet_of
from bulkgen.errors import InputError
from bulkgen.model import shorten
from bulkgen.rows.safe_name import is_device

#: How deep sheets may lie below the folder.
DEPTH = 4

#: So many folders are looked into: a home folder may have a hundred thousand.
FOLDERS = 2_000

#: The sheets that are listed; those with other endings that can be read may be named all the same.
_SHEETS = frozenset({".xlsx", ".xlsm", ".csv", ".tsv"})
_READABLE = _SHEETS | {".xltx", ".xltm", ".tab", ".txt"}

#: What some system takes for no part of a file's name: drives, streams, patterns, control characters; and what turns a
#: line round or breaks it: such a name could say anything in a question to the person.
_RISKY = re.compile(r'[\x00-\x1f\x7f-\x9f:*?"<>|\\\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]')


class Folder:
    """`root`: the folder itself, without links on the way to it. Raises `InputError` where there is none."""

    def __init__(self, folder: Path) -> None:
        try:
            self.root = folder.expanduser().resolve(strict=True)
        except (OSError, RuntimeError, ValueError):
            raise InputError(f"--folder {folder}: there is no such folder.") from None

        if not self.root.is_dir():
            raise InputError(f"--folder {folder} is no folder.")

    def sheets(self) -> list[Path]:
        """Every sheet below the folder, in the order of their names; files that bulkgen has made are none."""
        return sorted(self._found(), key=lambda path: self.name_of(path).casefold())

    def sheet(self, name: str) -> Path:
        """The sheet that a name, relative to the folder, is of. Raises `InputError` for one that is none of it."""
        path = self._below(name)
        try:
            there = path.is_file()
        except OSError:
            there = False
        if not there:
            raise InputError(f"There is no sheet {shorten(name, 100)!r} in the folder: list_sheets names them.")

        if path.suffix.casefold() not in _READABLE or path.name.startswith((".", "~$")):
            raise InputError(f"{shorten(name, 100)!r} is no sheet: a sheet is a .xlsx or .csv file.")

        if is_made(path):
            raise InputError(
                f"{shorten(name, 100)!r} was made by bulkgen from another sheet. Name that sheet: "
                f"{self.name_of(sheet_of(path))}"
            )

        return path

    def new(self, name: str) -> Path:
        """Where a new sheet of this name goes: a .xlsx without an ending. Raises `InputError` for what can't be one."""
        path = self._below(name)
        path = path if path.suffix else self._below(f"{name.strip()}.xlsx")
        if path.suffix.casefold() not in (".xlsx", ".csv"):
            raise InputError(f"{shorten(name, 100)!r}: a new sheet is a .xlsx or a .csv file.")

        if path.name.startswith((".", "~$")) or is_made(path):
            raise InputError(f"{shorten(name, 100)!r}: only bulkgen's own files are called so. Give another name.")

        try:
            has_folder, is_taken = path.parent.is_dir(), path.exists() or path.is_symlink()
        except OSError:
            raise InputError(f"{shorten(name, 100)!r} is no name for a file here: give a shorter one.") from None

        if not has_folder:
            raise InputError(f"{shorten(name, 100)!r}: there is no such folder. Name the sheet without a folder.")

        if is_taken:
            raise InputError(f"{self.name_of(path)} exists already and is left as it is. Give another name.")

        return path

    def holds(self, path: Path) -> bool:
        """Whether the file is below the folder, wherever links lead."""
        try:
            return path.resolve().is_relative_to(self.root)
        except (OSError, RuntimeError, ValueError):
            return False

    def name_of(self, path: Path) -> str:
        """The path as a tool takes it: relative to the folder, with slashes."""
        return path.relative_to(self.root).as_posix()

    def _below(self, name: str) -> Path:
        parts = name.strip().split("/")
        wrong = [part for part in parts if part in ("", ".", "..", "-") or part != part.strip() or part.endswith(".")]
        if wrong or len(parts) > DEPTH + 1 or len(name) > 500 or _RISKY.search(name) or any(map(is_device, parts)):
            raise InputError(
                f"{shorten(name, 100)!r} is no name of a sheet here: names are relative to the server's folder, as "
                "list_sheets has them."
            )

        path = self.root.joinpath(*parts)
        if not self.holds(path) or not self.holds(path.parent):
            raise InputError(f"{shorten(name, 100)!r} leads out of the server's folder.")

        return path

    def _found(self) -> Iterator[Path]:
        for folder, folders, files in islice(os.walk(self.root), FOLDERS):
            here = Path(folder)
            deep = len(here.relative_to(self.root).parts)
            folders[:] = [] if deep >= DEPTH else [each for each in folders if not each.startswith(".")]
            folders[:] = [each for each in folders if not each.endswith(".files")]
            for name in files:
                path = here / name
                ours = name.startswith((".", "~$")) or is_made(path)
                if path.suffix.casefold() in _SHEETS and not ours and self.holds(path) and path.is_file():
                    yield path


def is_made(path: Path) -> bool:
    """Whether a file, by its name, is one that bulkgen makes of a sheet: its results, its rows to correct."""
    return sheet_of(path) != path or path.stem.casefold().endswith((".ticks", ".sandbox"))
