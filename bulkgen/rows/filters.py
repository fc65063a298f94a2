"""What may be done to a value before it is filled into a text: `{{first_name:title}}`.

Pure. `FILTERS` is the one list of them: messages and the documents are made from it. A filter takes the blanks at both
ends of the value away, and makes the same of the same value in every release: what is made of a text is paid for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bulkgen.kinds.columns import match_key
from bulkgen.model import Cell
from bulkgen.rows.dates import WORDINGS, Wording, day_of


class Unfit(Exception):
    """A filter can't take the value; the message says what it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """`about` is one sentence; `example` a value, and what the filter makes of it."""

    name: str
    about: str
    example: tuple[str, str]
    #: Raises `Unfit`.
    apply: Callable[[Cell], str]


#: Before a name, and not the name.
_SALUTATIONS = frozenset(
    {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "herr", "frau", "fräulein", "hr", "fr", "sr"}
    | {"sra", "srta", "señor", "señora", "monsieur", "madame", "mademoiselle", "mme", "mlle", "sig", "signor"}
    | {"signora", "dott", "dhr", "mevr"}
)

#: Inside a name these stay small: Jan van der Berg, María de la Cruz.
_PARTICLES = frozenset(
    {"van", "von", "der", "den", "de", "del", "della", "delle", "di", "da", "das", "do", "dos", "du", "des", "la", "le"}
    | {"los", "las", "ter", "ten", "zu", "zum", "zur", "af", "av", "och", "y", "e", "und", "et", "of", "and", "the"}
    | {"bin", "ibn"}
)

#: An apostrophe within a word, with at least three letters behind it: O'Neill, but Ann's and they're.
_BEHIND_APOSTROPHE = re.compile(r"(?<=[^\W\d_]['’ʼ])[^\W\d_](?=[^\W\d_]{2})")
_BEHIND_HYPHEN = re.compile(r"(?<=[-‐.(/&])[^\W\d_]")

#: Signs that are said one by one, with letters and digits; anything else ends a group.
_SAID = frozenset("+@#&%*=")


def _title(cell: Cell) -> str:
    """Each word with a capital letter; words that have capitals and small letters already stay as they are."""
    words = re.split(r"(\s+)", cell.text.strip())
    return "".join(
        word if at % 2 else _capital(word, inside=0 < at < len(words) - 1) for at, word in enumerate(words)
    )  # fmt: skip


def _capital(word: str, *, inside: bool) -> str:
    if not (word.isupper() or word.islower()):
        return word

    small = unicodedata.normalize("NFC", word.replace("İ", "i").lower())
    if inside and small in _PARTICLES:
        return small

    first = next((at for at, sign in enumerate(small) if sign.isalpha()), len(small))
    word = small[:first] + small[first : first + 1].title() + small[first + 1 :]
    for behind in (_BEHIND_APOSTROPHE, _BEHIND_HYPHEN):
        word = behind.sub(lambda match: match[0].title(), word)
    return word


def _first(cell: Cell) -> str:
    """The first word, a salutation passed over if another word follows."""
    words = cell.text.split()
    while len(words) > 1 and words[0].rstrip(".").casefold() in _SALUTATIONS:
        del words[0]
    return words[0].rstrip(",;") if words else ""


def _spell(cell: Cell) -> str:
    """Letters and digits one by one, with a comma for what stands between groups of them."""
    groups: list[list[str]] = [[]]
    for sign in unicodedata.normalize("NFC", cell.text):
        if unicodedata.category(sign).startswith("M") and groups[-1]:
            groups[-1][-1] += sign
        elif sign.isalnum() or sign in _SAID:
            groups[-1].append(sign.upper())
        elif groups[-1]:
            groups.append([])
    return ", ".join(" ".join(group) for group in groups if group)


def _date(wording: Wording) -> Callable[[Cell], str]:
    def in_words(cell: Cell) -> str:
        day = day_of(cell.text, cell.value)
        if day is None:
            raise Unfit("Give the cell the format of a date in the spreadsheet, or write it like 2026-11-03.")

        return wording.of(day)

    return in_words


def _date_filter(code: str, wording: Wording) -> Filter:
    about = (
        "A date in words, in English. It takes a date of the spreadsheet, or a text such as 2026-11-03."
        if code == "en"
        else f"The same in {wording.language}."
    )
    words = _date(wording)
    name = "date" if code == "en" else f"date-{code}"
    return Filter(name=name, about=about, example=("2026-11-03", words(Cell("2026-11-03"))), apply=words)


FILTERS: Mapping[str, Filter] = {
    each.name: each
    for each in (
        Filter(
            name="title",
            about=(
                "Names in capitals or small letters as they are written: van, de, von and the like stay small inside a "
                "name. Words such as McDonald, which have both, are left as they are."
            ),
            example=("ANN O'NEILL", "Ann O'Neill"),
            apply=_title,
        ),
        Filter(
            name="first",
            about="The first word of a name. Mr, Mrs, Dr and the like are passed over.",
            example=("Dr. Ann Marie Lee", "Ann"),
            apply=_first,
        ),
        Filter(name="upper", about="In capitals.", example=("Ann", "ANN"), apply=lambda cell: cell.text.upper()),
        Filter(name="lower", about="In small letters.", example=("ANN", "ann"), apply=lambda cell: cell.text.lower()),
        Filter(
            name="trim",
            about="Without blanks at both ends, and with one between words.",
            example=("  Ann   Lee ", "Ann Lee"),
            apply=lambda cell: " ".join(cell.text.split()),
        ),
        Filter(
            name="spell",
            about="Phone numbers and codes sign by sign, with a pause between groups.",
            example=("AB-1203", "A B, 1 2 0 3"),
            apply=_spell,
        ),
        *(_date_filter(code, wording) for code, wording in WORDINGS.items()),
    )
}

_BY_KEY = {match_key(name): each for name, each in FILTERS.items()}


def find_filter(name: str) -> Filter | None:
    """By its name, without regard to case, spaces, `_` and `-`."""
    return _BY_KEY.get(match_key(name))


def filtered(cell: Cell, by: Filter) -> Cell:
    """The cell with the filter's text in place of its own. Raises `Unfit`."""
    text = by.apply(cell).strip()
    return Cell(text, text)
