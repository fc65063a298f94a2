"""The cards of the page: each line of the results with its name, its words, and where its files are. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bulkgen.codes import CODES, Side
from bulkgen.kinds import KINDS
from bulkgen.kinds.columns import Type
from bulkgen.kinds.outcome import Detail
from bulkgen.ledger.state import Status
from bulkgen.model import Job, Table, shorten
from bulkgen.pricing.money import money
from bulkgen.results.entries import Entry
from bulkgen.results.records import JobRecord, job_record, own_columns
from bulkgen.results.web_links import web_link
from bulkgen.rows.built import BuiltRow
from bulkgen.rows.particulars import particulars

Data = dict[str, object]

#: Whose rows are to be looked at: what they say is shown with its place.
TROUBLED = frozenset({Status.FAILED, Status.INVALID, Status.UNKNOWN, Status.REVIEW})

#: What of a person's particulars names a card, in this order; then what else does.
_NAMES = (("first_name", "last_name"), ("full_name",))
_TITLES = ("title", "video_title", "name", "headline", "subject")

#: A card's name is no longer (characters).
_NAME = 80

#: Codes for what stands in a text, and for what a link leads to; of others it is not told which cell they are about.
_OF_TEXTS = frozenset({"content_policy_violation", "script_too_short", "tts_text_invalid"})
_OF_LINKS = frozenset({"download_failed", "asset_not_found", "asset_not_available"})

#: A local file by the page: its address if it is there, else "".
Locate = Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class Cards:
    """`columns`: the names of the person's own; `jobs`: a card each, without what is blank."""

    columns: tuple[str, ...]
    jobs: tuple[Data, ...]


def cards(table: Table, found: Iterable[Entry], details: Mapping[str, Detail], locate: Locate) -> Cards:
    """What the page shows of these lines, in their order."""
    columns, names = own_columns(table), _Names(table)
    jobs = []
    for entry in found:
        detail = entry.detail(details)
        record = job_record(entry, columns, detail)
        jobs.append(_card(entry, record, table, locate) | {"name": names.of(entry), "cells": [*record.values.values()]})
    return Cards(columns=tuple(columns), jobs=tuple(jobs))


def _card(entry: Entry, record: JobRecord, table: Table, locate: Locate) -> Data:
    row, job, shown = entry.row, entry.job, entry.state.shown
    paid = _paid(entry)
    known: Data = {
        "key": _key(job.fingerprint, entry.part) if job else _digest(record),
        "row": row.source.number,
        "row_id": row.row_id,
        "kind": record.kind,
        "language": record.language,
        "part": record.part,
        "about": record.part_about,
        "status": record.status,
        "error": record.error,
        "id": record.id,
        "made": shown.finished,
        "left": entry.left,
        "words": _words(entry),
        "where": _where(entry, table) if entry.status in TROUBLED else [],
        "video": web_link(record.captioned_video_url or record.video_url),
        "clean": web_link(record.video_url if record.captioned_video_url else None),
        "audio": web_link(record.audio_url),
        "page": web_link(record.page_url),
        "captions": web_link(record.captions_url),
        "vtt": web_link(record.vtt_url),
        "picture": web_link(record.thumbnail_url),
        "gif": web_link(record.gif_url),
        "expires": record.links_expire_at,
        "file": locate(record.file) if record.file else "",
        "files": {what: address for what, file in record.files.items() if (address := locate(file))},
        "seconds": record.duration_s,
        "cost": paid[0] if paid else None,
        "price": money(*paid) if paid else "",
        "finished": record.finished_at,
    }
    return {name: value for name, value in known.items() if value not in (None, "", [], {}, False)}


def spent(found: Iterable[Entry]) -> str:
    """What the finished jobs cost together, `cost $4.80, computed`; "" where nothing is known of it."""
    finished = [entry for entry in found if entry.state.shown.finished and entry.state.shown.own and not entry.repeated]
    sums: dict[str, float] = {}
    for paid in map(_paid, finished):
        if paid:
            sums[paid[1]] = sums.get(paid[1], 0.0) + paid[0]
    if not sums:
        return ""

    unknown = sum(_paid(entry) is None for entry in finished)
    more = f", {unknown:,} at an unknown cost" if unknown else ""
    return f"cost {' and '.join(money(amount, currency) for currency, amount in sums.items())}, computed{more}"


def _paid(entry: Entry) -> tuple[float, str] | None:
    """What a result did cost, and in which currency; None where it is not known, or stands elsewhere."""
    shown = entry.state.shown
    cost = shown.real_cost if shown.own and not entry.repeated else None
    if cost is None or shown.cost is None or not shown.measured:
        return None

    return cost.likely, shown.cost.currency


def _key(fingerprint: str, part: int) -> str:
    """By which the person's note on a result finds it again."""
    return f"{fingerprint}-{part}" if part else fingerprint


def _digest(record: JobRecord) -> str:
    """By which the person's note on a row that has no job finds it again, wherever it stands by then."""
    texts = "\x1f".join(record.values.values())
    return hashlib.sha256(texts.encode("utf-8", "replace")).hexdigest()


def _words(entry: Entry) -> str:
    """What a voice says in it, as far as that is known here."""
    job, layout = entry.job, entry.row.layout
    if not isinstance(job, Job):
        return ""

    script = KINDS[job.kind].script(job.request, layout.template if layout else None)
    return script.text if script else ""


def _where(entry: Entry, table: Table) -> list[str]:
    """The cells that the trouble is about, `Leads!C14 script`; else its row."""
    if entry.left:
        return []

    row = entry.row
    places = [
        _place(table, row, issue.column, issue.header)
        for issue in row.issues
        if not issue.warning and entry.status is Status.INVALID
    ]
    code = CODES.get(entry.state.code)
    if entry.status is Status.FAILED and code and code.side is Side.CELL:
        texts, links = code.name in _OF_TEXTS, code.name in _OF_LINKS
        places += [
            _place(table, row, at, table.headers[at])
            for column, at, _ in row.kept
            if at is not None and ((texts and column.type is Type.PROSE) or (links and column.media))
            and at < len(table.headers)
        ]  # fmt: skip
    return list(dict.fromkeys(places)) or [table.where(row.source.number, None)]


def _place(table: Table, row: BuiltRow, column: int | None, header: str) -> str:
    return f"{table.where(row.source.number, column)} {header}".strip()


class _Names:
    """What a card of the sheet is called: by the person it is for, by its title, or by its row_id."""

    def __init__(self, table: Table) -> None:
        means = particulars(table.headers)
        self._persons = [[means.index(name) for name in names if name in means] for names in _NAMES]
        self._companies = [at for at, what in enumerate(means) if what == "company"][:1]
        keys = [header.strip().casefold().replace(" ", "_") for header in table.headers]
        self._titles = [keys.index(title) for title in _TITLES if title in keys]

    def of(self, entry: Entry) -> str:
        row = entry.row

        def texts(columns: Iterable[int]) -> list[str]:
            return [text for at in columns if (text := row.source.cell(at).text.strip())]

        person = next((" ".join(found) for each in self._persons if (found := texts(each))), "")
        name = " · ".join(filter(None, (person, *texts(self._companies))))
        return shorten(name or next(iter(texts(self._titles)), "") or row.row_id, _NAME)
