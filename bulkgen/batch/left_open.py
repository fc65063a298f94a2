"""Fields that jobs leave open and that HeyGen recommends something for: what it does then, and how to have the other.

Pure. Nothing of it is sent by itself.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bulkgen.batch.plan import Plan
from bulkgen.kinds import KINDS
from bulkgen.ledger.steps import Step
from bulkgen.model import Job, listed, plural


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenField:
    """`by_itself`: what HeyGen takes without a word; "" where it does not say."""

    name: str
    jobs: int
    by_itself: str
    recommended: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOpen:
    """`recipe`: the name of the sheet's, "" where it can have none."""

    fields: tuple[OpenField, ...]
    recipe: str
    #: A value for all rows would reach rows of other kinds too; rows that are done would be made again by it.
    reaches_others: bool
    costs_again: bool

    @property
    def sentence(self) -> str:
        found = listed([f"{each.name} on {plural(each.jobs, 'job')} ({_told(each)})" for each in self.fields])
        wanted = listed([each.recommended for each in self.fields])
        how = " ".join(f"--set {each.name}={each.recommended}" for each in self.fields)
        how += f", or [set] in {self.recipe}" if self.recipe else ""
        if self.reaches_others:
            how = "type it in these rows"
        again = " Rows that are done and leave it open would be made, and paid, again." if self.costs_again else ""
        return f"Left open: {found}. It recommends {wanted}: {how}.{again}"


def left_open(plan: Plan, recipe: str) -> LeftOpen | None:
    """What the jobs that are to be sent leave open; None where HeyGen recommends nothing for it."""
    found: dict[str, list[Job]] = {}
    for job in plan.send:
        for name in _open(job):
            found.setdefault(name, []).append(job)
    if not found:
        return None

    return LeftOpen(
        fields=tuple(
            OpenField(
                name=name,
                jobs=len(jobs),
                by_itself=str(type(jobs[0].request).model_fields[name].default or ""),
                recommended=KINDS[jobs[0].kind].recommended[name],
            )
            for name, jobs in found.items()
        ),
        recipe=recipe,
        reaches_others=any(_takes(job, found.keys()) for job in plan.jobs),
        costs_again=any(map(_open, plan.at(Step.COLLECT))),
    )


def _open(job: Job) -> list[str]:
    """The fields of a job that HeyGen recommends something for, and that the person left open."""
    return [name for name in KINDS[job.kind].recommended if name not in job.request.model_fields_set]


def _takes(job: Job, names: Collection[str]) -> bool:
    """Whether it has such a field, and nothing is recommended for it."""
    fields = type(job.request).model_fields
    return not KINDS[job.kind].recommended and any(name in fields for name in names)


def _told(field: OpenField) -> str:
    return f"HeyGen makes it {field.by_itself}" if field.by_itself else "HeyGen chooses"
