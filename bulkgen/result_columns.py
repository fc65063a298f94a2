"""The columns that bulkgen adds to a sheet, and how they are known when its results are given as input.

Pure. Nobody else's column begins with `result_`: whatever does is replaced when the results are written again.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class ResultColumn(StrEnum):
    """In the order of the results, behind the person's own columns."""

    STATUS = "result_status"
    ERROR = "result_error"
    KIND = "result_kind"
    LANGUAGE = "result_language"
    ID = "result_id"
    VIDEO_URL = "result_video_url"
    AUDIO_URL = "result_audio_url"
    PAGE_URL = "result_page_url"
    CAPTIONS_URL = "result_captions_url"
    THUMBNAIL_URL = "result_thumbnail_url"
    FILE = "result_file"
    DURATION = "result_duration_s"
    COST = "result_cost_usd"
    FINISHED_AT = "result_finished_at"


#: These stand even where no row fills them.
ALWAYS = (ResultColumn.STATUS, ResultColumn.ERROR, ResultColumn.ID)

#: What `result_error` says of a job whose row had left before it was made; by this such a line is known again.
LEFT = "was changed, removed or left out while this was being made"

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
