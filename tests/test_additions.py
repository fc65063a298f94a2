"""What a person added to a results file is carried over or named, whatever they did with its lines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.ledger.events import written
from bulkgen.model import Cell, Row, Table
from bulkgen.results.additions import Additions
from bulkgen.results.mark import Mark, cells_digest, column_digests, marks_of, plain
from bulkgen.results.other_sheets import beyond_cells, sheet_names
from bulkgen.results.table import Results
from bulkgen.results.writers import write_results

HEADERS = ("name", "text", "result_status", "result_id", "result_video_url")
OURS = column_digests(HEADERS)


def lines(*rows: str) -> tuple[tuple[Cell, ...], ...]:
    """`Ann|Hello|done|v_1|https://…`"""
    return tuple(tuple(map(Cell, row.split("|"))) for row in rows)


def results(*rows: str) -> Results:
    return Results(name="leads", headers=HEADERS, lines=lines(*rows))


def standing(*rows: str, headers: tuple[str, ...] = (*HEADERS, "notes")) -> Additions:
    made = Table("leads", headers, tuple(Row(n, cells) for n, cells in enumerate(lines(*rows), 2)))
    return Additions(made, OURS)


def notes(carried: Results) -> list[str]:
    return [line[carried.headers.index("notes")].text for line in carried.lines]


def places(additions: Additions, now: Results, *, changed: bool = False) -> list[str]:
    return [spot.where for spot in additions.lost(now, changed=changed)]


@pytest.mark.parametrize(
    ("now", "carried"),
    [
        pytest.param(["Ann|Hello|done|v_1|", "Ben|Hi|done|v_2|"], ["a", "b"], id="as it was"),
        pytest.param(["Ben|Hi|done|v_2|", "Ann|Hello|done|v_1|"], ["b", "a"], id="sorted"),
        pytest.param(["Ann|Hello|done|v_9|", "Ben|Hi|queued||"], ["a", "b"], id="made again"),
        pytest.param(["Ann|Good day|queued||", "Ben|Hi|done|v_2|"], ["a", "b"], id="edited"),
        pytest.param(["New|New|queued||", "Ann|Hello|done|v_1|", "Ben|Hi|done|v_2|"], ["", "a", "b"], id="inserted"),
        pytest.param(["Ben|Hi|done|v_2|", "||rendering|v_1|"], ["b", "a"], id="no longer in the sheet"),
    ],
)
def test_a_note_follows_its_job(now: list[str], carried: list[str]) -> None:
    additions = standing("Ann|Hello|done|v_1||a", "Ben|Hi|done|v_2||b")
    assert notes(additions.carry(results(*now))) == carried
    assert places(additions, results(*now)) == []


def test_a_note_whose_row_is_gone_is_named_and_other_rows_that_are_gone_are_not() -> None:
    additions = standing("Ann|Hello|done|v_1||a", "Ben|Hi|done|v_2||", "Cas|Oh|done|v_3||c")
    assert places(additions, results("Cas|Oh|done|v_3|")) == ["row 2"]


def test_every_cell_that_was_changed_is_named_but_no_link_that_has_expired() -> None:
    additions = standing("Ann|Hallo|sent|v_1|https://old|", "Ben|Hi|done|v_2|call him|", "Eve|Hey||||")
    now = results("Ann|Hello|done|v_1|https://new", "Ben|Hi|done|v_2|")
    assert places(additions, now, changed=True) == ["B2", "C2", "E3", "row 4"]
    assert places(additions, now) == []


@pytest.mark.parametrize(
    ("column", "text", "lost"),
    [
        ("result_duration_s", "12.5", []),
        ("result_finished_at", "2026-11-21T18:43:03Z", []),
        ("result_finished_at", "at last", ["F2"]),
        ("result_page_url", "https://app.heygen.com/videos/1", []),
        ("result_page_url", "see the mail", ["F2"]),
    ],
)
def test_what_bulkgen_itself_may_say_otherwise_later_is_no_change_of_the_persons(
    column: str, text: str, lost: list[str]
) -> None:
    additions = standing(f"Ann|Hello|done|v_1||{text}", headers=(*HEADERS, column))
    assert places(additions, results("Ann|Hello|done|v_1|"), changed=True) == lost


def test_a_file_that_knows_more_than_an_older_copy_of_the_resume_file_was_not_changed_by_anybody() -> None:
    assert places(standing("Ann|Hello|done|v_1||"), results("Ann|Hello|rendering|v_1|"), changed=True) == []
    assert places(standing("Ann|Hello|sent|v_1||"), results("Ann|Hello|rendering|v_1|"), changed=True) == ["C2"]


@pytest.mark.parametrize(
    ("said", "now", "lost"),
    [
        pytest.param("failed|v_1|It failed", "rendering|v_1|", [], id="an older copy of the resume file"),
        pytest.param("done|v_9|", "done|v_1|", [], id="made again since then"),
        pytest.param("done|v_1|ask Ben", "rendering|v_1|", ["C2", "E2"], id="a note beside it"),
        pytest.param("done|v_1|It failed", "failed|v_1|It failed", ["C2"], id="one word of bulkgen's, typed"),
        pytest.param("queued|v_1|It failed", "failed|v_1|It failed", ["C2"], id="another one, to have it made"),
        pytest.param("failed|v_1|", "done|v_1|", ["C2"], id="a status without its reason"),
        pytest.param("failed|v_1|called him", "failed|v_1|It failed", ["E2"], id="a note in place of the reason"),
        pytest.param("done|v_2|", "done|v_1|", ["D2"], id="the id of another row"),
    ],
)
def test_what_bulkgen_said_at_another_moment_is_no_change_and_what_a_person_typed_is(
    said: str, now: str, lost: list[str]
) -> None:
    headers = (*HEADERS[:4], "result_error")
    new = Results(name="leads", headers=headers, lines=lines(f"Ann|Hello|{now}", "Ben|Hi|done|v_2|"))
    made = Table("leads", headers, tuple(Row(n, cells) for n, cells in enumerate(lines(f"Ann|Hello|{said}"), 2)))
    assert places(Additions(made, column_digests(headers)), new, changed=True) == lost


def test_a_line_whose_row_left_is_no_loss_where_the_marks_are_unless_it_may_be_an_edited_one() -> None:
    rows = tuple(Row(n, cells) for n, cells in enumerate(lines("Ann|Hello|done|v_1|", "Ben|Hi|done|v_2|"), 2))
    unmarked = Additions(Table("leads", HEADERS, rows), None)
    assert places(unmarked, results("Ben|Hi|done|v_2|"), changed=True) == []
    assert places(unmarked, results("Ben|Hi|done|v_2|", "Eve|Hey|queued||"), changed=True) == ["row 2"]


def test_columns_of_the_sheet_that_are_gone_are_not_the_persons_additions() -> None:
    additions = standing("Ann|Hello|done|v_1||a")
    now = Results(name="leads", headers=HEADERS[1:], lines=tuple(line[1:] for line in lines("Ann|Hello|done|v_1|")))
    assert additions.carry(now).headers == (*HEADERS[1:], "notes")


def test_a_column_that_the_sheet_got_meanwhile_counts_where_it_says_the_same() -> None:
    now = Results(name="leads", headers=(*HEADERS, "notes"), lines=lines("Ann|Hello|done|v_1||mine"))
    assert places(standing("Ann|Hello|done|v_1||mine"), now) == []
    assert places(standing("Ann|Hello|done|v_1||theirs"), now) == ["F2"]


def test_what_stands_under_no_header_or_in_a_result_column_of_theirs_can_not_be_carried_over() -> None:
    now = results("Ann|Hello|done|v_1|")
    assert places(standing("Ann|Hello|done|v_1||x", headers=HEADERS), now) == ["row 2"]
    assert places(standing("Ann|Hello|done|v_1||x", headers=(*HEADERS, "result_mine")), now) == ["F2"]


@given(st.lists(st.tuples(*[st.sampled_from(["", "a", "b"])] * 4), max_size=6), st.data())
def test_no_note_is_ever_lost_without_a_word(rows: list[tuple[str, ...]], data: st.DataObject) -> None:
    """Whatever became of the sheet: each note is carried over, or the line that has it is named."""
    noted = [f"{name}|{text}|{status}|{job_id}||note {n}" for n, (name, text, status, job_id) in enumerate(rows)]
    cells = st.tuples(*[st.sampled_from(["", "a", "b", "c"])] * 5).map("|".join)
    now = results(*data.draw(st.lists(cells, max_size=6)))
    additions = standing(*noted)
    kept = {note for note in notes(additions.carry(now)) if note} if noted else set()
    named = {spot.row - 2 for spot in additions.lost(now, changed=False)}
    assert kept == {f"note {n}" for n in range(len(rows)) if n not in named}


@given(st.permutations(range(3)), st.permutations(range(5)))
def test_the_mark_of_cells_does_not_depend_on_their_order(rows: list[int], columns: list[int]) -> None:
    written_lines = lines("Ann|2.50|done|v_1|", "Ben|TRUE|done|v_2|", "Ben|a\r\nb|done|v_3|")
    read = lines("Ann|2.5|done|v_1|", "Ben|true|done|v_2|", "Ben|a\nb|done|v_3|")
    sorted_lines = [[*(read[row][at] for at in columns), Cell("note")] for row in rows]
    headers = [*(HEADERS[at].upper() for at in columns), "notes"]
    assert cells_digest(headers, sorted_lines, OURS) == cells_digest(HEADERS, written_lines, OURS)


def test_the_mark_of_cells_knows_each_of_them() -> None:
    now = results("Ann|Hello|done|v_1|", "Ben|Hi|done|v_2|")
    other = results("Ann|Hi|done|v_1|", "Ben|Hello|done|v_2|")
    assert cells_digest(HEADERS, now.lines, OURS) != cells_digest(HEADERS, other.lines, OURS)


def test_marks_are_those_of_the_file_and_have_no_text_of_a_cell() -> None:
    event = written("leads.results.csv", digest="d", columns=OURS, cells="c")
    assert marks_of("leads.results.csv", [event]) == [Mark(digest="d", columns=frozenset(OURS), cells="c")]
    assert marks_of("other.csv", [event, {"event": "written"}]) == []
    assert not {"name", "text"} & {str(column) for column in OURS}


@pytest.mark.parametrize(
    ("text", "same"),
    [("2.50", "2.5"), ("007", "7"), (" a \r\n", "a"), ("100", "100"), ("1e5", "1e5"), ("True", "TRUE")],
)
def test_a_text_is_compared_as_far_as_every_program_keeps_it(text: str, same: str) -> None:
    assert plain(text) == plain(same)


def test_a_workbook_of_ours_has_nothing_but_cells_and_a_formula_is_seen(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = write_results(results("Ann|=1+1|done|v_1|"), tmp_path / "leads.results.xlsx")
    assert (beyond_cells(path, "leads"), sheet_names(path)) == ("", ["leads"])
    book = load_workbook(path)
    book["leads"]["F1"] = "notes"
    book["leads"]["F2"] = "=1+1"
    book.save(path)
    assert beyond_cells(path, "leads") == "formulas"


def test_a_carried_column_is_written_with_its_values(tmp_path: Path) -> None:
    additions = standing("Ann|Hello|done|v_1||a")
    carried = additions.carry(replace(results("Ann|Hello|done|v_1|")))
    assert write_results(carried, tmp_path / "a.csv").read_text("utf-8-sig").splitlines()[1] == "Ann,Hello,done,v_1,,a"
