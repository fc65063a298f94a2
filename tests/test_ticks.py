"""`--redo ticks.csv`: which results it makes again, and what it says of those that it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulkgen.batch.redo import ask_again
from bulkgen.batch.settings import Settings
from bulkgen.batch.ticks import TicksFile, ticks_in
from bulkgen.errors import InputError
from bulkgen.ledger.state import State
from bulkgen.model import Table
from bulkgen.rows.selection import Selection
from tests.making import built, table
from tests.story import Story

HEADERS = ["row", "row_id", "language", "redo", "note", "result_status", "result_id"]


def sheet() -> Table:
    """Rows 2 to 5: one job each; row 6: two languages; rows 7 and 8: one row_id."""
    headers = ["row_id", "text", "voice_id", "video", "languages"]
    speech = [[f"r-{n}", f"text {n}", "v_1", "", ""] for n in range(2, 6)]
    same = [["same", f"text {n}", "v_1", "", ""] for n in (7, 8)]
    return table(headers, *speech, ["r-6", "", "", "https://example.com/v.mp4", "French; English"], *same)


def asked(*lines: list[str], headers: list[str] = HEADERS) -> tuple[list[tuple[int, str]], tuple[str, ...]]:
    """The jobs that are made again, by the row and the language; and what is said. Each was made with the id `id_N`."""
    rows = built(sheet()).rows
    jobs = [(row.source.number, job) for row in rows for job in row.jobs]
    states = {job.fingerprint: State(1, "saved", id=f"id_{n}") for n, (_, job) in enumerate(jobs)}
    given = ticks_in(table(headers, *lines), "leads.ticks.csv")
    redo = ask_again(rows, given, states, now=1_790_000_000.0, max_attempts=3)
    wanted = {event["fingerprint"] for event in redo.events}
    return [(number, job.language) for number, job in jobs if job.fingerprint in wanted], redo.notes


def test_a_line_is_of_the_result_that_it_names_wherever_its_row_stands() -> None:
    found, notes = asked(["9", "r-9", "", "yes", "", "done", "id_0"], ["2", "r-2", "French", "x", "", "done", "id_5"])
    assert (found, notes) == ([(2, ""), (6, "English")], ())


def test_what_was_made_again_since_is_left_out_and_said() -> None:
    found, notes = asked(["2", "r-2", "", "yes", "", "done", "id_of_before"], ["3", "", "", "yes", "", "done", "id_1"])
    assert found == [(3, "")]
    assert notes == (
        "leads.ticks.csv: 1 of its 2 ticks is left out (line 2): what they name was made again since, or is not in the "
        "sheet as it was.",
    )


def test_a_list_of_ones_own_names_rows_by_their_ids_or_numbers() -> None:
    headers = ["Row ID", "Redo"]
    assert asked(["r-4", "yes"], ["r-5", "no"], ["r-3", ""], headers=headers)[0] == [(4, "")]
    assert asked(["3", "TRUE"], headers=["row", "redo"])[0] == [(3, "")]
    assert asked(["6", "yes", "french"], headers=["row", "redo", "language"])[0] == [(6, "French")]
    assert asked(["6", "yes", ""], headers=["row", "redo", "language"])[0] == [(6, "French"), (6, "English")]


def test_a_row_id_that_several_rows_have_needs_the_number_too() -> None:
    headers = ["row_id", "redo", "row"]
    found, notes = asked(["same", "yes", ""], headers=headers)
    assert found == []
    assert "(line 2)" in notes[0]
    assert asked(["same", "yes", "8"], headers=headers)[0] == [(8, "")]


@pytest.mark.parametrize(
    ("headers", "line", "said"),
    [
        (["row", "note"], ["2", "x"], "needs a column redo"),
        (["redo", "note"], ["yes", "x"], "a column result_id, row_id or row"),
        (["row", "redo"], ["2", "no"], "no line of it says yes"),
        (["row", "redo"], ["2", "perhaps"], "line 2 has 'perhaps' in its column redo"),
        (["row", "redo"], ["two", "yes"], "line 2 has 'two' for a row"),
        (["row", "redo"], ["", "yes"], "not of which row"),
    ],
)
def test_a_file_that_is_no_list_of_ticks_stops_before_anything_is_sent(
    headers: list[str], line: list[str], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        ticks_in(table(headers, line), "leads.ticks.csv")


def test_rows_and_a_file_are_told_apart() -> None:
    assert Settings(redo="2-40,55").redo == Selection(((2, 40), (55, 55)))
    assert Settings(redo=7).redo == Selection(((7, 7),))
    for name in ("ticks.csv", "my ticks.xlsx", "/tmp/2-40.CSV"):
        assert Settings(redo=name).redo == Settings(redo=Path(name)).redo == TicksFile(Path(name))
    with pytest.raises(InputError, match="not row numbers"):
        Settings(redo="ticks")
    with pytest.raises(InputError, match="--test chooses its rows"):
        Settings(redo="ticks.csv", test=1)


def test_nobody_pays_for_a_tick_twice_and_a_missing_file_stops_all(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", *(f"look_ann,Hello {n}" for n in range(3)))
    story.run("leads.csv")
    (first, *_) = story.column("leads.results.csv", "result_id")
    story.sheet("ticks.csv", "row;redo;note;result_id", f"4;yes;'=1+1;{first}")  # saved again by a spreadsheet
    assert "There is no file gone.csv" in story.run("leads.csv", "--redo", "gone.csv", code=2).text
    assert story.charges == 3
    story.run("leads.csv", "--redo", "ticks.csv")
    assert story.charges == 4
    after = story.column("leads.results.csv", "result_id")
    assert first not in after
    for _ in range(2):
        assert "1 of its 1 tick is left out" in story.run("leads.csv", "--redo", "ticks.csv").text
    assert story.charges == 4


def test_the_question_says_what_is_paid_again(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    story.run("leads.csv")
    (made,) = story.column("leads.results.csv", "result_id")
    story.sheet("ticks.csv", "redo,result_id", f"yes,{made}")
    told = story.type("check", "leads.csv", "--redo", "ticks.csv").text
    assert "1 to make: 1 avatar video" in told
    assert "Nobody can be asked here" in story.type("run", "leads.csv", "--redo", "ticks.csv", code=2).text
    assert story.charges == 1
