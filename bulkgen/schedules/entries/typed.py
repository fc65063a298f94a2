"""What a person types for a time: `--every weekday --at 07:00`, or a cron expression. Pure.

Each function raises `InputError` for what can't be, in words that show how it is typed.
"""

from __future__ import annotations

import re

from bulkgen.errors import InputError
from bulkgen.schedules.entries.times import DAYS, HOURS, MINUTES, MONTHS, WEEKDAYS, Times

#: The days of the week, as cron numbers them.
DAY_NAMES = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

#: What cron has short words for.
_SHORT = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}

_FIELDS = ("minute", "hour", "day of the month", "month", "day of the week")
_RANGES = (MINUTES, HOURS, DAYS, MONTHS, WEEKDAYS | {7})
_EXAMPLE = '--cron "30 7 * * 1-5" (minute, hour, day of the month, month, day of the week)'


def typed_times(every: str, at: str, cron: str) -> Times:
    """The times that these options name; "" is one that was not typed."""
    if cron and (every or at):
        raise InputError("--cron says all of it. Leave --every and --at out, or --cron.")

    if cron:
        return of_cron(cron)

    if at and not every:
        every = "day"
    if not every:
        raise InputError("Say how often: --every day --at 07:00, --every hour, --every weekday --at 07:00, or --cron.")

    return of_words(every, at)


def of_words(every: str, at: str) -> Times:
    """`hour`, `day`, `weekday` (Monday to Friday), or days by name; `at`: the time of day as `HH:MM`."""
    word = every.strip().casefold()
    if word == "hour":
        minute = _minute(at)
        return Times(cron=f"{minute} * * * *", words=f"every hour at :{minute:02}", minutes=frozenset({minute}))

    days = _days(word)
    if not at.strip():
        raise InputError(f"Say at what time: --every {every} --at 07:00")

    hour, minute = _time(at)
    named = "*" if days == WEEKDAYS else "1-5" if word == "weekday" else ",".join(map(str, sorted(days)))
    return Times(
        cron=f"{minute} {hour} * * {named}",
        words=f"every {_days_in_words(word)} at {hour:02}:{minute:02}",
        minutes=frozenset({minute}),
        hours=frozenset({hour}),
        weekdays=days,
    )


def of_cron(expression: str) -> Times:
    """A cron expression of five fields, with names, lists, ranges and steps, or a short one like `@daily`."""
    text = " ".join(expression.split())
    fields = _SHORT.get(text.casefold(), text).split(" ")
    if len(fields) != len(_FIELDS):
        raise InputError(f"--cron {expression!r}: it takes five fields, like {_EXAMPLE}.")

    minutes, hours, days, months, weekdays = (
        _values(field, name, allowed) for field, name, allowed in zip(fields, _FIELDS, _RANGES, strict=True)
    )
    times = Times(
        cron=" ".join(fields),
        words=f"by cron {text}",
        minutes=minutes,
        hours=hours,
        days=days,
        months=months,
        weekdays=frozenset(day % 7 for day in weekdays),
        either=not fields[2].startswith("*") and not fields[4].startswith("*"),
    )
    if not times.ever:
        raise InputError(f"--cron {expression!r}: there is no such day in any year.")

    return times


def _values(field: str, name: str, allowed: frozenset[int]) -> frozenset[int]:
    found: set[int] = set()
    for part in field.casefold().split(","):
        match = re.fullmatch(r"(?:\*|(\w+)(?:-(\w+))?)(?:/(\d{1,2}))?", part)
        if match is None:
            raise _unfit(field, name)

        first, last, step = match.groups()
        if step is not None and (int(step) == 0 or (first and not last)):
            raise _unfit(field, name)  # a step needs a range, and of nothing there is none

        low = _number(first, field, name, allowed) if first else min(allowed)
        high = _number(last, field, name, allowed) if last else low if first else max(allowed)
        if low > high:
            raise InputError(f"--cron: {part!r} runs backwards, in the field for the {name}. Type two parts: a-b,c-d.")

        found.update(range(low, high + 1, int(step or 1)))
    return frozenset(found)


def _number(word: str, field: str, name: str, allowed: frozenset[int]) -> int:
    names = {}
    if name == _FIELDS[3]:
        names = {month: at for at, month in enumerate(_MONTH_NAMES, 1)}
    elif name == _FIELDS[4]:
        names = {day[:3]: at for at, day in enumerate(DAY_NAMES)}
    number = names[word] if word in names else int(word) if word.isascii() and word.isdecimal() else -1
    if number not in allowed:
        raise _unfit(field, name)

    return number


def _unfit(field: str, name: str) -> InputError:
    return InputError(f"--cron: {field!r} is no {name}. Type it like {_EXAMPLE}.")


def _days(word: str) -> frozenset[int]:
    if word == "day":
        return WEEKDAYS

    if word == "weekday":
        return frozenset(range(1, 6))

    names = [each.strip() for each in word.split(",")]
    if not all(name in DAY_NAMES for name in names):
        raise InputError(
            f"--every {word!r}: type hour, day, weekday, or days by name like monday or monday,thursday. For anything "
            f"else there is {_EXAMPLE}."
        )

    return frozenset(DAY_NAMES.index(name) for name in names)


def _days_in_words(word: str) -> str:
    return ", ".join(part.strip().capitalize() for part in word.split(",")) if word not in ("day", "weekday") else word


def _time(at: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,2}):(\d\d)", at.strip())
    if match is None or int(match[1]) > max(HOURS) or int(match[2]) > max(MINUTES):
        raise InputError(f"--at {at!r}: type a time of day from 00:00 to 23:59, like --at 07:00.")

    return int(match[1]), int(match[2])


def _minute(at: str) -> int:
    """The minute of every hour; 0 where nothing was typed."""
    match = re.fullmatch(r"(?:00?)?:(\d\d)", at.strip()) if at.strip() else None
    if at.strip() and (match is None or int(match[1]) > max(MINUTES)):
        raise InputError(f"--at {at!r}: with --every hour it is the minute of each hour, like --at :15.")

    return int(match[1]) if match else 0
