"""The property list of a LaunchAgent, as macOS starts it. Pure."""

from __future__ import annotations

import plistlib
import re
from itertools import product

from bulkgen.errors import InputError
from bulkgen.schedules.entries.entry import Entry
from bulkgen.schedules.entries.times import DAYS, HOURS, MINUTES, MONTHS, WEEKDAYS, Times
from bulkgen.schedules.entries.units import STOPPING

_LABEL = re.compile(rb"<!-- bulkgen: (.*?) -->")

#: More moments than this are no calendar any more: each is a dictionary of its own.
_MOST = 1000


def label_of(name: str) -> str:
    """As launchd calls it."""
    return f"local.{name}"


def plist(entry: Entry, messages: str) -> bytes:
    """`messages`: the file that takes what is printed. Raises `InputError` for times that launchd can't have."""
    content: dict[str, object] = {
        "Label": label_of(entry.name),
        "ProgramArguments": [*entry.words],
        "WorkingDirectory": entry.folder,
        "ProcessType": "Background",
        "ExitTimeOut": STOPPING,
        "StandardOutPath": messages,
        "StandardErrorPath": messages,
    }
    if entry.environment:
        content["EnvironmentVariables"] = dict(entry.environment)
    if entry.times:
        content["StartCalendarInterval"] = intervals(entry.times)
    else:
        content |= {"RunAtLoad": True, "KeepAlive": {"SuccessfulExit": False}, "ThrottleInterval": 60}
    head, doctype, body = plistlib.dumps(content).partition(b"<plist ")
    return head + f"<!-- bulkgen: {entry.label.line} -->\n".encode() + doctype + body


def label_line(content: bytes) -> str:
    """The label in a property list; "" without one."""
    match = _LABEL.search(content)
    return match[1].decode("utf-8", "replace") if match else ""


def intervals(times: Times) -> list[dict[str, int]]:
    """The moments, each by what it fixes. A day and a weekday in one would mean either of them."""
    by_date = ("Day", times.days, DAYS)
    by_name = ("Weekday", times.weekdays, WEEKDAYS)
    if not times.either and times.days != DAYS and times.weekdays != WEEKDAYS:
        raise InputError(f"launchd can't hold days that are both a date and a day of the week ({times.cron}).")

    day_fields = [by_date, by_name] if times.either else [by_date if times.days != DAYS else by_name]
    found = []
    for day_field in day_fields:
        parts = (
            ("Month", times.months, MONTHS),
            day_field,
            ("Hour", times.hours, HOURS),
            ("Minute", times.minutes, MINUTES),
        )
        fixed = [[(name, value) for value in sorted(values)] for name, values, every in parts if values != every]
        found += [dict(each) for each in product(*fixed)]
    if len(found) > _MOST:
        raise InputError(f"{times.cron} is {len(found):,} moments, too many for launchd: take simpler steps.")

    return found
