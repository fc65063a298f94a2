"""The inspector of the Model Context Protocol, from npm: a client that is not ours, and not of the SDK that we use.

`MCP_INSPECTOR` names its program (`mcp-inspector`), beside which a Node.js that is new enough has to be:

    npm install node@22 @modelcontextprotocol/inspector@2.12.0
    export MCP_INSPECTOR=$PWD/node_modules/.bin/mcp-inspector
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.command import ROOT, environment

#: Exit codes of its own.
TOOL_FAILED = 5

#: How long one call may take (seconds); only for what hangs.
_PATIENCE = 100


@dataclass(frozen=True)
class Answer:
    """What one call came to: `code` is the inspector's, `data` what the server answered."""

    code: int
    data: Any
    errors: str

    @property
    def text(self) -> str:
        """What a tool says, to a person."""
        return str(self.data["content"][0]["text"])

    @property
    def result(self) -> dict[str, Any]:
        """What a tool says, to a program."""
        found: dict[str, Any] = self.data["structuredContent"]
        return found


class Inspector:
    """Calls one server: `server` is its address, or the words that follow `bulkgen mcp`."""

    def __init__(self, home: Path, server: Sequence[str], *options: str) -> None:
        self._program = find_inspector()
        self._home = home
        started = [sys.executable, "-P", "-m", "bulkgen", "mcp"] if server[0].startswith("--") else []
        passed = {"PYTHONPATH": str(ROOT), "BULKGEN_DATA_DIR": str(home / "data"), "HEYGEN_CONFIG_DIR": str(home)}
        given = [word for name, value in passed.items() for word in ("-e", f"{name}={value}")] if started else []
        self._words = [*given, *started, *server, *options]

    def begin(self, method: str, *options: str, **arguments: object) -> subprocess.Popen[str]:
        """Calls a method, or a tool by its name; `ended` has the answer."""
        called = ["--method", method] if "/" in method else ["--method", "tools/call", "--tool-name", method]
        pairs = ["--tool-arg", *(f"{name}={value}" for name, value in arguments.items())] if arguments else []
        where = os.pathsep.join([str(Path(self._program).parent), os.environ.get("PATH", os.defpath)])
        return subprocess.Popen(
            [self._program, "--cli", *self._words, *called, *pairs, *options],
            env=environment({"HOME": str(self._home), "PATH": where}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def call(self, method: str, *options: str, **arguments: object) -> Answer:
        return ended(self.begin(method, *options, **arguments))


def ended(call: subprocess.Popen[str]) -> Answer:
    """The answer of a call, once it has one."""
    try:
        out, errors = call.communicate(timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        call.kill()
        call.communicate()
        raise

    return Answer(call.returncode, json.loads(out) if out.strip() else None, errors)


def find_inspector() -> str:
    """Where it is. Skips the test where there is none; in CI that is a failure."""
    found = os.environ.get("MCP_INSPECTOR") or shutil.which("mcp-inspector")
    if not found:
        missing = "there is no inspector from npm to call the server with: tests/inspector.py says how to get it"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)

    return found
