"""Whatever bytes a file holds: a table, or one `InputError`, in a moment.

`BULKGEN_FUZZ=50000` in the environment tries that many cases of each kind.
"""

from __future__ import annotations

import io
import os
import random
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulkgen.errors import InputError
from bulkgen.model import BLANK, Table
from bulkgen.sheet import TEXTS, WORKBOOKS
from bulkgen.sheet.csv_file import read_csv
from bulkgen.sheet.xlsx import read_workbook
from tests.make_fixtures import files, parts, sheet, styles, texts, zipped

CASES = int(os.environ.get("BULKGEN_FUZZ", "0"))
FILES = files()
CSVS = sorted(name for name in FILES if Path(name).suffix in TEXTS)
BOOKS = sorted(name for name in FILES if Path(name).suffix in WORKBOOKS)


def read(data: bytes, name: str) -> Table | str:
    """The table, checked to be sound, or the message."""
    text, file = Path(name).suffix in TEXTS, io.BytesIO(data)
    try:
        table = read_csv(file, name, "fuzz") if text else read_workbook(file, name)
    except InputError as error:
        message = str(error)
        return message if message.startswith(name) and message.isprintable() else pytest.fail(message)

    numbers = [row.number for row in table.rows]
    assert numbers == sorted(set(numbers))
    assert all(number > table.header_row for number in numbers)
    assert any(header.strip() for header in table.headers)
    for row in table.rows:
        assert any(not cell.blank for cell in row.cells)
        for cell in row.cells:
            assert isinstance(cell.text, str)
            assert cell is BLANK or cell.unusable or cell.value is not None
    return table


def mutated(data: bytes, seed: random.Random) -> bytes:
    """The same bytes, a few of them changed, taken out, doubled or put in."""
    found = bytearray(data)
    for _ in range(seed.randint(1, 6)):
        at = seed.randint(0, len(found))
        size = min(seed.choice([1, 1, 2, 4, 30]), len(found) - at)
        change = seed.randrange(6)
        if change == 0:
            found[at : at + size] = seed.randbytes(size)
        elif change == 1:
            del found[at : at + size]
        elif change == 2:
            found[at:at] = found[at : at + size] * seed.choice([1, 2, 50])
        elif change == 3:
            found[at:at] = seed.choice(INSERTS)
        elif change == 4:
            del found[at:]
        elif found:
            found[at % len(found)] ^= 1 << seed.randrange(8)
    return bytes(found)


INSERTS = [
    b"\0", b'"', b"'", b"\r", b"\n", b",", b";", b"\xef\xbb\xbf", b"\xff\xfe", b"\xe9", b"\x1a",
    b"99999999999999999999", b"-1", b"1e999", b"NaN", b"&#0;", b"&#xFFFF;", b"&x;", b"<![CDATA[", b"]]>", b"<!--",
    b"<", b"</c>", b"<c>", b"<row>", b"</row>", b"<f/>", b"<v>", b"</v>", b"<is><t>x</t></is>", b' t="s"', b' t="d"',
    b' s="-1"', b' r="ZZZ9"', b' r=""', b' hidden="1"', b"_x0000_", b"_xD83D_", b"<!DOCTYPE x>",
    b'<?xml version="1.1"?>', b"../", b"\\", b"xmlns:x='y'",
]  # fmt: skip


def repacked(data: bytes, seed: random.Random) -> bytes:
    """A workbook one part of which is mutated before it is packed: damage that a ZIP's own checks do not see."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, RuntimeError, zlib.error):
        return mutated(data, seed)

    if not found:
        return mutated(data, seed)

    name = seed.choice([*found, *(n for n in found if "sheet" in n)])
    change = seed.randrange(12)
    if change == 0:
        del found[name]
    elif change == 1:
        found[name] = found[seed.choice(list(found))]
    else:
        found[name] = mutated(found[name], seed)
    return zipped(found)


@settings(max_examples=CASES or 300)
@given(st.binary(max_size=400) | st.text(st.sampled_from('a1é,;\t|"\r\n\0\ufeff='), max_size=60).map(str.encode))
def test_any_bytes_named_csv_are_a_table_or_a_mistake(data: bytes) -> None:
    read(data, "fuzz.csv")


@settings(max_examples=CASES or 200)
@given(st.binary(max_size=400).map(lambda data: b"PK\x03\x04" + data) | st.binary(max_size=100))
def test_any_bytes_named_xlsx_are_a_table_or_a_mistake(data: bytes) -> None:
    read(data, "fuzz.xlsx")


@pytest.mark.parametrize(
    ("names", "mutate", "count", "fewest"),
    [(CSVS, mutated, 3_000, 0.1), (BOOKS, mutated, 1_500, 0.01), (BOOKS, repacked, 4_000, 0.1)],
)
def test_a_mutated_file_is_a_table_or_a_mistake(
    names: list[str], mutate: Callable[[bytes, random.Random], bytes], count: int, fewest: float
) -> None:
    """And a good share of them is either, or else the mutations were too weak or too strong to tell anything."""
    outcomes = {True: 0, False: 0}
    for number in range(CASES or count):
        seed = random.Random(number)
        name = seed.choice(names)
        outcomes[isinstance(read(mutate(FILES[name], seed), name), Table)] += 1

    assert min(outcomes.values()) > number * fewest


@pytest.mark.parametrize(
    "name", ["plain.xlsx", "texts_rich_and_escaped.xlsx", "windows_1252.csv", "lines_in_quotes.csv"]
)
def test_a_file_cut_off_anywhere_is_a_table_or_a_mistake(name: str) -> None:
    data = FILES[name]
    for size in range(len(data)):
        found = read(data[:size], name)
        assert name.endswith(".csv") or isinstance(found, str), "half a workbook was taken for a whole one"


# -- sheets of any markup ----------------------------------------------------------------------------------------------

REFERENCES = st.sampled_from(
    ["", ' r="A1"', ' r="B1"', ' r="C2"', ' r="XFD3"', ' r="a1"', ' r="$A$1"', ' r="A01"', ' r="Ä1"']
)
KINDS = st.sampled_from(["", *(f' t="{kind}"' for kind in ("n", "s", "str", "inlineStr", "b", "e", "d", "x", ""))])
STYLES = st.sampled_from(["", *(f' s="{n}"' for n in ("0", "1", "2", "3", "4", "99", "-1", "x", ""))])
CONTENTS = st.lists(
    st.sampled_from(
        ["<f>1</f>", "<f/>", "<v/>", "<v></v>", "<v> </v>", "<v>0</v>", "<v>1</v>", "<v>46085.5</v>", "<v>-3</v>",
         "<v>1E+20</v>", "<v>x</v>", "<v>2026-03-04</v>", "<v>T1</v>", "<is><t>a</t></is>", "<is><r><t>b</t></r></is>",
         "<is><rPh><t>c</t></rPh></is>", "text", "<extLst/>", "<v>99</v>", "<v>0.5<!-- x -->5</v>"]
    ),
    max_size=3,
).map("".join)  # fmt: skip
CELLS = st.builds("<c{}{}{}>{}</c>".format, REFERENCES, KINDS, STYLES, CONTENTS)
ROWS = st.builds(
    "<row{}{}>{}</row>".format,
    st.sampled_from(["", *(f' r="{n}"' for n in ("1", "2", "3", "0", "-1", "x", "1048576", "²"))]),
    st.sampled_from(["", ' hidden="1"', ' hidden="x"', ' ht="0"']),
    st.lists(CELLS, max_size=4).map("".join),
)


@settings(max_examples=CASES or 400)
@given(st.lists(ROWS, max_size=4).map("".join), st.sampled_from(["", '<workbookPr date1904="1"/>']))
def test_a_sheet_of_any_cells_is_a_table_or_a_mistake(markup: str, book: str) -> None:
    data = zipped(parts([sheet(markup)], strings=texts("a", "b"), style=styles("0.00", 14, "[h]:mm", ";;;"), book=book))

    found = read(data, "fuzz.xlsx")

    if isinstance(found, str):
        assert re.search(r"'Sheet1'|row|text", found)
