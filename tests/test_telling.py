"""How the end of a run is told: to whom, when, in which words; and that it changes nothing about the run."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from bulkgen.batch import telling
from bulkgen.batch.notice import LINKS, due, is_nobodys, notice_of, trouble_of
from bulkgen.batch.settings import Settings
from bulkgen.batch.summary import MadeLink, Moments, Summary
from bulkgen.batch.telling import Audience
from bulkgen.errors import Exit
from bulkgen.ledger.lock import SheetLock, lock_of
from tests.command import in_a_process
from tests.hooks import Hook, mailbox, nobody
from tests.story import Story

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)

SHEET = ("avatar_id,script", "look_ann,Hello Mr Secretarius")
WRONG = ("avatar_id,script", "look_ann,")

#: A command that writes what it is given into a file.
KEEPS = f"'{sys.executable}' -IS -c \"import sys; open('got.json', 'wb').write(sys.stdin.buffer.read())\""


def summary(**values: Any) -> Summary:
    base: dict[str, Any] = {
        "command": "run",
        "sheet": "leads.xlsx",
        "folder": Path("/home/ann/desk"),
        "sandbox": False,
        "exit_code": Exit.OK,
        "moments": Moments(NOW, NOW),
        "counts": {"done": 12},
    }
    return Summary(**{**base, **values})


FAILED = summary(exit_code=Exit.SOME_FAILED, counts={"done": 11, "failed": 1}, failed=1, changed=True, message="x")
AS_BEFORE = summary(exit_code=Exit.SOME_FAILED, counts={"done": 11, "failed": 1}, changed=True, message="x")
MADE = summary(made=12, changed=True)
NOTHING = summary(nothing_new=True)
MISTAKES = summary(exit_code=Exit.MISTAKES, counts={}, mistakes=3, changed=True, message="3 mistakes in the sheet")
CTRL_C = summary(exit_code=Exit.INTERRUPTED, changed=True, message="interrupted")
DECLINED = summary(exit_code=Exit.MISTAKES, counts={}, message="nobody wanted it to be sent")
LOCKED = summary(exit_code=Exit.LOCKED, counts={}, message="another run")


# When -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("came_to", "failure", "change"),
    [
        (FAILED, True, True),
        (AS_BEFORE, True, True),
        (MADE, False, True),
        (NOTHING, False, False),
        (MISTAKES, True, True),
    ],
)
def test_who_is_to_hear_of_what(came_to: Summary, failure: bool, change: bool) -> None:
    assert due(came_to, "failure", "", attended=False) == failure
    assert due(came_to, "change", "", attended=False) == change
    assert due(came_to, "always", "", attended=False)


def test_the_same_trouble_is_told_once_until_it_is_another() -> None:
    last = trouble_of(FAILED)
    assert trouble_of(AS_BEFORE) == last
    assert not due(AS_BEFORE, "change", last, attended=False)
    assert not due(AS_BEFORE, "failure", last, attended=False)
    assert due(AS_BEFORE, "always", last, attended=False)
    assert due(MISTAKES, "change", last, attended=False)
    two = summary(exit_code=Exit.SOME_FAILED, counts={"done": 11, "failed": 2}, changed=True, message="x")
    assert due(two, "change", last, attended=False)
    assert due(FAILED, "change", last, attended=False)  # failed anew
    assert trouble_of(NOTHING) == ""


def test_what_is_in_progress_makes_no_new_trouble() -> None:
    one, other = (summary(exit_code=Exit.NOT_FINISHED, counts={"rendering": n}, new=n, changed=True) for n in (4, 7))
    assert trouble_of(one) == trouble_of(other) != ""


def test_ctrl_c_is_told_only_where_nobody_pressed_it() -> None:
    assert not due(CTRL_C, "change", "", attended=True)
    assert not due(CTRL_C, "failure", "", attended=True)
    assert due(CTRL_C, "change", "", attended=False)
    assert due(CTRL_C, "always", "", attended=True)


def test_of_no_run_there_is_nothing_to_tell() -> None:
    assert [is_nobodys(each) for each in (LOCKED, DECLINED)] == [True, True]
    assert not any(is_nobodys(each) for each in (FAILED, MADE, NOTHING, MISTAKES, CTRL_C))
    assert not is_nobodys(summary(exit_code=Exit.KEY, counts={}, changed=True))


# In which words ---------------------------------------------------------------------------------------------------


def test_a_notice_has_counts_sheet_and_what_to_type_next() -> None:
    told = notice_of(summary(**{**vars_of(FAILED), "made": 11, "for_others": "bulkgen run leads.xlsx"}))
    assert told.title == "leads.xlsx: 11 made, 1 failed"
    assert told.body.splitlines() == [
        "The whole sheet: 11 done, 1 failed.",
        "Exit code 3: x.",
        "Next: bulkgen run leads.xlsx",
    ]
    assert told.sort == "warning"


def vars_of(one: Summary) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("exit_code", "counts", "failed", "changed", "message")}


def test_a_rehearsal_is_called_one() -> None:
    told = notice_of(summary(made=1, sandbox=True))
    assert told.title == "Rehearsal of leads.xlsx: 1 made"
    assert "nothing was charged" in told.body


def test_links_are_there_only_where_they_were_asked_for_and_not_without_end() -> None:
    many = summary(made=30, links=tuple(MadeLink(row, f"https://app.heygen.com/{row}") for row in range(2, 32)))
    assert "https:" not in notice_of(many).body
    lines = notice_of(many, links=True).body.splitlines()
    assert "Row 2: https://app.heygen.com/2" in lines
    assert sum("https:" in line for line in lines) == LINKS
    assert lines[-1] == "and 10 more links, in the results"


@settings(max_examples=40)
@given(
    name=st.text(min_size=1, max_size=20), counts=st.dictionaries(st.sampled_from(["done", "failed"]), st.integers(0))
)
def test_a_name_calls_nobody_and_links_to_nothing(name: str, counts: dict[str, int]) -> None:
    sheet = f"{name}<!channel>@everyone[x](https://evil)\r\nBcc:\x1b[2J.csv"
    told = notice_of(summary(sheet=sheet, counts={"done": 1, **counts}, for_others=f"bulkgen run '{sheet}'"))
    whole = f"{told.title}{told.body}"
    assert not {"<", ">", "@", "[", "`", "\r", "\x1b"} & {*whole}
    assert "\n" not in told.title
    assert len(told.body.splitlines()) == 2
    assert "/home/ann" not in whole


# A day with them --------------------------------------------------------------------------------------------------


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook() as started:
        yield started


def test_what_was_made_is_told_once_and_nothing_new_is_not(story: Story, hook: Hook) -> None:
    story.sheet("leads.csv", *SHEET)
    told = story.run("leads.csv", "--notify", hook.url)
    story.run("leads.csv", "--notify", hook.url)
    (got,) = hook.got
    assert got["title"] == "leads.csv: 1 made"
    assert "The whole sheet: 1 done." in got["message"]
    assert "Cost of this run: " in got["message"]
    assert "Secretarius" not in str(got)
    assert "http" not in got["message"]
    assert "hunter2" not in told.text
    assert story.charges == 1
    story.run("leads.csv", "--notify", hook.url, "--notify-on", "always")
    assert hook.got[1]["title"] == "leads.csv: nothing new"


@pytest.mark.parametrize(
    "sheet",
    ["desk/leads.csv", "https://docs.google.com/spreadsheets/d/1CAP-_ability_of_a_sheet_that_is_shared/edit#gid=0"],
)
def test_the_command_to_type_next_has_no_path_no_link_and_nothing_that_fills_cells(
    story: Story, hook: Hook, sheet: str
) -> None:
    (story.folder / "desk").mkdir()
    story.sheet("desk/leads.csv", *WRONG)
    whole = sheet if sheet.startswith("https") else str(story.folder / sheet)
    keep = story.folder / "keep.jsonl"
    given = ("--set", "name=Secretarius", "--resume", str(keep), "--max-cost", "2")
    story.run(whole, *given, "--notify", hook.url, "--on-finish", KEEPS, code=2)
    (got,) = hook.got
    assert "desk" not in str(got)
    assert "1CAP-_ability_of_a_sheet_that_is_shared" not in str(got)
    assert "Secretarius" not in str(got)
    shown = "'…'" if sheet.startswith("https") else "leads.csv"
    assert f"Next: bulkgen check {shown} --max-cost 2 --set 'name=…' --resume keep.jsonl" in got["message"]
    here = json.loads((story.folder / "got.json").read_bytes())
    assert whole in here["next"]


def test_links_come_when_they_are_asked_for(story: Story, hook: Hook) -> None:
    story.sheet("leads.csv", *SHEET)
    story.run("leads.csv", "--notify", hook.url, "--notify-links")
    assert "Row 2: http" in hook.got[0]["message"]


def test_a_mistake_is_told_once_however_often_cron_meets_it(story: Story, hook: Hook) -> None:
    story.sheet("leads.csv", *WRONG)
    for _ in range(3):
        story.run("leads.csv", "--notify", hook.url, code=2)
    assert [got["title"] for got in hook.got] == ["leads.csv: 1 mistake in the sheet: nothing was sent"]
    assert hook.got[0]["message"].splitlines()[-1] == "Next: bulkgen check leads.csv"
    story.sheet("leads.csv", *SHEET)
    story.run("leads.csv", "--notify", hook.url)
    story.sheet("leads.csv", *WRONG)
    story.run("leads.csv", "--notify", hook.url, code=2)
    assert len(hook.got) == 3
    story.sheet("leads.csv", *SHEET)
    story.run("leads.csv", "--notify", hook.url)
    assert len(hook.got) == 3  # nothing new
    story.sheet("leads.csv", *WRONG)
    story.run("leads.csv", "--notify", hook.url, code=2)
    assert len(hook.got) == 4


def test_trouble_that_was_gone_is_told_again_whoever_heard_that(story: Story, hook: Hook) -> None:
    def day(*rows: str, code: int = 0, when: str = "change") -> int:
        story.sheet("leads.csv", *rows)
        story.run("leads.csv", "--notify", hook.url, "--notify-on", when, code=code)
        return len(hook.got)

    assert day(*WRONG, code=2, when="failure") == 1
    assert day(*SHEET, when="failure") == 1  # it was made, which is nobody's trouble
    assert day(*WRONG, code=2, when="failure") == 2
    hook.answer = 500
    assert day("avatar_id,script", "look_ann,Good morning") == 3  # nobody heard that it was made
    hook.answer = 200
    assert day(*WRONG, code=2) == 4
    assert day(*WRONG, code=2) == 4


def test_each_worksheet_has_its_own_trouble(story: Story, hook: Hook) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, lines in (("Ann", WRONG), ("Ben", SHEET)):
        tab = book.create_sheet(name)
        for line in lines:
            tab.append(line.split(","))
    book.save(story.folder / "leads.xlsx")
    story.run("leads.xlsx", "--sheet", "Ben", "--notify", hook.url)
    for worksheet, code in (("Ann", 2), ("Ben", 0)) * 2:
        story.run("leads.xlsx", "--sheet", worksheet, "--notify", hook.url, code=code)
    assert [got["title"] for got in hook.got] == [
        "leads.xlsx: 1 made",
        "leads.xlsx: 1 mistake in the sheet: nothing was sent",
    ]


def test_what_nobody_heard_is_told_again(story: Story, hook: Hook) -> None:
    story.sheet("leads.csv", *WRONG)
    hook.answer = 500
    told = story.run("leads.csv", "--notify", hook.url, code=2)
    assert "The notice to json://… did not go: the answer was 500 Internal Server Error." in told.text
    hook.answer = 200
    assert "notice" not in story.run("leads.csv", "--notify", hook.url, code=2).text
    assert len(hook.got) == 2


@pytest.mark.parametrize("env", [{"HEYGEN_API_KEY": ""}, {"HEYGEN_API_BASE": "http://127.0.0.1:9"}])
def test_a_run_that_could_not_begin_is_told(story: Story, hook: Hook, env: dict[str, str]) -> None:
    story.sheet("leads.csv", *SHEET)
    story.type("run", "leads.csv", "--yes", "--notify", hook.url, "--notify-on", "failure", code=None, env=env)
    assert len(hook.got) == 1
    assert story.charges == 0


def test_a_sheet_that_is_not_there_is_told(story: Story, hook: Hook) -> None:
    story.run("leads.csv", "--notify", hook.url, code=2)
    assert hook.got[0]["title"].startswith("leads.csv: ")


def test_that_nobody_could_be_asked_is_told(story: Story, hook: Hook) -> None:
    story.sheet("leads.csv", *SHEET)
    story.type("run", "leads.csv", "--notify", hook.url, code=2)
    assert len(hook.got) == 1
    assert story.charges == 0


def test_a_target_that_is_gone_warns_and_changes_nothing(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    told = story.run("leads.csv", "--notify", nobody(), "--log-file", "all.log")
    assert "The notice to json://… did not go: no connection, or the server refused it." in told.text
    log = (story.folder / "all.log").read_text(encoding="utf-8")
    assert "notice to json://…: no connection" in log
    for secret in ("hunter2", "s3cr3t"):
        assert secret not in told.text + log
    assert story.column("leads.results.csv", "result_status") == ["done"]


def test_an_address_that_can_not_be_used_is_found_before_anything_is_paid(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    told = story.run("leads.csv", "--notify", "slack://hunter2", code=2)
    assert "--notify: slack://… is not complete" in told.text
    assert "hunter2" not in told.text
    told = story.run("leads.csv", "--on-finish", "nosuchprogram", code=2)
    assert "there is no program 'nosuchprogram'" in told.text
    assert story.charges == 0
    assert not story.heygen.ledger.of("request")


def test_the_recipe_says_who_hears_of_it_and_the_environment_for_all_others(story: Story, hook: Hook) -> None:
    story.sheet("leads.csv", *SHEET)
    story.sheet("others.csv", "avatar_id,script", "look_ann,Good morning")
    env = {"BULKGEN_NOTIFY": f" {hook.url}  {nobody()} "}
    with mailbox() as (url, mails):
        (story.folder / "leads.recipe.toml").write_text(f'notify = ["{url}"]\nnotify_on = "always"\n', encoding="utf-8")
        story.type("run", "leads.csv", "--yes", env=env)
        assert [mail["Subject"] for mail in mails] == ["leads.csv: 1 made"]
    assert not hook.got
    told = story.type("run", "others.csv", "--yes", env=env)
    assert len(hook.got) == 1
    assert "json://… no. 2 did not go" in told.text


def test_what_a_recipe_may_not_name_is_refused_and_others_hear_of_it(story: Story, hook: Hook) -> None:
    story.sheet("leads.csv", *SHEET)
    (story.folder / "leads.recipe.toml").write_text('notify = "syslog://hunter2"\n', encoding="utf-8")
    told = story.type("run", "leads.csv", "--yes", code=2, env={"BULKGEN_NOTIFY": hook.url})
    assert "leads.recipe.toml: notify: syslog://… can't be set in a file" in told.text
    assert "hunter2" not in told.text
    assert len(hook.got) == 1
    (story.folder / "leads.recipe.toml").write_text('on_finish = "sh -c x"\n', encoding="utf-8")
    assert "on_finish can't be set in a file" in story.run("leads.csv", code=2).text


def test_the_command_of_the_end_gets_the_summary(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    story.run("leads.csv", "--on-finish", KEEPS)
    got = json.loads((story.folder / "got.json").read_bytes())
    assert (got["command"], got["exit_code"], got["made"], got["counts"]) == ("run", 0, 1, {"done": 1})
    assert "links" not in got
    assert "Secretarius" not in str(got)
    story.run("leads.csv", "--on-finish", KEEPS)
    assert json.loads((story.folder / "got.json").read_bytes())["nothing_new"]
    story.sheet("leads.csv", *WRONG)
    story.run("leads.csv", "--on-finish", KEEPS, "--notify-links", code=2)
    assert json.loads((story.folder / "got.json").read_bytes())["exit_code"] == 2


def test_a_command_of_the_end_that_fails_warns_and_changes_nothing(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    fails = f"'{sys.executable}' -IS -c \"import sys; sys.exit('no such\\x1b[31m list')\""
    told = story.run("leads.csv", "--on-finish", fails)
    assert "--on-finish did not work: it ended with exit code 1: no such\\x1b[31m list." in told.text


def test_whatever_goes_wrong_at_telling_the_run_ended_as_it_did(
    story: Story, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(telling, "send", broken)
    story.sheet("leads.csv", *SHEET)
    assert "could be told how the run ended (ZeroDivisionError)" in story.run("leads.csv", "--notify", hook.url).text

    def pressed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(telling, "send", pressed)
    told = story.run("leads.csv", "--notify", hook.url, "--notify-on", "always")
    assert "Interrupted: not everybody may have been told" in told.text


def test_another_run_at_work_is_told_to_nobody(story: Story, hook: Hook) -> None:
    path = story.sheet("leads.csv", *SHEET)
    with SheetLock(lock_of(path.with_name("leads.csv.resume.jsonl"))):
        story.run("leads.csv", "--notify", hook.url, "--notify-on", "always", "--on-finish", KEEPS, code=8)
    assert not hook.got
    assert not (story.folder / "got.json").exists()


def test_in_a_process_of_its_own_a_failure_is_said_once(tmp_path: Path) -> None:
    """Python prints what a library logs as a warning, where nobody takes the log."""
    (tmp_path / "leads.csv").write_text("\n".join(WRONG), encoding="utf-8")
    done = in_a_process(tmp_path, "run", "leads.csv", "--sandbox", "--yes", "--quiet", "--notify", nobody())
    assert done.returncode == 2
    assert [line[:18] for line in done.stderr.splitlines() if "json:" in line] == ["The notice to json"]
    assert "hunter2" not in done.stderr


# bulkgen notify ---------------------------------------------------------------------------------------------------


def test_a_test_says_of_each_target_whether_it_went(story: Story, hook: Hook) -> None:
    told = story.type("notify", "--test", "--notify", hook.url, "--notify", nobody(), code=1)
    assert "json://… sent json://… no. 2 no connection" in told.text
    assert hook.got[0]["title"] == "bulkgen: this is a test"
    told = story.type("notify", "--test", "--json", env={"BULKGEN_NOTIFY": hook.url})
    assert json.loads(told.out)["notices"] == [
        {"to": "json://…", "from": "BULKGEN_NOTIFY", "sent": True, "error": None}
    ]
    assert "hunter2" not in told.text


def test_a_test_goes_where_the_recipe_of_a_sheet_says(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    with mailbox() as (url, mails):
        (story.folder / "leads.recipe.toml").write_text(f'notify = "{url}"\n', encoding="utf-8")
        story.type("notify", "--test", "leads.csv")
        assert "Notices of leads.csv arrive here" in mails[0].get_body().get_content()
    (story.folder / "leads.recipe.toml").write_text('notify = "syslog://_"\n', encoding="utf-8")
    story.type("notify", "--test", "leads.csv", code=2)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--test"], "Nobody is to be told"),
        ([], "add --test"),
        (["--test", "gone.csv"], "There is no file gone.csv"),
        (["--test", "--notify", ""], "Nobody is to be told"),
    ],
)
def test_a_test_without_anybody_says_what_is_missing(story: Story, words: list[str], said: str) -> None:
    assert said in story.type("notify", *words, code=2).text


def test_an_empty_option_is_nobody() -> None:
    environ = {"BULKGEN_NOTIFY": "slack://a"}
    assert Audience.of("", Settings(notify=[""]), environ).addresses == []
    assert len(Audience.of("", Settings(), environ).addresses) == 1


def test_settings_show_no_secret() -> None:
    assert "hunter2" not in repr(Settings(notify="slack://hunter2"))
