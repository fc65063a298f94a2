"""The starter sheets that come with bulkgen: one for each kind, and one for each of the usual purposes.

They are the CSVs of `templates_csv/`, and what is said of each stands in the README beside them; in an installed
bulkgen the folder is called `starters`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bulkgen.errors import InputError
from bulkgen.kinds import KINDS
from bulkgen.model import Table
from bulkgen.rows.suggest import hint
from bulkgen.sheet import read_sheet

_PACKAGE = Path(__file__).parents[1]
#: Where an installed bulkgen has them, and where this one does.
PACKED = _PACKAGE / "starters"
FOLDER = PACKED if PACKED.is_dir() else _PACKAGE.parent / "templates_csv"

#: A heading of the README, and what stands below it: `## speech: Voice-overs from text`.
_SECTION = re.compile(r"^## ([\w-]+): (.+)\n((?:(?!## ).*\n?)*)", re.MULTILINE)


@dataclass(frozen=True)
class Starter:
    """`title`: what it makes, in a few words; `about`: a paragraph."""

    name: str
    title: str
    about: str

    @property
    def is_kind(self) -> bool:
        """Whether it is for all that its kind is used for, and not for one purpose."""
        return self.name in KINDS

    def table(self) -> Table:
        """Its rows, which are examples."""
        return read_sheet(FOLDER / f"{self.name}.csv")


@cache
def starters() -> Mapping[str, Starter]:
    """All of them by name, those of the kinds first."""
    found = _SECTION.findall((FOLDER / "README.md").read_text(encoding="utf-8"))
    return {name: Starter(name, title, " ".join(about.replace("`", "").split())) for name, title, about in found}


def find_starter(name: str) -> Starter:
    """The one of this name, or the only one that begins so. Raises `InputError`."""
    known, wanted = starters(), re.sub(r"[\s_]+", "-", name.strip()).casefold()
    begin = [each for each in known if each.startswith(wanted)] if wanted else []
    found = wanted if wanted in known else begin[0] if len(begin) == 1 else ""
    if not found:
        raise InputError(
            f"There is no starter sheet {name!r}. {hint(wanted, known)}They are: {', '.join(known)}. For one of your "
            "own templates: bulkgen init --template NAME."
        )

    return known[found]
