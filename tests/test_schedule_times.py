"""When something is started: what is typed, what cron means by it, and what systemd makes of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulkgen.errors import InputError
from bulkgen.schedules.entries.agent import intervals
from bulkgen.schedules.entries.typed import of_cron, typed_times
from bulkgen.schedules.entries.units import on_calendar

SUNDAY = datetime(2026, 11, 22, 10, 18)


@pytest.mark.parametrize(
    ("every", "at", "cron", "words"),
    [
        ("day", "07:00", "0 7 * * *", "every day at 07:00"),
        ("", "07:00", "0 7 * * *", "every day at 07:00"),
        ("Day", "7:05", "5 7 * * *", "every day at 07:05"),
        ("hour", "", "0 * * * *", "every hour at :00"),
        ("hour", ":15", "15 * * * *", "every hour at :15"),
        ("weekday", "23:59", "59 23 * * 1-5", "every weekday at 23:59"),
        ("monday", "00:00", "0 0 * * 1", "every Monday at 00:00"),
        ("sunday", "12:30", "30 12 * * 0", "every Sunday at 12:30"),
        ("monday, thursday", "07:00", "0 7 * * 1,4", "every Monday, Thursday at 07:00"),
    ],
)
def test_words_become_the_fields_of_cron(every: str, at: str, cron: str, words: str) -> None:
    times = typed_times(every, at, "")
    assert (times.cron, times.words) == (cron, words)
    again = of_cron(cron)
    assert (again.minutes, again.hours, again.weekdays) == (times.minutes, times.hours, times.weekdays)


@pytest.mark.parametrize(
    ("every", "at", "cron", "told"),
    [
        ("", "", "", "Say how often"),
        ("day", "", "", "--every day --at 07:00"),
        ("day", "24:00", "", "from 00:00 to 23:59"),
        ("day", "7", "", "from 00:00 to 23:59"),
        ("hour", "07:15", "", "minute of each hour"),
        ("hour", ":60", "", "minute of each hour"),
        ("fortnight", "07:00", "", "hour, day, weekday"),
        ("monday,", "07:00", "", "hour, day, weekday"),
        ("day", "07:00", "0 7 * * *", "--cron says all of it"),
        ("", "", "0 7 * *", "five fields"),
        ("", "", "@reboot", "five fields"),
        ("", "", "60 7 * * *", "'60' is no minute"),
        ("", "", "0 24 * * *", "'24' is no hour"),
        ("", "", "0 0 0 * *", "'0' is no day of the month"),
        ("", "", "0 0 * 13 *", "'13' is no month"),
        ("", "", "0 0 * * 8", "'8' is no day of the week"),
        ("", "", "*/0 * * * *", "'*/0' is no minute"),
        ("", "", "5/10 * * * *", "'5/10' is no minute"),
        ("", "", "0 0 * * fri-mon", "runs backwards"),
        ("", "", "0 0 31 4,6 *", "no such day in any year"),
        ("", "", "0 7 * * ５", "is no day of the week"),
    ],
)
def test_what_is_no_time_is_told_with_how_it_is_typed(every: str, at: str, cron: str, told: str) -> None:
    with pytest.raises(InputError, match=told.replace("*", r"\*")):
        typed_times(every, at, cron)


@pytest.mark.parametrize(
    ("cron", "following"),
    [
        ("0 7 * * *", datetime(2026, 11, 23, 7, 0)),
        ("18 10 * * *", datetime(2026, 11, 23, 10, 18)),  # this minute is not after itself
        ("*/15 9-17 * * mon-fri", datetime(2026, 11, 23, 9, 0)),
        ("0 0 13 * fri", datetime(2026, 11, 27, 0, 0)),  # either of the two, where both are named
        ("0 0 */2 * tue", datetime(2026, 12, 1, 0, 0)),  # both, where one begins with an asterisk
        ("0 0 29 feb *", datetime(2028, 2, 29, 0, 0)),
        ("@monthly", datetime(2026, 12, 1, 0, 0)),
        ("0 12 * * 7", datetime(2026, 11, 22, 12, 0)),  # Sunday is 0 and 7
        ("59 23 31 12 *", datetime(2026, 12, 31, 23, 59)),
    ],
)
def test_the_next_time_is_the_one_that_cron_means(cron: str, following: datetime) -> None:
    assert of_cron(cron).after(SUNDAY) == following


def field(low: int, high: int) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    ranges = st.tuples(number, number).map(lambda pair: f"{min(pair)}-{max(pair)}")
    steps = st.tuples(st.one_of(st.just("*"), ranges), st.integers(1, 20)).map(lambda pair: f"{pair[0]}/{pair[1]}")
    part = st.one_of(number.map(str), ranges, steps)
    return st.one_of(st.just("*"), st.lists(part, min_size=1, max_size=3).map(",".join))


CRONS = st.tuples(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 7)).map(" ".join)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)).map(lambda moment: moment.replace(microsecond=0))


def fits(part: str, value: int, low: int, high: int) -> bool:
    """Cron's own reading of one field, told once more and in another way."""
    for each in part.split(","):
        span, _slash, step = each.partition("/")
        first, _dash, last = (f"{low}-{high}" if span == "*" else span).partition("-")
        if int(first) <= value <= int(last or first) and (value - int(first)) % int(step or 1) == 0:
            return True
    return False


@settings(max_examples=150)
@given(cron=CRONS, moment=MOMENTS)
def test_a_minute_fits_exactly_where_each_field_does(cron: str, moment: datetime) -> None:
    minute, hour, day, month, weekday = cron.split()
    by_date = fits(day, moment.day, 1, 31)
    by_name = any(fits(weekday, number, 0, 7) for number in {moment.isoweekday() % 7, moment.isoweekday()})
    on = by_date and by_name if "*" in (day[0], weekday[0]) else by_date or by_name
    due = fits(minute, moment.minute, 0, 59) and fits(hour, moment.hour, 0, 23) and fits(month, moment.month, 1, 12)
    assert of_cron(cron).at(moment) == (due and on)


@settings(max_examples=60)
@given(cron=CRONS, moment=MOMENTS)
def test_the_next_time_fits_and_none_lies_before_it(cron: str, moment: datetime) -> None:
    times = of_cron(cron)
    if times.days and not times.either and times.weekdays != frozenset(range(7)) and times.days != set(range(1, 32)):
        return  # a date on a weekday may be years away

    following = times.after(moment)
    assert times.at(following)
    assert following > moment
    minute = moment.replace(second=0) + timedelta(minutes=1)
    for _ in range(500):
        if minute >= following:
            break

        assert not times.at(minute)
        minute += timedelta(minutes=1)


def systemd_analyze() -> str:
    """Where it is. Skips the test where there is none; in CI that is a failure."""
    found = shutil.which("systemd-analyze")
    if found is None:
        missing = "there is no systemd-analyze to read the timers with: apt-get install -y systemd"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)

    return found


def next_by_systemd(expressions: list[str], moment: datetime) -> datetime:
    """When these expressions elapse next, as systemd itself reads them."""
    words = [systemd_analyze(), "calendar", f"--base-time={moment:%Y-%m-%d %H:%M:%S} UTC", *expressions]
    done = subprocess.run(words, capture_output=True, text=True, env={"TZ": "UTC", "LC_ALL": "C"}, check=False)
    assert done.returncode == 0, done.stderr
    found = [line.split(": ", 1)[1].split() for line in done.stdout.splitlines() if "Next elapse" in line]
    return min(datetime.strptime(f"{day} {time}", "%Y-%m-%d %H:%M:%S") for _name, day, time, _zone in found)


@settings(max_examples=40)
@given(cron=CRONS, moment=MOMENTS)
def test_systemd_means_the_same_minute_as_cron(cron: str, moment: datetime) -> None:
    times = of_cron(cron)
    if times.weekdays != frozenset(range(7)) and times.days != set(range(1, 32)) and not times.either:
        return

    assert next_by_systemd(on_calendar(times), moment) == times.after(moment)


def test_launchd_has_a_date_and_a_weekday_as_moments_of_their_own() -> None:
    assert intervals(of_cron("0 7 13 * fri")) == [
        {"Day": 13, "Hour": 7, "Minute": 0},
        {"Weekday": 5, "Hour": 7, "Minute": 0},
    ]


@settings(max_examples=60)
@given(cron=CRONS, moment=MOMENTS)
def test_launchd_starts_in_the_minutes_that_cron_does(cron: str, moment: datetime) -> None:
    times = of_cron(cron)
    try:
        found = intervals(times)
    except InputError:
        return

    now = {
        "Minute": moment.minute,
        "Hour": moment.hour,
        "Day": moment.day,
        "Month": moment.month,
        "Weekday": moment.isoweekday() % 7,
    }
    assert any(all(now[name] == value for name, value in each.items()) for each in found) == times.at(moment)
    assert not any({"Day", "Weekday"} <= each.keys() for each in found)  # launchd would take either
