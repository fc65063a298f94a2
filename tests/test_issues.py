"""What is found in a sheet: its code, and its place."""

from __future__ import annotations

import ast
import re

from bulkgen.cli.data import issue_data
from bulkgen.model import Issue, Severity, warning
from tests.command import ROOT
from tests.making import table

#: The rooms that find something.
ROOMS = ("kinds", "rows", "files")

#: What makes an issue.
MAKERS = ("Issue", "warning", "unsendable")


def codes_made() -> set[str]:
    """The codes of all issues that the package makes; one that is not written out where it is made fails here."""
    found = set()
    for path in (path for room in ROOMS for path in (ROOT / "bulkgen" / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS:
                (code,) = (keyword.value for keyword in node.keywords if keyword.arg == "code")
                assert isinstance(code, ast.Constant), f"{path}:{node.lineno}"
                assert isinstance(code.value, str)
                found.add(code.value)
    return found


def test_the_table_of_codes_holds_all_that_are_made_and_no_other_and_each_once() -> None:
    told = re.findall(r"^\| `([a-z_]+)` \|", (ROOT / "docs" / "issues.md").read_text(encoding="utf-8"), flags=re.M)
    assert sorted(told) == sorted(codes_made())


def test_issues_are_made_in_the_rooms_that_judge_a_sheet_alone() -> None:
    for path in (ROOT / "bulkgen").rglob("*.py"):
        if path.parts[len(ROOT.parts) + 1] not in (*ROOMS, "model.py"):
            assert not re.search(rf"\b(?:{'|'.join(MAKERS)})\(", path.read_text(encoding="utf-8")), path


def test_an_issue_keeps_code_cause_and_field_where_it_gets_its_place() -> None:
    found = Issue(code="too_high", field="voice_settings.speed", cause="is above 1.5", fix="The largest value is 1.5.")
    placed = found.at(14, 3, "speed", "2.5")
    assert (placed.code, placed.field, placed.cause) == ("too_high", "voice_settings.speed", "is above 1.5")
    assert (placed.row, placed.column, placed.header, placed.value) == (14, 3, "speed", "2.5")
    assert placed.sentence() == "speed: is above 1.5 ('2.5'). The largest value is 1.5."
    assert not placed.warning


def test_a_long_value_is_cut_to_what_a_message_can_show() -> None:
    placed = Issue(code="too_long", cause="is too long", fix="Shorten it.").at(2, 0, "script", "long words " * 100)
    assert len(placed.value) == 200
    assert placed.value.endswith("…")


def test_a_warning_stays_one_at_its_place() -> None:
    found = warning(code="emoji", cause="holds an emoji", fix="Take it out.").at(2, 0, "script", "☺")
    assert found.severity is Severity.WARNING
    assert found.warning


def test_json_tells_cell_value_cause_fix_and_code() -> None:
    found = Issue(code="too_high", cause="is above 1.5", fix="The largest value is 1.5.").at(2, 1, "speed", "2.5")
    assert issue_data(table(["text", "speed"], ["Hi", "2.5"]), found) == {
        "row": 2,
        "cell": "Leads!B2",
        "column": "speed",
        "value": "2.5",
        "message": "is above 1.5. The largest value is 1.5.",
        "cause": "is above 1.5",
        "fix": "The largest value is 1.5.",
        "code": "too_high",
    }
