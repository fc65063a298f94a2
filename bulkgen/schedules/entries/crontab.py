"""A crontab with entries of ours in it: each a line between two comments. Everything else stays as it is. Pure."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from datetime import datetime

from bulkgen.errors import InputError
from bulkgen.schedules.entries.entry import Entry

_BEGIN, _END = "# bulkgen begin ", "# bulkgen end "

#: What is watched is looked after so often: a watch that is at work already lets a second one end at once.
_KEPT = "*/10 * * * *"

#: The longest command that cron takes (characters).
LONGEST = 990


def block(entry: Entry) -> str:
    """The lines of an entry. Raises `InputError` for a command that is too long for cron."""
    when = entry.times.cron if entry.times else _KEPT
    command = _command(entry) if entry.times else f"{_command(entry)} >/dev/null 2>&1"
    return _block(entry, entry.name, entry.label.line, f"{when} {_line(command)}")


def once(entry: Entry, minute: datetime, outcome: str) -> str:
    """The lines that start it once, in that minute. The file `outcome` says `begun`, and in the end its exit code."""
    when = f"{minute.minute} {minute.hour} {minute.day} {minute.month} *"
    told = shlex.quote(outcome)
    command = f"echo begun > {told}; {_command(entry)}; echo $? > {told}"
    return _block(entry, once_name(entry.name), "", f"{when} {_line(command)}")


def once_name(name: str) -> str:
    return f"{name} once"


def with_block(crontab: str, name: str, lines: str) -> str:
    """The crontab with these lines as the only ones of that name."""
    rest = without(crontab, name)
    return f"{rest}{'' if not rest or rest.endswith(chr(10)) else chr(10)}{lines}"


def without(crontab: str, name: str) -> str:
    """The crontab without the entry of that name."""
    pattern = rf"^{re.escape(_BEGIN + name)}$\n(?:(?!{_BEGIN}).*\n)*?{re.escape(_END + name)}$\n?"
    return re.sub(pattern, "", crontab, flags=re.MULTILINE)


def label_lines(crontab: str) -> Iterator[str]:
    """The labels of the entries."""
    for line, following in zip(crontab.splitlines(), [*crontab.splitlines()[1:], ""], strict=False):
        if line.startswith(_BEGIN) and following.startswith("# {"):
            yield following.removeprefix("# ")


def _block(entry: Entry, name: str, label: str, line: str) -> str:
    if len(line.encode("utf-8", "surrogateescape")) > LONGEST:
        raise InputError(
            f"The command for {entry.label.target} is too long for cron. Keep its options in the recipe, or give the "
            "folders shorter names."
        )

    return "\n".join(filter(None, (f"{_BEGIN}{name}", f"# {label}" if label else "", line, f"{_END}{name}"))) + "\n"


def _command(entry: Entry) -> str:
    """As /bin/sh has it, which starts with next to no environment."""
    variables = [f"{name}={shlex.quote(value)}" for name, value in sorted(entry.environment.items())]
    return " ".join(["cd", shlex.quote(entry.folder), "&&", *variables, shlex.join(entry.words)])


def _line(command: str) -> str:
    """To cron a percent sign ends the command."""
    return command.replace("%", r"\%")
