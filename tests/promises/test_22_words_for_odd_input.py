"""Odd input gets a word and an exit code of its own; none of it is a mistake of bulkgen's, and none is paid for."""

from __future__ import annotations

import contextlib
import math
import os
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.errors import InputError
from bulkgen.heygen.credentials import read_base
from bulkgen.results.previous import links_by_id
from tests.making import table
from tests.story import Story

HEADERS = ("result_status", "result_id", "result_video_url", "result_duration_s", "result_finished_at")
NESTED = "[" * 100_000

#: Hosts of the address that are none, and settings of the network that allow no connection.
SETTINGS = {
    "HEYGEN_API_BASE": (
        "https://host:abc",
        "https://[foo",
        "https://u:p@host",
        "https://xn--",
        "https://a b",
        "https://h?x",
    ),
    "HTTPS_PROXY": ("http://host:abc", "socks5://x:1"),
    "SSL_CERT_FILE": (__file__,),
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in SETTINGS.items() for value in values])
def test_a_spoilt_setting_of_the_network_is_told_by_its_name(story: Story, name: str, value: str) -> None:
    story.sheet("a.csv", "text,voice_id", "Hello,voice_ann")
    with mock.patch.object(Story, "env", {**story.env, name: value}):
        told = story.run("a.csv", code=2)
    assert name in told.text
    assert story.charges == 0


@given(st.text(st.sampled_from("https://[]:@%?#.-_ab1é \x01\\"), max_size=12))
def test_an_address_is_one_or_is_refused(rest: str) -> None:
    with contextlib.suppress(InputError):
        assert read_base({"HEYGEN_API_BASE": f"https://{rest}"}).startswith("https://")


def test_results_with_spoilt_links_are_asked_for_again_and_cost_nothing(story: Story) -> None:
    rows = [f"look_ann,Hello {number}" for number in range(5)]
    story.sheet("a.csv", "avatar_id,script", *rows)
    story.run("a.csv", "--poll-every", "0.1")
    results = story.folder / "a.results.csv"
    lines = results.read_text(encoding="utf-8-sig").splitlines()
    at = lines[0].split(",").index("result_video_url")
    signed = "https://x/?X-Amz-Date=20261103T120000Z&X-Amz-Expires="
    odd = ("https://x/?X-Amz-Date=99999999T999999Z&X-Amz-Expires=1", "https://x/?X-Amz-Date=soon&X-Amz-Expires=later")
    links = ("https://[foo", *odd, signed + "9" * 400, signed + "-1")
    for number, link in enumerate(links, 1):
        cells = lines[number].split(",")
        lines[number] = ",".join([*cells[:at], link, *cells[at + 1 :]])
    results.write_text("\n".join(lines), encoding="utf-8-sig")
    story.run("a.csv")
    assert not set(story.column("a.results.csv", "result_video_url")) & set(links)
    assert story.charges == len(rows)


DATES = st.text(st.sampled_from("0123456789TZ-"), max_size=18) | st.just("20261103T120000Z")
LINKS = st.builds(
    "https://{}?X-Amz-Date={}&X-Amz-Expires={}&Expires={}".format, st.text(max_size=5), DATES, DATES, DATES
)
DURATIONS = st.text(max_size=12) | st.sampled_from(["1e999", "nan", "-1"])


@given(LINKS | st.text(max_size=20), DURATIONS, DATES | st.just("0001-01-01T00:00:00"))
def test_no_cell_of_earlier_results_stops_a_run(link: str, duration: str, finished_at: str) -> None:
    sheet = table(HEADERS, ("done", "id_1", link, duration, finished_at))
    for detail in links_by_id(sheet, 1e9).values():
        assert detail.links.video == link
        assert detail.duration is None or 0 <= detail.duration < math.inf


def test_a_foreign_file_that_is_nested_without_end_is_no_resume_file(story: Story) -> None:
    story.sheet("a.csv", "text,voice_id", "Hello,voice_ann")
    (story.folder / "notes.jsonl").write_text(NESTED + "\n" + NESTED)
    story.run("a.csv")
    (story.folder / "a.csv.resume.jsonl").write_text(NESTED + "\n")
    told = story.run("a.csv", code=9)
    assert "a.csv.resume.jsonl" in told.text
    assert story.charges == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders here")
def test_a_pipe_among_the_files_is_not_waited_for(story: Story) -> None:
    story.sheet("a.csv", "text,voice_id", "Hello,voice_ann")
    os.mkfifo(story.folder / "pipe.jsonl")
    (story.folder / "folder.resume.jsonl").mkdir()
    told = story.run("a.csv")
    assert "Not looked into" not in told.text


def test_a_link_that_is_none_of_a_sheet_is_refused(story: Story) -> None:
    assert "of links bulkgen reads only those of Google Sheets" in story.run("https://[foo", code=2).text


#: Values of options that no file and no time can have.
OPTIONS = {
    "--timeout": ["9" * 400],
    "--resume": ["x" * 300, "/dev/full", "/dev/null"],
    "--log-file": ["x" * 300],
    "--out": [f"{'x' * 300}.csv"],
}


@pytest.mark.skipif(os.name != "posix", reason="names of devices, and how long names may be, differ")
@pytest.mark.parametrize(
    ("option", "value"), [(option, value) for option, values in OPTIONS.items() for value in values]
)
def test_an_option_that_can_not_be_is_refused_before_anything_is_sent(story: Story, option: str, value: str) -> None:
    story.sheet("a.csv", "text,voice_id", "Hello,voice_ann")
    told = story.run("a.csv", option, value, code=2)
    assert option in told.text
    assert story.charges == 0


@pytest.mark.skipif(os.name != "posix", reason="how long names may be differs")
def test_a_sheet_whose_name_leaves_no_room_for_the_names_beside_it_is_told_so(story: Story) -> None:
    name = "x" * 245 + ".csv"
    story.sheet(name, "text,voice_id", "Hello,voice_ann")
    assert "give the sheet a shorter name" in story.run(name, code=9).text
    assert story.charges == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_a_log_that_can_not_go_on_stops_nothing_and_prints_no_traceback(story: Story) -> None:
    story.sheet("a.csv", "text,voice_id", "Hello,voice_ann")
    assert "Traceback" not in story.run("a.csv", "--log-file", "/dev/full").text


def test_a_log_is_not_added_to_a_file_that_is_none(story: Story) -> None:
    story.sheet("a.csv", "text,voice_id", "Hello,voice_ann")
    theirs = story.sheet("important.csv", "a,b")
    assert "is no log of bulkgen's" in story.run("a.csv", "--log-file", "important.csv", code=2).text
    assert theirs.read_text() == "a,b\n"
    for _ in range(2):
        story.run("a.csv", "--log-file", "bulkgen.log")
    assert story.charges == 1


def test_a_rehearsal_under_the_name_of_a_real_record_is_told_as_one(story: Story) -> None:
    story.sheet("a.csv", "text,voice_id", "Hello,voice_ann")
    story.run("a.csv", "--sandbox", "--resume", "a.csv.resume.jsonl")
    assert "is the record of a rehearsal" in story.run("a.csv", code=9).text
