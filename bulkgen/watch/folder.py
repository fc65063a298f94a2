"""Looking into a hot folder: which sheets are there, and whether a file is all there.

Only reads. A network drive tells nobody of its changes, so the folder is looked at again and again; subfolders are not,
nor is anything that lies elsewhere.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bulkgen.batch.recipe import FOLDER_RECIPE, is_recipe_name, link_in, recipe_path
from bulkgen.batch.remembered import remember_recipes
from bulkgen.batch.settings import Settings
from bulkgen.errors import InputError
from bulkgen.sheet import OTHERS, TEXTS, WORKBOOKS
from bulkgen.watch.names import is_sheet_name, is_written_as, mark_of

_ENDINGS = WORKBOOKS | TEXTS | OTHERS

#: Size (bytes) and time of the last change (ns) of a file.
Version = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A sheet in the folder. `signature`: its version, and those of the recipes that it goes by.

    `link`: it is a Google Sheet, named by a recipe. `mark`: the file that says that it is open somewhere, "" without.
    """

    name: str
    signature: str
    link: bool = False
    mark: str = ""


@dataclass(kw_only=True)
class Folder:
    """The folder at `path`. What recipes say is read once for each version of them."""

    path: Path
    sandbox: bool = False
    _links: dict[tuple[str, Version], bool] = field(default_factory=dict)
    _written: dict[tuple[str, Version], tuple[str, ...]] = field(default_factory=dict)

    def look(self) -> list[Seen]:
        """The sheets that are there, by name. Raises `OSError` where the folder can't be looked into."""
        there = dict(sorted(self._files()))
        recipes = {name: version for name, version in there.items() if is_recipe_name(name)}
        written = {out for recipe, version in recipes.items() for out in self._written_by(recipe, version)}
        found = []
        for name, version in there.items():
            link = name in recipes and self._is_link(name, version)
            own = not any(is_written_as(name, out) for out in written)
            if link or (own and is_sheet_name(name, _ENDINGS)):
                signature = self._signature(name, version, recipes)
                found.append(Seen(name=name, signature=signature, link=link, mark=mark_of(name, there)))
        return found

    def is_whole(self, seen: Seen) -> bool:
        """Whether nothing seems to be missing at the end of the file. Raises `OSError` where it can't be read."""
        return seen.link or is_whole(self.path / seen.name)

    def _files(self) -> list[tuple[str, Version]]:
        found = []
        with os.scandir(self.path) as entries:
            for entry in entries:
                try:
                    stat = entry.stat()
                    if entry.is_file() and not self._leads_out(entry):
                        found.append((entry.name, (stat.st_size, stat.st_mtime_ns)))
                except OSError:  # it went away meanwhile, or nobody may see it
                    continue
        return found

    def _leads_out(self, entry: os.DirEntry[str]) -> bool:
        """Whether it is a link to a file elsewhere: who may put sheets here need not be allowed to read that."""
        return entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(self.path.resolve())

    def _signature(self, name: str, version: Version, recipes: Mapping[str, Version]) -> str:
        sheet = Path(name)
        own = [recipe_path(sheet, sandbox=True).name] if self.sandbox else []
        names = dict.fromkeys([*own, recipe_path(sheet).name, FOLDER_RECIPE])
        versions = [version, *(recipes.get(each, (0, 0)) for each in names)]
        return " ".join(f"{size}-{changed}" for size, changed in versions)

    def _is_link(self, name: str, version: Version) -> bool:
        if (name, version) not in self._links:
            try:
                self._links[name, version] = name != FOLDER_RECIPE and bool(link_in(self.path / name))
            except InputError:  # the sheet that it belongs to says what is wrong
                self._links[name, version] = False
        return self._links[name, version]

    def _written_by(self, name: str, version: Version) -> tuple[str, ...]:
        """The files of other names than the usual ones that a recipe has written."""
        if (name, version) not in self._written:
            try:
                said = remember_recipes(self.path / name, Settings(recipe=self.path / name)).settings
                wanted = (said.out, said.mailmerge)
            except InputError:
                wanted = (None, None)
            self._written[name, version] = tuple(path.name for path in wanted if path is not None)
        return self._written[name, version]


def is_whole(path: Path) -> bool:
    """Whether nothing seems to be missing at a file's end: a workbook has its directory, a text ends with its line.

    What can't be told counts as whole. Raises `OSError`.
    """
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(-min(file.seek(0, os.SEEK_END), 4), os.SEEK_END)
        tail = file.read(4)
        if not head.strip(b"\0"):
            return False

        if b"PK".startswith(head[:2].rstrip(b"\0")):
            return _is_zip(path)

    plain = tail.strip(b"\0")
    return path.suffix.casefold() not in TEXTS or plain.endswith((b"\n", b"\r"))


def _is_zip(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path):
            return True
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
