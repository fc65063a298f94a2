"""`bulkgen schedule` as it is typed: what is refused, asked, installed, started once, listed and removed."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from bulkgen.batch import opened
from bulkgen.cli.console import Console
from bulkgen.errors import InputError
from bulkgen.program import check_program
from bulkgen.schedules.computer import Computer, Done
from bulkgen.schedules.entries.crontab import label_lines
from bulkgen.schedules.entries.entry import Label
from bulkgen.schedules.outcome import last_run
from bulkgen.schedules.surroundings import carried, places_told
from tests.command import ROOT
from tests.standin.settings import DEFAULT_KEY
from tests.story import Story, Told
from tests.test_recipe_link import TAB
from tests.test_schedulers import NO_BUS, Programs

DAILY = ("--every", "day", "--at", "07:00")
CAPPED = (*DAILY, "--max-cost", "5")
KEY = DEFAULT_KEY


class Office:
    """A computer with cron and nobody's systemd, whose cron does at once what is due (`runs`: the exit code)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder.parent / f"{folder.name}.home"
        self.credentials = self.home / ".heygen"
        self.programs = Programs(answers={("systemctl",): NO_BUS})
        self.programs.meanwhile = self._run
        self.changed: dict[str, Any] = {}
        self.runs = 0
        self.started = 0

    def computer(self, data: Path) -> Computer:
        found = replace(self.programs.computer(self.home), data=data, environment=os.environ)
        return replace(found, **self.changed)

    def log_in(self) -> None:
        self.credentials.mkdir(parents=True)
        (self.credentials / "credentials").write_text(json.dumps({"api_key": KEY}))

    def _run(self) -> None:
        for outcome in self.folder.parent.rglob("schedules/*.exit"):
            self.started += 1
            outcome.write_text(f"{self.runs}\n")

    def begins(self) -> None:
        """Its cron starts what is due, and the run takes its time."""
        for outcome in self.folder.parent.rglob("schedules/*.exit"):
            outcome.write_text("begun\n")

    @property
    def crontab(self) -> str:
        return self.programs.crontab or ""

    @property
    def command(self) -> str:
        """The one line that is scheduled."""
        [line] = [line for line in self.crontab.splitlines() if line and not line.startswith("#")]
        return line

    @property
    def labels(self) -> list[Label | None]:
        return [Label.read(line) for line in label_lines(self.crontab)]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    folder = tmp_path / "work"
    folder.mkdir()
    found = Office(folder)
    with mock.patch.object(Computer, "this", found.computer):
        yield found


@pytest.fixture
def story(office: Office) -> Iterator[Story]:
    with Story(office.folder) as found:
        found.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
        yield found


def schedule(story: Story, office: Office, *words: str, code: int = 0, **env: str) -> Told:
    """The command, with the key in its file alone unless a test says otherwise."""
    whole = {"HEYGEN_CONFIG_DIR": str(office.credentials), "HEYGEN_API_KEY": "", **env}
    return story.type("schedule", *words, code=code, env=whole)


def test_a_sheet_is_checked_installed_and_run_once(story: Story, office: Office) -> None:
    office.log_in()
    told = schedule(story, office, "leads.csv", *CAPPED, "--yes")
    assert office.started == 1
    assert "1 to make" in told.text
    assert "next on Monday 23 November 2026, 07:00" in told.text
    assert "First run: exit 0" in told.out
    assert office.command.startswith("0 7 * * * cd ")
    ending = "run {} --max-cost 5 --log-format text --only-capped --yes --no-input --quiet"
    assert office.command.endswith(ending.format(office.folder / "leads.csv"))
    assert story.charges == 0  # only the run that the scheduler starts sends anything


def test_the_key_is_written_nowhere(story: Story, office: Office) -> None:
    office.log_in()
    told = schedule(story, office, "leads.csv", *CAPPED, "--yes", HEYGEN_API_KEY="sk_secret_of_the_window")
    printed = schedule(story, office, "leads.csv", *CAPPED, "--print", HEYGEN_API_KEY="sk_secret_of_the_window")
    assert "not the other one in HEYGEN_API_KEY" in told.text
    everything = office.crontab + told.text + printed.text
    everything += "".join(path.read_text(errors="replace") for path in story.data.rglob("*") if path.is_file())
    assert "sk_secret" not in everything
    assert KEY not in everything


def test_the_key_of_the_file_is_the_one_that_is_checked(story: Story, office: Office) -> None:
    """HeyGen takes no other: with that of the window nothing could be asked."""
    office.log_in()
    schedule(story, office, "leads.csv", *CAPPED, "--yes", HEYGEN_API_KEY="sk_wrong")


@pytest.mark.parametrize("window", ["", "sk_secret_of_the_window"])
def test_a_key_that_a_scheduled_run_would_not_find_is_refused(story: Story, office: Office, window: str) -> None:
    told = schedule(story, office, "leads.csv", *CAPPED, "--yes", code=7, HEYGEN_API_KEY=window)
    assert "Type: bulkgen login" in told.text
    assert ("only in HEYGEN_API_KEY" in told.text) == bool(window)
    assert office.crontab == ""


def test_without_a_limit_on_the_cost_nothing_is_scheduled(story: Story, office: Office) -> None:
    office.log_in()
    told = schedule(story, office, "leads.csv", *DAILY, "--yes", code=2)
    assert "add --max-cost USD" in told.text
    assert "max_cost = USD into leads.recipe.toml" in told.text
    assert office.crontab == ""


@pytest.mark.parametrize("limit", ["max_cost = 5", "max_cost_total = 50"])
def test_a_limit_in_the_recipe_is_one(story: Story, office: Office, limit: str) -> None:
    office.log_in()
    (office.folder / "leads.recipe.toml").write_text(limit)
    schedule(story, office, "leads.csv", *DAILY, "--yes")
    assert "--max-cost" not in office.command  # a lower one in the recipe is heeded at once


def test_how_the_end_is_told_goes_into_the_entry(story: Story, office: Office) -> None:
    office.log_in()
    told = schedule(
        story, office, "leads.csv", *CAPPED, "--print", "--notify-on", "failure", "--on-finish", "cat -n 'a b'"
    )
    command = next(line for line in told.out.splitlines() if " && " in line)
    assert " --notify-on failure " in command
    words = shlex.split(command.partition(" && ")[2])
    program, *rest = shlex.split(words[words.index("--on-finish") + 1])
    assert Path(program).is_absolute()  # where cron looks for programs, the person's own are not
    assert rest == ["-n", "a b"]


@pytest.mark.parametrize("words", [("leads.csv",), ("--watch", ".")])
def test_an_address_of_notices_gets_into_no_entry(story: Story, office: Office, words: tuple[str, ...]) -> None:
    office.log_in()
    told = schedule(story, office, *words, "--max-cost", "5", "--yes", "--notify", "slack://sk_a/b/c", code=2)
    assert "recipe (notify = …)" in told.text
    assert "sk_a" not in told.text + office.crontab


@pytest.mark.parametrize(
    ("recipe", "words", "why"),
    [("notify = 'slack://a'", (), "slack://…"), ("", ("--on-finish", "no_such_program x"), "no_such_program")],
)
def test_who_could_not_be_told_of_the_end_is_said_before_anything_is_installed(
    story: Story, office: Office, recipe: str, words: tuple[str, ...], why: str
) -> None:
    office.log_in()
    (office.folder / "leads.recipe.toml").write_text(recipe)
    assert why in schedule(story, office, "leads.csv", *CAPPED, "--yes", *words, code=2).text
    assert office.crontab == ""


def test_a_run_whose_limit_has_gone_from_the_recipe_since_sends_nothing(story: Story, office: Office) -> None:
    assert "No limit on the cost" in story.run("leads.csv", "--only-capped", code=2).text
    assert story.charges == 0
    (office.folder / "leads.recipe.toml").write_text("max_cost = 5")
    story.run("leads.csv", "--only-capped")
    (office.folder / "leads.recipe.toml").unlink()
    story.run("leads.csv", "--only-capped")  # nothing is to be sent, and results are still collected
    assert story.charges == 1


def test_a_google_sheet_that_a_recipe_names_is_scheduled_and_run(
    story: Story, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.log_in()
    shared = {TAB: "avatar_id,script\nlook_ann,Hello from Google\n"}
    monkeypatch.setattr(opened, "fetch", lambda link: shared[link].encode())
    recipe = office.folder / "news.recipe.toml"
    recipe.write_text(f'link = "{TAB}"\n')
    assert "max_cost = USD into news.recipe.toml" in schedule(story, office, recipe.name, *DAILY, code=2).text
    recipe.write_text(f'link = "{TAB}"\nmax_cost = 5\n')
    schedule(story, office, recipe.name, *DAILY, "--yes")
    words = shlex.split(office.command.partition(" -m bulkgen ")[2])
    assert words[:2] == ["run", str(recipe)]
    for _ in range(2):
        assert story.type(*words).text.strip() == ""
    assert story.charges == 1
    assert "exit 0, 0 made" in schedule(story, office, "--list").out
    schedule(story, office, "--remove", recipe.name)
    assert office.crontab == ""


def test_a_sheet_with_a_mistake_is_told_and_not_scheduled(story: Story, office: Office) -> None:
    office.log_in()
    story.sheet("leads.csv", "avatar_id,script", "look_ann,")
    told = schedule(story, office, "leads.csv", *CAPPED, "--yes", code=2)
    assert "leads!B2" in told.text
    assert "Nothing was scheduled" in told.text
    assert office.crontab == ""


def test_nobody_can_be_asked_without_a_terminal(story: Story, office: Office) -> None:
    office.log_in()
    told = schedule(story, office, "leads.csv", *CAPPED, code=2)
    assert "add --yes" in told.text
    assert office.crontab == ""


@pytest.mark.parametrize(("answer", "code"), [(True, 0), (False, 2)])
def test_the_question_names_the_first_run_and_a_no_installs_nothing(
    story: Story, office: Office, answer: bool, code: int
) -> None:
    office.log_in()
    asked: list[str] = []

    def ask(_console: Console, question: str, **_words: str) -> bool:
        asked.append(question)
        return answer

    with (
        mock.patch.object(Console, "interactive", new_callable=mock.PropertyMock, return_value=True),
        mock.patch.object(Console, "ask", ask),
    ):
        schedule(story, office, "leads.csv", *CAPPED, code=code)
    assert "Install it, and run it once now? This makes 1 video" in asked[0]
    assert (office.crontab == "") is not answer
    assert office.started == answer


@pytest.mark.parametrize("code", [2, 3, 4, 5, 6, 7, 8])
def test_the_outcome_of_the_first_run_is_that_of_the_command(story: Story, office: Office, code: int) -> None:
    office.log_in()
    office.runs = code
    told = schedule(story, office, "leads.csv", *CAPPED, "--yes", code=code)
    assert f"First run: exit {code}, " in told.text
    assert "bulkgen schedule --remove" in told.text


def test_a_first_run_that_takes_longer_goes_on(story: Story, office: Office) -> None:
    office.log_in()
    office.programs.meanwhile = office.begins
    told = schedule(story, office, "leads.csv", *CAPPED, "--yes", code=4)
    assert "has not come to its end yet" in told.text
    assert "bulkgen status" in told.text
    assert len(office.labels) == 1


def test_a_cron_that_starts_nothing_is_told(story: Story, office: Office) -> None:
    office.log_in()
    office.programs.meanwhile = lambda: None
    told = schedule(story, office, "leads.csv", *CAPPED, "--yes", code=4)
    assert (
        "crontab has not started it, and may never do so. Look: crontab -l; is the cron service at work?" in told.text
    )
    assert "bulkgen schedule --remove" in told.text
    assert len(office.labels) == 1


def test_ctrl_c_while_it_is_waited_for_leaves_the_schedule(story: Story, office: Office) -> None:
    office.log_in()

    def interrupted() -> None:
        raise KeyboardInterrupt

    office.programs.meanwhile = interrupted
    assert "It is installed" in schedule(story, office, "leads.csv", *CAPPED, "--yes", code=130).text
    assert len(office.labels) == 1


def test_the_same_sheet_again_takes_the_place_of_its_entry(story: Story, office: Office) -> None:
    office.log_in()
    schedule(story, office, "leads.csv", *CAPPED, "--yes")
    told = schedule(
        story, office, f"../{office.folder.name}/leads.csv", "--cron", "5 * * * *", "--max-cost", "6", "--yes"
    )
    assert "takes the place of the earlier schedule" in told.text
    assert office.command.startswith("5 * * * * cd ")
    assert "--max-cost 6" in office.command


def test_two_sheets_of_one_name_are_two_entries(story: Story, office: Office) -> None:
    office.log_in()
    (office.folder / "other").mkdir()
    story.sheet("other/leads.csv", "avatar_id,script", "look_ann,Hello")
    schedule(story, office, "leads.csv", *CAPPED, "--yes")
    schedule(story, office, "other/leads.csv", *CAPPED, "--yes")
    listed = schedule(story, office, "--list").out
    assert (listed.count("every day at 07:00"), listed.count("no run is on record yet")) == (2, 2)
    schedule(story, office, "--remove", "other/leads.csv")
    assert [label.target for label in office.labels if label] == [str(office.folder / "leads.csv")]


def test_an_entry_is_removed_after_its_sheet_has_gone(story: Story, office: Office) -> None:
    office.log_in()
    schedule(story, office, "leads.csv", *CAPPED, "--yes")
    (office.folder / "leads.csv").unlink()
    assert "Not scheduled any more" in schedule(story, office, "--remove", "leads.csv").text
    assert office.crontab == ""
    assert "Nothing is scheduled for leads.csv" in schedule(story, office, "--remove", "leads.csv", code=2).text


def test_all_entries_are_removed_only_by_who_means_it(story: Story, office: Office) -> None:
    office.log_in()
    schedule(story, office, "leads.csv", *CAPPED, "--yes")
    assert "name the SHEET, or add --yes" in schedule(story, office, "--remove", code=2).text
    schedule(story, office, "--remove", "--yes")
    assert office.crontab == ""


def test_paths_are_whole_wherever_one_types(story: Story, office: Office) -> None:
    office.log_in()
    (office.folder / "sub").mkdir()
    told = story.type(
        *("schedule", "../leads.csv", *CAPPED, "--out", "made.csv", "--files", ".", "--print"),
        folder=office.folder / "sub",
        env={"HEYGEN_CONFIG_DIR": "../../work.home/.heygen", "HEYGEN_API_KEY": ""},
    )
    [line] = [line for line in told.out.splitlines() if line.startswith("0 7")]
    words = line.split()
    assert str(office.folder / "sub" / "made.csv") in words
    assert words[words.index("--files") + 1] == str(office.folder / "sub")
    config = next(word for word in words if word.startswith("HEYGEN_CONFIG_DIR="))
    assert Path(config.partition("=")[2]).is_absolute()
    assert Path(words[words.index("run") + 1]).samefile(office.folder / "leads.csv")


def test_print_installs_nothing_and_tells_what_would_be_in_the_way(story: Story, office: Office) -> None:
    office.changed = {"program": "/home/ann/.cache/uv/archive-v0/x/bin/python"}
    told = schedule(story, office, "leads.csv", *CAPPED, "--print")
    assert "0 7 * * * cd " in told.out
    assert "crontab -e" in told.out
    assert "bulkgen login" in told.err
    assert "temporary or cache folder" in told.text
    assert office.crontab == ""
    assert office.started == 0


def test_json_has_one_object_each_time(story: Story, office: Office) -> None:
    office.log_in()
    office.runs = 4
    installed = json.loads(schedule(story, office, "leads.csv", *CAPPED, "--yes", "--json", code=4).out)
    assert (installed["exit_code"], installed["first_run"]["exit_code"]) == (4, 4)
    assert installed["next"] == "2026-11-23T07:00:00"
    printed = json.loads(schedule(story, office, "leads.csv", *CAPPED, "--print", "--json").out)
    assert [*printed["files"]] == ["crontab"]
    [listed] = json.loads(schedule(story, office, "--list", "--json").out)["schedules"]
    assert (listed["target"], listed["scheduler"]) == (str(office.folder / "leads.csv"), "crontab")
    removed = json.loads(schedule(story, office, "--remove", "leads.csv", "--json").out)
    assert removed["removed"] == [listed["target"]]
    reference = (ROOT / "docs" / "REFERENCE.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`(\w+)`", reference.partition("\n## Schedules\n")[2].partition("\n## ")[0]))
    assert {*installed, *installed["first_run"], *printed, *listed, *removed} <= told | {"command", "exit_code"}


def test_a_bulkgen_that_may_be_gone_tomorrow_is_not_scheduled(story: Story, office: Office) -> None:
    office.log_in()
    office.changed = {"program": "/tmp/uvx/bin/python"}
    assert "uv tool install bulkgen" in schedule(story, office, "leads.csv", *CAPPED, "--yes", code=2).text
    assert office.crontab == ""


def test_no_scheduler_at_all_is_told(story: Story, office: Office) -> None:
    office.log_in()
    office.programs.answers["crontab",] = Done(code=None)
    assert "neither a systemd of yours" in schedule(story, office, "leads.csv", *CAPPED, "--yes", code=2).text
    assert "0 7 * * * cd " in schedule(story, office, "leads.csv", *CAPPED, "--print").out


def test_a_watch_is_kept_going(story: Story, office: Office) -> None:
    office.log_in()
    hot = office.folder / "hot"
    hot.mkdir()
    assert "needs a limit on the cost" in schedule(story, office, "--watch", "hot", "--yes", code=2).text
    told = schedule(story, office, "--watch", "hot", "--max-cost", "5", "--yes")
    assert "The folder is watched" in told.text
    assert f"watch {hot} --max-cost 5 >/dev/null 2>&1" in office.command
    schedule(story, office, "--remove", "hot", code=2)  # that would be a sheet
    assert "goes on until it is ended" in schedule(story, office, "--remove", "--watch", "hot").text
    assert office.crontab == ""
    (hot / "bulkgen.recipe.toml").write_text("max_cost = 5\n")
    schedule(story, office, "--watch", "hot", "--max-cost-per-day", "9", "--yes")
    assert office.command.endswith(f"watch {hot} --max-cost-per-day 9 >/dev/null 2>&1")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("leads.csv", "--watch", ".", "--max-cost", "5"), "each is an entry of its own"),
        (("--watch", ".", "--every", "day", "--max-cost", "5"), "leave --every, --at and --cron out"),
        (("--watch", ".", "--rows", "2", "--max-cost", "5"), "--rows is for a sheet"),
        (("--watch", "nowhere", "--max-cost", "5"), "is no folder"),
        (("--list", "--remove"), "one at a time"),
        (("leads.csv", *CAPPED, "--max-cost-per-day", "9"), "is for --watch FOLDER"),
        (("--watch", ".", "--max-cost", "5", "--max-cost-per-day", "x"), "--max-cost-per-day 'x'"),
        (("-", *CAPPED), "only once"),
        ((*CAPPED,), "SHEET is missing"),
        (("leads.csv", "--max-cost", "5"), "Say how often"),
        (("leads.csv", *DAILY, "--max-cost", "x"), "--max-cost 'x'"),
    ],
)
def test_what_does_not_go_together_is_told(story: Story, office: Office, words: tuple[str, ...], told: str) -> None:
    office.log_in()
    assert told in schedule(story, office, *words, "--yes", code=2).text
    assert office.crontab == ""


def test_a_rehearsal_needs_no_key(story: Story, office: Office) -> None:
    schedule(story, office, "leads.csv", *CAPPED, "--sandbox", "--yes")
    assert "leads.csv --sandbox --max-cost 5" in office.command


def test_the_last_run_is_read_from_the_log_in_either_form(tmp_path: Path) -> None:
    log = tmp_path / "leads.csv.log"
    assert last_run(log) == ""
    line = "2026-11-22 07:00:05,123 INFO run leads.csv: exit 0, 12 made, 0 failed, 3 left"
    log.write_text(f"{line}\n2026-11-22 07:00:06,000 INFO POST /v3/videos 200\n")
    assert last_run(log) == line
    log.rename(tmp_path / "leads.csv.log.1")  # it was begun anew
    assert last_run(log) == line
    told = {"time": "2026-11-23T07:00:05Z", "event": "run", "sheet": "leads.csv", "exit_code": 4}
    log.write_text(json.dumps({**told, "made": 1, "failed": 0, "left": 2}) + '\n{"time": "x", "event": "run"}\n')
    assert last_run(log) == "2026-11-23T07:00:05Z run leads.csv: exit 4, 1 made, 0 failed, 2 left"


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_a_run_writes_into_its_log_is_read_back(story: Story, form: str) -> None:
    story.run("leads.csv", "--sandbox", "--yes", "--log-format", form)
    [log] = story.folder.glob("*.log")
    assert "run leads.csv" in last_run(log)
    assert "exit 0, 1 made, 0 failed, 0 left" in last_run(log)


# What a scheduled run finds around it -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("program", "lasts"),
    [
        ("/home/ann/.local/share/uv/tools/bulkgen/bin/python", True),
        ("/home/ann/.local/pipx/venvs/bulkgen/bin/python", True),
        ("/home/temp/venv/bin/python", True),
        ("/usr/bin/python3", True),
        ("/home/ann/.cache/uv/archive-v0/abc/bin/python", False),
        ("/home/ann/.local/pipx/.cache/abc/bin/python", False),
        ("/Users/ann/Library/Caches/pipx/abc/bin/python", False),
        ("/private/var/folders/x1/abc/T/venv/bin/python", False),
        ("/data/uv/environments-v2/abc/bin/python", False),
        ("/mine/cache/abc/bin/python", False),
    ],
)
def test_what_is_emptied_any_day_is_told_from_what_stays(program: str, lasts: bool) -> None:
    prefix, mine = str(Path(program).parents[1]), {"UV_CACHE_DIR": "/mine/cache"}
    with contextlib.nullcontext() if lasts else pytest.raises(InputError, match="uv tool install bulkgen"):
        check_program(program, prefix, mine)


def test_an_entry_carries_what_leads_bulkgen_elsewhere_and_no_secret(tmp_path: Path) -> None:
    environment, told = carried(
        {
            "HEYGEN_API_KEY": "sk_secret",
            "HEYGEN_API_BASE": "https://proxy.example",
            "BULKGEN_DATA_DIR": "data",
            "BULKGEN_NOTIFY": "slack://secret/b/c",
            "HTTPS_PROXY": "http://ann:secret@proxy:8080",
            "no_proxy": "localhost",
            "PATH": "/bin",
        },
        tmp_path,
    )
    assert environment == {
        "HEYGEN_API_BASE": "https://proxy.example",
        "BULKGEN_DATA_DIR": str(tmp_path / "data"),
        "no_proxy": "localhost",
    }
    assert [line.partition(" ")[0] for line in told] == ["BULKGEN_NOTIFY", "HTTPS_PROXY"]
    assert "secret/" not in " ".join(told)
    assert "secret@" not in " ".join(told)


@pytest.mark.parametrize(
    ("folder", "platform", "is_told"),
    [
        ("Documents/sheets", "darwin", True),
        ("Desktop", "darwin", True),
        ("Library/Mobile Documents/com~apple~CloudDocs", "darwin", True),
        ("bulkgen", "darwin", False),
        ("Documents", "linux", False),
    ],
)
def test_who_has_a_sheet_where_macos_keeps_programs_out_is_told(folder: str, platform: str, is_told: bool) -> None:
    home = Path("/Users/ann")
    told = " ".join(places_told(home / folder / "leads.xlsx", home, platform))
    assert ("Full Disk Access" in told) == is_told
    assert ("/Users/ann/bulkgen" in told) == is_told
