"""The e-mail addresses of the people in a sheet: which column has them, and which text is one.

Pure. A column is known by its header; by its values only where no header says it, most of them are addresses, and they
are those of many people: a column of colleagues (who owns the contact, who is to be answered) is not written to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bulkgen.kinds.columns import match_key
from bulkgen.model import Row, Table
from bulkgen.result_columns import is_result
from bulkgen.rows.headings import Headings
from bulkgen.rows.particulars import particular

#: Of whom a column may tell.
WHOSE = r"(?:contact|customer|client|lead|prospect|recipient|person|guest|attendee|member|employee|candidate)s?"

_HEADER = re.compile(rf"(?:{WHOSE}|work|business|primary|personal)?e?mail(?:address|adresse|id)?")

#: Columns with addresses of those who write the mails.
_OF_SENDERS = re.compile(r"owner|sender|from|replyto|bcc|cc|assigned|manager|agent|createdby")

_SPACES = " \t\r\n\xa0"

#: What is not seen in an address that was copied from a page; the sign that Japanese keyboards write.
_PLAIN = str.maketrans({**dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff"), "\uff20": "@"})

#: As mail programs and lists of contacts write an address: `Fay <fay@example.com>`, `mailto:fay@example.com`.
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]+)>")

#: Nothing that would end a quotation, a header line or a tag; as much as mail servers take (RFC 5321, 4.5.3.1).
_ADDRESS = re.compile(
    r"(?=[^@]{1,64}@)(?=.{3,254}\Z)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*"
    r"@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_](?:[\w-]{0,61}[^\W_])"
)


def is_address_header(header: str) -> bool:
    """Whether the header of a column says that it has the addresses of people."""
    return particular(header) == "email" or _HEADER.fullmatch(match_key(header)) is not None


def address_of(text: str) -> str:
    """The address by which a person is known, without regard to case and outer spaces; "" for a text that is none."""
    return plain_address(text).lower()


def plain_address(text: str) -> str:
    """The address alone, as a mail tool reads it, of a cell that has it with a name, or as a link; "" without one."""
    text = text.translate(_PLAIN).strip(_SPACES + ",;") if len(text) <= 1_000 else ""
    named = _NAMED.fullmatch(text)
    if named and ("@" not in named["name"] or named["name"].strip(_SPACES + "\"'") == named["address"]):
        text = named["address"].strip(_SPACES)
    address = text[7:] if text[:7].lower() == "mailto:" else text
    return address if _ADDRESS.fullmatch(address.lower()) else ""


def address_column(headers: Sequence[str], rows: Iterable[Row]) -> int | None:
    """The column of the addresses, None without one; of several that say so, the one that has the most."""
    rows = [*rows]
    named = [at for at, header in enumerate(headers) if is_address_header(header)]
    if named:
        return max(named, key=lambda at: sum(bool(address_of(row.cell(at).text)) for row in rows))

    others = (at for at, header in enumerate(headers) if not _OF_SENDERS.search(match_key(header)))
    return next((at for at in others if _are_addresses([row.cell(at).text for row in rows])), None)


def addressed(table: Table, headings: Headings) -> int | None:
    """The same of a sheet whose headers may have been given other meanings; the columns of results are none of it."""
    names = [name if not is_result(name) else "" for name in headings.names[: headings.real]]
    return address_column(names, table.rows)


def _are_addresses(texts: Iterable[str]) -> bool:
    filled = [text for text in texts if text.strip()]
    if not filled or "@" not in "".join(text[:1_000] for text in filled[:20]):
        return False

    found = [address for text in filled if (address := address_of(text))]
    return 2 * len(found) > len(filled) and 2 * len(set(found)) > len(found)
