"""The other resume files: of the sheet's folder, of those beneath, and those that the index names. Only ever read."""

from __future__ import annotations

import json
import os
from collections.abc import Container, Iterable, Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path

from bulkgen.errors import LedgerError
from bulkgen.ledger.events import Event
from bulkgen.ledger.inheritance import sheet_of
from bulkgen.ledger.resume_file import parse, read_events


def neighbours(own: Path, folders: Iterable[Path], *, sandbox: bool) -> list[Path]:
    """The other resume files in these folders (resolved paths).

    Copies that synchronised folders set aside (`… (conflicted copy) …`), renamed files and backups are among them:
    whatever has `.jsonl` in its name and is one of ours. Sandbox files and real ones never mix.
    """
    return [
        path
        for folder in dict.fromkeys(path.resolve() for path in folders)
        for path in _candidates(folder, sandbox=sandbox)
        if path.resolve() != own.resolve()
    ]


def beneath(folders: Iterable[Path], known: Container[Path], *, sandbox: bool) -> list[Path]:
    """Those of the folders one level below these: what somebody has tidied away. Without the known ones."""
    inner = (
        each
        for folder in dict.fromkeys(path.resolve() for path in folders)
        for each in sorted(folder.glob("*/"))
        if not each.name.endswith(".files") and not each.is_symlink()
    )
    return [path for folder in inner for path in _candidates(folder, sandbox=sandbox) if path not in known]


def within(folder: Path, *, sandbox: bool) -> list[Path]:
    """All resume files in a folder and beneath it, however deep; links to folders are not followed."""
    found = list[Path]()
    for inner, names, _files in os.walk(folder):
        names[:] = sorted(name for name in names if not name.startswith(".") and not name.endswith(".files"))
        found += _candidates(Path(inner), sandbox=sandbox)
    return found


def read_others(paths: Iterable[Path], base: str, account: str) -> tuple[dict[Path, list[Event]], list[str]]:
    """The events of these resume files, and why others can't be used. One that is gone has no events.

    A file that can't be used and is certainly nothing of this account at this address is passed over.
    """
    found: dict[Path, list[Event]] = {}
    faults = []
    for path in paths:
        try:
            found[path] = read_events(path)[0]
        except LedgerError as error:
            if _may_concern(path, base, account):
                faults.append(str(error))
    return found, faults


def same_account(events: Iterable[Mapping[str, object]], base: str, account: str) -> bool:
    """Whether every run in these events was by this account at this address."""
    runs = [event for event in events if event.get("event") == "opened"]
    return all((run.get("base"), run.get("account")) == (base, account) for run in runs)


def lost_its_sheet(path: Path) -> bool:
    """Whether the sheet that this resume file is named after is gone from beside it.

    Not told of a name that is no sheet's (`--resume`), and of a Google Sheet, which never was a file here.
    """
    sheet = path.with_name(sheet_of(path.name))
    named = sheet.name != path.name and sheet.suffix and not sheet.name.startswith("google-")
    return bool(named) and not sheet.exists() and not _is_fetched(sheet)


def _is_fetched(sheet: Path) -> bool:
    """Whether the recipe of that name says that the sheet is one of Google's."""
    try:
        recipe = sheet.with_name(f"{sheet.stem}.recipe.toml").read_bytes()
    except OSError:
        return False

    return any(line.split(b"=")[0].strip() == b"link" for line in recipe.splitlines())


def is_of_sheet(path: Path, events: Iterable[Event], usual: Iterable[Path]) -> bool:
    """Whether a resume file is of the sheet whose results and resume file these usually are (resolved paths).

    It is if it is that file, or has written those results.
    """
    written = {path.parent / str(event.get("file")) for event in events if event.get("event") == "written"}
    return not {path, *written}.isdisjoint(usual)


def seen_from(own: Path, other: Path, events: list[Event]) -> tuple[str, list[Event]]:
    """How the own file calls another one, and its events as they read from there.

    In the same folder that is the file's name; elsewhere its path, and its recordings are named by their paths too. A
    recording that is not there is as if it had never been saved: it is fetched again.
    """
    if other.parent == own.parent:
        return other.name, events

    seen = []
    for event in events:
        file = event.get("file")
        path = other.parent / file if isinstance(file, str) else None
        if path is None:
            seen.append(event)
        elif path.exists():
            seen.append({**event, "file": str(path)})
    return str(other), seen


def _candidates(folder: Path, *, sandbox: bool) -> Iterator[Path]:
    for path in sorted(folder.glob("*.jsonl*")):
        if (".sandbox." in path.name) != sandbox or not path.is_file():  # a pipe would be waited for
            continue

        if fnmatch(path.name, "*.resume*.jsonl") or _is_ours(path):
            yield path


def _is_ours(path: Path) -> bool:
    """Whether the file begins as a resume file does."""
    try:
        with path.open("rb") as file:
            event = parse(file.readline(4096))
    except OSError:
        return False

    return event is not None and event["event"] == "opened" and "bulkgen" in event


def _may_concern(path: Path, base: str, account: str) -> bool:
    """Whether a file that can't be used may have records of this account: what can be read of it shows no other."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return True

    events = [event for event in map(parse, lines) if event is not None]
    ours = [event for event in events if "fingerprint" in event or "bulkgen" in event]
    if not ours and all(map(_is_json, lines)):
        return False  # of another program

    return same_account(ours, base, account)


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False

    return True
