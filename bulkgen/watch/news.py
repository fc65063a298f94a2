"""What a watch has to say of a sheet: values, which the command line puts into words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bulkgen.errors import Exit


class What(StrEnum):
    """What happened to a sheet; the names that `--json` prints."""

    WAITING = "waiting"  # it is not all there yet, or open in a spreadsheet program
    STARTED = "started"
    CHECKED = "checked"  # and not run: it has mistakes, or no cap
    RAN = "ran"
    NOT_RUN = "not_run"  # a recipe can't be used, or a limit is in the way


@dataclass(frozen=True, kw_only=True)
class News:
    """`sheet`: its name, "" for the folder. `why`: what is in the way. `cap`: what the run may, or might, cost.

    `code` and `told`: how the process ended, and the object that it printed. `marked`: the copy with the mistakes.
    `pause`: after how long it is tried again (seconds); None: when it was changed.
    """

    what: What
    sheet: str
    why: str = ""
    cap: float | None = None
    code: int = Exit.OK
    told: Mapping[str, Any] = field(default_factory=dict, repr=False)
    marked: str = ""
    pause: float | None = None


Tell = Callable[[News], None]
