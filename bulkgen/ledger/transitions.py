"""What one more event makes of the state of its job.

Pure. Invariants: a known id and a finished result are never lost, whatever order events of synchronised copies come in;
a state depends on the events alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bulkgen.kinds.outcome import Links, Part
from bulkgen.ledger.events import Event, parse_time, whole_number
from bulkgen.ledger.state import AT_HEYGEN, NEW, Beside, Question, State, Wish
from bulkgen.pricing.cost import read_cost, read_spread
from bulkgen.pricing.expected import Expected

#: Within an attempt an event counts only if it says at least as much as what is known. (An attempt that has an id
#: was not refused, whatever a copy of the file says.)
_RANK = {
    "": 0,
    "submitting": 1,
    "refused": 2,
    "submitted": 3,
    "adopted": 3,
    "moved": 3,
    "review": 3,
    "answering": 3,
    "unknown": 4,
    "failed": 5,
    "finished": 6,
    "saved": 7,
}

#: All events that say something of a job.
OF_A_JOB = frozenset({*_RANK, "redo", "retry", "aged", "gone", "used", "saved_also", "saved_part"})


def apply(state: State, event: Event) -> State:
    """The state after one more event of its job."""
    attempt = whole_number(event.get("attempt"), 1)
    if event["event"] == "redo":
        told = event.get("told") is True and "from" not in event  # by the results of another sheet: not by ours
        wish = Wish(whole_number(event.get("after"), 0), str(event.get("asked") or ""), told)
        return replace(state, redo=_both(state.redo, wish))

    if event["event"] == "retry":
        return replace(state, retry=whole_number(event.get("after"), 0))

    if event["event"] == "aged":
        return _aged(state, attempt)

    if event["event"] == "gone":
        return _gone(state, attempt, str(event.get("why") or ""))

    if event["event"] == "used":
        return replace(state, listened=False) if attempt == state.attempt else state

    if event["event"] in ("saved_also", "saved_part"):
        return _with_beside(state, event, attempt)

    if attempt < state.attempt:
        return replace(state, good=_of_before(state.good, event, attempt))

    if attempt > state.attempt:
        state = _next_attempt(state, event, attempt)
    return _of_attempt(state, event)


def _of_attempt(state: State, event: Event) -> State:
    """The state after one more event of the attempt that it is at."""
    name, at = str(event["event"]), parse_time(event.get("at"))
    if name in ("submitting", "answering"):
        return _sent(state, event, at) if name == "submitting" else _answering(state, event, at)

    if name in AT_HEYGEN and not _stage(event) and isinstance(event.get("id"), str):
        state = _begun(state, event, name)
    if not _says_more(state, event, name):
        return state

    left = state.left if "what" in event else event.get("left") is True  # a download ends nothing
    changes: dict[str, object] = {"last": name, "left": left}
    for source in ("id", "link", "code", "message", "file", "finished_at"):
        if isinstance(event.get(source), str):
            changes[source] = event[source]
    if name in AT_HEYGEN:
        question = _question(state, event) if name == "review" else state.question
        changes |= {"submitted_at": at, "stage": _stage(event), "question": question}
    if name == "refused":
        changes |= {"blocked": event.get("blocked") is True, "http": whole_number(event.get("status"), 0)}
        changes["doubted"] = event.get("doubted") is True
    if name in ("finished", "saved"):
        changes["source"] = str(event.get("from", ""))
    if name == "failed":
        changes["failures"] = state.failures + (state.last != "failed")
    changes |= _measured(event)
    return replace(state, **changes)  # type: ignore[arg-type]  # the names above are State's own


def _measured(event: Event) -> dict[str, object]:
    """What an event tells of what was made: its parts, how long it lasts, how large it is."""
    parts, told = event.get("parts"), dict[str, object]()
    if isinstance(parts, list):
        told["parts"] = tuple(_part(each) for each in parts)
    if isinstance(event.get("duration"), int | float):
        told["duration"] = float(str(event["duration"]))
    if "bytes" in event:
        told["bytes"] = whole_number(event["bytes"], 0)
    return told


def _begun(state: State, event: Event, name: str) -> State:
    """With the id that the job began under at HeyGen, be it known by another one already."""
    return replace(state, session=str(event["id"])) if not state.session or _says_more(state, event, name) else state


def _with_beside(state: State, event: Event, attempt: int) -> State:
    """Of the attempt that the file is of; another one of the same job has its own."""
    if attempt != state.attempt:
        good = state.good
        return replace(state, good=_with_beside(good, event, attempt)) if good and good.attempt == attempt else state

    digest = str(event.get("sha256") or "")
    part, size = whole_number(event.get("part"), 0), whole_number(event.get("bytes"), 0)
    found = Beside(str(event.get("what")), str(event.get("file")), size, digest=digest, part=part)
    others = (each for each in state.beside if (each.what, each.part) != (found.what, found.part))
    return replace(state, beside=(*others, found))


def _part(told: object) -> Part:
    """One of several results; whatever does not read so is as if it were not there."""
    known = told if isinstance(told, dict) else {}
    texts = {name: text for name in ("id", "title", "note", "fault") if isinstance(text := known.get(name), str)}
    duration, link = known.get("duration"), known.get("link")
    return Part(
        **texts,
        links=Links(audio=link) if isinstance(link, str) else Links(),
        duration=float(duration) if isinstance(duration, int | float) else None,
    )


def _aged(state: State, attempt: int) -> State:
    return replace(state, clock_back=True) if state.unresolved and attempt == state.attempt else state


def _gone(state: State, attempt: int, why: str) -> State:
    """Of the attempt that it is said of; another one of the same job has its own video."""
    if attempt == state.attempt:
        return replace(state, gone=why)

    good = state.good
    return replace(state, good=replace(good, gone=why)) if good and good.attempt == attempt else state


def _next_attempt(state: State, event: Event, attempt: int) -> State:
    """The state at the first that is heard of a later attempt."""
    good, redo = state.good, state.redo
    if state.finished:
        good = replace(state, good=None, redo=None, retry=0)
        if event.get("from", "") == state.source:
            # Who wrote this knew of the result: an earlier release, which recorded no wish, was told to make it again.
            redo = _both(redo, Wish(state.attempt))
    return State(
        attempt=attempt,
        failures=state.failures,
        repeats=state.repeats,
        redo=redo,
        retry=state.retry,
        good=good,
        # What the person answered by belongs to the question, which an answer of a later attempt is to, too.
        beside=tuple(each for each in state.beside if each.digest) if event["event"] == "answering" else (),
        question=state.question if event["event"] == "answering" else None,
    )


def _of_before(good: State | None, event: Event, attempt: int) -> State | None:
    """The last good result after an event of an attempt that others have followed; a copy of the file brings it."""
    if good is not None and attempt < good.attempt:
        return good

    known = good if good is not None and good.attempt == attempt else None
    told = _of_attempt(known or State(attempt=attempt), event)
    if told.finished:
        return told

    return None if known is not None else good  # the link of a recording is dead


def _both(one: Wish | None, other: Wish) -> Wish:
    """One wish of two: it is met when both are."""
    if one is None:
        return other

    told = one.told or other.told if one.asked == other.asked else max(one, other, key=lambda wish: wish.asked).told
    return Wish(max(one.after, other.after), max(one.asked, other.asked), told)


def _says_more(state: State, event: Event, name: str) -> bool:
    """Whether the event adds to what is known of its attempt; copies of the file bring events in any order."""
    if name == "unknown" and "id" not in event:  # no answer came: nothing against whoever had one
        return state.last == "" or state.unresolved or state.may_be_there

    if name == "unknown":  # the id is gone at HeyGen, or the link of a recording
        return _RANK[state.last] <= _RANK["unknown"] or (state.last == "finished" and bool(state.link))

    if state.last == "unknown" and name in AT_HEYGEN:
        return name == "adopted" or not state.id or _stage(event) > state.stage

    if name in AT_HEYGEN and _stage(event) < state.stage:
        return False  # it has gone on from there

    return _RANK[name] >= _RANK[state.last]


def _answering(state: State, event: Event, at: float | None) -> State:
    """The person's answer is about to be sent; by then the times are those of its sending."""
    stage, told = _stage(event), event.get("answer")
    if stage < state.stage or _RANK[state.last] > _RANK["answering"]:
        return state

    digests = tuple(map(str, told)) if isinstance(told, list) else ()
    first = not state.answering
    sent = _sent(replace(state, first_sent=None, last_sent=None, clock_back=False) if first else state, event, at)
    before = state.question or Question(id=str(event.get("id") or ""))
    return replace(
        sent,
        last="answering",
        id=str(event.get("id") or ""),
        stage=stage,
        cost=state.cost,
        answer_cost=read_cost(event.get("cost")) or state.answer_cost,
        question=replace(before, id=str(event.get("id") or ""), stage=stage, sent=digests),
    )


def _question(state: State, event: Event) -> Question:
    """What the job waits with, after one more event that says so."""
    spent, before = str(event.get("spent") or ""), state.question
    sent = before.sent if before is not None and event.get("untaken") is not True else ()
    return Question(
        id=str(event.get("id") or ""),
        stage=_stage(event),
        message=str(event.get("message") or ""),
        why=str(event.get("why") or ""),
        spent=(spent,) if spent else (),
        sent=sent,
    )


def _sent(state: State, event: Event, at: float | None) -> State:
    times = [t for t in (state.first_sent, state.last_sent, at) if t is not None]
    title = str(event.get("title") or "")
    return replace(
        state,
        last=state.last or "submitting",
        kind=str(event.get("kind", "")),
        row=whole_number(event.get("row"), 0),
        row_id=str(event.get("row_id") or ""),
        titles=state.titles if title in state.titles or not title else (*state.titles, title),
        language=str(event.get("language") or ""),
        prompt_digest=str(event.get("prompt_digest") or "") or state.prompt_digest,
        sheet=str(event.get("sheet") or ""),
        expected=_expected(event.get("expected")) or state.expected,
        cost=read_cost(event.get("cost")) or state.cost,
        own=state.own or "from" not in event,
        first_sent=min(times, default=None),
        last_sent=max(times, default=None),
        listened=event.get("listened") is True and _may_be_listened(state),
        repeats=state.repeats + (1 if event.get("again") is True else 0),
    )


def _may_be_listened(state: State) -> bool:
    """Whether nothing is known of the job by which it is a row's."""
    before = state.good is None or state.good.listened
    return state.listened if state.last else before


def after(state: State, events: Iterable[Event]) -> State:
    """The state after further events of its job, of whatever file."""
    for event in events:
        if event.get("event") in OF_A_JOB:
            state = apply(state, event)
    return state


def weight(state: State) -> tuple[int, int, int, int, int, str]:
    """How much is known of a job: what was finished goes before any attempt, that before what became of it."""
    made = state if state.finished else state.good or NEW
    lost = state.last == "unknown" and not state.id
    rank = _RANK["submitting" if lost else state.last]
    asked = state.redo.asked if state.redo else ""
    return made.attempt, _RANK[made.last], state.attempt, rank, state.stage, asked


def _expected(told: object) -> Expected | None:
    """What an intent says was expected; whatever does not read so is as if it were not there."""
    if not isinstance(told, dict):
        return None

    words = {name: told.get(name) for name in ("language", "speaker", "template")}
    known = {name: word for name, word in words.items() if isinstance(word, str)}
    return Expected(seconds=read_spread(told.get("seconds")), **known)


def _stage(event: Event) -> int:
    return whole_number(event.get("stage"), 0)
