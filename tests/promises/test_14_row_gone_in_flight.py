"""A row is edited, removed, left out or made invalid while its video is being made: that video is paid, so it is
followed to its end, collected, and shown behind the rows."""

from __future__ import annotations

import json

import pytest

from tests.story import Story

HEADER = "avatar_id,script,row_id"
GONE = "was changed, removed or left out while this was being made: the result of the row as it was"


#: Asked about as often as can be, since nothing here takes long.
QUICK = ("--poll-every", "0.1")


def texts(lines: list[dict[str, str]], *columns: str) -> list[tuple[str, ...]]:
    return [tuple(line[column] for column in columns) for line in lines]


def sent_and_left(story: Story, *after: str, name: str = "leads.csv") -> None:
    """Three rows, sent; then the sheet is changed while they are being made."""
    story.sheet(name, HEADER, "look_ann,One,a", "look_ann,Two,b", "look_ann,Three,c")
    story.heygen.change(never_ends=True)
    story.run(name, "--no-wait", code=4)
    story.sheet(name, HEADER, *after)


def test_an_edited_a_removed_and_a_spoilt_row_are_collected_and_shown_behind_the_rows(story: Story) -> None:
    sent_and_left(story, "look_ann,One!,a", "look_ann,,c")  # edited; removed; its text is blank now
    told = story.type("check", "leads.csv", "--skip-invalid")
    assert "3 in progress for rows that are no longer in the sheet: collected, shown at the end" in told.text
    told = story.run("leads.csv", "--no-wait", "--skip-invalid", code=4)
    assert "For rows that are no longer in the sheet: 3 rendering" in told.text
    assert "3 rendering" in story.type("status", "leads.csv", code=4).text
    story.heygen.change(never_ends=False)
    told = story.run("leads.csv", *QUICK, "--skip-invalid", code=3)
    assert "For rows that are no longer in the sheet: 3 done" in told.text
    lines = story.results("leads.results.csv")
    assert texts(lines, "script", "result_status") == [
        ("One!", "done"), ("", "invalid"), ("", "done"), ("", "done"), ("", "done")
    ]  # fmt: skip
    assert all(line["result_id"] and line["result_video_url"] and not line["avatar_id"] for line in lines[2:])
    assert [line["result_error"] for line in lines[2:]] == [
        f"Row {row} ({label}) {GONE}" for row, label in ((2, "a"), (3, "b"), (4, "c"))
    ]
    assert story.charges == 4


def test_it_stays_shown_until_its_row_is_back_and_is_never_made_again(story: Story) -> None:
    sent_and_left(story, "look_ann,One,a", "look_ann,Two,b")
    story.heygen.change(never_ends=False)
    for _ in range(2):
        story.run("leads.csv", *QUICK)
        assert story.column("leads.results.csv", "result_status") == ["done"] * 3
    data = json.loads(story.type("status", "leads.csv", "--json").out)
    assert [(job["row"], job["row_id"], job["left"]) for job in data["jobs"]] == [
        (2, "a", None), (3, "b", None), (None, "", {"row": 4, "row_id": "c"})
    ]  # fmt: skip
    story.sheet("leads.csv", HEADER, "look_ann,Three,c", "look_ann,One,a", "look_ann,Two,b")
    story.run("leads.csv", *QUICK)
    assert texts(story.results("leads.results.csv"), "script", "result_status", "result_error") == [
        ("Three", "done", ""), ("One", "done", ""), ("Two", "done", "")
    ]  # fmt: skip
    assert story.charges == 3


def test_what_was_finished_before_its_row_left_is_not_shown(story: Story) -> None:
    for week in ("One", "Two"):
        story.sheet("weekly.csv", HEADER, f"look_ann,{week},a")
        story.run("weekly.csv", *QUICK)
        assert story.column("weekly.results.csv", "script") == [week]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_results_with_such_lines_are_harmless_as_a_sheet(story: Story, ending: str) -> None:
    sent_and_left(story, "look_ann,One,a", "look_ann,Two,b")
    story.heygen.change(never_ends=False)
    out = () if ending == "csv" else ("--out", "leads.results.xlsx")
    story.run("leads.csv", *QUICK, *out)
    results = f"leads.results.{ending}"
    before = story.results(results)
    for more in ((), ("--set", "script=Hello", "--set", "avatar_id=look_ben")):
        story.run(results, *QUICK, *more)
        assert story.results(results) == before
    assert len(before) == 3
    assert story.charges == 3


def test_an_answer_that_was_lost_is_looked_for_and_never_sent_again(story: Story) -> None:
    story.sheet("leads.csv", HEADER, "look_ann,One,a", "look_ann,Two,b")
    story.heygen.change(
        never_ends=True,
        script=[
            {"fault": "drop_after", "body": "One", "nth": 1},
            {"fault": "drop_before", "body": "One"},
            {"fault": "drop_before", "body": "Two"},
        ],
    )
    story.run("leads.csv", *QUICK, "--timeout", "1s", code=4)
    story.heygen.change(never_ends=False, script=[])
    story.sheet("leads.csv", HEADER, "look_ann,Three,c")
    story.run("leads.csv", *QUICK, code=4)  # HeyGen got one of the two: of the other nothing is known yet
    assert texts(story.results("leads.results.csv"), "script", "result_status") == [
        ("Three", "done"), ("", "done"), ("", "queued")
    ]  # fmt: skip
    story.pass_time(hours=24)
    told = story.run("leads.csv", *QUICK)
    assert "For rows that are no longer in the sheet: 1 done, 1 unknown" in told.text
    assert story.charges == 2


def test_a_recording_whose_row_left_before_it_was_downloaded_is_downloaded(story: Story) -> None:
    story.sheet("leads.csv", "text,voice_id", "One,voice_ann", "Two,voice_ann")
    (story.folder / "leads.files").write_text("not a folder")
    story.run("leads.csv", *QUICK, code=4)
    (story.folder / "leads.files").unlink()
    story.sheet("leads.csv", "text,voice_id", "Two,voice_ann")
    story.run("leads.csv", *QUICK)
    lines = story.results("leads.results.csv")
    assert texts(lines, "text", "result_status") == [("Two", "done"), ("", "done")]
    assert all((story.folder / line["result_file"]).exists() for line in lines)
    assert story.charges == 2


def test_rows_of_a_rerun_that_names_others_are_not_gone(story: Story) -> None:
    story.sheet("leads.csv", HEADER, "look_ann,One,a", "look_ann,Two,b")
    story.heygen.change(never_ends=True)
    story.run("leads.csv", "--no-wait", code=4)
    told = story.run("leads.csv", "--rows", "2", "--no-wait", code=4)
    assert "no longer in the sheet" not in told.text
