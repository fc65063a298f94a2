"""What a file really is, by its first bytes, whatever its name says.

Pure. bulkgen reads text and .xlsx; everything else that people take for a spreadsheet has a sentence here that
says how to save it.
"""

from __future__ import annotations

import codecs
from enum import Enum, auto

#: As many bytes from the start of a file as are needed to tell.
HEAD = 4096

_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PAGES = (b"<!doctype html", b"<html", b"<head", b"<body", b"<meta", b"<table", b"<div", b"<!--")


class FileType(Enum):
    """What a file is."""

    TEXT = auto()
    EMPTY = auto()
    ZIP = auto()  # .xlsx, .ods, .numbers …: which one, only its contents say
    OLE = auto()  # an old .xls, or anything with a password
    PAGE = auto()
    XML = auto()
    PDF = auto()
    PACKED = auto()


def file_type_of(head: bytes) -> FileType:
    """What the file is that starts with these bytes."""
    if not head:
        return FileType.EMPTY

    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return FileType.ZIP

    if head.startswith((b"\xd0\xcf\x11\xe0", b"\x09\x08\x10\x00", b"\x09\x08\x08\x00", b"\x09\x04\x06\x00")):
        return FileType.OLE

    if head.startswith(b"%PDF"):
        return FileType.PDF

    if head.startswith((b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")):
        return FileType.PACKED

    start = head
    for mark in _MARKS:
        start = start.removeprefix(mark)
    start = start.replace(b"\0", b"").lstrip().lower()  # UTF-16 keeps a NUL beside each ASCII letter
    if start.startswith(b"<?xml"):
        return FileType.PAGE if b"<html" in start else FileType.XML

    return FileType.PAGE if start.startswith(_PAGES) else FileType.TEXT


#: What to do with a file that is neither text nor a workbook.
ADVICE = {
    FileType.EMPTY: "is empty: it needs a line of headers and rows below it.",
    FileType.OLE: "is an old .xls workbook or has a password. Open it, and save it as an unprotected .xlsx.",
    FileType.PAGE: "is a web page in spite of its name. Open it in your spreadsheet and save it as .xlsx.",
    FileType.XML: "is an XML file in spite of its name. Open it in your spreadsheet and save it as .xlsx.",
    FileType.PDF: "is a PDF. Export the sheet itself, as .xlsx or .csv.",
    FileType.PACKED: "is a compressed archive. Unpack it, and give the sheet inside.",
}


def ole_advice(data: bytes) -> str:
    """Which of the two kinds of OLE file this is: its streams' names are UTF-16 in its directory."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "has a password. Open it, take the password off, and save it as .xlsx."

    if "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data:
        return "is an old .xls workbook. Open it, and save it as .xlsx."

    return ADVICE[FileType.OLE]


def zip_advice(names: set[str]) -> str:
    """What a ZIP is that holds no Excel workbook; `names` are its entries in small letters."""
    if "xl/workbook.bin" in names:
        return "is a binary Excel workbook (.xlsb). Open it, and save it as .xlsx."

    if "content.xml" in names:
        return "is an OpenDocument sheet (.ods). Open it, and save it as .xlsx."

    if any(name.endswith(".iwa") or name == "index.zip" for name in names):
        return "is a Numbers document. In Numbers: File, Export To, Excel."

    if "word/document.xml" in names:
        return "is a Word document. Copy its table into a spreadsheet, and save that as .xlsx."

    if any(name.endswith((".xlsx", ".csv")) for name in names):
        return "is a ZIP archive. Unpack it, and give the sheet inside."

    return "holds no workbook. Save the sheet as .xlsx again."
