"""The person's index: whatever is wrong with it, a run goes on; what it says of an attempt, it says to one."""

from __future__ import annotations

import errno
import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.ledger.index import Attempt, Index, data_folder
from bulkgen.ledger.index_table import FORMAT
from bulkgen.ledger.state import NEW, State
from tests.command import environment

ONE, TWO, THREE = "1" * 64, "2" * 64, "3" * 64

Open = Callable[..., Index]


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def index(tmp_path: Path, told: list[str]) -> Iterator[Open]:
    """Opens the index as the resume file of that name sees it."""
    opened = []

    def index(own: str = "own", *, account: str = "me", base: str = "https://heygen.test") -> Index:
        resume, now = tmp_path / own, lambda: 1_790_000_000.0
        made = Index(tmp_path / "data", own=resume, base=base, account=account, now=now, tell=told.append, patience=0)
        opened.append(made)
        return made

    yield index
    for made in opened:
        made.close()


def others(index: Index, fingerprints: Collection[str]) -> dict[Path, set[str]]:
    """The other resume files that have an attempt of these jobs."""
    found: dict[Path, set[str]] = {}
    for row in index.find(fingerprints):
        if os.fsencode(row.resume) != index._own:
            found.setdefault(row.resume, set()).add(row.fingerprint)
    return found


def bare(*attempts: Attempt) -> dict[Attempt, State]:
    """Attempts of which nothing is known."""
    return dict.fromkeys(attempts, NEW)


def always(_other: Path, _fingerprint: str) -> bool:
    return True


def never(_other: Path, _fingerprint: str) -> bool:
    return False


def test_an_attempt_belongs_to_the_file_that_claimed_it_first_however_often_it_asks(
    tmp_path: Path, index: Open, told: list[str]
) -> None:
    assert index("a").claim([(ONE, 1), (TWO, 1)], always) == [True, True]
    assert index("b").claim([(ONE, 1), (THREE, 1)], always) == [False, True]
    assert index("a").claim([(ONE, 1), (ONE, 2)], always) == [True, True]
    assert others(index("b"), [ONE, TWO, THREE]) == {tmp_path / "a": {ONE, TWO}}
    assert told == []


def test_a_claim_that_stands_no_more_passes_to_who_asks(tmp_path: Path, index: Open) -> None:
    index("a").claim([(ONE, 1)], always)
    asked = []

    def stands(other: Path, fingerprint: str) -> bool:
        asked.append((other, fingerprint))
        return False

    assert index("b").claim([(ONE, 1)], stands) == [True]
    assert asked == [(tmp_path / "a", ONE)]
    assert index("a").claim([(ONE, 1)], always) == [False]


def test_accounts_and_addresses_have_nothing_to_do_with_one_another(index: Open) -> None:
    assert index("a").claim([(ONE, 1)], always) == [True]
    for other in ({"account": "you"}, {"base": "https://api.heygen.com"}):
        assert others(index("b", **other), [ONE]) == {}
        assert index("b", **other).claim([(ONE, 1)], always) == [True]


def test_what_was_read_is_noted_and_takes_the_place_only_of_files_that_are_gone(tmp_path: Path, index: Open) -> None:
    (tmp_path / "a").touch()
    index("own").note({tmp_path / "a": bare((ONE, 1)), tmp_path / "gone": bare((TWO, 1))})
    index("own").note({tmp_path / "b": bare((ONE, 1), (TWO, 1), (TWO, 2))})
    assert others(index("own"), [ONE, TWO]) == {tmp_path / "a": {ONE}, tmp_path / "b": {TWO}}


def test_what_became_of_an_attempt_is_noted_and_never_less_than_before(tmp_path: Path, index: Open) -> None:
    made = index("a")
    made.claim([(ONE, 1)], always)
    (tmp_path / "a").touch()

    def last() -> tuple[str, str]:
        (row,) = made.find([ONE])
        return row.state.last, row.state.id

    assert last() == ("", "")
    for state, expected in [
        (State(1, "submitting"), ("submitting", "")),
        (State(1, "submitted", id="v"), ("submitted", "v")),
        (State(1, "finished", id="v"), ("finished", "v")),
        (State(1, "submitted", id="v"), ("finished", "v")),
    ]:
        made.note({tmp_path / "a": {(ONE, 1): state}})
        assert last() == expected
    (tmp_path / "a").unlink()
    made.note({tmp_path / "b": {(ONE, 1): State(1, "submitting")}})
    assert last() == ("finished", "v"), "who takes its place says less"
    assert made.find([ONE])[0].resume == tmp_path / "b"


def test_an_index_of_the_first_format_is_brought_up_and_its_times_are_not_believed(
    tmp_path: Path, index: Open, told: list[str]
) -> None:
    made = index()
    made.path.parent.mkdir()
    with sqlite3.connect(made.path) as db:
        db.execute(
            "create table attempts (account text, base text, fingerprint text, attempt integer, resume blob, "
            "claimed text, primary key (account, base, fingerprint, attempt)) without rowid"
        )
        row = ("me", "https://heygen.test", ONE, 1, os.fsencode(tmp_path / "a"), "2026-11-21T12:00:00.000Z")
        db.execute("insert into attempts values (?, ?, ?, ?, ?, ?)", row)
        db.execute("pragma user_version = 1")
    db.close()
    (row_found,) = made.find([ONE])
    assert (row_found.resume, row_found.state) == (tmp_path / "a", State(1))
    assert index("b").claim([(ONE, 1), (TWO, 1)], always) == [False, True]
    assert told == []


def changed(monkeypatch: pytest.MonkeyPatch, change: Callable[[sqlite3.Connection], object]) -> None:
    """Every connection from now on is changed so."""
    real = sqlite3.connect

    def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
        db: sqlite3.Connection = real(*arguments, **options)
        change(db)
        return db

    monkeypatch.setattr(sqlite3, "connect", connect)


def test_more_jobs_are_found_than_sqlite_takes_values_at_once(
    tmp_path: Path, index: Open, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(monkeypatch, lambda db: db.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 999))
    many = {f"{number:064}" for number in range(2500)}
    index("own").note({tmp_path / "a": bare(*((job, 1) for job in many))})
    assert others(index("own"), many) == {tmp_path / "a": many}
    assert told == []


@pytest.mark.skipif(os.name == "nt", reason="there every name is Unicode")
def test_a_file_whose_name_is_no_unicode_is_found(tmp_path: Path, index: Open, told: list[str]) -> None:
    name = os.fsdecode(b"M\xfcller.csv.resume.jsonl")
    assert index(name).claim([(ONE, 1)], always) == [True]
    assert others(index("own"), [ONE]) == {tmp_path / name: {ONE}}
    assert told == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
def test_only_its_owner_may_read_it(tmp_path: Path, index: Open) -> None:
    made = index()
    made.claim([(ONE, 1)], always)
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.path.parent.stat().st_mode) == 0o700


def test_looking_for_something_makes_no_index(tmp_path: Path, index: Open) -> None:
    assert others(index(), [ONE]) == {}
    assert not (tmp_path / "data").exists()


def test_it_lies_where_the_environment_says_or_where_the_system_keeps_such_data(tmp_path: Path) -> None:
    assert data_folder({"BULKGEN_DATA_DIR": str(tmp_path)}) == tmp_path
    assert data_folder({"BULKGEN_DATA_DIR": ""}).name == "bulkgen"
    assert data_folder({}).is_absolute()


# What may be wrong with it ------------------------------------------------------------------------------------------


def goes_on_without(made: Index, told: list[str], reason: str) -> None:
    """Everything is allowed, nothing is known, and that is told once."""
    assert made.claim([(ONE, 1), (TWO, 1)], always) == [True, True]
    made.note({Path("/a"): bare((ONE, 1))})
    assert others(made, [ONE]) == {}
    assert made.claim([(ONE, 1)], always) == [True]
    assert len(told) == 1
    assert reason in told[0]
    assert "goes on without it" in told[0]


@pytest.mark.parametrize("damage", [b"rubbish" * 1000, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_file_that_is_none_is_set_aside_and_a_new_one_begun(index: Open, told: list[str], damage: bytes) -> None:
    made = index()
    made.path.parent.mkdir()
    made.path.write_bytes(damage)
    assert others(made, [ONE]) == {}
    assert made.claim([(ONE, 1)], always) == [True]
    assert index("b").claim([(ONE, 1)], always) == [False]
    assert made.path.with_name("index.damaged.sqlite3").read_bytes() == damage
    assert len(told) == 1
    assert "damaged" in told[0]


def test_a_file_that_is_damaged_in_the_middle_is_set_aside(tmp_path: Path, index: Open, told: list[str]) -> None:
    made = index()
    made.note({tmp_path / "a": bare(*((f"{number:064}", 1) for number in range(2000)))})
    made.close()
    data = made.path.read_bytes()
    made.path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    assert index("b").claim([(f"{7:064}", 1)], always) == [True]
    assert index("c").claim([(f"{7:064}", 1)], always) == [False]
    assert made.path.with_name("index.damaged.sqlite3").exists()
    assert len(told) == 1


def test_of_two_runs_that_meet_the_damage_the_second_does_not_set_aside_the_new_file(
    index: Open, told: list[str]
) -> None:
    first, second = index("a"), index("b")
    first.path.parent.mkdir()
    first.path.write_bytes(b"rubbish" * 1000)
    real = second._opened
    second_opened: list[bool] = []

    def opened() -> sqlite3.Connection:
        if not second_opened:  # between its look at the file and its finding out, the other one is faster
            second_opened.append(True)
            second._file = (first.path.stat().st_dev, first.path.stat().st_ino)
            assert first.claim([(ONE, 1)], always) == [True]
            raise error
        return real()

    error = sqlite3.DatabaseError("file is not a database")
    error.sqlite_errorcode = sqlite3.SQLITE_NOTADB
    second._opened = opened  # type: ignore[method-assign]  # the moment between two steps
    assert second.claim([(ONE, 1)], always) == [False]
    assert len(told) == 1


def test_a_newer_format_is_left_alone(index: Open, told: list[str]) -> None:
    made = index()
    made.path.parent.mkdir()
    with sqlite3.connect(made.path) as db:
        db.execute(f"pragma user_version = {FORMAT + 1}")
    db.close()
    before = made.path.read_bytes()
    goes_on_without(made, told, "pip install --upgrade bulkgen")
    assert made.path.read_bytes() == before


def test_somebody_elses_file_of_that_name_is_left_alone(index: Open, told: list[str]) -> None:
    made = index()
    made.path.parent.mkdir()
    with sqlite3.connect(made.path) as db:
        db.execute("create table attempts (something text)")
        db.execute("pragma user_version = 1")
    db.close()
    goes_on_without(made, told, "no such column")


def test_one_that_another_program_keeps_locked_is_waited_for_no_longer_than_agreed(
    index: Open, told: list[str]
) -> None:
    made = index()
    made.claim([(THREE, 1)], always)
    holder = sqlite3.connect(made.path, isolation_level=None)
    holder.execute("begin exclusive")
    goes_on_without(index("b"), told, "locked for too long")
    holder.close()


def test_a_home_in_which_nothing_can_be_made_is_done_without(
    index: Open, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        goes_on_without(index(), told, "Read-only file system")


def test_an_index_that_can_only_be_read_still_tells_what_is_made(
    tmp_path: Path, index: Open, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    index("a").claim([(ONE, 1)], always)
    real = sqlite3.connect

    def read_only(path: Path, **options: Any) -> sqlite3.Connection:
        db: sqlite3.Connection = real(f"{path.as_uri()}?mode=ro", uri=True, **options)
        return db

    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", read_only)
        made = index("b")
        assert others(made, [ONE]) == {tmp_path / "a": {ONE}}
        assert told == []
        goes_on_without(made, told, "it can't be written")
    assert "not noticed" not in told[0]
    assert "was looked up, but what this run makes is not noted in it" in told[0]


def test_where_there_can_be_no_folder_it_is_done_without(tmp_path: Path, index: Open, told: list[str]) -> None:
    (tmp_path / "data").touch()
    goes_on_without(index(), told, "can't be used")


def test_a_full_disk_takes_back_the_whole_transaction_and_the_index_is_done_without(
    index: Open, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    index("a").claim([(THREE, 1)], always)
    with monkeypatch.context() as patch:
        changed(patch, lambda db: db.execute("pragma max_page_count = 3"))
        many = [(f"{number:064}", 1) for number in range(500)]
        assert index("b").claim(many, always) == [True] * 500
    assert "the disk is full" in told[0]
    assert index("c").claim([(THREE, 1), many[0]], always) == [False, True]
    assert len(told) == 1


def test_what_goes_wrong_in_the_middle_of_a_claim_takes_back_all_of_it(index: Open, told: list[str]) -> None:
    def fail(*_: object) -> bool:
        raise OSError(errno.EIO, "Input/output error")

    index("a").claim([(ONE, 1)], always)
    assert index("b").claim([(TWO, 1), (ONE, 1)], fail) == [True, True]
    assert "Input/output error" in told[0]
    assert index("c").claim([(TWO, 1)], always) == [True]


#: A run that is killed in the middle of a claim, after its rows are written and before they count.
KILLED = """
import os, signal, sys
from pathlib import Path
from bulkgen.ledger.index import Index
folder = Path(sys.argv[1])
who = {"base": "https://heygen.test", "account": "me"}
index = Index(folder / "data", own=folder / "killed", now=lambda: 0.0, tell=print, **who)
index.claim([("1" * 64, 1)], lambda other, job: True)
index._db.execute("pragma cache_size = 1")
index._db.execute("pragma cache_spill = 1")
many = [(f"{number:064}", 1) for number in range(3000)]
def killed(other, job):
    os.kill(os.getpid(), signal.SIGKILL)
index.claim([*many, ("2" * 64, 1)], killed)
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_a_run_that_is_killed_in_the_middle_of_a_claim_has_none_of_it(
    tmp_path: Path, index: Open, told: list[str]
) -> None:
    index("a").claim([(TWO, 1)], always)
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    assert subprocess.run(command, env=environment(), check=False).returncode == -signal.SIGKILL
    assert (tmp_path / "data" / "index.sqlite3-journal").stat().st_size, "it was killed in its transaction"
    asked = [(ONE, 1), (TWO, 1), *((f"{number:064}", 1) for number in range(3000))]
    assert index("b").claim(asked, always) == [False, False] + [True] * 3000
    assert told == []


# Who has what -------------------------------------------------------------------------------------------------------

FILES, JOBS = ["a", "b", "c"], [ONE, TWO]


@given(
    st.lists(st.tuples(st.sampled_from(FILES), st.sampled_from(JOBS), st.integers(1, 2), st.booleans()), max_size=30)
)
def test_claims_in_any_order_are_those_of_a_dictionary(
    tmp_path_factory: pytest.TempPathFactory, claims: list[tuple[str, str, int, bool]]
) -> None:
    folder = tmp_path_factory.mktemp("claims")
    indexes = {
        own: Index(folder, own=folder / own, base="", account="", now=lambda: 0.0, tell=pytest.fail) for own in FILES
    }
    owners: dict[tuple[str, int], str] = {}
    for own, job, attempt, stands in claims:
        expected = owners.get((job, attempt), own) == own or not stands
        if expected:
            owners[job, attempt] = own
        assert indexes[own].claim([(job, attempt)], always if stands else never) == [expected]
    for own in FILES:
        theirs = {(folder / owner, job) for (job, _), owner in owners.items() if owner != own}
        assert {(path, job) for path, jobs in others(indexes[own], JOBS).items() for job in jobs} == theirs
        indexes[own].close()


#: One run of two that claim the same attempts at the same time, in batches of different sizes; says which it got.
RIVAL = """
import json, sys
from itertools import islice
from pathlib import Path
from bulkgen.ledger.file_ledger import FileLedger
import anyio
folder, name = Path(sys.argv[1]), sys.argv[2]
ledger = FileLedger(folder / name / "leads.resume.jsonl", index=lambda: folder / "data")
ledger.take()
ledger.belongs_to("https://heygen.test", "me")
print("ready", flush=True)
sys.stdin.readline()
got = []
async def claim(number):
    if await ledger.claim(f"{number:064}", 1):
        got.append(number)
async def main():
    numbers = iter(range(200))
    while some := list(islice(numbers, 7 if name == "a" else 11)):
        async with anyio.create_task_group() as group:
            for number in some:
                group.start_soon(claim, number)
anyio.run(main)
print(json.dumps([got, ledger.warnings]), flush=True)
sys.stdin.readline()
ledger.leave()
"""


def test_two_processes_that_claim_the_same_attempts_at_once_get_each_of_them_once(tmp_path: Path) -> None:
    rivals = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        command = [sys.executable, "-c", RIVAL, str(tmp_path), name]
        rivals.append(
            subprocess.Popen(command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        )
    with rivals[0], rivals[1]:
        for rival in rivals:
            assert rival.stdout
            assert rival.stdout.readline() == "ready\n"
        for rival in rivals:
            assert rival.stdin
            rival.stdin.write("go\n")
            rival.stdin.flush()
        found = [json.loads(rival.stdout.readline()) for rival in rivals if rival.stdout]
        for rival in rivals:
            assert rival.stdin
            rival.stdin.close()
    (first, first_told), (second, second_told) = found
    assert sorted([*first, *second]) == list(range(200))
    for got, told in ((first, first_told), (second, second_told)):
        assert len(told) == (len(got) < 200)
        assert all("another run" in sentence for sentence in told)


def test_a_row_whose_file_stands_there_without_the_attempt_goes_to_the_file_that_has_it(
    tmp_path: Path, index: Open
) -> None:
    """Another sheet of that name has taken its place."""
    (tmp_path / "a").touch()
    index("a").note({tmp_path / "a": bare((ONE, 1), (TWO, 1))})
    index("b").note({tmp_path / "b": bare((ONE, 1), (TWO, 1)), tmp_path / "a": bare((TWO, 1))})
    assert others(index("c"), [ONE, TWO]) == {tmp_path / "b": {ONE}, tmp_path / "a": {TWO}}


def test_a_home_may_be_written_with_a_tilde() -> None:
    assert data_folder({"BULKGEN_DATA_DIR": "~/mine"}) == Path.home() / "mine"
