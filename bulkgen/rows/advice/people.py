"""Whom a column names: the person, the company, the e-mail address; what is odd about a name beside the others.

Pure. A header is judged by its words alone; what it does not say is not guessed from the cells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto
from statistics import median

from bulkgen.kinds.columns import match_key
from bulkgen.rows.addresses import WHOSE, is_address_header
from bulkgen.rows.particulars import particular

#: A name is called long from so many characters on, and so many times the usual length.
LONG = 20
LONGER_THAN_USUAL = 3

#: With fewer names nothing can be said of what is usual.
FEW = 5


class Who(Enum):
    """What a column holds of the people in the sheet."""

    PERSON = auto()
    COMPANY = auto()
    MAIL = auto()
    ADDRESS = auto()


#: Beside the particulars themselves: what is likely one, and may be another.
_LIKELY = {
    Who.PERSON: re.compile(
        rf"(?:{WHOSE})?(?:(?:first|last|full|given|collection|middle|nick|fore|sur|preferred)?names?|fname|lname)|"
        "recipient|ansprechpartner|nome"
    ),
    Who.COMPANY: re.compile(rf"(?:{WHOSE})?(?:company|business|organi[sz]ation|account|firm|employer)(?:name)?"),
}
_ADDRESS = re.compile(r"url|link|website|webseite|site|mail|correo|courriel|domain|homepage|handle")

_PARTICULARS = {
    "first_name": Who.PERSON,
    "last_name": Who.PERSON,
    "full_name": Who.PERSON,
    "company": Who.COMPANY,
}


def who(header: str) -> Who | None:
    """What the column with this header holds, if it is one of a person's particulars."""
    if is_address_header(header):
        return Who.MAIL

    key, known = match_key(header), _PARTICULARS.get(particular(header))
    likely = (each for each, pattern in _LIKELY.items() if pattern.fullmatch(key))
    return known or next(likely, None) or (Who.ADDRESS if _ADDRESS.search(key) else None)


def shouted(names: Sequence[str]) -> list[int]:
    """The indexes of the names in capitals, where most of the others are not."""
    loud = [index for index, name in enumerate(names) if _is_shouted(name)]
    quiet = sum(any(letter.islower() for letter in name) for name in names)
    return loud if len(loud) < quiet else []


def _is_shouted(name: str) -> bool:
    """Initials (JP, A.J.) are no shouting."""
    return name.isupper() and re.search(r"[^\W\d_]{3}", name) is not None


def overlong(names: Sequence[str]) -> list[int]:
    """The indexes of the names that are much longer than the others."""
    lengths = [len(name.strip()) for name in names]
    if len(lengths) < FEW:
        return []

    bound = max(LONG, LONGER_THAN_USUAL * median(lengths))
    return [index for index, length in enumerate(lengths) if length > bound]
