"""Which formulas of a person's rules (conditional formats, validations, names) may stand in a copy of their workbook.

Pure. A rule is kept where it can only look at cells of the same workbook: known functions, references to its sheets,
nothing of another file, no program, no address. Everything else is left out, however useful it may be.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

#: What a rule may call. None of them reaches beyond the workbook.
_FUNCTIONS = re.compile(
    r"ABS|AND|AVERAGE|AVERAGEIF|CEILING|CHOOSE|CODE|COLUMN|COLUMNS|CONCATENATE|COUNT|COUNTA|COUNTBLANK|COUNTIF|"
    r"COUNTIFS|DATE|DATEVALUE|DAY|DAYS|EDATE|EOMONTH|EVEN|EXACT|FALSE|FIND|FLOOR|HOUR|IF|IFERROR|INDEX|INT|"
    r"ISBLANK|ISERR|ISERROR|ISEVEN|ISLOGICAL|ISNA|ISNUMBER|ISODD|ISTEXT|LARGE|LEFT|LEN|LOWER|MATCH|MAX|MEDIAN|"
    r"MID|MIN|MINUTE|MOD|MONTH|N|NA|NETWORKDAYS|NOT|NOW|ODD|OFFSET|OR|PERCENTILE|PROPER|QUARTILE|RANK|REPT|"
    r"RIGHT|ROUND|ROUNDDOWN|ROUNDUP|ROW|ROWS|SEARCH|SMALL|STDEV|SUBSTITUTE|SUBTOTAL|SUM|SUMIF|SUMIFS|"
    r"SUMPRODUCT|TEXT|TIME|TIMEVALUE|TODAY|TRIM|TRUE|TRUNC|UPPER|VALUE|VLOOKUP|HLOOKUP|WEEKDAY|WEEKNUM|WORKDAY|"
    r"YEAR"
)

_REFERENCE = re.compile(r"\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?|\$?[A-Z]{1,3}:\$?[A-Z]{1,3}|\$?\d+:\$?\d+", re.I)
_FIXED_ROW = re.compile(r"\$\d")


def is_harmless(formula: object, sheets: Collection[str], names: Collection[str] = ()) -> bool:
    """Whether the formula (without its `=`) is none, or looks at nothing but cells of these sheets and its own.

    `names`: those that the workbook has for such cells.
    """
    if formula is None or formula == "":
        return True

    try:
        return all(_is_harmless(kind, subtype, value, sheets, names) for kind, subtype, value in _tokens(str(formula)))
    except Exception:  # noqa: BLE001 - what can't be taken apart is not kept
        return False


def fixed_rows(formula: object) -> bool:
    """Whether it names rows of its own sheet that stay the same wherever it stands."""
    tokens = list(_tokens(str(formula))) if formula else []
    return any(subtype == "RANGE" and "!" not in value and _FIXED_ROW.search(value) for _, subtype, value in tokens)


def looks_at_cells(formula: object) -> bool:
    """Whether it names cells of its own sheet."""
    return bool(formula) and any(
        subtype == "RANGE" and "!" not in value and _REFERENCE.fullmatch(value)
        for _, subtype, value in _tokens(str(formula))
    )


def moved(formula: object, origin: str, target: str) -> object:
    """The formula as it reads where it has moved from one cell to another."""
    from openpyxl.formula.translate import Translator

    return Translator(f"={formula}", origin).translate_formula(target)[1:] if formula else formula


def _tokens(formula: str) -> Iterator[tuple[str, str, str]]:
    from openpyxl.formula import Tokenizer

    for token in Tokenizer(f"={formula}").items:
        yield token.type, token.subtype, token.value


def _is_harmless(kind: str, subtype: str, value: str, sheets: Collection[str], names: Collection[str]) -> bool:
    if kind == "FUNC":
        return subtype == "CLOSE" or bool(_FUNCTIONS.fullmatch(value.rstrip("(").upper()))

    if kind == "OPERAND" and subtype == "RANGE" and value not in names:
        sheet, _, place = value.rpartition("!")
        named = sheet.strip("'").replace("''", "'")
        return bool(_REFERENCE.fullmatch(place)) and (not sheet or named in sheets)

    return kind in ("OPERAND", "SEP", "PAREN", "WHITE-SPACE", "OPERATOR-INFIX", "OPERATOR-PREFIX", "OPERATOR-POSTFIX")
