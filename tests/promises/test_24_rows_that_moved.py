"""More than ten results are not replaced unattended because their rows moved while a header changed; other people are
no replacement where anything tells."""

from __future__ import annotations

from tests.story import Story

FEW = 12
SET = ("--set", "template_id=tpl_hello", "--set", "company=Acme")


def leads(story: Story, *lines: str, header: str = "Vorname") -> None:
    story.sheet("s.csv", header, *lines)


NAMES = [f"Person {number}" for number in range(1, 31)]


def test_rows_that_moved_up_while_a_header_changed_are_braked(story: Story) -> None:
    leads(story, *NAMES)
    story.run("s.csv", *SET, "--rows", "20-31")
    leads(story, *[f"{name},{name} Zed" for name in NAMES[-FEW:]], header="Vorname,First Name")
    told = story.run("s.csv", *SET, code=2).text
    assert "12 rows would be made, and as many finished ones have left the sheet" in told
    assert "add --replace" in told
    assert "row_id" in told
    assert story.charges == FEW
    assert f"{FEW} of them perhaps in place of finished results" in told
    story.run("s.csv", *SET, "--replace")
    assert story.charges == 2 * FEW


def test_rows_that_moved_by_one_line_are_all_counted(story: Story) -> None:
    leads(story, "Skipped row", *NAMES[:FEW])
    story.run("s.csv", *SET, "--rows", "3-99")
    leads(story, *[f"{name}!" for name in NAMES[:FEW]])
    assert "12 finished results" in story.run("s.csv", *SET, code=2).text
    assert story.charges == FEW


def test_without_results_all_that_is_gone_counts(story: Story) -> None:
    leads(story, *NAMES)
    story.run("s.csv", *SET, "--rows", "20-31")
    (story.folder / "s.results.csv").unlink()
    leads(story, *[f"{name},{name} Zed" for name in NAMES[-FEW:]], header="Vorname,First Name")
    story.run("s.csv", *SET, code=2)
    assert story.charges == FEW


def test_people_who_left_long_ago_do_not_stop_new_ones(story: Story) -> None:
    leads(story, *NAMES[:FEW], "Somebody who stays")
    story.run("s.csv", *SET)
    leads(story, *["Somebody who stays"] * (FEW + 8))
    story.run("s.csv", *SET)  # they leave, and nobody comes
    leads(story, *["Somebody who stays"] * (FEW + 8), *NAMES[FEW : 2 * FEW])
    story.run("s.csv", *SET)
    assert story.charges == 2 * FEW + 1


def test_other_people_are_known_by_their_row_id(story: Story) -> None:
    for week in range(3):
        lines = [f"Person {number},{week}-{number}@example.com" for number in range(FEW)]
        leads(story, *[f"{week} {line}" for line in lines], header="Vorname,row_id")
        story.run("s.csv", *SET)
    assert story.charges == 3 * FEW


def test_rows_that_are_left_out_keep_their_results(story: Story) -> None:
    leads(story, *[f"{name}," for name in NAMES[:FEW]], header="Vorname,skip")
    story.run("s.csv", *SET)
    leads(story, *[f"{name},yes" for name in NAMES[:FEW]], *[f"{name}," for name in NAMES[FEW : 2 * FEW]],
          header="Vorname,skip")  # fmt: skip
    story.run("s.csv", *SET)
    assert story.charges == 2 * FEW
