"""What the object of `--json` has in it. Pure.

The models are the one definition of its fields: what is printed is made by them, and so is the JSON Schema in docs/. A
field may be added, never renamed; optional are those that stand there only sometimes.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from bulkgen.results.records import JobRecord


class _Record(BaseModel):
    """A field that nobody has named here is printed all the same: what was paid for is told in any case."""

    model_config = ConfigDict(extra="allow")


class SpreadRecord(_Record):
    """An amount, or seconds, that are not known exactly; null where nobody knows anything of it."""

    low: float | None = Field(description="at least")
    likely: float | None = Field(description="most likely")
    high: float | None = Field(description="at most")


class LeftCost(SpreadRecord):
    """What was left unmade for its cost."""

    jobs: int = Field(description="how many jobs")
    unpriced: int = Field(description="how many of them are not in it")
    caps: dict[str, float] = Field(description="the limits that would let it through")


class OtherCost(_Record):
    """What was spent in another currency."""

    currency: str = Field(description="usd or credits")
    jobs: int = Field(description="how many jobs")
    spent: float = Field(description="on what has finished, by its real length")
    open: float = Field(description="the most that may come on top")


class CostRecord(_Record):
    """What is to be sent is likely to cost; after a run, and of a status, what was spent."""

    currency: str = Field(description="usd or credits")
    low: float | None = Field(default=None, description="at least; null where nobody knows")
    likely: float | None = Field(default=None, description="most likely")
    high: float | None = Field(default=None, description="at most")
    assumed: SpreadRecord | None = Field(default=None, description="jobs of an unknown length, as they count")
    unknown: int = Field(default=0, description="how many jobs are not in it, since nobody knows their cost")
    spent: float = Field(default=0, description="on what has finished, by its real length")
    open: float = Field(default=0, description="the most that may come on top")
    unpriced: int = Field(default=0, description="how many jobs are in neither")
    without_length: int = Field(
        default=0, description="how many finished jobs told no length, and count by their estimate"
    )
    others: list[OtherCost] = Field(default=[], description="what was spent in other currencies")
    balance_fell: float | None = Field(default=None, description="by how much the balance went down")
    over_limit: float | None = Field(default=None, description="by how much a limit was passed all the same")
    left: LeftCost | None = Field(default=None, description="what was left for its cost; null where nothing was")


class KindCost(SpreadRecord):
    """What the jobs of one kind are likely to cost."""

    kind: str = Field(description="the kind")
    jobs: int = Field(description="how many of it")
    unknown: int = Field(description="how many of them are not in it")


class UnknownCost(_Record):
    """Jobs of which nobody knows what they cost."""

    why: str = Field(description="why that is")
    rows: list[int] = Field(description="their rows")
    counted_up_to: float | None = Field(description="what one may cost with the length that is assumed")


class TimeRecord(SpreadRecord):
    """The seconds until all is made."""

    seen: int = Field(description="by how many finished jobs")


class ReachRecord(_Record):
    """After how many jobs something ends."""

    likely: int = Field(description="most likely")
    worst: int = Field(description="at worst")


class PurseRecord(_Record):
    """What pays."""

    pool: str | None = Field(description="HeyGen's word for it")
    amount: float | None = Field(description="what is in it")
    currency: str | None = Field(description="usd or credits")
    left: float | None = Field(description="what is likely to be left")
    auto_reload: bool = Field(description="whether HeyGen fills it up")
    spending_cap: float | None = Field(description="the account's own limit")
    spent: float | None = Field(description="what the account has spent of it")
    enough_for: ReachRecord | None = Field(description="when it ends")
    limit_after: ReachRecord | None = Field(description="when the account's limit is reached")


class CapsRecord(_Record):
    """The limits of the run."""

    run: float | None = Field(description="--max-cost")
    per_row: float | None = Field(description="--max-cost-per-row")
    total: float | None = Field(description="--max-cost-total")
    left: float | None = Field(description="what they leave")
    fitting: int | None = Field(description="how many jobs surely fit")
    too_costly: int = Field(description="how many jobs are left out by per_row")


class OpenFieldRecord(_Record):
    """A field that jobs leave open, and that HeyGen recommends something for."""

    field: str = Field(description="the field")
    jobs: int = Field(description="how many jobs leave it open")
    by_itself: str = Field(description='what HeyGen takes then; "" where it does not say')
    recommended: str = Field(description="what it recommends")


class UploadRecord(_Record):
    """A file of the person's that goes to HeyGen first."""

    file: str = Field(description="where it is")
    bytes: int = Field(description="its size")
    type: str = Field(description="what it is by its content")


class UploadsRecord(_Record):
    """The files of the person's that go to HeyGen before the jobs are sent, each content once."""

    files: list[UploadRecord] = Field(description="each of them")
    bytes: int = Field(description="their size together")


class HintRecord(_Record):
    """A cheaper way."""

    code: str = Field(description="a word for programs")
    message: str = Field(description="what to do")
    saving: float | None = Field(description="what it saves; null where it is not about a price")


class ListenedRecord(_Record):
    """The voice-over of --listen."""

    row: int = Field(description="the row")
    file: str | None = Field(description="where it is")
    duration_s: float | None = Field(description="how long it lasts, in seconds")
    cost_usd: float | None = Field(description="what it cost in US dollars")


class IssueRecord(_Record):
    """A mistake or a warning, at its place."""

    row: int = Field(description="the number of the row")
    cell: str = Field(description="the place, as Leads!D14")
    column: str = Field(description="the header of the column")
    value: str = Field(description="what stands there, cut")
    message: str = Field(description="cause and fix as one text")
    cause: str = Field(description="what is wrong")
    fix: str = Field(description="what to do")
    code: str = Field(description="a word for programs; docs/issues.md lists them")


class ChosenRow(_Record):
    """A row that was chosen to be made first."""

    row: int = Field(description="its number")
    why: str = Field(description="why it was chosen")


class SuspectRecord(_Record):
    """What jobs share that were refused or failed one after the other: others that share it wait."""

    shared: list[str] = Field(description="what it is, as the avatar look_1")
    refused: bool = Field(description="whether they were refused, else they failed")
    code: str = Field(description="HeyGen's word for why")
    message: str = Field(description="what HeyGen said of the latest")
    jobs: int = Field(description="how many came to nothing one after the other")
    waiting: int = Field(description="how many jobs wait for it")


class CommandRecord(_Record):
    """What `run`, `check`, `status`, `preview` and `links` print."""

    command: str = Field(description="run, check, preview, status or links")
    exit_code: int = Field(description="as in the table of exit codes")
    message: str = Field(default="", description="why nothing was sent, or what went wrong; only then")
    sheet: str = Field(description="the sheet, as it was named")
    sandbox: bool = Field(description="whether it was a rehearsal")
    recipe: str | None = Field(description="the path of the recipe that was read")
    results: str | None = Field(description="the path of the results")
    page: str | None = Field(description="the path of the page")
    mailmerge: str | None = Field(description="the path of the CSV for mail tools")
    resume: str = Field(description="the path of the resume file")
    balance: str | None = Field(description="the account's balance in words")
    to_send: int | None = Field(description="how many jobs a run would send, or was to send")
    plan: str | None = Field(
        default=None, description="by which run --plan does just this, of a check; null where nothing can be sent"
    )
    new: int = Field(description="how many jobs this run sent")
    renewed: int = Field(description="how many finished jobs have fresh links since this command")
    repeats: int | None = Field(description="voice-overs that are asked for again after a lost answer")
    cost: CostRecord | None
    at_most: float | None = Field(default=None, description="the most that the run may cost")
    kinds: list[KindCost] | None = None
    unknown: list[UnknownCost] | None = None
    time_s: TimeRecord | None = None
    purse: PurseRecord | None = None
    caps: CapsRecord | None = None
    left_open: list[OpenFieldRecord] | None = None
    uploads: UploadsRecord | None = None
    hints: list[HintRecord] | None = None
    counts: dict[str, int] = Field(description="how many jobs have each status")
    suspects: list[SuspectRecord] = Field(description="what keeps jobs waiting")
    stuck: int = Field(description="how many jobs take far longer than such jobs do")
    mistakes: list[IssueRecord]
    warnings: list[IssueRecord]
    jobs: list[JobRecord]
    test: list[ChosenRow] = Field(default=[], description="the rows of --test; only then")
    listened: ListenedRecord | None = Field(default=None, description="the voice-over of --listen; only then")
    rows: list[dict[str, object]] = Field(default=[], description="the rows of a preview; only then")


class ErrorRecord(_Record):
    """What every command prints that could not begin."""

    command: str = Field(description="its name")
    exit_code: int = Field(description="as in the table of exit codes")
    message: str = Field(description="what is wrong, and what to do")


#: Either of them: these fields stand there in any case.
PrintedRecord = Annotated[CommandRecord | ErrorRecord, Field(json_schema_extra={"required": ["command", "exit_code"]})]


def printed(data: dict[str, Any]) -> dict[str, object]:
    """The object as it is printed, of what was found. Nothing is refused: what was paid for is told in any case."""
    return CommandRecord.model_construct(**data).model_dump(mode="json", exclude_unset=True, warnings=False)
