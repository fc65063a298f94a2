"""What the screen has of a plan: notes of one cause in one line, and no more than the window has room for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.cli.folding import Foldable, folded, height_of
from bulkgen.cli.issues import issue_lines, report_issues
from bulkgen.cli.units import report_jobs, unit_of
from bulkgen.model import Issue, Severity
from tests.making import table

SHEET = table(["script", "title", "voice_id"], ["Hello", "A", "v"])
PARTS = st.lists(st.lists(st.sampled_from(["a", "b " * 40, "c " * 90]), max_size=30), min_size=1, max_size=3)


@given(PARTS, st.integers(0, 60), st.integers(20, 120))
def test_what_is_left_out_is_counted_and_the_rest_fits(texts: list[list[str]], room: int, width: int) -> None:
    found = folded([Foldable(each, "note") for each in texts], room, width, "bulkgen check")
    lines = 0
    for given_texts, shown in zip(texts, found, strict=True):
        more = next((text for text in shown if text.endswith(": bulkgen check")), "")
        whole = shown[: len(shown) - bool(more)]
        assert given_texts[: len(whole)] == whole
        cut = len(given_texts) - len(whole)
        assert (f"  and {cut} " in more) if cut else not more
        lines += bool(more) + sum(height_of(text, width) for text in whole)
    assert lines <= max(room, sum(bool(each) for each in texts))  # a line each says at least how many there are


def test_all_that_fits_is_shown_and_what_matters_most_is_shown_in_any_case() -> None:
    few = Foldable(["one", "two"], "note")
    assert folded([few], 2, 80, "bulkgen check") == [["one", "two"]]
    assert folded([few], 1, 80, "bulkgen check") == [["  and 2 notes: bulkgen check"]]
    most = Foldable(["one", "two", "three"], "cause", least=2)
    assert folded([most], 0, 80, "x") == [["one", "two", "  and 1 more cause: x"]]


def issue(row: int, column: int, header: str, *, warning: bool = True, cause: str = "is odd") -> Issue:
    severity = Severity.WARNING if warning else Severity.MISTAKE
    return Issue(code="odd", cause=cause, fix="Look.", severity=severity).at(row, column, header, f"v{row % 2}")


def test_notes_of_one_cause_are_one_line_with_all_their_cells() -> None:
    notes = [issue(row, column, name) for row in range(2, 302) for column, name in ((0, "script"), (1, "title"))]
    name = SHEET.name
    assert issue_lines(SHEET, notes) == [f"  note {name}!A2:A301, B2:B301: script, title 'v0', 'v1' is odd. Look."]


def test_mistakes_of_one_cause_are_a_line_for_each_column() -> None:
    wrong = [
        issue(2, 0, "script", warning=False),
        issue(2, 1, "title", warning=False),
        issue(4, 0, "script", warning=False),
    ]
    name = SHEET.name
    assert issue_lines(SHEET, wrong) == [
        f"  {name}!A2, A4: script 'v0' is odd. Look.",
        f"  {name}!B2: title 'v0' is odd. Look.",
    ]


@pytest.mark.parametrize(
    ("rows", "place"),
    [([2], "row 2"), (range(2, 12), "rows 2-11"), ([2, 3, 7], "rows 2-3, 7"), ([2, 4], "rows 2, 4")],
)
def test_whole_rows_of_one_cause_are_told_with_the_sheets_name_once(rows: list[int], place: str) -> None:
    wrong = [Issue(code="odd", cause="is odd", fix="Look.").at(row) for row in rows]
    assert issue_lines(SHEET, wrong) == [f"  {SHEET.name} {place}: is odd. Look."]


def test_cells_and_whole_rows_of_one_cause_stand_in_one_line() -> None:
    wrong = [Issue(code="odd", cause="is odd", fix="Look.").at(row, at) for row, at in ((3, None), (4, None), (5, 0))]
    assert issue_lines(SHEET, wrong) == [f"  {SHEET.name}!A5, {SHEET.name} rows 3-4: is odd. Look."]


def test_more_causes_than_anybody_reads_are_counted() -> None:
    told = report_issues(SHEET, [issue(2, 0, "script", cause=f"is odd in way {n}") for n in range(45)])
    assert len(told.splitlines()) == 41
    assert told.endswith("  and 5 more causes")


@pytest.mark.parametrize(
    ("kinds", "unit"), [(["template", "avatar"], "video"), (["speech"], "voice-over"), (["speech", "avatar"], "job")]
)
def test_one_unit_counts_all_that_is_made(kinds: list[str], unit: str) -> None:
    assert unit_of(kinds) == unit
    assert report_jobs([]) == "0 jobs"
