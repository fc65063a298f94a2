"""When something is started: the minutes of a calendar, as cron counts them.

Whatever was typed, `--every` with `--at` or a cron expression, becomes the same five fields, from which the words of
every platform are made. Times are those of the computer's clock and zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTES = frozenset(range(60))
HOURS = frozenset(range(24))
DAYS = frozenset(range(1, 32))
MONTHS = frozenset(range(1, 13))
#: 0 is Sunday.
WEEKDAYS = frozenset(range(7))

#: The days of each month, February in a leap year.
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, kw_only=True)
class Times:
    """`cron`: the five fields as a crontab has them; `words`: as a person says it.

    `either`: a day fits that is one of the `days` or one of the `weekdays`; otherwise it has to be both. That is cron's
    rule: a field that starts with an asterisk leaves the choice to the other.
    """

    cron: str
    words: str
    minutes: frozenset[int] = MINUTES
    hours: frozenset[int] = HOURS
    days: frozenset[int] = DAYS
    months: frozenset[int] = MONTHS
    weekdays: frozenset[int] = WEEKDAYS
    either: bool = False

    def on(self, day: datetime) -> bool:
        """Whether something is started on this day at all."""
        by_date, by_name = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return day.month in self.months and (by_date or by_name if self.either else by_date and by_name)

    def at(self, moment: datetime) -> bool:
        """Whether something is started in this minute."""
        return moment.minute in self.minutes and moment.hour in self.hours and self.on(moment)

    def after(self, moment: datetime) -> datetime:
        """The first such minute after this one."""
        day = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
        while not self.on(day) or (day.hour, day.minute) > (max(self.hours), max(self.minutes)):
            day = day.replace(hour=0, minute=0) + timedelta(days=1)
        while not self.at(day):
            day += timedelta(minutes=1) if day.hour in self.hours else timedelta(minutes=60 - day.minute)
            if not self.on(day):
                return self.after(day - timedelta(minutes=1))
        return day

    @property
    def ever(self) -> bool:
        """Whether there is such a day in any year: the 30th of February is none."""
        return self.either or any(day <= _LENGTHS[month - 1] for month in self.months for day in self.days)
