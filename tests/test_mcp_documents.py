"""What assistants, and the people who use them, are told about the server is what it does."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import anyio
import pytest

from bulkgen.errors import Exit
from bulkgen.mcp.clients import Client
from bulkgen.mcp.options import TOOLS, Options
from bulkgen.mcp.server import server
from tests.command import ROOT, SAMPLES, bulkgen, results

ASSISTANTS = (ROOT / "docs" / "ASSISTANTS.md").read_text(encoding="utf-8")
REFERENCE = (ROOT / "docs" / "REFERENCE.md").read_text(encoding="utf-8")
SKILL = ROOT / "docs" / "skills" / "bulkgen" / "SKILL.md"
FRONT, BODY = re.fullmatch(r"---\n(.*?)\n---\n(.*)", SKILL.read_text(encoding="utf-8"), flags=re.S).groups()  # type: ignore[union-attr]  # else no test here runs

#: What is to be typed in a terminal.
TYPED = [line for block in re.findall(r"```sh\n(.*?)```", ASSISTANTS, flags=re.S) for line in block.splitlines()]

#: How the names of tools are made.
_TOOL = re.compile(r"`((?:list|new|check|make|sheet|get|edit|delete|run)_[a-z_]+)`")


def test_every_tool_is_explained_and_none_that_there_is_not() -> None:
    means = REFERENCE.partition("## For assistants")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", means, flags=re.M) == [*TOOLS]
    arguments = {"max_cost_usd"}
    for text in (means, ASSISTANTS):
        assert set(_TOOL.findall(text)) - arguments <= {*TOOLS}
    assert {*TOOLS} - {"list_sheets"} <= {*_TOOL.findall(ASSISTANTS), *re.findall(r"\*(stop)\*", ASSISTANTS)}


def test_the_prompts_are_called_as_the_programs_show_them(tmp_path: Path) -> None:
    prompts = anyio.run(server(Options(folder=tmp_path)).list_prompts)
    assert prompts
    for prompt in prompts:
        assert f"the prompt *{prompt.title}*" in ASSISTANTS
        assert f"`{prompt.name}`" in REFERENCE


@pytest.mark.parametrize("line", [line for line in TYPED if "--install" in line])
def test_what_is_to_be_typed_gives_an_entry(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/opt/bulkgen/bin/python")
    monkeypatch.setattr(sys, "prefix", "/opt/bulkgen")
    (tmp_path / "videos").mkdir()
    words = line.replace("~", str(tmp_path)).split()[1:]
    done = bulkgen(tmp_path, *words, "--print", env={"HOME": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    (servers,) = json.loads(done.stdout).values()
    assert servers["bulkgen"]["args"][-4:] == ["--folder", str(tmp_path / "videos"), "--max-cost", "50.00"]


def test_there_is_a_line_to_type_for_each_program() -> None:
    assert [word for line in TYPED for word in re.findall(r"--install (\w+)", line)] == [*Client]


def test_a_coding_agent_finds_the_skill_by_what_it_says_first() -> None:
    said = dict(line.split(": ", 1) for line in FRONT.splitlines())
    assert {*said} == {"name", "description"}
    assert said["name"] == SKILL.parent.name
    assert 100 < len(said["description"]) <= 1024
    assert len(BODY.splitlines()) < 150


def test_the_skill_knows_every_exit_code() -> None:
    assert re.findall(r"^\| (\d+) \|", BODY, flags=re.M) == [str(int(code)) for code in Exit]


def test_the_skill_never_has_a_key_typed_or_money_spent_without_a_limit() -> None:
    assert "HEYGEN_API_KEY" not in BODY
    typed = re.findall(r"`(bulkgen [^`]+)`", BODY.partition("## Which command when")[2])
    paid = [line for line in typed if line.startswith("bulkgen run") and "--sandbox" not in line]
    assert len(paid) > 2
    assert [line for line in paid if "--max-cost" not in line] == []


def test_the_loop_of_the_skill_ends_in_a_table_of_links(tmp_path: Path) -> None:
    """As it stands there, in a rehearsal: a check, and a run of just what was checked."""
    for name in ("leads.xlsx", "broken.csv"):
        shutil.copy(SAMPLES / name, tmp_path)
    loop = BODY.partition("## The loop")[2].partition("\n## ")[0]
    check, run = (line.split()[1:] for line in re.findall(r"`(bulkgen [^`]+)`", loop))
    checked = json.loads(bulkgen(tmp_path, *check, "--sandbox").stdout)
    filled = {"LIMIT": "50", "PLAN": checked["plan"]}
    made = bulkgen(tmp_path, *(filled.get(word, word) for word in run), "--sandbox")
    told = json.loads(made.stdout)
    assert (made.returncode, told["new"]) == (0, checked["to_send"]), made.stderr
    named = set(re.findall(r"`([a-z_]+)`", loop))
    finding = json.loads(bulkgen(tmp_path, "check", "broken.csv", "--sandbox", "--json").stdout)["mistakes"][0]
    assert named <= {*checked, *told, *checked["cost"], *told["jobs"][0], *finding}
    again = bulkgen(tmp_path, *(filled.get(word, word) for word in run), "--sandbox")
    assert again.returncode == 2  # the plan of a check is made once
    assert [line["result_status"] for line in results(tmp_path, "leads.sandbox.results.xlsx")] == ["done"] * 12
