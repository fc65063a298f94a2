"""Links that expire, as whole commands: every run renews them, and `bulkgen links` does, months later too."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from unittest import mock

import pytest

from bulkgen.batch.batch import Batch
from bulkgen.cli import links
from bulkgen.cli.signals import Stops
from bulkgen.errors import Exit
from bulkgen.ledger.lock import SheetLock, lock_of
from tests.command import environment, hurried_command
from tests.forked import PIPE, forked
from tests.story import Story, Told

WEEK = 7 * 24

#: A HeyGen that takes nothing that could cost.
NOTHING_PAID = {"method": "POST", "fault": "error_before:402"}


def leads(story: Story, count: int = 3) -> None:
    story.sheet("leads.csv", "avatar_id,script,crm", *(f"look_ann,Hello {n},c-{n}" for n in range(count)))


def expires(story: Story, name: str = "leads.results.csv") -> list[datetime | None]:
    texts = story.column(name, "result_links_expire_at")
    return [datetime.fromisoformat(text) if text else None for text in texts]


def ends(story: Story) -> list[int]:
    """When the videos' links end, as they say themselves."""
    found = (re.search(r"Expires=(\d+)", link) for link in story.column("leads.results.csv", "result_video_url"))
    return [int(each[1]) for each in found if each]


def gets(story: Story) -> int:
    return sum(count for call, count in story.heygen.counts.items() if call.startswith("GET /v3/videos"))


def test_the_results_say_until_when_links_work_and_so_does_the_summary(story: Story) -> None:
    leads(story)
    told = story.run("leads.csv").text
    assert {end.timestamp() for end in expires(story) if end} == set(ends(story))
    first = min(ends(story))
    moment = datetime.fromtimestamp(first, expires(story)[0].tzinfo)  # type: ignore[union-attr]
    assert f"Links to results work until {moment.day} {moment:%b %Y, %H:%M} UTC; the address in result_page_url" in told
    assert "To renew them: bulkgen links leads.csv" in told
    (job, *_) = json.loads(story.run("leads.csv", "--json").out)["jobs"]
    assert job["links_expire_at"] == story.column("leads.results.csv", "result_links_expire_at")[0]


def test_a_run_renews_links_that_have_expired_or_will_within_a_day(story: Story) -> None:
    leads(story)
    story.run("leads.csv")
    before, asked = ends(story), gets(story)
    story.pass_time(hours=WEEK - 25)
    told = story.run("leads.csv").text
    assert (ends(story), gets(story)) == (before, asked), "good links cost no request"
    assert "Renewed" not in told
    story.pass_time(hours=2)
    told = story.run("leads.csv").text
    assert "Nothing new. 3 videos: 3 done. Results: leads.results.csv Renewed the links to 3 results." in told
    assert gets(story) == asked + 1, "a hundred at a time"
    assert all(new >= old + (WEEK - 24) * 3600 for new, old in zip(ends(story), before, strict=True))
    story.pass_time(hours=50 * WEEK)
    data = json.loads(story.run("leads.csv", "--json").out)
    assert (data["renewed"], data["new"]) == (3, 0)
    assert min(ends(story)) > story.heygen.now + (WEEK - 1) * 3600
    assert story.charges == 3


def test_links_are_renewed_months_later_from_the_resume_file_alone(story: Story) -> None:
    leads(story)
    story.run("leads.csv")
    (story.folder / "leads.results.csv").unlink()
    story.heygen.change(script=[NOTHING_PAID])
    story.pass_time(hours=26 * WEEK)
    told = story.type("links", "leads.csv").text
    assert "Renewed the links to 3 results. Links to results work until" in told
    assert "Results: leads.results.csv" in told
    assert min(ends(story)) > story.heygen.now + (WEEK - 1) * 3600
    assert story.column("leads.results.csv", "crm") == ["c-0", "c-1", "c-2"]
    assert story.column("leads.results.csv", "result_status") == ["done"] * 3
    assert story.heygen.ledger.of("refusal") == [], "no POST was tried"
    assert story.charges == 3


def test_links_renews_all_of_them_even_good_ones_and_of_rows_only_those(story: Story) -> None:
    leads(story)
    story.run("leads.csv")
    before = ends(story)
    story.pass_time(hours=1)
    data = json.loads(story.type("links", "leads.csv", "--rows", "3", "--json").out)
    assert (data["command"], data["renewed"], data["exit_code"]) == ("links", 1, 0)
    assert [new > old for new, old in zip(ends(story), before, strict=True)] == [False, True, False]
    assert json.loads(story.type("links", "leads.csv", "--json").out)["renewed"] == 3
    assert [new > old for new, old in zip(ends(story), before, strict=True)] == [True, True, True]


def test_what_a_person_added_to_the_results_stays(story: Story) -> None:
    leads(story)
    story.run("leads.csv")
    path = story.folder / "leads.results.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text("\n".join([f"{lines[0]},Sent?", *(f"{line},yes" for line in lines[1:])]) + "\n", encoding="utf-8")
    story.pass_time(hours=WEEK)
    story.type("links", "leads.csv")
    assert story.column("leads.results.csv", "Sent?") == ["yes"] * 3
    assert min(ends(story)) > story.heygen.now


def test_nothing_finished_asks_nothing(story: Story) -> None:
    leads(story)
    told = story.type("links", "leads.csv").text
    assert "Nothing to renew: nothing is finished. Next: bulkgen run leads.csv" in told
    assert story.heygen.requests == 0
    assert not (story.folder / "leads.csv.resume.jsonl").exists()


@pytest.mark.parametrize("typed", [(), ("--set", "voice_id=voice_bob")])
def test_with_other_options_than_the_run_had_nothing_that_was_made_is_lost(
    story: Story, typed: tuple[str, ...]
) -> None:
    """Without them the rows would ask for something else, and stand in the results as not made."""
    story.sheet("leads.csv", "avatar_id,script,voice_id", *(f"look_ann,Hello {n}," for n in range(3)))
    story.run("leads.csv", "--set", "voice_id=voice_ann")
    before = (story.folder / "leads.results.csv").read_bytes()
    told = story.type("links", "leads.csv", *typed, code=2).text
    assert "rows 2, 3, 4 that were made with other options" in told
    assert "bulkgen run" not in told
    assert (story.folder / "leads.results.csv").read_bytes() == before
    story.type("links", "leads.csv", "--set", "voice_id=voice_ann")
    assert story.column("leads.results.csv", "result_status") == ["done"] * 3
    (story.folder / "leads.results.csv").unlink()
    told = story.type("links", "leads.csv", *typed).text
    assert "made of other rows, or with other options" in told
    assert "bulkgen run" not in told


def test_a_row_that_was_edited_and_languages_that_wait_stop_no_renewing(story: Story) -> None:
    video = "https://example.com/talk.mp4"
    story.sheet("talks.csv", "title,video,languages", f"One,{video},German; French", f"Two,{video},Italian")
    story.run("talks.csv", "--limit", "1", code=4)
    story.run("talks.csv", "--rows", "3", code=0)
    story.sheet("talks.csv", "title,video,languages", f"One,{video},German; French", f"Two,{video},Spanish")
    told = story.type("links", "talks.csv").text
    assert "Renewed the links to 1 result." in told


def test_recordings_have_no_links_to_renew(story: Story) -> None:
    story.sheet("voices.csv", "text,voice_id", "Hello,voice_ann")
    told = story.run("voices.csv").text
    assert "Links to results" not in told
    asked = story.heygen.requests
    assert "Nothing to renew: recordings are files here." in story.type("links", "voices.csv").text
    assert story.heygen.requests == asked


def test_a_video_that_heygen_no_longer_knows_stays_done_and_its_line_says_why_it_has_no_links(story: Story) -> None:
    leads(story)
    story.run("leads.csv")
    ids = story.column("leads.results.csv", "result_id")
    taken = story.heygen.account.renders.pop(ids[1])
    story.pass_time(hours=2 * WEEK)
    told = story.run("leads.csv").text
    assert "3 videos: 3 done" in told
    line = story.results("leads.results.csv")[1]
    assert line["result_status"] == "done"
    assert line["result_error"].startswith(
        f"Made, and there are no links to it any more: HeyGen no longer knows {ids[1]}"
    )
    assert line["result_video_url"] == line["result_page_url"] == line["result_links_expire_at"] == ""
    asked = gets(story)
    story.run("leads.csv")
    assert gets(story) == asked, "no run asks for it again"
    told = story.type("links", "leads.csv").text
    assert "HeyGen does not show 1 result any more: see result_error." in told
    story.heygen.account.renders[ids[1]] = taken
    story.type("links", "leads.csv")
    line = story.results("leads.results.csv")[1]
    assert (line.get("result_error", ""), bool(line["result_video_url"])) == ("", True)
    assert story.charges == 3


@pytest.mark.parametrize(
    ("script", "code", "why"),
    [
        ({"method": "GET", "path": "/v3/videos", "fault": "drop_before"}, Exit.NOT_FINISHED, "broke off"),
        ({"method": "GET", "fault": "drop_before"}, Exit.NOT_FINISHED, "broke off"),
        ({"method": "GET", "path": "/v3/videos", "fault": "busy:none"}, Exit.NOT_FINISHED, "told to be busy"),
        ({"method": "GET", "fault": "error_before:401"}, Exit.KEY, "key"),
        ({"method": "GET", "path": "/v3/videos", "fault": "error_before:401"}, Exit.KEY, "not renewed"),
        ({"method": "GET", "path": "/v3/videos", "fault": "error_before:403"}, Exit.KEY, "not renewed"),
    ],
)
def test_links_that_can_not_be_renewed_stay_and_the_exit_code_says_why(
    story: Story, script: dict[str, str], code: Exit, why: str
) -> None:
    leads(story)
    story.run("leads.csv")
    before = ends(story)
    story.heygen.change(script=[script])
    told = story.type("links", "leads.csv", code=code).text
    assert why in told
    assert ends(story) == before


def test_without_a_key_nothing_is_renewed(story: Story) -> None:
    leads(story)
    story.run("leads.csv")
    assert "key" in story.type("links", "leads.csv", code=Exit.KEY, env={"HEYGEN_API_KEY": ""}).text


def test_that_there_is_no_key_is_said_before_anything_is_due(story: Story) -> None:
    leads(story)
    story.run("leads.csv")
    assert "key" in every(story, code=Exit.KEY, env={"HEYGEN_API_KEY": ""}).text


def test_another_accounts_resume_file_is_refused_and_no_result_counts_as_gone(story: Story) -> None:
    leads(story)
    story.run("leads.csv")
    before = ends(story)
    story.heygen.change(username="somebody else")
    story.type("links", "leads.csv", code=Exit.RESUME_FILE)
    assert ends(story) == before
    assert not any(state.gone for state in story.states("leads.csv"))


def test_status_says_that_links_have_expired_and_what_renews_them(story: Story) -> None:
    leads(story)
    story.run("leads.csv")
    assert "Links to results work until" in story.type("status", "leads.csv").text
    story.pass_time(hours=WEEK)
    told = story.type("status", "leads.csv").text
    assert "Links to some results have expired, or are not known. To renew them: bulkgen links leads.csv" in told


def test_a_rehearsals_links_last_a_week_and_are_renewed_too(story: Story) -> None:
    leads(story)
    told = story.type("run", "leads.csv", "--sandbox").text
    assert "To renew them: bulkgen links leads.csv --sandbox" in told
    asked = story.heygen.requests
    data = json.loads(story.type("links", "leads.csv", "--sandbox", "--json").out)
    assert (data["renewed"], story.heygen.requests) == (3, asked)


def test_a_gif_stands_in_the_results_where_heygen_made_one(story: Story) -> None:
    story.sheet(
        "leads.csv", "template_id,first_name,company,include_gif", "tpl_hello,Ann,Acme,yes", "tpl_hello,Bob,Acme,no"
    )
    (with_gif, without) = json.loads(story.run("leads.csv", "--json").out)["jobs"]
    assert story.column("leads.results.csv", "result_gif_url") == [with_gif["gif_url"], ""]
    assert with_gif["gif_url"].split("?")[0].endswith(f"{with_gif['id']}.gif")
    assert without["gif_url"] is None


def test_every_and_json_do_not_go_together_nor_every_and_a_pipe(story: Story) -> None:
    leads(story)
    told = story.type("links", "leads.csv", "--every", "6h", "--json", code=Exit.MISTAKES).out
    assert "--every goes on" in json.loads(told)["message"]
    told = story.type("links", "-", "--every", "6h", "--out", "a.csv", code=Exit.MISTAKES).text
    assert "can be read only once" in told
    told = story.type("links", "leads.csv", "--every", "often", code=Exit.MISTAKES).text
    assert "--every 'often': type it like --every 2h, 15m or 90s." in told


class Rounds:
    """Stands for the pauses of `--every`: what happens in each, one after the other; then it is told to stop."""

    def __init__(self, *happens: Callable[[], object]) -> None:
        self._happens = list(happens)

    def __call__(self, _until: float, _stops: object) -> bool:
        if not self._happens:
            return True

        self._happens.pop(0)()
        return False


def every(
    story: Story, *happens: Callable[[], object], code: Exit = Exit.OK, env: Mapping[str, str] | None = None
) -> Told:
    with mock.patch("bulkgen.cli.links._stopped_within", Rounds(*happens)):
        return story.type("links", "leads.csv", "--every", "6h", code=code, env=env)


def test_every_so_often_what_is_due_is_renewed_and_else_nothing_is_asked_or_said(story: Story) -> None:
    leads(story)
    story.run("leads.csv")
    asked = story.heygen.requests
    told = every(story, lambda: story.pass_time(hours=6), lambda: story.pass_time(hours=6))
    assert (told.out, told.err, story.heygen.requests) == ("", "", asked)
    told = every(story, *[lambda: story.pass_time(hours=24)] * 13)
    assert told.out.count("Renewed the links to 3 results.") == 2
    assert story.heygen.requests == asked + 2 * 2, "who we are, and a page of the list"
    assert min(ends(story)) > story.heygen.now + 24 * 3600


def test_between_its_rounds_the_sheet_is_free_and_a_run_that_holds_it_is_let_alone(story: Story) -> None:
    leads(story)
    story.run("leads.csv")
    story.sheet("leads.csv", "avatar_id,script,crm", *(f"look_ann,Hello {n},c-{n}" for n in range(4)))
    every(story, lambda: story.run("leads.csv"))
    assert story.charges == 4
    holder = SheetLock(lock_of((story.folder / "leads.csv.resume.jsonl").resolve()))

    def hold() -> None:
        story.pass_time(hours=WEEK)
        holder.acquire(lambda _why: None)
        asked.append(story.heygen.requests)

    def release() -> None:
        holder.release()
        asked.append(story.heygen.requests)

    asked: list[int] = []
    told = every(story, hold, release)
    assert asked[0] == asked[1], "whoever holds it renews them"
    assert told.err == ""
    assert told.out.count("Renewed the links to 4 results.") == 1


def test_what_may_be_over_by_the_next_round_ends_nothing(story: Story) -> None:
    leads(story)
    story.run("leads.csv")
    sheet = story.folder / "leads.csv"
    content = sheet.read_bytes()

    def silence() -> None:
        story.pass_time(hours=WEEK)
        story.heygen.change(script=[{"method": "GET", "fault": "drop_before"}])

    def unreadable() -> None:
        story.heygen.change(script=[])
        sheet.write_bytes(b"")

    told = every(story, silence, unreadable, lambda: sheet.write_bytes(content))
    assert "broke off" in told.text
    assert "leads.csv" in told.err
    assert "Renewed the links to 3 results." in told.out


def test_a_key_that_is_refused_ends_it_and_so_does_a_sheet_that_was_never_there(story: Story) -> None:
    leads(story)
    story.run("leads.csv")

    def refuse() -> None:
        story.pass_time(hours=WEEK)
        story.heygen.change(script=[{"method": "GET", "fault": "error_before:401"}])

    every(story, refuse, code=Exit.KEY)
    (story.folder / "leads.csv").unlink()
    every(story, code=Exit.MISTAKES)


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("sign", ["SIGINT", "SIGTERM"])
def test_it_goes_on_until_it_is_told_to_stop(story: Story, sign: str) -> None:
    leads(story)
    story.heygen.change(clock_offset=-8 * 24 * 3600.0)  # by this computer's clock the links have expired
    story.run("leads.csv")
    story.heygen.change(clock_offset=0.0)
    env = environment({**story.env, "BULKGEN_DATA_DIR": str(story.data)})
    words = hurried_command("links", "leads.csv", "--every", "6h")
    with forked(words, cwd=story.folder, env=env, stdout=PIPE, stderr=PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == "Renewed the links to 3 results.\n"
        process.send_signal(getattr(signal, sign))
        _, err = process.communicate()
    assert (process.returncode, err) == (Exit.OK, "")
    assert min(ends(story)) > story.heygen.now


def test_a_pause_is_slept_in_pieces_by_the_clock_that_goes_on_while_the_computer_sleeps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moments = iter([0.0, 1.0, 2000.0, 2000.0, 21_700.0])
    monkeypatch.setattr(links, "NAP", 0.0)
    monkeypatch.setattr(links, "steady", lambda: next(moments))
    before = [signal.getsignal(sign) for sign in (signal.SIGINT, signal.SIGTERM)]
    try:
        assert not links._stopped_within(21_600.0, Stops())
    finally:
        for sign, handler in zip((signal.SIGINT, signal.SIGTERM), before, strict=True):
            signal.signal(sign, handler)
    assert list(moments) == []


# Jobs of other sheets ------------------------------------------------------------------------------------------------


def moved_in(story: Story) -> Path:
    """The folder of a month ago, with its files renamed to nothing that stands beside the sheet now."""
    leads(story)
    story.run("leads.csv")
    (story.folder / "leads.csv").rename(story.folder / "spring.csv")
    story.pass_time(hours=5 * WEEK)
    return story.folder / "spring.results.csv"


@pytest.mark.parametrize("command", ["run", "links"])
def test_a_renamed_sheet_has_its_links_renewed(story: Story, command: str) -> None:
    results = moved_in(story)
    words = ("run", "spring.csv", "--yes") if command == "run" else ("links", "spring.csv")
    story.heygen.change(script=[NOTHING_PAID])
    told = story.type(*words).text
    assert "3 of these were made on" in told
    assert "in leads.csv: taken over, nothing is paid for them again." in told
    assert "Renewed the links to 3 results." in told
    found = story.results(results.name)
    assert [line["result_status"] for line in found] == ["done"] * 3
    assert all(end and end.timestamp() > story.heygen.now + (WEEK - 1) * 3600 for end in expires(story, results.name))
    assert story.charges == 3
    asked = story.heygen.requests
    again = story.type("links", "spring.csv").text
    assert "taken over" not in again
    assert story.heygen.requests - asked == 2, "who we are, and a hundred links at a time"


def test_links_of_a_renamed_sheet_of_templates_are_found_too(story: Story) -> None:
    story.sheet("leads.csv", "template_id,first_name,company,row_id", "tpl_hello,Ann,Acme,a")
    story.run("leads.csv")
    (story.folder / "leads.csv").rename(story.folder / "spring.csv")
    story.pass_time(hours=5 * WEEK)
    assert "Renewed the links to 1 result." in story.type("links", "spring.csv").text


def test_a_second_sheet_shows_what_the_first_has_and_leaves_its_own_new_rows(story: Story) -> None:
    leads(story)
    story.run("leads.csv")
    story.sheet("more.csv", "avatar_id,script,crm", "look_ann,Hello 1,x", "look_ann,Nobody has this,y")
    told = story.type("links", "more.csv").text
    assert "1 of these was made on" in told
    assert story.column("more.results.csv", "result_status") == ["done", "queued"]
    assert story.column("more.results.csv", "result_video_url")[0]
    assert story.charges == 3


def test_a_sheet_that_another_folder_has_is_found_by_the_index(story: Story) -> None:
    leads(story)
    story.run("leads.csv")
    other = story.folder / "copy"
    other.mkdir()
    (other / "spring.csv").write_bytes((story.folder / "leads.csv").read_bytes())
    assert "Renewed the links to 3 results." in story.type("links", "spring.csv", folder=other).text


def test_without_heygen_nobody_can_say_what_other_sheets_have(story: Story) -> None:
    moved_in(story)
    told = story.type("links", "spring.csv", code=7, env={"HEYGEN_API_KEY": "wrong"}).text
    assert "nothing is finished" not in told


def test_an_unattended_sheet_that_was_renamed_is_taken_over_once(story: Story) -> None:
    moved_in(story)
    opened = Batch.open(story.folder / "spring.csv")
    with mock.patch.dict(os.environ, {**story.env, "BULKGEN_DATA_DIR": str(story.data)}):
        assert len(opened.renew_links(due=True).fresh) == 3
        asked = story.heygen.requests
        assert not opened.renew_links(due=True).wanted
    assert story.heygen.requests == asked
