"""The units of systemd: a service, and the timer that starts it. Pure.

A run is one start of a service, so that a second one never begins beside it. Its exit codes that say "not all of it
is done yet" (some rows failed, more is left, a limit on the cost, another run at work, stopped) leave the unit in
order; those that need somebody (mistakes, no key, no credit, a damaged file) leave it failed. Neither starts it again:
only the calendar does.
"""

from __future__ import annotations

import re

from bulkgen.errors import Exit, InputError
from bulkgen.schedules.entries.entry import Entry
from bulkgen.schedules.entries.times import DAYS, HOURS, MINUTES, MONTHS, WEEKDAYS, Times

_MARK = "# bulkgen: "

#: The exit codes of a run that did what it could.
_FINE = (Exit.SOME_FAILED, Exit.NOT_FINISHED, Exit.MAX_COST, Exit.LOCKED, Exit.INTERRUPTED)

#: How long a run may take to stop (seconds): an answer that may be paid for is waited for.
STOPPING = 240

_WEEKDAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")


def units(entry: Entry) -> dict[str, str]:
    """The files by their names. Raises `InputError` for a folder that a unit can't name."""
    if entry.folder != entry.folder.strip() or entry.folder.endswith("\\"):
        raise InputError(f"systemd can't work in a folder of the name {entry.folder!r}. Give it another name.")

    found = {f"{entry.name}.service": _service(entry)}
    if entry.times:
        found[f"{entry.name}.timer"] = _timer(entry, entry.times)
    return found


def label_line(unit: str) -> str:
    """The label in the text of a unit; "" without one."""
    return next((line.removeprefix(_MARK) for line in unit.splitlines() if line.startswith(_MARK)), "")


def on_calendar(times: Times) -> list[str]:
    """The calendar expressions that together name these times."""
    clock = f"{_listed(times.hours, HOURS)}:{_listed(times.minutes, MINUTES)}:00"
    months = _listed(times.months, MONTHS)
    names = ",".join(_WEEKDAYS[day] for day in sorted(times.weekdays))
    by_name = f"{names} " if times.weekdays != WEEKDAYS else ""
    if not times.either:
        return [f"{by_name}*-{months}-{_listed(times.days, DAYS)} {clock}"]

    return [f"*-{months}-{_listed(times.days, DAYS)} {clock}", f"{by_name}*-{months}-* {clock}"]


def _listed(values: frozenset[int], all_of_them: frozenset[int]) -> str:
    return "*" if values == all_of_them else ",".join(f"{value:02}" for value in sorted(values))


def _service(entry: Entry) -> str:
    lines = [
        f"{_MARK}{entry.label.line}",
        "[Unit]",
        f"Description={_specified(entry.about)}",
        "",
        "[Service]",
        *(_run() if entry.times else _watch()),
        f"WorkingDirectory={_specified(entry.folder)}",
        *(f"Environment={_quoted(f'{name}={value}')}" for name, value in sorted(entry.environment.items())),
        f"ExecStart={' '.join([_quoted(entry.words[0]), *(_quoted(word, dollar='$$') for word in entry.words[1:])])}",
        f"TimeoutStopSec={STOPPING}",
    ]
    if not entry.times:
        lines += ["", "[Install]", "WantedBy=default.target"]
    return "\n".join(lines) + "\n"


def _run() -> list[str]:
    return [
        "Type=oneshot",
        "Restart=no",
        f"SuccessExitStatus={' '.join(str(int(code)) for code in _FINE)}",
        "TimeoutStartSec=infinity",
    ]


def _watch() -> list[str]:
    """What was killed is started again; what needs somebody is not. Its runs are asked to stop by it alone."""
    needs_somebody = (Exit.MISTAKES, Exit.KEY, Exit.LOCKED)
    return [
        "Type=exec",
        "Restart=on-failure",
        "RestartSec=60",
        f"RestartPreventExitStatus={' '.join(str(int(code)) for code in needs_somebody)}",
        f"SuccessExitStatus={int(Exit.INTERRUPTED)}",
        "KillMode=mixed",
    ]


def _timer(entry: Entry, times: Times) -> str:
    lines = [
        "[Unit]",
        f"Description={_specified(entry.about)}",
        "",
        "[Timer]",
        *(f"OnCalendar={each}" for each in on_calendar(times)),
        "Persistent=true",
        "",
        "[Install]",
        "WantedBy=timers.target",
    ]
    return "\n".join(lines) + "\n"


def _specified(text: str) -> str:
    return text.replace("%", "%%")


def _quoted(word: str, dollar: str = "$") -> str:
    """The word in double quotes. `dollar`: how systemd has one, which it fills variables in for in arguments alone."""
    return '"' + re.sub(r'([\\"])', r"\\\1", _specified(word)).replace("$", dollar) + '"'
