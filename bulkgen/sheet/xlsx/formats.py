"""Number formats: a cell's value as the text that the spreadsheet shows.

Pure. The codes are those of ECMA-376 part 1, 18.8.31. What only the reader's own settings decide (the order of day and
month of the system date, the decimal sign) is written one fixed way: ISO dates, a point. The width of the column plays
no part: a number in the format General has all its digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from bulkgen.sheet.xlsx.dates import Clock, DateMask, as_date
from bulkgen.sheet.xlsx.numbers import Mask, as_mask, plain, show_number
from bulkgen.sheet.xlsx.tokens import Kind, Token, tokenize

#: Excel takes no longer code.
CODE_LIMIT = 255

GENERAL = "General"

_SYSTEM_DATE, _SYSTEM_TIME = "yyyy-mm-dd", "hh:mm:ss"

#: The formats that have no code in a file: what is written back; openpyxl knows their number by its own spelling.
BUILTIN = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
    5: '"$"#,##0_);("$"#,##0)', 6: '"$"#,##0_);[Red]("$"#,##0)',
    7: '"$"#,##0.00_);("$"#,##0.00)', 8: '"$"#,##0.00_);[Red]("$"#,##0.00)',
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm",
    37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)",
    39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);[Red](#,##0.00)",
    41: r'_(* #,##0_);_(* \(#,##0\);_(* "-"_);_(@_)',
    42: r'_("$"* #,##0_);_("$"* \(#,##0\);_("$"* "-"_);_(@_)',
    43: r'_(* #,##0.00_);_(* \(#,##0.00\);_(* "-"??_);_(@_)',
    44: r'_("$"* #,##0.00_)_("$"* \(#,##0.00\)_("$"* "-"??_)_(@_)',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0", 48: "##0.0E+0", 49: "@",
    **dict.fromkeys((*range(27, 32), 36, *range(50, 55), 57, 58), _SYSTEM_DATE),
    **dict.fromkeys((*range(32, 36), 55, 56), _SYSTEM_TIME),
}  # fmt: skip

#: How some of them are shown instead: by the system's settings, or without a mistake in openpyxl's spelling.
SHOWN = {
    14: _SYSTEM_DATE,
    22: f"{_SYSTEM_DATE} hh:mm",
    44: r'_("$"* #,##0.00_);_("$"* \(#,##0.00\);_("$"* "-"??_);_(@_)',
    47: "mm:ss.0",
}

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
}


@dataclass(frozen=True, kw_only=True)
class Section:
    """One of the up to four parts of a format, and which numbers it is for."""

    tokens: tuple[Token, ...]
    compare: str = ""
    limit: float = 0.0
    mask: Mask | None = None
    date: DateMask | None = None

    @property
    def is_text(self) -> bool:
        return any(token.kind is Kind.TEXT for token in self.tokens)


@dataclass(frozen=True, kw_only=True)
class Format:
    """A number format, taken apart."""

    sections: tuple[Section, ...] = ()
    words: Section | None = None
    #: Numbers in this format are dates, times or durations; `dated` ones have a day, `elapsed` ones run on past it.
    is_date: bool = False
    dated: bool = False
    elapsed: bool = False

    def text(self, text: str) -> str:
        """How a text is shown: as it is, unless the format has a part for texts."""
        if self.words is None:
            return text

        shown = (t for t in self.words.tokens if t.kind is not Kind.SPACE)  # which only pads the column
        return "".join(text if t.kind is Kind.TEXT else t.shown for t in shown)

    def number(self, value: float, clock: Clock) -> str:
        """How a number is shown. Raises `Unshowable` for what is no date, in a format for dates."""
        if not self.sections:
            return plain(value)

        section, unsigned = self._choose(value)
        if section.date:
            return section.date.show(value, clock)

        if unsigned:
            value = abs(value)
        return section.mask.show(value) if section.mask else show_number(value, section.tokens)

    def _choose(self, value: float) -> tuple[Section, bool]:
        """The section for this number, and whether the section itself says that it is negative."""
        sections = self.sections
        if len(sections) == 1 and not sections[0].compare:
            return sections[0], False

        for index, section in enumerate(sections):
            compare, limit = section.compare, section.limit
            if not compare and index < len(sections) - 1:
                compare = "<" if index else ">" if len(sections) > 2 else ">="
            if not compare or _COMPARE[compare](value, limit):
                first = sections[0].compare
                negative = section.compare in ("<", "<=") and limit <= 0
                return section, negative or (index == 1 and not section.compare and first in ("", ">", ">="))

        return Section(tokens=(Token(Kind.GENERAL),)), False


AS_IT_IS = Format()


@lru_cache(maxsize=1_000)
def compile_format(code: str) -> Format:
    """The format that a code describes; one that nobody can make sense of shows values as they are."""
    if not code or code.casefold() == "general" or code == "@" or len(code) > CODE_LIMIT:
        return AS_IT_IS

    sections = [_section(tokens) for tokens in tokenize(code)]
    words = None
    if len(sections) > 4:
        return AS_IT_IS

    if len(sections) == 4 or sections[-1].is_text:
        words = sections.pop()
    date = sections[0].date if sections else None
    if date is None:
        return Format(sections=tuple(sections), words=words)

    return Format(sections=tuple(sections), words=words, is_date=True, dated=date.dated, elapsed=date.elapsed)


_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")


def _section(tokens: list[Token]) -> Section:
    condition = next((token for token in tokens if token.kind is Kind.CONDITION), None)
    rest = tuple(token for token in tokens if token is not condition)
    match = _CONDITION.fullmatch(condition.text) if condition else None
    compare, limit = (match[1], float(match[2])) if match else ("", 0.0)
    return Section(tokens=rest, compare=compare, limit=limit, mask=as_mask(rest), date=as_date(rest))
