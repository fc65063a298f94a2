"""The one object that `--json` prints. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from bulkgen.batch.cost_data import Data, bill_data, cost_data
from bulkgen.batch.costs import Estimate
from bulkgen.batch.opened import Opened
from bulkgen.batch.outcome import Ran, Standing
from bulkgen.batch.overspent import passed_cap
from bulkgen.batch.planned import Planned
from bulkgen.batch.renewing import Renewed
from bulkgen.batch.shortfall import Shortfall, shortfall
from bulkgen.cli.outlook_data import outlook_data
from bulkgen.cli.records import printed
from bulkgen.errors import Exit
from bulkgen.kinds.outcome import Detail
from bulkgen.ledger.suspects import Suspect
from bulkgen.model import Issue, Table
from bulkgen.results.entries import Entry, count
from bulkgen.results.records import JobRecord, job_record, own_columns
from bulkgen.rows.built import Built


def planned_data(command: str, planned: Planned, exit_code: Exit, message: str = "") -> Data:
    """Of a plan that was only checked, or not carried out; `message` says why."""
    data = _data(command, planned.judged.opened, planned.built, exit_code)
    data["balance"] = planned.balance or None
    data["to_send"] = None if planned.trouble else len(planned.plan.send)
    data["repeats"] = None if planned.trouble else len(planned.repeats)
    data["plan"] = planned.digest
    data["cost"] = None if planned.trouble else cost_data(planned.costs)
    waiting = (next(iter(planned.suspects.of(job.fingerprint).values())) for job in planned.held)
    data |= _tests(planned) | outlook_data(planned) | {"suspects": _suspects(waiting)}
    return printed(data | {"message": message} if message else data)


def ran_data(ran: Ran) -> Data:
    planned, path, beside, mail = ran.planned, ran.writing.path, ran.writing.beside, ran.writing.mail_file.path
    costs = planned.costs.by_job if planned.costs.currency == "usd" else {}
    data = _data("run", planned.judged.opened, planned.built, ran.exit_code, ran.entries, ran.details, costs)
    return printed(
        data
        | _tests(planned)
        | outlook_data(planned)
        | {
            "results": str(path) if path else None,
            "page": str(beside.page) if beside.page else None,
            "mailmerge": str(mail) if mail else None,
            "balance": planned.balance or None,
            "to_send": len(planned.plan.send),
            "new": ran.sent,
            "repeats": ran.repeats,
            "renewed": len(ran.renewed),
            "cost": {
                **cost_data(planned.costs),
                **bill_data(ran.bill),
                "balance_fell": ran.balance_fell,
                "over_limit": _over_limit(ran),
                "left": _left_data(shortfall(ran)),
            },
        }
    )


def _over_limit(ran: Ran) -> float | None:
    """How much more than its cap the run may have spent; None where it kept to it."""
    passed = passed_cap(ran)
    return round(-passed.left, 6) if passed else None


def _left_data(left: Shortfall | None) -> Data | None:
    """What was left unmade for its cost, and the caps that would let it through; None where nothing was."""
    if left is None:
        return None

    jobs = [*left.capped, *left.too_costly]
    cost = left.of(jobs)
    ends = {"low": round(cost.low, 6), "likely": round(cost.likely, 6), "high": round(cost.high, 6)}
    return {"jobs": len(jobs), **ends, "unpriced": len(left.unpriced(jobs)), "caps": dict(left.caps)}


def standing_data(standing: Standing, message: str = "") -> Data:
    """`message`: what is to be said of all rows together."""
    data = _data("status", standing.opened, standing.built, standing.exit_code, standing.entries, standing.details)
    data["results"] = str(standing.results) if standing.results else None
    data["cost"] = {"currency": standing.bill.currency, **bill_data(standing.bill)}
    return printed(data | {"message": message} if message else data)


def renewed_data(renewed: Renewed, message: str = "") -> Data:
    standing = renewed.standing
    data = _data("links", standing.opened, standing.built, renewed.exit_code, standing.entries, standing.details)
    data["results"] = str(standing.results) if standing.results else None
    data["renewed"] = len(renewed.fresh)
    if renewed.writing and renewed.writing.beside.page:
        data["page"] = str(renewed.writing.beside.page)
    if renewed.writing and renewed.writing.mail_file.path:
        data["mailmerge"] = str(renewed.writing.mail_file.path)
    return printed(data | {"message": message} if message else data)


def _tests(planned: Planned) -> Data:
    """The rows of `--test`, where that was given."""
    return (
        {"test": [{"row": test.row.source.number, "why": test.why} for test in planned.judged.tests]}
        if planned.judged.opened.settings.test
        else {}
    )


def _data(
    command: str,
    opened: Opened,
    built: Built,
    exit_code: Exit,
    entries: Sequence[Entry] = (),
    details: Mapping[str, Detail] = MappingProxyType({}),
    costs: Mapping[str, Estimate] = MappingProxyType({}),
) -> Data:
    columns = own_columns(opened.table)
    return {
        "command": command,
        "exit_code": int(exit_code),
        "sheet": opened.source,
        "sandbox": opened.settings.sandbox,
        "recipe": str(opened.recipe) if opened.recipe else None,
        "results": None,
        "page": None,
        "mailmerge": None,
        "resume": str(opened.places.resume),
        "balance": None,
        "to_send": None,
        "new": 0,
        "repeats": None,
        "renewed": 0,
        "cost": None,
        "counts": count(entry for entry in entries if entry.row.selected),
        "suspects": _suspects(entry.state.held for entry in entries if entry.state.held),
        "stuck": sum(entry.state.stuck is not None for entry in entries),
        "mistakes": [issue_data(opened.table, issue) for issue in built.mistakes],
        "warnings": [issue_data(opened.table, issue) for issue in built.warnings],
        "jobs": [_job(entry, columns, details, costs) for entry in entries],
    }


def _suspects(held: Iterable[Suspect]) -> list[Data]:
    """What keeps jobs waiting; `held`: for each job that waits, what it waits for."""
    return [
        {
            "shared": list(each.shared),
            "refused": each.refused,
            "code": each.code,
            "message": each.message,
            "jobs": each.jobs,
            "waiting": count,
        }
        for each, count in Counter(held).items()
    ]


def issue_data(table: Table, issue: Issue) -> Data:
    return {
        "row": issue.row,
        "cell": table.where(issue.row, issue.column),
        "column": issue.header,
        "value": issue.value,
        "message": f"{issue.cause}. {issue.fix}",
        "cause": issue.cause,
        "fix": issue.fix,
        "code": issue.code,
    }


def _job(
    entry: Entry, columns: Mapping[str, int], details: Mapping[str, Detail], costs: Mapping[str, Estimate]
) -> JobRecord:
    key = entry.job.fingerprint if entry.job else ""
    return job_record(entry, columns, entry.detail(details), planned=costs[key].known if key in costs else None)
