"""One entry: what is started, when, and how; and the label by which it is found again. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields

from bulkgen.errors import InputError
from bulkgen.schedules.entries.times import Times

#: What the names of all entries begin with.
PREFIX = "bulkgen-"

#: What ends a line, steers a terminal, or is no text at all: none of the formats has room for it.
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, kw_only=True)
class Label:
    """What an entry tells about itself, in one line of JSON.

    `target`: the sheet (a path, or a link), or the folder that is watched; `identity`: the same whichever way the path
    is typed; `worksheet`: which one of a workbook, "" where nobody said. `cron`: the five fields, "" for what is kept
    running. `log`: where its runs are summed up, "" where there is no such file.
    """

    name: str
    target: str
    identity: str
    worksheet: str = ""
    watches: bool = False
    when: str = ""
    cron: str = ""
    log: str = ""

    @property
    def line(self) -> str:
        """ASCII alone, and without a double hyphen, which no comment of XML may have."""
        return json.dumps(asdict(self)).replace("--", "-\\u002d")

    @classmethod
    def read(cls, line: str) -> Label | None:
        """The label in this line; None where it is none."""
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            return None

        types = {each.name: bool if each.name == "watches" else str for each in fields(cls)}
        known = {name: value for name, value in found.items() if name in types} if isinstance(found, dict) else {}
        right = all(isinstance(value, types[name]) for name, value in known.items())
        return cls(**known) if right and {"name", "target", "identity"} <= known.keys() else None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """`words`: the command, by absolute paths; `folder`: where it works. `environment`: what it has beside what the
    platform gives. `times`: None for what is kept running.
    """

    label: Label
    words: tuple[str, ...]
    folder: str
    environment: Mapping[str, str] = field(default_factory=dict)
    times: Times | None = None

    @property
    def name(self) -> str:
        return self.label.name

    @property
    def about(self) -> str:
        """What it is, on one line."""
        target = re.split(r"[\\/]", self.label.target.rstrip("\\/"))[-1]
        return f"bulkgen: {target}, {self.label.when}"

    def __post_init__(self) -> None:
        """Raises `InputError` for what no entry can hold, whatever the platform: a line break begins another line."""
        for text in (*self.words, self.folder, *self.environment, *self.environment.values(), self.label.target):
            if _UNFIT.search(text):
                raise InputError(
                    f"{text!r} has characters that no schedule can hold (a line break, a control character). "
                    "Give the file or folder another name."
                )


def name_of(target: str, identity: str) -> str:
    """`bulkgen-leads-3f9c2a1b`: two sheets of one name in different folders have two."""
    base = re.split(r"[\\/]", target.rstrip("\\/"))[-1]
    plain = re.sub(r"[^a-z0-9]+", "-", base.partition(".")[0].casefold())[:30].strip("-")
    digest = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{PREFIX}{plain}-{digest}" if plain else f"{PREFIX}{digest}"
