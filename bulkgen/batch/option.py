"""What is known of a setting beside its type: how it is typed, where it is listed, and who may set it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

#: The commands that take a sheet and have options.
RUN, CHECK, STATUS, PREVIEW, LINKS = "run", "check", "status", "preview", "links"
PLANNED = (RUN, CHECK)
#: Those that may send something, and the one that tells what would be sent.
SENDING = (RUN, CHECK, PREVIEW)


class Group(Enum):
    """The parts of `--help` and of the documents' table of options, in their order."""

    EVERYDAY = "Everyday"
    COST = "Cost"
    SHEET = "Reading the sheet"
    AGAIN = "Making rows again"
    FILES = "Files"
    OUTPUT = "What is printed"
    ENGINE = "Engine"
    TELLING = "While nobody looks"


@dataclass(frozen=True, kw_only=True)
class Option:
    """How a setting is typed; `again`: it is repeated in the command that goes on with a batch; `scheduled`: only in
    that of a schedule, since it is a matter of runs that nobody looks at.

    `in_files`: the recipe and the workbook's Settings sheet may set it. What spends money, names the account or belongs
    to one command alone is only ever typed: sheets come from strangers. `alone`: the number that it means with none
    behind it; "" for one that needs its value. `lowers`: a workbook's Settings sheet may only lower it;
    `in_recipe_only`: it may not set it at all: amounts that it may only lower would mean something else, or it would
    carry secrets.
    """

    about: str
    group: Group
    metavar: str | None = None
    short: str = ""
    commands: tuple[str, ...] = (RUN, CHECK, STATUS, PREVIEW, LINKS)
    again: bool = False
    scheduled: bool = False
    in_files: bool = False
    alone: str = ""
    lowers: bool = False
    in_recipe_only: bool = False
