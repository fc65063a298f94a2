"""From cells to fingerprints, the whole way: what was paid before an upgrade is found again after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulkgen.errors import Exit
from bulkgen.kinds import KINDS
from bulkgen.kinds.kind import Kind
from tests.command import bulkgen, events
from tests.make_fingerprints import WHOLE, extended, jobs_of, read

GOLDEN = read()


@pytest.mark.parametrize("name", GOLDEN)
def test_a_sheet_of_an_earlier_release_makes_the_jobs_it_made_then(name: str) -> None:
    assert jobs_of(GOLDEN[name]) == GOLDEN[name]["jobs"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_every_name_of_every_column_has_a_golden_sheet(kind: Kind) -> None:
    names = {f"{kind.name}: {name}" for column in kind.columns for name in column.names}
    assert names <= GOLDEN.keys()


def test_the_golden_file_holds_every_sheet_that_there_is_to_hold() -> None:
    assert extended(GOLDEN).keys() == GOLDEN.keys()


def test_the_command_records_the_fingerprints_of_an_earlier_release(tmp_path: Path) -> None:
    case = GOLDEN[WHOLE]
    (tmp_path / "leads.csv").write_text(case["csv"], encoding="utf-8", newline="")
    options = [f"--{option}={name}={value}" for option in ("set", "map") for name, value in case[option].items()]
    done = bulkgen(tmp_path, "run", "leads.csv", "--sandbox", "--no-wait", *options)
    assert done.returncode in (Exit.OK, Exit.NOT_FINISHED), done.stderr
    sent = [event for event in events(tmp_path / "leads.csv.sandbox.resume.jsonl") if event["event"] == "submitting"]
    assert {f"{e['row']} {e.get('language', '')}".strip(): e["fingerprint"] for e in sent} == case["jobs"]
