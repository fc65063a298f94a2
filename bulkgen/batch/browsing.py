"""What the person's account has to choose from: one list, looked through, and its file.

Never prints or asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio

from bulkgen.batch.connection import PATIENCE, Connection, account, rehearsal
from bulkgen.batch.new_file import write_new
from bulkgen.errors import Forbidden, InputError, Lost, Refused
from bulkgen.heygen.browse import MOST, PREVIEW, SHELVES, Filters, Item, Reader, of_language
from bulkgen.heygen.client import HeyGen, connect
from bulkgen.heygen.finding import find
from bulkgen.heygen.key_file import KEYS_PAGE
from bulkgen.model import listed
from bulkgen.results.account_list import write_list
from bulkgen.rows.suggest import hint

#: What people also call the lists.
_ALSO = {"looks": "avatars", "avatar looks": "avatars"}


@dataclass(frozen=True, kw_only=True)
class Found:
    """The items of a list that were looked for, each by the columns.

    `near`: none has the words, these are called like them. `notes`: what is to be said of the reading.
    """

    name: str
    items: Sequence[Item]
    near: bool = False
    notes: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return SHELVES[self.name].columns


def browse(
    name: str, *, search: str = "", filters: Filters | None = None, sandbox: bool = False, most: int = MOST
) -> Found:
    """The items of a list: those that the filters let through, and that have the words; the person's own come first.

    Raises `InputError` for a list that there is not, or that has no such filter; `CredentialError` without a key;
    `ApiError` where HeyGen does not give the list.
    """
    name, filters = list_called(name), filters or Filters()
    if filters.names - SHELVES[name].filters:
        wrong = sorted(filters.names - SHELVES[name].filters)
        takes = [f"--{each}" for each in (*sorted(SHELVES[name].filters), "search")]
        raise InputError(f"There is no --{wrong[0]} for {name}. They can be narrowed with {listed(takes)}.")

    connection = rehearsal() if sandbox else account()
    with listing(name):
        items, notes = anyio.run(_read, connection, name, filters, most)
    near = False
    if search.strip():
        items, near = _search(name, search, items)
    return Found(name=name, items=items, near=near, notes=tuple(notes))


@contextmanager
def listing(name: str) -> Iterator[None]:
    """Says of a list that HeyGen does not give which one it is, and what to do."""
    try:
        yield
    except Forbidden as error:
        raise Forbidden(
            f"The key may not read the account's {name} ({str(error).rstrip('.')}). Give it that permission, or make "
            f"another key that has it, at {KEYS_PAGE}"
        ) from error
    except (Refused, Lost) as error:
        raise Lost(f"The {name} can't be listed at HeyGen now ({str(error).rstrip('.')}). Try again later.") from error


def list_called(name: str) -> str:
    """The list that a word means, be it one thing of it. Raises `InputError` for none."""
    word = name.strip().casefold()
    word = _ALSO.get(word, word)
    for each in SHELVES:
        if word in (each, SHELVES[each].one):
            return each

    raise InputError(f"There is no list of {name!r}. {hint(word, SHELVES)}Choose one of: {listed(list(SHELVES), 9)}.")


def save(found: Found, path: Path) -> None:
    """Writes the list whole. Raises `InputError` where that can't be, or a file is there already."""
    lines = [[shown(item[column]) for column in found.columns] for item in found.items]
    write_new(path, lambda: write_list(path, found.name, found.columns, lines, links=(PREVIEW,)))


def shown(value: object) -> str:
    """A value of an item as a person reads it."""
    if isinstance(value, bool):
        return "yes" if value else ""

    if isinstance(value, dict):
        return ", ".join(f"{name} ({type_})" for name, type_ in value.items())

    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


async def _read(connection: Connection, name: str, filters: Filters, most: int) -> tuple[list[Item], list[str]]:
    async with connect(connection.base, connection.key, connection.transport) as http:
        reader = Reader(client=HeyGen(http, patience=PATIENCE), most=most)
        items = await reader.read(name, filters)
        return items, reader.notes


def _search(name: str, words: str, items: list[Item]) -> tuple[list[Item], bool]:
    columns = [column for column in SHELVES[name].columns if column != PREVIEW]
    if name == "languages":  # by any of their names
        wanted = of_language(words.strip(), {str(item["name"]) for item in items})
        if wanted:
            return [item for item in items if item["name"] in wanted], False

    places, near = find(words, items, columns)
    return [items[at] for at in places], near
