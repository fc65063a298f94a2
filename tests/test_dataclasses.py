"""Dataclasses of more than three fields are made by keyword: nobody has to count commas to read a call."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "bulkgen"

#: So many fields are told apart by their order.
FEW = 3

#: Still made by position.
BY_POSITION = {
    "batch/places.Places",
    "batch/plan.Plan",
    "engine/gate.Gate",
    "engine/lane.Lane",
    "engine/pending.PendingJobs",
    "engine/search._Span",
    "kinds/account.Template",
    "kinds/account.Account",
    "kinds/life.Links",
    "kinds/life.Detail",
    "kinds/media.Media",
    "ledger/state.State",
    "ledger/state.History",
    "model.Cell",
    "model.Row",
    "model.Table",
    "retry.RetryBudget",
    "rows/build.ReadOptions",
    "rows/reader.RowReader",
    "sandbox/catalogue.Template",
    "sandbox/catalogue.Voice",
    "sandbox/catalogue.Look",
    "sandbox/ledger.Wish",
    "sandbox/ledger.Order",
}


def dataclasses() -> dict[str, ast.ClassDef]:
    """Every dataclass of the package, as `room/module.Class`."""
    return {
        f"{path.relative_to(PACKAGE).with_suffix('').as_posix()}.{node.name}": node
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and decorator(node) is not None
    }


def decorator(node: ast.ClassDef) -> ast.expr | None:
    """The `@dataclass` of a class, None for another class."""
    called = {d: d.func if isinstance(d, ast.Call) else d for d in node.decorator_list}
    return next((d for d, name in called.items() if isinstance(name, ast.Name) and name.id == "dataclass"), None)


def fields(node: ast.ClassDef) -> int:
    return sum(isinstance(line, ast.AnnAssign) and "ClassVar" not in ast.dump(line.annotation) for line in node.body)


def by_keyword(node: ast.ClassDef) -> bool:
    call = decorator(node)
    keywords = {k.arg: ast.unparse(k.value) for k in call.keywords} if isinstance(call, ast.Call) else {}
    return keywords.get("kw_only") == "True"


LARGE = {name: node for name, node in dataclasses().items() if fields(node) > FEW}


@pytest.mark.parametrize("name", LARGE)
def test_a_dataclass_of_more_than_three_fields_is_made_by_keyword(name: str) -> None:
    assert by_keyword(LARGE[name]) == (name not in BY_POSITION)


def test_what_is_made_by_position_is_still_there() -> None:
    assert LARGE.keys() >= BY_POSITION
