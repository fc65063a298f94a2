"""What a run came to, for programs: the log, notices, other commands. Pure.

Invariants: never a cell's text, and no message that may quote one; links only where they are asked for; the names in
`as_data` are those of `--json` wherever the same thing is meant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bulkgen.batch.bill import Bill
from bulkgen.batch.cost_data import Data, bill_data, cost_data
from bulkgen.batch.costs import Costs
from bulkgen.batch.opened import Opened
from bulkgen.batch.outcome import Ran
from bulkgen.batch.planned import Planned
from bulkgen.batch.renewing import Renewed
from bulkgen.errors import (
    BulkgenError,
    Declined,
    Exit,
    InputError,
    Interrupted,
    LockedError,
    Lost,
    TimeIsUp,
    Unreachable,
)
from bulkgen.kinds.columns import is_link
from bulkgen.ledger.state import NEW, Status
from bulkgen.model import plural
from bulkgen.pricing.money import money
from bulkgen.results.entries import Entry, count
from bulkgen.sheet.google import local_name

#: Errors that say more in their class than in their exit code.
_REASONS = {
    Unreachable: "HeyGen could not be reached",
    Lost: "HeyGen gave no answer that can be used",
    TimeIsUp: "the time of --timeout has passed",
    Declined: "nobody wanted it to be sent",
}

#: Ends before anything was sent that are nobody's task: another run does the work, or a person said so.
_NOBODYS_TASK = (LockedError, Declined, Interrupted)


@dataclass(frozen=True, slots=True)
class Moments:
    """When a run began and ended (UTC)."""

    started: datetime
    finished: datetime


@dataclass(frozen=True, slots=True)
class MadeLink:
    """Where the result of a row is; without a page of HeyGen's it is a link that lets anybody in while it lasts."""

    row: int
    url: str


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What one run came to.

    `sheet`: its file's name; `folder`: where it lies, None where that is not known. `message`: what was in the way, by
    its class alone; "" where nothing was. `following`: what to type to go on, "" for nothing;
    `for_others`: the same without paths, links and what fills cells, for whoever reads it elsewhere.

    By jobs, and rows without one: `counts`, how many have each status by now, whenever that came to be; but `made` and
    `failed` are those of this run alone, and so are `unclear` (nobody knows what became of them) and `review` (they
    wait for the person since this run). A run that stopped before it began has none of these.
    """

    command: str
    sheet: str
    folder: Path | None
    sandbox: bool
    exit_code: Exit
    moments: Moments
    message: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    made: int = 0
    failed: int = 0
    unclear: int = 0
    review: int = 0
    #: How many jobs it sent; for how many finished ones it renewed the links.
    new: int = 0
    renewed: int = 0
    #: How many mistakes the sheet has.
    mistakes: int = 0
    #: What its jobs were to cost, and what it has sent or finished; None where it did not come so far.
    costs: Costs | None = field(default=None, repr=False)
    bill: Bill | None = field(default=None, repr=False)
    results: Path | None = None
    following: str = ""
    for_others: str = ""
    #: There was nothing to send and nothing in progress.
    nothing_new: bool = False
    #: Something was made, failed, waits for the person, or stopped in a way that needs somebody.
    changed: bool = False
    #: To what it made, where HeyGen gave one.
    links: tuple[MadeLink, ...] = field(default=(), repr=False)

    @classmethod
    def of_run(cls, ran: Ran, moments: Moments, *, following: str = "", for_others: str = "") -> Summary:
        planned, opened = ran.planned, ran.planned.judged.opened
        newly = Counter(entry.status for entry in _ended(ran).values())
        counts = count(ran.selected)
        ends = sum(newly[status] for status in (Status.DONE, Status.FAILED, Status.UNKNOWN, Status.REVIEW))
        invalid, unmade = counts.get(Status.INVALID.value), planned.plan.too_costly or ran.owing
        troubled = ran.stopped_by is not None or ran.writing.error or ran.cautions or invalid or unmade
        return cls(
            command="run",
            sheet=_name(opened.source),
            folder=_folder(opened),
            sandbox=opened.settings.sandbox,
            exit_code=ran.exit_code,
            moments=moments,
            message=_reason(ran.exit_code, ran.stopped_by),
            counts=counts,
            made=newly[Status.DONE],
            failed=newly[Status.FAILED],
            unclear=newly[Status.UNKNOWN],
            review=newly[Status.REVIEW],
            new=ran.sent,
            renewed=len(ran.renewed),
            mistakes=len(planned.mistakes),
            costs=planned.costs,
            bill=ran.bill,
            results=_within(opened, ran.writing.path),
            following=following,
            for_others=for_others,
            nothing_new=ran.nothing_new,
            changed=bool(ends or ran.sent or troubled),
            links=tuple(_links(ran)),
        )

    @classmethod
    def of_links(cls, renewed: Renewed, moments: Moments, *, following: str = "") -> Summary:
        """Of `bulkgen links`, which sends and makes nothing."""
        standing, writing, opened = renewed.standing, renewed.writing, renewed.standing.opened
        troubled = renewed.trouble is not None or renewed.cautions or (writing and writing.error)
        return cls(
            command="links",
            sheet=_name(opened.source),
            folder=_folder(opened),
            sandbox=opened.settings.sandbox,
            exit_code=renewed.exit_code,
            moments=moments,
            message=_reason(renewed.exit_code, renewed.trouble),
            counts=count(standing.selected),
            renewed=len(renewed.fresh),
            results=_within(opened, standing.results),
            following=following,
            nothing_new=not renewed.wanted and not renewed.fetching,
            changed=bool(renewed.fresh or renewed.unshown or troubled),
        )

    @classmethod
    def of_error(
        cls,
        command: str,
        sheet: str,
        error: BulkgenError,
        moments: Moments,
        *,
        sandbox: bool = False,
        planned: Planned | None = None,
        following: str = "",
        for_others: str = "",
    ) -> Summary:
        """Of a run that ended before anything was sent. `sheet`: as it was typed."""
        opened = planned.judged.opened if planned else None
        mistakes = len(planned.mistakes) if planned else 0
        found = f"{plural(mistakes, 'mistake')} in the sheet: nothing was sent"
        return cls(
            command=command,
            sheet=_name(sheet),
            folder=_folder(opened) if opened else None,
            sandbox=opened.settings.sandbox if opened else sandbox,
            exit_code=error.exit_code,
            moments=moments,
            message=found if mistakes and error.exit_code is Exit.MISTAKES else _reason(error.exit_code, error),
            mistakes=mistakes,
            costs=planned.costs if planned and not planned.trouble else None,
            following=following,
            for_others=for_others,
            changed=not isinstance(error, _NOBODYS_TASK),
        )

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def left(self) -> int:
        """How many jobs are not finished: in progress at HeyGen, or not sent yet."""
        return sum(self.counts.get(status.value, 0) for status in (Status.RENDERING, Status.QUEUED))

    @property
    def spent(self) -> str:
        """What the run has spent, as a person reads it: `$4.20`; "" where nobody knows."""
        return money(self.bill.spent.likely, self.bill.currency) if self.bill else ""

    def as_data(self, *, links: bool = False) -> Data:
        """The object for programs, ready for JSON; with `links` also those to what was made."""
        data: Data = {
            "command": self.command,
            "exit_code": int(self.exit_code),
            "message": self.message,
            "sheet": self.sheet,
            "folder": str(self.folder) if self.folder else None,
            "sandbox": self.sandbox,
            "started_at": written_time(self.moments.started),
            "finished_at": written_time(self.moments.finished),
            "counts": dict(self.counts),
            "total": self.total,
            "made": self.made,
            "failed": self.failed,
            "unclear": self.unclear,
            "review": self.review,
            "left": self.left,
            "new": self.new,
            "renewed": self.renewed,
            "mistake_count": self.mistakes,
            "cost": self._cost(),
            "results": str(self.results) if self.results else None,
            "next": self.following or None,
            "nothing_new": self.nothing_new,
            "changed": self.changed,
        }
        return data | {"links": [{"row": each.row, "url": each.url} for each in self.links]} if links else data

    def as_text(self) -> str:
        """One line: `run leads.xlsx: exit 0, 12 made, 0 failed, 3 left, $4.20`."""
        parts = [f"exit {int(self.exit_code)}"]
        if self.counts and self.command == "links":
            parts.append(f"{self.renewed:,} renewed")
        elif self.counts:
            parts += [f"{self.made:,} made", f"{self.failed:,} failed", f"{self.left:,} left"]
            told = {"waiting for you": self.review, "unclear": self.unclear}
            parts += [f"{number:,} {word}" for word, number in told.items() if number]
        parts += [part for part in (self.spent, self._open, self.message) if part]
        return f"{self.command} {self.sheet}{' (sandbox)' if self.sandbox else ''}: {', '.join(parts)}"

    @property
    def _open(self) -> str:
        """`up to $2.44 not finished`: what may come on top."""
        owed = self.bill.at_most if self.bill else 0.0
        return f"up to {money(owed, self.bill.currency)} not finished" if self.bill and owed else ""

    def _cost(self) -> Data | None:
        if self.costs is None:
            return None

        planned = cost_data(self.costs)
        return {**planned, **bill_data(self.bill)} if self.bill else planned


def written_time(moment: datetime) -> str:
    """`2026-11-22T07:00:05Z`, as all times of bulkgen's are written."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _name(sheet: str) -> str:
    """The name of the sheet's file. The link of a Google Sheet is for whoever has it: its file stands for it."""
    try:
        return local_name(sheet) if is_link(sheet) else Path(sheet).name or sheet
    except InputError:
        return "a link"


def _folder(opened: Opened) -> Path | None:
    return opened.folder / opened.places.folder if opened.folder else None


def _within(opened: Opened, path: Path | None) -> Path | None:
    """The whole path: whoever reads it is elsewhere."""
    return opened.folder / path if opened.folder and path else path


def _reason(code: Exit, error: BulkgenError | None) -> str:
    """What was in the way, in words of ours alone: what HeyGen or a cell said is not for everybody."""
    if code is Exit.OK:
        return ""

    said = error if error and error.exit_code is code else None
    return next((reason for kind, reason in _REASONS.items() if isinstance(said, kind)), code.about)


def _ended(ran: Ran) -> dict[str, Entry]:
    """The jobs that stand otherwise since this run, by fingerprint, each with the first line of it that does."""
    before, ended = ran.planned.recalled.states, dict[str, Entry]()
    for entry in ran.selected:
        if entry.job:
            earlier = before.get(entry.job.fingerprint, NEW).of_part(entry.part)
            if (entry.status, entry.state.attempt) != (earlier.status, earlier.attempt):
                ended.setdefault(entry.job.fingerprint, entry)
    return ended


def _links(ran: Ran) -> Iterable[MadeLink]:
    for entry in _ended(ran).values():
        detail = entry.detail(ran.details)
        if entry.status is Status.DONE and detail:
            links = detail.links
            if url := links.page or links.asked_for or links.audio:
                yield MadeLink(entry.row.source.number, url)
