"""How one job stands, as the events of the resume file say. Pure; `history` makes it out of them."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, replace

from bulkgen.explained import Explained
from bulkgen.kinds.outcome import MAIN_FILE, Part
from bulkgen.ledger.suspects import Suspect
from bulkgen.model import Answer
from bulkgen.pricing.cost import Cost
from bulkgen.pricing.expected import Expected
from bulkgen.pricing.spread import Spread
from bulkgen.result_columns import SKIPPED

#: In place of a digest of what a row says (`Question.spent`): nobody knows what it says.
UNSEEN = "?"

#: The events of a job that is at HeyGen, under the id that they name.
AT_HEYGEN = ("submitted", "adopted", "moved", "review")


class Status(Explained):
    """`result_status` of a line, with what it says to a person."""

    DONE = "done", "finished; the links are in the line"
    REVIEW = "review", "waits for you: `result_error` says what to do, then run again"
    FAILED = (
        "failed",
        "refused by HeyGen, or failed there; `result_error` says whose side it is on and what to do",
    )
    RENDERING = "rendering", "in progress at HeyGen; run again to collect it"
    QUEUED = "queued", "not sent yet; run again"
    INVALID = "invalid", "never sent; `result_error` says what is wrong with the cell"
    SKIPPED = SKIPPED, "left out, and nothing was made for it: hidden, or told to be skipped; `result_error` says which"
    UNKNOWN = (
        "unknown",
        "sent, and what became of it can't be found out; each run asks for it again. Look at HeyGen: `--adopt ROW=ID` "
        "takes a video that is there, `--retry-unknown` makes it again (paid)",
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """The person wants an attempt later than `after`."""

    after: int
    #: When they first gave the command that says so; "" where an earlier release recorded no wish.
    asked: str = ""
    #: Such an attempt has ended, and the results say so.
    told: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """A further file of a job: what it is, where it is from the sheet's folder, and its size in bytes.

    `digest`: the SHA-256 (hex) of what came, of a file that the person may change; else "".
    `part`: of a job that has several results, which of them it is of, from 1.
    """

    what: str
    file: str
    bytes: int
    _: KW_ONLY
    digest: str = ""
    part: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a job last waited for the person with: its id and stage then, and what HeyGen said to them."""

    id: str
    stage: int = 0
    message: str = ""
    #: Digests of what is no answer to it: what the row said already when it was asked, or what was sent before.
    spent: tuple[str, ...] = ()
    #: What HeyGen said against the last answer, where it was refused.
    why: str = ""
    #: Digests of what was last sent to it, or to one before it; none once that has not been taken.
    sent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stuck:
    """A job is in progress for so long (seconds), where such jobs usually take no more than `usual`."""

    seconds: float
    usual: float


@dataclass(frozen=True, slots=True)
class State:
    """All that the events say of one job. Times are Unix seconds, durations seconds."""

    attempt: int = 0
    last: str = ""
    _: KW_ONLY
    kind: str = ""
    row: int = 0
    row_id: str = ""
    language: str = ""
    sheet: str = ""
    #: The titles that this attempt was sent with: a row that has moved may give it another one.
    titles: tuple[str, ...] = ()
    #: The digest of the text that it can be recognised by at HeyGen; "" where something else tells it.
    prompt_digest: str = ""
    #: This attempt was sent for this sheet, and is not only known from another resume file.
    own: bool = False
    #: The first and the last time that this attempt was about to be sent.
    first_sent: float | None = None
    last_sent: float | None = None
    #: A clock has jumped since: how long ago that was is not known.
    clock_back: bool = False
    id: str = ""
    #: The stage of the job's life that its id is of, and the id that it had in the first.
    stage: int = 0
    session: str = ""
    link: str = ""
    code: str = ""
    message: str = ""
    #: The refusal concerned the account (key, permission, credit) or the moment (a limit), not this row.
    blocked: bool = False
    #: The HTTP status of the refusal.
    http: int = 0
    #: An answer was lost before the refusal: HeyGen may have made it all the same.
    doubted: bool = False
    file: str = ""
    bytes: int = 0
    #: Further files of its result.
    beside: tuple[Beside, ...] = ()
    duration: float | None = None
    #: The results of a job that has several; of their links those alone that come only once.
    parts: tuple[Part, ...] = ()
    #: What this attempt was expected to be; None where its intent does not say.
    expected: Expected | None = None
    #: What this attempt was expected to cost; None where its intent does not say.
    cost: Cost | None = None
    finished_at: str = ""
    submitted_at: float | None = None
    #: Why there are no links to what was finished: HeyGen does not show it any more. "" while it does.
    gone: str = ""
    #: Definite failures at HeyGen, all attempts together.
    failures: int = 0
    #: POSTs repeated after a lost answer on an endpoint without keys, all attempts together.
    repeats: int = 0
    #: When this became known, no row of the sheet asked for the job any more.
    left: bool = False
    #: It was made to be listened to beforehand, and no run has found a row yet that asks for it.
    listened: bool = False
    #: What it last waited for the person with; None where it never did.
    question: Question | None = None
    #: What sending the person's answer is expected to cost, beside `cost`; None where its intent does not say.
    answer_cost: Cost | None = None
    #: That it is to be made again, or was.
    redo: Wish | None = None
    #: The attempt that its row asked a later one of, since it failed; 0: none, or the row no longer asks.
    retry: int = 0
    #: Why it waits, though nothing is known against its row: others that share this came to nothing. It is no event:
    #: whoever shows a state finds it anew.
    held: Suspect | None = None
    #: It is in progress for far longer than such jobs take; likewise.
    stuck: Stuck | None = None
    #: The last good result: an earlier attempt that finished.
    good: State | None = None
    #: The other file that told of the end; "" for the own one.
    source: str = ""

    @property
    def next_attempt(self) -> int:
        """The attempt that is sent next: the same one where its answer was lost."""
        return self.attempt if self.unresolved or self.in_review else self.attempt + 1

    @property
    def shown(self) -> State:
        """Whose result is shown: the last good one until this attempt's is done."""
        return self if self.good is None or self.done else self.good

    @property
    def real_cost(self) -> Spread | None:
        """What it did cost, computed from its length; None where it has not finished, or no price is recorded."""
        if not self.finished or not self.cost:
            return None

        real = self.cost.real(self.duration, self.made)
        return real + self.answer_cost.real(self.duration) if self.answer_cost else real

    @property
    def measured(self) -> bool:
        """Whether what it did cost is known, and not only what it was to cost."""
        return self.cost is not None and self.cost.measured(self.duration, self.made)

    @property
    def made(self) -> int | None:
        """How many of its parts are there; None for a job that has none."""
        return sum(not part.fault for part in self.parts) or None

    def made_id(self, number: int) -> str:
        """The id of what was made, for other jobs to use; of several things the one of this number, from 1. "" where
        there is none."""
        shown = self.shown
        if not shown.finished:
            return ""

        ids = [part.id for part in shown.parts] or [shown.id]
        return ids[number - 1] if number <= len(ids) else ""

    def of_part(self, number: int) -> State:
        """As if this part (from 1) were all that it made, but for what it cost; itself for 0."""
        if not number or not self.shown.parts:
            return self

        if self.good is not None and not self.done:
            return replace(self, good=self.good.of_part(number))

        [part] = self.parts[number - 1 : number] or [Part()]
        files = {each.what: each for each in self.beside if each.part == number}
        main = files.pop(MAIN_FILE, None)
        return replace(
            self,
            duration=part.duration,
            file=main.file if main else "",
            bytes=main.bytes if main else 0,
            beside=tuple(files.values()),
        )

    @property
    def wished(self) -> bool:
        """It has ended, and is to be made again; no later attempt has been sent yet."""
        ended = self.finished or self.came_to_nothing or (self.last == "unknown" and self.good is not None)
        return ended and 0 < self.attempt <= self._passed

    @property
    def needless(self) -> bool:
        """Nobody asked for this attempt: the one before it was finished already, as another copy of the file says."""
        if self.done or self.good is None:
            return False

        return self._passed < self.good.attempt

    @property
    def _passed(self) -> int:
        """The attempt that the person wants a later one of; 0 for none."""
        return max(self.redo.after if self.redo else 0, self.retry)

    @property
    def in_progress(self) -> bool:
        """At HeyGen, and not ended there as far as known; it may be waiting for the person."""
        return self.last in AT_HEYGEN

    @property
    def in_review(self) -> bool:
        """It waits for the person, and holds no slot."""
        return self.last == "review"

    @property
    def answering(self) -> bool:
        """The person's answer was about to be sent, and whether HeyGen has it is not known."""
        return self.last == "answering"

    def takes(self, answer: Answer | None) -> bool:
        """Whether it waits for the person, and this is an answer to what it waits with: it stood there neither before,
        nor was it sent before."""
        question = self.question
        if answer is None or answer.held_back or question is None or not self.in_review or UNSEEN in question.spent:
            return False

        return not {answer.word, answer.digest} & {*question.spent, *question.sent}

    @property
    def finished(self) -> bool:
        return self.last in ("finished", "saved")

    @property
    def shown_file(self) -> str:
        """The file that a person is shown: of its result, or, while it waits for them, the first to answer by."""
        papers = [each.file for each in self.beside if each.digest]
        return self.file or (papers[0] if papers and self.in_review else "")

    @property
    def came_to_nothing(self) -> bool:
        """HeyGen refused it, or failed at it."""
        return self.last in ("failed", "refused")

    @property
    def done(self) -> bool:
        """Finished, and a recording, whose link may come to its end, is on this disk."""
        return self.last == "saved" or (self.last == "finished" and not self.link)

    @property
    def file_gone(self) -> bool:
        """A recording that was on this disk once and can't be downloaded again; only a run that has looked knows."""
        return self.last == "unknown" and bool(self.file)

    @property
    def unresolved(self) -> bool:
        """Sent, perhaps, with no answer that came through."""
        return self.last in ("submitting", "answering")

    @property
    def under_way(self) -> bool:
        """Sent, and not ended as far as known."""
        return self.in_progress or self.unresolved

    @property
    def may_be_there(self) -> bool:
        """It may stand in the account, though no answer said so: to be looked up before it is paid once more."""
        return self.last == "unknown" or (self.last == "refused" and self.doubted)

    @property
    def status(self) -> Status:
        if self.good is not None and self.needless and not self.in_progress:
            return self.good.status

        if self.wished:
            return Status.QUEUED

        if self.last == "" or self.unresolved:
            return Status.QUEUED

        if self.last == "refused":
            return Status.QUEUED if self.blocked else Status.FAILED

        if self.done:
            return Status.DONE

        return _STATUSES.get(self.last, Status.RENDERING)


_STATUSES = {
    "failed": Status.FAILED,
    "unknown": Status.UNKNOWN,
    "review": Status.REVIEW,
}

NEW = State()
