"""A workbook's values as text, the way the spreadsheet shows them.

Pure. Number formats follow ECMA-376 part 1, 18.8.31. What only the reader's own settings decide (the order of day and
month of the system date, the decimal sign) is written one fixed way: ISO dates, a point.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

#: Formats that follow the system's settings: nobody can tell from the file what the person sees.
_SYSTEM_DATES = frozenset({"mm-dd-yy", "m/d/yy h:mm", "General", ""})

_DATE_TOKEN = re.compile(
    r'"[^"]*"|\\.|\[h+\]|\[m+\]|\[s+\]|\[[^\]]*\]|AM/PM|A/P|y+|m+|d+|h+|s+(?:\.0+)?|_.|\*.|.', re.IGNORECASE
)
_NUMBER = re.compile(r"[0#?][0#?,]*(?:\.[0#?]*)?|\.[0#?]+")


def show(value: object, number_format: str) -> str:
    """The text of a cell's value; `number_format` as the workbook has it."""
    if value is None:
        return ""

    if isinstance(value, str):
        return value

    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"

    if isinstance(value, datetime | date | time | timedelta):
        return _show_date(value, number_format)

    if isinstance(value, int | float):
        return _show_number(value, number_format)

    return str(value)


def plain(value: float) -> str:
    """A number with no format: as many digits as it really has."""
    if float(value).is_integer() and abs(value) < 1e21:
        return str(int(value))

    return f"{value:.15g}"


def _show_number(value: float, number_format: str) -> str:
    if number_format in ("General", "@", ""):
        return plain(value)

    sections = _sections(number_format)
    section, number = sections[0], Decimal(repr(value))
    if value < 0 and len(sections) > 1:
        section, number = sections[1], -number
    elif value == 0 and len(sections) > 2:
        section = sections[2]
    section = re.sub(r"\[\$([^\]-]*)[^\]]*\]", r'"\1"', section)
    section = re.sub(r"\[[^\]]*\]", "", section)
    literals: list[str] = []

    def keep(match: re.Match[str]) -> str:
        text = match[0]
        literals.append(text[1:-1] if text.startswith('"') else text[1:] if text[0] == "\\" else "")
        return "\0"

    pattern = re.sub(r'"[^"]*"|\\.|_.|\*.', keep, section)
    if "general" in pattern.casefold() or "/" in pattern or re.search(r"E[+-]", pattern, re.IGNORECASE):
        return plain(value)

    match = _NUMBER.search(pattern)
    if match is None:
        text = pattern.replace("@", plain(value))
    else:
        number *= Decimal(100) ** pattern.count("%")
        digits = _digits(number, match[0])
        text = pattern[: match.start()] + digits + pattern[match.end() :]
    for literal in literals:
        text = text.replace("\0", literal, 1)
    return text.strip()


def _digits(number: Decimal, mask: str) -> str:
    """The number in a mask of `0`, `#`, `?`, `,` and a point."""
    whole, _, fraction = mask.partition(".")
    while whole.endswith(","):
        whole, number = whole[:-1], number / 1000
    sign, number = ("-", -number) if number < 0 else ("", number)
    rounded = f"{number.quantize(Decimal(1).scaleb(-len(fraction)), rounding=ROUND_HALF_UP):f}"
    left, _, right = rounded.partition(".")
    left = left.lstrip("0").rjust(sum(c == "0" for c in whole), "0")
    if "," in whole:
        left = re.sub(r"(?<=\d)(?=(\d{3})+$)", ",", left)
    while right and fraction[len(right) - 1] in "#?" and right.endswith("0"):
        right = right[:-1]
    if not left.strip("0,") and not right.strip("0"):
        sign = ""
    return sign + left + ("." + right if right or (fraction == "" and "." in mask) else "")


def _sections(number_format: str) -> list[str]:
    return re.findall(r'(?:"[^"]*"|\\.|\[[^\]]*\]|[^;])+', number_format) or [number_format]


def _show_date(value: datetime | date | time | timedelta, number_format: str) -> str:
    section = _sections(number_format)[0] if number_format else ""
    if number_format in _SYSTEM_DATES or (isinstance(value, timedelta) and "[" not in section):
        return _iso(value)

    moment = _moment(value)
    tokens = _DATE_TOKEN.findall(section)
    if not any(token[0].casefold() in "ymdhs" for token in tokens) and not isinstance(value, timedelta):
        return _iso(value)

    half_day = any(token.casefold() in ("am/pm", "a/p") for token in tokens)
    out: list[str] = []
    for index, token in enumerate(tokens):
        out.append(_date_part(token, index, tokens, moment, value, half_day=half_day))
    return "".join(out).strip()


def _date_part(token: str, index: int, tokens: list[str], moment: datetime, value: object, *, half_day: bool) -> str:
    lower = token.casefold()
    if token.startswith('"'):
        return token[1:-1]

    if token[0] == "\\":
        return token[1:]

    if token[0] in "_*" and len(token) == 2:
        return ""

    if token[0] == "[":
        return _elapsed(lower, value, moment)

    if lower in ("am/pm", "a/p"):
        word = "AM" if moment.hour < 12 else "PM"
        return word if len(lower) > 3 else word[0]

    if lower[0] == "m" and _is_minute(index, tokens):
        return str(moment.minute).rjust(len(token), "0")

    if lower[0] == "m":
        name = _MONTHS[moment.month - 1]
        return {1: str(moment.month), 2: f"{moment.month:02d}", 3: name[:3], 5: name[0]}.get(len(token), name)

    if lower[0] == "y":
        return f"{moment.year:04d}" if len(token) > 2 else f"{moment.year % 100:02d}"

    if lower[0] == "d":
        name = _DAYS[moment.weekday()]
        return {1: str(moment.day), 2: f"{moment.day:02d}", 3: name[:3]}.get(len(token), name)

    if lower[0] == "h":
        hour = (moment.hour % 12 or 12) if half_day else moment.hour
        return str(hour).rjust(min(len(token), 2), "0")

    if lower[0] == "s":
        seconds, _, fraction = token.partition(".")
        text = str(moment.second).rjust(min(len(seconds), 2), "0")
        return text + (f".{moment.microsecond:06d}"[: len(fraction) + 1] if fraction else "")

    return token


def _is_minute(index: int, tokens: list[str]) -> bool:
    """`m` means minutes right after hours or right before seconds."""
    letters = [
        (i, t.casefold().strip("[]")[:1]) for i, t in enumerate(tokens) if t.casefold().strip("[]")[:1] in "ymdhs"
    ]
    place = next(k for k, (i, _) in enumerate(letters) if i == index)
    before = letters[place - 1][1] if place else ""
    after = letters[place + 1][1] if place + 1 < len(letters) else ""
    return before == "h" or after == "s"


def _elapsed(token: str, value: object, moment: datetime) -> str:
    """`[h]`, `[m]`, `[s]`: time that runs past the day; any other bracket is a colour or a locale."""
    units = {"h": 3600, "m": 60, "s": 1}
    if token[1:2] not in units or set(token[1:-1]) != {token[1:2]}:
        return ""

    seconds = value.total_seconds() if isinstance(value, timedelta) else moment.hour * 3600 + moment.minute * 60
    return str(int(seconds // units[token[1]])).rjust(len(token) - 2, "0")


def _moment(value: datetime | date | time | timedelta) -> datetime:
    if isinstance(value, datetime):
        return value

    if isinstance(value, date):
        return datetime.combine(value, time())

    if isinstance(value, time):
        return datetime.combine(date(1900, 1, 1), value)

    return datetime(1900, 1, 1) + value % timedelta(days=1)


def _iso(value: datetime | date | time | timedelta) -> str:
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")

    if isinstance(value, timedelta):
        total = int(value.total_seconds())
        return f"{total // 3600}:{total // 60 % 60:02d}:{total % 60:02d}"

    return value.isoformat()
