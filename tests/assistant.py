"""An assistant at work: the SDK's own client, in memory, against the server of a folder that rehearses.

    async with assistant(folder) as ask:
        checked = await ask("check_sheet", sheet="leads.csv")
        refused = await ask.refused("make_videos", ...)

Runs are made by `Batch` in a thread here, to their end: what only a process shows (that it outlives the server) is told
with `Runs` itself.
"""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from mcp import Client
from mcp.client import ClientRequestContext
from mcp_types import ElicitRequestParams, ElicitResult

from bulkgen.batch.batch import Batch
from bulkgen.batch.settings import Settings
from bulkgen.errors import BulkgenError
from bulkgen.mcp.desk import Desk
from bulkgen.mcp.options import Options
from bulkgen.mcp.runs import Run, Runs
from bulkgen.mcp.server import server_of
from tests.hurried import hurried, quick_rehearsals

#: The two eras of the protocol.
ERAS = ("auto", "legacy")


class Person:
    """Who answers questions, with this action, and what they answer; `heard`: what they were asked."""

    def __init__(self, action: Any = "accept", *, make: bool = True) -> None:
        self.heard: list[str] = []
        self._action = action
        self._make = make

    async def __call__(self, context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        self.heard.append(params.message)
        return ElicitResult(action=self._action, content={"make": self._make} if self._action == "accept" else None)


class ThreadRuns(Runs):
    """Runs that are over when `start` returns."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[tuple[str, ...]] = []

    def start(self, sheet: Path, *options: str) -> Run:
        self.started.append(options)
        given = dict(zip(options[0::2], options[1::2], strict=False))
        settings: dict[str, Any] = {"plan": given["--plan"], "max_cost": given["--max-cost"], "sandbox": True}
        if "--rows" in given:
            settings["rows"] = given["--rows"]
        said, code = io.BytesIO(), [0]

        def work() -> None:
            try:
                code[0] = int(Batch.open(sheet, Settings(**settings, yes=True)).run().exit_code)
            except BulkgenError as error:
                code[0] = int(error.exit_code)
                said.write(json.dumps({"message": str(error)}).encode())

        with hurried(), quick_rehearsals():
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
        process = mock.create_autospec(subprocess.Popen, instance=True)
        process.poll.return_value = code[0]
        run = self._runs[sheet] = Run(process, said)
        return run


class Ask:
    """Calls a tool and gives what it answers, as structured as a program gets it."""

    def __init__(self, client: Client, desk: Desk) -> None:
        self.client = client
        self.desk = desk

    async def __call__(self, tool: str, /, **arguments: Any) -> dict[str, Any]:
        done = await self.client.call_tool(tool, arguments)
        assert not done.is_error, done.content
        assert done.structured_content is not None
        return dict(done.structured_content)

    async def refused(self, tool: str, /, **arguments: Any) -> str:
        """The words with which it is refused."""
        done = await self.client.call_tool(tool, arguments)
        assert done.is_error, done.structured_content
        return " ".join(each.text for each in done.content if each.type == "text")

    @property
    def started(self) -> int:
        """How many runs were started."""
        assert isinstance(self.desk.runs, ThreadRuns)
        return len(self.desk.runs.started)


@asynccontextmanager
async def assistant(
    folder: Path, *, era: str = "auto", person: Person | None = None, desk: Desk | None = None, **options: Any
) -> AsyncIterator[Ask]:
    """`person`: who is asked, None where the assistant's program asks nobody; `desk`: one that is there already."""
    if desk is None:
        desk = Desk(Options(folder=folder, sandbox=True, **options))
        desk.runs = ThreadRuns()
    with contextlib.ExitStack() as stack:
        stack.enter_context(quick_rehearsals())
        async with Client(server_of(desk), mode=era, elicitation_callback=person) as client:
            yield Ask(client, desk)
