"""A person's day with a sheet, told in a few lines: commands against the stand-in on a loopback socket, and the bill.

    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    story.run("leads.csv")
    (story.folder / "leads.csv.resume.jsonl").unlink()
    story.run("leads.csv")
    assert story.charges == 1

The commands run in this process, as they are typed (`tests.command`): that takes a tenth of the time of a process of
their own, and many stories can be told. What only a process shows (`kill -9`, Ctrl-C) is told beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any
from unittest import mock

from bulkgen.batch import batch
from bulkgen.ledger.file_ledger import FileLedger
from bulkgen.ledger.history import fold
from bulkgen.ledger.state import State
from tests.command import bulkgen, events, results
from tests.standin.thread import Nearby


@dataclass(frozen=True)
class Told:
    """What a command ended with, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """All of it on one line, so that a sentence can be looked for wherever it was broken."""
        return re.sub(r"\s+", " ", f"{self.err} {self.out}")


class Story:
    """`folder` is where commands are typed; `heygen` the stand-in's world. Keyword arguments are its settings."""

    def __init__(self, folder: Path, *, script: Sequence[Mapping[str, Any]] = (), **settings: Any) -> None:
        self.folder = folder
        ledger = folder.parent / f"{folder.name}.ledger.jsonl"
        self._nearby = Nearby(ledger, script=script, **{"time_scale": 0.001, **settings})
        self.heygen = self._nearby.world
        #: What the computer takes the time for (HeyGen's world has its own clock), and what happens while it waits.
        self.clock: Callable[[], float] = lambda: self.heygen.now
        self.sleep: Callable[[float], None] = lambda _seconds: None

    def __enter__(self) -> Story:
        self._nearby.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._nearby.__exit__(kind, error, trace)

    # What happens -------------------------------------------------------------------------------------------------

    def sheet(self, name: str, *lines: str) -> Path:
        """A CSV of these lines."""
        path = self.folder / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def run(self, sheet: str, *options: str, code: int | None = 0) -> Told:
        """`bulkgen run SHEET --yes …`, which has to end with that exit code (None: with whichever)."""
        return self.type("run", sheet, "--yes", *options, code=code)

    def type(
        self,
        *words: str,
        folder: Path | None = None,
        code: int | None = 0,
        env: Mapping[str, str] | None = None,
        stdin: str = "",
    ) -> Told:
        """Any command, in the folder. `env`: added to the environment; `stdin`: what is piped in."""
        whole = {**self.env, "BULKGEN_DATA_DIR": str(self.data), **(env or {})}
        clocked = partial(FileLedger, clock=lambda: self.clock(), sleep=self.sleep)
        with mock.patch.object(batch, "FileLedger", clocked):
            done = bulkgen(folder or self.folder, *words, env=whole, stdin=stdin)
        told = Told(done.returncode, done.stdout, done.stderr)
        assert code is None or told.code == code, f"exit {told.code} in place of {code}:\n{told.err}{told.out}"
        return told

    def pass_time(self, *, hours: float) -> None:
        """So much time goes by, at HeyGen as here: what is recorded is that much older."""
        self.heygen.change(clock_offset=self.heygen.settings.clock_offset + hours * 3600)

    # What came of it ----------------------------------------------------------------------------------------------

    @property
    def env(self) -> dict[str, str]:
        return self._nearby.env

    @property
    def data(self) -> Path:
        """Where the person's index lies."""
        return self.folder.parent / f"{self.folder.name}.data"

    @property
    def charges(self) -> int:
        return len(self.heygen.ledger.charges)

    @property
    def charged_twice(self) -> dict[str, int]:
        """What was asked for once and paid more than once: how often, by what was asked for. Failures don't count."""
        return {wish: len(charges) for wish, charges in self.heygen.ledger.paid_twice().items()}

    def results(self, name: str) -> list[dict[str, str]]:
        return results(self.folder, name)

    def column(self, name: str, column: str) -> list[str]:
        """What the results have in one column, "" where there is no such column."""
        return [line.get(column, "") for line in self.results(name)]

    def events(self, sheet: str) -> list[dict[str, Any]]:
        return events(self.folder / f"{sheet}.resume.jsonl")

    def states(self, sheet: str) -> list[State]:
        return list(fold(self.events(sheet)).states.values())
