"""Installing, listing, starting and removing on each platform, against programs that only pretend."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bulkgen.errors import BulkgenError, InputError
from bulkgen.ledger.system_lock import system_lock
from bulkgen.schedules.computer import Computer, Done
from bulkgen.schedules.computer import run as run_program
from bulkgen.schedules.cron import Cron
from bulkgen.schedules.entries.crontab import block
from bulkgen.schedules.entries.entry import Entry, Label
from bulkgen.schedules.entries.typed import of_words
from bulkgen.schedules.launchd import Launchd
from bulkgen.schedules.scheduler import Started
from bulkgen.schedules.schedulers import first_of, schedulers_of
from bulkgen.schedules.systemd import Systemd
from bulkgen.schedules.windows import TaskScheduler

NOW = datetime(2026, 11, 22, 10, 18, 30)


@dataclass
class Programs:
    """What is typed into them (`typed`), and what they say: by the first words of the command, else nothing, well."""

    answers: dict[tuple[str, ...], Done] = field(default_factory=dict)
    typed: list[tuple[str, ...]] = field(default_factory=list)
    crontab: str | None = None
    now: datetime = NOW
    #: What happens while somebody waits.
    meanwhile: Callable[[], object] = lambda: None

    def __call__(self, words: Sequence[str], *, stdin: str = "", patience: float = 60) -> Done:
        self.typed.append(tuple(words))
        if words[0] == "crontab" and not any(key[0] == "crontab" for key in self.answers):
            return self._crontab(words, stdin)

        matching = [key for key in self.answers if tuple(words)[: len(key)] == key]
        return self.answers[max(matching, key=len)] if matching else Done(code=0)

    def _crontab(self, words: Sequence[str], stdin: str) -> Done:
        if words[1] == "-l":
            told = Done(code=1, err="no crontab for ann\n")
            return told if self.crontab is None else Done(code=0, out=self.crontab)

        self.crontab = stdin
        return Done(code=0)

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.meanwhile()

    def computer(self, home: Path, platform: str = "linux") -> Computer:
        return Computer(
            platform=platform,
            program="/usr/bin/python3",
            prefix="/usr",
            home=home,
            data=home / "data",
            user="ann",
            number=501,
            environment={},
            run=self,
            now=lambda: self.now,
            sleep=self.sleep,
        )


def entry(name: str = "bulkgen-leads-1", *, watches: bool = False) -> Entry:
    times = None if watches else of_words("day", "07:00")
    label = Label(name=name, target="/srv/leads.xlsx", identity=name, watches=watches, when="every day at 07:00")
    return Entry(label=label, words=("/usr/bin/bulkgen", "run"), folder="/srv", times=times)


NO_BUS = Done(code=1, err="Failed to connect to bus: No medium found")
PLATFORMS = ("linux", "cron", "darwin", "win32")


def scheduler_on(platform: str, home: Path, programs: Programs) -> Systemd | Cron | Launchd | TaskScheduler:
    if platform == "cron":
        programs.answers["systemctl",] = NO_BUS
    found = first_of(schedulers_of(programs.computer(home, platform.replace("cron", "linux"))))
    assert isinstance(found, Systemd | Cron | Launchd | TaskScheduler)
    return found


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_is_installed_is_listed_once_until_it_is_removed(tmp_path: Path, platform: str) -> None:
    scheduler = scheduler_on(platform, tmp_path, Programs())
    assert [*scheduler.labels()] == []
    one, other = entry(), entry("bulkgen-other-2")
    for each in (one, other, one):
        scheduler.install(each)
    assert sorted(scheduler.labels(), key=lambda label: label.name) == [one.label, other.label]
    scheduler.remove(one.label)
    assert [*scheduler.labels()] == [other.label]
    assert scheduler.texts(one)
    assert scheduler.by_hand(one)
    assert scheduler.look(one)


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_what_the_platform_refuses_is_told_and_not_listed(tmp_path: Path, platform: str) -> None:
    programs = Programs()
    for program in ("systemctl", "launchctl", "schtasks"):
        for verb in (("--user", "enable"), ("bootstrap",), ("/Create",)):
            programs.answers[program, *verb] = Done(code=1, err="first\nnot on a Sunday\n")
    scheduler = scheduler_on(platform, tmp_path, programs)
    with pytest.raises(BulkgenError, match="did not work: not on a Sunday"):
        scheduler.install(entry())
    assert [*scheduler.labels()] == []


@pytest.mark.parametrize(
    ("platform", "refusing"),
    [
        ("linux", ("systemctl", "--user", "disable")),
        ("darwin", ("launchctl", "bootout")),
        ("win32", ("schtasks", "/Delete")),
    ],
)
def test_what_can_not_be_taken_out_is_told_and_still_listed(
    tmp_path: Path, platform: str, refusing: tuple[str, ...]
) -> None:
    programs = Programs()
    scheduler = scheduler_on(platform, tmp_path, programs)
    scheduler.install(entry())
    programs.answers[refusing] = Done(code=1, err="Access is denied.\n")
    with pytest.raises(BulkgenError, match=r"Access is denied\. It is still scheduled\."):
        scheduler.remove(entry().label)
    assert scheduler.labels() == [entry().label]


def test_an_entry_whose_last_line_somebody_took_out_of_the_crontab_is_told(tmp_path: Path) -> None:
    programs = Programs()
    scheduler = cron_with(tmp_path, programs)
    scheduler.install(entry())
    programs.crontab = (programs.crontab or "").replace("# bulkgen end bulkgen-leads-1\n", "")
    with pytest.raises(BulkgenError, match="crontab -e"):
        scheduler.remove(entry().label)


def test_a_computer_without_any_scheduler_is_told_what_to_do(tmp_path: Path) -> None:
    programs = Programs(answers={("systemctl",): NO_BUS, ("crontab",): Done(code=None)})
    assert [*schedulers_of(programs.computer(tmp_path))] == []
    with pytest.raises(InputError, match="--print"):
        first_of([])


def test_the_persons_own_systemd_comes_before_cron(tmp_path: Path) -> None:
    assert [type(each) for each in schedulers_of(Programs().computer(tmp_path))] == [Systemd, Cron]


def test_nobody_is_kept_waiting_for_a_program_that_is_not_there() -> None:
    assert run_program(("bulkgen-no-such-program",)).code is None
    assert run_program(("sleep", "5"), patience=0.05).code is None


def test_programs_of_the_system_never_see_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEYGEN_API_KEY", "sk_secret")
    assert (
        run_program(("sh", "-c", "echo ${HEYGEN_API_KEY-none} $LC_ALL; cat"), stdin="é\udcff").out == "none C\né\udcff"
    )


# systemd ------------------------------------------------------------------------------------------------------------


def test_systemd_is_told_of_the_timer_and_starts_the_service(tmp_path: Path) -> None:
    programs = Programs()
    scheduler = scheduler_on("linux", tmp_path, programs)
    scheduler.install(entry())
    assert programs.typed[-3:] == [
        ("systemctl", "--user", "daemon-reload"),
        ("systemctl", "--user", "enable", "bulkgen-leads-1.timer"),
        ("systemctl", "--user", "restart", "bulkgen-leads-1.timer"),
    ]
    folder = tmp_path / ".config" / "systemd" / "user"
    assert sorted(path.name for path in folder.iterdir()) == ["bulkgen-leads-1.service", "bulkgen-leads-1.timer"]


@pytest.mark.parametrize(
    ("state", "started"),
    [
        ("ActiveState=inactive\nExecMainCode=1\nExecMainStatus=0\n", Started(code=0)),
        ("ActiveState=failed\nExecMainCode=1\nExecMainStatus=7\n", Started(code=7)),
        ("ActiveState=failed\nExecMainCode=2\nExecMainStatus=9\n", Started(code=1)),  # killed, not exit 9
        ("ActiveState=activating\nExecMainCode=0\nExecMainStatus=0\n", Started()),
    ],
)
def test_what_systemd_says_of_the_first_run(tmp_path: Path, state: str, started: Started) -> None:
    programs = Programs(answers={("systemctl", "--user", "show"): Done(code=0, out=state)})
    assert scheduler_on("linux", tmp_path, programs).start(entry(), 900) == started
    assert ("systemctl", "--user", "start", "bulkgen-leads-1.service") in programs.typed


def test_a_watch_is_a_service_of_its_own_that_is_enabled(tmp_path: Path) -> None:
    programs = Programs(answers={("systemctl", "--user", "show"): Done(code=0, out="ActiveState=active\n")})
    scheduler = scheduler_on("linux", tmp_path, programs)
    scheduler.install(entry(watches=True))
    assert ("systemctl", "--user", "enable", "bulkgen-leads-1.service") in programs.typed
    assert scheduler.start(entry(watches=True), 900) == Started()


@pytest.mark.parametrize(("linger", "told"), [("Linger=no\n", True), ("Linger=yes\n", False), ("", False)])
def test_whoever_is_started_only_while_logged_in_is_told_so(tmp_path: Path, linger: str, told: bool) -> None:
    programs = Programs(answers={("loginctl",): Done(code=0, out=linger)})
    notes = " ".join(scheduler_on("linux", tmp_path, programs).notes(entry()))
    assert ("loginctl enable-linger" in notes) == told


# cron ---------------------------------------------------------------------------------------------------------------


def cron_with(tmp_path: Path, programs: Programs) -> Cron:
    found = scheduler_on("cron", tmp_path, programs)
    assert isinstance(found, Cron)
    return found


def test_cron_starts_it_in_the_coming_minute_and_forgets_it(tmp_path: Path) -> None:
    programs = Programs(crontab="0 5 * * * backup\n")
    scheduler, outcome = cron_with(tmp_path, programs), tmp_path / "data" / "schedules" / "bulkgen-leads-1.exit"
    scheduler.install(entry())
    seen: list[str] = []

    def cron_does_its_work() -> None:
        seen.append(programs.crontab or "")
        if programs.now >= NOW.replace(second=0) + timedelta(minutes=1, seconds=20):
            outcome.write_text("4\n")

    programs.meanwhile = cron_does_its_work
    before = programs.crontab
    assert scheduler.start(entry(), 900) == Started(code=4)
    assert "\n19 10 22 11 * echo begun > " in seen[0]
    assert "0 7 * * *" in seen[0]
    assert programs.crontab == before
    assert not outcome.exists()


def test_at_the_end_of_a_minute_cron_gets_one_more(tmp_path: Path) -> None:
    programs = Programs(now=NOW.replace(second=55), crontab="")
    seen: list[str] = []
    programs.meanwhile = lambda: seen.append(programs.crontab or "")
    assert cron_with(tmp_path, programs).start(entry(), 0) == Started(seen=False)
    assert "\n20 10 22 11 * " in seen[0]
    assert programs.crontab == ""


def test_cron_is_not_told_twice_in_the_second_in_which_it_looks(tmp_path: Path) -> None:
    """It knows a change of a crontab by its second alone, and would not see the later one."""
    programs = Programs(now=NOW.replace(second=0), crontab="")
    seen: list[tuple[int, str]] = []
    programs.meanwhile = lambda: seen.append((programs.now.second, programs.crontab or ""))
    cron_with(tmp_path, programs).start(entry(), 0)
    assert seen[0] == (2, "")
    assert "\n19 10 22 11 * " in seen[1][1]


def test_ctrl_c_while_cron_is_waited_for_leaves_no_second_entry(tmp_path: Path) -> None:
    programs = Programs()

    def interrupted() -> None:
        raise KeyboardInterrupt

    programs.meanwhile = interrupted
    scheduler = cron_with(tmp_path, programs)
    scheduler.install(entry())
    with pytest.raises(KeyboardInterrupt):
        scheduler.start(entry(), 900)
    assert "once" not in (programs.crontab or "")
    assert [*scheduler.labels()] == [entry().label]


def test_a_cron_that_is_not_at_work_is_not_waited_for(tmp_path: Path) -> None:
    """As in a container or WSL, where nobody starts it."""
    programs = Programs(crontab="")
    assert cron_with(tmp_path, programs).start(entry(), 900) == Started(seen=False)
    assert programs.now - NOW < timedelta(minutes=3)
    assert programs.crontab == ""


def test_what_cron_has_begun_is_waited_for(tmp_path: Path) -> None:
    programs = Programs(crontab="")
    outcome = tmp_path / "data" / "schedules" / "bulkgen-leads-1.exit"
    programs.meanwhile = lambda: outcome.write_text("begun\n")
    assert cron_with(tmp_path, programs).start(entry(), 900) == Started()
    assert programs.now - NOW > timedelta(minutes=15)


def test_two_commands_at_once_do_not_undo_one_another(tmp_path: Path) -> None:
    programs = Programs(crontab="")
    scheduler = cron_with(tmp_path, programs)
    lock = tmp_path / "data" / "schedules" / "crontab.lock"
    lock.parent.mkdir(parents=True)
    other = os.open(lock, os.O_RDWR | os.O_CREAT)
    assert system_lock(other)

    def the_other_writes() -> None:
        programs.crontab = block(entry("bulkgen-other-2"))
        os.close(other)

    programs.meanwhile = the_other_writes
    scheduler.install(entry())
    assert [label.name for label in scheduler.labels()] == ["bulkgen-other-2", "bulkgen-leads-1"]


def test_a_first_run_that_is_too_long_for_cron_is_refused_before_anything_changes(tmp_path: Path) -> None:
    programs = Programs(crontab="")
    long = replace(entry(), words=("/usr/bin/python3", "x" * 940))
    assert block(long)
    with pytest.raises(InputError, match="too long for cron"):
        cron_with(tmp_path, programs).install(long)
    assert programs.crontab == ""


def test_a_second_entry_that_a_kill_left_goes_with_the_next_command(tmp_path: Path) -> None:
    programs = Programs(
        crontab="# bulkgen begin bulkgen-leads-1 once\n1 2 3 4 * x\n# bulkgen end bulkgen-leads-1 once\n"
    )
    scheduler = cron_with(tmp_path, programs)
    scheduler.install(entry())
    assert "once" not in (programs.crontab or "")


def test_a_crontab_that_can_t_be_read_is_never_written(tmp_path: Path) -> None:
    programs = Programs(crontab="0 5 * * * backup\n")
    scheduler = cron_with(tmp_path, programs)
    programs.answers["crontab", "-l"] = Done(code=1, err="crontab: can't open your crontab: Input/output error")
    with pytest.raises(BulkgenError, match="nothing was changed"):
        scheduler.install(entry())
    assert ("crontab", "-") not in programs.typed


# launchd and the Task Scheduler -------------------------------------------------------------------------------------


def test_a_launch_agent_is_loaded_anew_and_kicked(tmp_path: Path) -> None:
    states = iter(["\tstate = running\n", "\tstate = not running\n\truns = 1\n\tlast exit code = 3\n"])
    programs = Programs()
    scheduler = scheduler_on("darwin", tmp_path, programs)
    scheduler.install(entry())
    path = tmp_path / "Library" / "LaunchAgents" / "local.bulkgen-leads-1.plist"
    assert programs.typed[-2:] == [
        ("launchctl", "bootout", "gui/501/local.bulkgen-leads-1"),
        ("launchctl", "bootstrap", "gui/501", str(path)),
    ]
    target = ("launchctl", "print", "gui/501/local.bulkgen-leads-1")
    programs.answers[target] = Done(code=0, out=next(states))
    programs.meanwhile = lambda: programs.answers.update({target: Done(code=0, out=next(states))})
    assert scheduler.start(entry(), 900) == Started(code=3)
    assert ("launchctl", "kickstart", "gui/501/local.bulkgen-leads-1") in programs.typed


def test_a_task_is_made_from_xml_and_asked_for_its_result(tmp_path: Path) -> None:
    results = iter(["267009\r\n", "4\r\n"])
    programs = Programs()
    scheduler = scheduler_on("win32", tmp_path, programs)
    scheduler.install(entry())
    create = programs.typed[-1]
    assert create[:4] == ("schtasks", "/Create", "/TN", "\\bulkgen\\bulkgen-leads-1")
    assert create[4] == "/XML"
    assert create[6] == "/F"
    assert Path(create[5]).read_bytes().startswith(b"\xff\xfe")
    programs.answers["powershell",] = Done(code=0, out=next(results))
    programs.meanwhile = lambda: programs.answers.update({("powershell",): Done(code=0, out=next(results))})
    assert scheduler.start(entry(), 900) == Started(code=4)


@pytest.mark.parametrize(("environment", "told"), [({"HEYGEN_API_BASE": "https://proxy.example"}, True), ({}, False)])
def test_that_a_task_carries_no_variables_is_told(tmp_path: Path, environment: dict[str, str], told: bool) -> None:
    carrying = replace(entry(), environment=environment)
    notes = " ".join(scheduler_on("win32", tmp_path, Programs()).notes(carrying))
    assert ("HEYGEN_API_BASE" in notes) == told


def test_a_run_that_takes_longer_is_not_waited_for_to_its_end(tmp_path: Path) -> None:
    programs = Programs(answers={("powershell",): Done(code=0, out="267009\r\n")})
    began = programs.now
    assert scheduler_on("win32", tmp_path, programs).start(entry(), 900) == Started()
    assert programs.now - began == timedelta(seconds=900)


def test_units_of_somebody_else_are_no_entries(tmp_path: Path) -> None:
    folder = tmp_path / ".config" / "systemd" / "user"
    folder.mkdir(parents=True)
    (folder / "bulkgen-mine.service").write_text("[Service]\nExecStart=/bin/true\n")
    (folder / "bulkgen-bytes.service").write_bytes(b"# bulkgen: \xff{")
    assert [*scheduler_on("linux", tmp_path, Programs()).labels()] == []


def test_a_folder_that_can_t_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / ".config").write_text("a file")
    with pytest.raises(BulkgenError, match="can't be written"):
        scheduler_on("linux", tmp_path, Programs()).install(replace(entry()))
