"""What a workbook says of its sheets: their names, which are visible, the table of texts, the number formats.

Read from the few parts that matter, so that a damaged theme, drawing, link or macro elsewhere in the file is no
obstacle, and none of them is ever followed or run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bulkgen.errors import InputError
from bulkgen.sheet.cells import CELL_LIMIT, Meter
from bulkgen.sheet.xlsx.archive import Archive, drain, linked, own, resolve
from bulkgen.sheet.xlsx.dates import FROM_1900, Clock
from bulkgen.sheet.xlsx.formats import AS_IT_IS, BUILTIN, GENERAL, SHOWN, Format, compile_format

#: More cell formats than Excel can hold.
_STYLE_LIMIT = 100_000

#: A character that XML can't hold, as workbooks write it: `_x000D_`.
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


#: What a sheet's `state` is when no tab shows it. Anything else, some programs' `show` among it, is seen.
_UNSEEN = frozenset({"hidden", "veryhidden"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet: its name as the tab shows it, and the part that holds its cells."""

    name: str
    part: str
    visible: bool


@dataclass(frozen=True, slots=True)
class Style:
    """How the cells of one style show numbers; `number_format` is what is written back."""

    number_format: str = GENERAL
    format: Format = AS_IT_IS


@dataclass(kw_only=True)
class Book:
    """A workbook, without its cells."""

    sheets: list[Sheet] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    styles: list[Style] = field(default_factory=list)
    clock: Clock = FROM_1900
    #: A spreadsheet would compute every formula again on opening it: the stored values may be stand-ins.
    recomputes: bool = False

    def style(self, number: int) -> Style:
        return self.styles[number] if 0 <= number < len(self.styles) else _PLAIN


_PLAIN = Style()


def read_book(archive: Archive) -> Book:
    """Raises `InputError` for what is no workbook, or a damaged one."""
    part = main_part(archive)
    links = _links(archive, part)
    book = Book()
    _read_sheets(archive, part, links, book)
    if not book.sheets:
        raise archive.damaged("it has no worksheet")

    named = {kind: target for kind, target in links.values() if kind in ("sharedStrings", "styles")}
    texts, styles = named.get("sharedStrings", "xl/sharedStrings.xml"), named.get("styles", "xl/styles.xml")
    if texts in archive:
        book.texts = _read_texts(archive, texts)
    if styles in archive:
        book.styles = _read_styles(archive, styles)
    return book


def sheet_names(archive: Archive) -> list[str]:
    """The names of the worksheets, without reading anything that takes long. Raises `InputError` as `read_book`."""
    part, book = main_part(archive), Book()
    _read_sheets(archive, part, _links(archive, part), book)
    return [sheet.name for sheet in book.sheets]


def unescape(text: str) -> str:
    """Characters written as `_x000D_`, as they are; those that no text can hold stay as they are written."""
    return _ESCAPE.sub(_escaped, text) if "_x" in text else text


def _escaped(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return match[0] if code == 0 or 0xD800 <= code <= 0xDFFF or code >= 0xFFFE else chr(code)


def main_part(archive: Archive) -> str:
    """The part that lists the sheets. Raises `InputError` for what is no workbook, saying what it is."""
    main = next((target for kind, target in _links(archive, "").values() if kind == "officeDocument"), "")
    main = main if main in archive else "xl/workbook.xml"
    if main not in archive or main.endswith(".bin"):
        raise InputError(f"{archive.file_name} {archive.advice()}")

    return main


def _links(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    """The links out of a part: what each leads to, and of which kind that is; by the link's id."""
    folder, _, name = part.rpartition("/")
    links_part = f"{folder}/_rels/{name}.rels".lstrip("/")
    found: dict[str, tuple[str, str]] = {}
    if links_part not in archive:
        return found

    def start(name: str, attributes: dict[str, str]) -> None:
        if (linked(name) or name) == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            found[attributes.get("Id", "")] = kind, resolve(part, attributes.get("Target", ""))

    drain(archive.parse(links_part, start, _ignore, _ignore, place=lambda: f"its part {links_part}"))
    return found


def _ignore(_: str) -> None:
    pass


def _read_sheets(archive: Archive, part: str, links: dict[str, tuple[str, str]], book: Book) -> None:
    def start(name: str, attributes: dict[str, str]) -> None:
        tag = own(name)
        if tag == "sheet":
            link = next((value for key, value in attributes.items() if linked(key) == "id"), "")
            kind, target = links.get(link, ("", ""))
            if kind == "worksheet" and target in archive:
                visible = attributes.get("state", "").casefold() not in _UNSEEN
                book.sheets.append(Sheet(unescape(attributes.get("name", "")), target, visible))
        elif tag == "workbookPr":
            book.clock = Clock(attributes.get("date1904", "").casefold() in ("1", "true", "on"))
        elif tag == "calcPr":
            book.recomputes = attributes.get("fullCalcOnLoad", "").casefold() in ("1", "true", "on")

    drain(archive.parse(part, start, _ignore, _ignore, place=lambda: f"its part {part}"))


def _read_texts(archive: Archive, part: str) -> list[str]:
    """The table of texts that cells refer to by number; of rich text the words, without its reading aids."""
    texts: list[str] = []
    pieces: list[str] = []
    aside = inside = False
    meter = Meter(archive.file_name)

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal aside, inside
        tag = own(name)
        if tag == "t":
            inside = not aside
        elif tag == "rPh":
            aside = True
        elif tag == "si":
            pieces.clear()

    def text(data: str) -> None:
        if inside:
            pieces.append(data)

    def end(name: str) -> None:
        nonlocal aside, inside
        tag = own(name)
        if tag == "t":
            inside = False
        elif tag == "rPh":
            aside = False
        elif tag == "si":
            texts.append(unescape("".join(pieces)))
            meter.text(texts[-1])
            pieces.clear()

    for _ in archive.parse(part, start, end, text, place=lambda: f"its table of texts, at text {len(texts) + 1:,},"):
        _check_texts(archive, texts, pieces, meter)
    return texts


def _check_texts(archive: Archive, texts: Sequence[str], pieces: Sequence[str], meter: Meter) -> None:
    """Raises `InputError` where the table of texts, or the text of these pieces, is too large."""
    if meter.full:
        raise archive.too_large(f"holds more than {len(texts):,} different texts")

    if sum(map(len, pieces)) > CELL_LIMIT:
        raise archive.too_large(f"holds a text of more than {CELL_LIMIT:,} characters")


def _read_styles(archive: Archive, part: str) -> list[Style]:
    codes: dict[int, str] = {}
    numbers: list[int] = []
    within = ""

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal within
        tag = own(name)
        if tag in ("numFmts", "cellXfs", "cellStyleXfs", "dxfs"):
            within = tag
        elif tag == "numFmt" and within == "numFmts":
            codes[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", GENERAL)
        elif tag == "xf" and within == "cellXfs":
            numbers.append(_number(attributes.get("numFmtId")))
        if len(numbers) > _STYLE_LIMIT or len(codes) > _STYLE_LIMIT:
            raise archive.too_large(f"holds more than {_STYLE_LIMIT:,} cell formats")

    drain(archive.parse(part, start, _ignore, _ignore, place=lambda: "its table of formats"))
    known = {number: _style(number, codes) for number in set(numbers)}
    return [known[number] for number in numbers]


def _style(number: int, codes: dict[int, str]) -> Style:
    if number in codes:
        return Style(codes[number], compile_format(codes[number]))

    code = BUILTIN.get(number, GENERAL)
    return Style(code, compile_format(SHOWN.get(number, code)))


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
