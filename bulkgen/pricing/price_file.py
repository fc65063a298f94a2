"""A price file, read: TOML to a list of prices. Pure.

Owns the format, and what is said of a file that can't be used. A file is taken as a whole or not at all: a price that
was misunderstood would be money.
"""

from __future__ import annotations

import datetime
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, combinations
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from bulkgen.errors import InputError
from bulkgen.model import listed, shorten
from bulkgen.pricing.prices import Price, Prices, Unit
from bulkgen.pricing.spread import Spread
from bulkgen.rows.suggest import hint

FORMAT = 1

#: No second, clip or avatar costs more than this: a larger number is a slip.
_MOST = 1_000.0

#: Where something stands in the file: `("price", 2, "usd", "low")`.
_Place = tuple[str | int, ...]

_Number = Annotated[float, Field(ge=0, le=_MOST, allow_inf_nan=False)]


class _Table(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _Amount(_Table):
    low: _Number
    likely: _Number
    high: _Number

    @model_validator(mode="after")
    def _in_order(self) -> _Amount:
        if not self.low <= self.likely <= self.high:
            raise ValueError("low is not the lowest of low, likely and high, or high not the highest")

        return self


def _exact(value: object) -> object:
    """A single number is low, likely and high at once."""
    return {"low": value, "likely": value, "high": value} if isinstance(value, int | float) else value


_Money = Annotated[_Amount | None, BeforeValidator(_exact)]


class _Entry(_Table):
    kind: str
    when: dict[str, str | Annotated[list[str], Field(min_length=1)]] = Field(default_factory=dict)
    per: Annotated[Unit, Field(strict=False)]
    usd: _Money = None
    credits: _Money = None
    note: str = ""

    @model_validator(mode="after")
    def _has_a_price(self) -> _Entry:
        if self.usd is None and self.credits is None:
            raise ValueError("it has neither usd nor credits")

        return self


class _File(_Table):
    format: Literal[1]
    date: datetime.date
    sources: Annotated[list[str], Field(min_length=1)]
    notes: list[str] = Field(default_factory=list)
    price: Annotated[list[_Entry], Field(min_length=1)]


def parse_prices(text: str, *, name: str = "prices.toml", like: Prices | None = None) -> Prices:
    """The list that a price file holds; `name` is what messages call it.

    `like`: bulkgen's own prices, whose kinds and words are all that there are. Raises `InputError` with the line.
    """
    text = text.replace("\r\n", "\n")
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{name} is no valid price file: {shorten(str(error), 200)}. Each line is like: usd = 0.03, and texts are "
            "in quotation marks."
        ) from None

    format_ = document.get("format")
    if isinstance(format_, int) and format_ > FORMAT:
        raise InputError(f"{name} has the format {format_}, which is newer than this bulkgen reads. Update bulkgen.")

    try:
        file = _File.model_validate(document)
    except ValidationError as error:
        place, why = _said(error, document)
        raise _wrong(text, name, place, why) from None

    entries = [_price(entry) for entry in file.price]
    found = next(chain(_unknown_words(entries, like), _contradictions(entries, text)), None)
    if found:
        raise _wrong(text, name, *found)

    return Prices(date=file.date, sources=file.sources, notes=file.notes, entries=entries)


def _price(entry: _Entry) -> Price:
    words = {name: frozenset([word] if isinstance(word, str) else word) for name, word in entry.when.items()}
    return Price(
        kind=entry.kind,
        unit=entry.per,
        when=words,
        usd=_spread(entry.usd),
        credits=_spread(entry.credits),
        note=entry.note,
    )


def _spread(amount: _Amount | None) -> Spread | None:
    return Spread(low=amount.low, likely=amount.likely, high=amount.high) if amount else None


def _unknown_words(entries: Sequence[Price], like: Prices | None) -> Iterable[tuple[_Place, str]]:
    """A misspelt word would never hold, and its price never count."""
    if like is None:
        return

    for at, entry in enumerate(entries):
        known = [other for other in like.entries if other.kind == entry.kind]
        if not known:
            yield ("price", at, "kind"), _no_such("kind", entry.kind, [other.kind for other in like.entries])

        for name, words in entry.when.items():
            choices = [word for other in known for word in sorted(other.when.get(name, ()))]
            if not choices:
                names = [each for other in known for each in other.when]
                yield ("price", at, "when", name), _no_such(f"condition of {entry.kind}", name, names)

            for word in sorted(words - {*choices}):
                yield ("price", at, "when", name), _no_such(name, word, choices)


def _contradictions(entries: Sequence[Price], text: str) -> Iterable[tuple[_Place, str]]:
    for (at, one), (later, other) in combinations(enumerate(entries), 2):
        if one.kind == other.kind and one.unit is not other.unit:
            yield ("price", later, "per"), f"per is {other.unit}, but an earlier price of {one.kind} is per {one.unit}"

        if one.may_hold_beside(other):
            first = _line_of(text, ("price", at))
            why = f"a job of {one.kind} can have this price as well as the one in line {first}"
            yield ("price", later), f"{why}. Tell them apart by their conditions (when)"


def _no_such(what: str, word: str, known: Iterable[str]) -> str:
    names = list(dict.fromkeys(known))
    choices = f"There are: {listed(names, len(names))}" if names else "It has none"
    return f"there is no {what} {shorten(word, 60)!r}. {hint(word, names)}{choices}"


_NO_AMOUNT = "is neither a number nor like { low = 0.02, likely = 0.03, high = 0.04 }"
_NO_DATE = "is not a date: write it like 2026-09-07, without quotation marks"

#: What pydantic finds wrong with a value, in plain words.
_WHY = {
    "greater_than_equal": "is below 0",
    "less_than_equal": f"is above {_MOST:,.0f}, which can't be the price of one second, clip or avatar",
    "float_type": _NO_AMOUNT,
    "finite_number": _NO_AMOUNT,
    "model_type": _NO_AMOUNT,
    "date_type": _NO_DATE,
    "date_from_datetime_inexact": _NO_DATE,
    "dict_type": 'is not like { engine = "avatar_iv" }',
    "string_type": "is not a text in quotation marks",
    "list_type": 'is not a list like ["one", "two"]',
    "too_short": "is empty",
}


def _said(error: ValidationError, document: Mapping[str, object]) -> tuple[_Place, str]:
    """One of pydantic's findings in plain words, with its place: a misspelt name before the one it leaves missing."""
    findings = error.errors(include_url=False)
    found = next((each for each in findings if each["type"] == "extra_forbidden"), findings[0])
    place: _Place = found["loc"]
    there = place[: _depth(document, place)]
    match found["type"]:
        case "extra_forbidden":
            return place, _no_such("setting", _last_name(place), _fields_at(place))
        case "missing":
            return place, f"{_last_name(place)} is missing"
        case "enum":
            return place, _no_such("unit", str(found["input"]), list(Unit))
        case "value_error":
            return place, str(found["ctx"]["error"])

    why = _WHY.get(found["type"], f"can't be used ({found['msg']})")
    if "when" in there[:-1]:
        why = 'is neither a word nor like ["720p", "1080p"]'
    return place, f"{_last_name(there)} = {shorten(repr(found['input']), 60)} {why}"


def _last_name(place: _Place) -> str:
    return next((part for part in reversed(place) if isinstance(part, str)), "the file")


def _fields_at(place: _Place) -> Iterable[str]:
    """What may stand where an unknown name does."""
    names = [part for part in place if isinstance(part, str)]
    tables: tuple[type[_Table], ...] = (_File, _Entry, _Amount)
    return tables[len(names) - 1].model_fields


def _wrong(text: str, name: str, place: _Place, why: str) -> InputError:
    line = _line_of(text, place)
    return InputError(f"{name}{f', line {line}' if line else ''}: {why}.")


def _line_of(text: str, place: _Place) -> int:
    """The line where as much of the place begins as the file has; 0 for the file as a whole.

    A parser of TOML tells no lines. But the first lines of a file are a file of their own, in which the place is there
    or not yet.
    """
    lines = text.split("\n")
    depth = _depth(tomllib.loads(text), place)

    def has_begun(count: int) -> bool:
        for end in range(count, len(lines)):
            try:
                return _depth(tomllib.loads("\n".join(lines[:end])), place) >= depth
            except ValueError:  # within a value of several lines
                continue

        return True

    return bisect_left(range(1, len(lines) + 1), True, key=has_begun) + 1 if depth else 0


def _depth(document: Any, place: _Place) -> int:
    """How many steps of the place there are; tags of pydantic's own at its end are none."""
    for depth, step in enumerate(place):
        inside = isinstance(document, Mapping) and step in document
        if not inside and not (isinstance(document, list) and isinstance(step, int) and step < len(document)):
            return depth

        document = document[step]
    return len(place)
