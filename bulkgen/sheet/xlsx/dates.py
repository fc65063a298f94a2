"""Dates, times and durations: a spreadsheet's count of days, and how a number format shows it.

Pure. Names of months and days are written in the language that the format names, English without one. What can't be
told from the file (another calendar, the short names of another language) is written as an ISO date.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bulkgen.sheet.xlsx.tokens import Kind, Token

_ENGLISH = 0x09
_TAGS = {"en": _ENGLISH, "de": 0x07, "es": 0x0A, "fr": 0x0C, "it": 0x10, "nl": 0x13, "pt": 0x16}

#: Locales that stand for the settings of the person who looks at the sheet.
_SYSTEM = frozenset({"f800", "f400", "x-sysdate", "x-systime"})

#: Austria's January has a name of its own.
_OTHERWISE = frozenset({"c07", "de-at"})
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]+")

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

    def value(self, serial: float, *, dated: bool, elapsed: bool) -> datetime | time | timedelta:
        """The count of days as a value that can be written back: a duration, a time of day, or a date."""
        moment, seconds = self.moment(serial)
        if elapsed:
            return timedelta(seconds=seconds)

        return moment.time() if serial < 1 and not dated else moment

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


FROM_1900 = Clock()


@dataclass(frozen=True, slots=True)
class _Part:
    """One piece of what is shown: `what` names it, `text` is how the format has it."""

    what: str
    text: str

    @property
    def digits(self) -> int:
        return min(len(self.text), 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMask:
    """A format for dates, taken apart."""

    parts: tuple[_Part, ...]
    dated: bool
    timed: bool
    decimals: int
    half_day: bool
    months: tuple[str, ...]
    days: tuple[str, ...]
    elapsed: bool

    def show(self, serial: float, clock: Clock) -> str:
        """The count of days in this format. Raises `Unshowable` for what is no date."""
        moment, seconds = clock.moment(serial, self.decimals)
        if self.dated and not clock.from_1904:
            if seconds < 86_400:
                raise Unshowable("is no date: the spreadsheet shows it as day 0 of January 1900")

            if 60 <= serial < 61:
                raise Unshowable("is no date: there was no 29th of February in 1900")

        return "".join([self._piece(part, moment, seconds) for part in self.parts]).strip()

    def _piece(self, part: _Part, moment: datetime, seconds: float) -> str:
        what, size = part.what, len(part.text)
        if what == "text":
            return part.text

        if what == "year":
            return f"{moment.year:04d}" if size > 2 else f"{moment.year % 100:02d}"

        if what == "month" and size > 2:
            name = self.months[moment.month - 1]
            return name[:3] if size == 3 else name[0] if size == 5 else name

        if what == "day" and size > 2:
            name = self.days[moment.weekday()]
            return name[:3] if size == 3 else name

        if what == "half":
            word = "AM" if moment.hour < 12 else "PM"
            return word if size > 3 else word[0]

        if what == "fraction":
            return f".{moment.microsecond:06d}"[:size].ljust(size, "0")

        if what in _ELAPSED:
            return str(int(seconds // _ELAPSED[what])).rjust(size, "0")

        if what == "hour" and self.half_day:
            return str(moment.hour % 12 or 12).rjust(part.digits, "0")

        number: int = getattr(moment, what)
        return str(number).rjust(part.digits, "0")


_ELAPSED = {"all hours": 3_600, "all minutes": 60, "all seconds": 1}
_UNITS = {"y": "year", "m": "month", "d": "day", "h": "hour", "s": "second"}

#: What is shown where the file does not say all that decides it: an ISO date or time.
_ISO = {"date": ("year", "-", "month", "-", "day"), "time": ("hour", ":", "minute"), "seconds": (":", "second")}


def as_date(tokens: Sequence[Token]) -> DateMask | None:
    """The tokens as a format for dates; None for one of numbers."""
    kinds = {token.kind for token in tokens}
    if not kinds & {Kind.DATE, Kind.ELAPSED, Kind.HALF_DAY} and (Kind.ERA not in kinds or Kind.DIGIT in kinds):
        return None

    parts = _parts(tokens)
    whats = {part.what for part in parts}
    dated = bool(whats & {"year", "month", "day"})
    timed = not dated or bool(whats & {"hour", "minute", "second", *_ELAPSED})
    decimals = max((len(part.text) - 1 for part in parts if part.what == "fraction"), default=0) if timed else 4
    locale = next((token.text for token in tokens if token.kind is Kind.LOCALE and token.text), "")
    language = _language(locale)
    if not _is_known(tokens, parts, locale, language):
        steps = (*_ISO["date"], *([" "] if timed else [])) if dated else ()
        steps += _ISO["time"] if timed else ()
        steps += _ISO["seconds"] if "second" in whats else ()
        parts = [_Part(step, "00") if step.isalpha() else _Part("text", step) for step in steps]
        parts = [_Part("year", "0000") if part.what == "year" else part for part in parts]
    return DateMask(
        parts=tuple(parts),
        dated=dated,
        timed=timed,
        decimals=min(decimals, 6),
        half_day=any(part.what == "half" for part in parts),
        months=tuple(_MONTHS.get(language, "").split()),
        days=tuple(_DAYS.get(language, "").split()),
        elapsed=bool(whats & set(_ELAPSED)),
    )


def _parts(tokens: Sequence[Token]) -> list[_Part]:
    """What each token shows. `m` means minutes right after hours or right before seconds."""
    letters = [token.text[0].casefold() if token.kind in (Kind.DATE, Kind.ELAPSED) else "" for token in tokens]
    order = [letter for letter in letters if letter]
    parts: list[_Part] = []
    met = 0
    for letter, token in zip(letters, tokens, strict=True):
        if not letter:
            what = {Kind.HALF_DAY: "half", Kind.FRACTION: "fraction", Kind.ERA: "year"}.get(token.kind, "text")
            shown = token.text if what != "text" or token.kind is Kind.DIGIT else token.shown
            parts.append(_Part(what, shown))
            continue

        met += 1
        what = _UNITS[letter]
        if token.kind is Kind.ELAPSED:
            what = {"h": "all hours", "m": "all minutes", "s": "all seconds"}[letter]
        elif (
            letter == "m"
            and len(token.text) < 3
            and (order[met - 2 : met - 1] == ["h"] or order[met : met + 1] == ["s"])
        ):
            what = "minute"
        parts.append(_Part(what, token.text))
    return parts


def _language(locale: str) -> int:
    """The primary language of a locale id such as `407` or `de-DE`; 0 for one that is not known."""
    if not locale:
        return _ENGLISH

    if locale.casefold() in _OTHERWISE:
        return 0

    if not _HEXADECIMAL.fullmatch(locale):
        return _TAGS.get(locale[:2].casefold(), 0)

    language = int(locale, 16) & 0x3FF if len(locale) <= 4 else 0
    return language if language in _MONTHS else 0


def _is_known(tokens: Sequence[Token], parts: Sequence[_Part], locale: str, language: int) -> bool:
    """Whether the file says all that decides what is shown: the calendar, the language of names, the order."""
    if Kind.ERA in {token.kind for token in tokens} or locale.casefold() in _SYSTEM:
        return False

    if not language and _HEXADECIMAL.fullmatch(locale) and len(locale) > 4:
        return False  # its upper half is another calendar, or other digits

    named = {len(part.text) for part in parts if part.what in ("month", "day") and len(part.text) > 2}
    return not named or language == _ENGLISH or (language > 0 and named == {4})
