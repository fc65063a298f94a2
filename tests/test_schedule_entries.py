"""The entries as each platform reads them: by its own checker where it is here, else by the rules of its format."""

from __future__ import annotations

import plistlib
import shlex
import subprocess
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulkgen.errors import InputError
from bulkgen.schedules.entries import agent, crontab, task, units
from bulkgen.schedules.entries.entry import Entry, Label, name_of
from bulkgen.schedules.entries.typed import of_cron, of_words
from tests.test_schedule_times import systemd_analyze

#: All that one of the formats would take for something else.
HARD = '/srv/50% off/ann\'s "$HOME" ${A} --x; `id` \\n # é 日本\u3000\xa0東京/leads.xlsx'
TIMES = of_words("weekday", "07:00")


def entry(*words: str, cron: str = "", folder: str = "/srv/sheets", **environment: str) -> Entry:
    times = of_cron(cron) if cron else TIMES
    label = Label(name="bulkgen-leads-12345678", target="/srv/sheets/leads.xlsx", identity="x", when=times.words)
    return Entry(label=label, words=("/usr/bin/env", *words), folder=folder, environment=environment, times=times)


def watch() -> Entry:
    label = Label(name="bulkgen-hot-12345678", target="/srv/hot", identity="x", watches=True, when="watched")
    return Entry(label=label, words=("/usr/bin/env", "watch"), folder="/tmp")


# The label ----------------------------------------------------------------------------------------------------------

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)


@given(target=TEXTS, worksheet=TEXTS)
def test_a_label_is_read_back_from_one_line_that_no_format_trips_over(target: str, worksheet: str) -> None:
    label = Label(name="n", target=target, identity=f"{target}\0", worksheet=worksheet)
    assert Label.read(label.line) == label
    assert label.line.isascii()
    assert label.line.isprintable()
    assert "--" not in label.line


@pytest.mark.parametrize("line", ["", "[]", "{}", '{"name": "n"}', '{"name": 1, "target": "t", "identity": "i"}', "{"])
def test_what_is_no_label_is_none(line: str) -> None:
    assert Label.read(line) is None


def test_a_label_of_a_later_version_is_read_all_the_same() -> None:
    assert Label.read('{"name": "n", "target": "t", "identity": "i", "mood": "good"}') == Label(
        name="n", target="t", identity="i"
    )


def test_two_sheets_of_one_name_have_two_names() -> None:
    one, other = (name_of("/a/Lead List (1).xlsx", identity) for identity in ("/a", "/b"))
    assert one != other
    assert one.startswith("bulkgen-lead-list-1-")
    assert name_of("/a/リード.xlsx", "x").removeprefix("bulkgen-").isalnum()


@pytest.mark.parametrize(
    "hard", ["/srv/a\nb.xlsx", "/srv/a\rb.xlsx", "/srv/a\x1b.xlsx", "/srv/a\0b.xlsx", "/srv/a\udcff.xlsx"]
)
def test_a_name_with_a_line_break_is_refused_on_every_platform(hard: str) -> None:
    with pytest.raises(InputError, match="characters that no schedule can hold"):
        entry(hard)


# systemd ------------------------------------------------------------------------------------------------------------


def verified(folder: Path, found: Entry) -> str:
    """What systemd says of the units; "" where they are right."""
    program = systemd_analyze()
    for name, text in units.units(found).items():
        (folder / name).write_text(text, encoding="utf-8")
    paths = [str(folder / name) for name in units.units(found)]
    done = subprocess.run(
        [program, "--user", "verify", *paths],
        capture_output=True,
        text=True,
        env={"XDG_RUNTIME_DIR": str(folder), "HOME": str(folder), "LC_ALL": "C.UTF-8"},
        check=False,
    )
    return done.stderr if done.returncode == 0 else done.stderr or "refused"


@pytest.mark.parametrize("cron", ["", "*/15 9-17 * * mon-fri", "0 0 13 * fri", "0 0 1 1 *"])
def test_systemd_finds_nothing_wrong_with_service_and_timer(tmp_path: Path, cron: str) -> None:
    found = entry("run", HARD, cron=cron, folder=str(tmp_path), BULKGEN_DATA_DIR='/x %h "q" $HOME')
    assert verified(tmp_path, found) == ""


def test_systemd_finds_nothing_wrong_with_the_service_of_a_watch(tmp_path: Path) -> None:
    assert verified(tmp_path, watch()) == ""


def test_systemd_tells_of_a_unit_that_is_wrong(tmp_path: Path) -> None:
    assert "bulkgen-leads" in verified(tmp_path, replace(entry("run"), words=("relative", "run")))


def unquoted(line: str) -> str:
    """What systemd makes of a word that it has in double quotes: specifiers, escapes, `$$`."""
    text = line.removeprefix('"').removesuffix('"')
    return text.replace("%%", "%").replace("$$", "$").replace('\\"', '"').replace("\\\\", "\\")


def test_a_word_of_a_unit_means_itself() -> None:
    service = units.units(entry("run", HARD, A=HARD))["bulkgen-leads-12345678.service"]
    command = next(line for line in service.splitlines() if line.startswith("ExecStart="))
    assert unquoted(command.split('"run" ')[1]) == HARD
    assert "$HOME" not in command.replace("$$HOME", "")
    variable = next(line for line in service.splitlines() if line.startswith("Environment="))
    assert "50%% off" in variable
    assert "$$" not in variable  # systemd fills nothing in there


def test_a_run_is_never_begun_again_by_itself_and_an_unfinished_one_is_no_failure() -> None:
    service = units.units(entry("run"))["bulkgen-leads-12345678.service"]
    assert "Restart=no" in service
    assert "Type=oneshot" in service
    assert "SuccessExitStatus=3 4 5 8 130" in service
    assert "TimeoutStartSec=infinity" in service
    assert "Persistent=true" in units.units(entry("run"))["bulkgen-leads-12345678.timer"]


def test_a_watch_has_no_timer_and_is_begun_again_when_it_was_killed() -> None:
    assert [*units.units(watch())] == ["bulkgen-hot-12345678.service"]
    service = units.units(watch())["bulkgen-hot-12345678.service"]
    assert "Restart=on-failure" in service
    assert "RestartPreventExitStatus=2 7 8" in service
    assert "KillMode=mixed" in service  # its runs are stopped by it, and once


@pytest.mark.parametrize("folder", ["/srv/a ", "/srv/a\\"])
def test_a_folder_that_no_unit_can_name_is_refused(folder: str) -> None:
    with pytest.raises(InputError, match="another name"):
        units.units(entry("run", folder=folder))


# cron ---------------------------------------------------------------------------------------------------------------


def as_sh_has_it(line: str, folder: Path) -> list[str]:
    """The words of a command in a crontab, by cron's and the shell's own reading."""
    command = line.split(" ", 5)[5].replace(r"\%", "%")
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False, cwd=folder)
    return done.stdout.splitlines()


def test_a_line_of_a_crontab_means_what_it_should(tmp_path: Path) -> None:
    folder = tmp_path / "50% of ann's"
    folder.mkdir()
    program = "import os, sys; print(os.getcwd()); print(os.environ['A']); print(sys.argv[1])"
    found = entry("python3", "-c", program, HARD, folder=str(folder), A=HARD)
    line = crontab.block(found).splitlines()[2]
    assert as_sh_has_it(line, tmp_path) == [str(folder), HARD, HARD]
    assert "%" not in line.replace(r"\%", "")


LINES = st.lists(
    st.sampled_from(
        ["0 5 * * * backup", "# bulkgen begin", "MAILTO=ann@example.com", "", "# bulkgen end x", "@daily x"]
    ),
    max_size=6,
).map(lambda lines: "".join(f"{line}\n" for line in lines))


@given(theirs=LINES, ending=st.sampled_from(["", "7 7 * * * last without a line break"]))
def test_the_rest_of_a_crontab_stays_byte_by_byte(theirs: str, ending: str) -> None:
    mine, other = entry("run"), replace(entry("run"), label=replace(entry().label, name="bulkgen-other-1"))
    before = theirs + ending
    one = crontab.with_block(before, mine.name, crontab.block(mine))
    two = crontab.with_block(one, other.name, crontab.block(other))
    again = crontab.with_block(two, mine.name, crontab.block(mine))
    assert again.count("bulkgen begin bulkgen-leads-12345678\n") == 1
    assert [Label.read(line) for line in crontab.label_lines(again)] == [other.label, mine.label]
    left = crontab.without(crontab.without(again, mine.name), other.name)
    assert left == before + ("\n" if ending else "")


def test_what_somebody_wrote_into_an_entry_goes_with_it() -> None:
    text = crontab.block(entry("run")).replace("# {", "# mine\nA=1\n# {")
    assert crontab.without(f"a\n{text}b\n", "bulkgen-leads-12345678") == "a\nb\n"


def test_a_command_that_cron_would_cut_is_refused() -> None:
    with pytest.raises(InputError, match="too long for cron"):
        crontab.block(entry("run", "x" * 1000))


def test_the_first_run_is_an_entry_for_one_minute_which_tells_its_exit_code() -> None:
    text = crontab.once(entry("run"), datetime(2026, 11, 22, 10, 19), "/data/it's.exit")
    assert "\n19 10 22 11 * echo begun > " in text
    assert "; cd /srv/sheets && /usr/bin/env run; echo $? > " in text
    assert shlex.split(text.splitlines()[1])[-1] == "/data/it's.exit"


# launchd ------------------------------------------------------------------------------------------------------------


def test_a_launch_agent_reads_back_as_a_property_list() -> None:
    found = plistlib.loads(agent.plist(entry("run", HARD, A=HARD), "/logs/x.log"))
    assert found["Label"] == "local.bulkgen-leads-12345678"
    assert found["ProgramArguments"] == ["/usr/bin/env", "run", HARD]
    assert found["EnvironmentVariables"] == {"A": HARD}
    assert found["WorkingDirectory"] == "/srv/sheets"
    assert found["StartCalendarInterval"] == [{"Weekday": day, "Hour": 7, "Minute": 0} for day in range(1, 6)]
    assert not {"KeepAlive", "RunAtLoad", "StartInterval"} & found.keys()  # it runs at its times alone
    assert found["ExitTimeOut"] > 120  # an answer that may be paid for is waited for


def test_a_launch_agent_of_a_watch_is_kept_alive() -> None:
    found = plistlib.loads(agent.plist(watch(), "/logs/x.log"))
    assert found["RunAtLoad"] is True
    assert found["KeepAlive"] == {"SuccessfulExit": False}
    assert "StartCalendarInterval" not in found


def test_the_label_of_a_launch_agent_is_found_again() -> None:
    hard = replace(entry("run"), label=replace(entry().label, target="/srv/a--b/-->.xlsx"))
    content = agent.plist(hard, "/logs/x.log")
    assert Label.read(agent.label_line(content)) == hard.label
    ET.fromstring(content)  # no comment of XML has a double hyphen


@pytest.mark.parametrize("cron", ["0 0 */2 * mon", "*/2 */2 1-20 * *"])
def test_times_that_launchd_has_no_room_for_are_refused(cron: str) -> None:
    with pytest.raises(InputError, match="launchd"):
        agent.plist(entry("run", cron=cron), "/logs/x.log")


# The Task Scheduler -------------------------------------------------------------------------------------------------

#: Of each element the ones that may stand in it, in the order of Microsoft's schema (sequences alone; where the schema
#: leaves the order open, as it does for settings and principals, any order does).
ORDER = {
    "CalendarTrigger": [
        *("Enabled", "StartBoundary", "EndBoundary", "Repetition", "ExecutionTimeLimit", "RandomDelay"),
        *("ScheduleByDay", "ScheduleByWeek", "ScheduleByMonth", "ScheduleByMonthDayOfWeek"),
    ],
    "LogonTrigger": ["Enabled", "StartBoundary", "EndBoundary", "Repetition", "ExecutionTimeLimit", "UserId", "Delay"],
    "Repetition": ["Interval", "Duration", "StopAtDurationEnd"],
    "ScheduleByDay": ["DaysInterval"],
    "ScheduleByWeek": ["WeeksInterval", "DaysOfWeek"],
    "ScheduleByMonth": ["DaysOfMonth", "Months"],
    "ScheduleByMonthDayOfWeek": ["Weeks", "DaysOfWeek", "Months"],
    "Months": [*task._MONTHS],
    "DaysOfWeek": [*task._DAYS],
}
KNOWN = {
    "Task": {"RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"},
    "RegistrationInfo": {"Description", "Documentation"},
    "Principal": {"UserId", "LogonType", "RunLevel"},
    "Settings": {
        *("AllowStartOnDemand", "DisallowStartIfOnBatteries", "StopIfGoingOnBatteries", "StartWhenAvailable"),
        *("MultipleInstancesPolicy", "ExecutionTimeLimit", "Enabled", "RestartOnFailure"),
    },
    "RestartOnFailure": {"Interval", "Count"},
    "Exec": {"Command", "Arguments", "WorkingDirectory"},
    "Triggers": {"CalendarTrigger", "LogonTrigger"},
    "Principals": {"Principal"},
    "Actions": {"Exec"},
    "Weeks": {"Week"},
    "DaysOfMonth": {"Day"},
}


def read_task(found: Entry) -> ET.Element:
    xml = task.task_xml(found, "OFFICE\\ann & bob", date(2026, 11, 22))
    assert xml.startswith(b"\xff\xfe")  # schtasks takes UTF-16 alone
    root = ET.fromstring(xml)
    for element in root.iter():
        name = element.tag.removeprefix(f"{{{task.NAMESPACE}}}")
        assert name != element.tag
        names = [each.tag.removeprefix(f"{{{task.NAMESPACE}}}") for each in element]
        if name in ORDER:
            assert [each for each in ORDER[name] if each in names] == names
        elif names:
            assert {*names} <= KNOWN[name]
    return root


def text(root: ET.Element, path: str) -> str | None:
    return root.findtext("/".join(f"{{{task.NAMESPACE}}}{name}" for name in path.split("/")))


@pytest.mark.parametrize(
    ("cron", "shape"),
    [
        ("0 7 * * *", [("ScheduleByDay", "2026-11-22T07:00:00", None)]),
        ("15 * * * *", [("ScheduleByDay", "2026-11-22T00:15:00", "PT60M")]),
        ("*/20 * * * *", [("ScheduleByDay", "2026-11-22T00:00:00", "PT20M")]),
        ("0 7 * * 1-5", [("ScheduleByWeek", "2026-11-22T07:00:00", None)]),
        (
            "0 7,19 * * *",
            [("ScheduleByDay", "2026-11-22T07:00:00", None), ("ScheduleByDay", "2026-11-22T19:00:00", None)],
        ),
        ("0 7 1 * *", [("ScheduleByMonth", "2026-11-22T07:00:00", None)]),
        ("0 7 * 6 *", [("ScheduleByMonth", "2026-11-22T07:00:00", None)]),
        ("0 7 * 6 1", [("ScheduleByMonthDayOfWeek", "2026-11-22T07:00:00", None)]),
        (
            "0 7 13 * 5",
            [("ScheduleByMonth", "2026-11-22T07:00:00", None), ("ScheduleByWeek", "2026-11-22T07:00:00", None)],
        ),
    ],
)
def test_the_triggers_of_a_task_say_the_times(cron: str, shape: list[tuple[str, str, str | None]]) -> None:
    root, space = read_task(entry("run", cron=cron)), f"{{{task.NAMESPACE}}}"
    triggers = root.findall(f".//{space}CalendarTrigger")
    assert [
        (each[-1].tag.removeprefix(space), text(each, "StartBoundary"), text(each, "Repetition/Interval"))
        for each in triggers
    ] == shape


@pytest.mark.parametrize("cron", ["*/7 9-17 * * *", "0 0 */2 * mon"])
def test_times_that_a_task_has_no_room_for_are_refused(cron: str) -> None:
    with pytest.raises(InputError, match=r"task|Task"):
        task.task_xml(entry("run", cron=cron), "ann", date(2026, 11, 22))


def test_a_task_is_made_up_for_when_missed_and_never_runs_beside_itself() -> None:
    root = read_task(entry("run"))
    assert text(root, "Settings/StartWhenAvailable") == "true"
    assert text(root, "Settings/MultipleInstancesPolicy") == "IgnoreNew"
    assert text(root, "Settings/ExecutionTimeLimit") == "PT0S"
    assert text(root, "Settings/RestartOnFailure/Count") is None
    assert text(root, "Principals/Principal/LogonType") == "InteractiveToken"
    assert text(root, "Principals/Principal/UserId") == "OFFICE\\ann & bob"


def test_a_watch_is_begun_at_logon() -> None:
    root = read_task(watch())
    assert text(root, "Triggers/LogonTrigger/Enabled") == "true"
    assert text(root, "Settings/RestartOnFailure/Interval") == "PT5M"


def test_the_label_of_a_task_is_found_again() -> None:
    found = entry("run", HARD)
    assert Label.read(task.label_line(task.task_xml(found, "ann", date(2026, 11, 22)))) == found.label
    assert task.label_line(b"<no") == ""


@settings(max_examples=200)
@given(words=st.lists(st.text(st.sampled_from('a \\"\t$%é'), max_size=8), max_size=4))
def test_windows_takes_a_command_line_apart_as_it_was(words: list[str]) -> None:
    assert task.windows_line(words) == subprocess.list2cmdline(words)
