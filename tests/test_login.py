"""`bulkgen login` and `logout`: the key is proven before it is kept, kept safely, and shown nowhere."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulkgen.cli.app import typed
from bulkgen.cli.console import Console
from bulkgen.errors import CredentialError, Exit
from bulkgen.heygen.credentials import pasted_key, read_key
from bulkgen.heygen.key_file import forget_key, store_key, stored_key
from bulkgen.heygen.me import Pool, read_me
from tests.command import command, environment
from tests.forked import forked
from tests.standin.settings import DEFAULT_KEY
from tests.story import Story, Told

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")

#: What other programs keep beside the key, in any form that JSON has.
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
CONTENTS = st.dictionaries(st.text().filter(lambda name: name != "api_key"), _VALUES, max_size=5)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# The file ---------------------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(content=CONTENTS, key=st.text("abc_123", min_size=1), before=st.booleans())
def test_whatever_else_the_file_holds_stays_when_the_key_comes_and_goes(
    content: dict[str, object], key: str, before: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "credentials"
        path.write_text(json.dumps({**content, **({"api_key": "old"} if before else {})}), encoding="utf-8")
        store_key(path, key)
        assert json.loads(path.read_bytes()) == {**content, "api_key": key}
        assert stored_key(path) == key
        assert forget_key(path)
        assert (json.loads(path.read_bytes()) if path.exists() else {}) == content
        assert not forget_key(path)


def test_the_mark_that_windows_puts_before_a_text_is_no_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    path.write_text('{"api_key": "old", "user": {}}', encoding="utf-8-sig")
    store_key(path, "new")
    assert json.loads(path.read_text(encoding="utf-8")) == {"api_key": "new", "user": {}}


@pytest.mark.parametrize("before", ["old_key", "old_key\n", "", " \n", '\ufeff{"api_key": "old"}'])
def test_a_file_of_the_older_form_becomes_one_that_heygens_own_tool_reads(tmp_path: Path, before: str) -> None:
    path = tmp_path / "credentials"
    path.write_text(before, encoding="utf-8")
    store_key(path, "new")
    assert json.loads(path.read_text(encoding="utf-8")) == {"api_key": "new"}
    assert forget_key(path)
    assert not path.exists()


@pytest.mark.parametrize("before", ["{oops", "one\ntwo", "[1, 2]", '["sk_1"]', "not a key", "\udcff\udcfe"])
def test_a_file_that_nobody_can_read_is_left_as_it_is(tmp_path: Path, before: str) -> None:
    path = tmp_path / "credentials"
    path.write_text(before, encoding="utf-8", errors="surrogateescape")
    for change in (lambda: store_key(path, "new"), lambda: forget_key(path)):
        with pytest.raises(CredentialError, match="move it elsewhere"):
            change()
    assert path.read_text(encoding="utf-8", errors="surrogateescape") == before


@POSIX
@pytest.mark.parametrize(("make", "how"), [(os.mkdir, "is a folder"), (os.mkfifo, "is no ordinary file")])
def test_what_is_no_file_is_told_and_not_waited_for(tmp_path: Path, make: Callable[[Path], None], how: str) -> None:
    path = tmp_path / "credentials"
    make(path)
    for change in (lambda: store_key(path, "new"), lambda: forget_key(path), lambda: stored_key(path)):
        with pytest.raises(CredentialError, match=rf"{how}\. Correct it, or move it elsewhere and type: bulkgen login"):
            change()
    assert not path.is_file()


@pytest.fixture
def widest() -> Iterator[None]:
    """A umask that takes no right away."""
    before = os.umask(0)
    yield
    os.umask(before)


@POSIX
@pytest.mark.usefixtures("widest")
def test_file_and_folder_are_their_owners_alone_from_their_first_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, seen = tmp_path / "new" / "credentials", []
    replace = Path.replace

    def look(temporary: Path, target: Path) -> Path:
        seen.append((mode(temporary), mode(temporary.parent)))
        return replace(temporary, target)

    monkeypatch.setattr(Path, "replace", look)
    store_key(path, "new")
    assert seen == [(0o600, 0o700)]
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)


@POSIX
@pytest.mark.usefixtures("widest")
@pytest.mark.parametrize(("before", "after"), [(0o644, 0o600), (0o600, 0o600), (0o400, 0o400), (0o440, 0o400)])
def test_who_may_read_the_file_never_widens(tmp_path: Path, before: int, after: int) -> None:
    path = tmp_path / "credentials"
    path.write_text('{"api_key": "old", "oauth": {}}', encoding="utf-8")
    path.chmod(before)
    tmp_path.chmod(0o750)
    store_key(path, "new")
    assert (mode(path), mode(tmp_path)) == (after, 0o750)
    assert forget_key(path)
    assert mode(path) == after


@POSIX
def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    real, path = tmp_path / "dotfiles", tmp_path / "credentials"
    real.write_text("old", encoding="utf-8")
    path.symlink_to(real)
    store_key(path, "new")
    assert path.is_symlink()
    assert stored_key(real) == "new"


def test_the_file_is_written_whole_or_not_at_all_and_no_message_has_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "credentials"
    path.write_text('{"api_key": "old"}', encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bulkgen.disk.whole.sync_file", full)
    with pytest.raises(CredentialError, match="No space left") as caught:
        store_key(path, "sk_secret")
    assert "sk_secret" not in str(caught.value)
    assert path.read_text(encoding="utf-8") == '{"api_key": "old"}'
    assert [each.name for each in tmp_path.iterdir()] == ["credentials"]


def test_what_a_killed_login_left_is_cleared_away_and_not_what_another_is_writing(tmp_path: Path) -> None:
    left, fresh = tmp_path / ".credentials.1.part", tmp_path / ".credentials.2.part"
    for path in (left, fresh):
        path.write_text("sk_left", encoding="utf-8")
    os.utime(left, (1_000_000_000, 1_000_000_000))
    store_key(tmp_path / "credentials", "new")
    assert {path.name for path in tmp_path.iterdir()} == {"credentials", fresh.name}


# What is pasted ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pasted",
    [
        "sk_1",
        "  sk_1 \n\n",
        '"sk_1"',
        "'sk_1'",
        "“sk_1”",
        "\ufeffsk_1",
        "export HEYGEN_API_KEY=sk_1",
        "export HEYGEN_API_KEY='sk_1'",
        '$env:HEYGEN_API_KEY = "sk_1"',
        "set HEYGEN_API_KEY=sk_1",
        "setx HEYGEN_API_KEY sk_1",
        "HEYGEN_API_KEY=sk_1;",
        '"HEYGEN_API_KEY=sk_1"',
        "X-Api-Key: sk_1",
        "Bearer sk_1",
        "Authorization: Bearer sk_1",
        "sk_1  # of the office",
        'HEYGEN_API_KEY="sk_1" # of the office',
        '{"api_key": "sk_1"}',
        '{\n  "api_key": "sk_1",\n  "user": {}\n}\n',
    ],
)
def test_a_key_is_found_in_what_people_paste(pasted: str) -> None:
    assert pasted_key(pasted) == "sk_1"


@pytest.mark.parametrize(
    ("pasted", "told"),
    [
        ("", "No key was typed"),
        (" \n", "No key was typed"),
        ("your-key", "only the example"),
        ("export HEYGEN_API_KEY=your-key", "only the example"),
        ("<your_api_key>", "only the example"),
        ("sk_1\nsk_2", "These are 2 lines"),
        ("sk 1", "characters that no HeyGen key has"),
        ("sk_\x1b[2J", "characters that no HeyGen key has"),
        ("clé", "characters that no HeyGen key has"),
        ('""', "only the example"),
        ('{"key": "sk_1"}', "JSON without a key"),
        ('{"api_key": 7}', "JSON without a key"),
        ("{oops", "JSON without a key"),
        ("k" * 10_000_000, "too long for a key"),
    ],
)
def test_what_is_no_key_is_refused_before_anything_is_asked(pasted: str, told: str) -> None:
    with pytest.raises(CredentialError, match=told) as caught:
        pasted_key(pasted)
    assert "https://app.heygen.com/settings" in str(caught.value)
    assert caught.value.exit_code is Exit.KEY


def test_the_example_of_the_instructions_is_no_key_in_the_environment_either(tmp_path: Path) -> None:
    with pytest.raises(CredentialError, match="The key in HEYGEN_API_KEY is only the example"):
        read_key({"HEYGEN_API_KEY": "your-key", "HEYGEN_CONFIG_DIR": str(tmp_path)})
    assert read_key({"HEYGEN_API_KEY": '"sk_1"'}) == "sk_1"


# Who pays ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "pool", "amount", "currency"),
    [
        ({"wallet": {"currency": "usd", "remaining_balance": 12.34}}, Pool.WALLET, 12.34, "usd"),
        ({"wallet": {"currency": "credits", "remaining_balance": 7}}, Pool.WALLET, 7.0, "credits"),
        ({"wallet": {"currency": "EUR", "remaining_balance": 50}}, Pool.WALLET, 50.0, "eur"),
        ({"wallet": {"remaining_balance": 7}}, Pool.WALLET, 7.0, "credits"),
        ({"wallet": {"currency": "usd", "remaining_balance": None}}, Pool.WALLET, None, "usd"),
        (
            {
                "subscription": {
                    "plan": "pro",
                    "credits": {"premium_credits": {"remaining": 5}, "add_on_credits": {"remaining": 3}},
                }
            },
            Pool.PLAN,
            8.0,
            "credits",
        ),
        ({"usage_based": {"remaining_credits": 2.5}}, Pool.USAGE, 2.5, "credits"),
        ({}, Pool.UNKNOWN, None, ""),
        ({"wallet": "?", "subscription": [], "usage_based": 3}, Pool.UNKNOWN, None, ""),
    ],
)
def test_which_pool_pays_and_what_is_left_of_it(
    block: dict[str, object], pool: Pool, amount: float | None, currency: str
) -> None:
    me = read_me({"username": "ann_b", "email": "ann@example.com", "first_name": "Ann", "last_name": None, **block})
    assert (me.pool, me.amount, me.currency) == (pool, amount, currency)
    assert (me.name, me.email, me.username) == ("Ann", "ann@example.com", "ann_b")


# The commands -----------------------------------------------------------------------------------------------------


class Office:
    """A story in which the key is kept in a file of its own; what is printed is searched for it each time."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.config = story.folder / "config"
        self.file = self.config / "credentials"

    def type(self, *words: str, key: str = "", base: str | None = None, **how: Any) -> Told:
        env = {"HEYGEN_API_KEY": key, "HEYGEN_CONFIG_DIR": str(self.config)}
        told = self.story.type(*words, env=env | ({"HEYGEN_API_BASE": base} if base else {}), **how)
        assert DEFAULT_KEY not in told.out + told.err
        return told


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    folder = tmp_path / "office"
    folder.mkdir()
    with Story(folder, balance=12.5) as story:
        yield Office(story)


def test_a_key_that_is_piped_in_is_proven_kept_and_used(office: Office) -> None:
    told = office.type("login", stdin=f'export HEYGEN_API_KEY="{DEFAULT_KEY}"\n')
    assert "Signed in as standin" in told.out
    assert "What pays: the prepaid wallet, balance $12.50" in told.out
    assert f"Key: {office.file}" in told.out
    assert json.loads(office.file.read_text()) == {"api_key": DEFAULT_KEY}
    office.story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    office.type("run", "leads.csv", "--yes")
    assert office.story.charges == 1


def test_a_wrong_key_is_not_kept_and_its_message_says_where_the_right_one_is(office: Office) -> None:
    told = office.type("login", stdin="wrong", code=Exit.KEY)
    assert "HeyGen does not accept this key" in told.err
    assert "https://app.heygen.com/settings?nav=API" in told.err
    assert not office.config.exists()
    assert "wrong\n" not in told.err


def test_where_heygen_cannot_be_asked_the_key_is_not_kept(office: Office) -> None:
    told = office.type("login", stdin="sk_1", base="http://127.0.0.1:9", code=Exit.NOT_FINISHED)
    assert "can't be checked at HeyGen now" in told.err
    assert "not stored" in told.err
    assert not office.config.exists()


@pytest.mark.parametrize("words", [["sk_secret"], ["a", "sk_secret"], ["--json", "sk_secret"], ["--key=sk_secret"]])
def test_a_key_that_is_typed_behind_the_command_is_neither_taken_nor_repeated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setenv("HEYGEN_CONFIG_DIR", str(tmp_path))
    monkeypatch.setattr("bulkgen.cli.app.ignore_interrupts", lambda: None)
    assert typed(["login", *words]) == Exit.MISTAKES
    printed = capsys.readouterr()
    assert "sk_secret" not in printed.out + printed.err
    assert "bulkgen login" in printed.err
    assert not list(tmp_path.iterdir())


def test_status_says_who_pays_and_where_the_key_comes_from(office: Office) -> None:
    told = office.type("login", "--status", code=Exit.KEY)
    assert "There is no HeyGen API key" in told.err
    assert "bulkgen login" in told.err
    told = office.type("login", "--status", "--json", key=DEFAULT_KEY)
    assert json.loads(told.out) == {
        "command": "login",
        "exit_code": 0,
        "user": {"name": None, "email": None, "username": "standin"},
        "balance": {"amount": 12.5, "currency": "usd", "pool": "wallet"},
        "plan": None,
        "source": "HEYGEN_API_KEY",
        "hidden_by": None,
    }
    told = office.type("login", "--status", key="wrong", code=Exit.KEY)
    assert "does not accept the key in HEYGEN_API_KEY" in told.err


def test_that_the_environment_goes_first_is_said(office: Office) -> None:
    assert "goes before this key" in office.type("login", stdin=DEFAULT_KEY, key="another").text
    assert "goes before" not in office.type("login", stdin=DEFAULT_KEY, key=DEFAULT_KEY).text
    assert "HEYGEN_API_KEY is still set" in office.type("logout", key="another").text


def test_logging_out_takes_only_the_key_and_says_when_there_was_none(office: Office) -> None:
    office.config.mkdir()
    office.file.write_text('{"user": {"email": "a@b.c"}, "api_key": "old"}')
    office.type("login", stdin=DEFAULT_KEY)
    told = office.type("logout", "--json")
    assert json.loads(told.out)["had_key"] is True
    assert json.loads(office.file.read_text()) == {"user": {"email": "a@b.c"}}
    assert "There was no key" in office.type("logout").out


def test_a_refused_key_says_in_a_run_too_where_the_right_one_is(office: Office) -> None:
    office.story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    told = office.type("check", "leads.csv", key="wrong", code=Exit.KEY)
    assert "https://app.heygen.com/settings?nav=API" in told.err


# At a terminal ----------------------------------------------------------------------------------------------------


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Sits down at a terminal, and types these keys one after the other; gives what was not asked for."""

    def sit(*keys: str) -> list[str]:
        left = list(keys)
        monkeypatch.setattr(Console, "interactive", True)
        monkeypatch.setattr(getpass, "getpass", lambda *_: left.pop(0))
        return left

    return sit


def test_run_and_check_offer_to_log_in_there_and_then(office: Office, typing: Callable[..., list[str]]) -> None:
    office.story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    left = typing("wrong", DEFAULT_KEY)
    told = office.type("check", "leads.csv")
    assert not left
    assert "HeyGen does not accept this key" in told.err
    assert "Signed in as standin" in told.err
    assert "Everything that can be checked from here is right" in told.err
    office.type("logout")
    assert not typing(DEFAULT_KEY)[1:]
    office.type("run", "leads.csv", "--yes")
    assert office.story.charges == 1


def test_enter_alone_leaves_it_and_nothing_is_kept(office: Office, typing: Callable[..., list[str]]) -> None:
    office.story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    typing("", "not asked for")
    told = office.type("run", "leads.csv", "--yes", code=Exit.KEY)
    assert "There is no HeyGen API key" in told.err
    assert not office.config.exists()
    assert office.story.charges == 0


def test_nobody_is_asked_for_a_key_with_json_no_input_or_one_in_the_environment(
    office: Office, typing: Callable[..., list[str]]
) -> None:
    office.story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    left = typing(DEFAULT_KEY)
    office.type("check", "leads.csv", "--json", code=Exit.KEY)
    office.type("check", "leads.csv", "--no-input", code=Exit.KEY)
    office.type("check", "leads.csv", key="wrong", code=Exit.KEY)
    assert left


def test_mistakes_in_the_sheet_are_told_before_anybody_is_asked_for_a_key(
    office: Office, typing: Callable[..., list[str]]
) -> None:
    office.story.sheet("leads.csv", "avatar_id,script,voice_settings.speed", "look_ann,Hello,fast")
    left = typing(DEFAULT_KEY)
    office.type("run", "leads.csv", "--yes", code=Exit.MISTAKES)
    assert left


@POSIX
def test_what_is_typed_at_a_terminal_is_not_shown(office: Office) -> None:
    import pty

    ours, its = pty.openpty()
    env = environment(office.story.env | {"HEYGEN_API_KEY": "", "HEYGEN_CONFIG_DIR": str(office.config)})
    process = forked(
        command("login"), cwd=office.story.folder, env=env, stdin=its, stdout=its, stderr=its, terminal=True
    )
    os.close(its)
    shown = b""
    with contextlib.suppress(OSError):  # what a terminal says whose last program has ended
        while piece := os.read(ours, 1_000):
            shown += piece
            if shown.endswith(b"shown): "):
                os.write(ours, f"{DEFAULT_KEY}\n".encode())
    os.close(ours)
    assert process.wait() == Exit.OK, shown
    assert b"Signed in as standin" in shown
    assert DEFAULT_KEY.encode() not in shown
    assert read_key({"HEYGEN_CONFIG_DIR": str(office.config)}) == DEFAULT_KEY


def test_a_wrong_key_of_the_environment_is_not_put_right_by_logging_in(office: Office) -> None:
    told = office.type("login", "--status", key="wrong", code=Exit.KEY)
    assert "put that into HEYGEN_API_KEY" in told.text
    assert "unset HEYGEN_API_KEY" in told.text
    assert "type: bulkgen login" not in told.text


def test_nobody_who_logs_in_is_told_to_rehearse(office: Office) -> None:
    assert "--sandbox" not in office.type("login", "--status", code=Exit.KEY).text
    assert "add --sandbox" in office.type("list", "voices", code=Exit.KEY).text


@pytest.mark.parametrize(
    ("fault", "code", "told"),
    [
        ("error_before:402:insufficient_credit", Exit.OUT_OF_CREDIT, "not stored"),
        ("error_before:403:forbidden", Exit.KEY, "not stored"),
        ("busy:86400", Exit.NOT_FINISHED, "HeyGen asks to wait 24 hours"),
    ],
)
def test_whatever_heygen_answers_to_a_login_is_told_at_once_and_nothing_stored(
    office: Office, fault: str, code: Exit, told: str
) -> None:
    office.story.heygen.change(script=[{"method": "GET", "path": "/users/me", "fault": fault}])
    assert told in office.type("login", stdin=DEFAULT_KEY, code=code).text
    assert not office.config.exists()
    office.type("login", "--status", key=DEFAULT_KEY, code=code)


def test_a_login_waits_for_a_silent_heygen_for_some_seconds(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bulkgen.batch.account._LONGEST", 0.0)
    told = office.type("login", stdin=DEFAULT_KEY, code=Exit.NOT_FINISHED).text
    assert "HeyGen did not answer within 0 seconds" in told
    assert "not stored" in told


def test_a_template_can_not_be_found_where_heygen_gives_no_list(office: Office) -> None:
    office.story.heygen.change(
        script=[{"method": "GET", "path": "/templates$", "fault": "error_before:400:invalid_parameter"}]
    )
    told = office.type("init", "--template", "Welcome", key=DEFAULT_KEY, code=Exit.NOT_FINISHED)
    assert "The templates can't be listed at HeyGen now" in told.err
