"""A `--redo` that is interrupted: the same command, or the plain one, goes on with it, and nothing is paid twice."""

from __future__ import annotations

import anyio
import pytest

from bulkgen.batch.batch import Batch
from bulkgen.batch.progress import Moved, RunEvent
from bulkgen.batch.settings import Settings
from bulkgen.batch.writing import Writer
from bulkgen.cli.console import Console
from bulkgen.errors import Exit
from tests.story import Story


@pytest.fixture
def made(story: Story) -> Story:
    """A sheet of four recordings, all made."""
    story.sheet("leads.csv", "text,voice_id", "One,voice_ann", "Two,voice_ann", "Three,voice_ann", "Four,voice_ann")
    story.run("leads.csv")
    assert story.charges == 4
    return story


def attempts(story: Story) -> list[int]:
    return [state.attempt for state in story.states("leads.csv")]


@pytest.mark.parametrize("again", [("--redo", "2-5"), ()])
def test_the_same_command_or_the_plain_one_goes_on_and_makes_each_once(made: Story, again: tuple[str, ...]) -> None:
    told = made.run("leads.csv", "--redo", "2-5", "--limit", "1", code=4)
    assert "1 of them again (paid again), as --redo of" in told.text
    assert "3 results made again, as --redo of" in told.text
    assert made.column("leads.results.csv", "result_status") == ["done", "queued", "queued", "queued"]
    assert all(made.column("leads.results.csv", "result_file"))
    told = made.run("leads.csv", *again)
    assert "3 of them again" in told.text
    assert ("goes on with the --redo of" in told.text) is bool(again)
    assert (made.charges, attempts(made)) == (8, [2, 2, 2, 2])
    assert "Nothing new" in made.run("leads.csv").text


def test_videos_at_heygen_are_collected_and_only_then_it_begins_anew(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,One", "look_ann,Two")
    for options, code, paid in (((), 0, 2), (("--no-wait",), 4, 4), ((), 0, 4), ((), 0, 6)):
        redo = () if not story.charges else ("--redo", "2-3")
        told = story.run("leads.csv", *redo, *options, "--poll-every", "0.1", code=code)
        assert story.charges == paid, told.text
    assert attempts(story) == [3, 3]


def test_one_that_was_stopped_goes_on_with_what_was_not_sent(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    path = story.sheet("leads.csv", "avatar_id,script", "look_ann,One", "look_ann,Two")
    story.run("leads.csv", "--poll-every", "0.1")
    for name, value in {**story.env, "BULKGEN_DATA_DIR": str(story.data)}.items():
        monkeypatch.setenv(name, value)
    waiting: list[anyio.Event] = []

    async def first_is_sent() -> None:
        waiting.append(anyio.Event())
        await waiting[0].wait()

    def listen(event: RunEvent) -> None:
        if isinstance(event, Moved):
            waiting[0].set()

    story.heygen.change(never_ends=True)
    ran = Batch.open(path, Settings(redo="2-3", concurrency=1)).run(listen, until=first_is_sent)
    assert (ran.exit_code, story.charges) == (Exit.INTERRUPTED, 3)
    story.heygen.change(never_ends=False)
    story.run("leads.csv", "--redo", "2-3", "--poll-every", "0.1")
    assert (story.charges, attempts(story)) == (4, [2, 2])


def test_one_that_ran_out_of_credit_goes_on_once_there_is_some(made: Story) -> None:
    made.heygen.change(balance=2.0)
    made.run("leads.csv", "--redo", "2-5", "--concurrency", "1", code=6)
    made.heygen.change(balance=None)
    made.run("leads.csv", "--redo", "2-5")
    assert made.charges == 8
    assert made.column("leads.results.csv", "result_status") == ["done"] * 4


def test_one_that_was_killed_before_it_could_tell_that_all_is_made_only_tells_it(
    made: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    def power_loss(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as during:
        during.setattr(Writer, "write", power_loss)
        with pytest.raises(SystemExit):
            made.run("leads.csv", "--redo", "2-5")
    assert made.charges == 8
    assert "Nothing new" in made.run("leads.csv", "--redo", "2-5").text
    assert (made.charges, attempts(made)) == (8, [2, 2, 2, 2])
    made.run("leads.csv", "--redo", "2-5")  # it was told: this is another one
    assert made.charges == 12


def test_rows_that_the_first_command_did_not_name_join_it(made: Story) -> None:
    made.run("leads.csv", "--redo", "2-3", "--limit", "1", code=4)
    made.run("leads.csv", "--redo", "2-5", "--limit", "2", code=4)
    made.run("leads.csv", "--redo", "2-5")
    assert (made.charges, attempts(made)) == (8, [2, 2, 2, 2])


def test_a_copy_of_the_sheet_goes_on_with_it_too_and_nothing_is_made_by_both(made: Story) -> None:
    made.run("leads.csv", "--redo", "2-5", "--limit", "2", code=4)
    made.sheet("copy.csv", *(made.folder / "leads.csv").read_text().split())
    told = made.run("copy.csv", "--redo", "2-5", "--limit", "1", code=4)
    assert "goes on with the --redo of" in told.text
    for sheet, redo in (("leads.csv", ()), ("copy.csv", ("--redo", "2-5"))):
        told = made.run(sheet, *redo)
        assert made.charges == 8, told.text


def test_a_text_that_came_back_with_a_guard_is_made_again_as_the_one_that_it_is(story: Story) -> None:
    for text in ("- one", "'- one"):
        story.sheet("leads.csv", "text,voice_id", f"{text},voice_ann")
        redo = ("--redo", "2") if story.charges else ()
        story.run("leads.csv", *redo)
    assert (story.charges, attempts(story)) == (2, [2])


def test_a_no_at_the_question_is_no_wish(made: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(Console, "interactive", True)
    monkeypatch.setattr(Console, "ask", lambda _, question: asked.append(question))
    told = made.type("run", "leads.csv", "--redo", "2-3", code=2)
    assert "2 of them were made before, and are made and paid again (--redo)." in told.text
    assert len(asked) == 1
    assert "Nothing new" in made.run("leads.csv").text
    assert made.charges == 4


def test_a_check_shows_it_and_records_nothing(made: Story) -> None:
    before = made.events("leads.csv")
    assert "2 of them again (paid again)" in made.type("check", "leads.csv", "--redo", "3,5").text
    assert made.events("leads.csv") == before
    made.run("leads.csv")
    assert made.charges == 4
