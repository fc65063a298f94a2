"""The server as a client sees it that has nothing of ours: the inspector of the protocol, from npm."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bulkgen.mcp.options import TOOLS
from tests.command import ROOT, SAMPLES, environment, results
from tests.inspector import TOOL_FAILED, Inspector, ended


def test_over_standard_input_and_output_a_sheet_is_checked_and_a_stale_plan_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "sheets"
    folder.mkdir()
    shutil.copy(SAMPLES / "leads.xlsx", folder)
    inspector = Inspector(tmp_path, ["--folder", str(folder), "--sandbox"])
    listing, checking = inspector.begin("tools/list", "--strict"), inspector.begin("check_sheet", sheet="leads.xlsx")
    stale = inspector.begin("make_videos", sheet="leads.xlsx", plan="0123456789abcdef", videos=12, max_cost_usd=50)
    listed, checked, refused = ended(listing), ended(checking), ended(stale)
    assert (listed.code, {tool["name"] for tool in listed.data["tools"]}) == (0, {*TOOLS})
    assert (checked.code, checked.result["state"], checked.result["videos"]) == (0, "ready", 12)
    assert refused.code == TOOL_FAILED
    assert "Call check_sheet again" in refused.text
    assert [path.name for path in folder.iterdir()] == ["leads.xlsx"]


@pytest.mark.slow
def test_over_http_all_of_it_from_the_list_of_sheets_to_the_last_video(tmp_path: Path) -> None:
    folder = tmp_path / "sheets"
    folder.mkdir()
    shutil.copy(SAMPLES / "leads.xlsx", folder)
    with served(tmp_path, "--folder", str(folder), "--sandbox", "--max-cost", "60") as (address, token):
        inspector = Inspector(tmp_path, [address], "--header", f"Authorization: Bearer {token}")
        stranger = Inspector(tmp_path, [address], "--header", "Authorization: Bearer wrong")
        listed, unknown = ended(inspector.begin("list_sheets")), ended(stranger.begin("tools/list"))
        assert (listed.code, [sheet["sheet"] for sheet in listed.result["sheets"]]) == (0, ["leads.xlsx"])
        assert unknown.code != 0
        assert not unknown.data

        check = inspector.call("check_sheet", sheet="leads.xlsx").result
        plan = {"sheet": "leads.xlsx", "plan": check["plan"], "videos": check["videos"]}
        above = inspector.call("make_videos", **plan, max_cost_usd=61)
        assert (above.code, "--max-cost" in above.text) == (TOOL_FAILED, True), above.text
        made = inspector.call("make_videos", **plan, max_cost_usd=50)
        assert (made.code, made.result["state"]) == (0, "started"), made
        again = inspector.call("make_videos", **plan, max_cost_usd=50)
        assert (again.code, again.result["state"]) == (0, "already_begun")
        for _ in range(5):
            status = inspector.call("sheet_status", sheet="leads.xlsx", wait_s=45)
            if not status.result["running"]:
                break
        assert status.result["counts"] == {"done": 12}
        assert inspector.call("stop", sheet="leads.xlsx").code == 0  # there is nothing left to stop
    lines = results(folder, "leads.sandbox.results.xlsx")
    assert [line["result_status"] for line in lines] == ["done"] * 12
    assert all(line["result_page_url"] for line in lines)


@contextmanager
def served(home: Path, *words: str) -> Iterator[tuple[str, str]]:
    """A server of its own process at a free port; its address and its token, as a person reads them."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "bulkgen", "mcp", "--http", "--port", "0", *words],
        env=environment({"PYTHONPATH": str(ROOT), "BULKGEN_DATA_DIR": str(home / "data")}),
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stderr is not None
    try:
        told = ""
        while "Ctrl-C" not in told:
            line = process.stderr.readline()
            assert line, told
            told += line
        address, token = re.search(r"http://\S+", told), re.search(r"Bearer (\S+)", told)
        assert address is not None
        assert token is not None
        yield address[0], token[1]
        process.send_signal(signal.SIGTERM)
        said = process.stderr.read()
        assert (process.wait(30), said) == (0, "")
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
