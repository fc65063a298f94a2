"""A date in words, as it is spoken: `3 November 2026`.

Pure. The words are written out here, not taken from a library: a wording that changed with a release of one would make
every row with a date new, and paid again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from datetime import date

#: A day as ISO writes it, with or without a time behind it.
_ISO = re.compile(r"([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})(?:[T ][0-9:.,+\-Z ]*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wording:
    """How one language says a date. The pattern has `{day}`, `{month}` and `{year}`."""

    language: str
    pattern: str
    #: Separated by blanks; where there are none, the month stays a number.
    months: str = ""
    _: KW_ONLY
    #: How the first of a month is said, where it is otherwise than the other days.
    first: str = "1"

    def of(self, day: date) -> str:
        months = self.months.split()
        month = months[day.month - 1] if months else str(day.month)
        return self.pattern.format(day=self.first if day.day == 1 else day.day, month=month, year=day.year)


_ENGLISH = "January February March April May June July August September October November December"

#: By the code of the language; `us` is American English.
WORDINGS: Mapping[str, Wording] = {
    "en": Wording("English", "{day} {month} {year}", _ENGLISH),
    "us": Wording("American English", "{month} {day}, {year}", _ENGLISH),
    "de": Wording(
        "German",
        "{day}. {month} {year}",
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    ),
    "fr": Wording(
        "French",
        "{day} {month} {year}",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        first="1er",
    ),
    "es": Wording(
        "Spanish",
        "{day} de {month} de {year}",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    ),
    "it": Wording(
        "Italian",
        "{day} {month} {year}",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        first="1º",
    ),
    "pt": Wording(
        "Portuguese",
        "{day} de {month} de {year}",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        first="1º",
    ),
    "nl": Wording(
        "Dutch",
        "{day} {month} {year}",
        "januari februari maart april mei juni juli augustus september oktober november december",
    ),
    "pl": Wording(
        "Polish",
        "{day} {month} {year}",
        "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    ),
    "ja": Wording("Japanese", "{year}年{month}月{day}日"),
    "zh": Wording("Chinese", "{year}年{month}月{day}日"),
    "ko": Wording("Korean", "{year}년 {month}월 {day}일"),
}


def day_of(text: str, value: object) -> date | None:
    """The day that a cell holds: a date of the spreadsheet, or a text such as `2026-11-03`; None for anything else.

    `03/11/2026` is the third of November to some and the eleventh of March to others, so it is no date here.
    """
    if isinstance(value, date):  # a datetime is one
        return value

    match = _ISO.fullmatch(text.strip())
    try:
        return date(int(match[1]), int(match[3]), int(match[4])) if match else None
    except ValueError:
        return None
