"""Imports go one way, and only the command line prints."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "bulkgen"

#: What several edges stand on: values, and pure functions of them.
_PURE = {
    "errors",
    "explained",
    "result_columns",
    "texts",
    "codes",
    "composition",
    "model",
    "sequence",
    "kinds",
    "pricing",
    "rows.suggest",
    "ledger.begun",
    "ledger.events",
    "ledger.room",
    "ledger.state",
    "ledger.shelf",
    "ledger.transitions",
    "ledger.history",
    "ledger.inheritance",
    "ledger.left",
    "ledger.lessons",
    "ledger.spending",
    "ledger.steps",
    "ledger.suspects",
    "rows",
    "retry",
}

#: Each room (or module of one, where the room has two floors) with those it may import; the edges do not import one
#: another.
MAY = {
    "errors": set(),
    "explained": set(),
    "result_columns": set(),
    "texts": set(),
    "retry": set(),
    "tls": set(),
    "program": {"errors"},
    "web": {"errors"},
    "disk": {"errors"},
    "codes": {"errors"},
    "composition": set(),
    "model": {"errors", "codes", "texts", "composition"},
    "kinds": {"errors", "model", "composition", "rows.suggest"},
    "sequence": {"model"},
    "rows.suggest": set(),
    "pricing": {"errors", "model", "kinds", "rows.suggest"},
    "rows": {"errors", "result_columns", "texts", "model", "kinds", "rows.suggest"},
    "rows.advice": {"errors", "result_columns", "model", "kinds", "rows", "rows.suggest"},
    "ledger.events": {"errors", "model", "kinds", "pricing"},
    "ledger.begun": {"ledger.events"},
    "ledger.room": {"ledger.events"},
    "ledger.state": {"explained", "model", "result_columns", "kinds", "pricing", "ledger.suspects"},
    "ledger.shelf": {"model", "composition", "ledger.events"},
    "ledger.transitions": {"kinds", "ledger.events", "ledger.state", "pricing"},
    "ledger.history": {"ledger.events", "ledger.shelf", "ledger.state", "ledger.transitions"},
    "ledger.inheritance": {"ledger.events", "ledger.state", "ledger.history", "ledger.transitions"},
    "ledger.left": {"model", "kinds", "rows", "ledger.state"},
    "ledger.lessons": {"ledger.events", "ledger.state", "pricing"},
    "ledger.spending": {"ledger.events", "pricing"},
    "ledger.steps": {"codes", "model", "kinds", "ledger.state"},
    "ledger.suspects": {"codes", "model", "kinds", "ledger.events"},
    "ledger": {*_PURE, "disk"},
    "sheet.cells": {"errors", "model"},
    "sheet.file_type": set(),
    "sheet.companions": {"result_columns"},
    "sheet.xlsx": {"errors", "model", "sheet.cells", "sheet.companions", "sheet.file_type"},
    "sheet": {
        "errors",
        "result_columns",
        "texts",
        "tls",
        "model",
        "sheet.cells",
        "sheet.companions",
        "sheet.file_type",
        "sheet.xlsx",
    },
    "heygen": {*_PURE, "disk", "tls"},
    "files": {*_PURE, "disk", "tls"},
    "engine": {*_PURE, "disk"},
    "results": {*_PURE, "disk"},
    "sandbox": {*_PURE, "disk"},
    "webhooks": {*_PURE, "disk", "web"},
    "notices": {"errors", "model", "disk"},
    "batch": {
        *_PURE,
        "disk",
        "ledger",
        "sheet",
        "sheet.companions",
        "heygen",
        "files",
        "engine",
        "results",
        "sandbox",
        "notices",
        "rows.advice",
        "web",
        "webhooks",
    },
    "schedules.entries": {"errors"},
    "schedules": {"errors", "kinds", "disk", "program", "heygen", "batch", "ledger", "schedules.entries"},
    "watch.names": set(),
    "watch.decision": {"errors"},
    "watch.news": {"errors"},
    "watch": {
        "errors",
        "program",
        "disk",
        "pricing",
        "ledger",
        "ledger.events",
        "ledger.spending",
        "sheet",
        "batch",
        "watch.names",
        "watch.decision",
        "watch.news",
    },
}
PURE = {*_PURE, "rows.advice", "schedules.entries", "watch.names", "watch.decision", "watch.news"}
DOORS = ("cli", "mcp", "__main__", "__init__")
MODULES = sorted(PACKAGE.rglob("*.py"))

#: The modules by the names that they are imported by, but for the package's own: everybody may read its version, and it
#: loads the batch only when that is asked for.
NAMES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in MODULES
    if path.parent != PACKAGE or path.stem != "__init__"
}


def room_of(path: Path) -> str:
    """The key of `MAY` that a module goes by."""
    return _room(".".join(path.relative_to(PACKAGE).with_suffix("").parts))


def _room(module: str) -> str:
    two = ".".join(module.split(".")[:2])
    return two if two in MAY else module.split(".")[0]


@functools.cache
def imports_of(path: Path) -> tuple[ast.Import | ast.ImportFrom, ...]:
    """All that a module imports, wherever in it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return tuple(node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))


def imported_rooms(path: Path) -> set[str]:
    rooms = set()
    for node in imports_of(path):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = (
                [f"{node.module}.{alias.name}" for alias in node.names] if node.module.count(".") < 2 else [node.module]
            )
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue

        rooms |= {_room(name.removeprefix("bulkgen.")) for name in names if name.startswith("bulkgen.")}
    return rooms - {"__version__"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_from_the_rooms_below_its_own(path: Path) -> None:
    room = room_of(path)
    if room in DOORS:
        return

    assert imported_rooms(path) - {room} <= MAY[room]


def test_no_door_leads_through_another() -> None:
    """What the terminal asks and prints is nothing for an assistant."""
    through = [path for path in MODULES if room_of(path) != "cli" and "cli" in imported_rooms(path)]
    assert through == [PACKAGE / "__main__.py"]


def test_other_modules_use_only_what_the_reader_of_workbooks_names() -> None:
    for path in MODULES:
        if room_of(path) != "sheet.xlsx":
            froms = {node.module or "" for node in imports_of(path) if isinstance(node, ast.ImportFrom)}
            assert not [name for name in froms if name.startswith("bulkgen.sheet.xlsx.")], path


def circles() -> set[frozenset[str]]:
    """The groups of modules that import one another, directly or through others, be it only for their types."""
    imports = {name: imported_modules(path) & NAMES.keys() for name, path in NAMES.items()}
    reached = {name: reachable(name, imports) for name in NAMES}
    groups = (frozenset(other for other in reached[name] if name in reached[other]) for name in NAMES)
    return {group for group in groups if group}


def reachable(start: str, imports: Mapping[str, set[str]]) -> set[str]:
    """All modules that importing this one leads to."""
    found: set[str] = set()
    left = [start]
    while left:
        new = imports[left.pop()] - found
        found |= new
        left += new
    return found


def imported_modules(path: Path) -> set[str]:
    """The modules that a module imports: of `from a import b` it is `a.b` if that is a module, else `a`."""
    found: set[str] = set()
    for node in imports_of(path):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            found |= {name if name in NAMES else node.module for name in names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def test_no_modules_import_one_another_in_a_circle() -> None:
    assert circles() == set()


def test_every_room_is_on_the_list() -> None:
    assert {room_of(path) for path in MODULES} - set(DOORS) <= MAY.keys()


@pytest.mark.parametrize("room", sorted(PURE))
def test_the_pure_rooms_touch_neither_files_nor_network_nor_clock(room: str) -> None:
    forbidden = {"os", "pathlib", "socket", "httpx", "anyio", "asyncio", "time", "openpyxl", "pandas", "subprocess"}
    for path in MODULES:
        if room_of(path) != room:
            continue

        imports = imports_of(path)
        names = {alias.name.split(".")[0] for node in imports if isinstance(node, ast.Import) for alias in node.names}
        names |= {(node.module or "").split(".")[0] for node in imports if isinstance(node, ast.ImportFrom)}
        assert not names & forbidden, path


def test_only_the_command_line_prints() -> None:
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        if room_of(path) == "cli" or "print" not in text:
            continue

        for node in ast.walk(ast.parse(text)):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
            assert not called, path


def test_heavy_packages_are_imported_only_by_the_command_that_needs_them() -> None:
    of_extras = ("starlette", "uvicorn", "mcp", "apprise")
    heavy = ("pandas", "openpyxl", "httpx", "pydantic", "anyio", "asyncio", *of_extras)
    # A run has none of the extras, though a module of it may tell others of its end
    program = (
        f"import sys, bulkgen.cli.app; print([m for m in {heavy} if m in sys.modules]);"
        f"import bulkgen.cli.commands; print([m for m in {of_extras} if m in sys.modules])"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    assert done.stdout.split() == ["[]", "[]"]
