"""Dataclasses of more than three fields are made by keyword: nobody has to count commas to read a call."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "bulkgen"

#: So many fields are told apart by their order.
FEW = 3


def dataclasses() -> dict[str, ast.ClassDef]:
    """Every dataclass of the package, as `room/module.Class`."""
    return {
        f"{path.relative_to(PACKAGE).with_suffix('').as_posix()}.{node.name}": node
        for path in sorted(PACKAGE.rglob("*.py"))
        if "dataclass" in (text := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ClassDef) and decorator(node) is not None
    }


def decorator(node: ast.ClassDef) -> ast.expr | None:
    """The `@dataclass` of a class, None for another class."""
    called = {d: d.func if isinstance(d, ast.Call) else d for d in node.decorator_list}
    return next((d for d, name in called.items() if isinstance(name, ast.Name) and name.id == "dataclass"), None)


def fields(node: ast.ClassDef) -> list[str]:
    """The names of the fields in their order; `_` is the mark behind which they go by keyword."""
    lines = [
        line for line in node.body if isinstance(line, ast.AnnAssign) and "ClassVar" not in ast.dump(line.annotation)
    ]
    return [ast.unparse(line.target) for line in lines]


def by_position(node: ast.ClassDef) -> list[str]:
    """The fields that can be given without their name."""
    call = decorator(node)
    keywords = {k.arg: ast.unparse(k.value) for k in call.keywords} if isinstance(call, ast.Call) else {}
    if keywords.get("kw_only") == "True":
        return []

    names = fields(node)
    return names[: names.index("_")] if "_" in names else names


def test_no_more_than_three_fields_of_a_dataclass_are_told_apart_by_their_order() -> None:
    by_order = {name: by_position(node) for name, node in dataclasses().items()}
    assert {name: fields for name, fields in by_order.items() if len(fields) > FEW} == {}
