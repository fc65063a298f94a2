"""Imports go one way, and only the command line prints."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "bulkgen"

#: Each room with those it may import; the edges do not import one another.
PURE = {"errors", "jobs", "kinds", "events", "state", "retry", "rows"}
MAY = {
    "errors": set(),
    "files": {"errors"},
    "jobs": {"errors"},
    "retry": set(),
    "kinds": {"errors", "jobs"},
    "events": {"errors", "jobs"},
    "state": {"events"},
    "rows": {"errors", "jobs", "kinds", "events", "state"},
    "sheet": {"errors", "jobs", "kinds", "events", "state", "rows", "files"},
    "journal": {"errors", "jobs", "kinds", "events", "state", "rows", "files"},
    "together": set(),
    "commits": {"errors", "events", "journal", "together"},
    "lock": {"errors", "jobs", "kinds", "events", "state", "rows", "files"},
    "heygen": {"errors", "jobs", "kinds", "events", "state", "rows", "files", "retry"},
    "download": {"errors", "jobs", "kinds", "events", "state", "rows", "files", "retry", "together"},
    "probe": {"errors", "jobs", "kinds", "events", "state", "rows", "files", "retry"},
    "engine": {"errors", "jobs", "kinds", "events", "state", "rows", "files", "retry"},
    "results": {"errors", "jobs", "kinds", "events", "state", "rows", "files"},
    "sandbox": {"errors", "jobs", "kinds", "events", "state", "rows", "files"},
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    part = path.relative_to(PACKAGE).parts[0]
    return part.removesuffix(".py")


def imported_rooms(tree: ast.AST) -> set[str]:
    rooms = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = (
                [f"{node.module}.{alias.name}" for alias in node.names] if node.module == "bulkgen" else [node.module]
            )
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue

        rooms |= {name.split(".")[1] for name in names if name.startswith("bulkgen.")}
    return rooms - {"__version__"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_from_the_rooms_below_its_own(path: Path) -> None:
    room = room_of(path)
    if room in ("cli", "__main__", "__init__"):
        return

    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert imported_rooms(tree) - {room} <= MAY[room]


def test_every_room_is_on_the_list() -> None:
    assert {room_of(path) for path in MODULES} - {"cli", "__main__", "__init__"} <= MAY.keys()


@pytest.mark.parametrize("room", sorted(PURE))
def test_the_pure_rooms_touch_neither_files_nor_network_nor_clock(room: str) -> None:
    forbidden = {"os", "pathlib", "socket", "httpx", "anyio", "asyncio", "time", "openpyxl", "pandas", "subprocess"}
    for path in MODULES:
        if room_of(path) != room:
            continue

        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {
            alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
        }
        names |= {(node.module or "").split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not names & forbidden, path


def test_only_the_command_line_prints() -> None:
    for path in MODULES:
        if room_of(path) == "cli":
            continue

        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
            assert not called, path


def test_heavy_packages_are_imported_only_by_the_command_that_needs_them() -> None:
    heavy = ("pandas", "openpyxl", "httpx", "pydantic", "starlette", "anyio", "asyncio")
    program = f"import sys, bulkgen.cli.app; print([m for m in {heavy} if m in sys.modules])"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    assert done.stdout.strip() == "[]"
