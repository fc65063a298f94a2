"""Projects of the person's that cells name: a folder of web pages, or a ZIP of one, known by what is in it.

A project is known by the names and contents of its files, however it is packed: a folder and a ZIP of it are the same,
on every system and with every packer. It is packed anew when it goes out (`packed`), always alike: sorted by name, not
compressed, with one time and one mode for all files.
"""

from __future__ import annotations

import hashlib
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from bulkgen.composition import READ, Composition, Project, read_composition
from bulkgen.files.on_disk import CHANGING
from bulkgen.files.project_files import File, Unfit, damaged, files_of
from bulkgen.model import Issue, LocalFile

TYPE = "application/zip"

#: How a ZIP begins.
BEGINNING = b"PK\x03\x04"

_PIECE = 1 << 20

#: The time of every file that is packed: the first that a ZIP can tell.
_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = (stat.S_IFREG | 0o644) << 16


def find_project(path: Path, stopped: Event) -> LocalFile | Issue:
    """The project in a folder or a ZIP, or why it is none. Raises `OSError` where a file of it can't be read."""
    try:
        with files_of(path) as files:
            pages: dict[str, Composition] = {}
            digest = _seal(files, lambda file, pieces: _look_into(file, pieces, pages, stopped))
    except Unfit as unfit:
        return unfit.issue

    project = Project(pages, frozenset(file.name for file in files))
    size = sum(file.size for file in files)
    return LocalFile(digest=digest, size=size, type=TYPE, path=str(path), project=project)


@contextmanager
def packed(project: LocalFile) -> Iterator[LocalFile | None]:
    """The project as the ZIP that goes out: a file that is gone afterwards.

    None where its files are not those any more that the plan was made with. Raises `OSError` where it can't be read, or
    the ZIP can't be written.
    """
    path = Path(project.path)
    with tempfile.TemporaryDirectory(prefix="bulkgen-") as folder:
        target = Path(folder) / f"{path.stem if path.is_file() else path.name}.zip"
        try:
            same = _pack(path, target) == project.digest
        except Unfit:
            same = False
        yield _as_file(target) if same else None


def _pack(path: Path, target: Path) -> str:
    """Writes the ZIP; gives the digest of what was packed."""
    with files_of(path) as files, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as made:

        def put(file: File, pieces: Iterator[bytes]) -> None:
            entry = zipfile.ZipInfo(file.name, _TIME)
            entry.create_system, entry.external_attr, entry.file_size = 3, _MODE, file.size
            with made.open(entry, "w") as into:
                for piece in pieces:
                    into.write(piece)

        return _seal(files, put)


def _as_file(path: Path) -> LocalFile:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return LocalFile(digest=digest, size=path.stat().st_size, type=TYPE, path=str(path))


def _seal(files: Iterable[File], take: Callable[[File, Iterator[bytes]], None]) -> str:
    """The digest of the names and contents of all files, each of which is given to `take` as it is read."""
    seal = hashlib.sha256(b"bulkgen project 1\n")
    for file in files:
        content = hashlib.sha256()
        take(file, _pieces(file, content))
        name = file.name.encode("utf-8", "surrogatepass")
        seal.update(b"%d:%b%d:%b" % (len(name), name, file.size, content.digest()))
    return seal.hexdigest()


def _pieces(file: File, digest: hashlib._Hash) -> Iterator[bytes]:
    """The content of a file, which has to be of the size that was announced."""
    left = file.size
    try:
        with file.open() as content:
            while piece := content.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    break

                digest.update(piece)
                yield piece
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise Unfit(damaged(file.name, error)) from None

    if left:
        raise Unfit(CHANGING)


def _look_into(file: File, pieces: Iterator[bytes], pages: dict[str, Composition], stopped: Event) -> None:
    """Reads a file to its end, and what it declares where it is a page."""
    is_page, beginning = file.name.casefold().endswith((".html", ".htm")), bytearray()
    for piece in pieces:
        if stopped.is_set():
            raise Unfit(CHANGING)

        if is_page and len(beginning) < READ:
            beginning += piece
    if is_page:
        pages[file.name] = read_composition(beginning.decode("utf-8-sig", "replace"))
