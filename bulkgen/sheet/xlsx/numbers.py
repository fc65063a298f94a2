"""A number in a number format: digits, signs, separators, exponents, fractions.

Pure. Like a spreadsheet it goes by 15 digits, and rounds a half away from zero.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from bulkgen.sheet.xlsx.tokens import Kind, Token

_EXACT = Context(prec=1_500, rounding=ROUND_HALF_UP, Emax=MAX_EMAX, Emin=MIN_EMIN)


def plain(value: float) -> str:
    """A number with no format: as many digits as it really has."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))

    text = f"{value:.15g}"
    if "e" not in text:
        return text

    number = Decimal(text)
    if -10 < number.adjusted() < 21:
        return f"{number:f}"

    mantissa, exponent = f"{number.normalize(_EXACT):E}".split("E")
    return f"{mantissa}E{exponent[0]}{exponent[1:].rjust(2, '0')}"


def show_number(value: float, tokens: Sequence[Token]) -> str:
    """The number as these tokens show it."""
    kinds = [token.kind for token in tokens]
    number = Decimal(f"{value:.15g}")
    sign = "-" if number < 0 else ""
    number = number.copy_abs()
    if Kind.GENERAL in kinds or Kind.TEXT in kinds:
        whole = plain(abs(value))
        text = "".join(whole if t.kind in (Kind.GENERAL, Kind.TEXT) else t.shown for t in tokens)
    elif Kind.DIGIT not in kinds:
        return "".join(token.shown for token in tokens).strip()  # words have no sign
    elif Kind.EXPONENT in kinds:
        text = _scientific(number, tokens, kinds.index(Kind.EXPONENT))
    elif _is_fraction(tokens, kinds):
        text = _fraction(number, tokens, kinds.index(Kind.SLASH))
    else:
        text = _fixed(number, tokens)
    return (sign + text.lstrip()).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """What most formats come down to: words, digits with or without groups of thousands, decimals, words."""

    before: str
    zeros: int
    grouped: bool
    decimals: int
    percent: int
    behind: str

    def show(self, value: float) -> str:
        """The same text as `show_number`, several times as fast."""
        number = Decimal(f"{value:.15g}")
        sign = "-" if number < 0 else ""
        if self.percent:
            number = number.scaleb(2 * self.percent, _EXACT)
        whole, _, part = f"{number.copy_abs().quantize(_UNITS[self.decimals], context=_EXACT):f}".partition(".")
        whole = "" if whole == "0" else whole
        whole = f"{int(whole):,}" if self.grouped and whole else whole.rjust(self.zeros, "0")
        return f"{sign}{self.before}{whole}{'.' if part else ''}{part}{self.behind}".strip()


_UNITS = [Decimal(1).scaleb(-decimals) for decimals in range(31)]
_MASK = re.compile(r"(L*)([#0,]*0)(?:\.(0{1,30}))?([L%]*)")
_SIGNS = {Kind.LITERAL: "L", Kind.SPACE: "L", Kind.POINT: ".", Kind.COMMA: ",", Kind.PERCENT: "%", Kind.LOCALE: "L"}


def as_mask(tokens: Sequence[Token]) -> Mask | None:
    """The tokens as a mask, None where they are more than that."""
    signs = "".join(t.text if t.kind is Kind.DIGIT else _SIGNS.get(t.kind, "x") for t in tokens)
    match = _MASK.fullmatch(signs)
    if match is None or not re.fullmatch(r"#*0+|#,#*0|#,##0", match[2]):
        return None

    before = "".join(token.shown for token in tokens[: match.end(1)]).lstrip()
    behind = "".join(token.shown for token in tokens[match.start(4) :]).rstrip()
    return Mask(
        before=before,
        zeros=match[2].count("0"),
        grouped="," in match[2],
        decimals=len(match[3] or ""),
        percent=match[4].count("%"),
        behind=behind,
    )


def _fixed(number: Decimal, tokens: Sequence[Token]) -> str:
    """The number in digits, each at its token; what is literal between them stays where it is."""
    point = next((i for i, token in enumerate(tokens) if token.kind is Kind.POINT), len(tokens))
    digits = [i for i, token in enumerate(tokens) if token.kind is Kind.DIGIT]
    before, behind = [i for i in digits if i < point], [i for i in digits if i > point]
    if not digits:
        return "".join(token.shown for token in tokens)

    grouped, scaling = _commas(tokens, before, digits)

    number = number.scaleb(2 * sum(t.kind is Kind.PERCENT for t in tokens) - 3 * len(scaling), _EXACT)
    number = number.quantize(Decimal(1).scaleb(-len(behind)), context=_EXACT)
    whole, _, part = f"{number:f}".partition(".")
    shown = {i: token.shown for i, token in enumerate(tokens)}
    shown |= dict.fromkeys(scaling | (grouped or set()), "")
    _put_whole(shown, whole.lstrip("0"), tokens, before, grouped=grouped is not None)
    if not before and whole.lstrip("0"):
        shown[point] = whole + shown.get(point, "")
    blank = True
    for i, digit in reversed(list(zip(behind, part, strict=True))):
        blank = blank and digit == "0" and tokens[i].text != "0"
        shown[i] = (" " if tokens[i].text == "?" else "") if blank else digit
    return "".join(shown[i] for i in sorted(shown))


def _commas(tokens: Sequence[Token], before: list[int], digits: list[int]) -> tuple[set[int] | None, set[int]]:
    """The commas that group thousands (None where none does), and those behind the digits, which divide by them."""
    commas = [i for i, token in enumerate(tokens) if token.kind is Kind.COMMA]
    grouping = {i for i in commas if before and before[0] < i < before[-1]}
    scaling: set[int] = set()
    for last in {before[-1] if before else -1, digits[-1]}:
        i = last + 1
        while last >= 0 and i < len(tokens) and tokens[i].kind is Kind.COMMA:
            scaling.add(i)
            i += 1
    return grouping or None, scaling


def _put_whole(shown: dict[int, str], whole: str, tokens: Sequence[Token], positions: list[int], grouped: bool) -> None:
    """Puts the digits before the point at their tokens, from the right; those left over at the first token."""
    count = 0
    rest = whole
    for position in reversed(positions):
        last = position == positions[0]
        taken, rest = (rest, "") if last else (rest[-1:], rest[:-1])
        taken = taken or {"0": "0", "?": " "}.get(tokens[position].text, "")
        text = ""
        for digit in reversed(taken):
            text = digit + ("," if grouped and count and count % 3 == 0 and digit != " " else "") + text
            count += 1
        shown[position] = text


def _scientific(number: Decimal, tokens: Sequence[Token], at: int) -> str:
    mantissa, exponent = tokens[:at], tokens[at + 1 :]
    point = next((i for i, token in enumerate(mantissa) if token.kind is Kind.POINT), at)
    digits = sum(t.kind is Kind.DIGIT for t in mantissa[:point])
    decimals = sum(t.kind is Kind.DIGIT for t in mantissa[point:])
    power = number.adjusted() if number else 0
    for _ in range(2):  # rounding may carry into one more digit
        step = power // digits * digits if digits > 1 else power + (0 if digits else 1)
        rounded = number.scaleb(-step, _EXACT).quantize(Decimal(1).scaleb(-decimals), context=_EXACT)
        if not rounded or rounded.adjusted() + step <= power:
            break

        power = rounded.adjusted() + step
    sign = "-" if step < 0 else "+" if tokens[at].text.endswith("+") else ""
    return f"{_fixed(rounded, mantissa)}E{sign}{_fixed(Decimal(abs(step)), exponent)}"


def _is_fraction(tokens: Sequence[Token], kinds: list[Kind]) -> bool:
    if Kind.SLASH not in kinds:
        return False

    at = kinds.index(Kind.SLASH)
    behind = tokens[at + 1 : at + 2]
    return at > 0 and kinds[at - 1] is Kind.DIGIT and any(t.kind is Kind.DIGIT or t.text.isdecimal() for t in behind)


def _fraction(number: Decimal, tokens: Sequence[Token], at: int) -> str:
    """`1 1/2`: a whole number, where the format has digits for it, and the nearest fraction."""
    top = at
    while top and tokens[top - 1].kind is Kind.DIGIT:
        top -= 1
    end = at + 1
    while end < len(tokens) and (tokens[end].kind is Kind.DIGIT or tokens[end].text.isdecimal()):
        end += 1
    below = "".join(token.text for token in tokens[at + 1 : end])
    wholes = [i for i, token in enumerate(tokens[:top]) if token.kind is Kind.DIGIT]
    exact = Fraction(number)
    whole = int(exact) if wholes else 0
    part = exact - whole
    if any(c in "123456789" for c in below):
        fixed = int("".join(c if c.isdecimal() else "0" for c in below))
        over, under = int(part * fixed + Fraction(1, 2)), fixed
    else:
        part = part.limit_denominator(10 ** min(len(below), 7) - 1)
        over, under = part.numerator, part.denominator
    if wholes and over == under:
        whole, over = whole + 1, 0
    head = tokens[: wholes[-1] + 1] if wholes else ()
    lead = "".join(token.shown for token in tokens[:top] if not wholes)
    shown = "0" if wholes and not whole and not over else _fixed(Decimal(whole), head)
    between = "".join(token.shown for token in tokens[wholes[-1] + 1 : top]) if wholes else ""
    tail = "".join(token.shown for token in tokens[end:])
    if wholes and not over:
        return shown + tail

    return f"{lead}{shown}{between if shown.strip() else ''}{over}/{under}{tail}"
