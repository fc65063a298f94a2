"""Jobs that wait for the person go on with their answer: each one is sent once, whatever happens on the way.

Two made-up kinds over the real resume file, in virtual time: sessions that take a message without a key, and go on
under their own id; drafts whose approval takes a key, is paid for, and leads to a film with an id of its own.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bulkgen.engine.spending_cap import SpendingCap
from bulkgen.errors import Blocked, CapReached, Lost, OutOfCredit, RateLimited, Refused
from bulkgen.kinds.answers import text_of
from bulkgen.kinds.life import AfterLoss, Asked, Call, Collection, Life, Turn
from bulkgen.kinds.outcome import Accepted, Detail, Links
from bulkgen.ledger.events import Event, redo
from bulkgen.ledger.left import unsent
from bulkgen.ledger.resume_file import ResumeFile
from bulkgen.ledger.spending import End, Spending
from bulkgen.ledger.state import State
from bulkgen.ledger.steps import Policy, Rules, Step
from bulkgen.model import Answer, Job
from bulkgen.pricing.cost import Cost
from bulkgen.pricing.expected import UNKNOWN, Expected
from bulkgen.pricing.prices import Unit
from bulkgen.pricing.spread import Spread
from bulkgen.results.words import explain
from tests.making import avatar_job
from tests.scenario import Scenario
from tests.test_chaos import states


def read(data: Mapping[str, object]) -> Detail:
    heard = data.get("heard")
    return Detail(
        text_of(data, "status"),
        Links(video=text_of(data, "video_url")),
        message=text_of(data, "message"),
        next_id=text_of(data, "video_id"),
        heard=tuple(heard) if isinstance(heard, list) else (),
    )


def message(_job: Job, answer: Answer, asked: Asked) -> Sequence[Call]:
    return [Call(f"/x/sessions/{asked.id}", {"message": answer.text, "word": answer.word}, None)]


def approval(_job: Job, answer: Answer, asked: Asked) -> Sequence[Call]:
    edit = Call(f"/x/drafts/{asked.id}/text", {"text": answer.text}, None, method="PUT")
    return [edit, Call(f"/x/drafts/{asked.id}/film", {"callback_id": asked.key}, asked.key)]


def accepted(data: Mapping[str, object]) -> Accepted:
    return Accepted(text_of(data, "id"))


def film(data: Mapping[str, object]) -> str:
    return text_of(data, "id")


TALK = Turn(calls=message, keyed=False, how="Write your answer in the column reply")
APPROVE = Turn(calls=approval, next_id=film, keyed=True, how="Write yes in the column approve", priced={"step": "film"})
SESSIONS = Collection(path="/x/sessions", read=read, turn=TALK)
DRAFTS = Collection(path="/x/drafts", read=read, turn=APPROVE)
FILMS = Collection(path="/x/films", read=read)

LIVES = {
    "session": Life(accepted=accepted, lost=AfterLoss.UNKNOWN, stages=(SESSIONS, FILMS)),
    "draft": Life(accepted=accepted, stages=(DRAFTS, FILMS)),
}


@dataclass
class Thing:
    """A session, a draft or a film at the pretend HeyGen. `asks`: how many questions it has left."""

    key: str
    created: float
    asks: int = 0
    heard: list[str] = field(default_factory=list)
    since: float = 0.0


class Desk:
    """The pretend HeyGen; what it is told to refuse or to lose it does once each, in order, at the calls of answers."""

    def __init__(self, scenario: Scenario, *, asks: int = 1) -> None:
        self._scenario = scenario
        self.asks = asks
        self.things: dict[str, Thing] = {}
        self.replays: dict[str, str] = {}
        #: Paths of all that was posted or put, with what it said.
        self.sent: list[tuple[str, object]] = []
        #: Errors of the next answers, before HeyGen has them, or (`True`) after.
        self.faults: list[tuple[Exception, bool]] = []
        self.listed = True
        self.fails = False

    @property
    def now(self) -> float:
        return self._scenario.heygen_time()

    @property
    def films(self) -> int:
        return sum(name.startswith("film") for name in self.things)

    async def submit(self, path: str, body: Mapping[str, object], key: str | None) -> Mapping[str, object]:
        self._scenario.steps.step()
        found = self._made(path, "job", key, asks=self.asks)
        self._scenario.steps.step()
        return {"id": found}

    async def call(self, method: str, path: str, body: Mapping[str, object], key: str | None) -> Mapping[str, object]:
        self._scenario.steps.step()
        error, after = self.faults.pop(0) if self.faults and method == "POST" else (None, False)
        if error and not after:
            raise error

        self.sent.append((path, body.get("message") or body.get("text")))
        *_, name = path.removesuffix("/text").removesuffix("/film").split("/")
        told: dict[str, object] = {"id": name}
        if path.endswith("/film"):
            told = {"id": self._made(path, "film", key)}
        elif method == "POST":
            thing = self.things[name]
            assert thing.asks, "nobody asked"
            thing.asks, thing.since = thing.asks - 1, self.now
            thing.heard.append(str(body["word"]))
        self._scenario.steps.step()
        if error:
            raise error

        return told

    def _made(self, path: str, word: str, key: str | None, *, asks: int = 0) -> str:
        known = self.replays.get(f"{path} {key}") if key else None
        name = known or f"{word}{len(self.things)}"
        if known is None:
            self.things[name] = Thing(key or "", self.now, asks, since=self.now)
            self.replays |= {f"{path} {key}": name} if key else {}
        return name

    async def statuses(self, collection: Collection, ids: Sequence[str]) -> Mapping[str, str]:
        raise AssertionError("there is no such call")

    async def one(self, path: str, item_id: str) -> Mapping[str, object]:
        raise AssertionError("there are no papers here")

    async def detail(self, collection: Collection, job_id: str) -> Detail:
        thing = self.things.get(job_id)
        if thing is None:
            raise Refused("no such thing", status=404, code="not_found")

        return collection.read(self._told(job_id, thing, collection))

    def _told(self, name: str, thing: Thing, collection: Collection) -> Mapping[str, object]:
        over = self.now - thing.since >= 20.0
        if not over:
            return {"status": "running"}

        if name.startswith("film") and self.fails:
            return {"status": "failed", "message": "a passing trouble"}

        if name.startswith("film"):
            return {"status": "completed", "video_url": "https://x/v.mp4"}

        if thing.asks or collection is DRAFTS:
            return {"status": "review", "message": f"Question {self.asks - thing.asks + 1}?"}

        led = f"film-of-{name}"
        self.things.setdefault(led, Thing("", self.now, since=self.now))
        return {"status": "running", "video_id": led}

    async def listing(
        self, path: str, params: Mapping[str, str] | None = None
    ) -> AsyncGenerator[Mapping[str, object], None]:
        for name, thing in reversed(self.things.items()):
            if self.listed and path == FILMS.path and name.startswith("film"):
                yield {"id": name, "callback_id": thing.key, "created_at": thing.created}


def wish(kind: str, row: int = 2) -> Job:
    return replace(avatar_job(row, f"Wish {row}"), kind=kind, path=f"/x/{kind}s")


def desk(folder: Path, kind: str, *, asks: int = 1, rows: int = 1) -> tuple[Scenario, Desk]:
    folder.mkdir(exist_ok=True, parents=True)
    scenario = Scenario(folder, [wish(kind, row) for row in range(2, rows + 2)])
    scenario.lives = LIVES
    scenario.pretend = pretend = Desk(scenario, asks=asks)
    return scenario, pretend


def says(scenario: Scenario, text: str | None) -> None:
    """The rows say this from now on."""
    answer = Answer(text=text) if text is not None else None
    scenario.jobs = [replace(job, answer=answer) for job in scenario.jobs]


def told(scenario: Scenario) -> list[object]:
    return [event["event"] for event in scenario.events()][1:]


def only(scenario: Scenario) -> State:
    (state,) = states(scenario).values()
    return state


WAITING = ["submitting", "submitted", "review"]
KINDS = pytest.mark.parametrize("kind", ["session", "draft"])
ENDS = {"session": ["answering", "submitted", "moved", "finished"], "draft": ["answering", "moved", "finished"]}


@KINDS
def test_an_answer_is_sent_by_the_next_run_and_the_job_goes_on(tmp_path: Path, kind: str) -> None:
    scenario, heygen = desk(tmp_path, kind)
    scenario.run()
    assert (told(scenario), scenario.statuses()) == (WAITING, ["review"])
    assert not heygen.sent
    says(scenario, "The first one")
    engine = scenario.run()
    assert told(scenario) == WAITING + ENDS[kind]
    assert scenario.statuses() == ["done"]
    assert [text for _, text in heygen.sent if text] == ["The first one"]
    assert engine.gate.held == 0
    assert heygen.films == 1


@KINDS
def test_no_text_of_the_answer_stands_in_the_resume_file(tmp_path: Path, kind: str) -> None:
    scenario, _ = desk(tmp_path, kind)
    scenario.run()
    says(scenario, "The first one")
    scenario.run()
    assert "The first one" not in scenario.path.read_text()
    assert only(scenario).question is not None


@KINDS
def test_what_stood_in_the_row_before_it_was_asked_is_no_answer(tmp_path: Path, kind: str) -> None:
    """An approval that is left in the sheet buys nothing by itself, however often a schedule runs."""
    scenario, heygen = desk(tmp_path, kind)
    says(scenario, "yes")
    for _ in range(3):
        scenario.run()
    assert told(scenario) == WAITING
    assert not heygen.sent
    assert "no answer to it" in explain(only(scenario))
    says(scenario, None)
    scenario.run()
    says(scenario, "yes")
    scenario.run()
    assert scenario.statuses() == ["done"]


@KINDS
def test_what_a_row_says_that_was_not_there_when_it_was_asked_is_no_answer_either(tmp_path: Path, kind: str) -> None:
    scenario, heygen = desk(tmp_path, kind)
    scenario.run(crash_at=6)  # sent, and nothing of it asked yet
    row, scenario.jobs = scenario.jobs, []
    scenario.left = [unsent(row[0])]
    scenario.run()
    scenario.jobs, scenario.left = row, []
    says(scenario, "yes")
    scenario.run()
    assert not heygen.sent
    says(scenario, "yes, really")
    scenario.run()
    assert scenario.statuses() == ["done"]


def test_an_old_reply_never_answers_a_new_question(tmp_path: Path) -> None:
    scenario, heygen = desk(tmp_path, "session", asks=2)
    scenario.run()
    says(scenario, "Blue")
    scenario.run()
    scenario.run()
    assert scenario.statuses() == ["review"]
    assert [text for _, text in heygen.sent] == ["Blue"]
    says(scenario, None)
    scenario.run()
    says(scenario, "Blue")  # the same words as to the question before: not of this one's, as far as anybody can tell
    scenario.run()
    assert [text for _, text in heygen.sent] == ["Blue"]
    says(scenario, "Big")
    scenario.run()
    assert [text for _, text in heygen.sent] == ["Blue", "Big"]
    assert scenario.statuses() == ["done"]


@KINDS
def test_killed_at_any_step_an_answer_arrives_once(tmp_path: Path, kind: str) -> None:
    steps, crashed = 0, True
    while crashed:
        steps += 1
        scenario, heygen = desk(tmp_path / str(steps), kind, rows=2)
        scenario.run()
        says(scenario, "yes")
        scenario.run(crash_at=steps)
        crashed = scenario.steps.taken >= steps
        scenario.offset += 30.0
        scenario.run()
        assert scenario.statuses() == ["done", "done"], steps
        assert heygen.films == 2, steps
        if kind == "session":
            assert len(heygen.sent) == 2, steps
    assert steps > 10


@KINDS
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_lost_answer_is_asked_for_again_and_nothing_is_said_twice(tmp_path: Path, kind: str, after: bool) -> None:
    scenario, heygen = desk(tmp_path, kind)
    scenario.run()
    says(scenario, "yes")
    heygen.faults = [(Lost("cut"), after)]
    scenario.run()
    assert scenario.statuses() == ["done"]
    assert heygen.films == 1
    assert kind == "draft" or len(heygen.sent) == 1


def test_an_approval_that_may_have_arrived_is_found_once_its_key_is_old(tmp_path: Path) -> None:
    scenario, heygen = desk(tmp_path, "draft")
    scenario.run()
    says(scenario, "yes")
    scenario.run(crash_at=6)  # HeyGen has it, and nobody knows
    assert (heygen.films, told(scenario)[-1]) == (1, "answering")
    scenario.offset += 24 * 3600.0
    heygen.replays.clear()
    scenario.run()
    assert told(scenario)[-2:] == ["adopted", "finished"]
    assert heygen.films == 1


def test_an_approval_that_is_nowhere_to_be_found_is_unknown_and_not_paid_again(tmp_path: Path) -> None:
    scenario, heygen = desk(tmp_path, "draft")
    scenario.run()
    says(scenario, "yes")
    scenario.run(crash_at=6)
    scenario.offset += 24 * 3600.0
    heygen.replays.clear()
    heygen.listed = False
    scenario.run()
    scenario.run()
    assert scenario.statuses() != ["done"]
    assert heygen.films == 1


def test_an_approval_that_is_taken_back_while_nobody_knows_whether_it_arrived_is_not_repeated(tmp_path: Path) -> None:
    scenario, heygen = desk(tmp_path, "draft")
    scenario.run()
    says(scenario, "yes")
    scenario.run(crash_at=3)  # the intent is recorded, and nothing has been sent
    assert (told(scenario)[-1], heygen.films) == ("answering", 0)
    says(scenario, None)
    scenario.run()
    assert heygen.films == 0
    says(scenario, "yes")
    scenario.run()
    assert (heygen.films, scenario.statuses()) == (1, ["done"])


@KINDS
def test_what_heygen_refuses_is_told_and_not_sent_again(tmp_path: Path, kind: str) -> None:
    scenario, heygen = desk(tmp_path, kind)
    scenario.run()
    says(scenario, "yes")
    heygen.faults = [(Refused("no such word", status=400, code="invalid_parameter"), False)]
    scenario.run()
    scenario.run()
    assert scenario.statuses() == ["review"]
    assert "no such word" in explain(only(scenario))
    sent = len(heygen.sent)
    says(scenario, "yes, in other words")
    scenario.run()
    assert scenario.statuses() == ["done"]
    assert len(heygen.sent) == sent + (2 if kind == "draft" else 1)


@KINDS
@pytest.mark.parametrize("error", [OutOfCredit("empty", status=402), RateLimited("slow", status=429)])
def test_what_was_only_turned_away_waits_as_before(tmp_path: Path, kind: str, error: Blocked) -> None:
    scenario, heygen = desk(tmp_path, kind)
    scenario.run()
    says(scenario, "yes")
    heygen.faults = [(error, False)]
    scenario.run(wait=False)
    assert scenario.statuses() == ["review"]
    assert not heygen.films
    scenario.run()
    assert (scenario.statuses(), heygen.films) == (["done"], 1)


def test_a_film_that_fails_in_passing_is_made_again_of_the_same_draft(tmp_path: Path) -> None:
    scenario, heygen = desk(tmp_path, "draft")
    scenario.run()
    says(scenario, "yes")
    heygen.fails = True
    scenario.run(policy=Policy(max_attempts=1))
    assert scenario.statuses() == ["failed"]
    heygen.fails = False
    says(scenario, None)
    scenario.run()
    assert scenario.statuses() == ["failed"]  # nobody approves it now
    rules = Rules(LIVES)
    wished = replace(only(scenario), retry=1)
    assert rules.step(scenario.jobs[0], wished, now=scenario.now()) is Step.SEND  # but who asks for it gets it
    says(scenario, "yes")
    scenario.run()
    assert scenario.statuses() == ["done"]
    assert [name for name in heygen.things if name.startswith("job")] == ["job0"]
    assert heygen.films == 2


def test_a_film_that_fails_in_passing_is_made_again_in_the_same_run_up_to_the_attempts_allowed(tmp_path: Path) -> None:
    scenario, heygen = desk(tmp_path, "draft")
    scenario.run()
    says(scenario, "yes")
    heygen.fails = True
    scenario.run()
    assert (scenario.statuses(), heygen.films) == (["failed"], 3)
    assert [name for name in heygen.things if name.startswith("job")] == ["job0"]


def test_a_redo_of_what_was_approved_makes_it_again_from_there(tmp_path: Path) -> None:
    scenario, heygen = desk(tmp_path, "draft")
    scenario.run()
    says(scenario, "yes")
    scenario.run()
    journal = ResumeFile(scenario.path)
    journal.belongs_to("https://heygen.test", "me")
    journal.append(redo(scenario.jobs[0].fingerprint, after=1, asked="2026-11-03T12:00:00.000Z"))
    journal.close()
    scenario.run()
    assert (heygen.films, scenario.statuses()) == (2, ["done"])
    assert [name for name in heygen.things if name.startswith("job")] == ["job0"]


# Money ------------------------------------------------------------------------------------------------------------


class Priced:
    """A draft costs 1, its film 10."""

    def expected(self, job: Job) -> Expected:
        return UNKNOWN

    def cost(self, job: Job, *, answer: bool = False) -> Cost | None:
        return Cost(currency="usd", unit=Unit.ITEM, price=Spread.exactly(10.0 if answer else 1.0))

    def learn(self, states: object) -> None:
        return None


def capped(scenario: Scenario, run: float) -> None:
    def cap(events: list[Event]) -> SpendingCap:
        return SpendingCap(Spending("usd", events), Priced(), run=run)

    scenario.cap = cap


def test_an_answer_that_is_paid_for_needs_room_in_the_cap(tmp_path: Path) -> None:
    scenario, heygen = desk(tmp_path, "draft")
    capped(scenario, 9.0)
    scenario.run()
    says(scenario, "yes")
    engine = scenario.run()
    assert isinstance(engine.stopped_by, CapReached)
    assert (heygen.films, scenario.statuses()) == (0, ["review"])
    capped(scenario, 12.0)
    scenario.run()
    assert scenario.statuses() == ["done"]
    charges = Spending("usd", scenario.events()).charges.values()
    assert sorted((charge.most, charge.end) for charge in charges) == [(1.0, End.MADE), (10.0, End.MADE)]
    assert Spending("usd", scenario.events()).ever.most == 11.0
    real = only(scenario).real_cost
    assert real is not None
    assert real.likely == 11.0


def test_an_answer_that_costs_nothing_needs_none(tmp_path: Path) -> None:
    scenario, _ = desk(tmp_path, "session")
    capped(scenario, 1.0)
    scenario.run()
    says(scenario, "yes")
    scenario.run()
    assert scenario.statuses() == ["done"]
    assert Spending("usd", scenario.events()).ever.most == 1.0


def test_a_failed_film_costs_nothing_and_its_draft_does(tmp_path: Path) -> None:
    scenario, heygen = desk(tmp_path, "draft")
    capped(scenario, 50.0)
    scenario.run()
    says(scenario, "yes")
    heygen.fails = True
    scenario.run(policy=Policy(max_attempts=1))
    spent = Spending("usd", scenario.events())
    assert spent.ever.most == 1.0
    assert [charge.end for charge in spent.charges.values()] == [End.MADE, End.NOTHING]


@pytest.mark.parametrize("word", ["Blue", None])
def test_a_session_whose_film_fails_in_passing_is_made_anew_whatever_its_row_still_says(
    tmp_path: Path, word: str | None
) -> None:
    scenario, heygen = desk(tmp_path, "session")
    capped(scenario, 50.0)
    scenario.run()
    says(scenario, "Blue")
    heygen.fails = True
    scenario.run()
    heygen.fails = False
    says(scenario, word)
    scenario.run()
    assert [name for name in heygen.things if name.startswith("job")] == ["job0", "job2"]
    assert scenario.statuses() == ["review"]
    assert Spending("usd", scenario.events()).ever.most == 1.0  # the one that failed costs nothing
