from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bulkgen.batch.plan import Plan, make_plan
from bulkgen.kinds.life import AfterLoss
from bulkgen.ledger.state import NEW, State
from bulkgen.ledger.steps import Policy, Step, next_step
from bulkgen.model import Table
from tests.making import built, table

HEADERS = ["text", "voice_id", "row_id"]


def sheet(*texts: str, ids: bool = False) -> Table:
    return table(HEADERS, *([text, "v_1", f"id-{n}" if ids else None] for n, text in enumerate(texts)))


def plan(given: Table, states: Mapping[str, State], limit: int | None = None) -> Plan:
    return make_plan(
        built(given).rows,
        states,
        lambda job: next_step(states.get(job.fingerprint, NEW), Policy(), now=0, lost=AfterLoss.RESEND),
        limit=limit,
    )


def done(given: Table) -> dict[str, State]:
    """The states after a run over this sheet."""
    return {
        job.fingerprint: State(1, "finished", row=job.row, row_id=job.row_id, language=job.language)
        for row in built(given).rows
        for job in row.jobs
    }


def test_a_new_sheet_is_all_to_be_sent() -> None:
    made = plan(sheet("a", "b"), {})
    assert len(made.send) == 2
    assert (made.replaced, made.gone, made.shared) == ((), 0, 0)


def test_a_finished_sheet_has_nothing_to_send_however_it_is_sorted() -> None:
    states = done(sheet("a", "b", "c"))
    made = plan(sheet("c", "a", "b"), states)
    assert made.send == ()
    assert made.gone == 0


def test_a_row_put_in_above_replaces_nothing() -> None:
    made = plan(sheet("new", "a", "b"), done(sheet("a", "b")))
    assert [job.body["text"] for job in made.send] == ["new"]
    assert made.replaced == ()


@pytest.mark.parametrize("ids", [False, True])
def test_an_edited_row_replaces_the_result_it_had(ids: bool) -> None:
    made = plan(sheet("a", "B!", ids=ids), done(sheet("a", "b", ids=ids)))
    assert [job.body["text"] for job in made.replaced] == ["B!"]
    assert made.gone == 0  # the row is there still


@pytest.mark.parametrize("ids", [False, True])
def test_what_was_replaced_is_not_gone_however_often_it_was(ids: bool) -> None:
    first, second, third = (sheet("a", text, ids=ids) for text in ("b", "b!", "b!!"))
    sent = [
        {key: replace(state, last_sent=at) for key, state in done(each).items()}
        for at, each in ((1.0, first), (2.0, second), (3.0, third))
    ]
    states = sent[0] | sent[1] | sent[2]
    made = plan(third, states)
    assert (made.send, made.replaced, made.gone) == ((), (), 0)
    assert plan(sheet("a", ids=ids), states).gone == 3


def test_a_result_is_gone_where_only_an_older_one_was_made_at_its_row() -> None:
    """A row was put in above, made, and taken out again: the row that moved down and up is not the same."""
    old = {key: replace(state, last_sent=1.0) for key, state in done(sheet("a", "b")).items()}
    new = {key: replace(state, last_sent=2.0) for key, state in done(sheet("new")).items()}
    assert plan(sheet("a", "b"), old | new).gone == 1


def test_a_result_whose_replacement_is_left_for_later_is_not_gone() -> None:
    made = plan(sheet("A", "B"), done(sheet("a", "b", "c")), limit=1)
    assert (len(made.replaced), made.replaced_later, made.gone) == (1, 1, 1)


def test_a_language_taken_out_of_a_row_leaves_the_row_there() -> None:
    link = "https://example.com/old.mp4"
    before = table(["video", "languages"], [link, "French; English"])
    after = table(["video", "languages"], [link, "French"])
    assert plan(after, done(before)).gone == 0


def test_a_row_with_an_id_is_followed_by_its_id_when_it_moves() -> None:
    before = table(HEADERS, ["a", "v_1", "x"], ["b", "v_1", "y"])
    after = table(HEADERS, ["b edited", "v_1", "y"], ["a", "v_1", "x"])
    assert [job.row_id for job in plan(after, done(before)).replaced] == ["y"]


def test_a_deleted_row_is_gone_and_replaces_nothing() -> None:
    made = plan(sheet("a"), done(sheet("a", "b")))
    assert (made.send, made.replaced, made.gone) == ((), (), 1)


def test_languages_are_replaced_each_by_its_own() -> None:
    link = "https://example.com/"
    before = table(["video", "languages"], [link + "old.mp4", "French; English"])
    after = table(["video", "languages"], [link + "new.mp4", "French; English"])
    assert [job.language for job in plan(after, done(before)).replaced] == ["French", "English"]


def test_rows_that_ask_for_the_same_are_one_job_in_the_plan() -> None:
    made = plan(sheet("a", "a", "b"), {})
    assert (len(made.jobs), made.shared) == (2, 1)


def test_a_limit_holds_new_jobs_back_but_not_those_already_sent() -> None:
    given = sheet("a", "b", "c")
    first = built(given).rows[0].jobs[0]
    made = plan(given, {first.fingerprint: State(1, "submitting")}, limit=1)
    assert [made.steps[job.fingerprint] for job in made.send] == [Step.SEND_AGAIN, Step.SEND]
    assert len(made.held_back) == 1


def test_what_is_being_made_for_a_row_as_it_was_is_overtaken() -> None:
    before = sheet("a", "b", "c")
    keys = list(done(before))
    states = {key: State(1, last, row=row, kind="avatar") for key, last, row in
              zip(keys, ("submitted", "submitting", "finished"), (2, 3, 4), strict=True)}  # fmt: skip
    made = plan(sheet("A", "B", "C"), states)
    assert (len(made.replaced), made.overtaken, made.renamed, made.gone) == (3, 2, 0, 0)
    assert [job.fingerprint for job in made.left] == keys[:2]
    assert {job.fingerprint for job in made.moving} >= set(keys[:2])


def test_a_renamed_sheet_is_replaced_where_it_is_not_known_better() -> None:
    before = done(sheet("a", "b", "c"))
    rows = built(sheet("a", "B", "C")).rows
    own = {key: state for key, state in before.items() if state.row != 4}
    made = make_plan(rows, own, lambda job: Step.SEND, renamed=before)
    assert (len(made.replaced), made.renamed) == (2, 1)


def test_a_worksheet_replaces_what_is_its_own_or_what_a_worksheet_had_that_is_gone() -> None:
    states = {key: replace(state, sheet="Spanish") for key, state in done(sheet("a", "b", "c")).items()}
    rows = built(sheet("A", "B")).rows

    def replaced_and_gone(states: Mapping[str, State], name: str) -> tuple[int, int]:
        made = make_plan(rows, states, lambda job: Step.SEND, sheet=name)
        return len(made.replaced), made.gone

    assert replaced_and_gone(states, "Spanish") == replaced_and_gone(states, "Sheet1") == (2, 1)
    both = states | {"other": State(1, "finished", row=7, sheet="French")}
    assert replaced_and_gone(both, "Spanish") == (2, 1)


def test_what_moved_and_what_it_may_have_been_are_of_one_kind_and_language() -> None:
    link = "https://example.com/"
    before = table(["video", "languages"], [link + "1.mp4", "French"], [link + "2.mp4", "English"])
    states = {key: replace(state, kind="translation", row=state.row + 10) for key, state in done(before).items()}
    after = table(["video", "languages"], [link + "3.mp4", "french; Spanish (Spain)"], [link + "4.mp4", "French"])
    made = plan(after, states)
    assert ([job.language for job in made.replaced], made.supposed, made.overtaken) == (["French"], 1, 0)
    running = {key: replace(state, last="submitted") for key, state in states.items()}
    made = plan(after, running)
    assert (len(made.replaced), made.supposed, made.overtaken) == (1, 0, 1)
    assert plan(after, {key: replace(state, kind="avatar") for key, state in states.items()}).replaced == ()
    assert plan(after, {key: replace(state, left=True) for key, state in states.items()}).replaced == ()
