"""A task of Windows' Task Scheduler, as XML for `schtasks /Create /XML`. Pure.

Elements stand in the order of Microsoft's schema. A missed start is made up for, and no run begins beside another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import product
from xml.etree import ElementTree as ET

from bulkgen.errors import InputError
from bulkgen.schedules.entries.entry import Entry
from bulkgen.schedules.entries.times import DAYS, HOURS, MONTHS, WEEKDAYS, Times

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"

#: The folder of the Task Scheduler that ours are in.
FOLDER = "\\bulkgen\\"

#: So many triggers a task may have.
_MOST = 48

_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def task_xml(entry: Entry, user: str, today: date) -> bytes:
    """The task as it is given to schtasks (UTF-16). `user`: whose it is, `DOMAIN\\name`; `today`: it begins then.

    Raises `InputError` for times that the Task Scheduler can't have.
    """
    task = ET.Element("Task", {"version": "1.2", "xmlns": NAMESPACE})
    _add(task, "RegistrationInfo", {"Description": entry.about, "Documentation": entry.label.line})
    triggers = ET.SubElement(task, "Triggers")
    if entry.times:
        _calendar(triggers, entry.times, today)
    else:
        _add(triggers, "LogonTrigger", {"Enabled": "true", "UserId": user})
    principal = _add(
        ET.SubElement(task, "Principals"),
        "Principal",
        {"UserId": user, "LogonType": "InteractiveToken", "RunLevel": "LeastPrivilege"},
    )
    principal.set("id", "Author")
    settings = _add(
        task,
        "Settings",
        {
            "AllowStartOnDemand": "true",
            "DisallowStartIfOnBatteries": "false",
            "StopIfGoingOnBatteries": "false",
            "StartWhenAvailable": "true",
            "MultipleInstancesPolicy": "IgnoreNew",
            "ExecutionTimeLimit": "PT0S",
            "Enabled": "true",
        },
    )
    if not entry.times:
        _add(settings, "RestartOnFailure", {"Interval": "PT5M", "Count": "255"})
    actions = ET.SubElement(task, "Actions", {"Context": "Author"})
    program, *arguments = entry.words
    command = {"Command": program, "Arguments": windows_line(arguments), "WorkingDirectory": entry.folder}
    _add(actions, "Exec", command)
    ET.indent(task)
    return b"\xff\xfe" + f'<?xml version="1.0" encoding="UTF-16"?>\n{ET.tostring(task, "unicode")}\n'.encode(
        "utf-16-le"
    )


def label_line(xml: bytes) -> str:
    """The label in the XML of a task; "" without one."""
    try:
        return ET.fromstring(xml).findtext(f".//{{{NAMESPACE}}}Documentation", "")
    except (ET.ParseError, ValueError):
        return ""


def windows_line(words: Sequence[str]) -> str:
    """The words as programs on Windows take their command line apart: backslashes count only before a quote."""
    return " ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    escaped = re.sub(r'(\\*)"', r'\1\1\\"', word)
    return escaped if word and not re.search(r"[ \t]", word) else '"' + re.sub(r"(\\+)$", r"\1\1", escaped) + '"'


def _add(parent: ET.Element, name: str, texts: dict[str, str]) -> ET.Element:
    element = ET.SubElement(parent, name)
    for each, text in texts.items():
        ET.SubElement(element, each).text = text
    return element


def _calendar(triggers: ET.Element, times: Times, today: date) -> None:
    starts = _starts(times)
    kinds = [kind for kind in ("date", "name") if times.either or kind == _kind(times)]
    if len(starts) * len(kinds) > _MOST:
        raise InputError(
            f"{times.cron} is {len(starts) * len(kinds)} moments of a day, and a task has room for {_MOST}: "
            "take simpler steps."
        )

    for kind, (hour, minute, every) in product(kinds, starts):
        trigger = ET.SubElement(triggers, "CalendarTrigger")
        ET.SubElement(trigger, "Enabled").text = "true"
        ET.SubElement(trigger, "StartBoundary").text = f"{today.isoformat()}T{hour:02}:{minute:02}:00"
        if every:
            _add(trigger, "Repetition", {"Interval": f"PT{every}M", "Duration": "P1D"})
        _days(trigger, times, kind)


def _kind(times: Times) -> str:
    if times.days != DAYS and times.weekdays != WEEKDAYS:
        raise InputError(f"The Task Scheduler can't hold days that are both a date and a weekday ({times.cron}).")

    return "name" if times.weekdays != WEEKDAYS else "date"


def _starts(times: Times) -> list[tuple[int, int, int]]:
    """Hour, minute, and after how many minutes it repeats for a day (0: it does not)."""
    minutes, hours = sorted(times.minutes), sorted(times.hours)
    step = 60 // len(minutes)
    if times.hours == HOURS and minutes == list(range(minutes[0], 60, step)) and step * len(minutes) == 60:
        return [(0, minutes[0], step)]

    return [(hour, minute, 0) for hour, minute in product(hours, minutes)]


def _days(trigger: ET.Element, times: Times, kind: str) -> None:
    if kind == "name" and times.months == MONTHS:
        _set(_add(trigger, "ScheduleByWeek", {"WeeksInterval": "1"}), "DaysOfWeek", _names(times.weekdays, _DAYS, 0))
    elif kind == "name":
        month = ET.SubElement(trigger, "ScheduleByMonthDayOfWeek")
        weeks = ET.SubElement(month, "Weeks")
        for week in ("1", "2", "3", "4", "Last"):
            ET.SubElement(weeks, "Week").text = week
        _set(month, "DaysOfWeek", _names(times.weekdays, _DAYS, 0))
        _set(month, "Months", _names(times.months, _MONTHS, 1))
    elif times.days == DAYS and times.months == MONTHS:
        _add(trigger, "ScheduleByDay", {"DaysInterval": "1"})
    else:
        month = ET.SubElement(trigger, "ScheduleByMonth")
        days = ET.SubElement(month, "DaysOfMonth")
        for day in sorted(times.days):
            ET.SubElement(days, "Day").text = str(day)
        _set(month, "Months", _names(times.months, _MONTHS, 1))


def _names(values: frozenset[int], names: Sequence[str], first: int) -> list[str]:
    return [names[value - first] for value in sorted(values)]


def _set(parent: ET.Element, name: str, members: Sequence[str]) -> None:
    """A set is written as empty elements."""
    element = ET.SubElement(parent, name)
    for each in members:
        ET.SubElement(element, each)
