"""The one object that `--json` prints. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bulkgen.batch.bill import Bill
from bulkgen.batch.costs import Costs, Estimate
from bulkgen.batch.opened import Opened
from bulkgen.batch.outcome import Ran, Standing
from bulkgen.batch.overspent import passed_cap
from bulkgen.batch.planned import Planned
from bulkgen.batch.shortfall import Shortfall, shortfall
from bulkgen.cli.outlook_data import outlook_data, spread_data
from bulkgen.errors import Exit
from bulkgen.kinds.life import Detail, Links
from bulkgen.ledger.state import State
from bulkgen.model import Issue, Table
from bulkgen.results.table import Entry, count
from bulkgen.rows.built import Built

Data = dict[str, object]


def planned_data(command: str, planned: Planned, exit_code: Exit, message: str = "") -> Data:
    """Of a plan that was only checked, or not carried out; `message` says why."""
    data = _data(command, planned.judged.opened, planned.built, exit_code)
    data["balance"] = planned.balance or None
    data["to_send"] = None if planned.trouble else len(planned.plan.send)
    data["repeats"] = None if planned.trouble else len(planned.repeats)
    data["cost"] = None if planned.trouble else cost_data(planned.costs)
    data |= _tests(planned) | outlook_data(planned)
    return data | {"message": message} if message else data


def ran_data(ran: Ran) -> Data:
    planned, path = ran.planned, ran.writing.path
    costs = planned.costs.by_job if planned.costs.currency == "usd" else {}
    data = _data("run", planned.judged.opened, planned.built, ran.exit_code, ran.entries, ran.details, costs)
    return (
        data
        | _tests(planned)
        | outlook_data(planned)
        | {
            "results": str(path) if path else None,
            "balance": planned.balance or None,
            "to_send": len(planned.plan.send),
            "new": ran.sent,
            "repeats": ran.repeats,
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
    data = _data("status", standing.opened, standing.built, standing.exit_code, standing.entries)
    data["results"] = str(standing.results) if standing.results else None
    data["cost"] = {"currency": standing.bill.currency, **bill_data(standing.bill)}
    return data | {"message": message} if message else data


def cost_data(costs: Costs) -> Data:
    """What is to be sent: the sum of what is known, how many jobs have no known cost, and what those of an unknown
    length come to at an assumed one."""
    unknown = sum(costs.unknown.values())
    return {
        **spread_data(None if unknown and unknown == len(costs.by_job) else costs.total),
        "currency": costs.currency,
        "unknown": unknown,
        "assumed": spread_data(costs.assumed) if costs.assumed.high else None,
    }


def bill_data(bill: Bill) -> Data:
    """What was spent: on what has finished, by its real length; and what may come on top at most."""
    return {
        **_sums(bill),
        "unpriced": bill.unpriced,
        "without_length": bill.unmeasured,
        "others": [{"currency": each.currency, "jobs": each.made + each.open, **_sums(each)} for each in bill.others],
    }


def _sums(bill: Bill) -> Data:
    return {"spent": round(bill.spent.likely, 6), "open": round(bill.at_most, 6)}


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
    return {
        "command": command,
        "exit_code": int(exit_code),
        "sheet": opened.source,
        "sandbox": opened.settings.sandbox,
        "recipe": str(opened.recipe) if opened.recipe else None,
        "results": None,
        "resume": str(opened.places.resume),
        "balance": None,
        "to_send": None,
        "new": 0,
        "repeats": None,
        "cost": None,
        "counts": count(entry for entry in entries if entry.row.selected),
        "mistakes": [issue_data(opened.table, issue) for issue in built.mistakes],
        "warnings": [issue_data(opened.table, issue) for issue in built.warnings],
        "jobs": [entry_data(entry, details, costs) for entry in entries],
    }


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


def links_data(state: State, detail: Detail | None) -> Data:
    """Where the results of a job are; None for what it has not, or what is not known."""
    links = detail.links if detail else Links()
    return {
        "video_url": links.video or None,
        "audio_url": links.audio or state.link or None,
        "page_url": links.page or None,
        "captions_url": links.captions or None,
        "thumbnail_url": links.thumbnail or None,
    }


def _figures(entry: Entry, costs: Mapping[str, Estimate]) -> Data:
    """How long a job lasts, what it did cost, and what it was, or is, estimated to cost; None for what is not known."""
    shown, key = entry.state.shown, entry.job.fingerprint if entry.job else ""
    planned = costs[key].known if key in costs else None
    recorded = shown.cost.amount if shown.cost and shown.cost.currency == "usd" and not shown.cost.assumed else None
    estimated = recorded or planned
    return {
        "duration_s": shown.duration if shown.finished else None,
        "cost_usd": entry.cost_usd,
        "cost_low_usd": round(estimated.low, 6) if estimated else None,
        "cost_high_usd": round(estimated.high, 6) if estimated else None,
        "finished_at": (shown.finished_at or None) if shown.finished else None,
    }


def entry_data(
    entry: Entry,
    details: Mapping[str, Detail] = MappingProxyType({}),
    costs: Mapping[str, Estimate] = MappingProxyType({}),
) -> Data:
    """`left`: the row, and its id, of which this was made before it was changed or removed; no row has it now.

    `details`: the links of finished jobs, by fingerprint, as far as they are known.
    """
    row = {"row": entry.row.source.number, "row_id": entry.row.row_id}
    return {
        **({"row": None, "row_id": ""} if entry.left else row),
        "kind": entry.kind,
        "language": entry.job.language if entry.job else "",
        "status": entry.status.value,
        "error": entry.error,
        "id": entry.state.shown.id,
        **links_data(entry.state.shown, details.get(entry.job.fingerprint) if entry.job else None),
        "file": entry.state.shown.file,
        **_figures(entry, costs),
        "left": row if entry.left else None,
    }
