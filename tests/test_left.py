"""Jobs that no row asks for any more: which ones are followed and shown, and that none of them is ever sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulkgen.batch.outcome import exit_code_of
from bulkgen.errors import Exit
from bulkgen.kinds.account import Account
from bulkgen.kinds.life import AfterLoss
from bulkgen.ledger.events import failed, finished, format_time, submitted, submitting
from bulkgen.ledger.history import fold
from bulkgen.ledger.left import left_jobs
from bulkgen.ledger.state import State, Wish
from bulkgen.ledger.steps import Policy, Step, next_step, unsent_step
from bulkgen.model import Handle, Table
from bulkgen.result_columns import LEFT
from bulkgen.results.entries import entries
from bulkgen.results.table import results_table
from bulkgen.results.writers import write_results
from bulkgen.rows.own_rows import own_rows
from bulkgen.sheet import read_sheet
from tests.making import avatar_job, built, table
from tests.scenario import Scenario
from tests.test_engine import avatars

HEADERS = ["text", "voice_id", "notes"]
SHEET = table(HEADERS, ["a", "v_1", "mine"], ["b", "v_1", None])
NOW = 1_790_000_000.0


def state(last: str, **changes: object) -> State:
    return State(1, last, **{"kind": "avatar", "row": 9, "first_sent": NOW, **changes})  # type: ignore[arg-type]


def left(states: dict[str, State], sheet: Table = SHEET, tab: str = "", account: Account | None = None) -> list[str]:
    rows = built(sheet, account).rows if account else built(sheet).rows
    return [job.fingerprint for job in left_jobs(rows, states, tab)]


def handle(of: Handle) -> Handle:
    return Handle(kind=of.kind, fingerprint=of.fingerprint, row=of.row, row_id="", title=of.title, language=of.language)


@pytest.mark.parametrize(
    ("known", "expected"),
    [(state("submitted", id="v"), True), (state("review", id="v"), True), (state("submitting"), True),
     (state("submitting", kind="speech"), False), (state("finished", kind="speech", link="https://h/a.mp3"), True),
     (state("finished", id="v"), False), (state("finished", id="v", left=True), True), (state("failed"), False),
     (state("failed", left=True), True), (state("unknown", id="v"), False), (state("refused"), False),
     (state("submitted", id="v", kind="hologram"), False)],
)  # fmt: skip
def test_what_is_paid_and_open_is_followed_and_what_ended_so_is_shown(known: State, expected: bool) -> None:
    assert left({"f": known}) == (["f"] if expected else [])


def test_what_has_ended_is_not_shown_for_ever() -> None:
    month = 31 * 86_400.0
    old = {"f": state("saved", left=True, last_sent=NOW), "g": state("submitted", id="v", last_sent=NOW)}
    assert left(old) == ["f", "g"]
    assert left({**old, "h": state("saved", last_sent=NOW + month)}) == ["g"]


def test_rows_that_are_there_keep_their_jobs_selected_or_not() -> None:
    jobs = [job for row in built(SHEET).rows for job in row.jobs]
    assert left({job.fingerprint: state("submitted", kind="speech", id="v") for job in jobs}) == []


def test_each_worksheet_has_its_own() -> None:
    states = {name: state("submitted", id=name, sheet=name) for name in ("", "Spanish", "French")}
    assert left(states, tab="Spanish") == ["", "Spanish"]


def test_a_row_whose_template_is_not_known_yet_may_ask_for_any_of_its_kind() -> None:
    sheet = table(["template_id", "first_name"], ["tpl_new", "Ann"])
    states = {"t": state("submitted", kind="template", id="t"), "a": state("submitted", id="a")}
    assert left(states, sheet, account=Account()) == ["a"]


@pytest.mark.parametrize("lost", AfterLoss)
@pytest.mark.parametrize("age", [60.0, 90_000.0])
def test_none_of_them_is_ever_sent(lost: AfterLoss, age: float) -> None:
    redo = Wish(5, "")
    for last in ("submitting", "refused", "submitted", "moved", "review", "unknown", "failed", "finished", "saved"):
        for known in (state(last), state(last, blocked=True), state(last, id="v", redo=redo)):
            step = unsent_step(known, now=NOW + age, lost=lost)
            assert step not in (Step.SEND, Step.SEND_AGAIN)
            if next_step(known, Policy(), now=NOW + age, lost=lost) in (Step.FOLLOW, Step.LOOK_UP):
                assert step is not Step.KEEP


def test_what_becomes_known_without_a_row_says_so_until_a_row_asks_again() -> None:
    job = avatar_job()
    events = [submitting(job, 1), submitted(job, 1, "v"), failed(handle(job), 1, "rendering_failed", "")]
    stamped = [{"at": format_time(NOW), **event} for event in events]
    assert fold(stamped).states[job.fingerprint].left
    again = [submitting(job, 2), submitted(job, 2, "w"), finished(job, 2, "w", duration=1.0, finished_at="")]
    stamped += [{"at": format_time(NOW), **event} for event in again]
    assert not fold(stamped).states[job.fingerprint].left


def test_they_hold_slots_and_are_collected_beside_the_rows(tmp_path: Path) -> None:
    jobs = avatars(6)
    scenario = Scenario(tmp_path, jobs)
    scenario.run(wait=False, concurrency=4)
    assert len(scenario.charges) == 4
    scenario.jobs, scenario.left = jobs[4:], [handle(job) for job in jobs[:4]]
    engine = scenario.run(wait=False, concurrency=5)
    assert len(scenario.charges) == 5  # one slot was free
    assert engine.gate.held == 5
    scenario.run(concurrency=5)
    states = fold(scenario.events()).states
    assert all(states[job.fingerprint].last == "finished" for job in jobs)
    assert [states[job.fingerprint].left for job in jobs] == [True] * 4 + [False] * 2


def test_a_title_of_the_persons_own_is_no_proof_where_nothing_else_is_known(tmp_path: Path) -> None:
    job = avatar_job(title="Hello")
    scenario = Scenario(tmp_path, [job], script=[{"fault": "drop_after", "path": "/v3/videos$"}])
    scenario.run(wait=False)
    scenario.jobs, scenario.left = [], [handle(job)]
    seen = []
    for hours in (0, 24):  # while its key lives its row may come back, and go on with it
        scenario.offset += hours * 3600
        scenario.run()
        seen.append(fold(scenario.events()).states[job.fingerprint])
    assert [known.last for known in seen] == ["submitting", "unknown"]
    assert "the account shows what it could be" in seen[1].message
    assert len(scenario.charges) == 1


def test_exit_codes_count_them_while_something_is_to_come() -> None:
    rows = built(table(HEADERS)).rows
    for known, code in ((state("submitted", id="v"), Exit.NOT_FINISHED), (state("failed", left=True), Exit.OK),
                        (state("unknown", left=True), Exit.OK), (state("finished", id="v", left=True), Exit.OK),
                        (state("finished", id="v", left=True, redo=Wish(1, "")), Exit.OK)):  # fmt: skip
        found = entries(rows, {"f": known})
        assert (len(found), exit_code_of(found)) == (1, code)


@pytest.mark.parametrize("name", ["r.csv", "r.xlsx"])
def test_their_lines_are_no_rows_when_the_results_are_read_again(tmp_path: Path, name: str) -> None:
    states = {"f": state("finished", id="v", left=True), "g": state("submitted", id="w", row=2, row_id="x")}
    results = results_table(SHEET, entries(built(SHEET).rows, states), {})
    read = read_sheet(write_results(results, tmp_path / name))
    assert [row.number for row in read.rows] == [2, 3, 4, 5]
    assert [row.cell(3).text for row in read.rows[2:]] == ["rendering", "done"]
    own = own_rows(read, {})
    assert (own.rows, own.behind) == (read.rows[:2], read.rows[2:])


def test_a_note_beside_such_a_line_makes_no_row_of_it_and_stays() -> None:
    told = f"Row 4 {LEFT}: the result of the row as it was"
    lines = [
        [None, None, "mine", "done", told, "v"],
        [None, None, "a note", "done", "", ""],
        ["Hi", None, None, "done", told, "w"],
    ]
    sheet = table([*HEADERS, "result_status", "result_error", "result_id"], *lines)
    own = own_rows(sheet, {})
    assert [row.number for row in own.rows] == [3, 4]
    assert own_rows(sheet, {"notes": "script"}) is sheet
    results = results_table(own, entries((), {"f": state("finished", id="v", left=True)}), {})
    assert [cell.text for cell in results.lines[0][:3]] == ["", "", "mine"]
