"""One job with several results: a line for each, wherever the lines stand by then; what is durable of them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.batch.outcome import exit_code_of
from bulkgen.errors import Exit
from bulkgen.kinds.outcome import Detail, Links, Part
from bulkgen.ledger.events import Event, finished, format_time, saved_part, submitted, submitting
from bulkgen.ledger.history import fold
from bulkgen.ledger.spending import Spending
from bulkgen.ledger.state import NEW, State, Status
from bulkgen.model import Row, Table
from bulkgen.pricing.cost import Cost, read_cost
from bulkgen.pricing.prices import Unit
from bulkgen.pricing.spread import Spread
from bulkgen.results.entries import Entry, count, entries
from bulkgen.results.failing import failing_rows
from bulkgen.results.parts import Line, parts_of
from bulkgen.results.previous import links_by_id
from bulkgen.results.summary import summary_of
from bulkgen.results.table import Results, results_table
from bulkgen.rows.file_names import FileNames
from tests.making import avatar_job, built, table
from tests.test_results import texts

NOW = 1_790_000_000.0
JOB = avatar_job()
WEEK = 7 * 86_400.0


def part(number: int, note: str = "") -> Part:
    links = Links(video=f"https://h.test/{number}.mp4")
    return Part(id=f"c{number}", title=f"Clip {number}", note=note, links=links, duration=10.0 * number)


THREE = (part(1, note="virality 87"), part(2), part(3))


def made(*parts: Part) -> State:
    return State(1, "finished", id="clip_1", parts=parts, finished_at="2026-11-21T10:00:00Z", own=True)


def results_of(sheet: Table, parts: Sequence[Part]) -> tuple[list[Entry], Results]:
    """The results of a sheet whose every job has made these parts."""
    rows = built(sheet).rows
    keys = {job.fingerprint for row in rows for job in row.jobs}
    detail = Detail("completed", parts[0].links, parts=tuple(parts)).given(NOW)
    found = entries(rows, {key: made(*parts) for key in keys})
    return found, results_table(sheet, found, dict.fromkeys(keys, detail))


def again(results: Results, order: random.Random | None = None) -> Table:
    """The results as a sheet, sorted by chance."""
    lines = list(results.lines)
    if order:
        order.shuffle(lines)
    rows = tuple(Row(number, line) for number, line in enumerate(lines, start=2))
    return Table(results.name, results.headers, rows)


def test_a_job_with_several_results_has_a_line_for_each_in_place() -> None:
    sheet = table(["avatar_id", "script", "crm"], ["look_ann", "Hi", "7"], ["look_ann", "Ho", "8"])
    lines = texts(results_of(sheet, THREE)[1])
    assert [(line["crm"], line["result_part"], line["result_video_url"][-5:]) for line in lines] == [
        (crm, number, f"{number}.mp4") for crm in "78" for number in "123"
    ]
    assert [line["result_part_id"] for line in lines[:3]] == ["c1", "c2", "c3"]
    assert lines[0]["result_part_about"] == "Clip 1 · virality 87"
    assert {line["result_id"] for line in lines} == {"clip_1"}
    assert [line["result_duration_s"] for line in lines[:3]] == ["10", "20", "30"]


def test_jobs_with_one_result_have_no_columns_of_parts() -> None:
    sheet = table(["avatar_id", "script"], ["look_ann", "Hi"])
    rows = built(sheet).rows
    found = entries(rows, {job.fingerprint: made() for row in rows for job in row.jobs})
    assert not [name for name in results_table(sheet, found, {}).headers if "part" in name]
    assert found[0].part == 0


def test_all_lines_of_a_job_count_once_and_the_first_has_its_cost() -> None:
    sheet = table(["avatar_id", "script"], ["look_ann", "Hi"])
    rows = built(sheet).rows
    cost = Cost(currency="usd", unit=Unit.ITEM, price=Spread.exactly(0.15), items=Spread(low=1, likely=5, high=9))
    state = replace(made(*THREE), cost=cost)
    found = entries(rows, {rows[0].jobs[0].fingerprint: state})
    assert [entry.cost_usd for entry in found] == [0.45, None, None]
    results = results_table(sheet, found, {})
    assert count(found) == results.counts == {"done": 1}
    summary = summary_of("leads", results, found)
    assert (summary.counts, summary.cost, summary.seconds) == ({Status.DONE: 1}, 0.45, 60.0)


@given(st.randoms(use_true_random=False), st.integers(1, 5), st.booleans())
def test_read_again_sorted_and_cut_the_lines_stay_what_they_are(order: random.Random, count: int, cut: bool) -> None:
    """However often: no line multiplies, each part has one, and the person's own cells stay beside it."""
    sheet = table(["avatar_id", "script", "crm"], ["look_ann", "Hi", "7"], ["look_ann", "Ho", "8"])
    parts = [part(number) for number in range(1, count + 1)]
    results = results_of(sheet, parts)[1]
    wanted = Counter((line["crm"], line["result_part"]) for line in texts(results))
    for _ in range(3):
        sheet = again(results, order)
        if cut and len(sheet.rows) > 2 * count - 1:  # one line goes, never the last of its row
            sheet = replace(sheet, rows=sheet.rows[1:] if count > 1 else sheet.rows)
        found, results = results_of(sheet, parts)
        assert len({entry.job.fingerprint for entry in found if entry.job}) == 2
        assert Counter((line["crm"], line["result_part"]) for line in texts(results)) == wanted


def test_a_row_that_shares_the_job_of_another_shows_all_its_parts_and_goes_on_so() -> None:
    sheet = table(["avatar_id", "script", "crm"], ["look_ann", "Hi", "7"], ["look_ann", "Hi", "8"])
    results = results_of(sheet, THREE)[1]
    for _ in range(3):
        assert [line["result_part"] for line in texts(results)] == ["1", "2", "3"] * 2
        results = results_of(again(results), THREE)[1]


def test_made_again_with_more_parts_the_new_ones_follow_the_old() -> None:
    sheet = again(results_of(table(["avatar_id", "script"], ["look_ann", "Hi"]), THREE)[1])
    more = results_of(sheet, (*THREE, part(4), part(5)))[1]
    assert [line["result_part"] for line in texts(more)] == ["1", "2", "3", "4", "5"]


def test_made_again_with_fewer_parts_a_line_goes_only_where_nothing_of_the_persons_is_lost() -> None:
    results = results_of(table(["avatar_id", "script", "note"], ["look_ann", "Hi", ""]), THREE)[1]
    fewer = results_of(again(results), THREE[:2])[1]
    assert [line["result_part"] for line in texts(fewer)] == ["1", "2"]
    noted = again(results)
    cells = list(noted.rows[2].cells)
    cells[noted.headers.index("note")] = replace(cells[0], text="mine", value="mine")
    noted = replace(noted, rows=(*noted.rows[:2], replace(noted.rows[2], cells=tuple(cells))))
    lines = texts(results_of(noted, THREE[:2])[1])
    assert [(line["note"], line["result_part"], line["result_video_url"] != "") for line in lines] == [
        ("", "1", True),
        ("", "2", True),
        ("mine", "3", False),
    ]


def test_only_lines_of_parts_that_are_gone_become_lines_of_those_there_are() -> None:
    lines = [Line(job="a", count=2, part=7, own="x"), Line(job="a", count=2, part=8, own="x")]
    assert parts_of(lines) == [range(1, 3), ()]


def test_a_line_of_a_part_stays_one_while_its_job_is_not_done() -> None:
    """Else the lines would multiply when the job has ended."""
    results = results_of(table(["avatar_id", "script"], ["look_ann", "Hi"]), THREE)[1]
    sheet = again(results)
    rows = built(sheet).rows
    waiting = results_table(sheet, entries(rows, {}), {})
    assert [(line["result_part"], line["result_status"]) for line in texts(waiting)] == [
        (number, "queued") for number in "123"
    ]
    assert waiting.counts == {"queued": 1}


def test_a_part_that_heygen_did_not_make_says_so_and_is_nobodys_task() -> None:
    sheet = table(["avatar_id", "script"], ["look_ann", "Hi"])
    found, results = results_of(sheet, (*THREE[:2], Part(id="c3", fault="No speech in it.")))
    lines = texts(results)
    assert [line["result_status"] for line in lines] == ["done", "done", "failed"]
    assert lines[2]["result_error"].startswith(
        "HeyGen made the other parts of this job, and failed at this one (No spe"
    )
    assert exit_code_of(found) is Exit.OK
    assert not failing_rows(results, [2, 3, 4], sheet.headers).lines
    assert results.counts == {"done": 1}


def test_parts_are_durable_without_their_links_but_for_those_that_come_once() -> None:
    at = {"at": format_time(NOW)}
    begun: list[Event] = [submitting(JOB, 1) | at, submitted(JOB, 1, "clip_1") | at]
    end = finished(JOB, 1, "clip_1", duration=None, finished_at="2026-11-21T10:00:00Z", parts=THREE) | at
    assert "https" not in str(end)
    state = fold([*begun, end]).states[JOB.fingerprint]
    assert state.parts == tuple(replace(each, links=Links()) for each in THREE)
    once = finished(JOB, 1, "v", duration=None, finished_at="", parts=[Part(links=Links(audio="https://x"))], once=True)
    assert fold([*begun, once | at]).states[JOB.fingerprint].parts[0].links.audio == "https://x"


@pytest.mark.parametrize("told", [None, 7, {"id": 3, "duration": "x"}, {"title": ["a"]}])
def test_whatever_stands_in_place_of_a_part_is_read_as_a_part_of_which_nothing_is_known(told: object) -> None:
    end = finished(JOB, 1, "clip_1", duration=None, finished_at="") | {"parts": [told], "at": format_time(NOW)}
    assert fold([submitting(JOB, 1), end]).states[JOB.fingerprint].parts == (Part(),)


def test_each_part_has_files_of_its_own() -> None:
    end = finished(JOB, 1, "clip_1", duration=None, finished_at="", parts=THREE)
    events = [
        submitting(JOB, 1),
        end,
        saved_part(JOB, 1, "leads.files/ann-1.mp4", 5, what="video", part=1),
        saved_part(JOB, 1, "leads.files/ann-2.mp4", 6, what="video", part=2),
        saved_part(JOB, 1, "leads.files/ann-2.srt", 7, what="captions", part=2),
    ]
    state = fold(events).states[JOB.fingerprint]
    assert [state.of_part(number).file for number in (1, 2, 3)] == [
        "leads.files/ann-1.mp4",
        "leads.files/ann-2.mp4",
        "",
    ]
    assert [each.what for each in state.of_part(2).beside] == ["captions"]
    assert state.of_part(0) is state
    assert state.of_part(9).file == ""


def test_the_files_of_parts_are_numbered_and_keep_their_names() -> None:
    names = FileNames({JOB.fingerprint: "ann"}, {})
    assert names.of(JOB, 1, 2)[0] == "ann-2"
    assert all(name.endswith("-2") for name in names.of(JOB, 1, 2))
    long = FileNames({JOB.fingerprint: "a" * 120}, {}).of(JOB, 1, 12)
    assert long[0] == f"{'a' * 117}-12"


def test_links_of_earlier_results_are_taken_by_the_ids_of_the_parts() -> None:
    sheet = table(["avatar_id", "script"], ["look_ann", "Hi"])
    results = results_of(sheet, THREE)[1]
    for order in (None, random.Random(3)):
        [detail] = links_by_id(again(results, order), NOW).values()
        assert {each.id: each.links.video for each in detail.parts} == {each.id: each.links.video for each in THREE}
        assert detail.of_part(1, "c3").links.video == "https://h.test/3.mp4"
    assert detail.of_part(1, "c9").links == Links()  # never another part's
    assert detail.of_part(0, "") is detail


def test_all_links_of_a_job_expire_with_the_first() -> None:
    detail = Detail("completed", THREE[0].links, parts=THREE).given(NOW)
    assert {each.links.expire_at for each in detail.parts} == {detail.links.expire_at} == {NOW + WEEK}


def test_a_job_is_complete_when_all_its_parts_have_links() -> None:
    half = (*THREE, Part(id="c4"))
    assert not Detail("completed", THREE[0].links, parts=half).has_result
    assert Detail("completed", THREE[0].links, parts=(*THREE, Part(id="c4", fault="no"))).has_result
    assert not Detail("completed").has_result


def test_a_job_costs_what_its_parts_do_and_the_most_until_they_are_known() -> None:
    cost = Cost(currency="usd", unit=Unit.ITEM, price=Spread.exactly(0.25), items=Spread(low=1, likely=4, high=10))
    assert cost.amount == Spread(low=0.25, likely=1.0, high=2.5)
    assert not cost.measured(12.0)
    assert cost.real(None, 3) == Spread.exactly(0.75)
    assert read_cost(cost.recorded()) == cost
    spending = Spending("usd")
    spending.take(submitting(JOB, 1, cost=cost))
    assert spending.ever.most == 2.5
    some = (*THREE[:2], Part(id="c3", fault="no"))
    spending.take(finished(JOB, 1, "clip_1", duration=None, finished_at="", parts=some))
    assert spending.ever.most == 0.5
    assert NEW.made is None
