"""Dates, times and durations: a spreadsheet's count of days, and how a number format shows it.

Pure. Names of months and days are written in the language that the format names, English without one. What can't be
told from the file (another calendar, the short names of another language) is written as an ISO date.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bulkgen.sheet.tokens import Kind, Token

_ENGLISH = 0x09

#: By the primary language of a locale id.
_MONTHS = {
    _ENGLISH: "January February March April May June July August September October November December",
    0x07: "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    0x0A: "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    0x0C: "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    0x10: "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    0x13: "januari februari maart april mei juni juli augustus september oktober november december",
    0x16: "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
}
_DAYS = {
    _ENGLISH: "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    0x07: "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    0x0A: "lunes martes miércoles jueves viernes sábado domingo",
    0x0C: "lundi mardi mercredi jeudi vendredi samedi dimanche",
    0x10: "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    0x13: "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    0x16: "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
}

#: The day after the 31st of December 9999.
_LAST = 2_958_466


class Unshowable(ValueError):
    """A number that is no date; the message says what the spreadsheet shows instead."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Which of the two systems counts the days: from 1900, or from 1904 as old Macs did."""

    from_1904: bool = False

    def moment(self, serial: float, decimals: int = 3) -> tuple[datetime, float]:
        """The date and time of a count of days, and its seconds since day 0; both rounded to `decimals` of a second.

        Day 0 of the system from 1900 has no date, and neither has its day 60, a 29th of February that never was.
        """
        if not 0 <= serial < _LAST:
            raise Unshowable("is no date: the spreadsheet shows only ####")

        scale = 10**decimals
        ticks = math.floor(serial * 86_400 * scale + 0.5)
        days, rest = divmod(ticks, 86_400 * scale)
        start = datetime(1904, 1, 1) if self.from_1904 else datetime(1899, 12, 31 if days < 60 else 30)
        try:
            moment = start + timedelta(days=days, microseconds=rest * 10**6 // scale)
        except OverflowError:
            raise Unshowable("is no date: the spreadsheet shows only ####") from None

        return moment, ticks / scale

    def value(self, serial: float, *, elapsed: bool) -> datetime | time | timedelta:
        """The count of days as a value that can be written back: a duration, a time of day, or a date."""
        moment, seconds = self.moment(serial)
        if elapsed:
            return timedelta(seconds=seconds)

        return moment.time() if serial < 1 and not self.from_1904 else moment

    def serial(self, value: date | time) -> float:
        """The count of days of a date, the other way round."""
        if isinstance(value, time):
            value = datetime.combine(date(1899, 12, 31), value)
            return (value - datetime(1899, 12, 31)) / timedelta(days=1)

        moment = value if isinstance(value, datetime) else datetime.combine(value, time())
        if self.from_1904:
            return (moment - datetime(1904, 1, 1)) / timedelta(days=1)

        days = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
        return days if days >= 61 else days - 1


def is_date(tokens: Sequence[Token]) -> bool:
    return any(token.kind in (Kind.DATE, Kind.ELAPSED, Kind.HALF_DAY) for token in tokens)


def show_moment(serial: float, tokens: Sequence[Token], clock: Clock) -> str:
    """The count of days as these signs show it. Raises `Unshowable` for what is no date."""
    decimals = max((len(t.text) - 1 for t in tokens if t.kind is Kind.FRACTION), default=0)
    moment, seconds = clock.moment(serial, min(decimals, 6))
    letters = [_letter(token) if token.kind in (Kind.DATE, Kind.ELAPSED) else "" for token in tokens]
    minutes = _minutes(tokens, letters)
    dated = any(c == "y" or c == "d" or (c == "m" and i not in minutes) for i, c in enumerate(letters))
    if dated and not clock.from_1904 and seconds < 86_400:
        raise Unshowable("is no date: the spreadsheet shows it as day 0 of January 1900")

    if dated and not clock.from_1904 and 60 <= serial < 61:
        raise Unshowable("is no date: there was no 29th of February in 1900")

    locale = next((token.text for token in tokens if token.kind is Kind.LOCALE and token.text), "")
    language = _language(locale)
    if not _known(tokens, letters, minutes, locale, language):
        return _iso(moment, dated=dated, timed="h" in letters or bool(minutes), seconds="s" in letters)

    half_day = any(token.kind is Kind.HALF_DAY for token in tokens)
    names = (_MONTHS.get(language, "").split(), _DAYS.get(language, "").split())
    out: list[str] = []
    for index, token in enumerate(tokens):
        if token.kind is Kind.ELAPSED:
            unit = {"h": 3_600, "m": 60, "s": 1}[letters[index]]
            out.append(str(int(seconds // unit)).rjust(len(token.text), "0"))
        elif token.kind is Kind.HALF_DAY:
            word = "AM" if moment.hour < 12 else "PM"
            out.append(word if len(token.text) > 3 else word[0])
        elif token.kind is Kind.FRACTION:
            out.append(f".{moment.microsecond:06d}"[: len(token.text)].ljust(len(token.text), "0"))
        elif token.kind is Kind.DATE and index in minutes:
            out.append(str(moment.minute).rjust(min(len(token.text), 2), "0"))
        elif token.kind is Kind.DATE:
            out.append(_part(letters[index], len(token.text), moment, names, half_day=half_day))
        else:
            out.append(token.text if token.kind is Kind.DIGIT else token.shown)
    return "".join(out).strip()


def _letter(token: Token) -> str:
    return token.text[0].casefold()


def _part(letter: str, size: int, moment: datetime, names: tuple[list[str], list[str]], *, half_day: bool) -> str:
    months, days = names
    if letter == "y":
        return f"{moment.year:04d}" if size > 2 else f"{moment.year % 100:02d}"

    if letter == "m" and size > 2:
        name = months[moment.month - 1]
        return name[:3] if size == 3 else name[0] if size == 5 else name

    if letter == "d" and size > 2:
        name = days[moment.weekday()]
        return name[:3] if size == 3 else name

    hour = (moment.hour % 12 or 12) if half_day else moment.hour
    number = {"m": moment.month, "d": moment.day, "h": hour, "s": moment.second}[letter]
    return str(number).rjust(min(size, 2), "0")


def _minutes(tokens: Sequence[Token], letters: list[str]) -> set[int]:
    """`m` means minutes right after hours or right before seconds."""
    dated = [i for i, letter in enumerate(letters) if letter]
    found = set()
    for place, index in enumerate(dated):
        if letters[index] != "m" or tokens[index].kind is Kind.ELAPSED or len(tokens[index].text) > 2:
            continue

        before = letters[dated[place - 1]] if place else ""
        after = letters[dated[place + 1]] if place + 1 < len(dated) else ""
        if before == "h" or after == "s":
            found.add(index)
    return found


def _language(locale: str) -> int:
    """The primary language of a locale id such as `407` or `de-DE`; 0 for one that is not known."""
    if not locale:
        return _ENGLISH

    try:
        number = int(locale, 16)
    except ValueError:
        words = {"en": _ENGLISH, "de": 7, "es": 0x0A, "fr": 0x0C, "it": 0x10, "nl": 0x13, "pt": 0x16}
        return words.get(locale[:2].casefold(), 0)

    language = number & 0x3FF if number <= 0xFFFF else 0
    return language if language in _MONTHS else 0


def _known(tokens: Sequence[Token], letters: list[str], minutes: set[int], locale: str, language: int) -> bool:
    """Whether the file says all that decides what is shown."""
    if any(token.kind is Kind.ERA for token in tokens) or locale.casefold() in ("f800", "f400", "x-sysdate"):
        return False

    named = [
        len(token.text) for i, token in enumerate(tokens)
        if letters[i] in ("m", "d") and i not in minutes and token.kind is Kind.DATE and len(token.text) > 2
    ]  # fmt: skip
    plain_calendar = not locale or language or len(locale) <= 4 or not all(c in "0123456789abcdefABCDEF" for c in locale)
    return bool(plain_calendar) and (not named or language == _ENGLISH or (language > 0 and set(named) == {4}))


def _iso(moment: datetime, *, dated: bool, timed: bool, seconds: bool) -> str:
    parts = [moment.strftime("%Y-%m-%d").rjust(10, "0")] if dated else []
    if timed or seconds or not dated:
        parts.append(moment.strftime("%H:%M:%S" if seconds else "%H:%M"))
    return " ".join(parts)
