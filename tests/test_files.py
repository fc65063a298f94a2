"""What killed writers leave is known by its name, and removed by the next run."""

from __future__ import annotations

import os
from pathlib import Path

from bulkgen.disk.whole import sweep, temporary_name, write_whole
from tests.command import bulkgen


def left(path: Path) -> Path:
    """What a killed writer of this file leaves."""
    passing = temporary_name(path)
    other = passing.with_name(passing.name.replace(str(os.getpid()), "999999"))
    other.write_text("half of it")
    return other


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_only_what_is_ours_and_of_that_name_is_removed(tmp_path: Path) -> None:
    mine = left(tmp_path / "leads.results.xlsx")
    others = {left(tmp_path / "guests.results.xlsx").name, "film.part", ".hidden.part", "leads.results.xlsx"}
    for name in others:
        (tmp_path / name).touch()
    sweep(tmp_path, "leads.results.xlsx")
    assert not mine.exists()
    assert names(tmp_path) == others


def test_what_may_be_in_the_making_is_left_alone(tmp_path: Path) -> None:
    young = left(tmp_path / "leads.check.xlsx")
    sweep(tmp_path, "leads.check.xlsx", age=3600.0)
    assert young.exists()
    os.utime(young, (0, 0))
    sweep(tmp_path, "leads.check.xlsx", age=3600.0)
    assert not young.exists()


def test_a_folder_that_is_not_there_needs_no_cleaning_up(tmp_path: Path) -> None:
    sweep(tmp_path / "leads.files")


def test_a_file_is_never_swept_by_its_own_writer_before_it_is_whole(tmp_path: Path) -> None:
    def write(target: Path) -> None:
        target.write_text("whole")
        sweep(tmp_path, age=3600.0)

    assert write_whole(tmp_path / "leads.results.csv", write).read_text() == "whole"
    assert names(tmp_path) == {"leads.results.csv"}


def test_a_run_removes_what_killed_ones_left(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,voice_id\nHello,voice_anna\n")
    files = tmp_path / "a.sandbox.files"
    files.mkdir()
    leftovers = [
        left(tmp_path / "a.sandbox.results.csv"),
        left(files / "0002-0123456789.mp3"),
        files / "0007-0123456789.mp3.part",
    ]
    leftovers[-1].write_text("half a recording of an earlier release")
    assert bulkgen(tmp_path, "run", "a.csv", "--sandbox", "--yes").returncode == 0
    assert not [path for path in leftovers if path.exists()]
    assert sorted(path.suffix for path in files.glob("0002-*")) == [".json", ".mp3", ".srt"]
    assert len(list(files.iterdir())) == 4  # and what the sandbox remembers
