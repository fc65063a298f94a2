"""The other resume files: those of the sheet's folder, and those that the person's index names. Only ever read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatch
from pathlib import Path

from bulkgen.errors import LedgerError
from bulkgen.ledger.events import Event
from bulkgen.ledger.resume_file import parse, read_events


def neighbours(own: Path, folders: Iterable[Path], *, sandbox: bool) -> list[Path]:
    """The other resume files in these folders (resolved paths).

    Copies that synchronised folders set aside (`… (conflicted copy) …`), renamed files and backups are among them:
    whatever has `.jsonl` in its name and is one of ours. Sandbox files and real ones never mix.
    """
    found = []
    for folder in dict.fromkeys(path.resolve() for path in folders):
        for path in sorted(folder.glob("*.jsonl*")):
            if path.resolve() == own.resolve() or (".sandbox." in path.name) != sandbox:
                continue

            if not path.is_file():  # a pipe would be waited for
                continue

            if fnmatch(path.name, "*.resume*.jsonl") or _is_ours(path):
                found.append(path)
    return found


def read_others(paths: Iterable[Path]) -> tuple[dict[Path, list[Event]], list[str]]:
    """The events of these resume files, and a note for each that is unreadable. One that is gone has none."""
    found: dict[Path, list[Event]] = {}
    notes = []
    for path in paths:
        try:
            found[path] = read_events(path)[0]
        except LedgerError as error:
            notes.append(f"Not looked into: {error}")
    return found, notes


def same_account(events: Iterable[Mapping[str, object]], base: str, account: str) -> bool:
    """Whether every run in these events was by this account at this address."""
    runs = [event for event in events if event.get("event") == "opened"]
    return all((run.get("base"), run.get("account")) == (base, account) for run in runs)


def lost_its_sheet(path: Path) -> bool:
    """Whether the sheet that this resume file is named after is gone from beside it.

    Not told of a name that is no sheet's (`--resume`), and of a Google Sheet, which never was a file here.
    """
    sheet = path.with_name(path.name.removesuffix(".resume.jsonl").removesuffix(".sandbox"))
    named = sheet.name != path.name and sheet.suffix and not sheet.name.startswith("google-")
    return bool(named) and not sheet.exists()


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


def _is_ours(path: Path) -> bool:
    """Whether the file begins as a resume file does."""
    try:
        with path.open("rb") as file:
            event = parse(file.readline(4096))
    except OSError:
        return False

    return event is not None and event["event"] == "opened" and "bulkgen" in event
