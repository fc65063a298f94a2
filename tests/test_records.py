"""The results for programs: `--json`, `leads.results.json`, and the schemas that say what stands in them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from bulkgen.cli.records import printed
from bulkgen.kinds.outcome import Detail, Links
from bulkgen.ledger.state import State
from bulkgen.pricing.cost import Cost
from bulkgen.pricing.prices import Unit
from bulkgen.pricing.spread import Spread
from bulkgen.results.entries import entries
from bulkgen.results.records import job_record, own_columns
from tests.command import ROOT, SAMPLES, bulkgen
from tests.making import built, table
from tests.story import Story


def schema(name: str) -> dict[str, Any]:
    """The published schema, but with nothing allowed that it does not name."""
    found: dict[str, Any] = json.loads((ROOT / "docs" / name).read_text(encoding="utf-8"))
    for each in (found, *found["$defs"].values()):
        if "properties" in each:
            each["additionalProperties"] = False
    return found


def check(data: object, name: str) -> None:
    Draft202012Validator(schema(name)).validate(data)


def test_whatever_a_command_prints_fits_the_schema_and_the_schema_has_nothing_besides(tmp_path: Path) -> None:
    for sample in ("broken.csv", "mixed.csv"):
        shutil.copy(SAMPLES / sample, tmp_path)
    printed = [
        json.loads(bulkgen(tmp_path, *words, "--sandbox", "--json").stdout)
        for words in (
            ("check", "broken.csv"),
            ("run", "broken.csv"),
            ("run", "mixed.csv", "--test"),
            ("run", "mixed.csv"),
            ("status", "mixed.csv"),
            ("preview", "mixed.csv"),
            ("preview", "mixed.csv", "--listen"),
            ("run", "nothing.csv"),
            ("check", "mixed.csv", "--limit", "many"),
        )
    ]
    for data in printed:
        check(data, "json.schema.json")
    record = schema("json.schema.json")["$defs"]["CommandRecord"]["properties"]
    assert {name for data in printed for name in data} == record.keys()
    assert printed[-1].keys() == {"command", "exit_code", "message"}
    assert schema("json.schema.json")["required"] == ["command", "exit_code"]


def test_what_nobody_thought_of_is_printed_all_the_same() -> None:
    data = {"command": "run", "new": "many", "cost": {"low": None, "else": [1]}, "jobs": [{"row": 2}], "more": {"a": 1}}
    assert printed(data) == data


def test_the_file_has_every_job_with_its_links_and_the_columns_of_its_row(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script,E-mail,CRM id", "look_ann,Hello,ann@x.example,007")
    printed = json.loads(story.run("leads.csv", "--json-file", "--json").out)
    data = json.loads((story.folder / "leads.results.json").read_text("utf-8"))
    check(data, "results.schema.json")
    (job,) = data["jobs"]
    assert job["values"] == {"avatar_id": "look_ann", "script": "Hello", "E-mail": "ann@x.example", "CRM id": "007"}
    assert job["video_url"].startswith("http")
    assert (job["status"], job["attempt"], data["counts"]) == ("done", 1, {"done": 1})
    assert data["jobs"] == printed["jobs"]
    assert printed["page"] == "leads.results.html"


def test_without_the_setting_there_is_no_such_file_and_the_recipe_may_say_it(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    story.run("leads.csv")
    assert not (story.folder / "leads.results.json").exists()
    (story.folder / "leads.recipe.toml").write_text("json_file = true\npage = false\n", "utf-8")
    (story.folder / "leads.results.html").unlink()
    story.run("leads.csv")
    assert (story.folder / "leads.results.json").exists()
    assert not (story.folder / "leads.results.html").exists()


def test_a_column_without_a_header_between_others_has_a_name_all_the_same() -> None:
    sheet = table(["avatar_id", "", "Name", "name", "Name", "result_id"], ["a", "b", "c", "d", "e", "f"])
    assert own_columns(sheet) == {"avatar_id": 0, "column B": 1, "Name": 2, "name": 3, "Name (2)": 4}


def test_a_job_says_what_it_cost_and_why_it_failed() -> None:
    sheet = table(["avatar_id", "script"], ["look_ann", "Hello"])
    rows = built(sheet).rows
    (job,) = rows[0].jobs
    cost = Cost(currency="usd", unit=Unit.OUTPUT_SECOND, price=Spread.exactly(0.25), seconds=Spread.exactly(2.0))
    columns, detail = own_columns(sheet), Detail("completed", Links(video="https://h/v.mp4"), 3.0)

    def record(state: State) -> dict[str, Any]:
        (entry,) = entries(rows, {job.fingerprint: state})
        return job_record(entry, columns, detail).model_dump()

    done = record(State(1, "finished", id="v", own=True, cost=cost, duration=4.0, finished_at="2026-11-21T10:00:00Z"))
    assert (done["cost_usd"], done["duration_s"], done["code"], done["left"]) == (1.0, 3.0, None, None)
    failed = record(State(2, "failed", id="v", cost=cost, code="tts_text_invalid"))
    assert (failed["cost_usd"], failed["code"], failed["attempt"], failed["finished_at"]) == (
        None,
        "tts_text_invalid",
        2,
        None,
    )
    assert record(State(1, "finished", id="v", duration=4.0))["cost_usd"] is None
    assert record(State(2, "submitted", id="v", code="tts_text_invalid"))["code"] is None
