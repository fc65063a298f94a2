"""The names of bulkgen's own columns stand in one place, and are known again in any writing."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.kinds.columns import match_key
from bulkgen.result_columns import ALWAYS, ResultColumn, is_result, renamed, result_columns, with_headings, with_names
from bulkgen.rows.headings import known_names
from bulkgen.rows.particulars import particular
from tests.command import ROOT


def test_no_other_module_writes_out_the_name_of_a_result_column() -> None:
    for path in (ROOT / "bulkgen").rglob("*.py"):
        if path.name == "result_columns.py":
            continue

        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "result_" in text else ():
            assert not (isinstance(node, ast.Constant) and str(node.value) in {*ResultColumn, "result_"}), path


def test_the_columns_stand_in_the_order_that_the_results_promise() -> None:
    names = list(ResultColumn)
    assert names[:5] == ["result_status", "result_error", "result_kind", "result_language", "result_id"]
    assert names[-1] == "result_finished_at"
    assert [name for name in names if name in ALWAYS] == list(ALWAYS)
    assert all(map(is_result, names))


def test_columns_of_an_earlier_run_are_known_in_any_letters_and_of_two_the_last_counts() -> None:
    headers = ["script", " Result_ID ", "RESULT_STATUS", "results", "result", "result_id"]
    assert result_columns(headers) == {"result_id": 5, "result_status": 2}
    assert [is_result(header) for header in headers] == [False, True, True, False, False, True]


OURS = ("result_status", "result_error", "result_id", "result_page_url")


def test_plain_headings_are_no_names_of_fields_and_no_two_are_alike() -> None:
    headings = [name.heading for name in ResultColumn]
    assert not {match_key(heading) for heading in headings} & known_names()
    assert not any(map(particular, headings))
    assert len({heading.casefold() for heading in headings}) == len(headings)


@pytest.mark.parametrize(
    "own",
    [
        (),
        ("script", "budget"),
        ("script", "Status", "what to  do"),
        ("Watch", "Watch (bulkgen)"),
        ("status", "Status (bulkgen)", "HeyGen ID"),
    ],
)
def test_headings_are_known_again_and_the_persons_own_stay_theirs(own: tuple[str, ...]) -> None:
    shown = with_headings((*own, *OURS))
    assert shown[: len(own)] == own
    assert with_names(shown) == (*own, *OURS)
    assert not any(map(is_result, shown)) or "Status (bulkgen)" in own or "Watch (bulkgen)" in own


@given(st.lists(st.sampled_from(["a", *(name.heading for name in ResultColumn), "Status (bulkgen)"]), unique=True))
def test_whatever_columns_a_person_has_they_are_told_from_ours(own: list[str]) -> None:
    headers = (*own, *ResultColumn)
    assert with_names(with_headings(headers)) == headers


def test_columns_that_a_person_adds_later_are_theirs_even_by_our_headings() -> None:
    shown = (*with_headings(("script", *OURS)), "Status", "Watch")
    assert with_names(shown) == ("script", *OURS, "Status", "Watch")
    before = ("Status", *with_headings(("script", *OURS)))
    assert with_names(before) == ("Status", "script", *OURS)


def test_headers_without_all_that_results_have_are_nobodys() -> None:
    for headers in (("Status", "What to do", "Watch"), ("text", "Status", "HeyGen ID")):
        assert with_names(headers) == headers


def test_a_column_with_another_heading_is_known_by_those_beside_it() -> None:
    written = (ResultColumn.STATUS, ResultColumn.ERROR, ResultColumn.ID, ResultColumn.PAGE_URL)
    own = ("text", "day")
    for headers, places in (
        (("Status", "What to do", "HeyGen ID", "Watch"), {}),
        (("Estado", "What to do", "HeyGen ID", "Watch"), {2: ResultColumn.STATUS}),
        (("Status", "Note", "What to do", "HeyGen ID", "Ver"), {6: ResultColumn.PAGE_URL}),
        (("Status", "HeyGen ID", "Watch"), {}),
        (("Status", "What to do", "HeyGen ID"), {}),
        (("a", "b", "c", "d"), {}),
    ):
        assert renamed((*own, *headers), written) == places
