"""What a project of HyperFrames declares of itself: its compositions, and the variables of each.

Pure. A project is a folder of web pages; a page that is a composition says on its `<html>` which variables it takes
(`data-composition-variables`), and on its root how long it lasts (`data-duration`, seconds). Format:
https://hyperframes.heygen.com (Variables, Data attributes).

A page is anybody's: whatever stands in it is read without being run, and what can't be used is told (`flaw`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from html.parser import HTMLParser

#: The page that is rendered where nobody names another.
ENTRY = "index.html"

#: So much of a page is read (characters): what it declares stands at its beginning, behind its styles at most.
READ = 2_000_000

#: So many variables are taken from one page.
_MOST = 500

_VARIABLES = "data-composition-variables"

#: The shapes that HeyGen renders: width to height; and how near a page has to be to be of one.
SHAPES = {"16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1.0}
_NEAR = 0.01

#: What is only said to people, and nothing is judged by.
_TEXTS = ("default", "label")

#: Types of variables; one that came later counts as a text.
TYPES = ("string", "number", "color", "boolean", "enum", "font", "image")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """`default`: what the composition shows where nothing is given. `options`: value and label of each choice."""

    id: str
    type: str
    label: str = ""
    default: str | float | bool | None = None
    options: tuple[tuple[str, str], ...] = ()
    low: float | None = None
    high: float | None = None
    step: float | None = None
    #: The most characters of a text.
    longest: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """`seconds`: how long it lasts, None where the page does not say. `shape`: of `SHAPES`, "" for any other.
    `flaw`: why its variables can't be known."""

    variables: tuple[Variable, ...] = ()
    seconds: float | None = None
    shape: str = ""
    flaw: str = ""

    @property
    def plain(self) -> dict[str, object]:
        told = [{name: value for name, value in asdict(each).items() if value or value == 0} for each in self.variables]
        variables = [{name: value for name, value in each.items() if name not in _TEXTS} for each in told]
        return {"variables": variables, "seconds": self.seconds, "shape": self.shape, "flaw": self.flaw}


@dataclass(frozen=True, slots=True)
class Project:
    """Its compositions, by their paths in it, and the paths of all its files."""

    compositions: Mapping[str, Composition] = field(default_factory=dict)
    names: frozenset[str] = frozenset()

    @property
    def plain(self) -> dict[str, object]:
        """What it declares, as JSON can hold it; neither its texts nor the names of its files."""
        return {name: each.plain for name, each in self.compositions.items()}


def project_of(plain: object) -> Project | None:
    """The inverse of `Project.plain`; None for anything else, such as what a later release wrote."""
    if not isinstance(plain, Mapping) or not plain:
        return None

    try:
        return Project({str(name): _composition_of(each) for name, each in plain.items()})
    except (KeyError, TypeError, ValueError):
        return None


def _composition_of(plain: Mapping[str, object]) -> Composition:
    variables = plain["variables"]
    if not isinstance(variables, list | tuple):
        raise TypeError("no variables")

    made = [
        Variable(**{**each, "options": tuple((str(a), str(b)) for a, b in each.get("options", ()))})
        for each in variables
    ]
    seconds = plain["seconds"]
    shape, flaw = str(plain["shape"]), str(plain["flaw"])
    return Composition(variables=tuple(made), seconds=_number(seconds), shape=shape, flaw=flaw)


def read_composition(html: str) -> Composition:
    """What a page declares."""
    page = _Page()
    with suppress(_Enough, AssertionError, ValueError):  # what the parser makes of a page that is none
        page.feed(html[:READ])
    variables: dict[str, Variable] = {}
    for text in page.declared:
        found, flaw = _declared(text)
        twice = next((each.id for each in found if each.id in variables), "")
        flaw = flaw or (f"the variable {twice} is declared twice" if twice else "")
        if flaw:
            return Composition(seconds=page.seconds, shape=page.shape, flaw=flaw)

        variables |= {each.id: each for each in found}
    return Composition(variables=tuple(variables.values()), seconds=page.seconds, shape=page.shape)


class _Enough(Exception):
    """The root was read; what is inside of it has variables of its own."""


class _Page(HTMLParser):
    """Reads the tags down to the root of the composition."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.declared: list[str] = []
        self.seconds: float | None = None
        self.shape = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value for name, value in reversed(attrs) if value is not None}
        root = "data-composition-id" in given
        if _VARIABLES in given and (root or tag in ("html", "body")):
            self.declared.append(given[_VARIABLES])
        if root:
            self.seconds = _length(given.get("data-duration", ""))
            self.shape = _shape(_length(given.get("data-width", "")), _length(given.get("data-height", "")))
            raise _Enough


def _declared(text: str) -> tuple[list[Variable], str]:
    """The variables of a declaration, or what is wrong with it."""
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError) as error:
        place = f" (line {error.lineno}, character {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        return [], f"{_VARIABLES} is no JSON{place}"

    if not isinstance(plain, list):
        return [], f"{_VARIABLES} is no list"

    if len(plain) > _MOST:
        return [], f"{_VARIABLES} has more than {_MOST} variables"

    found: list[Variable] = []
    for number, each in enumerate(plain, 1):
        name = each.get("id") if isinstance(each, dict) else None
        if not isinstance(name, str) or not name.strip():
            return [], f"variable {number} of {_VARIABLES} has no id"

        if any(known.id == name for known in found):
            return [], f"the variable {name} is declared twice"

        found.append(_variable(name, each))
        if found[-1].type == "enum" and not found[-1].options:
            return [], f"the variable {name} is a choice (enum) without options"
    return found, ""


def _variable(name: str, plain: Mapping[str, object]) -> Variable:
    type_, label, default, longest = (plain.get(each) for each in ("type", "label", "default", "maxLength"))
    low, high, step = (_number(plain.get(each)) for each in ("min", "max", "step"))
    options = plain.get("options")
    return Variable(
        id=name,
        type=type_ if type_ in TYPES and isinstance(type_, str) else "string",
        label=label if isinstance(label, str) else "",
        default=default if isinstance(default, str | bool) else _number(default),
        options=tuple(_options(options if isinstance(options, list) else ())),
        low=low,
        high=high,
        step=step if step and step > 0 else None,
        longest=longest if isinstance(longest, int) and longest > 0 else None,
    )


def _options(plain: Iterable[object]) -> Iterable[tuple[str, str]]:
    for each in plain:
        value, label = (each.get("value"), each.get("label")) if isinstance(each, dict) else (each, None)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            yield str(value), label if isinstance(label, str) and label.strip() else str(value)


def _length(text: str) -> float | None:
    """Seconds or pixels, as an attribute has them."""
    try:
        length = float(text.strip().removesuffix("s").removesuffix("px"))
    except ValueError:
        return None

    return length if 0 < length < math.inf else None


def _shape(width: float | None, height: float | None) -> str:
    share = width / height if width and height else 0.0
    return next((shape for shape, exact in SHAPES.items() if abs(share / exact - 1) < _NEAR), "")


def _number(value: object) -> float | None:
    known = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if known and isinstance(value, int | float) else None
