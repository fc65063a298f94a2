"""Links from an earlier results sheet, as long as they work.

Pure. Presigned links name their own end in one of the ways that storage hosts have; for one that does not, HeyGen's
older documents say seven days (https://docs.heygen.com), of which six are trusted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from bulkgen.kinds.life import Detail, Links
from bulkgen.ledger.events import parse_time
from bulkgen.model import Row, Table

#: How long a link without an end of its own is trusted after its job has finished (seconds).
TRUSTED = 6 * 86_400.0

#: A link this near its end is not worth handing out (seconds).
MARGIN = 3_600.0


def links_by_id(table: Table, now: float) -> dict[str, Detail]:
    """What an earlier results sheet says of each `result_id` whose links still work at `now` (Unix seconds)."""
    columns = {header.strip().casefold(): index for index, header in enumerate(table.headers)}
    if "result_id" not in columns:
        return {}

    found: dict[str, Detail] = {}
    for row in table.rows:
        cell = {name: row.cell(index).text.strip() for name, index in columns.items() if name.startswith("result_")}
        links = Links(
            _link(cell.get("result_video_url")),
            _link(cell.get("result_audio_url")),
            _link(cell.get("result_page_url")),
            _link(cell.get("result_captions_url")),
            _link(cell.get("result_thumbnail_url")),
        )
        finished_at = cell.get("result_finished_at", "")
        signed = (links.video, links.audio, links.captions, links.thumbnail)
        usable = bool(links.video or links.audio) and all(works(link, finished_at, now) for link in signed if link)
        if cell["result_id"] and usable:
            duration = _duration(row, columns)
            found[cell["result_id"]] = Detail("completed", links, duration, finished_at)
    return found


def works(link: str, finished_at: str, now: float) -> bool:
    """Whether a presigned link can be expected to work."""
    end = _end(link)
    if end is None:
        finished = parse_time(finished_at)
        end = finished + TRUSTED if finished is not None else 0.0
    return now + MARGIN < end


def _end(link: str) -> float | None:
    query = {name.casefold(): values[-1] for name, values in parse_qs(urlsplit(link).query).items()}
    for prefix in ("x-amz", "x-goog"):
        date, life = query.get(f"{prefix}-date", ""), query.get(f"{prefix}-expires", "")
        if re.fullmatch(r"\d{8}T\d{6}Z", date) and life.isdigit():
            signed = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            return signed.timestamp() + int(life)

    expires = query.get("expires", "")
    return float(expires) if re.fullmatch(r"\d{9,11}", expires) else None


def _link(text: str | None) -> str:
    return text if text and re.match(r"https?://", text) else ""


def _duration(row: Row, columns: Mapping[str, int]) -> float | None:
    index = columns.get("result_duration_s")
    try:
        return float(row.cell(index).text) if index is not None else None
    except ValueError:
        return None
