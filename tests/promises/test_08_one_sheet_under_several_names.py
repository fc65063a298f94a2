"""One sheet under several names, run at the same time: every row is made once, recordings too, which have no key."""

from __future__ import annotations

import shutil
from pathlib import Path

from openpyxl import Workbook

from tests.command import environment, hurried_command
from tests.forked import forked
from tests.story import Story

TEXTS = [f"Good day {number}" for number in range(24)]


def workbook(path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    for line in (["text", "voice_id"], *([text, "voice_ann"] for text in TEXTS)):
        book.active.append(line)
    book.save(path)


def test_a_copy_links_and_the_workbook_at_once(story: Story) -> None:
    csv = story.sheet("leads.csv", "text,voice_id", *(f"{text},voice_ann" for text in TEXTS))
    workbook(csv.with_suffix(".xlsx"))
    elsewhere = story.folder.parent / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(csv, elsewhere / "copy.csv")
    (elsewhere / "hard link.csv").hardlink_to(csv)
    (elsewhere / "link.csv").symlink_to(csv)
    sheets = [csv, csv.with_suffix(".xlsx"), *sorted(elsewhere.iterdir())]
    story.heygen.change(post_seconds=[0.1, 0.2])
    env = environment({**story.env, "BULKGEN_DATA_DIR": str(story.data)})
    runs = [
        forked(hurried_command("run", sheet.name, "--yes", "--quiet"), cwd=sheet.parent, env=env)
        for sheet in sheets[:3]
    ]
    assert {started.wait(120) for started in runs} <= {0, 4}, "all done, or some left to another run"
    assert story.charges == len(TEXTS)
    for sheet in sheets:
        story.type("run", sheet.name, "--yes", folder=sheet.parent)
        results = sheet.with_name(f"{sheet.stem}.results{sheet.suffix}")
        assert story.column(str(results), "result_status") == ["done"] * len(TEXTS)
    assert story.charges == len(TEXTS)
