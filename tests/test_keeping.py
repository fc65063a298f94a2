"""`--download`, as it is typed: videos, and what belongs to them, beside the sheet; against a loopback HeyGen."""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
from importlib.resources import files
from pathlib import Path
from unittest import mock

import pytest

from bulkgen.files.part import Part
from tests.command import environment, hurried_command, wait_for
from tests.forked import forked
from tests.standin.process import StandIn
from tests.story import Story

FILM = (files("bulkgen.sandbox") / "media" / "video.mp4").read_bytes()


def media(fault: str, **when: object) -> dict[str, object]:
    return {"method": "GET", "path": "^/media/", "fault": fault, **when}


def three(story: Story) -> None:
    rows = ("Ann,Acme,look_ann,Hello Ann,crm-1", "ann,ACME,look_ann,Hello again,crm-2", "Bo,Nul,look_ann,Hi Bo,crm-3")
    story.sheet("leads.csv", "first_name,company,avatar_id,script,row_id", *rows)


def lying(story: Story) -> dict[str, bytes]:
    folder = story.folder / "leads.files"
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def named(story: Story) -> list[str]:
    return [Path(file).name for file in story.column("leads.results.csv", "result_file")]


def test_videos_are_kept_beside_the_sheet_and_once(story: Story) -> None:
    three(story)
    told = story.run("leads.csv", "--download")
    assert lying(story) == dict.fromkeys(["crm-1.mp4", "crm-2.mp4", "crm-3.mp4"], FILM)
    assert named(story) == ["crm-1.mp4", "crm-2.mp4", "crm-3.mp4"]
    assert "Files: leads.files (3)" in told.text
    before = story.heygen.requests
    story.run("leads.csv", "--download")
    assert story.heygen.requests - before < 6  # who we are, and what the rows name
    assert story.charges == 3
    assert [event["event"] for event in story.events("leads.csv")].count("saved") == 3


def test_without_the_option_nothing_is_downloaded_and_later_it_is(story: Story) -> None:
    three(story)
    story.run("leads.csv")
    assert lying(story) == {}
    story.run("leads.csv", "--download")
    assert len(lying(story)) == 3
    assert story.charges == 3


def test_what_belongs_to_a_video_lies_beside_it(story: Story) -> None:
    story.sheet("leads.csv", "video,output_languages,row_id", "https://example.com/a.mp4,German;French,crm-1")
    story.run("leads.csv", "--also", "all")
    stems = ("crm-1-French", "crm-1-German")
    assert sorted(lying(story)) == sorted(f"{stem}.{end}" for stem in stems for end in ("mp4", "mp3", "srt", "vtt"))
    (story.folder / "leads.files" / "crm-1-German.srt").unlink()
    story.run("leads.csv", "--also", "captions", "--download")
    assert len(lying(story)) == 8
    assert story.charges == 2


def test_names_come_from_the_columns_and_are_nobody_elses(story: Story) -> None:
    three(story)
    story.run("leads.csv", "--download", "--name", "{first_name}-{company:title}")
    found = sorted(lying(story), key=str.casefold)
    assert found[2] == "Bo-Nul.mp4"
    assert [name.casefold()[:9] for name in found[:2]] == ["ann-acme~"] * 2
    assert len({name.casefold() for name in found}) == 3


def test_a_pattern_can_be_tried_before_anything_is_made(story: Story) -> None:
    three(story)
    told = story.type("preview", "leads.csv", "--row", "4", "--download", "--name", "{company}/{first_name:upper}")
    assert "File: leads.files/Nul-BO.mp4 (or .webm)" in told.text
    assert "File:" not in story.type("preview", "leads.csv", "--row", "4").text
    assert story.charges == 0


def test_a_file_keeps_its_name_though_sheet_and_pattern_change(story: Story) -> None:
    three(story)
    story.run("leads.csv", "--download", "--name", "{company}-{row}")
    before = lying(story)
    lines = (story.folder / "leads.csv").read_text().splitlines()
    story.sheet("leads.csv", lines[0], *reversed(lines[1:]))
    story.run("leads.csv", "--download", "--name", "{first_name}")
    assert lying(story) == before
    gone = story.folder / "leads.files" / named(story)[0]
    gone.unlink()
    story.run("leads.csv", "--download", "--name", "{first_name}")
    assert lying(story) == before
    assert story.charges == 3


def test_a_pattern_with_a_column_that_is_not_there_is_a_mistake_before_anything_is_sent(story: Story) -> None:
    three(story)
    for command in (["check", "leads.csv"], ["run", "leads.csv", "--yes"]):
        told = story.type(*command, "--name", "{compny}", code=2, env={"HEYGEN_API_KEY": ""})
        assert "leads has no column 'compny'. Did you mean company?" in told.text
    told = story.type("run", "leads.csv", "--yes", "--also", "subtitles", code=2)
    assert "It takes captions, thumbnail, audio, gif, vtt, clean, or all." in told.text
    assert story.heygen.requests == 0


def test_the_recipe_may_say_it(story: Story) -> None:
    three(story)
    (story.folder / "leads.recipe.toml").write_text(
        'download = true\nname = "{first_name}-{row_id}"\nalso = "thumbnail"\n'
    )
    story.run("leads.csv")
    assert {"Ann-crm-1.mp4", "Ann-crm-1.jpg"} <= lying(story).keys()
    (story.folder / "leads.files" / "Ann-crm-1.mp4").unlink()
    story.run("leads.csv", "--no-download")
    assert "Ann-crm-1.mp4" not in lying(story)
    assert named(story)[0] == ""


def test_voice_overs_are_called_by_the_pattern_too(story: Story) -> None:
    story.sheet("leads.csv", "text,voice_id,topic,row_id", "Hello,voice_ann,Menu,a", "Bye,voice_ann,Hold,b")
    story.run("leads.csv", "--name", "{topic}")
    assert sorted(lying(story)) == [f"{name}.{end}" for name in ("Hold", "Menu") for end in ("json", "mp3", "srt")]
    story.run("leads.csv")
    assert sorted(lying(story)) == [f"{name}.{end}" for name in ("Hold", "Menu") for end in ("json", "mp3", "srt")]
    assert story.charges == 2


def test_links_fetches_what_is_missing_months_later_and_pays_nothing(story: Story) -> None:
    three(story)
    story.run("leads.csv")
    story.pass_time(hours=24 * 90)
    story.heygen.change(script=[{"method": "POST", "fault": "error_before:402"}])
    told = story.type("links", "leads.csv", "--download", "--rows", "2-3")
    assert sorted(lying(story)) == ["crm-1.mp4", "crm-2.mp4"]
    assert "Files: leads.files (2)" in told.text
    assert named(story) == ["crm-1.mp4", "crm-2.mp4", ""]
    story.heygen.change(script=[media("error_before:403")])
    told = story.type("links", "leads.csv", "--download", code=4)
    assert "Not all files could be downloaded (row 4)" in told.text
    story.heygen.change(script=[])
    story.type("links", "leads.csv", "--also", "captions")
    assert len(lying(story)) == 6
    assert story.charges == 3


# What goes wrong ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault", ["drop_before", "cut_after:0.5", "longer_after", "error_before:503", "page_before:200"]
)
def test_a_download_that_breaks_goes_on_and_its_file_is_whole(story: Story, fault: str) -> None:
    three(story)
    story.heygen.change(script=[media(fault, nth="1-2", per="path")])
    story.run("leads.csv", "--download")
    assert lying(story) == dict.fromkeys(["crm-1.mp4", "crm-2.mp4", "crm-3.mp4"], FILM)


@pytest.mark.parametrize("status", [403, 404, 410])
def test_for_a_dead_link_a_fresh_one_is_asked_for_once(story: Story, status: int) -> None:
    three(story)
    story.heygen.change(script=[media(f"error_before:{status}", nth="1", per="path")])
    story.run("leads.csv", "--download")
    assert len(lying(story)) == 3
    story.heygen.change(script=[media(f"error_before:{status}")])
    (story.folder / "leads.files" / "crm-2.mp4").unlink()
    before = story.heygen.counts["GET /v3/videos/{id}"]
    told = story.run("leads.csv", "--download", code=4)
    assert story.heygen.counts["GET /v3/videos/{id}"] - before == 1
    assert f"Not all files could be downloaded (row 3): the storage host answers {status}. Run the same" in told.text
    assert "(fetches the files that are missing)" in told.text
    assert story.column("leads.results.csv", "result_status") == ["done"] * 3
    story.heygen.change(script=[])
    story.run("leads.csv", "--download")
    assert len(lying(story)) == 3
    assert story.charges == 3


def test_months_later_a_lost_file_is_fetched_by_a_fresh_link(story: Story) -> None:
    three(story)
    story.run("leads.csv", "--download")
    (story.folder / "leads.files" / "crm-1.mp4").unlink()
    story.pass_time(hours=24 * 90)
    story.run("leads.csv", "--download")
    assert len(lying(story)) == 3
    assert story.charges == 3


def test_a_video_that_heygen_no_longer_has_is_no_reason_to_come_again(story: Story) -> None:
    three(story)
    story.run("leads.csv")
    story.pass_time(hours=24 * 90)
    story.heygen.change(script=[{"method": "GET", "path": "^/v3/videos", "fault": "error_before:404"}])
    for words in (["run", "--yes"], ["run", "--yes"], ["links"]):
        told = story.type(words[0], "leads.csv", "--download", *words[1:])
        assert "The files of row 2, 3, 4 can't be had any more: HeyGen does not show these videos" in told.text
        assert told.text.count("can't be had any more") == 1
    assert "any more: HeyGen" not in story.run("leads.csv").text
    assert lying(story) == {}
    assert story.charges == 3


def test_what_heygen_no_longer_has_is_not_missed_where_its_file_is_here(story: Story) -> None:
    three(story)
    story.run("leads.csv", "--download")
    story.pass_time(hours=24 * 90)
    story.heygen.change(script=[{"method": "GET", "path": "^/v3/videos", "fault": "error_before:404"}])
    assert "can't be had" not in story.type("links", "leads.csv", "--download").text


def test_what_belongs_to_a_video_has_its_name_where_something_is_in_the_way(story: Story) -> None:
    three(story)
    folder = story.folder / "leads.files"
    folder.mkdir()
    (folder / "Bo.mp4").write_bytes(b"the person's own")
    story.run("leads.csv", "--also", "captions,thumbnail", "--rows", "4", "--name", "{first_name}")
    (folder / "Bo.mp4").unlink()
    name = Path(named(story)[2]).stem
    assert name.startswith("Bo~")
    assert sorted(lying(story)) == [f"{name}.jpg", f"{name}.mp4", f"{name}.srt"]


def test_a_file_that_the_person_has_changed_is_left_alone(story: Story) -> None:
    three(story)
    story.run("leads.csv", "--download")
    (story.folder / "leads.files" / "crm-1.mp4").write_bytes(b"trimmed")
    story.run("leads.csv", "--download")
    assert lying(story)["crm-1.mp4"] == b"trimmed"
    assert len(lying(story)) == 3


def test_what_is_made_again_has_a_file_of_its_own(story: Story) -> None:
    three(story)
    story.run("leads.csv", "--download")
    story.run("leads.csv", "--download", "--redo", "2")
    assert sorted(lying(story)) == ["crm-1.mp4", "crm-1~take2.mp4", "crm-2.mp4", "crm-3.mp4"]
    assert named(story)[0] == "crm-1~take2.mp4"
    assert story.charges == 4


def test_a_redirection_into_this_computer_is_not_followed(story: Story) -> None:
    three(story)
    story.heygen.change(script=[media("redirect_before")])
    told = story.run("leads.csv", "--download", code=4)
    assert "(row 2, 3, 4): its link is not public: it leads into a private network. bulkgen follows" in told.text
    assert lying(story) == {}
    assert not story.heygen.ledger.leaks
    story.heygen.change(script=[])
    story.run("leads.csv", "--download")
    assert len(lying(story)) == 3


def test_a_full_disk_is_told_and_the_rest_is_made(story: Story) -> None:
    three(story)

    def full(_part: Part, _data: bytes, *, sync: bool = False) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with mock.patch.object(Part, "add", full):
        told = story.run("leads.csv", "--download", code=4)
    assert "Files can't be saved: No space left on device. Correct that, then run the same command again" in told.text
    assert story.column("leads.results.csv", "result_status") == ["done"] * 3
    assert lying(story) == {}
    story.run("leads.csv", "--download")
    assert len(lying(story)) == 3
    assert story.charges == 3


@pytest.mark.skipif(os.name == "nt", reason="kill -9")
def test_killed_in_mid_download_the_next_run_goes_on_where_it_was(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("avatar_id,script,row_id\nlook_ann,Hello,crm-1\n")
    stalls = [media("stall_after:0.5", nth="1")]
    words = ["run", "leads.csv", "--yes", "--download"]
    begin = "import runpy; runpy.run_module('tests.hurried', run_name='__main__')"
    at_once = f"from bulkgen.files import download; download.HELD = 1; {begin}"  # as of a large file
    with StandIn(tmp_path / "ledger.jsonl", time_scale=0.001, script=stalls) as heygen:
        env = environment(heygen.env)
        running = forked([sys.executable, "-c", at_once, *words], cwd=tmp_path, env=env)
        folder = tmp_path / "leads.files"
        wait_for(lambda: any(path.stat().st_size for path in folder.glob(".*.part")))
        running.send_signal(signal.SIGKILL)
        running.wait()
        half = next(folder.glob(".*.part")).stat().st_size
        assert 0 < half < len(FILM)
        assert [path.name for path in folder.iterdir() if not path.name.endswith(".part")] == []
        assert forked(hurried_command(*words), cwd=tmp_path, env=env).wait() == 0
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"crm-1.mp4": FILM}
        assert len(heygen.ledger().charges) == 1
        assert [line["range"] for line in heygen.ledger().of("piece")] == [f"bytes={half}-"]
    saved = [json.loads(line) for line in (tmp_path / "leads.csv.resume.jsonl").read_text().splitlines()]
    assert [event["bytes"] for event in saved if event["event"] == "saved"] == [len(FILM)]
