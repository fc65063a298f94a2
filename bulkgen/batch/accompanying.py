"""What accompanies the results of a sheet: their page, and the results for programs.

These are written where they are wanted, and wherever they stand by now: they are never older than what they accompany.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from bulkgen.batch.beside import Made, stands_beside, write_beside
from bulkgen.batch.opened import Opened
from bulkgen.batch.places import sheet_of
from bulkgen.kinds.columns import is_link
from bulkgen.kinds.outcome import Detail
from bulkgen.ledger.events import Event
from bulkgen.results.cards import cards, spent
from bulkgen.results.entries import Entry, count
from bulkgen.results.page import page_of
from bulkgen.results.records import SheetRecord, job_record, own_columns
from bulkgen.results.seal import PLACE

#: Beyond this a page is too much for a browser.
PAGE_ROWS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Accompanied:
    """The files beside the results; None for one that is not wanted, or could not be written."""

    page: Path | None = None
    records: Path | None = None
    cautions: Sequence[str] = ()


NOTHING = Accompanied()


def accompany(
    opened: Opened,
    found: Sequence[Entry],
    details: Mapping[str, Detail],
    *,
    results: Path,
    events: Sequence[Event],
) -> Accompanied:
    """Writes what is wanted beside the results, which stand in `results`. Never raises."""
    settings, places = opened.settings, opened.places
    page, records, owner = Made(), Made(), places.resume.name
    if settings.page and len(found) <= PAGE_ROWS:
        page = write_beside(places.page, _page(opened, found, details, events), owner)
    elif settings.page:
        page = Made(
            caution=f"No page was written: {len(found):,} lines are too many for one (--no-page: this is not said)."
        )
    if settings.json_file or stands_beside(places.records, owner):
        records = write_beside(places.records, _records(opened, found, details, results), owner)
    cautions = [made.caution for made in (page, records) if made.caution]
    return Accompanied(page=page.path, records=records.path, cautions=cautions)


def _page(opened: Opened, found: Sequence[Entry], details: Mapping[str, Detail], events: Sequence[Event]) -> str:
    places = opened.places
    shown = cards(opened.table, found, details, lambda file: _address(places.folder / file, places.page.parent))
    title = re.sub(r"(?:\.sandbox)?\.results$", "", places.results.stem)
    ticks = f"{title}.ticks.csv"
    about = {
        "key": _key(opened, events),
        "title": title,
        "sandbox": opened.settings.sandbox,
        "counts": ", ".join(f"{number:,} {status}" for status, number in count(found).items()),
        "spent": spent(found),
        "ticks": ticks,
        "redo": _command(opened, "run", f"--redo {_quoted(ticks)}"),
        "renew": _command(opened, "links"),
    }
    return page_of(shown, about)


def _records(opened: Opened, found: Sequence[Entry], details: Mapping[str, Detail], results: Path) -> str:
    columns = own_columns(opened.table)
    record = SheetRecord(
        sheet=opened.source,
        sandbox=opened.settings.sandbox,
        results=results.name,
        resume=opened.places.resume.name,
        counts=count(found),
        seal=PLACE,
        jobs=[job_record(each, columns, each.detail(details)) for each in found],
    )
    # Escaped as far as ASCII goes: a lone half of a character can't be written otherwise
    return json.dumps(record.model_dump(mode="json"), indent=1) + "\n"


def _address(file: Path, folder: Path) -> str:
    """The address of a file as a page in the folder calls it; "" where the file is not there."""
    try:
        if not file.is_file():
            return ""

        path, start = file.resolve(), folder.resolve()
    except (OSError, ValueError):
        return ""

    return quote(path.relative_to(start).as_posix()) if path.is_relative_to(start) else path.as_uri()


def _key(opened: Opened, events: Sequence[Event]) -> str:
    """By which a browser keeps what is ticked: the beginning of the resume file, wherever that is moved to."""
    first = json.dumps(events[0], sort_keys=True) if events else str(opened.places.resume.resolve())
    return hashlib.sha256(first.encode("utf-8", "replace")).hexdigest()[:16]


def _command(opened: Opened, *words: str) -> str:
    """What is typed for the sheet: `words` are the command and its options."""
    sheet = opened.source if is_link(opened.source) else sheet_of(Path(opened.source)).name
    tab = [f"--sheet {_quoted(opened.table.name)}"] if opened.table.siblings > 1 else []
    rehearsal = ["--sandbox"] if opened.settings.sandbox else []
    return " ".join(["bulkgen", words[0], _quoted(sheet), *words[1:], *tab, *rehearsal])


def _quoted(name: str) -> str:
    return f'"{name}"' if re.search(r"[^\w.,:/-]", name) else name
