"""What schedulers need of the computer: its programs, its clock, the person's folders. Tests have one of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bulkgen.errors import BulkgenError
from bulkgen.heygen.credentials import VARIABLE
from bulkgen.program import prefix

#: How long a program of the system may take (seconds).
PATIENCE = 60.0


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a program ended with; `code`: None where it is not there, or was given up on as it took too long."""

    code: int | None
    out: str = ""
    err: str = ""

    @property
    def well(self) -> bool:
        return self.code == 0


class Program(Protocol):
    """Runs a program of the system to its end."""

    def __call__(self, words: Sequence[str], *, stdin: str = "", patience: float = PATIENCE) -> Done: ...


@dataclass(frozen=True, kw_only=True)
class Computer:
    """`data`: where bulkgen keeps what it has to remember; `user`: who is logged in; `number`: the same as a number.
    `program`: this Python; `prefix`: the folder of its environment.
    """

    platform: str
    program: str
    prefix: str
    home: Path
    data: Path
    user: str
    number: int
    environment: Mapping[str, str]
    run: Program
    now: Callable[[], datetime]
    sleep: Callable[[float], None]

    @classmethod
    def this(cls, data: Path) -> Computer:
        name = os.environ.get("USERNAME" if sys.platform == "win32" else "USER", "")
        domain = os.environ.get("USERDOMAIN", "") if sys.platform == "win32" else ""
        return cls(
            platform=sys.platform,
            program=sys.executable,
            prefix=prefix(),
            home=Path.home(),
            data=data,
            user=f"{domain}\\{name}" if domain else name,
            number=os.getuid() if sys.platform != "win32" else 0,
            environment=os.environ,
            run=run,
            now=datetime.now,
            sleep=time.sleep,
        )

    def needed(self, words: Sequence[str], *, stdin: str = "", patience: float = PATIENCE) -> str:
        """What a program prints that has to do its work. Raises `BulkgenError` with its words where it does not."""
        done = self.run(words, stdin=stdin, patience=patience)
        if not done.well:
            raise BulkgenError(f"{_refused(words, done)}. To see the entry and install it yourself, add --print.")

        return done.out

    def take_out(self, words: Sequence[str], look: Sequence[str], *, patience: float = PATIENCE) -> None:
        """Has a program take an entry out of its scheduler; `look`: one that does its work only while it is there.

        Raises `BulkgenError` where it still is: it would go on, and spend.
        """
        done = self.run(words, patience=patience)
        if not done.well and self.run(look).well:
            raise BulkgenError(f"{_refused(words, done)}. It is still scheduled.")

    def wait(self, look: Callable[[], int | None], *, limit: float, every: float = 1.0) -> int | None:
        """Looks until there is something, at most so long (seconds)."""
        waited = 0.0
        while (found := look()) is None and waited < limit:
            self.sleep(every)
            waited += every
        return found


def _refused(words: Sequence[str], done: Done) -> str:
    told = (done.err or done.out).strip().splitlines()
    return f"{' '.join(words[:3])} did not work: {told[-1].rstrip('.') if told else 'it said nothing'}"


def run(words: Sequence[str], *, stdin: str = "", patience: float = PATIENCE) -> Done:
    """A program of the system, in plain English and without the key. Bytes that are no text stay what they are."""
    environment = {**os.environ, "LC_ALL": "C"}
    environment.pop(VARIABLE, None)
    try:
        done = subprocess.run(
            [*words],
            input=stdin.encode("utf-8", "surrogateescape"),
            capture_output=True,
            timeout=patience,
            check=False,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        return Done(code=None, err=f"it took longer than {patience:.0f} seconds")
    except OSError as error:
        return Done(code=None, err=error.strerror or str(error))

    out, err = (text.decode("utf-8", "surrogateescape") for text in (done.stdout, done.stderr))
    return Done(code=done.returncode, out=out, err=err)
