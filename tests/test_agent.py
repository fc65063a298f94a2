"""A video of a prompt: which rows ask for one, what is sent, how its session leads to it and is found again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from bulkgen.batch.estimator import Estimator
from bulkgen.batch.price_source import own_prices
from bulkgen.engine.finder import SHOWN_AFTER
from bulkgen.engine.recognition import MOST
from bulkgen.kinds import KINDS
from bulkgen.kinds.agent import AgentRequest, asked_seconds, read
from bulkgen.kinds.life import digest_of
from bulkgen.ledger.left import unsent
from bulkgen.ledger.state import State
from bulkgen.ledger.steps import Policy
from bulkgen.model import Answer, Job
from bulkgen.results.words import explain
from bulkgen.rows.links import media_links
from tests.making import agent_job, built, jobs_of, table
from tests.scenario import START, Scenario
from tests.story import Story
from tests.test_chaos import states
from tests.test_starters import no_faults

NOTES = "https://example.com/notes.pdf"
HOUR = 3600.0


# Which rows -----------------------------------------------------------------------------------------------------------


def test_what_is_sent_is_what_the_row_says() -> None:
    headers = ["city", "prompt", "style", "voice", "avatar", "type", "files", "orientation", "mode", "incognito_mode"]
    row = [
        "Leeds",
        "A tour of {{city}}",
        "ink",
        "anna",
        "Abigail",
        "agent",
        f"{NOTES}; asset_9",
        "Portrait",
        "chat",
        "x",
    ]
    job = jobs_of(table(headers, row))[0]
    assert (job.kind, job.path, job.title) == ("agent", "/v3/video-agents", "")
    assert dict(job.body) == {
        "prompt": "A tour of Leeds",
        "style_id": "style_1",
        "voice_id": "v_1",
        "avatar_id": "look_1",
        "files": [{"type": "url", "url": NOTES}, {"type": "asset_id", "asset_id": "asset_9"}],
        "orientation": "portrait",
        "mode": "chat",
        "incognito_mode": True,
    }


def test_it_is_sent_with_a_callback_id_and_without_a_key_or_a_title() -> None:
    post = KINDS["agent"].life.post(agent_job(), 1, {})
    assert post.key is None
    assert post.body.keys() == {"prompt", "callback_id"}


@pytest.mark.parametrize(
    ("headers", "row", "kinds"),
    [
        (["prompt"], ["A tour"], ["agent"]),
        (["prompt", "title", "files"], ["A tour", "Harbour", NOTES], ["agent"]),
        (["prompt", "avatar_id"], ["A tour", "look_1"], ["cinematic"]),
        (["prompt", "avatar_id", "duration"], ["A tour", "look_1", "8"], ["cinematic"]),
        (["prompt", "avatar_id"], ["A tour", None], []),
        (["prompt", "avatar_id", "files"], ["A tour", "look_1", NOTES], []),
        (["prompt", "avatar_id", "files"], ["A tour", "look_1", None], ["cinematic"]),
        (["prompt", "avatar_id", "files", "type"], ["A tour", "look_1", NOTES, "agent"], ["agent"]),
        (["prompt", "image", "script", "voice_id"], ["A photo", "https://example.com/a.jpg", "Hi", "v_1"], ["image"]),
        (["prompt", "avatar_id", "script"], ["Write a greeting", "look_1", "Hi"], ["avatar"]),
        (["prompt", "template_id"], ["Write a greeting", "tpl_1"], ["template"]),
    ],
)
def test_a_prompt_alone_asks_for_one_and_no_sheet_of_another_kind_becomes_one(
    headers: list[str], row: list[object], kinds: list[str]
) -> None:
    found = built(table(headers, row))
    assert [each.kind for each in found.rows if each.kind] == kinds
    if not kinds:
        assert [issue.code for issue in found.mistakes] == ["several_kinds"]
        assert found.mistakes[0].fix == "Say which one in a column type: cinematic or agent."


@pytest.mark.parametrize("blank", ["script", "image"])
def test_a_prompt_that_something_else_was_written_from_buys_nothing(blank: str) -> None:
    row = {"prompt": "Write a greeting", "image": "https://example.com/a.jpg", "script": "Hi", "voice_id": "v_1"}
    found = built(table([*row], [*(row | {blank: None}).values()]))
    assert [len(each.jobs) for each in found.rows] == [0]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"prompt": None}, [("prompt", "blank")]),
        ({"prompt": "x" * 10_001}, [("prompt", "too_long")]),
        ({"orientation": "square"}, [("orientation", "not_a_choice")]),
        ({"mode": "talk"}, [("mode", "not_a_choice")]),
        ({"files": ";".join([NOTES] * 20)}, []),
        ({"files": ";".join([NOTES] * 21)}, [("files", "too_many")]),
        ({"files": "my notes"}, [("files", "not_an_asset")]),
        ({"voice_id": "v_9"}, [("voice_id", "unknown_voice")]),
        ({"style_id": "Black and white"}, [("style_id", "unknown_style")]),
    ],
)
def test_what_heygen_would_refuse_is_a_mistake(cells: dict[str, object], expected: list[tuple[str, str]]) -> None:
    asked = {"type": "agent", "prompt": "A tour", **cells}
    assert [(m.field, m.code) for m in built(table(list(asked), list(asked.values()))).mistakes] == expected


def test_a_style_that_no_list_has_is_pointed_out() -> None:
    found = built(table(["prompt", "style_id"], ["A tour", "style_9"]))
    assert [(w.field, w.code) for w in found.warnings] == [("style_id", "unknown_style")]


def test_a_link_among_its_files_may_lead_to_a_pdf_and_to_no_page() -> None:
    link = media_links(built(table(["prompt", "files"], ["A tour", NOTES])))[0]
    assert link.media.takes("application/pdf")
    assert link.media.takes("image/png")
    assert not link.media.takes("text/html")


# What it costs --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "seconds"),
    [
        ("A 60-second update", 60.0),
        ("About 90 seconds, in plain words; no more than 90 seconds", 90.0),
        ("a 2 minute tour", 120.0),
        ("1.5 min", 90.0),
        ("45s, upright", 45.0),
        ("45 sec.", 45.0),
        ("A tour of the harbour", None),
        ("Two versions: 30 seconds and 60 seconds", None),
        ("Since 1,200 seconds", None),
        ("In 3 seconds you know it", None),
        ("Version 4.2 s", None),
        ("An hour of 60 minutes", None),
        ("The 1980s", None),
    ],
)
def test_its_length_is_what_the_prompt_says_if_it_says_one(prompt: str, seconds: float | None) -> None:
    assert asked_seconds(AgentRequest(prompt=prompt)) == seconds


def estimator() -> Estimator:
    return Estimator(prices=own_prices(), currency="usd", templates={}, lengths={})


def test_its_cost_goes_by_the_length_in_the_prompt_and_else_by_those_that_were_made_before() -> None:
    found = estimator().estimate(agent_job(prompt="A 60-second update"))
    assert found.cost is not None
    assert found.cost.seconds is not None
    assert (found.cost.seconds.likely, found.cost.assumed) == (60.0, True)
    unknown = estimator()
    assert "nobody knows" in unknown.estimate(agent_job()).why
    made = State(last="finished", kind="agent", expected=unknown.expected(agent_job(3, "Else")), duration=200.0)
    unknown.learn([made])
    learned = unknown.estimate(agent_job())
    assert learned.cost is not None
    assert learned.cost.seconds is not None
    assert (learned.cost.seconds.likely, learned.why) == (200.0, "")


def test_an_answer_to_what_the_agent_asks_costs_nothing_more() -> None:
    found = estimator().estimate(agent_job(), answer=True)
    assert found.cost is not None
    assert found.cost.amount.high == 0.0


# Its life -------------------------------------------------------------------------------------------------------------


def session(status: str, *messages: tuple[str, str, str], **more: object) -> Mapping[str, object]:
    said = [{"role": role, "type": type_, "content": content} for role, type_, content in messages]
    return {"session_id": "s", "status": status, "messages": said, **more}


ASKED = (("model", "text", "Which of the two?"), ("user", "text", "A tour"))


@pytest.mark.parametrize(
    ("told", "status", "message", "next_id"),
    [
        (session("thinking", *ASKED[1:]), "running", "", ""),
        (session("reviewing", *ASKED), "running", "", ""),
        (session("waiting_for_input", *ASKED), "review", "Which of the two?", ""),
        (session("waiting_for_input", ("model", "resource", "draft.png"), *ASKED), "review", "Which of the two?", ""),
        (session("generating", *ASKED, video_id="v"), "running", "", "v"),
        (session("completed", *ASKED, video_id="v"), "completed", "", "v"),
        (session("completed", *ASKED, video_id=None), "completed", "", ""),
        (session("failed", ("model", "error", "No pictures"), *ASKED), "failed", "No pictures", ""),
        (session("failed", ("user", "text", "Hello?"), ("model", "error", "No pictures")), "failed", "No pictures", ""),
        (session("failed", *ASKED, video_id="v"), "running", "", "v"),
        ({"status": "failed", "messages": None}, "failed", "", ""),
        ({"status": "Waiting_For_Input", "messages": ["?", {"role": 1}]}, "review", "", ""),
    ],
)
def test_what_a_session_says_is_read(told: Mapping[str, object], status: str, message: str, next_id: str) -> None:
    found = read(told)
    assert (found.status, found.message, found.next_id) == (status, message, next_id)


def test_what_was_said_first_is_the_prompt_and_what_was_said_last_is_heard() -> None:
    found = read(session("waiting_for_input", ("user", "text", "Blue"), *ASKED))
    assert found.prompt == "A tour"
    assert found.heard == (Answer(text="Blue").word,)
    assert read(session("waiting_for_input", *ASKED)).heard == ()


def test_a_text_has_one_digest_however_its_blanks_are_set() -> None:
    assert digest_of(" A\r\ntour  of Leeds\n") == digest_of("A tour of Leeds") != digest_of("A tour of leeds")
    assert digest_of(" \n") == ""


def events(scenario: Scenario) -> list[object]:
    return [event["event"] for event in scenario.events()][1:]


def test_a_session_leads_to_its_video(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, [agent_job()])
    engine = scenario.run()
    assert events(scenario) == ["submitting", "submitted", "moved", "finished"]
    assert engine.run_state.details[scenario.jobs[0].fingerprint].links.video
    assert "harbour" not in scenario.path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("mark", "says"), [("[fail:]", "The sandbox let"), ("[fail:download_failed]", "reached")])
def test_a_session_may_fail_and_so_may_its_video(tmp_path: Path, mark: str, says: str) -> None:
    scenario = Scenario(tmp_path, [agent_job(prompt=f"A tour {mark}")])
    scenario.run()
    assert scenario.statuses() == ["failed"]
    assert says in explain(only(scenario)) or only(scenario).code == "download_failed"


def only(scenario: Scenario) -> State:
    (state,) = states(scenario).values()
    return state


# Lost answers ---------------------------------------------------------------------------------------------------------


def lost(folder: Path, *jobs: Job, fault: str = "drop_after", **settings: Any) -> Scenario:
    scenario = Scenario(folder, list(jobs) or [agent_job()], script=[{"path": "agents$", "fault": fault, "nth": 1}])
    scenario.world.change(**settings)
    scenario.dated = True
    return scenario


def test_a_lost_answer_is_found_by_its_prompt_in_the_same_run_and_never_sent_again(tmp_path: Path) -> None:
    scenario = lost(tmp_path, agent_job(), agent_job(3, "Another tour"))
    scenario.world.plant("sessions", prompt="Somebody else's", created=START - 5)
    scenario.run()
    assert scenario.statuses() == ["done", "done"]
    assert "adopted" in events(scenario)
    assert set(scenario.charges.values()) == {1}


@pytest.mark.parametrize(
    "fault",
    ["drop_before", "drop_after", "reset_before", "reset_after", "hang_before", "hang_after", "cut_after:0.5",
     "error_before:500", "error_after:500", "error_after:503", "error_after:504", "page_before:403", "page_before:404",
     "page_after:502", "garbage_after", "truncated_after", "empty_after", "no_id_after", "null_data_after",
     "error_in_200_after:internal_error", "error_in_200_after:a_code_of_tomorrow", "error_after:409:a_new_word",
     "redirect_before", "longer_after", "shorter_after", "late:200", "slow:140", "error_before:409:resource_not_ready"],
)  # fmt: skip
def test_whatever_becomes_of_its_answer_a_session_that_was_made_is_found_and_none_is_made_twice(
    tmp_path: Path, fault: str
) -> None:
    scenario = lost(tmp_path, agent_job(), agent_job(3, "Another tour"), fault=fault)
    scenario.run()
    made = len(scenario.world.ledger.charges)
    assert sorted(scenario.statuses()) == ["done"] * made + ["unknown"] * (2 - made)
    scenario.run()
    assert len(scenario.world.ledger.charges) == made


def test_what_the_list_does_not_show_yet_is_looked_for_once_more(tmp_path: Path) -> None:
    scenario = lost(tmp_path, list_lag=200.0)
    scenario.run()
    assert scenario.statuses() == ["done"]
    assert scenario.world.counts["GET /v3/video-agents"] == 2


def test_a_run_that_does_not_wait_leaves_it_to_the_next(tmp_path: Path) -> None:
    scenario = lost(tmp_path, list_lag=200.0)
    scenario.run(wait=False)
    assert events(scenario) == ["submitting"]
    assert "looks for it in your account" in explain(only(scenario))
    scenario.offset += SHOWN_AFTER
    scenario.run()
    assert (scenario.statuses(), scenario.charges.popitem()[1]) == (["done"], 1)


def test_what_never_arrived_is_unknown_once_the_list_must_show_it_and_is_made_if_the_person_says_so(
    tmp_path: Path,
) -> None:
    scenario = lost(tmp_path, fault="drop_before")
    for _ in range(2):
        scenario.run()
        assert (scenario.statuses(), scenario.charges) == (["unknown"], {})
    assert START + SHOWN_AFTER - 2 <= scenario.now() < START + SHOWN_AFTER + 60
    assert "--adopt" in explain(only(scenario))
    scenario.run(policy=Policy(retry_unknown=True))
    assert scenario.statuses() == ["done"]


@pytest.mark.parametrize("created", [-HOUR, HOUR])
def test_a_session_of_another_time_is_not_taken(tmp_path: Path, created: float) -> None:
    scenario = lost(tmp_path, fault="drop_before")
    scenario.offset += 2 * HOUR
    prompt = "A tour of the harbour, for families"
    scenario.world.plant("sessions", prompt=prompt, created=START + 2 * HOUR + created)
    scenario.run()
    assert scenario.statuses() == ["unknown"]


def test_several_sessions_with_the_prompt_are_named_and_none_is_taken(tmp_path: Path) -> None:
    scenario = lost(tmp_path)
    planted = scenario.world.plant("sessions", prompt="A tour of the harbour,  for families", created=START - 9)
    scenario.run()
    assert scenario.statuses() == ["unknown"]
    assert f", session_{planted}. Look" in explain(only(scenario))


def twins() -> list[Job]:
    job = agent_job()
    return [job, replace(job, fingerprint="b" * 64, row=3)]


def test_of_two_rows_with_one_prompt_neither_is_guessed(tmp_path: Path) -> None:
    scenario = lost(tmp_path, *twins())
    scenario.world.change(script=[{"path": "agents$", "fault": "drop_after"}])
    scenario.run()
    assert scenario.statuses() == ["unknown", "unknown"]
    assert len(scenario.world.ledger.charges) == 2


def test_of_two_rows_with_one_prompt_and_one_session_neither_gets_it(tmp_path: Path) -> None:
    """Nobody knows whose POST arrived, and what else they ask for may differ."""
    faults = [
        {"path": "agents$", "fault": fault, "nth": nth} for nth, fault in enumerate(("drop_after", "reset_before"), 1)
    ]
    scenario = lost(tmp_path, *twins())
    scenario.world.change(script=faults)
    for _ in range(2):
        scenario.run()
        assert scenario.statuses() == ["unknown", "unknown"]
    assert len(scenario.world.ledger.charges) == 1


def test_each_is_looked_for_in_its_own_time(tmp_path: Path) -> None:
    scenario = lost(tmp_path)
    scenario.run(crash_at=3)
    assert events(scenario) == ["submitting"]
    scenario.offset += 3 * HOUR
    scenario.jobs = [agent_job(3, "Another tour")]
    scenario.run(crash_at=4)
    scenario.world.plant("sessions", prompt="A tour of the harbour, for families", created=START + 3 * HOUR)
    scenario.jobs = [agent_job(), *scenario.jobs]
    scenario.run()
    assert scenario.statuses() == ["unknown", "done"]


def test_the_twin_whose_session_is_known_leaves_the_other_one(tmp_path: Path) -> None:
    scenario = lost(tmp_path, *twins())
    scenario.run()
    assert scenario.statuses() == ["done", "done"]
    assert len({state.id for state in states(scenario).values()}) == 2


def test_no_more_sessions_are_asked_about_than_is_bearable_and_then_none_is_proven(tmp_path: Path) -> None:
    scenario = lost(tmp_path)
    for number in range(MOST + 20):
        scenario.world.plant("sessions", prompt=f"Tour {number}", created=START - 10)
    scenario.run()
    assert scenario.statuses() == ["unknown"]
    assert scenario.world.counts["GET /v3/video-agents/{id}"] == MOST


@pytest.mark.parametrize("path", ["/v3/video-agents$", "/v3/video-agents/session_"])
def test_what_heygen_does_not_tell_is_no_proof(tmp_path: Path, path: str) -> None:
    scenario = lost(tmp_path)
    script = [*scenario.world.settings.script, {"method": "GET", "path": path, "fault": "error_before:500"}]
    scenario.world.change(script=script)
    scenario.run()
    assert events(scenario)[0] == "submitting"
    assert scenario.statuses() == ["queued"]
    scenario.world.change(script=[])
    scenario.offset += HOUR
    scenario.run()
    assert (scenario.statuses(), len(scenario.world.ledger.charges)) == (["done"], 1)


def test_one_whose_row_has_left_the_sheet_is_found_by_what_the_resume_file_has(tmp_path: Path) -> None:
    scenario = lost(tmp_path)
    scenario.run(crash_at=4)
    job = scenario.jobs[0]
    assert events(scenario) == ["submitting"]
    scenario.jobs, scenario.left = [], [unsent(job)]
    scenario.run()
    assert only(scenario).last == "finished"


def test_killed_at_any_step_a_session_is_made_once(tmp_path: Path) -> None:
    steps, crashed = 0, True
    while crashed:
        steps += 1
        (tmp_path / str(steps)).mkdir()
        scenario = Scenario(tmp_path / str(steps), [agent_job(row, f"Tour {row}") for row in (2, 3)])
        scenario.dated = True
        scenario.run(crash_at=steps)
        crashed = scenario.steps.taken >= steps
        scenario.run()
        assert set(scenario.statuses()) <= {"done", "unknown"}, steps
        scenario.run(policy=Policy(retry_unknown=True))
        assert set(scenario.statuses()) == {"done"}, steps
        assert len(scenario.world.ledger.charges) == 2, steps
    assert steps > 12


# What the agent asks --------------------------------------------------------------------------------------------------


def asking(folder: Path, prompt: str = "A tour [ask]") -> Scenario:
    return Scenario(folder, [agent_job(prompt=prompt, mode="chat")])


def replies(scenario: Scenario, text: str) -> None:
    scenario.jobs = [replace(job, answer=Answer(text=text) if text else None) for job in scenario.jobs]


def test_it_waits_for_the_person_and_goes_on_with_their_reply(tmp_path: Path) -> None:
    scenario = asking(tmp_path)
    scenario.run()
    assert scenario.statuses() == ["review"]
    assert "Question 1 of the sandbox: which of the two?" in explain(only(scenario))
    assert "column reply" in explain(only(scenario))
    replies(scenario, "The blue one")
    scenario.run()
    assert scenario.statuses() == ["done"]
    assert scenario.world.counts["POST /v3/video-agents/{id}"] == 1
    assert len(scenario.world.ledger.charges) == 1
    assert "blue" not in scenario.path.read_text(encoding="utf-8")


def test_an_old_reply_never_answers_a_new_question(tmp_path: Path) -> None:
    scenario = asking(tmp_path, "A tour [ask], and then [ask]")
    for _ in range(2):
        scenario.run()
        replies(scenario, "The blue one")
    scenario.run()
    scenario.run()
    assert scenario.statuses() == ["review"]
    assert "Question 2" in explain(only(scenario))
    assert scenario.world.counts["POST /v3/video-agents/{id}"] == 1
    replies(scenario, "The small one")
    scenario.run()
    assert scenario.statuses() == ["done"]
    assert len(scenario.world.ledger.charges) == 1


@pytest.mark.parametrize("fault", ["drop_after", "drop_before"])
def test_a_reply_whose_answer_was_lost_is_said_once(tmp_path: Path, fault: str) -> None:
    scenario = asking(tmp_path)
    scenario.run()
    replies(scenario, "The blue one")
    scenario.world.change(script=[{"path": "agents/session", "fault": fault, "nth": 1}])
    scenario.run()
    scenario.run()
    assert scenario.statuses() == ["done"]
    assert len(scenario.world.ledger.charges) == 1  # a second message would ask for another video


def test_killed_at_any_step_a_reply_arrives_once(tmp_path: Path) -> None:
    steps, crashed = 0, True
    while crashed:
        steps += 1
        (tmp_path / str(steps)).mkdir()
        scenario = asking(tmp_path / str(steps))
        scenario.run()
        replies(scenario, "The blue one")
        scenario.run(crash_at=steps)
        crashed = scenario.steps.taken >= steps
        scenario.run()
        assert scenario.statuses() == ["done"], steps
        assert len(scenario.world.ledger.charges) == 1, steps
    assert steps > 6


def test_in_mode_generate_no_reply_is_sent(tmp_path: Path) -> None:
    scenario = asking(tmp_path)
    scenario.run()
    waiting = scenario.jobs[0]
    scenario.jobs = [replace(waiting, request=AgentRequest(prompt="A tour [ask]"))]
    replies(scenario, "The blue one")
    scenario.run()
    assert scenario.statuses() == ["review"]
    assert "POST /v3/video-agents/{id}" not in scenario.world.counts


def test_a_session_that_fails_after_its_reply_is_begun_anew(tmp_path: Path) -> None:
    scenario = asking(tmp_path, "A tour [ask] [fail::1]")
    scenario.run()
    replies(scenario, "The blue one")
    scenario.run()
    assert "failed" in events(scenario)
    scenario.run()
    assert scenario.statuses() == ["review"]
    assert len(scenario.world.ledger.charges) == 2


# As a person does it --------------------------------------------------------------------------------------------------


def test_updates_are_made_from_a_file_beside_the_sheet_and_paid_for_once(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "notes.pdf").write_bytes(b"%PDF-1.7 notes")
    with mock.patch("bulkgen.batch.planned.probe_links", no_faults), Story(folder) as story:
        lines = [f"A 30-second update for {who},notes.pdf; https://example.com/a.png,ink" for who in ("all", "one")]
        story.sheet("updates.csv", "prompt,files,style_id", *lines)
        told = story.run("updates.csv")
        assert "2 agent videos" in told.text
        story.run("updates.csv")
        assert story.charges == 2
        assert len(story.heygen.stored) == 1
        assert story.column("updates.results.csv", "result_status") == ["done"] * 2
        assert all(story.column("updates.results.csv", "result_video_url"))


def test_a_question_is_read_in_the_results_and_answered_in_them(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    with Story(folder) as story:
        story.sheet("tours.csv", "prompt,mode,reply", "A tour [ask],chat,", "Another,,")
        told = story.run("tours.csv", code=None)
        assert "Question 1 of the sandbox" in told.text
        assert story.column("tours.results.csv", "result_status") == ["review", "done"]
        results = folder / "tours.results.csv"
        text = results.read_text(encoding="utf-8-sig")
        results.write_text(text.replace("[ask],chat,,", "[ask],chat,The blue one,"), encoding="utf-8-sig")
        told = story.run("tours.results.csv")
        assert "by real lengths (estimated" in told.text
        assert "(estimated $0.00)" not in told.text  # the answer is free, and the video is what was estimated
        assert story.charges == 2
        assert story.column("tours.results.csv", "result_status") == ["done", "done"]


@pytest.mark.parametrize("results", [False, True])
def test_without_its_resume_file_what_was_made_is_found_by_the_id_of_its_video(tmp_path: Path, results: bool) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    with Story(folder) as story:
        story.sheet("tours.csv", "prompt", "A tour", "Another")
        story.run("tours.csv")
        for file in [*folder.glob("*.resume.jsonl"), *(() if results else folder.glob("*.results*"))]:
            file.unlink()
        told = story.run("tours.csv")
        assert "taken over" in told.text
        story.run("tours.csv")
        assert story.charges == 2
        assert story.column("tours.results.csv", "result_status") == ["done"] * 2


def test_a_session_that_no_list_shows_can_be_named_by_the_person(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    script = [{"path": "agents$", "fault": "drop_after", "nth": 1}]
    with Story(folder, list_lag=1e9, script=script) as story:
        story.sheet("tours.csv", "prompt", "A tour")
        told = story.run("tours.csv", code=3)
        assert "--adopt" in told.text
        session_id = f"session_{story.heygen.ledger.charges[0]['id']}"
        story.run("tours.csv", "--adopt", f"2={session_id}")
        assert story.column("tours.results.csv", "result_status") == ["done"]
        assert story.charges == 1
