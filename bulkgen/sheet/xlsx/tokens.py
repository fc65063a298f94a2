"""The code of a number format, cut into tokens.

Pure. A literal is what stands in quotes, behind a backslash, or means nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """What a token of a number format stands for."""

    LITERAL = auto()
    SPACE = auto()  # as wide as some character
    DIGIT = auto()
    POINT = auto()
    COMMA = auto()
    PERCENT = auto()
    EXPONENT = auto()
    SLASH = auto()
    TEXT = auto()
    GENERAL = auto()
    CONDITION = auto()
    LOCALE = auto()
    DATE = auto()
    ELAPSED = auto()
    HALF_DAY = auto()
    FRACTION = auto()  # of a second
    ERA = auto()  # years counted another way


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `text` is how the code has it, for a literal what it shows."""

    kind: Kind
    text: str = ""

    @property
    def shown(self) -> str:
        """What it shows where there is no number for it."""
        if self.kind in (Kind.LITERAL, Kind.COMMA, Kind.POINT, Kind.PERCENT, Kind.SLASH, Kind.ERA):
            return self.text

        return " " if self.kind is Kind.SPACE else ""


_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?'
    r"|\\(?P<escaped>.)"
    r"|(?P<space>_.)"
    r"|(?P<fill>\*.?)"
    r"|\[(?P<elapsed>h+|m+|s+)\]"
    r"|\[\$(?P<currency>[^\]-]*)(?:-(?P<locale>[^\]]*))?\]"
    r"|\[(?P<condition>[<>=][^\]]*)\]"
    r"|(?P<colour>\[[^\]]*\])"
    r"|(?P<general>General)"
    r"|(?P<half>AM/PM|A/P)"
    r"|(?P<exponent>E[+-])"
    r"|(?P<fraction>(?<=[sS\]])\.0+)"
    r"|(?P<date>y+|m+|d+|h+|s+)"
    r"|(?P<era>g+|e+|b+)"
    r"|(?P<single>.)",
    re.IGNORECASE | re.DOTALL,
)

_SINGLES = {
    "0": Kind.DIGIT, "#": Kind.DIGIT, "?": Kind.DIGIT, ".": Kind.POINT, ",": Kind.COMMA, "%": Kind.PERCENT,
    "/": Kind.SLASH, "@": Kind.TEXT,
}  # fmt: skip

_KINDS = {
    "elapsed": Kind.ELAPSED, "condition": Kind.CONDITION, "general": Kind.GENERAL, "half": Kind.HALF_DAY,
    "exponent": Kind.EXPONENT, "fraction": Kind.FRACTION, "date": Kind.DATE, "era": Kind.ERA,
}  # fmt: skip


def tokenize(code: str) -> list[list[Token]]:
    """The tokens of each section of a format code."""
    sections: list[list[Token]] = [[]]
    for match in _TOKEN.finditer(code):
        group = match.lastgroup or ""
        text = match[group]
        if group == "single" and text == ";":
            sections.append([])
        elif group == "single":
            sections[-1].append(Token(_SINGLES.get(text, Kind.LITERAL), text))
        elif group in ("quoted", "escaped"):
            sections[-1].append(Token(Kind.LITERAL, text))
        elif group == "space":
            sections[-1].append(Token(Kind.SPACE))
        elif group in ("currency", "locale"):
            sections[-1] += [Token(Kind.LITERAL, match["currency"]), Token(Kind.LOCALE, match["locale"] or "")]
        elif group == "fraction" and not (sections[-1] and sections[-1][-1].kind in (Kind.DATE, Kind.ELAPSED)):
            sections[-1] += [Token(Kind.POINT, "."), *(Token(Kind.DIGIT, "0") for _ in text[1:])]
        elif group in _KINDS:
            sections[-1].append(Token(_KINDS[group], text))
    return sections
