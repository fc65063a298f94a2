"""What is to be done with the sheets of a hot folder: the pure core of `bulkgen watch`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulkgen.errors import Exit
from bulkgen.sheet import OTHERS, TEXTS, WORKBOOKS
from bulkgen.watch.decision import (
    ELSEWHERE,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    SETTLE,
    SETTLE_TORN,
    Candidate,
    Known,
    after_run,
    is_due,
    is_settled,
    next_up,
    pause_after,
)
from bulkgen.watch.memory import read_memory, write_memory
from bulkgen.watch.names import is_sheet_name, is_written_as, mark_of

ENDINGS = WORKBOOKS | TEXTS | OTHERS
NEEDS_A_PERSON = [Exit.OK, Exit.MISTAKES, Exit.SOME_FAILED, Exit.MAX_COST, Exit.RESUME_FILE]
_CODES = st.sampled_from([*map(int, Exit), -9, -11, 137])
_CAPS = st.none() | st.sampled_from([0.0, 5.0, 20.0])
_KNOWN = st.builds(
    Known,
    signature=st.sampled_from("ab"),
    code=_CODES,
    at=st.floats(0, 1e6),
    limit=_CAPS,
    checked=st.booleans(),
    tries=st.integers(1, 10**6),
    turn=st.booleans(),
)


def seen(known: Known | None = None, *, signature: str = "a", limit: float | None = None, **more: object) -> Candidate:
    return Candidate(name="leads.csv", signature=signature, limit=limit, known=known, **more)  # type: ignore[arg-type]


def ended(code: int, **more: object) -> Known:
    return Known(signature="a", code=code, at=1000.0, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name", ["leads.xlsx", "Leads 2026.XLSX", "a.xlsm", "a.csv", "a.tsv", "a.txt", "old.xls", "a.ods", "results.csv"]
)
def test_what_a_person_drops_is_a_sheet(name: str) -> None:
    assert is_sheet_name(name, ENDINGS)


@pytest.mark.parametrize(
    "name",
    ["leads.results.xlsx", "leads.results-2.xlsx", "leads.sandbox.results.csv", "leads.Spanish.results.csv",
     "leads.failed.xlsx", "leads.check.xlsx", "leads.check-3.xlsx", "leads.xlsx.resume.jsonl", "leads.results.html",
     "~$leads.xlsx", ".~lock.leads.xlsx#", ".leads.csv", ".leads.csv.123.part", "leads.csv.part",
     "leads.csv.crdownload", "leads.xlsx.tmp", "Unconfirmed 1.crdownload", "leads.recipe.toml", "bulkgen.recipe.toml",
     "photo.jpg", "~WRL0001.tmp", "two\nlines.results.csv"],
)  # fmt: skip
def test_what_bulkgen_and_other_programs_put_there_is_none(name: str) -> None:
    assert not is_sheet_name(name, ENDINGS)


def test_what_a_recipe_has_written_is_none_by_whatever_number_and_sheet() -> None:
    assert all(is_written_as(name, "mail.csv") for name in ("mail.csv", "mail-2.csv", "mail.Spa\nnish.csv"))
    assert not any(is_written_as(name, "mail.csv") for name in ("mails.csv", "mail.xlsx", "email.csv", "mail 2.csv"))


def test_the_marks_of_both_programs_are_known() -> None:
    assert mark_of("a.xlsx", ["~$a.xlsx"]) == "~$a.xlsx"
    assert mark_of("a.ods", [".~lock.a.ods#"]) == ".~lock.a.ods#"
    assert mark_of("a.xlsx", ["~$b.xlsx", "a.xlsx"]) == ""


def test_a_file_is_opened_when_it_stands_still_and_later_where_its_end_is_missing() -> None:
    assert [is_settled(t, whole=True) for t in (0.0, SETTLE - 0.1, SETTLE)] == [False, False, True]
    assert [is_settled(t, whole=False) for t in (SETTLE, SETTLE_TORN - 1, SETTLE_TORN)] == [False, False, True]


@given(_KNOWN, _CAPS, st.floats(0, 1e6))
def test_a_changed_sheet_is_always_due(known: Known, limit: float | None, now: float) -> None:
    assert is_due(seen(known, signature="c", limit=limit), now)
    assert is_due(seen(None, limit=limit), now)


@given(st.sampled_from(NEEDS_A_PERSON), st.floats(0, 1e9), st.booleans(), st.integers(1, 99))
def test_what_needs_a_person_is_not_run_again_by_itself(code: Exit, later: float, checked: bool, tries: int) -> None:
    assert not is_due(seen(ended(code, checked=checked, tries=tries)), 1000.0 + later)


@given(_CODES.filter(lambda code: code not in NEEDS_A_PERSON), st.integers(1, 99))
def test_what_may_come_right_by_itself_is_tried_again_within_the_hour(code: int, tries: int) -> None:
    known = ended(code, tries=tries)
    assert is_due(seen(known), 1000.0 + LONGEST_PAUSE)
    assert not is_due(seen(known), 1000.0 + 1)


def test_pauses_grow_and_have_an_end() -> None:
    pauses = [pause_after(ended(Exit.NOT_FINISHED, tries=tries)) for tries in (1, 2, 3, 7, 10_000)]
    assert pauses == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]
    assert pause_after(ended(Exit.OUT_OF_CREDIT, tries=9)) == pause_after(ended(Exit.KEY)) == ELSEWHERE


def test_a_run_whose_turn_was_over_goes_on_at_once_but_behind_those_who_had_fewer() -> None:
    known = after_run(seen(ended(Exit.NOT_FINISHED)), Exit.NOT_FINISHED, 1000.0, turn=True)
    assert is_due(seen(known), 1000.0)
    long, short = seen(known, turns=1, order=0), seen(turns=0, order=9)
    assert next_up([long, short], 1) == [short]


@given(st.lists(st.builds(lambda order, turns: seen(order=order, turns=turns), st.integers(0, 99), st.integers(0, 9))),
       st.integers(-3, 5))  # fmt: skip
def test_no_more_are_started_than_there_is_room_for(due: list[Candidate], room: int) -> None:
    chosen = next_up(due, room)
    assert len(chosen) == min(max(room, 0), len(due))
    left = [each for each in due if each not in chosen]
    assert all((one.turns, one.order) <= (other.turns, other.order) for one in chosen for other in left)


def test_another_limit_than_was_typed_before_is_a_reason_to_look_again_but_not_at_what_is_done() -> None:
    assert is_due(seen(ended(Exit.MAX_COST, limit=5.0), limit=9.0), 1001.0)
    assert is_due(seen(ended(Exit.OK, checked=True), limit=9.0), 1001.0)
    assert not is_due(seen(ended(Exit.OK, limit=5.0), limit=9.0), 1001.0)


def test_a_google_sheet_is_looked_at_again_and_again() -> None:
    for code in (Exit.OK, Exit.MISTAKES, Exit.SOME_FAILED):
        known = ended(code)
        assert not is_due(seen(known, every=900.0), 1000.0 + 899)
        assert is_due(seen(known, every=900.0), 1000.0 + 900)


@given(_KNOWN, _CODES, _CAPS, st.booleans(), st.booleans())
def test_tries_count_only_what_ended_alike_with_nothing_changed(
    known: Known, code: int, limit: float | None, checked: bool, turn: bool
) -> None:
    after = after_run(seen(known, limit=limit), code, 2000.0, checked=checked, turn=turn)
    alike = known.signature == "a" and known.code == code and not turn
    assert after.tries == (known.tries + 1 if alike else 1)
    assert (after.code, after.limit, after.checked, after.turn) == (code, limit, checked, turn)


def test_a_clock_that_was_set_back_keeps_nothing_waiting_for_days() -> None:
    assert is_due(seen(ended(Exit.NOT_FINISHED)), 0.0)
    assert not is_due(seen(ended(Exit.MISTAKES)), 0.0)


@settings(max_examples=30)
@given(st.dictionaries(st.text(max_size=9), _KNOWN, max_size=4))
def test_what_is_remembered_is_read_as_it_was_written(sheets: dict[str, Known]) -> None:
    with TemporaryDirectory() as name:
        path = Path(name) / "memory.json"
        write_memory(path, sheets, {})
        assert read_memory(path) == sheets


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": 2, "sheets": {}}', '{"format": 1, "sheets": {"a": {"code": "x"}}}', "[" * 10**5]
)
def test_a_memory_that_can_not_be_read_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "memory.json").write_text(text)
    assert read_memory(tmp_path / "memory.json") == {}
