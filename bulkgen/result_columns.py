"""The columns that bulkgen adds to a sheet, and how they are known when its results are given as input.

Pure. Nobody else's column begins with `result_`: whatever does is replaced when the results are written again. In a
workbook they stand under plain headings, and go by their names again as soon as it is read.

Invariant: a column of the person's own is never taken for one of these, whatever it is called.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from enum import StrEnum


class ResultColumn(StrEnum):
    """In the order of the results, behind the person's own columns; with its plain heading, and what it holds.

    No plain heading is the name of a field: where a heading is not known again, nothing else is made of the row.
    """

    heading: str
    about: str

    STATUS = "result_status", "Status", "how the line stands: see the words below"
    ERROR = "result_error", "What to do", "why it is not done, and what to do"
    KIND = "result_kind", "What was made", "what was made, as the column type names it"
    LANGUAGE = "result_language", "Spoken language", "the language of this line, where a row has several"
    ID = "result_id", "HeyGen ID", "the id at HeyGen"
    SESSION_ID = (
        "result_session_id",
        "HeyGen session",
        "the id of the session at HeyGen that the result comes from, where there is one",
    )
    PART = "result_part", "Part of the job", "which of the results of its job the line is, where that has several"
    PART_ID = "result_part_id", "ID of the part", "the id at HeyGen of this one of several results"
    PART_ABOUT = "result_part_about", "About the part", "what HeyGen calls this one of several results, and says of it"
    ROW = "result_row", "Row in the results", "of the rows to correct, which row of the results each is; not in results"
    VIDEO_URL = "result_video_url", "Video link", "the video file; expires"
    CAPTIONED_VIDEO_URL = (
        "result_captioned_video_url",
        "Video link (captions)",
        "the same with captions burned in, where the row asked for them: this is what is saved and played; expires",
    )
    AUDIO_URL = "result_audio_url", "Audio link", "the voice-over; expires, so it is downloaded at once"
    PAGE_URL = "result_page_url", "Watch", "the video's page at HeyGen; stays"
    CAPTIONS_URL = "result_captions_url", "Subtitles link", "the subtitle file; expires"
    VTT_URL = "result_vtt_url", "Subtitles link (VTT)", "the subtitles as web players take them; expires"
    THUMBNAIL_URL = "result_thumbnail_url", "Picture link", "a still picture of the video; expires"
    GIF_URL = "result_gif_url", "GIF link", "a moving picture of the video, where HeyGen made one; expires"
    FILE = "result_file", "Saved file", "the file on this computer, beside the sheet"
    DURATION = "result_duration_s", "Length (s)", "its length in seconds"
    COST = (
        "result_cost_usd",
        "Cost (USD)",
        "what it cost in US dollars: its length times the price, computed; rows that share one job have it once, and "
        "what was taken over from another sheet has none",
    )
    LINKS_EXPIRE_AT = (
        "result_links_expire_at",
        "Links work until (UTC)",
        "when the first of the links that expire does (UTC); runs renew them",
    )
    FINISHED_AT = "result_finished_at", "Finished (UTC)", "when it was finished (UTC)"

    def __new__(cls, name: str, heading: str, about: str) -> ResultColumn:
        member = str.__new__(cls, name)
        member._value_ = name
        member.heading = heading
        member.about = about
        return member


#: These stand even where no row fills them.
ALWAYS = (ResultColumn.STATUS, ResultColumn.ERROR, ResultColumn.ID)

#: The sheet that stands before the results in a workbook: its name, that where the person has a sheet of that name, and
#: its first cell, by which it is known.
SUMMARY_TITLES = ("Summary", "Summary (bulkgen)")
SUMMARY_FIRST = "What became of the rows"

#: The sheet of those who can be written to, behind the results: its names, and those of its columns that no person has.
MAIL_TITLES = ("Mail merge", "Mail merge (bulkgen)")
MAIL_COLUMNS = ("video_link", "thumbnail_url", "gif_url", "embed_html", "video_language", "video_link_note")


def is_mail_merge(headers: Iterable[str]) -> bool:
    """Whether these are the headers of a mail merge, one too in which a person moved or deleted columns."""
    found = {header.strip().casefold() for header in headers}
    return MAIL_COLUMNS[0] in found and len(found & {*MAIL_COLUMNS}) >= len(MAIL_COLUMNS) // 2


#: What `result_error` says of a job whose row had left before it was made; by this such a line is known again.
LEFT = "was changed, removed or left out while this was being made"

#: What `result_error` says of a result that HeyGen does not show any more.
GONE = "Made, and there are no links to it any more"

#: What `result_error` says of one of several results that HeyGen did not make: no cell is wrong, and nothing is to do.
PART_FAILED = "HeyGen made the other parts of this job, and failed at this one"

#: What `result_error` says of a row that is left out, hidden or by its column `skip`; by this it stays so when the
#: results are read again.
HIDDEN = "is hidden or filtered out in your sheet"
TOLD_TO_SKIP = "is left out by its column"

#: What `result_status` says of a row that is left out, and for which nothing was made.
SKIPPED = "skipped"

#: What `result_error` says of a job that may have been made, since the answer to it was lost.
ANSWER_LOST = ("answer was lost on the way", "answer to an earlier try was lost")


def is_result(header: str) -> bool:
    """Whether bulkgen itself added the column to an earlier results sheet."""
    return header.strip().casefold().startswith("result_")


def are_results(headers: Iterable[str]) -> bool:
    """Whether these are the headers of a results sheet that says which job each of its lines is of."""
    return {ResultColumn.STATUS, ResultColumn.ID} <= result_columns(headers).keys()


def result_columns(headers: Iterable[str]) -> dict[str, int]:
    """The indexes of bulkgen's own columns, by their names in small letters."""
    return {header.strip().casefold(): index for index, header in enumerate(headers) if is_result(header)}


def with_headings(headers: Sequence[str]) -> tuple[str, ...]:
    """The headers as people read them; where the person has a column of that heading, ours says whose it is.

    `with_names` is the inverse.
    """
    taken = {_key(header) for header in headers}
    shown = {name.value: _free(name, taken) for name in ResultColumn}
    return tuple(shown.get(header.strip().casefold(), header) for header in headers)


def with_names(headers: Sequence[str]) -> tuple[str, ...]:
    """The headers with the names of our columns in place of their plain headings, where all of `ALWAYS` are there.

    Of a heading that comes twice ours is the one that says so, else the first that stands with our others.
    """
    keys = [_key(header) for header in headers]
    first = _first_of_ours(keys)
    places: dict[int, str] = {}
    for name in ResultColumn:
        own = _key(name.heading)
        for wanted in (name.value, own + _OURS, own):
            found = [at for at, key in enumerate(keys) if key == wanted]
            if found:
                places[next((at for at in found if at >= first), found[0])] = name.value
                break
    if not set(places.values()).issuperset(ALWAYS):
        return tuple(headers)

    return tuple(places.get(at, header) for at, header in enumerate(headers))


def renamed(headers: Sequence[str], written: Sequence[ResultColumn]) -> dict[int, ResultColumn]:
    """The places of those of our columns that a person gave another heading, by where the others stand.

    `written`: our columns as they were written, in their order.
    """
    keys = [_key(header) for header in headers]
    places = {
        name: next((at for at, key in enumerate(keys) if key in (name.value, own, own + _OURS)), None)
        for name in written
        for own in [_key(name.heading)]
    }
    known = {name: at for name, at in places.items() if at is not None}
    found: dict[int, ResultColumn] = {}
    for number, name in enumerate(written):
        beside = min((other for other in known), key=lambda other: abs(written.index(other) - number), default=None)
        at = known[beside] + number - written.index(beside) if beside is not None else -1
        if name not in known and 0 <= at < len(keys) and at not in known.values():
            found[at] = name
    return found


#: Stands behind a plain heading that the person has a column of, too.
_OURS = " (bulkgen)"


def _free(name: ResultColumn, taken: Container[str]) -> str:
    """A heading that no column of the person's has."""
    key = _key(name.heading)
    if key + _OURS in taken:
        return name.value

    return name.heading + _OURS if key in taken else name.heading


def _first_of_ours(keys: Sequence[str]) -> int:
    """Where our columns begin: with the status, and what to do behind it."""
    plain = [key.removesuffix(_OURS) for key in keys]
    begin = [_key(ResultColumn.STATUS.heading), _key(ResultColumn.ERROR.heading)]
    return next((at for at in range(len(plain)) if plain[at : at + 2] == begin), 0)


def _key(header: str) -> str:
    return " ".join(header.split()).casefold()
