"""A hot folder at work: in virtual time with pretended runs, and once as it is typed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import anyio
import pytest
import trio
from trio.testing import MockClock

from bulkgen.cli import watch as cli
from bulkgen.cli.watch_words import in_words, watch_data
from bulkgen.errors import Exit, LockedError
from bulkgen.watch import child
from bulkgen.watch.child import Child, Ended
from bulkgen.watch.decision import SETTLE
from bulkgen.watch.folder import Folder, Seen
from bulkgen.watch.hold import Hold
from bulkgen.watch.news import News, What
from bulkgen.watch.permission import TURN
from bulkgen.watch.turns import Rules
from bulkgen.watch.watcher import Watcher
from tests.command import bulkgen
from tests.story import Story
from tests.test_google import EDIT

ROWS = "avatar_id,script\nlook_ann,Hello\n"


@dataclass(kw_only=True)
class Pretended:
    """A run that ends after `seconds`, or when it is asked to stop."""

    seconds: float
    result: Ended
    stops: int = 0
    _asked: anyio.Event = field(default_factory=anyio.Event)

    async def ended(self) -> Ended:
        with anyio.move_on_after(self.seconds) as waiting:
            await self._asked.wait()
            waiting.shield = True
            await anyio.sleep(3.0)  # what it is doing has to be on record
            return Ended(Exit.INTERRUPTED, {})
        return self.result

    def stop(self) -> None:
        self.stops += 1
        self._asked.set()


@dataclass
class Runs:
    """What was started, and when. `ends`: how the commands on a sheet end, one after the other; else they are done."""

    ends: dict[str, list[Pretended]] = field(default_factory=dict)
    started: list[tuple[float, str, str]] = field(default_factory=list)
    words: list[tuple[str, ...]] = field(default_factory=list)
    at_work: list[Pretended] = field(default_factory=list)

    async def start(self, *words: str) -> Child:
        command, sheet = words[:2]
        self.started.append((anyio.current_time(), command, sheet))
        self.words.append(words)
        left = self.ends.get(sheet)
        made = left.pop(0) if left else ends(told={"new": 1, "counts": {"done": 1}})
        self.at_work.append(made)
        return made

    @property
    def sheets(self) -> list[str]:
        return [sheet for _at, command, sheet in self.started if command == "run"]


def ends(code: int = Exit.OK, *, after: float = 1.0, told: Mapping[str, Any] | None = None) -> Pretended:
    return Pretended(seconds=after, result=Ended(code, told or {}))


@dataclass
class Hot:
    """A folder that is watched for a while, in virtual time."""

    folder: Path
    runs: Runs = field(default_factory=Runs)
    news: list[News] = field(default_factory=list)
    at: float = 1e9

    def put(self, name: str, text: str = ROWS) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def watch(
        self,
        *happens: tuple[float, Callable[[], object]],
        seconds: float = 600.0,
        max_cost: float | None = 5.0,
        **more: Any,
    ) -> Watcher:
        """Watches for so long (or until all is done, with `once`); what happens meanwhile, and when."""
        watcher: list[Watcher] = []

        async def go() -> None:
            watcher.append(
                Watcher(
                    folder=self.folder,
                    rules=Rules(max_cost=max_cost, **more),
                    children=self.runs,
                    tell=self.news.append,
                    wall=lambda: self.at + trio.current_time(),
                )
            )

            async def until() -> None:
                for at, happen in happens:
                    await trio.sleep_until(at)
                    happen()
                await trio.sleep_until(seconds)

            await watcher[0].watch(until)
            self.at += trio.current_time()

        with mock.patch.object(anyio.to_thread, "run_sync", _here):
            trio.run(go, clock=MockClock(autojump_threshold=0))
        return watcher[0]

    def told(self, what: What) -> list[str]:
        return [news.sheet for news in self.news if news.what is what]


async def _here(function: Callable[..., Any], *arguments: Any) -> Any:
    await trio.lowlevel.checkpoint()
    return function(*arguments)


@pytest.fixture
def hot(tmp_path: Path) -> Hot:
    folder = tmp_path / "hot"
    folder.mkdir()
    return Hot(folder)


def test_a_sheet_is_run_once_when_it_has_stood_still(hot: Hot) -> None:
    hot.put("leads.csv")
    hot.watch()
    [(at, command, sheet)] = hot.runs.started
    assert (command, sheet) == ("run", "leads.csv")
    assert SETTLE <= at < SETTLE + 5
    assert [news.what for news in hot.news] == [What.STARTED, What.RAN]


def test_a_run_asks_nobody_keeps_to_its_cap_and_writes_a_log(hot: Hot) -> None:
    hot.put("-x.csv")
    hot.put("-x.recipe.toml", "max_cost = 2.5\n")
    hot.watch(sandbox=True)
    assert hot.runs.words == [
        ("run", "./-x.csv", "--yes", "--max-cost", "2.5", "--timeout", "1800s", "--log-format", "text",
         "--resume", "./-x.csv.sandbox.resume.jsonl", "--sandbox", "--no-input", "--json")
    ]  # fmt: skip


def test_without_a_cap_a_sheet_is_only_checked_and_it_is_said_what_to_write(hot: Hot) -> None:
    hot.put("leads.csv")
    cost = {"low": 1.0, "likely": 2.0, "high": 3.0, "currency": "usd"}
    hot.runs.ends["leads.csv"] = [ends(told={"to_send": 7, "cost": cost})]
    hot.watch(max_cost=None)
    assert [command for _at, command, _sheet in hot.runs.started] == ["check"]
    [news] = hot.news
    assert in_words(news) == (
        "checked: right, 7 videos to make for about $1.00–3.00. Not run, since nobody said what it may cost: "
        "bulkgen.recipe.toml, or its own recipe, needs a line such as max_cost = 20"
    )


@pytest.mark.parametrize("recipe", ["leads.recipe.toml", "bulkgen.recipe.toml"])
def test_a_recipe_that_comes_later_has_it_run(hot: Hot, recipe: str) -> None:
    hot.put("leads.csv")
    hot.watch((100.0, lambda: hot.put(recipe, "max_cost = 3\n")), max_cost=None)
    assert [command for _at, command, _sheet in hot.runs.started] == ["check", "run"]


def test_a_file_that_grows_is_waited_for(hot: Hot) -> None:
    path = hot.put("leads.csv", "avatar_id,script\n")

    def grow() -> None:
        with path.open("a") as file:
            file.write("look_ann,Hello\n")

    hot.watch(*((2.0 * n, grow) for n in range(1, 30)))
    [(at, *_)] = hot.runs.started
    assert at >= 58 + SETTLE


def test_a_copy_that_stands_still_in_the_middle_of_a_line_is_waited_for_longer(hot: Hot) -> None:
    path = hot.put("leads.csv", ROWS + "look_ann,Hel")
    hot.watch((40.0, lambda: path.write_text(ROWS + "look_ann,Hello\n")))
    [(at, *_)] = hot.runs.started
    assert at >= 40 + SETTLE
    assert hot.told(What.WAITING) == ["leads.csv"]


def test_a_text_without_a_last_line_end_is_run_in_the_end(hot: Hot) -> None:
    hot.put("leads.csv", ROWS.strip())
    hot.watch()
    assert hot.runs.sheets == ["leads.csv"]


def test_a_sheet_that_is_open_in_excel_is_run_when_it_is_closed(hot: Hot) -> None:
    hot.put("leads.csv")
    mark = hot.put("~$leads.csv")
    hot.watch((600.0, mark.unlink), seconds=650.0)
    [(at, *_)] = hot.runs.started
    assert 600 <= at < 610
    assert hot.told(What.WAITING) == ["leads.csv"]
    assert "~$leads.csv" in in_words(hot.news[0])


def test_a_newer_version_is_run_again_also_one_that_came_during_the_run(hot: Hot) -> None:
    path = hot.put("leads.csv")
    hot.runs.ends["leads.csv"] = [ends(after=100.0)]
    hot.watch((50.0, lambda: path.write_text(ROWS * 2)), (500.0, lambda: path.write_text(ROWS * 3)))
    assert len(hot.runs.sheets) == 3
    assert [at >= limit for (at, *_), limit in zip(hot.runs.started, (0, 100, 500), strict=True)] == [True] * 3


def test_mistakes_are_marked_and_told_once_and_the_sheet_is_left_until_it_is_changed(hot: Hot) -> None:
    path = hot.put("leads.csv")
    mistakes = {"mistakes": [{"cell": "leads!A2"}] * 3}
    hot.runs.ends["leads.csv"] = [ends(Exit.MISTAKES, told=mistakes), ends(Exit.MISTAKES, told=mistakes)]
    hot.watch((5.5, lambda: hot.put("leads.check.xlsx")), (300.0, lambda: path.write_text(ROWS * 2)))
    assert [command for _at, command, _sheet in hot.runs.started] == ["run", "check", "run"]
    told = [in_words(news) for news in hot.news if news.code == Exit.MISTAKES]
    assert told == ["not run: 3 mistakes, see leads.check.xlsx"]


def test_the_mistakes_of_a_google_sheet_are_told_with_the_copy_they_are_marked_in(hot: Hot) -> None:
    hot.put("leads.recipe.toml", f'link = "{EDIT}"\nmax_cost = 3\n')
    mistakes = {"mistakes": [{"cell": "leads!A2"}]}
    hot.runs.ends["leads.recipe.toml"] = [ends(Exit.MISTAKES, told=mistakes), ends(Exit.MISTAKES, told=mistakes)]
    hot.watch((5.5, lambda: hot.put("leads.check.xlsx")), seconds=60.0)
    assert [news.marked for news in hot.news if news.code == Exit.MISTAKES] == ["leads.check.xlsx"]


@pytest.mark.parametrize("code", [Exit.SOME_FAILED, Exit.MAX_COST, Exit.RESUME_FILE])
def test_what_needs_a_person_is_not_run_again_by_itself(hot: Hot, code: Exit) -> None:
    hot.put("leads.csv")
    hot.runs.ends["leads.csv"] = [ends(code)]
    hot.watch(seconds=4000.0)
    assert len(hot.runs.sheets) == 1


@pytest.mark.parametrize("code", [Exit.NOT_FINISHED, Exit.INTERRUPTED, Exit.UNEXPECTED, -9])
def test_what_did_not_come_to_its_end_is_tried_again_and_told_once(hot: Hot, code: int) -> None:
    hot.put("leads.csv")
    hot.runs.ends["leads.csv"] = [ends(code), ends(code), ends(code)]
    hot.watch()
    gaps = [later - earlier for (earlier, *_), (later, *_) in zip(hot.runs.started, hot.runs.started[1:], strict=False)]
    assert [60 <= gaps[0] < 70, 120 <= gaps[1] < 130, 240 <= gaps[2] < 250] == [True] * 3
    assert [news.code for news in hot.news if news.what is What.RAN] == [code, Exit.OK]


def test_a_run_that_a_killed_watch_left_at_work_is_waited_for(hot: Hot) -> None:
    hot.put("leads.csv")
    hot.runs.ends["leads.csv"] = [ends(Exit.LOCKED), ends(Exit.LOCKED)]
    hot.watch()
    assert len(hot.runs.sheets) == 3
    assert [news.code for news in hot.news if news.what is What.RAN] == [Exit.LOCKED, Exit.OK]


def test_few_are_run_at_a_time_and_none_twice(hot: Hot) -> None:
    for n in range(40):
        hot.put(f"s{n:02}.csv")
    hot.watch(at_once=3, seconds=60.0)
    assert sorted(hot.runs.sheets) == [f"s{n:02}.csv" for n in range(40)]
    times = [at for at, *_ in hot.runs.started]
    assert all(sum(at <= other < at + 1.0 for other in times) <= 3 for at in times)


def test_a_short_sheet_does_not_wait_for_long_ones_to_end(hot: Hot) -> None:
    for n in range(3):
        hot.put(f"long{n}.csv")
        hot.runs.ends[f"long{n}.csv"] = [ends(Exit.NOT_FINISHED, after=TURN) for _ in range(20)]
    hot.watch((60.0, lambda: hot.put("short.csv")), seconds=4 * TURN)
    at = next(at for at, _command, sheet in hot.runs.started if sheet == "short.csv")
    assert at < TURN + 60
    assert len(hot.runs.sheets) > 9, "the long ones go on at once"
    assert not any(news.pause for news in hot.news if news.code == Exit.NOT_FINISHED)


def test_what_is_done_is_remembered_and_what_is_changed_meanwhile_is_run(hot: Hot) -> None:
    for name in ("a.csv", "b.csv"):
        hot.put(name)
    hot.watch(once=True)
    hot.put("b.csv", ROWS * 2)
    hot.runs.started.clear()
    hot.watch(once=True)
    assert hot.runs.sheets == ["b.csv"]
    (hot.folder / ".bulkgen.watch.json").unlink()
    hot.watch(once=True)
    assert sorted(hot.runs.sheets) == ["a.csv", "b.csv", "b.csv"]


def test_who_ends_the_watch_waits_for_its_runs_which_are_asked_once(hot: Hot) -> None:
    for name in ("a.csv", "b.csv", "c.csv", "d.csv"):
        hot.put(name)
        hot.runs.ends[name] = [ends(after=1e6)]
    hot.watch(seconds=100.0)
    assert [run.stops for run in hot.runs.at_work] == [1, 1, 1]
    assert [news.code for news in hot.news if news.what is What.RAN] == [Exit.INTERRUPTED] * 3


def test_a_google_sheet_is_looked_at_every_so_often_and_told_when_something_is_new(hot: Hot) -> None:
    hot.put("leads.recipe.toml", f'link = "{EDIT}"\nmax_cost = 3\n')
    hot.runs.ends["leads.recipe.toml"] = [ends(told={"new": 1}), ends(told={"new": 0}), ends(told={"new": 2})]
    hot.watch(every=100.0, seconds=350.0)
    assert len(hot.runs.sheets) == 4
    assert [news.told.get("new") for news in hot.news if news.what is What.RAN] == [1, 2, 1]
    assert hot.told(What.STARTED) == ["leads.recipe.toml"]


def test_each_watch_of_what_is_there_looks_at_a_google_sheet_one_time(hot: Hot) -> None:
    """Where cron types it, nothing else would see the new lines."""
    hot.put("leads.recipe.toml", f'link = "{EDIT}"\nmax_cost = 3\n')
    for _ in range(2):
        hot.watch(once=True)
    assert hot.runs.sheets == ["leads.recipe.toml"] * 2


def test_a_recipe_that_can_not_be_used_keeps_its_sheet_from_being_run(hot: Hot) -> None:
    hot.put("leads.csv")
    recipe = hot.put("leads.recipe.toml", "on_finish = 'rm -rf /'\nmax_cost = 3\n")
    hot.watch((100.0, lambda: recipe.write_text("max_cost = 3\n")))
    [first, *_] = hot.news
    assert (first.what, hot.runs.sheets) == (What.NOT_RUN, ["leads.csv"])
    assert in_words(first).startswith("not run: leads.recipe.toml: ")


def test_a_folder_that_is_away_for_a_while_is_told_once_and_forgets_nothing(hot: Hot) -> None:
    hot.put("leads.csv")
    away = hot.folder.with_name("away")
    hot.watch((100.0, lambda: hot.folder.rename(away)), (200.0, lambda: away.rename(hot.folder)))
    assert hot.runs.sheets == ["leads.csv"]
    assert ["can't be looked into" in in_words(news) for news in hot.news] == [False, False, True]


def test_another_watch_that_has_taken_over_ends_this_one(hot: Hot) -> None:
    def beat() -> None:
        raise LockedError("taken over")

    watcher = Watcher(folder=hot.folder, rules=Rules(), children=hot.runs, tell=hot.news.append, beat=beat)

    async def go() -> None:
        with pytest.raises(LockedError, match="taken over"):
            await watcher.watch(trio.sleep_forever)

    trio.run(go, clock=MockClock(autojump_threshold=0))


def test_codes_of_all_sheets_together(hot: Hot) -> None:
    for name, code in (("a.csv", 0), ("b.csv", 3), ("c.csv", -9)):
        hot.put(name)
        hot.runs.ends[name] = [ends(code)]
    hot.put("open.xlsx")
    hot.put("~$open.xlsx")
    assert hot.watch(once=True).codes == {Exit.OK, Exit.SOME_FAILED, Exit.UNEXPECTED, Exit.NOT_FINISHED}


# As it is typed -------------------------------------------------------------------------------------------------------


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is waited for."""
    monkeypatch.setattr("bulkgen.watch.decision.SETTLE", 0.0)
    monkeypatch.setattr("bulkgen.watch.watcher.LOOK_EVERY", 0.02)


@pytest.mark.usefixtures("at_once")
def test_sheets_that_are_dropped_are_run_by_processes_of_their_own(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    story.sheet("bulkgen.recipe.toml", "max_cost = 5")
    told = story.type("watch", ".", "--once")
    assert story.column("leads.results.csv", "result_status") == ["done"]
    assert (story.folder / "leads.csv.log").exists()
    lines = sorted(line.partition(" ")[2].partition(" ")[2] for line in told.out.splitlines())
    assert lines == [
        "leads.csv: 1 of 1 done for $0.084, see leads.results.csv",
        "leads.csv: running, for at most $5.00",
    ]
    assert story.charges == 1
    assert story.type("watch", ".", "--once").out == ""
    assert story.charges == 1


#: Says, once it is asked to stop, whether it has a session of its own.
_WAITS = """
import json, os, pathlib, signal, sys
def asked(*_):
    print(json.dumps({"alone": os.getsid(0) == os.getpid()}))
    sys.exit(130)
signal.signal(signal.SIGTERM, asked)
pathlib.Path("ready").touch()
signal.pause()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sessions and signals are those of POSIX")
def test_ctrl_c_in_the_terminal_is_for_the_watch_which_asks_each_run_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "command_line", lambda *_: [sys.executable, "-IS", "-c", _WAITS])

    async def main() -> Ended:
        run = await child.Processes(tmp_path).start("run", "leads.csv")
        while not (tmp_path / "ready").exists():  # noqa: ASYNC110 - another process says so
            await anyio.sleep(0.01)
        run.stop()
        return await run.ended()

    assert anyio.run(main) == Ended(Exit.INTERRUPTED, {"alone": True})


@pytest.fixture
def pretended(monkeypatch: pytest.MonkeyPatch, at_once: None) -> Runs:
    runs = Runs()
    monkeypatch.setattr(cli, "Processes", lambda _folder: runs)
    return runs


def test_for_programs_each_line_is_an_object(hot: Hot, pretended: Runs) -> None:
    hot.put("le\u202eads.csv")
    told = {"new": 1, "counts": {"done": 1, "failed": 1}, "cost": {"spent": 0.5, "open": 0.25, "currency": "usd"}}
    pretended.ends["le\u202eads.csv"] = [ends(Exit.SOME_FAILED, after=0.01, told=told)]
    done = bulkgen(hot.folder, "watch", ".", "--once", "--json", "--max-cost", "$7")
    started, ran = map(json.loads, done.stdout.splitlines())
    assert done.returncode == Exit.SOME_FAILED
    assert (started["event"], started["cap"], started["exit_code"]) == ("started", 7.0, None)
    assert ran == {
        "at": ran["at"],
        "sheet": "le\u202eads.csv",
        "event": "ran",
        "message": "1 of 2 done for $0.50, 1 failed, at most $0.25 more",
        "exit_code": 3,
        "cap": 7.0,
        "mistakes": None,
        "marked": None,
        "again_in_s": None,
        "run": told,
    }


def test_what_a_sheet_is_called_is_shown_and_not_obeyed(hot: Hot, pretended: Runs) -> None:
    name = "a\x1b[31m\nb.csv"
    hot.put(name)
    pretended.ends[name] = [ends(after=0.01)]
    out = bulkgen(hot.folder, "watch", ".", "--once", "--max-cost", "7").stdout
    assert "a\\x1b[31m\\x0ab.csv: running" in out
    assert len(out.splitlines()) == 2


@pytest.mark.parametrize(
    ("words", "why", "code"),
    [
        (["nowhere"], "There is no folder nowhere", 2),
        (["leads.csv"], "leads.csv is a file, and no folder", 2),
        ([".", "--max-cost", "lots"], "--max-cost", 2),
        ([".", "--every", "3s"], "--every '3s' is too short", 2),
        ([], "FOLDER is missing", 2),
    ],
)
def test_what_can_not_be_watched_is_told(hot: Hot, pretended: Runs, words: list[str], why: str, code: int) -> None:
    hot.put("leads.csv")
    done = bulkgen(hot.folder, "watch", *words)
    assert (done.returncode, why in " ".join(done.stderr.split())) == (code, True), done.stderr


def test_a_second_watch_of_a_folder_says_so_and_ends(hot: Hot, pretended: Runs) -> None:
    with Hold(hot.folder, sandbox=False):
        done = bulkgen(hot.folder, "watch", ".", "--once")
    assert (done.returncode, "Another watch is at work" in done.stderr) == (Exit.LOCKED, True)


@pytest.mark.parametrize(
    ("news", "words"),
    [
        (News(what=What.STARTED, sheet="a", cap=2.5), "running, for at most $2.50"),
        (News(what=What.RAN, sheet="a", told={"new": 0, "counts": {"done": 3}}), "nothing new, 3 done"),
        (
            News(what=What.RAN, sheet="a", code=4, pause=120.0, told={"counts": {"done": 1, "rendering": 2}}),
            "not finished: 1 of 3 done, 2 rendering. Tried again in 2 minutes",
        ),
        (News(what=What.RAN, sheet="a", code=4, pause=0.0), "not finished. Goes on when it is its turn again"),
        (
            News(what=What.RAN, sheet="a", code=5, told={"counts": {"done": 1, "queued": 2}, "cost": {"spent": 1.0}}),
            "stopped at its cap: 1 of 3 done for $1.00, 2 not sent. Run again when it, or a recipe, is changed",
        ),
        (News(what=What.RAN, sheet="a", code=-9, pause=60.0), "ended unexpectedly (exit -9). Tried again in 1 minute"),
        (
            News(what=What.RAN, sheet="a", code=7, pause=3600.0, told={"message": "No key.\nType bulkgen login."}),
            "No key. Type bulkgen login. Tried again in 60 minutes",
        ),
        (News(what=What.CHECKED, sheet="a", told={"to_send": 0}), "checked: right, nothing new to make"),
        (
            News(what=What.NOT_RUN, sheet="a", code=2, told={"message": "There is no sheet."}),
            "not run: There is no sheet. Run again when it, or a recipe, is changed",
        ),
        (
            News(what=What.NOT_RUN, sheet="a", code=2, why="a.recipe.toml is no valid recipe."),
            "not run: a.recipe.toml is no valid recipe. Run again when it, or a recipe, is changed",
        ),
    ],
)  # fmt: skip
def test_the_words(news: News, words: str) -> None:
    assert in_words(news) == words
    assert watch_data(news)["message"] == words


def test_a_system_that_starts_no_process_is_asked_again_later(hot: Hot) -> None:
    hot.put("leads.csv")
    start, refusals = hot.runs.start, [OSError(11, "Resource temporarily unavailable")]

    async def refuse(*words: str) -> Child:
        if refusals:
            raise refusals.pop()

        return await start(*words)

    hot.runs.start = refuse  # type: ignore[method-assign]
    hot.watch()
    assert [news.code for news in hot.news if news.what is What.RAN] == [Exit.UNEXPECTED, Exit.OK]
    assert "No process can be started: Resource temporarily unavailable" in in_words(hot.news[1])


def charge(hot: Hot, name: str, cost: float, *, hours_ago: float = 1.0) -> None:
    """A resume file that says that so much was spent, so long before the watch begins."""
    at = datetime.fromtimestamp(hot.at - hours_ago * 3600, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    priced = {"currency": "usd", "unit": "item", "price": [cost, cost, cost], "amount": [cost, cost, cost]}
    lines = [
        {"event": "opened", "at": at, "format": 1, "bulkgen": "0", "base": "https://api.heygen.com", "account": "a"},
        {"event": "submitting", "at": at, "fingerprint": "f" * 64, "attempt": 1, "key": "k", "row": 2, "kind": "avatar",
         "cost": priced},
    ]  # fmt: skip
    (hot.folder / f"{name}.resume.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))


def test_what_a_day_may_cost_is_for_all_sheets_together(hot: Hot) -> None:
    charge(hot, "earlier.csv", 12.0)
    charge(hot, "long ago.csv", 99.0, hours_ago=25)
    for name in ("a.csv", "b.csv", "c.csv"):
        hot.put(name)
        hot.runs.ends[name] = [ends(after=30.0)]
    hot.watch(max_cost=4.0, max_cost_per_day=20.0, seconds=45.0)
    assert len(hot.runs.sheets) == 2, "for the third one there is no room beside the two at work"
    [(_at, _command, third)] = [each for each in hot.runs.started if each[1] == "check"]
    assert third not in hot.runs.sheets
    assert [in_words(news) for news in hot.news if news.sheet == third] == [
        "waiting: it may cost $4.00, and $0.00 are left for today"
    ]


def test_a_sheet_that_costs_less_than_its_cap_is_run_where_the_day_has_room_for_that(hot: Hot) -> None:
    charge(hot, "earlier.csv", 17.0)
    hot.put("a.csv")
    hot.runs.ends["a.csv"] = [ends(told={"cost": {"high": 2.5, "unknown": 0}})]
    hot.watch(max_cost=4.0, max_cost_per_day=20.0)
    assert [command for _at, command, _sheet in hot.runs.started] == ["check", "run"]


def test_what_is_paid_is_collected_on_a_day_on_which_more_was_spent_than_it_has(hot: Hot) -> None:
    charge(hot, "earlier.csv", 30.0)
    hot.put("a.csv")
    hot.runs.ends["a.csv"] = [ends(told={"cost": {"high": 0.0, "unknown": 0}})]
    hot.watch(max_cost=4.0, max_cost_per_day=20.0)
    assert [command for _at, command, _sheet in hot.runs.started] == ["check", "run"]


@pytest.mark.parametrize(("there", "until"), [(True, 200.0), (False, 2 * TURN + 600.0)])
def test_what_a_killed_watch_has_left_at_work_counts_with_all_that_it_may_cost(
    hot: Hot, there: bool, until: float
) -> None:
    path, memory = hot.put("a.csv"), hot.folder / ".bulkgen.watch.json"
    hot.runs.ends["a.csv"] = [ends(after=900.0), ends(Exit.LOCKED), ends(Exit.LOCKED)]
    kept: list[bytes] = []
    hot.watch((60.0, lambda: kept.append(memory.read_bytes())), max_cost=4.0, max_cost_per_day=5.0, seconds=90.0)
    memory.write_bytes(kept[0])  # as if it had been killed then
    began = len(hot.runs.started)
    hot.put("b.csv")
    if not there:
        path.unlink()
    hot.watch(max_cost=4.0, max_cost_per_day=5.0, seconds=until)
    runs = [sheet for _at, command, sheet in hot.runs.started[began:] if command == "run"]
    assert runs == (["a.csv"] * 3 if there else []) + ["b.csv"]
    assert hot.told(What.WAITING) == ["b.csv"]


def test_what_has_to_wait_for_the_next_day_is_run_then(hot: Hot) -> None:
    charge(hot, "earlier.csv", 17.0, hours_ago=23)
    hot.put("a.csv")
    hot.watch(max_cost=4.0, max_cost_per_day=20.0, seconds=3 * 3600.0)
    [at] = [at for at, command, _sheet in hot.runs.started if command == "run"]
    assert 3600 <= at <= 2 * 3600 + 60


def test_a_record_that_can_not_be_read_keeps_all_from_being_run(hot: Hot) -> None:
    hot.put("a.csv")
    (hot.folder / "b.csv.resume.jsonl").write_text("nonsense\n{}\n")
    hot.watch(max_cost=4.0, max_cost_per_day=20.0)
    assert hot.runs.sheets == []
    assert "can't be counted" in in_words(hot.news[0])


def test_a_sheet_that_goes_away_is_no_matter(hot: Hot) -> None:
    path = hot.put("a.csv")
    hot.runs.ends["a.csv"] = [ends(Exit.MISTAKES, after=20.0), ends(Exit.MISTAKES, after=20.0)]
    hot.watch((10.0, path.unlink), seconds=100.0)
    assert [command for _at, command, _sheet in hot.runs.started] == ["run", "check"]
    assert json.loads((hot.folder / ".bulkgen.watch.json").read_text())["sheets"].keys() == {"a.csv"}


def test_a_file_that_nobody_may_open_waits_and_keeps_nothing_from_ending(
    hot: Hot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_folder: Folder, _seen: Seen) -> bool:
        raise PermissionError(13, "Permission denied")

    hot.put("a.csv")
    monkeypatch.setattr(Folder, "is_whole", refuse)
    assert hot.watch(once=True).codes == {Exit.NOT_FINISHED}
    assert [in_words(news) for news in hot.news] == ["waiting: it can't be opened: Permission denied"]
    monkeypatch.undo()
    assert hot.watch(once=True).codes == {Exit.OK}
