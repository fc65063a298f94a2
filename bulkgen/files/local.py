"""Files of the person's that cells name: found, judged, and known by their content.

A sheet may come from a stranger, and what it names goes to HeyGen: so only files below the folders that the person
gave are looked at, wherever links lead (`Folders`). Nothing here is changed or sent.

Invariant: of a file outside these folders nothing is read, nor told whether it is there.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import sys
from collections.abc import Container, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from threading import Event
from unicodedata import normalize
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from bulkgen.files.content import BEGINNING, content_of
from bulkgen.files.on_disk import CHANGING, NOT_HERE, is_in_cloud
from bulkgen.files.project import BEGINNING as PACKED
from bulkgen.files.project import find_project
from bulkgen.kinds.columns import bare
from bulkgen.model import Issue, LocalFile
from bulkgen.rows.named_files import MISSING, PROJECT_MISSING

#: The largest file that a storage host takes in one piece (https://docs.aws.amazon.com/AmazonS3, PutObject: 5 GB).
LARGEST = 5 * 1024**3

#: Files read at once, and how much of one at a time (bytes).
AT_ONCE = 4
PIECE = 1 << 20

_MB = 1024 * 1024
_GB = 1024 * _MB

_DRIVE = re.compile(r"[A-Za-z]:[\\/]|\\\\")

OUTSIDE = Issue(
    code="file_outside",
    cause="names a file outside the sheet's folder",
    fix="Copy it beside the sheet; or, if you trust the sheet, allow its folder with --files FOLDER.",
)
NO_FOLDER = Issue(
    code="file_outside",
    cause="names a file, and this sheet has no folder on this computer",
    fix="Say where its files are with --files FOLDER, or give links.",
)
OTHER_SYSTEM = Issue(
    code="not_a_path",
    cause="is a path of a Windows computer, and this is none",
    fix="Copy the file beside the sheet, and write its name alone: tour.mp4.",
)
HOME = Issue(
    code="not_a_path",
    cause="begins with ~, which stands for somebody's home folder",
    fix="Copy the file beside the sheet and write its name alone; or write the whole path, and allow its folder with "
    "--files FOLDER.",
)
UNREADABLE_PATH = Issue(
    code="not_a_path", cause="is no path that can be read", fix="Write it from the sheet's folder: media/tour.mp4."
)
FOLDER = Issue(code="file_unusable", cause="names a folder", fix="Name a file in it.")
NO_FILE = Issue(
    code="file_unusable", cause="names something that is no file", fix="Name a picture, video or recording."
)
EMPTY = Issue(code="file_unusable", cause="names an empty file", fix="Save it again, or copy it again.")
HOLDS_THE_SHEET = Issue(
    code="project_unusable",
    cause="names the folder that the sheet itself lies in, which would go to HeyGen as a whole",
    fix="Put the project into a folder of its own beside the sheet, and name that.",
)


@dataclass(frozen=True, kw_only=True)
class Folders:
    """`sheet`: that of the sheet, none for one that is no file here; `allowed`: those of the command line."""

    sheet: tuple[Path, ...] = ()
    allowed: tuple[Path, ...] = ()

    @property
    def all(self) -> tuple[Path, ...]:
        return (*self.sheet, *self.allowed)


def find_files(
    wanted: Mapping[str, int], folders: Folders, projects: Container[str] = ()
) -> dict[str, LocalFile | Issue]:
    """Each file that is wanted, by what a cell says of it, or why it can't be used.

    The number is the largest that anyone takes (bytes), 0 for no limit: a larger file is not read. `projects`: those
    that stand where a project goes, which is a folder or a ZIP.
    """
    stopped = Event()

    def find(each: tuple[str, int]) -> LocalFile | Issue:
        return find_file(each[0], folders, limit=each[1], stopped=stopped, project=each[0] in projects)

    threads = ThreadPoolExecutor(max_workers=AT_ONCE)
    try:
        return dict(zip(wanted, threads.map(find, wanted.items()), strict=True))
    finally:  # Ctrl-C is not kept waiting for files of gigabytes
        stopped.set()
        threads.shutdown(wait=False, cancel_futures=True)


def find_file(
    name: str,
    folders: Folders,
    *,
    limit: int = 0,
    platform: str = sys.platform,
    stopped: Event | None = None,
    project: bool = False,
) -> LocalFile | Issue:
    """The file (or project) that a cell names, or why it can't be used. What comes after `stopped` is of no use."""
    try:
        path = path_of(name, platform)
        if isinstance(path, Issue):
            return path

        if not folders.all:
            return NO_FOLDER

        place = _place_of(path, folders) or (PROJECT_MISSING if project else MISSING)
        if isinstance(place, Issue):
            return place

        stopped = stopped or Event()
        return _project(place, folders, stopped) if project else _known(place, limit or LARGEST, stopped)
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or "its path is no path"
        fix = "Make it readable, or copy it anew."
        return Issue(code="file_unusable", cause=f"names a file that can't be read ({said})", fix=fix)


def path_of(name: str, platform: str = sys.platform) -> Path | Issue:
    """The path as this system writes it; why it is none."""
    name = bare(name)
    if name.startswith("~"):
        return HOME

    windows = platform == "win32"
    if name[:5].casefold() == "file:":
        parts = urlsplit(name)
        if parts.netloc not in ("", "localhost") and not windows:
            return UNREADABLE_PATH

        if not windows and re.match(r"/[A-Za-z]:/", unquote(parts.path)):
            return OTHER_SYSTEM

        return Path(url2pathname(f"//{parts.netloc}{parts.path}" if parts.netloc and windows else parts.path))

    if _DRIVE.match(name):
        return Path(name) if windows else OTHER_SYSTEM

    return Path(name if windows else PureWindowsPath(name).as_posix() if "\\" in name else name)


def _place_of(path: Path, folders: Folders) -> Path | Issue | None:
    """The file behind the path, all links followed, if it lies below a folder that may be read; None: not there."""
    roots = [folder.resolve() for folder in folders.all]
    outside = False
    drives = {root.drive.casefold() for root in roots}
    for each in _spellings(path, folders):
        if each.drive.casefold() not in drives | {""}:  # another computer would be asked, and told who asks
            return OUTSIDE

        real = each.resolve()
        if not any(real.is_relative_to(root) for root in roots):
            outside = True
        elif real.exists():
            return real
        elif each.with_name(f".{each.name}.icloud").exists():
            return NOT_HERE

    return OUTSIDE if outside else None


def _spellings(path: Path, folders: Folders) -> Iterator[Path]:
    """Where the file may be; letters with accents are written in two ways, and systems differ in theirs."""
    for text in dict.fromkeys((str(path), normalize("NFC", str(path)), normalize("NFD", str(path)))):
        for folder in folders.all:  # which an absolute path leaves out
            yield folder / text


def _project(path: Path, folders: Folders, stopped: Event) -> LocalFile | Issue:
    told = path.stat()
    if stat.S_ISDIR(told.st_mode):
        holds = any(folder.resolve().is_relative_to(path) for folder in folders.sheet)
        return HOLDS_THE_SHEET if holds else find_project(path, stopped)

    if not stat.S_ISREG(told.st_mode):
        return NO_FILE

    if is_in_cloud(told):
        return NOT_HERE

    with path.open("rb") as file:
        head = file.read(BEGINNING)
    if head.startswith(PACKED):
        return find_project(path, stopped)

    content = content_of(head)
    cause = f"names {content.name or 'a file of another type'}, and no project"
    return Issue(code="file_of_other_type", cause=cause, fix="Name the project's folder, or a ZIP of it.")


def _known(path: Path, limit: int, stopped: Event) -> LocalFile | Issue:
    told = path.stat()
    if stat.S_ISDIR(told.st_mode):
        return FOLDER

    if not stat.S_ISREG(told.st_mode):  # a pipe would be waited for
        return NO_FILE

    if is_in_cloud(told):
        return NOT_HERE

    if not told.st_size:
        return EMPTY

    if told.st_size > limit:
        most = f"{limit / _GB:,.0f} GB" if limit >= _GB else f"{limit // _MB} MB"
        cause = f"names a file of {told.st_size / _MB:,.0f} MB"
        return Issue(code="file_too_large", cause=cause, fix=f"HeyGen takes up to {most} here: make the file smaller.")

    with path.open("rb") as file:
        head = file.read(BEGINNING)
        content = content_of(head)
        if not content.type:
            return Issue(code="file_of_other_type", cause=f"names {content.name}", fix=content.advice)

        digest, size = hashlib.sha256(head), len(head)
        while not stopped.is_set() and (piece := file.read(PIECE)):
            digest.update(piece)
            size += len(piece)
        after = os.fstat(file.fileno())
    if size != told.st_size or (after.st_size, after.st_mtime_ns) != (told.st_size, told.st_mtime_ns):
        return CHANGING

    return LocalFile(digest=digest.hexdigest(), size=size, type=content.type, path=str(path))
