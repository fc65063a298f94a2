"""The names of bulkgen's own columns stand in one place, and are known again in any writing."""

from __future__ import annotations

import ast

from bulkgen.result_columns import ALWAYS, ResultColumn, is_result, result_columns
from tests.command import ROOT


def test_no_other_module_writes_out_the_name_of_a_result_column() -> None:
    for path in (ROOT / "bulkgen").rglob("*.py"):
        if path.name == "result_columns.py":
            continue

        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
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
