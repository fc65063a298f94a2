"""Whether a job of the account is the one that an answer was lost of: what an item of HeyGen's list proves.

Pure. Our callback id proves it, and so does a title that bulkgen made: both are of one job alone. A title that the
person gave proves nothing by itself, since a colleague may have given the same one: whoever asks has to know besides
that nothing else of that time has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from bulkgen.kinds.answers import number_of, text_of
from bulkgen.ledger.state import State
from bulkgen.model import Handle, Job, idempotency_key, is_made_title

#: How far HeyGen's clock may be from this one when a job of a lost answer is looked for (seconds).
LOOK_UP_SLACK = 3600.0

#: Where the title is the person's own: a job is not made before it was sent, but for what clocks differ, nor long
#: after its last try (seconds).
NAMESAKE_SLACK = 300.0
LATEST_NAMESAKE = 1800.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What the account shows of a job: its `id` where that is proven, else the jobs that it could be: title by id."""

    id: str = ""
    candidates: Mapping[str, str] = field(default_factory=dict)


class Match(Enum):
    """How an item of HeyGen's list and a lost job go together."""

    PROVEN = auto()  # it is this job
    LIKELY = auto()  # the person's title, at that time, of that kind and in that folder: this job if nothing else is
    NAMESAKE = auto()  # the title, and something else that does not fit: for the person to look at


def match(item: Mapping[str, object], job: Handle, state: State) -> Match | None:
    """What the item proves; None: it has nothing to do with the job."""
    callback = text_of(item, "callback_id")
    # The person's own goes before ours, and may stand in many rows.
    theirs = job.body.get("callback_id") if isinstance(job, Job) else None
    if callback and theirs is None:
        ours = idempotency_key(job.fingerprint, state.attempt, answer=state.answering)
        return Match.PROVEN if callback == ours else None

    if callback and callback != theirs:
        return None

    title, created = text_of(item, "title"), number_of(item, "created_at")
    if title not in state.titles or created is None or state.first_sent is None or state.last_sent is None:
        return None

    if is_made_title(title, job.fingerprint):
        in_time = state.first_sent - LOOK_UP_SLACK <= created <= state.last_sent + LOOK_UP_SLACK
        return Match.PROVEN if in_time or state.clock_back else Match.NAMESAKE

    if not state.first_sent - NAMESAKE_SLACK <= created <= state.last_sent + LATEST_NAMESAKE:
        return None

    return Match.LIKELY if _fits(item, job) else Match.NAMESAKE


def given_titles(job: Handle, state: State) -> frozenset[str]:
    """The titles that the job was sent with and that the person gave."""
    return frozenset(title for title in state.titles if not is_made_title(title, job.fingerprint))


def at_one_time(state: State, other: State) -> bool:
    """Whether two jobs were sent so close to each other that one could be taken for the other."""
    if state.first_sent is None or state.last_sent is None or other.first_sent is None or other.last_sent is None:
        return False

    return other.first_sent <= state.last_sent + LOOK_UP_SLACK and state.first_sent <= other.last_sent + LOOK_UP_SLACK


def _fits(item: Mapping[str, object], job: Handle) -> bool:
    """Whether kind and folder are those of the job, as far as the list tells them: a translation has a language.

    What a job asked for that no row asks for any more is not known.
    """
    if not isinstance(job, Job) or text_of(item, "output_language").casefold() != job.language.casefold():
        return False

    return "folder_id" not in item or text_of(item, "folder_id") == str(job.body.get("folder_id") or "")
