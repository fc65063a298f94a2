"""The columns that bulkgen adds to a sheet, and how they are known when its results are given as input.

Pure. Nobody else's column begins with `result_`: whatever does is replaced when the results are written again.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class ResultColumn(StrEnum):
    """In the order of the results, behind the person's own columns; with what each holds."""

    about: str

    STATUS = "result_status", "how the line stands: see the words below"
    ERROR = "result_error", "why it is not done, and what to do"
    KIND = "result_kind", "what was made: template, avatar, translation or speech"
    LANGUAGE = "result_language", "the language of this line, where a row has several"
    ID = "result_id", "the id at HeyGen"
    VIDEO_URL = "result_video_url", "the video file; expires after some days"
    AUDIO_URL = "result_audio_url", "the voice-over; expires, so it is downloaded at once"
    PAGE_URL = "result_page_url", "the video's page at HeyGen; stays"
    CAPTIONS_URL = "result_captions_url", "the subtitle file; expires after some days"
    THUMBNAIL_URL = "result_thumbnail_url", "a still picture of the video; expires after some days"
    FILE = "result_file", "the file on this computer, beside the sheet"
    DURATION = "result_duration_s", "its length in seconds"
    COST = (
        "result_cost_usd",
        "what it cost in US dollars: its length times the price, computed; rows that share one job have it once, and "
        "what was taken over from another sheet has none",
    )
    FINISHED_AT = "result_finished_at", "when it was finished (UTC)"

    def __new__(cls, name: str, about: str) -> ResultColumn:
        member = str.__new__(cls, name)
        member._value_ = name
        member.about = about
        return member


#: These stand even where no row fills them.
ALWAYS = (ResultColumn.STATUS, ResultColumn.ERROR, ResultColumn.ID)

#: What `result_error` says of a job whose row had left before it was made; by this such a line is known again.
LEFT = "was changed, removed or left out while this was being made"

#: What `result_error` says of a row that is left out, hidden or by its column `skip`; by this it stays so when the
#: results are read again.
HIDDEN = "is hidden or filtered out in your sheet"
TOLD_TO_SKIP = "is left out by its column skip"

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
