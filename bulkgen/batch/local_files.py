"""The files of the person's that a sheet names: looked for while its rows are built, and known from earlier runs.

Every file is read anew in each command: what a file holds can't be told by its size and time alone (a copy may keep
both), and a wrong guess would show the result of another file. One that is gone is still known by what it held when a
job was made from it, so that the row keeps its result.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Mapping
from pathlib import Path

from bulkgen.batch.opened import Opened
from bulkgen.files.local import Folders, find_files
from bulkgen.kinds.account import Account
from bulkgen.ledger.events import Event, known_file
from bulkgen.ledger.history import History
from bulkgen.model import Issue, Job, LocalFile
from bulkgen.rows.build import Builder
from bulkgen.rows.built import Built
from bulkgen.rows.named_files import MISSING, PROJECT_MISSING


class LocalFiles:
    """The files of one sheet; each name is looked for once."""

    def __init__(self, opened: Opened, history: History) -> None:
        self._folders = _folders(opened)
        self._recorded = history.files.known
        self._found: dict[str, LocalFile | Issue] = {}

    def build(self, builder: Builder, account: Account) -> Built:
        """The rows as they are with all that can be found of their files."""
        built = builder.build(account)
        while builder.files.wanted:
            builder.files.learn(self._look(builder.files.wanted, builder.files.projects))
            built = builder.build(account)
        return built

    def build_on_record(self, builder: Builder, account: Account) -> Built:
        """The same with no file looked for that was not before: only what earlier runs found."""
        built = builder.build(account)
        while wanted := builder.files.wanted:
            builder.files.learn({name: self._recalled(name, builder.files.projects) for name in wanted})
            built = builder.build(account)
        return built

    def events(self, jobs: Iterable[Job]) -> list[Event]:
        """What the names of the jobs' files stand for, where the resume file has it otherwise or not at all."""
        used = {file.digest for job in jobs for file in job.files}
        return [
            known_file(_digest_of(name), file)
            for name, file in self._found.items()
            if isinstance(file, LocalFile) and file.digest in used and self._on_record(name) != file
        ]

    def _look(self, wanted: Mapping[str, int], projects: Container[str]) -> Mapping[str, LocalFile | Issue]:
        new = {name: limit for name, limit in wanted.items() if name not in self._found}
        for name, file in find_files(new, self._folders, projects).items():
            gone = isinstance(file, Issue) and file.code == MISSING.code
            self._found[name] = (self._on_record(name) if gone else None) or file
        return {name: self._found[name] for name in wanted}

    def _recalled(self, name: str, projects: Container[str]) -> LocalFile | Issue:
        none = PROJECT_MISSING if name in projects else MISSING
        return self._found.get(name) or self._on_record(name) or none

    def _on_record(self, name: str) -> LocalFile | None:
        return self._recorded.get(_digest_of(name))


def _folders(opened: Opened) -> Folders:
    """Where files may lie: below the folder of the sheet (of the file behind a link to it, too), and those allowed."""
    source = opened.source
    if opened.link or source == "-":
        return Folders(allowed=opened.settings.folders)

    sheet = Path(source)
    behind = (sheet.resolve().parent,) if sheet.is_symlink() else ()
    return Folders(sheet=(opened.places.folder, *behind), allowed=opened.settings.folders)


def _digest_of(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32]
