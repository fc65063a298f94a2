"""What a translation's cells are told of before anything is sent."""

from __future__ import annotations

from datetime import time

import pytest

from bulkgen.model import Cell, Issue, Row, Table
from tests.making import built, table

LINK = "https://example.com/v.mp4"


def found(**cells: object) -> list[Issue]:
    sheet = table(["video", "languages", *cells], [LINK, "French", *cells.values()])
    return list(built(sheet).rows[0].issues)


def test_subtitles_say_whose_they_are_or_get_a_word() -> None:
    (issue,) = found(srt="https://example.com/v.srt")
    assert (issue.code, issue.header, issue.warning) == ("needs_another", "srt", True)
    assert found(srt="https://example.com/v.srt", srt_role="input") == []


@pytest.mark.parametrize("use", [None, "no"])
def test_stock_voices_that_nobody_asked_for_get_a_word(use: str | None) -> None:
    (issue,) = found(preferred_stock_voice_ids="v_1; v_2", use_stock_voice=use)
    assert (issue.code, issue.header, issue.warning) == ("needs_another", "preferred_stock_voice_ids", True)
    assert found(preferred_stock_voice_ids="v_1; v_2", use_stock_voice="yes") == []


@pytest.mark.parametrize(
    ("written", "seconds"), [("1:30", 90), ("0:05", 5), ("01:02:03", 3723), ("90:00", 5400), ("1:30.0", 90)]
)
def test_a_time_is_told_in_seconds(written: str, seconds: int) -> None:
    (issue,) = found(end_time=written)
    assert (issue.code, issue.header, issue.fix) == ("not_in_seconds", "end_time", f"Type {seconds}.")


def test_what_a_spreadsheet_makes_of_minutes_is_told_both_ways() -> None:
    (issue,) = found(end_time="01:30:00")
    assert issue.fix == "Type 5400; or 90, if minutes and seconds are meant."


def test_a_time_of_a_spreadsheet_is_not_taken_for_a_part_of_a_second() -> None:
    cells = (Cell(LINK, LINK), Cell("French", "French"), Cell("1:30", 0.0625, number_format="h:mm"))
    for value in (0.0625, time(1, 30)):
        row = Row(2, (*cells[:2], Cell("1:30", value, number_format="h:mm")))
        (issue,) = built(Table("Leads", ("video", "languages", "start_time"), (row,))).mistakes
        assert (issue.code, issue.fix) == ("not_in_seconds", "Type 90.")


def test_seconds_are_taken_as_they_are() -> None:
    assert found(start_time="1.5", end_time=90) == []
    assert [issue.code for issue in found(start_time="soon")] == ["not_a_number"]
