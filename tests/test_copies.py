"""One sheet in two places: copied, downloaded again, linked, moved. What was made once is found, and not paid twice."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bulkgen.errors import Exit
from tests.command import avatars, bulkgen, environment, hurried_command, results, wait_for
from tests.forked import forked
from tests.standin.thread import Nearby

SHEET = "avatar_id,script,text,voice_id\nlook_ann,Hello,,\nlook_ann,Hello again,,\n,,Good day,voice_ann\n"


@pytest.fixture
def q4(tmp_path: Path) -> Path:
    folder = tmp_path / "q4"
    folder.mkdir()
    (folder / "leads.csv").write_text(SHEET)
    return folder


@pytest.fixture
def heygen(tmp_path: Path) -> Iterator[Nearby]:
    with Nearby(tmp_path / "ledger.jsonl", time_scale=0.004) as started:
        yield started


def run(folder: Path, heygen: Nearby, name: str = "leads.csv", *more: str) -> str:
    """What is told of a run that goes well."""
    done = bulkgen(folder, "run", name, "--yes", *more, env=heygen.env)
    assert done.returncode == Exit.OK, done.stderr
    return done.stderr


def copied(q4: Path, other: Path) -> None:
    shutil.copy(q4 / "leads.csv", other)


def linked(q4: Path, other: Path) -> None:
    other.symlink_to(q4 / "leads.csv")


def hard_linked(q4: Path, other: Path) -> None:
    other.hardlink_to(q4 / "leads.csv")


@pytest.mark.parametrize("place", [copied, linked, hard_linked])
def test_a_sheet_in_another_folder_finds_what_was_made_before(
    tmp_path: Path, q4: Path, heygen: Nearby, place: Callable[[Path, Path], None]
) -> None:
    run(q4, heygen)
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    place(q4, downloads / "leads (1).csv")
    told = run(downloads, heygen, "leads (1).csv")
    assert "3 of these were made on " in told
    assert f" in {q4 / 'leads.csv'}: taken over, nothing is paid for them again." in told
    assert len(heygen.ledger.charges) == 3
    lines = results(downloads, "leads (1).results.csv")
    assert [line["result_status"] for line in lines] == ["done"] * 3
    assert [line["result_id"] for line in lines] == [line["result_id"] for line in results(q4, "leads.results.csv")]
    recording = Path(lines[2]["result_file"])
    assert recording.parent == q4 / "leads.files"
    assert recording.exists()
    assert "taken over" not in run(downloads, heygen, "leads (1).csv")


def test_a_folder_that_is_reached_through_a_link_or_renamed_is_the_same(
    tmp_path: Path, q4: Path, heygen: Nearby
) -> None:
    run(q4, heygen)
    (tmp_path / "link").symlink_to(q4, target_is_directory=True)
    assert "taken over" not in run(tmp_path / "link", heygen)
    q4.rename(tmp_path / "autumn")
    assert "taken over" not in run(tmp_path / "autumn", heygen)
    assert len(heygen.ledger.charges) == 3


def test_a_new_row_of_a_copy_is_made_and_the_first_sheet_finds_it_too(tmp_path: Path, q4: Path, heygen: Nearby) -> None:
    run(q4, heygen)
    copy = tmp_path / "copy"
    copy.mkdir()
    for folder in (copy, q4):
        (folder / "leads.csv").write_text(f"{SHEET}look_ann,A new one,,\n")
        run(folder, heygen)
    assert len(heygen.ledger.charges) == 4


def test_two_runs_at_once_of_one_sheet_through_two_paths_make_every_row_once(
    tmp_path: Path, q4: Path, heygen: Nearby
) -> None:
    """Recordings have no key: HeyGen would make, and charge, each of them twice."""
    rows = "".join(f",,Good day {number},voice_ann\n" for number in range(40))
    (q4 / "leads.csv").write_text(f"{SHEET}{rows}")
    (tmp_path / "copy").mkdir()
    linked(q4, tmp_path / "copy" / "leads.csv")
    heygen.world.change(post_seconds=[0.2, 0.4])
    folders = (q4, tmp_path / "copy")
    runs = [
        forked(hurried_command("run", "leads.csv", "--yes", "--quiet"), cwd=folder, env=environment(heygen.env))
        for folder in folders
    ]
    codes = [started.wait(120) for started in runs]
    assert set(codes) <= {Exit.OK, Exit.NOT_FINISHED}
    assert len(heygen.ledger.charges) == 43
    for folder in folders:
        run(folder, heygen)
        assert [line["result_status"] for line in results(folder, "leads.results.csv")] == ["done"] * 43
    assert len(heygen.ledger.charges) == 43


def test_a_copy_goes_on_where_a_run_that_was_killed_stopped(tmp_path: Path, q4: Path, heygen: Nearby) -> None:
    avatars(q4, 14, "leads.csv")
    heygen.world.change(never_ends=True, post_seconds=[0.2, 0.4])
    words = hurried_command("run", "leads.csv", "--yes", "--quiet")
    killed = forked(words, cwd=q4, env=environment(heygen.env))
    wait_for(lambda: len(heygen.ledger.charges) > 5)
    killed.kill()
    killed.wait()
    heygen.world.change(never_ends=False)
    copy = tmp_path / "copy"
    copy.mkdir()
    copied(q4, copy / "leads.csv")
    for folder in (copy, q4):
        run(folder, heygen)
        assert [line["result_status"] for line in results(folder, "leads.results.csv")] == ["done"] * 14
    assert len(heygen.ledger.charges) == 14


def test_check_says_what_was_made_elsewhere_and_changes_nothing(tmp_path: Path, q4: Path, heygen: Nearby) -> None:
    run(q4, heygen)
    copy = tmp_path / "copy"
    copy.mkdir()
    copied(q4, copy / "leads.csv")
    done = bulkgen(copy, "check", "leads.csv", env=heygen.env)
    assert "3 of these were made on " in done.stderr
    assert [path.name for path in copy.iterdir()] == ["leads.csv"]


def test_an_index_that_can_not_be_used_is_told_and_stops_nothing(tmp_path: Path, q4: Path, heygen: Nearby) -> None:
    (tmp_path / "data").touch()
    env = {**heygen.env, "BULKGEN_DATA_DIR": str(tmp_path / "data")}
    done = bulkgen(q4, "run", "leads.csv", "--yes", env=env)
    assert done.returncode == Exit.OK
    assert done.stderr.count("This run goes on without it") == 1


def test_a_rehearsal_neither_reads_nor_writes_the_index(tmp_path: Path, q4: Path) -> None:
    env = {"BULKGEN_DATA_DIR": str(tmp_path / "data")}
    assert bulkgen(q4, "run", "leads.csv", "--sandbox", env=env).returncode == Exit.OK
    assert not (tmp_path / "data").exists()
