"""What a group of tasks ends with, and how a mistake of bulkgen's own is told."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from bulkgen.errors import BulkgenError, Exit, LedgerError, Unexpected, cause

PACKAGE = Path(__file__).parents[1] / "bulkgen"


def test_a_group_is_told_by_its_first_error_of_bulkgen_however_deep_it_lies() -> None:
    full = LedgerError("the disk is full")
    group = ExceptionGroup("", [KeyError("x"), ExceptionGroup("", [ExceptionGroup("", [ValueError(), full])])])
    assert cause(group) is full


def test_a_group_without_one_is_told_by_its_first() -> None:
    first = KeyError("x")
    assert cause(ExceptionGroup("", [ExceptionGroup("", [first]), ValueError()])) is first


def test_a_mistake_of_bulkgens_own_keeps_its_cause_and_is_told_by_its_name() -> None:
    error = Unexpected(KeyError("x"))
    assert isinstance(error, BulkgenError)
    assert error.exit_code is Exit.UNEXPECTED
    assert isinstance(error.__cause__, KeyError)
    assert "KeyError: 'x'" in str(error)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_code_uses_except_star(path: Path) -> None:
    """What is raised inside of one comes out in a group before Python 3.11.4, and ends with the wrong exit code."""
    text = path.read_text(encoding="utf-8")
    if re.search(r"except[\s\\]*\*", text):  # or in a text
        assert [node.lineno for node in ast.walk(ast.parse(text)) if isinstance(node, ast.TryStar)] == []


def test_the_numbers_of_the_exit_codes_never_change() -> None:
    assert {code.name: int(code) for code in Exit} == {
        "OK": 0,
        "UNEXPECTED": 1,
        "MISTAKES": 2,
        "SOME_FAILED": 3,
        "NOT_FINISHED": 4,
        "MAX_COST": 5,
        "OUT_OF_CREDIT": 6,
        "KEY": 7,
        "LOCKED": 8,
        "RESUME_FILE": 9,
        "INTERRUPTED": 130,
    }
