"""`preview --listen`: a row is heard before a video is made of it; paid once, and of no account for any run."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen import Batch, Settings
from bulkgen.cli import player
from bulkgen.errors import InputError, LockedError
from bulkgen.kinds import KINDS
from bulkgen.kinds.account import Account, Template
from bulkgen.ledger.events import Event, finished, saved, submitting, used
from bulkgen.ledger.history import fold
from bulkgen.ledger.lock import SheetLock
from bulkgen.ledger.spending import End, Spending
from bulkgen.rows.voice_over import voice_over
from tests.command import SAMPLES, bulkgen, events
from tests.making import ACCOUNT, jobs_of, speech_job, table
from tests.standin.ledger import body_hash
from tests.story import Story, Told

AVATARS = ("avatar_id,script,voice_id", "look_ann,Hello Ann,voice_bob", "look_ann,Hello Ben,voice_bob")
SPEECH = ("text,voice_id", "Hello Ann,voice_bob", "Hello Ben,voice_bob")


def listen(story: Story, *words: str, code: int | None = 0) -> Told:
    return story.type("preview", "leads.csv", "--listen", "--yes", *words, code=code)


def heard(story: Story, *words: str) -> dict[str, Any]:
    """What `--json` says of it."""
    found: dict[str, Any] = json.loads(listen(story, "--json", *words).out)
    return found


@pytest.fixture
def terminal() -> Iterator[None]:
    """Somebody sits at a terminal."""
    with mock.patch("bulkgen.cli.console._is_terminal", return_value=True):
        yield


@pytest.fixture
def played() -> Iterator[list[Path]]:
    """The recordings that were played."""
    files: list[Path] = []
    with mock.patch("bulkgen.cli.listening.play", files.append):
        yield files


# What is heard --------------------------------------------------------------------------------------------------------


def test_a_row_becomes_a_file_that_can_be_heard_and_nothing_else(story: Story) -> None:
    story.sheet("leads.csv", *AVATARS)
    told = listen(story, "--row", "2")
    [charge] = story.heygen.ledger.charges
    assert charge["path"] == "/v3/voices/speech"
    [file] = (story.folder / "leads.files").glob("*.mp3")
    assert re.search(rf"Row 2 can be heard, [\d.]+ seconds: leads\.files/{re.escape(file.name)} Cost: \$", told.text)
    assert not (story.folder / "leads.results.csv").exists()


def test_it_is_the_text_that_is_said_as_the_row_has_it_said(story: Story) -> None:
    story.sheet(
        "leads.csv", "avatar_id,script,voice,speed,locale,pitch,name", "look_ann,Hi {{name}},bob,1.2,en-GB,3,Zoë"
    )
    told = listen(story)
    [charge] = story.heygen.ledger.charges
    asked = {"text": "Hi Zoë", "voice_id": "voice_bob", "speed": 1.2, "locale": "en-GB"}
    assert charge["body"] == body_hash(asked)
    assert "Not heard in it: pitch, which only the avatar video will have." in told.text


@pytest.mark.parametrize(
    ("rows", "noun"),
    [
        (("image,script,voice,pitch,volume", "https://example.com/a.jpg,Hi,bob,3,0.5"), "photo video"),
        (
            (
                "scene1.avatar_id,scene1.script,scene1.voice,scene1.pitch,scene2.image,scene2.script,scene2.voice,"
                "scene2.pitch,scene2.volume",
                "look_ann,Hi,bob,3,https://example.com/a.jpg,Ho,bob,2,0.5",
            ),
            "studio video",
        ),
    ],
)
def test_whatever_is_made_of_the_row_what_is_not_heard_is_told(rows: Sequence[str], noun: str, story: Story) -> None:
    story.sheet("leads.csv", *rows)
    told = listen(story)
    assert f"Not heard in it: pitch and volume, which only the {noun} will have." in told.text


@pytest.mark.parametrize(
    ("row", "options", "voice"),
    [
        ("look_ann,Hello,", (), "voice_ann"),  # the avatar's own
        ("look_ann,Hello,voice_bob", (), "voice_bob"),
        ("look_ann,Hello,voice_bob", ("--voice", "mine"), "voice_mine"),
        ("look_ann,Hello,", ("--voice", "voice_bob"), "voice_bob"),
    ],
)
def test_the_voice_is_the_rows_the_avatars_or_the_one_asked_for(
    story: Story, row: str, options: tuple[str, ...], voice: str
) -> None:
    story.sheet("leads.csv", "avatar_id,script,voice_id", row)
    listen(story, *options)
    [charge] = story.heygen.ledger.charges
    assert charge["body"] == body_hash({"text": "Hello", "voice_id": voice})


def test_a_template_is_heard_with_the_rows_texts_in_the_voice_of_its_variable() -> None:
    variables = {"line": "text", "speaker": "voice"}
    template = Template("tpl", "T", variables, own={"speaker": "v_2"}, scripts=("{{line}}!", "Bye."))
    for cell, voice in (("v_1", "v_1"), ("", "v_2")):
        sheet = table(["template_id", "line", "speaker"], ["tpl", "Hello", cell])
        [job] = jobs_of(sheet, Account({"tpl": template}, ACCOUNT.listed))
        script = KINDS["template"].script(job.request, template)
        assert script is not None
        made = voice_over(job, script, script.voice)
        assert made.body == {"text": "Hello!\n\nBye.", "voice_id": voice}


def test_a_template_without_such_a_variable_is_heard_in_the_voice_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "mixed.csv").write_bytes((SAMPLES / "mixed.csv").read_bytes())
    words = ("preview", "mixed.csv", "--sandbox", "--listen", "--row", "2")
    refused = bulkgen(tmp_path, *words)
    assert (refused.returncode, "names no voice" in refused.stderr, "--voice" in refused.stderr) == (2, True, True)
    done = bulkgen(tmp_path, *words, "--voice", "voice_ben", "--json")
    found = json.loads(done.stdout)["listened"]
    assert (found["row"], found["cost_usd"] > 0) == (2, True)  # of pretend money
    assert (tmp_path / found["file"]).is_file()
    of_itself = json.loads(bulkgen(tmp_path, *words[:4], "--json").stdout)["listened"]
    assert of_itself["row"] == 3  # row 7 is riskier, and nobody knows its voice


def test_a_template_that_has_such_a_variable_is_heard_in_the_voice_that_it_holds(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("template_id,headline\ntpl_showcase,Big news\n")
    assert bulkgen(tmp_path, "preview", "t.csv", "--sandbox", "--listen").returncode == 0
    [state] = fold(events(tmp_path / "t.csv.sandbox.resume.jsonl")).states.values()
    assert (state.listened, state.status.value) == (True, "done")
    assert state.expected is not None
    assert state.expected.speaker == "voice_ben"


@given(st.text(min_size=1, max_size=50), st.sampled_from([0.5, 1.25]))
def test_the_same_text_in_the_same_voice_is_one_job_whatever_row_it_comes_from(text: str, speed: float) -> None:
    text = f"Hi {text}"
    try:
        [row] = jobs_of(table(["text", "voice_id", "speed"], [text, "v_1", speed]))
    except AssertionError:  # no row at all, of whatever kind
        return

    shown = table(["avatar_id", "script", "voice_id", "speed"], ["look_1", text, "v_2", speed])
    [video] = jobs_of(shown)
    script = KINDS["avatar"].script(video.request, None)
    assert script is not None
    made = voice_over(video, script, "v_1")
    assert (made.body, made.fingerprint, made.readings) == (row.body, row.fingerprint, row.readings)


def test_without_a_number_it_is_the_riskiest_row_that_can_be_heard(story: Story) -> None:
    story.sheet(
        "leads.csv",
        "type,avatar_id,script,voice_id,url,languages,template_id,line",
        "avatar,look_ann,Hello,voice_bob,,,,",
        "avatar,look_ann,Hello you who are so many,voice_bob,,,,",
        "translation,,,,https://example.com/a.mp4,French,,",
        "template,,,,,,tpl_said,A very long text that nobody knows the voice of ☃☃☃",
    )
    story.heygen.change(templates={"tpl_said": {"line": "text"}})
    told = listen(story)
    assert "Row 3: the riskiest, because it has the longest text" in told.text
    assert "Row 3 can be heard" in told.text


# What is not heard ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("url,languages", "https://example.com/a.mp4,French"), "it has no text of its own"),
        (("avatar_id,audio_url", "look_ann,https://example.com/a.mp3"), "it has no text of its own"),
        (("template_id,first_name,company", "tpl_hello,Ann,Acme"), "what the template tpl_hello says is not known"),
        (("avatar_id,script,skip", "look_ann,Hello,yes"), "it is left out"),
        (("avatar_id,script", "look_ann,{{nobody}}"), "it can't be made as it is"),
    ],
)
def test_a_row_that_says_nothing_is_told_why_it_can_not_be_heard(story: Story, lines: Sequence[str], why: str) -> None:
    story.sheet("leads.csv", *lines)
    told = listen(story, "--row", "2", code=2)
    assert f"Row 2 can't be listened to: {why}" in told.text
    assert told.text.rstrip().endswith("Nothing was sent.")
    assert story.charges == 0


def test_a_text_that_is_too_long_for_a_voice_over_is_told() -> None:
    template = Template("tpl", "T", {"line": "text"}, scripts=("{{line}}",))
    [job] = jobs_of(table(["template_id", "line"], ["tpl", "a" * 5_001]), Account({"tpl": template}, ACCOUNT.listed))
    script = KINDS["template"].script(job.request, template)
    assert script is not None
    with pytest.raises(InputError, match=r"Row 2 can't be listened to: what it says is longer than 5,000 characters"):
        voice_over(job, script, "v_1")


def test_a_voice_that_can_not_make_voice_overs_is_refused_in_heygens_words_and_costs_nothing(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script,voice_id", "look_ann,Hello,voice_eleven")
    told = listen(story, code=3)
    assert "Row 2 can't be heard like this (HeyGen: eleven is no voice of the Starfish engine)" in told.text
    assert "add --voice" in told.text
    assert (story.charges, Spending("usd", story.events("leads.csv")).ever.most) == (0, 0)
    story.run("leads.csv")
    assert story.column("leads.results.csv", "result_status") == ["done"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--listen", "--offline"), "--listen has HeyGen speak"),
        (("--voice", "ann"), "--voice is the voice of --listen"),
        (("--listen", "--voice", "Nobody at all"), "--voice 'Nobody at all' is no voice that can make a voice-over"),
        (("--listen", "--row", "9"), "--row 9: leads has no such row"),
    ],
)
def test_what_does_not_fit_is_told(story: Story, words: Sequence[str], why: str) -> None:
    story.sheet("leads.csv", *AVATARS)
    assert why in story.type("preview", "leads.csv", *words, code=2).text
    assert story.charges == 0


# It is asked for, capped, and played ----------------------------------------------------------------------------------


def test_it_is_asked_for_with_what_it_costs(story: Story, terminal: None, played: list[Path]) -> None:
    story.sheet("leads.csv", *AVATARS)
    words = ("preview", "leads.csv", "--listen", "--row", "2")
    told = story.type(*words, stdin="n\n", code=2)
    assert re.search(r"Make this voice-over of row 2 for about \$0\.\d+ \(.* \[y/N\]", told.text)
    assert (story.charges, played) == (0, [])
    told = story.type(*words, stdin="y\n")
    [file] = played
    assert (story.charges, (story.folder / file).is_file()) == (1, True)


@pytest.mark.parametrize("options", [("--no-input",), ()])
def test_where_nobody_can_be_asked_yes_is_needed(
    story: Story, options: Sequence[str], request: pytest.FixtureRequest
) -> None:
    if options:
        request.getfixturevalue("terminal")
    story.sheet("leads.csv", *AVATARS)
    told = story.type("preview", "leads.csv", "--listen", *options, code=2)
    assert re.search(r"add --yes to make this voice-over of row \d for about \$0\.\d+ ", told.text)
    assert story.charges == 0


def test_yes_says_what_it_is_about_to_spend_unless_there_is_a_limit(story: Story) -> None:
    story.sheet("leads.csv", *AVATARS)
    told = listen(story, "--row", "2").err
    first = told.index("This makes a voice-over of row 2 for about $0.")
    assert "No limit is set: --max-cost USD sets one." in told
    assert first < told.index("HeyGen is speaking …")
    assert "This makes" not in listen(story, "--row", "3", "--max-cost", "9").err
    assert "This makes" not in listen(story, "--row", "3").err  # it is made already
    assert story.charges == 2


def test_heygen_speaks_only_where_something_is_sent(story: Story) -> None:
    story.sheet("leads.csv", *AVATARS)
    assert "is speaking" not in listen(story, "--max-cost", "0", code=5).text
    assert "is speaking" in listen(story).text
    assert "is speaking" not in listen(story).text


def test_what_was_made_before_is_not_asked_for_and_played_again(
    story: Story, terminal: None, played: list[Path]
) -> None:
    story.sheet("leads.csv", *AVATARS)
    listen(story, "--row", "2")
    told = story.type("preview", "leads.csv", "--listen", "--row", "2")
    assert "It was made before: nothing was sent" in told.text
    assert (story.charges, len(played), len(set(played))) == (1, 2, 1)


def test_nothing_is_played_for_a_program_or_into_a_file(story: Story, played: list[Path]) -> None:
    story.sheet("leads.csv", *AVATARS)
    listen(story)
    with mock.patch("bulkgen.cli.console._is_terminal", return_value=True):
        heard(story)
    assert played == []


def test_a_program_is_told_which_file_and_what_it_did_cost(story: Story) -> None:
    story.sheet("leads.csv", *SPEECH)
    first, second = heard(story, "--row", "3"), heard(story, "--row", "3")
    [charge] = Spending("usd", story.events("leads.csv")).charges.values()
    assert charge.cost is not None
    cost = charge.cost.real(charge.duration).likely
    assert first["listened"] == {
        "row": 3,
        "file": f"leads.files/0003-{charge.fingerprint[:10]}.mp3",
        "duration_s": charge.duration,
        "cost_usd": round(cost, 6),
    }
    assert second["listened"] == first["listened"]
    assert (first["new"], second["new"], first["command"], len(first["rows"])) == (1, 0, "preview", 1)


@pytest.mark.parametrize(
    ("options", "code"), [(("--max-cost", "0"), 5), (("--max-cost-total", "0"), 5), (("--max-cost-per-row", "0"), 2)]
)
def test_the_limits_on_the_cost_hold(story: Story, options: Sequence[str], code: int) -> None:
    story.sheet("leads.csv", *AVATARS)
    listen(story, *options, code=code)
    assert story.charges == 0


def test_no_other_run_is_at_work_meanwhile(story: Story) -> None:
    story.sheet("leads.csv", *AVATARS)
    batch = Batch.open(story.folder / "leads.csv", Settings(listen=True, sandbox=True))
    with SheetLock(batch.opened.places.lock, host="elsewhere"), pytest.raises(LockedError):
        batch.listen()


@pytest.mark.parametrize(
    ("platform", "screen", "started"),
    [("darwin", "", ["afplay", "a.mp3"]), ("linux", ":0", ["xdg-open", "a.mp3"]), ("linux", "", None)],
)
def test_the_systems_player_is_started_and_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, platform: str, screen: str, started: list[str] | None
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("DISPLAY", screen)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with mock.patch.object(subprocess, "Popen") as popen:
        player.play(Path("a.mp3"))
        popen.side_effect = FileNotFoundError
        player.play(Path("a.mp3"))  # there is none: nothing happens
    assert [call.args[0] for call in popen.call_args_list[:1]] == ([started] if started else [])
    popen.return_value.wait.assert_not_called()


# It is recorded like any job, and paid once ---------------------------------------------------------------------------


def test_the_intent_stands_before_the_answer_and_says_that_it_is_to_be_listened_to(story: Story) -> None:
    story.sheet("leads.csv", *AVATARS)
    listen(story, "--row", "2")
    _, intent, end, *files, over = story.events("leads.csv")
    names = [each["event"] for each in (intent, end, *files, over)]
    assert names == ["submitting", "finished", "saved", "saved_also", "saved_also", "ended"]
    assert (intent["listened"], intent["kind"], intent["row"], "cost" in intent) == (True, "speech", 2, True)
    assert "Hello" not in json.dumps(story.events("leads.csv"))
    [charge] = Spending("usd", story.events("leads.csv")).charges.values()
    assert (charge.kind, charge.end, charge.most > 0) == ("speech", End.MADE, True)


def killed_after(story: Story, name: str) -> None:
    """The resume file ends with this event: the computer was switched off behind it."""
    path = story.folder / "leads.csv.resume.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    at = next(at for at, line in enumerate(lines) if json.loads(line)["event"] == name)
    path.write_text("".join(lines[: at + 1]), encoding="utf-8")


@pytest.mark.parametrize("lines", [AVATARS, SPEECH])
def test_killed_before_the_answer_it_is_asked_for_again_as_speech_always_is(
    story: Story, terminal: None, played: list[Path], lines: Sequence[str]
) -> None:
    story.sheet("leads.csv", *lines)
    with mock.patch("bulkgen.ledger.file_ledger.FileLedger._note_end"):
        listen(story, "--row", "2")
    killed_after(story, "submitting")
    shutil.rmtree(story.folder / "leads.files")
    told = story.type("preview", "leads.csv", "--listen", "--row", "2", stdin="y\n")
    assert "It was sent before with no answer, and may be charged a second time." in told.text
    assert "It was asked for 2 times, and HeyGen may charge each." in told.text
    assert story.charges == 2
    assert [event.get("again") for event in story.events("leads.csv") if event["event"] == "submitting"] == [None, True]
    [charge] = Spending("usd", story.events("leads.csv")).charges.values()
    assert charge.times == 2
    assert all(state.listened for state in story.states("leads.csv"))


def test_killed_before_the_download_the_file_is_fetched_and_nothing_paid(story: Story) -> None:
    story.sheet("leads.csv", *AVATARS)
    listen(story, "--row", "2")
    killed_after(story, "finished")
    [file] = (story.folder / "leads.files").glob("*.mp3")
    file.unlink()
    told = listen(story, "--row", "2")
    assert "It was made before" in told.text
    assert (story.charges, file.is_file()) == (1, True)


def test_a_recording_that_is_gone_with_its_link_is_told_and_not_made_by_itself(story: Story) -> None:
    story.sheet("leads.csv", *AVATARS)
    listen(story, "--row", "2")
    [file] = (story.folder / "leads.files").glob("*.mp3")
    file.unlink()
    with mock.patch("bulkgen.files.download._DEAD", frozenset({200, 403})):
        told = listen(story, "--row", "2", code=3)
    assert f"leads.files/{file.name} is not there any more" in told.text
    assert "--redo" not in told.text
    assert story.charges == 1


def test_where_its_record_is_lost_it_is_not_paid_again_by_itself(story: Story) -> None:
    story.sheet("leads.csv", *AVATARS)
    listen(story, "--row", "2")
    (story.folder / "leads.csv.resume.jsonl").unlink()
    assert "It was made before" in listen(story, "--row", "2").text  # the recording is there
    (story.folder / "leads.csv.resume.jsonl").unlink()
    shutil.rmtree(story.folder / "leads.files")
    told = listen(story, "--row", "2", code=2)
    assert "add --make-again" in told.text
    assert "speaking" not in told.text
    assert story.charges == 1
    listen(story, "--row", "2", "--make-again")
    assert story.charges == 2


def test_without_credit_it_is_told_and_a_later_try_makes_it(story: Story) -> None:
    story.sheet("leads.csv", *AVATARS)
    story.heygen.change(balance=0.0)
    assert "Row 2 was not made to be heard:" in listen(story, "--row", "2", code=6).text
    story.heygen.change(balance=5.0)
    listen(story, "--row", "2")
    assert story.charges == 1


def test_what_an_interrupted_run_has_spent_goes_on_counting(story: Story) -> None:
    """A listening that says "the run is over" would give the run its whole limit once more."""
    story.sheet("leads.csv", *AVATARS)
    story.run("leads.csv", "--rows", "2")
    killed_after(story, "finished")
    listen(story, "--row", "3")
    assert "ended" not in [event["event"] for event in story.events("leads.csv")]
    lately = Spending("usd", story.events("leads.csv")).latest
    assert sorted(charge.kind for charge in lately) == ["avatar", "speech"]


# It is of no account for any run --------------------------------------------------------------------------------------

EDITED: dict[tuple[str, ...], tuple[str, ...]] = {
    AVATARS: ("avatar_id,script,voice_id", "look_ann,Hello Anna,voice_bob", "look_ann,Hello Ben,voice_bob"),
    SPEECH: ("text,voice_id", "Hello Anna,voice_bob", "Hello Ben,voice_bob"),
}


def life(story: Story, lines: tuple[str, ...], *, listens: bool) -> list[str]:
    """All that is said of a sheet that is run, edited and run again; with and without listening to each wording."""
    said: list[Told] = []
    for wording in (lines, EDITED[lines]):
        story.sheet("leads.csv", *wording)
        for _ in range(2 if listens else 0):
            listen(story, "--row", "2")
        said += [story.type("check", "leads.csv"), story.type("status", "leads.csv", code=None)]
        if wording is lines:  # this one is never run
            story.sheet("leads.csv", wording[0], wording[1].replace("Ann", "Anton"), wording[2])
            for _ in range(listens):
                listen(story, "--row", "2")
            story.sheet("leads.csv", *wording)
        said += [story.run("leads.csv"), story.type("check", "leads.csv"), story.type("status", "leads.csv")]
    said.append(story.run("leads.csv"))
    texts = [re.sub(r"(Cost|Time|Balance|Spent so far): .*\n?", "", told.err + told.out) for told in said]
    texts = [re.sub(r"\$[\d.,–$]+", "MONEY", text) for text in texts]  # what was heard makes estimates better
    texts = [re.sub(r"work until .*? UTC", "work until THEN", text) for text in texts]  # seven days from when it ran
    return [re.sub(r"sbx_\w+", "ID", text) for text in texts]


def test_a_run_goes_as_if_nobody_had_listened(tmp_path: Path) -> None:
    told, kept, paid = [], [], []
    for listens in (False, True):
        folder = tmp_path / f"{listens}" / "desk"
        folder.mkdir(parents=True)
        with Story(folder) as story:
            told.append(life(story, AVATARS, listens=listens))
            columns = ("script", "result_status", "result_kind", "result_file")
            kept.append([story.column("leads.results.csv", name) for name in columns])
            paid.append([line["path"] for line in story.heygen.ledger.charges if line["path"] == "/v3/videos"])
            assert story.charges == len(paid[-1]) + 3 * listens
    assert told[0] == told[1]
    assert (kept[0], paid[0]) == (kept[1], paid[1])


def test_a_voice_over_row_that_was_listened_to_is_done_and_paid(story: Story) -> None:
    story.sheet("leads.csv", *SPEECH)
    listen(story, "--row", "2")
    told = story.type("check", "leads.csv")
    assert ("1 to make: 1 voice-over" in told.text, "1 done" in told.text) == (True, True)
    story.run("leads.csv")
    assert story.column("leads.results.csv", "result_status") == ["done", "done"]
    assert story.charges == 2  # the other row's, and the one that was listened to
    assert [state.listened for state in story.states("leads.csv")] == [False, False]
    story.sheet("leads.csv", *EDITED[SPEECH])
    assert "1 of them in place of a finished result" in story.type("check", "leads.csv").text


def test_a_voice_over_row_is_heard_as_the_very_recording_that_a_run_makes(story: Story) -> None:
    story.sheet("leads.csv", "text,voice_id,language,copy", "Hello Ann,voice_bob,English,2")
    listen(story)
    told = story.run("leads.csv")
    assert "1 voice-over: 1 done" in told.text
    assert story.charges == 1


def test_what_is_in_progress_is_left_to_the_next_run(story: Story) -> None:
    story.sheet("leads.csv", *AVATARS)
    story.run("leads.csv", "--no-wait", code=4)
    story.pass_time(hours=1)
    listen(story, "--row", "2")
    done = [event["attempt"] for event in story.events("leads.csv") if event["event"] == "finished"]
    assert len(done) == 1
    assert story.charges == 3


def test_wordings_that_were_only_listened_to_are_neither_replaced_nor_gone(story: Story) -> None:
    for name in ("Ann", "Anna", "Anton", "Anja"):
        story.sheet("leads.csv", "text,voice_id", f"Hello {name},voice_bob")
        if name != "Anja":
            listen(story)
    told = story.type("check", "leads.csv")
    assert "1 to make: 1 voice-over" in told.text
    assert ("in place of" in told.text, "no longer in the sheet" in told.text) == (False, False)
    told = story.type("status", "leads.csv", code=4)
    assert "1 voice-over: 1 queued" in told.text
    story.run("leads.csv")
    assert story.column("leads.results.csv", "result_status") == ["done"]


def test_a_row_that_is_left_out_does_not_keep_what_was_only_listened_to(story: Story) -> None:
    story.sheet("leads.csv", "text,voice_id,skip", "Hello Ann,voice_bob,")
    listen(story)
    story.sheet("leads.csv", "text,voice_id,skip", "Hello Ann,voice_bob,yes")
    told = story.run("leads.csv")
    assert "1 row left out (skip or hidden)" in told.text
    assert story.column("leads.results.csv", "result_status") == ["skipped"]
    assert story.column("leads.results.csv", "result_id") in ([], [""])


def test_what_is_killed_before_its_download_is_not_shown_behind_the_rows(story: Story) -> None:
    story.sheet("leads.csv", *AVATARS)
    listen(story, "--row", "2")
    killed_after(story, "finished")
    story.run("leads.csv")
    assert story.column("leads.results.csv", "result_kind") == ["avatar", "avatar"]


def test_another_sheet_that_asks_for_the_recording_has_it(story: Story) -> None:
    story.sheet("leads.csv", *AVATARS)
    listen(story, "--row", "2")
    story.sheet("voices.csv", *SPEECH[:2])
    story.run("voices.csv")
    assert story.column("voices.results.csv", "result_status") == ["done"]
    assert story.charges == 1


# What the events say --------------------------------------------------------------------------------------------------

JOB = speech_job()
TO_HEAR = replace(JOB, listened=True)


def folded(*events: Event) -> bool:
    return fold(events).states[JOB.fingerprint].listened


def test_only_what_nobody_had_before_is_only_listened_to() -> None:
    end = finished(JOB, 1, "id", duration=2.0, finished_at="2026-01-01T00:00:00Z", link="https://example.com/a.mp3")
    file = saved(JOB, 1, "a.files/a.mp3", 10)
    assert folded(submitting(TO_HEAR, 1), end, file)
    assert folded(submitting(TO_HEAR, 1), submitting(TO_HEAR, 1, again=True))
    assert folded(submitting(TO_HEAR, 1), end, file, submitting(TO_HEAR, 2))
    assert not folded(submitting(TO_HEAR, 1), end, file, used(JOB, 1))
    assert not folded(submitting(TO_HEAR, 1), end, used(JOB, 1), file)
    assert not folded(submitting(TO_HEAR, 1), submitting(JOB, 1, again=True))  # a run asked for it
    assert not folded(submitting(JOB, 1), submitting(TO_HEAR, 1, again=True))
    assert not folded(submitting(JOB, 1), end, file, submitting(TO_HEAR, 2))  # the last good result is a row's
    assert not folded(submitting(TO_HEAR, 1), end, file, submitting(JOB, 2))
