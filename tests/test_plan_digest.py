"""The plan's digest: what was checked is what is sent, or nothing is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.ledger.begun import begun_with
from bulkgen.ledger.events import Event, begun, ended
from tests.command import avatars, bulkgen, events

SANDBOX = "--sandbox"


def plan_of(folder: Path, *options: str, sheet: str = "a.csv", sandbox: str = SANDBOX) -> str | None:
    told = json.loads(bulkgen(folder, "check", sheet, "--json", *options, *filter(None, [sandbox])).stdout)
    plan = told["plan"]
    assert plan is None or isinstance(plan, str)
    return plan


def test_a_run_of_the_plan_that_was_checked_makes_it_and_says_so_on_record(tmp_path: Path) -> None:
    avatars(tmp_path, 2)
    plan = plan_of(tmp_path)
    assert bulkgen(tmp_path, "run", "a.csv", SANDBOX, "--plan", plan).returncode == 0
    recorded = [each for each in events(tmp_path / "a.csv.sandbox.resume.jsonl") if each["event"] == "begun"]
    assert [(each["plan"], each["jobs"]) for each in recorded] == [(plan, 2)]


def test_another_plan_is_refused_and_nothing_is_sent(tmp_path: Path) -> None:
    avatars(tmp_path, 2)
    plan = plan_of(tmp_path)
    avatars(tmp_path, 3)
    done = bulkgen(tmp_path, "run", "a.csv", SANDBOX, "--plan", plan)
    assert done.returncode == 2
    assert "is another one by now" in " ".join(done.stderr.split())
    assert not (tmp_path / "a.csv.sandbox.resume.jsonl").exists()


def test_a_plan_that_was_begun_is_not_begun_again(tmp_path: Path) -> None:
    avatars(tmp_path, 2)
    plan = plan_of(tmp_path)
    bulkgen(tmp_path, "run", "a.csv", SANDBOX, "--plan", plan)
    before = events(tmp_path / "a.csv.sandbox.resume.jsonl")
    done = bulkgen(tmp_path, "run", "a.csv", SANDBOX, "--plan", plan)
    assert done.returncode == 2
    assert "was begun already" in " ".join(done.stderr.split())
    assert events(tmp_path / "a.csv.sandbox.resume.jsonl") == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("crm-001", "crm-00l"),  # a column that is nobody's
        ("Hello number 1", "Hello number l"),
        ("crm_id", "crm id"),
        ("look_ann,Hello number 1", "look_ann, Hello number 1"),
    ],
)
def test_any_cell_that_changes_makes_another_plan(tmp_path: Path, old: str, new: str) -> None:
    avatars(tmp_path, 2)
    before, sheet = plan_of(tmp_path), tmp_path / "a.csv"
    sheet.write_text(sheet.read_text().replace(old, new))
    after = plan_of(tmp_path)
    assert after != before
    sheet.write_text(sheet.read_text().replace(new, old))
    assert plan_of(tmp_path) == before


@pytest.mark.parametrize(
    "options",
    [("--rows", "2"), ("--limit", "1"), ("--download",), ("--max-cost-total", "50"), ("--set", "voice_id=voice_anna")],
)
def test_another_setting_makes_another_plan(tmp_path: Path, options: tuple[str, ...]) -> None:
    avatars(tmp_path, 2)
    assert plan_of(tmp_path, *options) not in (None, plan_of(tmp_path))


def test_what_a_recipe_says_is_part_of_the_plan(tmp_path: Path) -> None:
    avatars(tmp_path, 2)
    before = plan_of(tmp_path)
    (tmp_path / "a.recipe.toml").write_text("download = true\n")
    assert plan_of(tmp_path) != before


def test_the_limit_of_the_run_and_how_it_is_told_are_not(tmp_path: Path) -> None:
    avatars(tmp_path, 2)
    assert plan_of(tmp_path, "--max-cost", "9", "--quiet", "--log-file", "x.log") == plan_of(tmp_path)


def test_the_same_sheet_has_the_same_plan_from_another_folder(tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    avatars(tmp_path / "desk", 2)
    (tmp_path / "desk" / "a.recipe.toml").write_text('out = "mine.csv"\n')
    assert plan_of(tmp_path, sheet="desk/a.csv") == plan_of(tmp_path / "desk")


def test_there_is_no_plan_where_nothing_can_be_sent(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("avatar_id,script\nlook_ann,\n")
    assert plan_of(tmp_path) is None
    avatars(tmp_path, 1)
    assert plan_of(tmp_path, "--offline") is None
    assert plan_of(tmp_path, sandbox="") is None  # without a key nobody knows whose account pays


EVENTS = st.lists(
    st.one_of(
        st.builds(begun, st.sampled_from("AB"), st.integers(0, 9)),
        st.builds(lambda key: {"event": "submitting", "fingerprint": key}, st.sampled_from("xyz")),
        st.builds(ended, st.sampled_from(["", "Spanish"])),
    ),
    max_size=12,
)


@given(EVENTS)
def test_what_was_sent_of_a_plan_is_what_was_sent_between_its_beginning_and_the_end_of_a_run(
    told: list[Event],
) -> None:
    at = max((place for place, event in enumerate(told) if event.get("plan") == "A"), default=None)
    found = begun_with(told, "A")
    assert (found is None) == (at is None)
    if at is not None and found:
        behind = told[at + 1 :]
        ends = (place for place, event in enumerate(behind) if event["event"] in ("begun", "ended"))
        assert found.jobs == told[at]["jobs"]
        assert found.sent == {event["fingerprint"] for event in behind[: next(ends, len(behind))]}
