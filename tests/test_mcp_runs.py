"""Runs as processes of their own: they are stopped by whoever asks, and go on when their server is killed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pytest
from mcp import Client, StdioServerParameters

from bulkgen.ledger.lock import SheetLock, lock_of
from bulkgen.ledger.system_lock import system_lock
from bulkgen.mcp.desk import Desk
from bulkgen.mcp.options import Options
from bulkgen.mcp.runs import Runs
from tests.assistant import assistant
from tests.command import avatars, environment, events, wait_for
from tests.story import Story

pytestmark = pytest.mark.anyio

#: A run, as far as others see it: it holds the lock until it is asked to stop, and counts how often it was asked.
RUN = """
import signal, sys, time
from pathlib import Path
from bulkgen.ledger.lock import SheetLock
asked = []
signal.signal(signal.SIGTERM, lambda *_: asked.append(1))
with SheetLock(Path(sys.argv[1])):
    print("held", flush=True)
    while not asked:
        time.sleep(0.01)
    time.sleep(float(sys.argv[2]))
print(len(asked), flush=True)
"""


@contextmanager
def a_run(sheet: Path, *, takes: float = 0.0) -> Iterator[subprocess.Popen[str]]:
    """Another process holds the sheet; `takes`: how long it needs to stop (seconds)."""
    lock = lock_of(sheet.with_name(f"{sheet.name}.sandbox.resume.jsonl"))
    words = [sys.executable, "-c", RUN, str(lock), str(takes)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment()) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


async def test_a_run_of_anybodys_is_stopped_in_order_and_only_once(tmp_path: Path) -> None:
    avatars(tmp_path, 1)
    with a_run(tmp_path / "a.csv", takes=0.8) as run:
        async with assistant(tmp_path) as ask:
            with mock.patch("bulkgen.mcp.status.STOPS_WITHIN", 0.05):
                assert (await ask("stop", sheet="a.csv"))["state"] == "stopping"
            assert (await ask("stop", sheet="a.csv"))["state"] == "stopped"
            assert (await ask("stop", sheet="a.csv"))["state"] == "not_running"
        assert run.stdout is not None
        assert run.stdout.read() == "1\n"


async def test_a_run_on_another_computer_is_not_stopped_from_here(tmp_path: Path) -> None:
    avatars(tmp_path, 1)
    with SheetLock(lock_of(tmp_path / "a.csv.sandbox.resume.jsonl"), host="elsewhere"):
        async with assistant(tmp_path) as ask:
            assert "another computer (elsewhere)" in await ask.refused("stop", sheet="a.csv")


@pytest.mark.parametrize("note", [{}, {"host": socket.gethostname(), "pid": -1, "run": "x"}], ids=["none", "a group"])
async def test_a_run_that_nobody_can_name_is_not_said_to_stop(tmp_path: Path, note: dict[str, object]) -> None:
    avatars(tmp_path, 1)
    path = lock_of(tmp_path / "a.csv.sandbox.resume.jsonl")
    path.write_text(json.dumps(note))
    with path.open("rb+") as file:
        assert system_lock(file.fileno())
        async with assistant(tmp_path) as ask:
            with mock.patch("bulkgen.mcp.status.os.kill") as kill:
                assert "it goes on. Call stop again" in await ask.refused("stop", sheet="a.csv")
    assert kill.call_count == 0


def test_a_run_gets_no_stream_and_no_token_of_the_servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BULKGEN_MCP_TOKEN", "x" * 40)
    monkeypatch.setenv("BULKGEN_DATA_DIR", "kept")
    with mock.patch("bulkgen.mcp.runs.subprocess.Popen") as started:
        Runs().start(tmp_path / "a.csv")
    given = started.call_args.kwargs
    assert "BULKGEN_MCP_TOKEN" not in given["env"]
    assert given["env"]["BULKGEN_DATA_DIR"] == "kept"
    assert {given["stdin"], given["stderr"]} == {subprocess.DEVNULL}
    assert given["start_new_session"]
    with given["stdout"] as said:
        assert said.fileno() > 2


def test_where_no_process_can_be_started_nothing_stays_open(tmp_path: Path) -> None:
    said = mock.Mock()
    with (
        mock.patch("bulkgen.mcp.runs.tempfile.TemporaryFile", return_value=said),
        mock.patch("bulkgen.mcp.runs.subprocess.Popen", side_effect=BlockingIOError(11, "no more processes")),
        pytest.raises(OSError, match="no more processes"),
    ):
        Runs().start(tmp_path / "a.csv")
    assert said.close.call_count == 1


async def test_another_persons_run_is_not_stopped_from_here(tmp_path: Path) -> None:
    avatars(tmp_path, 1)
    with SheetLock(lock_of(tmp_path / "a.csv.sandbox.resume.jsonl")):
        async with assistant(tmp_path) as ask:
            with mock.patch("bulkgen.mcp.status.os.kill", side_effect=PermissionError(1, "no")):
                assert "another person's" in await ask.refused("stop", sheet="a.csv")
                assert "another person's" in await ask.refused("stop", sheet="a.csv")


async def test_a_process_that_can_not_begin_says_why_in_its_words(tmp_path: Path) -> None:
    avatars(tmp_path, 1)
    runs, lock = Runs(), lock_of(tmp_path / "a.csv.sandbox.resume.jsonl")
    run = runs.start(tmp_path / "a.csv", "--plan", "0123456789abcdef01234567", "--max-cost", "1", "--sandbox")
    assert runs.is_at_work(tmp_path / "a.csv", lock)
    if sys.platform != "win32":  # what ends the server's terminal, or all of its group, does not reach it
        assert os.getsid(run.process.pid) == run.process.pid
    run.process.wait(60)
    assert run.ended is not None
    assert run.ended.exit_code == 2
    assert "The plan is another one by now" in run.ended.message
    assert not runs.is_at_work(tmp_path / "a.csv", lock)
    if sys.platform != "win32":
        assert not (tmp_path / "a.csv.sandbox.resume.jsonl").exists()


async def test_what_is_really_made_is_charged_once_each_and_the_key_is_told_nobody(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**story.env, "BULKGEN_DATA_DIR": str(story.data)}.items():
        monkeypatch.setenv(name, value)
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello", "look_ann,Hello again")
    async with assistant(story.folder, desk=Desk(Options(folder=story.folder))) as ask:
        checked = await ask("check_sheet", sheet="leads.csv")
        call = {"sheet": "leads.csv", "plan": checked["plan"], "videos": 2, "max_cost_usd": 5}
        assert (await ask("make_videos", **call))["state"] == "started"
        assert (await ask("make_videos", **call))["state"] == "already_begun"
        status = await ask("sheet_status", sheet="leads.csv", wait_s=45)
        assert (await ask("make_videos", **call))["state"] == "already_begun"
    assert (status["counts"], story.charges, story.charged_twice) == ({"done": 2}, 2, {})
    assert all(row["video_url"] for row in status["rows"])
    assert status["last_run"]["exit_code"] == 0
    log = (story.folder / "leads.csv.log").read_text()
    assert all(secret not in f"{log}{status}{checked}" for secret in (story.env["HEYGEN_API_KEY"], "Hello again"))


def by_stdio(folder: Path, data: Path) -> StdioServerParameters:
    words = ["-m", "bulkgen", "mcp", "--folder", str(folder), "--sandbox", "--max-cost", "100"]
    return StdioServerParameters(
        command=sys.executable, args=words, env=environment({"BULKGEN_DATA_DIR": str(data)}), cwd=folder
    )


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="finds the server's process by /proc")
async def test_a_batch_goes_on_when_its_server_is_killed_and_a_new_one_knows_it(tmp_path: Path) -> None:
    avatars(tmp_path, 30)
    resume, data = tmp_path / "a.csv.sandbox.resume.jsonl", tmp_path / "data"
    call: dict[str, object] = {"sheet": "a.csv"}
    with contextlib.suppress(Exception):  # whatever a client says of a server that is gone
        async with Client(by_stdio(tmp_path, data), read_timeout_seconds=20) as client:
            checked = (await client.call_tool("check_sheet", call)).structured_content
            assert checked is not None
            call = {**call, "plan": checked["plan"], "videos": 30, "max_cost_usd": 50}
            made = (await client.call_tool("make_videos", call)).structured_content
            assert made is not None
            for server in servers(tmp_path):
                os.kill(server, signal.SIGKILL)
            await client.call_tool("list_sheets", {})
    assert len([event for event in events(resume) if event["event"] == "finished"]) < 30
    async with Client(by_stdio(tmp_path, data)) as client:
        again = (await client.call_tool("make_videos", call)).structured_content
        assert again is not None
        assert again["state"] == "already_begun"
        status = (await client.call_tool("sheet_status", {"sheet": "a.csv", "wait_s": 45})).structured_content
    assert status is not None
    assert (status["running"], status["counts"]) == (False, {"done": 30})
    told = [event["fingerprint"] for event in events(resume) if event["event"] == "submitting"]
    assert len(told) == len({*told}) == 30


@pytest.mark.slow
async def test_a_run_that_was_started_is_stopped_and_its_rest_made_by_a_new_plan(tmp_path: Path) -> None:
    avatars(tmp_path, 30)
    desk = Desk(Options(folder=tmp_path, sandbox=True))
    async with assistant(tmp_path, desk=desk) as ask:
        checked = await ask("check_sheet", sheet="a.csv")
        call = {"sheet": "a.csv", "plan": checked["plan"], "videos": 30, "max_cost_usd": 50}
        assert (await ask("make_videos", **call))["state"] == "started"
        assert (await ask("stop", sheet="a.csv"))["state"] == "stopped"
        status = await ask("sheet_status", sheet="a.csv")
        assert status["last_run"]["exit_code"] == 130
        assert "new plan" in (await ask("make_videos", **call))["message"]
        rest = await ask("check_sheet", sheet="a.csv")
        assert 0 < rest["videos"] < 30
        call = {"sheet": "a.csv", "plan": rest["plan"], "videos": rest["videos"], "max_cost_usd": 50}
        assert (await ask("make_videos", **call))["state"] == "started"
        status = await ask("sheet_status", sheet="a.csv", wait_s=45)
    assert (status["running"], status["counts"]) == (False, {"done": 30})


def servers(folder: Path) -> list[int]:
    """The processes that serve the folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue

        if b"mcp" in words and str(folder).encode() in words:
            found.append(int(process.name))
    return found


@pytest.mark.slow
def test_nothing_but_the_protocol_is_on_standard_output(tmp_path: Path) -> None:
    avatars(tmp_path, 1)
    words = by_stdio(tmp_path, tmp_path / "data")
    hello = (
        '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},'
        '"clientInfo":{"name":"t","version":"1"}}}\n{"jsonrpc":"2.0","method":"notifications/initialized"}\n'
        '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"check_sheet","arguments":{"sheet":"a.csv"}}}\n'
    )
    process = subprocess.Popen(
        [words.command, *words.args],
        cwd=tmp_path,
        env=words.env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(hello)
        process.stdin.flush()
        lines = [process.stdout.readline(), process.stdout.readline()]
        process.stdin.close()
        began = time.monotonic()
        assert process.wait(20) == 0
        assert time.monotonic() - began < 10
        lines.append(process.stdout.read())
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert all(line.startswith('{"jsonrpc":"2.0"') for line in lines[:2])
    assert lines[2] == ""
    assert "Hello number 0" not in "".join(lines)
    wait_for(lambda: not servers(tmp_path), 5)
