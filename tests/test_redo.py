"""Rows that are made again: killed anywhere meanwhile, what stays of the result before, and what the person is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from bulkgen.batch.redo import SHARED, Redo, ask_again
from bulkgen.ledger.events import format_time
from bulkgen.ledger.history import fold
from bulkgen.ledger.resume_file import ResumeFile
from bulkgen.ledger.state import State, Wish
from bulkgen.ledger.wishes import told, wishes
from bulkgen.model import Table
from bulkgen.rows.selection import parse_selection
from tests.making import built, speech_job, table, translation_job
from tests.scenario import BASE, START, Scenario
from tests.test_engine import avatars

DAY = 86_400.0


def redo(scenario: Scenario) -> None:
    """`--redo` of all jobs, as a command records it before anything is sent."""
    journal = ResumeFile(scenario.path, clock=scenario.now)
    journal.belongs_to(BASE, "me")
    states = fold(journal.events).states
    known = {job.fingerprint: states[job.fingerprint] for job in scenario.jobs}
    journal.append(*wishes(known, asked=format_time(scenario.now()), max_attempts=3))
    journal.close()


def tell(scenario: Scenario) -> None:
    """What a command records at its end."""
    journal = ResumeFile(scenario.path, clock=scenario.now)
    journal.belongs_to(BASE, "me")
    journal.append(*told(fold(journal.events).states, max_attempts=3))
    journal.close()


def test_killed_between_any_two_steps_each_job_is_made_again_once_and_its_result_is_never_gone(tmp_path: Path) -> None:
    step, crashed = 0, True
    while crashed:
        step += 1
        folder = tmp_path / str(step)
        folder.mkdir()
        scenario = Scenario(folder, [*avatars(2), translation_job(9), speech_job(20)], render=[1.0, 3.0])
        scenario.run()
        redo(scenario)
        scenario.run(crash_at=step)
        crashed = scenario.steps.taken >= step
        assert all(state.shown.done for state in fold(scenario.events()).states.values()), step
        redo(scenario)  # the same command once more
        scenario.run()
        tell(scenario)
        states = fold(scenario.events()).states.values()
        keyed = {key: count for key, count in scenario.charges.items() if key.startswith("bulkgen:")}
        assert (set(keyed.values()), len(keyed)) == ({1}, 6), step
        assert [state.attempt for state in states] == [2, 2, 2, 2], step
        assert sum(scenario.charges.values()) <= 8 + sum(state.repeats for state in states), step
        assert set(scenario.statuses()) == {"done"}, step
        redo(scenario)
        assert set(scenario.statuses()) == {"queued"}, step
    assert step > 25


def test_the_links_of_the_result_before_are_fetched_while_the_job_is_made_again(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(1), balance=1.0)
    scenario.run()
    (before,) = scenario.world.ledger.charges
    redo(scenario)
    engine = scenario.run()
    (job,) = scenario.jobs
    assert engine.run_state.of(job).shown.id == before["id"]
    assert engine.run_state.details[job.fingerprint].links.video
    assert scenario.statuses() == ["queued"]


def test_a_recording_of_before_that_is_gone_is_fetched_again_beside_the_new_one(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, [speech_job(2)])
    scenario.run()
    redo(scenario)
    scenario.files.dead = True  # its file has been moved, and its link has expired
    scenario.run()
    assert [state.good for state in fold(scenario.events()).states.values()] != [None]


# What the person is told ---------------------------------------------------------------------------------------------


def sheet(*texts: str) -> Table:
    return table(["text", "voice_id"], *([text, "v_1"] for text in texts))


def asked(given: Table, rows: str, states: Mapping[str, State] | None = None) -> Redo:
    selection = parse_selection(rows, "--redo")
    return ask_again(built(given).rows, selection, states or {}, now=START, max_attempts=3)


def made(given: Table, state: State) -> dict[str, State]:
    return {job.fingerprint: state for row in built(given).rows for job in row.jobs}


def test_only_the_jobs_of_the_rows_are_asked_for_each_once() -> None:
    given = sheet("a", "b", "a")
    found = asked(given, "2,4", made(given, State(1, "saved", id="v")))
    (event,) = found.events
    assert (event["after"], event["asked"]) == (1, format_time(START))
    assert [state.wished for state in found.added_to({}).values()] == [False]  # of which nothing is known
    assert found.notes == ()


def test_a_result_that_other_rows_share_is_told_but_not_for_ever() -> None:
    given = sheet(*(f"text {number}" for number in range(8)), *(f"text {number}" for number in range(8)))
    notes = asked(given, "2-9", made(given, State(1, "saved", id="v"))).notes
    assert notes[0].startswith("Rows 2, 10 ask for the same and share one result")
    assert len(notes) == SHARED + 1
    assert notes[-1] == "So do the rows of 2 more results that --redo makes again."
    assert asked(given, "2-9").notes == ()  # not made yet: nothing is made again


def test_a_command_that_goes_on_says_since_when() -> None:
    given = sheet("a")
    begun = Wish(1, format_time(START - DAY))
    (note,) = asked(given, "2", made(given, State(1, "saved", id="v", redo=begun))).notes
    assert note.startswith("This goes on with the --redo of 20 Sep 2026")
    ended = State(2, "saved", id="w", good=State(1, "saved", id="v"), redo=replace(begun, told=True))
    assert asked(given, "2", made(given, ended)).notes == ()
