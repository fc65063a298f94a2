"""What the server was started with; everything by its command line, since assistants' programs drop the environment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bulkgen.errors import InputError
from bulkgen.model import listed
from bulkgen.rows.suggest import hint

#: The tools by their names, in the order of a person's day; whether each only reads.
TOOLS = {
    "list_sheets": True,
    "list_account": True,
    "new_sheet": False,
    "check_sheet": True,
    "make_videos": False,
    "sheet_status": True,
    "stop": False,
}


@dataclass(frozen=True, kw_only=True)
class Options:
    """`expires`: after so many seconds no tool does anything more. `max_cost`: what all runs of this server together
    may spend, in US dollars. None: no such limit."""

    folder: Path
    read_only: bool = False
    #: Only these tools; none named: all of them.
    tools: Sequence[str] = ()
    exclude_tools: Sequence[str] = ()
    expires: float | None = None
    max_cost: float | None = None
    sandbox: bool = False

    @property
    def offered(self) -> list[str]:
        """The tools that there are; `read_only` goes before everything else. Raises `InputError` for none."""
        wanted = _known("--tools", self.tools) or {*TOOLS}
        without = _known("--exclude-tools", self.exclude_tools)
        found = [name for name, reads in TOOLS.items() if name in wanted - without and (reads or not self.read_only)]
        if not found:
            raise InputError("These options leave no tool: give fewer of --tools, --exclude-tools and --read-only.")

        return found


def _known(option: str, names: Sequence[str]) -> set[str]:
    for name in names:
        if name not in TOOLS:
            there = listed([*TOOLS], len(TOOLS))
            raise InputError(f"{option} {name}: there is no such tool. {hint(name, TOOLS)}The tools are: {there}.")

    return {*names}
