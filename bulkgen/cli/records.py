"""What the object of `--json` has in it. Pure.

The models are the one definition of its fields: what is printed is made by them, and so is the JSON Schema in docs/. A
field may be added, never renamed; optional are those that stand there only sometimes.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from bulkgen.results.records import JobRecord


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CostRecord(_Record):
    """What is to be sent is likely to cost."""

    low: float = Field(description="at least")
    likely: float = Field(description="most likely")
    high: float = Field(description="at most")
    currency: str = Field(description="usd or credits")
    unknown: int = Field(description="how many jobs are not in it, since nobody knows their cost")


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


class CommandRecord(_Record):
    """What `run`, `check`, `status` and `preview` print."""

    command: str = Field(description="run, check, preview or status")
    exit_code: int = Field(description="as in the table of exit codes")
    message: str = Field(default="", description="why nothing was sent, or what went wrong; only then")
    sheet: str = Field(description="the sheet, as it was named")
    sandbox: bool = Field(description="whether it was a rehearsal")
    recipe: str | None = Field(description="the path of the recipe that was read")
    results: str | None = Field(description="the path of the results")
    page: str | None = Field(description="the path of the page")
    resume: str = Field(description="the path of the resume file")
    balance: str | None = Field(description="the account's balance in words")
    to_send: int | None = Field(description="how many jobs a run would send, or was to send")
    new: int = Field(description="how many jobs this run sent")
    repeats: int | None = Field(description="voice-overs that are asked for again after a lost answer")
    cost: CostRecord | None
    counts: dict[str, int] = Field(description="how many jobs have each status")
    mistakes: list[IssueRecord]
    warnings: list[IssueRecord]
    jobs: list[JobRecord]
    test: list[ChosenRow] = Field(default=[], description="the rows of --test; only then")
    rows: list[dict[str, object]] = Field(default=[], description="the rows of a preview; only then")


class ErrorRecord(_Record):
    """What every command prints that could not begin."""

    command: str = Field(description="its name")
    exit_code: int = Field(description="as in the table of exit codes")
    message: str = Field(description="what is wrong, and what to do")


def printed(data: dict[str, object]) -> dict[str, object]:
    """The object as it is printed, of what was found."""
    return CommandRecord.model_validate(data).model_dump(mode="json", exclude_unset=True)
