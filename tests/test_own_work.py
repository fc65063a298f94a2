"""Every file that bulkgen writes, over ten runs: replaced while nobody has changed it, and a person's work never.

A file that a release adds gets a line in `FILES`. Each round has one more row, so that what is written differs from
what was written before.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import anyio
import pytest
from openpyxl import Workbook, load_workbook

from bulkgen.batch import running
from bulkgen.batch.batch import Batch
from bulkgen.batch.progress import RunEvent, Written
from bulkgen.batch.settings import Settings
from tests.story import Story

ROUNDS = 10
HEADERS = ["row_id", "avatar_id", "script", "text", "voice_id", "email", "round"]
ROWS = [
    ["ann", "look_ann", "Hello", "", "", "ann@example.com"],
    ["bo", "", "", "Hello", "voice_ann", ""],
    ["cy", "look_ann", "", "", "", ""],
]
RUN = ("--skip-invalid", "--download", "--also", "captions", "--name", "{row_id}", "--json-file", "--poll-every", "0.1")
MINE = "typed by a person"


# What a person does to a file, and how it is known to be there still ------------------------------------------------


def lines_of(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text("utf-8-sig").splitlines()))


def save(path: Path, lines: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)


def type_on(path: Path) -> None:
    path.write_bytes(path.read_bytes() + f"\n# {MINE}\n".encode())


def correct(path: Path) -> None:
    """The script of the first row says something else."""
    if path.suffix == ".csv":
        lines = lines_of(path)
        lines[1][2] = MINE
        save(path, lines)
    else:
        book = load_workbook(path)
        next(sheet for sheet in book.worksheets if sheet.cell(1, 1).value == "row_id")["C2"] = MINE
        book.save(path)


def note(path: Path) -> None:
    book = load_workbook(path)
    book.worksheets[0]["Z3"] = MINE
    book.save(path)


def add(path: Path) -> None:
    """A column with a note for each row; to a workbook a worksheet too."""
    if path.suffix == ".csv":
        headers, *lines = lines_of(path)
        save(path, [[*headers, "Sent?"], *([*line, f"{MINE} {line[0]}"] for line in lines)])
        return

    book = load_workbook(path)
    sheet = book["Leads"]
    at = sheet.max_column + 1
    for row in range(1, sheet.max_row + 1):
        sheet.cell(row, at).value = f"{MINE} {sheet.cell(row, 1).value}" if row > 1 else "Sent?"
    book.create_sheet("Phone numbers")["B2"] = MINE
    book.save(path)


def is_added(path: Path) -> bool:
    if path.suffix == ".csv":
        headers, *lines = lines_of(path)
    else:
        book = load_workbook(path)
        headers, *lines = ([str(value or "") for value in row] for row in book["Leads"].iter_rows(values_only=True))
        if book["Phone numbers"]["B2"].value != MINE:
            return False

    return [line[headers.index("Sent?")] for line in lines[:3]] == [f"{MINE} {line[0]}" for line in lines[:3]]


def note_people(path: Path) -> None:
    headers, *lines = lines_of(path)
    save(path, [[*headers, "Sent?"], *([*line, MINE] for line in lines)])


def has_notes_on_people(path: Path) -> bool:
    headers, *lines = lines_of(path)
    return [line[headers.index("Sent?")] for line in lines][:2] == [MINE, MINE] and len(lines) > 2


def is_set_aside(path: Path) -> bool:
    """A recording is put back under its name: its link comes only once."""
    return MINE.encode() in path.with_name(f"{path.stem} (changed){path.suffix}").read_bytes()


@dataclass(frozen=True, kw_only=True)
class File:
    """`name`, as the rounds write it; `change`: what a person does to it; `kept`: how that is there after ten more.

    `sibling`: what is written in its place. `told`: its name stands on the screen whenever it would have been replaced.
    """

    name: str
    change: Callable[[Path], None]
    kept: Callable[[Path], bool] | None = None
    sibling: str = ""
    told: bool = False


FILES = (
    File(name="leads.results.xlsx", change=add, kept=is_added),
    File(name="calls.results.csv", change=add, kept=is_added),
    File(name="book.results.xlsx", change=correct, sibling="book.results-2.xlsx", told=True),
    File(name="list.results.csv", change=correct, sibling="list.results-2.csv", told=True),
    File(name="leads.failed.xlsx", change=correct, sibling="leads.failed-2.xlsx"),
    File(name="calls.failed.csv", change=correct, sibling="calls.failed-2.csv"),
    File(name="leads.check.xlsx", change=correct, sibling="leads.check-2.xlsx"),
    File(name="leads.results.html", change=type_on, sibling="leads.results-2.html", told=True),
    File(name="leads.results.json", change=type_on, sibling="leads.results-2.json", told=True),
    File(name="lead.mail.csv", change=correct, sibling="lead.mail-2.csv", told=True),
    File(name="call.mail.csv", change=note_people, kept=has_notes_on_people),
    File(name="cost.xlsx", change=note, told=True),
    File(name="leads.files/ann.mp4", change=type_on),
    File(name="leads.files/ann.srt", change=type_on),
    File(name="leads.files/bo.mp3", change=type_on, kept=is_set_aside, sibling="leads.files/bo (changed).mp3"),
    File(name="leads.files/bo.srt", change=type_on),
    File(name="leads.files/bo.json", change=type_on),
    File(name="start.recipe.toml", change=type_on),
    File(name="start.xlsx", change=type_on, told=True),
    File(name="start.csv", change=type_on, told=True),
)  # fmt: skip


# Rounds ---------------------------------------------------------------------------------------------------------------


def write_sheets(story: Story, number: int) -> None:
    """With one more row than for the round before."""
    more = (["", "look_ann", f"Hello {n}", "", "", f"{n}@example.com"] for n in range(number))
    rows = [[*row, str(number)] for row in (*ROWS, *more)]
    for name in ("calls.csv", "list.csv"):
        save(story.folder / name, [HEADERS, *rows])
    for name in ("leads.xlsx", "book.xlsx"):
        book = Workbook()
        book.worksheets[0].title = "Leads"
        for line in (HEADERS, *rows):
            book.worksheets[0].append(line)
        book.save(story.folder / name)


def run_leads(story: Story, number: int) -> str:
    write_sheets(story, number)
    return story.run("leads.xlsx", *RUN, code=None).text


def a_round(story: Story, number: int) -> str:
    """Every command that writes files; gives what was printed."""
    write_sheets(story, number)
    told = [
        story.run(name, *RUN, "--mailmerge", f"{name[:4]}.mail.csv", code=None)
        for name in ("leads.xlsx", "calls.csv", "book.xlsx", "list.csv")
    ]
    told.append(story.type("check", "leads.xlsx", code=None))
    told.append(story.type("status", "--cost", ".", "-o", "cost.xlsx", code=None))
    told += [story.type("init", "avatar", "-o", f"start.{ending}", code=None) for ending in ("xlsx", "csv")]
    told.append(story.type("init", "avatar", "--from", "start.csv", code=None))
    return " ".join(each.text for each in told)


def names(story: Story) -> set[str]:
    """The files of the folder, but for those of rows that a round adds."""
    found = (path.relative_to(story.folder).as_posix() for path in story.folder.rglob("*") if path.is_file())
    return {name for name in found if not name.startswith((".", "leads.files/0"))}


def test_what_nobody_has_changed_is_replaced_and_gets_no_siblings(story: Story) -> None:
    a_round(story, 1)
    before = names(story)
    assert {file.name for file in FILES} <= before
    first = {file.name: (story.folder / file.name).read_bytes() for file in FILES}
    for number in (2, 3, 4):
        a_round(story, number)
    assert names(story) == before
    replaced = {name for name, content in first.items() if (story.folder / name).read_bytes() != content}
    assert replaced >= {file.name for file in FILES if "-2." in file.sibling or file.kept is is_added}


def test_what_a_person_has_changed_is_there_after_ten_more_runs(story: Story) -> None:
    a_round(story, 1)
    theirs = {}
    for file in FILES:
        file.change(story.folder / file.name)
        theirs[file.name] = (story.folder / file.name).read_bytes()
    before = names(story)
    for number in range(2, ROUNDS + 2):
        told = a_round(story, number)
    for file in FILES:
        path = story.folder / file.name
        assert file.kept(path) if file.kept else path.read_bytes() == theirs[file.name], file.name
        assert not file.told or file.name in told, file.name
    assert names(story) - before == {file.sibling for file in FILES if file.sibling}


def test_what_is_no_file_of_bulkgens_is_never_overwritten(story: Story) -> None:
    for file in FILES:
        (story.folder / file.name).parent.mkdir(exist_ok=True)
        (story.folder / file.name).write_text(MINE)
    told = [a_round(story, number) for number in (1, 2)][-1]
    assert {file.name: (story.folder / file.name).read_text() for file in FILES} == {file.name: MINE for file in FILES}
    assert {file.sibling for file in FILES if "-2." in file.sibling} <= names(story)
    assert not [file.name for file in FILES if file.told and file.name not in told]


def test_a_folder_by_the_name_of_a_file_stays_and_stops_nothing(story: Story) -> None:
    files = [file for file in FILES if ".mail." not in file.name]  # an option that names a folder is refused
    for file in files:
        (story.folder / file.name).mkdir(parents=True)
    told = [a_round(story, number) for number in (1, 2)][-1]
    assert all((story.folder / file.name).is_dir() for file in files)
    assert {line["result_status"] for line in story.results("calls.results-2.csv")} == {"done", "invalid"}
    assert not [file.name for file in files if file.told and file.name not in told]


# While a run goes on, and while somebody looks at its files ----------------------------------------------------------


def test_all_that_is_told_of_a_run_is_there_before_its_end(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    story.heygen.change(never_ends=True)
    save(story.folder / "calls.csv", [HEADERS, *([*row, "1"] for row in ROWS)])
    for name, value in {**story.env, "BULKGEN_DATA_DIR": str(story.data)}.items():
        monkeypatch.setenv(name, value)
    told, found = anyio.Event(), dict[str, str]()

    def hear(event: RunEvent) -> None:
        if isinstance(event, Written) and "rendering" in story.column("calls.results.csv", "result_status"):
            found.update({path.name: path.read_text("utf-8-sig") for path in story.folder.glob("calls.[rf]*.*")})
            told.set()

    settings = Settings(skip_invalid=True, json_file=True)
    with mock.patch.object(running, "WRITE_EVERY", 0.2):
        Batch.open(story.folder / "calls.csv", settings).run(hear, until=lambda: told.wait())
    assert found.keys() == {"calls.results.csv", "calls.results.html", "calls.results.json", "calls.failed.csv"}
    assert all("rendering" in found[f"calls.results.{ending}"] for ending in ("csv", "html", "json"))
    assert "cy" in found["calls.failed.csv"]


@pytest.mark.parametrize(
    "name", ["leads.results.xlsx", "leads.results.html", "leads.results.json", "leads.failed.xlsx"]
)
def test_what_a_program_holds_open_gets_a_sibling_that_is_named(story: Story, name: str) -> None:
    run_leads(story, 1)
    held, before, replace, unlink = story.folder / name, names(story), Path.replace, Path.unlink

    def is_held(path: str | Path) -> None:
        if Path(path).resolve() == held:
            raise PermissionError(13, "The process cannot access the file")

    def put(self: Path, target: str | Path) -> Path:
        is_held(target)
        return replace(self, target)

    def remove(self: Path, missing_ok: bool = False) -> None:
        is_held(self)
        unlink(self, missing_ok=missing_ok)

    there = held.read_bytes()
    with mock.patch.object(Path, "replace", put), mock.patch.object(Path, "unlink", remove):
        told = run_leads(story, 2)
    sibling = held.with_stem(f"{held.stem}-2")
    assert held.read_bytes() == there
    assert names(story) - before == {sibling.name}
    assert f"{name} is open in another program" in told
    assert sibling.name in told
    run_leads(story, 3)
    assert held.read_bytes() != there, "closed by now"


def test_of_a_rehearsal_only_what_a_person_opens_and_its_resume_file_lie_beside_the_sheet(story: Story) -> None:
    write_sheets(story, 1)
    story.type("run", "leads.xlsx", "--sandbox", "--skip-invalid", code=3)
    assert {path.name for path in story.folder.glob("leads*")} == {
        "leads.xlsx",
        "leads.sandbox.files",
        "leads.sandbox.results.xlsx",
        "leads.sandbox.results.html",
        "leads.sandbox.failed.xlsx",
        "leads.xlsx.sandbox.resume.jsonl",
    }
    assert "leads.xlsx.sandbox.state.json" in {path.name for path in (story.folder / "leads.sandbox.files").iterdir()}
    (story.folder / "leads.xlsx").rename(story.folder / "spring.xlsx")
    told = story.type("run", "spring.xlsx", "--sandbox", "--skip-invalid", code=3).text
    assert "taken over, nothing is paid for them again" in told
    assert "not found" not in told
