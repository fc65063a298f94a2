"""Notices on their way: what arrives, what never shows, and that no target holds a run for long."""

from __future__ import annotations

import logging
import os
import socket
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulkgen.errors import InputError
from bulkgen.notices.address import Address, check_for_files
from bulkgen.notices.finishing import Finishing
from bulkgen.notices.memory import Memory
from bulkgen.notices.sending import Delivery, Notice, send
from bulkgen.notices.targets import Target, targets_of
from tests.hooks import Hook, mailbox, nobody

NOTICE = Notice("leads.xlsx: 12 made", "The whole sheet: 12 done.\nNext: bulkgen run <leads>", "success")
SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general"
SLACK_HOOK = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
TEAMS_HOOK = (
    "https://prod-12.westus.logic.azure.com:443/workflows/643e69f83c8944438d68119179a10a64/triggers/manual/paths/invoke"
    "?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=2xoFrxKz7G4vZ9yWbqPz"
)


def addresses(*urls: str) -> list[Address]:
    return [Address(url, "--notify") for url in urls]


@pytest.fixture(autouse=True)
def apprise_log() -> Iterator[logging.Logger]:
    """As it was before, also after a target that did not answer in time."""
    log = logging.getLogger("apprise")
    before, handlers = log.propagate, [*log.handlers]
    yield log
    log.propagate, log.handlers = before, handlers


def sent(*urls: str, patience: float = 30) -> list[Delivery]:
    return send(NOTICE, targets_of(addresses(*urls)), patience)


# Where it goes ----------------------------------------------------------------------------------------------------


def test_a_web_hook_gets_title_and_text() -> None:
    with Hook() as hook:
        assert [each.trouble for each in sent(hook.url)] == [""]
    (got,) = hook.got
    assert (got["title"], got["message"], got["type"]) == (NOTICE.title, NOTICE.body, "success")


def test_a_mail_says_the_same_and_what_is_no_html_stays_none() -> None:
    with mailbox() as (url, mails):
        assert [each.trouble for each in sent(url, f"{url}&format=html")] == ["", ""]
    assert [(mail["Subject"], mail["To"]) for mail in mails] == [(NOTICE.title, "team@example.com")] * 2
    bodies = [mail.get_body().get_content() for mail in sorted(mails, key=lambda mail: mail.get_content_type())]
    assert "12&nbsp;done." in bodies[0]
    assert "&lt;leads&gt;" in bodies[0]
    assert bodies[1].replace("\r\n", "\n").strip() == NOTICE.body


def test_what_fails_at_one_target_keeps_no_other_from_hearing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bulkgen")
    with Hook() as hook, Hook(404) as gone:
        deliveries = sent(nobody(), gone.url, hook.url)
    assert [each.trouble for each in deliveries] == [
        "no connection, or the server refused it",
        "the answer was 404 Not Found",
        "",
    ]
    assert [each.target.shown for each in deliveries] == ["json://…", "json://… no. 2", "json://… no. 3"]
    assert len(hook.got) == 1
    assert "notice to json://… no. 2: the answer was 404 Not Found" in caplog.text


def test_a_target_that_never_answers_holds_nobody_up() -> None:
    began = time.monotonic()
    with Hook(0) as silent, Hook() as hook:
        deliveries = sent(silent.url, hook.url, patience=0.3)
        assert [each.trouble for each in deliveries] == ["no answer within 0.3 s", ""]
        assert time.monotonic() - began < 3  # its own limit is four seconds


def test_what_a_service_says_too_late_is_heard_by_nobody(
    caplog: pytest.LogCaptureFixture, apprise_log: logging.Logger
) -> None:
    over, said = Event(), Event()

    class Late:
        def notify(self, **_notice: object) -> bool:
            over.wait(30)
            apprise_log.warning("no connection to https://hunter2")
            said.set()
            return False

    [delivery] = send(NOTICE, [Target(addresses("json://localhost")[0], "json://…", Late())], 0.01)
    over.set()
    assert said.wait(30)
    assert delivery.trouble == "no answer within 0.01 s"
    assert "hunter2" not in caplog.text


def test_nothing_of_an_address_is_printed_or_logged(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG, "bulkgen")
    with Hook(401) as refusing:
        told = [f"{each} {each.trouble} {each.target.shown}" for each in sent(nobody(), refusing.url)]
    printed = capfd.readouterr()
    everything = "".join([*told, caplog.text, printed.out, printed.err])
    assert "json://…" in everything
    assert "hunter2" not in everything
    assert "s3cr3t" not in everything
    assert printed == ("", "")


def test_what_a_service_warns_of_is_nobodys_matter(recwarn: pytest.WarningsRecorder) -> None:
    class Noisy:
        def notify(self, **_: object) -> bool:
            warnings.warn("a certificate that nobody verifies", stacklevel=1)
            return True

    (address,) = addresses(SLACK)
    assert [each.trouble for each in send(NOTICE, [Target(address, "slack://…", Noisy())])] == [""]
    assert not recwarn.list


# What is an address -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (SLACK, "slack://…"),
        (SLACK_HOOK, "https://…"),
        (TEAMS_HOOK, "https://…"),
        ("workflows://prod-12.westus.logic.azure.com:443/643e69f8/2xoFrxKz/", "workflows://…"),
        ("mailto://user:password@gmail.com", "mailto://…"),
        ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "discord://…"),
        ("ntfys://a-secret-topic", "ntfys://…"),
    ],
)
def test_what_teams_have_is_taken_and_shown_by_its_service_alone(url: str, shown: str) -> None:
    (target,) = targets_of(addresses(url))
    assert target.shown == shown


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("slack://hunter2", "--notify: slack://… is not complete"),
        ("htp://hunter2", "--notify: htp://… can't be used: no service"),
        ("hunter2", "a text without a service in front of ://"),
        ("hunter2 ://x", "a text without a service in front of ://"),
        ("https://example.com/hunter2", "jsons://example.com/hook for one of your own"),
        ("mailto://joe:hunter2@", "mailto://… is not complete"),
        ("json://a/hunter2,json://b/hunter2", "json://… is two addresses in one: put a blank between them"),
        ("slack://a/b/c;MailTo://u:hunter2@x.com", "slack://… is two addresses in one"),
        ("", "a text without a service"),
        ("tgram://1234567890:?hunter2=y=", "tgram://… is not complete"),  # apprise itself raises
    ],
)
def test_what_can_not_be_used_is_said_without_its_secrets(url: str, words: str) -> None:
    with pytest.raises(InputError) as raised:
        targets_of(addresses(url))
    assert words in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_without_the_extra_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(InputError, match=r"pip install 'bulkgen\[notify\]'.*uv tool install 'bulkgen\[notify\]'"):
        targets_of(addresses(SLACK))
    assert targets_of([]) == []


@pytest.mark.parametrize("url", [SLACK, SLACK_HOOK, TEAMS_HOOK, "json://nas:5678/webhook/x", "mailto://u:p@x.com?to=y"])
def test_a_file_may_name_chats_mail_and_hooks(url: str) -> None:
    check_for_files(url)


@pytest.mark.parametrize(
    "url",
    [
        "syslog://_",
        "dbus://",
        "windows://",
        "macosx://",
        "gnome://",
        "vapid://me@example.com/you@example.com",
        "file:///etc/passwd",
        "/home/ann/plugins.py",
        f"{SLACK}?template=/home/ann/.heygen/credentials",
        f"{SLACK}?to=x&TEMPLATE=/home/ann/.heygen/credentials",
        f"{SLACK}?to=x;%74emplate=/etc/passwd",
        f"{SLACK}?to=x?template=/etc/passwd",
        "mailto://u:p@example.com?pgpkey=/home/ann/key",
        "jsons://example.com?verify=no",
        "json://127.0.0.1:2375/containers/create?method=delete",
        "json://127.0.0.1?+X-Header=1",
        "json://127.0.0.1?:Image=evil",
    ],
)
def test_what_reaches_into_the_computer_is_in_no_file(url: str) -> None:
    with pytest.raises(InputError, match="can't be set in a file") as raised:
        check_for_files(url)
    assert "/ann" not in str(raised.value)


@settings(max_examples=40)
@given(st.text(st.characters(exclude_characters="#"), max_size=30))
def test_whatever_stands_there_a_secret_never_shows(text: str) -> None:
    address = Address(f"{text}://{text}#########", "--notify")
    assert "#" not in f"{address} {address.shown}"
    with suppress(InputError), pytest.raises(InputError) as raised:
        check_for_files(address.url)
    assert "#" not in str(raised.value)


# What was told last -----------------------------------------------------------------------------------------------


def test_what_was_told_last_is_known_by_sheet_until_all_is_well(tmp_path: Path) -> None:
    leads, others = Memory(tmp_path, "/desk/leads.xlsx"), Memory(tmp_path, "/desk/others.xlsx")
    assert leads.last() == ""
    leads.keep("abc")
    assert (leads.last(), others.last()) == ("abc", "")
    leads.keep("")
    assert leads.last() == ""
    leads.keep("")


def test_a_memory_that_can_not_be_kept_is_none(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder", encoding="utf-8")
    for folder in (None, tmp_path / "data"):
        memory = Memory(folder, "/desk/leads.xlsx")
        memory.keep("abc")
        assert memory.last() == ""


# The person's own command -----------------------------------------------------------------------------------------


def finish(program: str, *words: str, patience: float = 60) -> str:
    finishing = Finishing((sys.executable, "-IS", "-c", program, *words))
    return finishing.carry_out({"command": "run", "sheet": "Über.xlsx"}, patience)


def test_the_command_gets_one_json_object_and_neither_key_nor_addresses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bulkgen")
    monkeypatch.setenv("HEYGEN_API_KEY", "hunter2")
    monkeypatch.setenv("BULKGEN_NOTIFY", "slack://hunter2")
    monkeypatch.setenv("BULKGEN_MCP_TOKEN", "hunter2")
    program = (
        "import json, os, sys; given = json.loads(sys.stdin.buffer.read()); "
        "print(ascii(given['sheet']), 'hunter2' in str(os.environ), *sys.argv[1:])"
    )
    assert finish(program, "a b", "$HOME;`x`") == ""
    assert "\\xdcber.xlsx' False a b $HOME;`x`" in caplog.text.replace("\\\\", "\\").replace("\\'", "'")


def test_a_command_that_fails_says_so_with_its_last_line() -> None:
    told = finish("import sys; print('one', flush=True); print('no such list', file=sys.stderr); sys.exit(3)")
    assert told == "it ended with exit code 3: no such list"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no groups of processes")
def test_a_command_that_does_not_end_is_ended_with_what_it_started() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        program = f"import os, socket, time; kept = socket.create_connection({listener.getsockname()}); os.fork()"
        for patience in (0.3, 3, 30):  # until it came so far, however slow the machine is
            assert finish(f"{program}; time.sleep(600)", patience=patience) == f"it was ended after {patience:g} s"
            with suppress(BlockingIOError):
                break_off, _ = listener.accept()
                break
        with break_off:
            break_off.settimeout(60)
            assert break_off.recv(1) == b""  # both have let go of it


def test_a_command_that_reads_nothing_hurts_nobody() -> None:
    assert finish("import os; os.close(0)") == ""


@pytest.mark.parametrize(
    ("command", "platform", "words"),
    [
        (f"'{sys.executable}' -c 'a b' \"c\"", "linux", ["-c", "a b", "c"]),
        (
            f'"{sys.executable}" C:\\crm\\after.py "C:\\my crm\\list.csv"',
            "win32",
            ["C:\\crm\\after.py", "C:\\my crm\\list.csv"],
        ),
    ],
)
def test_a_command_is_taken_apart_as_its_platform_does(command: str, platform: str, words: Sequence[str]) -> None:
    found = Finishing.of(command, platform)
    program, *rest = found.words
    assert (Path(program), rest) == (Path(sys.executable), words)
    assert Finishing.of(found.command(platform), platform) == found  # as a schedule types it


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("nosuchprogram --x", "no program 'nosuchprogram'"),
        ("'open", "a quotation mark is not closed"),
        ("  ", "needs a command"),
        ("./missing.sh", "no program './missing.sh'"),
        (os.sep, "no program"),
    ],
)
def test_a_command_that_can_not_be_started_is_a_mistake(command: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Finishing.of(command)
