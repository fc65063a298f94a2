"""Caps on what a run may spend: never passed, whatever HeyGen answers and wherever a run is killed.

Virtual time, the real client and the real resume file. A text tells what its job may cost and what it does cost, at
one dollar a second (`Said`); what was spent is added up again here, by the lines of the file and HeyGen's own ledger.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulkgen.engine import Engine, SpendingCap
from bulkgen.engine.spending_cap import UNPROVEN
from bulkgen.errors import CapReached, Exit
from bulkgen.ledger.events import Event, ended
from bulkgen.ledger.resume_file import ResumeFile
from bulkgen.ledger.spending import Spending
from bulkgen.ledger.state import State
from bulkgen.ledger.steps import Policy
from bulkgen.model import Job
from bulkgen.pricing.cost import Cost
from bulkgen.pricing.expected import UNKNOWN, Expected
from bulkgen.pricing.prices import Unit
from bulkgen.pricing.spread import Spread
from bulkgen.sandbox.kinds import speaking, speech
from tests.making import avatar_job, speech_job
from tests.scenario import Scenario

SAID = re.compile(r"at most ([0-9.]+) really ([0-9.]+)")
VIDEOS, SPEECH = "/v3/videos$", "/v3/voices/speech$"

#: What may happen to a POST, each at its chance.
FAULTS = {
    "post": {
        "drop_after": 0.06,
        "drop_before": 0.04,
        "error_after:500": 0.04,
        "error_before:503": 0.04,
        "busy": 0.08,
        "error_before:400:invalid_parameter": 0.03,
        "garbage_after": 0.03,
    }
}


class Told:
    """Estimates by what the texts say; nothing is learned."""

    def expected(self, _job: Job) -> Expected:
        return UNKNOWN

    def cost(self, job: Job, *, answer: bool = False) -> Cost | None:
        return at_most(amounts(str(job.body.get("script") or job.body.get("text")))[0])

    def learn(self, states: Iterable[State]) -> None:
        return None


def at_most(high: float) -> Cost:
    seconds = Spread(low=0.0, likely=high / 2, high=high)
    return Cost(currency="usd", unit=Unit.OUTPUT_SECOND, price=Spread.exactly(1.0), seconds=seconds)


def amounts(text: str) -> tuple[float, float]:
    """What a job may cost, and what it does."""
    told = SAID.search(text)
    assert told is not None
    return float(told[1]), float(told[2])


def real_seconds(texts: Iterable[str], _speaker: str, _speed: float = 1.0) -> float:
    return amounts(" ".join(texts))[1]


@pytest.fixture(autouse=True)
def lengths_as_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (speaking, speech):
        monkeypatch.setattr(module, "seconds_of", real_seconds)


def video(row: int, high: float, real: float, mark: str = "") -> Job:
    return avatar_job(row, f"Row {row} at most {high} really {real} {mark}")


def recording(row: int, high: float, real: float, mark: str = "") -> Job:
    return speech_job(row, f"Row {row} at most {high} really {real} {mark}")


def capped(run: float | None = None, ever: float | None = None) -> Callable[[list[Event]], SpendingCap]:
    return lambda events: SpendingCap(Spending("usd", events), Told(), run=run, ever=ever)


def end(scenario: Scenario, engine: Engine) -> None:
    """Records the end of a run as the command does, where it is one."""
    if scenario.path.exists() and (engine.stopped_by is None or isinstance(engine.stopped_by, CapReached)):
        journal = ResumeFile(scenario.path, clock=scenario.now)
        journal.append(ended())
        journal.close()


# What was spent, added up independently ----------------------------------------------------------------------------


def spent(events: Sequence[Event], *, lately: bool = True) -> float:
    """The most that may have been spent since the last run that came to its end; or ever."""
    begun = max((place for place, event in enumerate(events) if event["event"] == "ended"), default=-1) + 1
    total = 0.0
    for attempt in {(str(event["fingerprint"]), event["attempt"]) for event in events if "attempt" in event}:
        of_it = [event for event in events if (event.get("fingerprint"), event.get("attempt")) == attempt]
        sent = [
            event for event in events[begun if lately else 0 :] if event in of_it and event["event"] == "submitting"
        ]
        if sent:
            total += cost_of(
                of_it, sent, first=not any(event["event"] == "submitting" for event in before(of_it, sent))
            )
    return total


def before(events: Sequence[Event], sent: Sequence[Event]) -> Sequence[Event]:
    return events[: events.index(sent[0])]


def cost_of(events: Sequence[Event], sent: Sequence[Event], *, first: bool) -> float:
    """Of one attempt: each POST that may be charged beside the others, and the one that ended."""
    cost: Any = sent[0]["cost"]
    high, repeats = float(cost["seconds"][2]), sum("again" in event for event in sent)
    if not first and repeats:
        repeats -= 1
    names = [event["event"] for event in events]
    if "finished" in names:
        last: Any = events[names.index("finished")]["duration"]
        return repeats * high + float(last)

    nothing = names[-1] == "refused" and "doubted" not in events[-1]  # what failed counts as if it had been charged
    return repeats * high + (0.0 if nothing else high)


def billed(scenario: Scenario) -> float:
    """What HeyGen has charged; failed jobs cost nothing."""
    failed = {line["id"] for line in scenario.world.ledger.of("end", status="failed")}
    renders, lengths = scenario.world.account.renders, dict[str, float]()
    texts = {job.fingerprint: amounts(str(job.body.get("script") or job.body.get("text")))[1] for job in scenario.jobs}
    for event in recorded(scenario):
        if event["event"] == "submitting":
            lengths[str(event["key"])] = texts[str(event["fingerprint"])]
    total = 0.0
    for line in scenario.world.ledger.charges:
        if line["id"] not in failed:
            total += lengths[line["key"]] if line["key"] else renders[line["id"]].wish.seconds
    return total


def holds(scenario: Scenario, cap: float, *, since: int = 0, lately: bool = True) -> None:
    """At no record since that one could more than the cap be spent, or than was spent by then."""
    events = recorded(scenario)
    most = max(cap, spent(events[:since], lately=lately))
    for place in range(since, len(events) + 1):
        assert spent(events[:place], lately=lately) <= most + 1e-6, events[place - 1]


def recorded(scenario: Scenario) -> list[Event]:
    return scenario.events() if scenario.path.exists() else []


# Never passed --------------------------------------------------------------------------------------------------------

HALVES = st.integers(1, 8).map(lambda number: number / 2)


@st.composite
def sheets(draw: st.DrawFn) -> list[Job]:
    """Videos and recordings in any order; some are refused, fail once or for good, or cost far less than they may."""
    made = []
    for row in range(2, 2 + draw(st.integers(1, 9))):
        high = draw(HALVES)
        real = round(high * draw(st.sampled_from((0.02, 0.3, 0.9, 1.0))), 2)
        mark = draw(st.sampled_from(("", "", "", "[fail:rendering_failed:1]", "[fail:content]", "[refuse:bad:400]")))
        made.append(draw(st.sampled_from((video, recording)))(row, high, real, mark))
    return made


def crash_points() -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(2, 40), max_size=3)


def lived(scenario: Scenario, crashes: Collection[int], **asked: Any) -> Engine:
    """Runs that are killed there, and one that comes to its end."""
    for step in crashes:
        engine = scenario.run(crash_at=step, **asked)
        if scenario.steps.taken < step:
            return engine

    return scenario.run(**asked)


@settings(max_examples=30)
@given(
    jobs=sheets(),
    cap=st.integers(1, 8).map(float),
    crashes=crash_points(),
    seed=st.integers(0, 999),
    concurrency=st.integers(1, 4),
    wait=st.booleans(),
)
def test_whatever_is_answered_and_wherever_a_run_is_killed_the_cap_is_never_passed(
    *, jobs: list[Job], cap: float, crashes: list[int], seed: int, concurrency: int, wait: bool
) -> None:
    """And runs with other caps go on, until all is made that can be."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = Scenario(Path(folder), jobs, faults=FAULTS, seed=seed, slots=3)
        for number in range(40):
            bill, before = billed(scenario), recorded(scenario)
            scenario.cap = capped(cap if number == 0 else 4.0)  # each of the jobs fits into the later ones
            engine = lived(scenario, crashes if number == 0 else (), concurrency=concurrency, wait=wait)
            assert billed(scenario) - bill <= cap + 1e-6
            holds(scenario, cap, since=len(before))
            if wait:
                nothing_more_fits(scenario, engine, cap)
            if engine.stopped_by is None and not {"queued", "rendering"} & {*scenario.statuses()}:
                break

            end(scenario, engine)
            scenario.offset += 600.0
            cap = 4.0
        else:
            raise AssertionError(scenario.statuses())
        once = [times for key, times in scenario.charges.items() if key.startswith("bulkgen:")]
        assert set(once) <= {1}


def nothing_more_fits(scenario: Scenario, engine: Engine, cap: float) -> None:
    """A run that stopped at its cap has collected what it sent, and what was to be sent next may not have fitted."""
    if isinstance(engine.stopped_by, CapReached):
        assert not engine.pending
        assert engine.stopped_by.needed is not None
        assert engine.stopped_by.left == pytest.approx(cap - spent(scenario.events()))
        assert engine.stopped_by.needed > engine.stopped_by.left


@settings(max_examples=25)
@given(jobs=sheets(), cap=st.integers(1, 12).map(float), crashes=crash_points(), seed=st.integers(0, 999))
def test_all_runs_of_a_file_together_stay_within_their_cap(
    *, jobs: list[Job], cap: float, crashes: list[int], seed: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        scenario = Scenario(Path(folder), jobs, faults=FAULTS, seed=seed, slots=3)
        scenario.cap = capped(2.0, ever=cap)
        for _ in range(4):
            end(scenario, lived(scenario, crashes, concurrency=2))
            scenario.offset += 600.0
        holds(scenario, cap, lately=False)
        assert billed(scenario) <= cap + 1e-6


def test_what_does_not_cost_what_it_may_makes_room_for_more(tmp_path: Path) -> None:
    """Two would fit at their most; three do at what they cost, and no fourth at its most."""
    scenario = Scenario(tmp_path, [video(row, 5.0, 1.9) for row in range(2, 12)])
    scenario.cap = capped(10.0)
    engine = scenario.run()
    assert scenario.statuses().count("done") == 3
    assert isinstance(engine.stopped_by, CapReached)
    assert engine.stopped_by.needed == 5.0
    assert engine.stopped_by.left == pytest.approx(10 - 3 * 1.9)


def test_the_next_run_goes_on_with_a_cap_of_its_own(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, [video(row, 1.0, 1.0) for row in range(2, 12)])
    scenario.cap = capped(4.0)
    made = []
    for _ in range(3):
        engine = scenario.run()
        end(scenario, engine)
        made.append(scenario.statuses().count("done"))
    assert made == [4, 8, 10]
    assert engine.stopped_by is None


def test_what_a_killed_run_spent_counts_and_what_a_run_spent_that_ended_does_not(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, [video(row, 1.0, 1.0) for row in range(2, 12)])
    scenario.cap = capped(4.0)
    scenario.run(crash_at=10)
    assert scenario.charges
    scenario.run()
    assert scenario.statuses().count("done") == 4
    scenario.run()  # nothing says that it has ended
    assert scenario.statuses().count("done") == 4


def test_nothing_is_sent_where_even_the_first_does_not_fit(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, [video(2, 5.0, 1.0), recording(3, 5.0, 1.0)])
    scenario.cap = capped(4.99)
    engine = scenario.run()
    assert isinstance(engine.stopped_by, CapReached)
    assert not scenario.charges
    assert engine.stopped_by.exit_code is Exit.MAX_COST


def test_what_failed_counts_against_the_cap_when_it_is_made_again(tmp_path: Path) -> None:
    """HeyGen says only of credits that it charges nothing for failures."""
    scenario = Scenario(tmp_path, [video(2, 1.0, 1.0, "[fail:rendering_failed]"), video(3, 1.0, 1.0)])
    scenario.cap = capped(3.5)
    engine = scenario.run(policy=Policy(max_attempts=9))
    assert isinstance(engine.stopped_by, CapReached)
    assert len(scenario.charges) == 3
    assert scenario.statuses() == ["failed", "done"]
    scenario.cap = capped(ever=4.5)
    scenario.run(policy=Policy(max_attempts=9))
    assert len(scenario.charges) == 4


def test_what_was_refused_for_its_row_gives_its_room_back(tmp_path: Path) -> None:
    jobs = [video(row, 1.0, 1.0, "[refuse:bad_words:400]") for row in range(2, 8)]
    scenario = Scenario(tmp_path, [*jobs, video(9, 1.0, 1.0)])
    scenario.cap = capped(1.0)
    assert scenario.run().stopped_by is None
    assert scenario.statuses() == ["failed"] * 6 + ["done"]


def test_what_another_run_has_takes_no_room(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, [video(2, 1.0, 1.0), video(3, 1.0, 1.0)])
    scenario.taken = {(scenario.jobs[0].fingerprint, 1)}
    scenario.cap = capped(1.0)
    scenario.run()
    assert scenario.statuses() == ["queued", "done"]


# Answers that are lost ---------------------------------------------------------------------------------------------


def test_a_recording_that_is_asked_for_again_may_be_charged_again(tmp_path: Path) -> None:
    """Nothing but a second recording makes up for an answer that was lost; there is money for one more."""
    script = [{"path": SPEECH, "fault": "drop_after", "nth": "1-2"}]
    scenario = Scenario(tmp_path, [recording(2, 1.0, 1.0)], script=script)
    scenario.cap = capped(2.5)
    engine = scenario.run()
    assert isinstance(engine.stopped_by, CapReached)
    assert billed(scenario) == 2.0
    assert spent(scenario.events()) == 2.0
    end(scenario, engine)
    scenario.run()
    assert scenario.statuses() == ["done"]


def test_recordings_lost_in_a_run_that_is_over_count_in_the_one_that_asks_again(tmp_path: Path) -> None:
    jobs = [recording(row, 1.0, 1.0) for row in range(2, 8)]
    scenario = Scenario(tmp_path, jobs, script=[{"path": SPEECH, "fault": "drop_after"}])
    end(scenario, scenario.run())
    lost = billed(scenario)
    assert lost >= 6.0
    scenario.world.change(script=[])
    scenario.cap = capped(2.0)
    engine = scenario.run()
    assert isinstance(engine.stopped_by, CapReached)
    assert billed(scenario) - lost == 2.0
    assert scenario.statuses().count("done") == 2


def test_videos_that_a_run_lost_which_is_over_count_in_the_one_that_sends_them_again(tmp_path: Path) -> None:
    """HeyGen may never have had them: then they are charged only now."""
    script = [{"path": VIDEOS, "fault": "error_before:500"}]
    scenario = Scenario(tmp_path, [video(row, 1.0, 1.0) for row in range(2, 8)], script=script)
    scenario.cap = capped()
    end(scenario, scenario.run())
    assert not scenario.charges
    scenario.world.change(script=[])
    scenario.cap = capped(2.0, ever=6.0)
    scenario.run()
    assert billed(scenario) == 2.0


def test_what_a_limit_turned_away_is_paid_for_and_goes_before_what_is_not(tmp_path: Path) -> None:
    """The run does not stop at its cap for a job that is within it."""
    script = [{"path": VIDEOS, "fault": "busy:30", "nth": "1-2"}]
    scenario = Scenario(tmp_path, [video(row, 1.0, 1.0) for row in range(2, 6)], script=script)
    scenario.cap = capped(2.0)
    scenario.run()
    assert scenario.statuses().count("done") == 2


def test_recordings_wait_for_videos_that_a_limit_turned_away(tmp_path: Path) -> None:
    """Whichever of them begins, there is money for all."""
    for number in range(8):  # tasks take turns by chance
        folder = tmp_path / str(number)
        folder.mkdir()
        script = [{"path": VIDEOS, "fault": "busy:30", "nth": "1"}]
        jobs = [video(2, 2.0, 1.0), *(recording(row, 1.5, 0.1) for row in range(3, 6))]
        scenario = Scenario(folder, jobs, script=script)
        scenario.cap = capped(3.0)
        engine = scenario.run()
        assert engine.stopped_by is None
        assert set(scenario.statuses()) == {"done"}


# Estimates that are wrong ------------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(
    count=st.integers(1, 30),
    high=HALVES,
    wrong=st.sampled_from((2.0, 7.9, 10.0, 40.0)),
    cap=st.integers(1, 100).map(float),
    proven=st.booleans(),
    concurrency=st.integers(1, 10),
)
def test_what_costs_far_more_than_it_may_passes_the_cap_by_no_more_than_was_under_way(
    *, count: int, high: float, wrong: float, cap: float, proven: bool, concurrency: int
) -> None:
    """When the first is seen to cost `wrong` times as much, what is open by then does so too, and no more is sent that
    could pass the cap at that rate. As long as none of the kind has finished, that is a share of the cap, or one job;
    then it is what the slots hold, with one that is about to be sent."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = Scenario(Path(folder), [video(99, 0.5, 0.5)] if proven else [])
        scenario.cap = capped()
        end(scenario, scenario.run())
        known, base = len(recorded(scenario)), billed(scenario)
        scenario.jobs = [*scenario.jobs, *(video(row, high, round(high * wrong, 3)) for row in range(2, 2 + count))]
        scenario.cap = capped(cap)
        scenario.run(concurrency=concurrency)
        names = [event["event"] for event in recorded(scenario)[known:]]
        seen = names.index("finished") if "finished" in names else len(names)
        together = high * names[:seen].count("submitting")
        after = high * ("submitting" in names[seen:])
        assert billed(scenario) - base <= max(cap, wrong * (together + after)) + 1e-6
        assert together <= (cap if proven else max(cap / UNPROVEN, high)) + 1e-6
