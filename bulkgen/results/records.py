"""A line of the results as programs read it: in `--json`, in `leads.results.json`; cards of the page are made of it.

Pure. The models here are the one definition of these fields: the objects are made from them, and so is the JSON Schema
in docs/. A field may be added, never renamed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field

from bulkgen.kinds.outcome import Detail, Links
from bulkgen.ledger.events import format_second
from bulkgen.ledger.state import State
from bulkgen.model import Table, column_letters
from bulkgen.pricing.spread import Spread
from bulkgen.result_columns import is_result
from bulkgen.results.entries import Entry
from bulkgen.results.result_cells import links_expire_at, session_of
from bulkgen.rows.margin import Margin


class RowBefore(BaseModel):
    """A row that is not in the sheet any more as it was."""

    row: int = Field(description="its number then")
    row_id: str = Field(description="what its column row_id said")


class LinksRecord(BaseModel):
    """Where the results of a job are; null for what it has not, or what is not known."""

    video_url: str | None = Field(description="the video file; expires")
    captioned_video_url: str | None = Field(description="the video file with captions burned in; expires")
    audio_url: str | None = Field(description="the voice-over; expires")
    page_url: str | None = Field(description="the video's page at HeyGen; stays")
    captions_url: str | None = Field(description="the subtitle file; expires")
    vtt_url: str | None = Field(description="the subtitles in WebVTT; expires")
    thumbnail_url: str | None = Field(description="a still picture of the video; expires")
    gif_url: str | None = Field(description="a moving picture of the video; expires")
    links_expire_at: str | None = Field(description="when the first of the links that expire does (UTC)")


class JobRecord(LinksRecord):
    """One line of the results: a job, or a row that has none."""

    model_config = ConfigDict(title="job")

    row: int | None = Field(description="the number of its row in the sheet; null where no row has it any more")
    row_id: str = Field(description="what the row's column row_id says")
    kind: str = Field(description='what was asked for; "" where that is not known')
    language: str = Field(description="the language, where a row has several")
    part: int | None = Field(
        description="which of the results of its job it is, from 1; null where that has no several"
    )
    part_id: str = Field(description="the id at HeyGen of this one of several results")
    part_about: str = Field(description="what HeyGen calls this one of several results, and says of it")
    attempt: int = Field(description="how often it was made so far")
    status: str = Field(description="how it stands: a word of result_status")
    error: str = Field(description="why it is not done, and what to do")
    code: str | None = Field(description="HeyGen's word for why it failed or was refused")
    id: str = Field(description="the id at HeyGen")
    session_id: str | None = Field(description="the id of the session at HeyGen that the result comes from")
    file: str = Field(description="the file on this computer, relative to the sheet's folder")
    files: dict[str, str] = Field(
        description="further files of it, by what they are: captions, thumbnail, audio, gif, vtt, clean (without "
        "the captions that were burned in); of a voice-over captions and words (when each of them is said); of a "
        "proofread edit (yours to correct) and original"
    )
    duration_s: float | None = Field(description="how long the result lasts, in seconds")
    cost_usd: float | None = Field(description="what it cost in US dollars, by its length; once where rows share it")
    cost_low_usd: float | None = Field(description="what it was estimated to cost at least")
    cost_high_usd: float | None = Field(description="what it was estimated to cost at most")
    finished_at: str | None = Field(description="when it was finished (UTC)")
    values: dict[str, str] = Field(description="the row's own columns, each as the sheet shows it")
    left: RowBefore | None = Field(description="the row that this was made for before the row was changed or removed")


class SheetRecord(BaseModel):
    """`leads.results.json`: a sheet with all its lines."""

    sheet: str = Field(description="the sheet, as it was named")
    sandbox: bool = Field(description="whether it was a rehearsal")
    results: str = Field(description="the name of the results")
    resume: str = Field(description="the name of the resume file")
    counts: dict[str, int] = Field(description="how many lines have each status")
    jobs: list[JobRecord] = Field(description="each line of the results")
    seal: str = Field(description="by which bulkgen knows that nobody has changed the file")


def job_record(
    entry: Entry, columns: Mapping[str, int], detail: Detail | None, *, planned: Spread | None = None
) -> JobRecord:
    """`columns`: the person's own (`own_columns`); `detail`: the links of a finished job, as far as they are known.

    `planned`: what a job that is to be sent is estimated to cost, in US dollars.
    """
    row, shown = entry.row, entry.state.shown
    before = RowBefore(row=row.source.number, row_id=row.row_id)
    known = detail if shown.finished or entry.state.in_review else None  # where a person answers is on the job's page
    ended, estimated = entry.state.came_to_nothing, _estimated(shown) or planned
    return JobRecord(
        row=None if entry.left else before.row,
        row_id="" if entry.left else before.row_id,
        kind=entry.kind,
        language=entry.job.language if entry.job else "",
        part=entry.part or None,
        part_id=entry.shown_part.id if entry.shown_part else "",
        part_about=entry.part_about,
        attempt=entry.state.attempt,
        status=entry.status.value,
        error=entry.error,
        code=(entry.state.code or None) if ended else None,
        id=shown.id,
        session_id=session_of(shown, entry.job) or None,
        **links_record(shown, known).model_dump(),
        file=shown.shown_file,
        files={each.what: each.file for each in shown.beside},
        duration_s=((known.duration if known else None) or shown.duration) if shown.finished else None,
        cost_usd=entry.cost_usd,
        cost_low_usd=round(estimated.low, 6) if estimated else None,
        cost_high_usd=round(estimated.high, 6) if estimated else None,
        finished_at=(shown.finished_at or None) if shown.finished else None,
        values={name: row.source.cell(at).text for name, at in columns.items()},
        left=before if entry.left else None,
    )


def links_record(state: State, detail: Detail | None) -> LinksRecord:
    links = detail.links if detail else Links()
    until = links_expire_at(state, links)
    return LinksRecord(
        video_url=links.video or None,
        captioned_video_url=links.captioned or None,
        audio_url=links.audio or state.link or None,
        page_url=links.page or None,
        captions_url=links.captions or None,
        vtt_url=links.vtt or None,
        thumbnail_url=links.thumbnail or None,
        gif_url=links.gif or None,
        links_expire_at=None if until is None else format_second(until),
    )


def own_columns(table: Table) -> dict[str, int]:
    """The person's own columns, each by a name of its own: `Name`, `Name (2)`, `column D` where no header stands."""
    margin = Margin(table)
    found: dict[str, int] = {}
    for at, header in enumerate(table.headers):
        if not is_result(header) and at not in margin.columns:
            found[_free(header.strip() or f"column {column_letters(at)}", found)] = at
    return found


def _free(name: str, taken: Mapping[str, int]) -> str:
    numbers: Sequence[str] = [name, *(f"{name} ({number})" for number in range(2, len(taken) + 2))]
    return next(each for each in numbers if each not in taken)


def _estimated(state: State) -> Spread | None:
    """What its intent says that it costs, in US dollars."""
    cost = state.cost
    return cost.amount if cost and cost.currency == "usd" and not cost.assumed else None
