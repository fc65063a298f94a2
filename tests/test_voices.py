"""Voices that a sheet makes, as a person makes and uses them: whole commands against the stand-in."""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest
from openpyxl import Workbook

from bulkgen.sandbox.messages import Request
from tests.command import SAMPLES, results
from tests.standin.settings import DEFAULT_KEY
from tests.story import Story

HEAD = "type,row_id,audio,voice_name,prompt,avatar_id,script,text,voice_id,skip,priority"
CLONE = "clone,anna,https://example.com/anna.mp3,Anna,,,,,,,"
DESIGNED = "voice,warm,,,A warm narrator,,,,,,"
VIDEO = "avatar,v1,,,,look_ann,Hello,,@anna,,"
SPEECH = "speech,s1,,,,,,Hello,@warm.2,,"


def lines(story: Story, name: str = "leads.results.csv") -> dict[str, dict[str, str]]:
    """The lines of the results by `row_id`, the first of each."""
    found: dict[str, dict[str, str]] = {}
    for line in results(story.folder, name):
        found.setdefault(line["row_id"], line)
    return found


def paths(story: Story) -> list[str]:
    return [str(line["path"]) for line in story.heygen.ledger.charges]


def test_a_clone_and_what_speaks_with_it_are_made_in_one_run_and_never_again(story: Story) -> None:
    story.sheet("leads.csv", HEAD, VIDEO, SPEECH, CLONE, DESIGNED, VIDEO.replace("v1", "v2").replace("Hello", "Bye"))
    told = story.run("leads.csv")
    assert "3 of them wait for what other rows make" in told.text
    found = lines(story)
    assert {line["result_status"] for line in found.values()} == {"done"}
    assert found["anna"]["result_kind"] == "clone"
    assert found["anna"]["result_audio_url"]
    every = [line for line in results(story.folder, "leads.results.csv") if line["row_id"] == "warm"]
    assert [line["result_part"] for line in every] == ["1", "2", "3"]
    assert every[0]["result_part_id"] == every[0]["result_id"]
    assert "Nothing new" in story.run("leads.csv").text
    assert "Nothing new" in story.run("leads.results.csv").text
    assert sorted(paths(story)) == ["/v3/videos", "/v3/videos", "/v3/voices/clone", "/v3/voices/speech"]


def test_what_is_sent_has_the_id_of_the_voice_in_it_and_never_the_place_for_it(story: Story) -> None:
    bodies: list[bytes] = []
    answer = story.heygen.receive

    def listening(request):  # type: ignore[no-untyped-def]
        bodies.append(request.body)
        return answer(request)

    story.heygen.receive = listening  # type: ignore[method-assign]
    story.sheet("leads.csv", HEAD, VIDEO, CLONE)
    story.run("leads.csv")
    made = lines(story)["anna"]["result_id"]
    assert any(made.encode() in body for body in bodies)
    assert not any(b"made-by-row" in body or b"@anna" in body for body in bodies)


def test_an_edited_recording_makes_its_videos_anew(story: Story) -> None:
    story.sheet("leads.csv", HEAD, CLONE, VIDEO)
    story.run("leads.csv")
    story.sheet("leads.csv", HEAD, CLONE.replace("anna.mp3", "better.mp3"), VIDEO)
    told = story.run("leads.csv")
    assert "2 to make" in told.text
    assert paths(story).count("/v3/videos") == 2


def test_where_the_clone_fails_its_rows_stay_queued_and_say_for_what(story: Story) -> None:
    story.sheet(
        "leads.csv", HEAD, VIDEO, CLONE.replace("anna.mp3", "[refuse:invalid_parameter:400].mp3"), SPEECH, DESIGNED
    )
    story.run("leads.csv", code=4)
    found = lines(story)
    assert (found["anna"]["result_status"], found["v1"]["result_status"]) == ("failed", "queued")
    assert "row 3 (@anna) was to make, which came to nothing" in found["v1"]["result_error"]
    assert found["s1"]["result_status"] == "done"
    told = story.run("leads.csv", code=4)
    assert "wait for what other rows could not make" in told.text
    assert paths(story).count("/v3/videos") == 0
    story.sheet("leads.csv", HEAD, VIDEO, CLONE, SPEECH, DESIGNED)
    story.run("leads.csv")
    assert lines(story)["v1"]["result_status"] == "done"


def test_a_row_left_out_gives_what_it_has_made_and_is_named_where_it_has_made_nothing(story: Story) -> None:
    skipped = "clone,anna,https://example.com/anna.mp3,Anna,,,,,,yes,"
    story.sheet("leads.csv", HEAD, skipped, VIDEO)
    told = story.run("leads.csv", code=2)
    assert "leads!I3" in told.text
    assert "names row 2, which is left out and has made nothing yet" in told.text
    assert not story.heygen.ledger.charges
    story.sheet("leads.csv", HEAD, CLONE)
    story.run("leads.csv")
    story.sheet("leads.csv", HEAD, skipped, VIDEO)
    story.run("leads.csv")
    assert lines(story)["v1"]["result_status"] == "done"
    assert paths(story) == ["/v3/voices/clone", "/v3/videos"]


def test_rows_that_are_not_selected_are_told_or_used(story: Story) -> None:
    story.sheet("leads.csv", HEAD, CLONE, VIDEO)
    told = story.run("leads.csv", "--rows", "3", code=2)
    assert "not among the rows of this run" in told.text
    story.run("leads.csv", "--rows", "2")
    story.run("leads.csv", "--rows", "3")
    assert paths(story) == ["/v3/voices/clone", "/v3/videos"]


def test_a_test_makes_what_its_row_needs_too(story: Story) -> None:
    story.sheet("leads.csv", HEAD, *[VIDEO.replace("v1", f"v{n}").replace("Hello", "Hi " * n) for n in range(1, 5)],
                CLONE)  # fmt: skip
    told = story.run("leads.csv", "--test", code=None)
    assert "row 6, because" in told.text
    assert sorted(paths(story)) in (["/v3/videos", "/v3/voices/clone"], ["/v3/voices/clone"])


def test_a_limit_takes_what_is_awaited_first_and_an_urgent_row_takes_its_voice_along(story: Story) -> None:
    urgent = "avatar,v1,,,,look_ann,Hello,,@anna,,9"
    story.sheet("leads.csv", HEAD, "avatar,v0,,,,look_ann,First,,,,5", urgent, CLONE)
    story.run("leads.csv", "--limit", "1", code=4)
    assert paths(story) == ["/v3/voices/clone"]
    story.run("leads.csv", "--limit", "1", code=4)
    assert lines(story)["v1"]["result_status"] == "done"


def test_a_preview_shows_the_request_without_an_id_and_asks_for_nothing(story: Story) -> None:
    story.sheet("leads.csv", HEAD, VIDEO, CLONE)
    told = story.type("preview", "leads.csv", "--row", "2", "--json")
    assert "(made by row 3)" in told.out
    assert '"reference_not_made"' not in told.out
    assert "made-by-row" not in told.out
    assert "made-by-row" not in story.type("preview", "leads.csv", "--row", "2").text
    assert not story.heygen.ledger.charges


def test_nothing_is_spoken_in_a_voice_that_is_still_to_be_made(story: Story) -> None:
    story.sheet("leads.csv", HEAD, VIDEO, CLONE)
    told = story.type("preview", "leads.csv", "--row", "2", "--listen", "--yes", code=2)
    assert "a voice that another row makes" in told.text
    assert not story.heygen.ledger.charges


def test_check_finds_every_mistake_of_references_without_a_key(story: Story) -> None:
    story.sheet("leads.csv", HEAD, VIDEO.replace("@anna", "@ana"), CLONE, "speech,s1,,,,,,Hello,@s1,,")
    told = story.type("check", "leads.csv", "--json", code=2)
    assert '"reference_unknown"' in told.out
    assert '"reference_to_itself"' in told.out


def test_a_results_sheet_goes_through_a_spreadsheet_and_back(story: Story) -> None:
    """The sign is guarded in a CSV, so that no program takes it for a formula."""
    story.sheet("leads.csv", HEAD, CLONE, VIDEO)
    story.run("leads.csv")
    path = story.folder / "leads.results.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert "'@anna" in {cell for row in csv.reader(file) for cell in row}
    assert "Nothing new" in story.run("leads.results.csv").text


def test_a_workbook_holds_references_as_texts(story: Story) -> None:
    book = Workbook()
    sheet = book.create_sheet("Leads", 0)
    del book["Sheet"]
    for line in (HEAD, CLONE, VIDEO):
        sheet.append([cell or None for cell in line.split(",")])
    book.save(story.folder / "leads.xlsx")
    story.run("leads.xlsx")
    assert "Nothing new" in story.run("leads.xlsx").text
    assert paths(story) == ["/v3/voices/clone", "/v3/videos"]


def test_without_its_resume_file_a_description_is_asked_for_again_and_nothing_else(story: Story) -> None:
    story.sheet("leads.csv", HEAD, CLONE, DESIGNED, VIDEO, SPEECH)
    story.run("leads.csv")
    before = paths(story)
    (story.folder / "leads.csv.resume.jsonl").unlink()
    story.run("leads.csv")
    assert paths(story) == before
    assert {line["result_status"] for line in lines(story).values()} == {"done"}


# The pretend HeyGen -------------------------------------------------------------------------------------------------


def posted(story: Story, path: str, body: dict[str, object], **headers: str) -> tuple[int, dict[str, Any]]:
    """What the stand-in answers; nothing is judged by HeyGen's schemas before."""
    story.heygen.change(judged=False)
    sent = {"x-api-key": DEFAULT_KEY, "content-type": "application/json", **headers}
    reply = story.heygen.receive(Request.parse("POST", path, sent, json.dumps(body).encode()))
    return reply.status, json.loads(reply.body)


AUDIO = {"type": "url", "url": "https://example.com/a.mp3"}


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        ("/v3/voices", {}, "prompt"),
        ("/v3/voices", {"prompt": ""}, "prompt"),
        ("/v3/voices", {"prompt": "x" * 1_001}, "prompt"),
        ("/v3/voices", {"prompt": "warm", "gender": "other"}, "gender"),
        ("/v3/voices", {"prompt": "warm", "seed": "1"}, "seed"),
        ("/v3/voices", {"prompt": "warm", "voice_id": "v"}, "voice_id"),
        ("/v3/voices/clone", {"audio": AUDIO}, "voice_name"),
        ("/v3/voices/clone", {"voice_name": "Anna"}, "audio"),
        ("/v3/voices/clone", {"audio": {"type": "url"}, "voice_name": "Anna"}, "audio"),
        ("/v3/voices/clone", {"audio": AUDIO, "voice_name": "Anna", "title": "x"}, "title"),
        ("/v3/voices/clone", {"audio": AUDIO, "voice_name": "Anna", "remove_background_noise": "no"},
         "remove_background_noise"),
    ],
)  # fmt: skip
def test_what_heygen_would_refuse_is_refused_and_costs_nothing(
    story: Story, path: str, body: dict[str, object], param: str
) -> None:
    status, answer = posted(story, path, body)
    assert (status, answer["error"]["code"], answer["error"]["param"]) == (400, "invalid_parameter", param)
    assert not story.heygen.ledger.charges


def test_one_description_gives_the_same_voices_each_time_and_another_seed_others(story: Story) -> None:
    found = [
        [
            voice["voice_id"]
            for voice in posted(story, "/v3/voices", {"prompt": "warm", "seed": seed})[1]["data"]["voices"]
        ]
        for seed in (0, 0, 1)
    ]
    assert found[0] == found[1]
    assert not {*found[0]} & {*found[2]}
    assert len({*found[0]}) == 3


def test_a_voice_that_is_not_ready_can_not_be_spoken_with_yet(story: Story) -> None:
    story.heygen.change(never_ends=True)
    _, answer = posted(story, "/v3/voices/clone", {"audio": AUDIO, "voice_name": "Anna"})
    clone = answer["data"]["voice_clone_id"]
    status, refused = posted(story, "/v3/voices/speech", {"text": "Hello", "voice_id": clone})
    assert (status, refused["error"]["code"]) == (409, "voice_not_ready")
    story.heygen.change(never_ends=False)
    story.pass_time(hours=1)
    assert posted(story, "/v3/voices/speech", {"text": "Hello", "voice_id": clone})[0] == 200


def test_a_clone_is_a_voice_of_the_account_by_its_name_in_the_next_sheet(story: Story) -> None:
    story.sheet("leads.csv", HEAD, CLONE)
    story.run("leads.csv")
    story.sheet("more.csv", "text,voice_id", "Hello,Anna")
    story.run("more.csv")
    assert paths(story) == ["/v3/voices/clone", "/v3/voices/speech"]


def test_the_sample_of_voices_runs_in_a_rehearsal(story: Story) -> None:
    (story.folder / "voices.csv").write_bytes((SAMPLES / "voices.csv").read_bytes())
    told = story.run("voices.csv", "--sandbox")
    assert "4 of them wait for what other rows make" in told.text
    assert {line["result_status"] for line in results(story.folder, "voices.sandbox.results.csv")} == {"done"}
