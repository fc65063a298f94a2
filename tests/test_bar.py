"""How far a run is, as it is told: a bar, or a line every half minute; and of files on their way how many, how much."""

from __future__ import annotations

import io
import os
from unittest import mock

import pytest

from bulkgen.batch.progress import Progress
from bulkgen.cli.progress import EVERY, Bar, size_in_words
from bulkgen.engine.keeper import Fetching
from bulkgen.ledger.state import Status

COUNTS = {Status.DONE: 9, Status.RENDERING: 3}
FILES = Fetching(done=4, total=9, received=1_234_567_890)


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_000, "1.0 KB"),
        (40_400, "40 KB"),
        (1_234_567, "1.2 MB"),
        (999_999_999, "1,000 MB"),
        (1_234_567_890, "1.2 GB"),
        (45 * 10**15, "45,000 TB"),
    ],
)
def test_sizes_are_said_as_file_managers_say_them(size: int, words: str) -> None:
    assert size_in_words(size) == words


@pytest.mark.parametrize(("files", "said"), [(None, "1 failed"), (FILES, "1 failed, files 4/9 (1.2 GB)")])
def test_without_a_terminal_a_line_says_how_far_files_are(files: Fetching | None, said: str) -> None:
    console, now = mock.Mock(draws=False), 0.0
    bar = Bar(console, lambda: now)
    now = EVERY
    bar.tick(Progress(20, {**COUNTS, Status.QUEUED: 7, Status.FAILED: 1}, files))
    console.tell.assert_called_once_with(f"9 of 20 jobs done, 3 rendering, 7 queued, {said}")


@pytest.mark.parametrize(("columns", "files", "has_bar"), [(80, None, True), (80, FILES, False), (120, FILES, True)])
def test_the_bar_leaves_room_for_what_is_said_of_files(columns: int, files: Fetching | None, has_bar: bool) -> None:
    screen = io.StringIO()
    with mock.patch("sys.stderr", screen):
        bar = Bar(mock.Mock(draws=True, window=os.terminal_size((columns, 24))))
        bar.tick(Progress(12, COUNTS, None))
        bar.tick(Progress(12, COUNTS, files))
        bar.close()
    drawn = screen.getvalue().rpartition("\r")[2]
    assert "9 done, 3 rendering, 0 failed" in drawn
    assert ("files 4/9 (1.2 GB)" in drawn) == bool(files)
    assert ("|" in drawn) == has_bar
