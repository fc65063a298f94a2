"""What `--json` says of the money and the time of a plan. Pure.

Amounts are in the currency of `cost`, seconds from now on; null is what is not known, or where there is nothing to say.
"""

from __future__ import annotations

from bulkgen.batch.cost_data import spread_data
from bulkgen.batch.outlook import Outlook
from bulkgen.batch.planned import Planned
from bulkgen.pricing.reach import Reach


def outlook_data(planned: Planned) -> dict[str, object]:
    """The fields of a plan beside the total of its cost; `null` each where HeyGen could not be asked."""
    outlook = planned.outlook
    fields: dict[str, object] = {
        "at_most": _rounded(outlook.at_most),
        "kinds": [
            {
                "kind": each.kind,
                "jobs": each.jobs,
                **spread_data(each.amount if each.unknown < each.jobs else None),
                "unknown": each.unknown,
            }
            for each in outlook.kinds
        ],
        "unknown": [
            {
                "why": each.why,
                "rows": sorted({job.row for job in each.jobs}),
                "counted_up_to": _rounded(each.most.amount.high if each.most else None),
            }
            for each in outlook.unknown
        ],
        "time_s": {**spread_data(outlook.time), "seen": outlook.renders_seen},
        "purse": _purse(outlook),
        "caps": _caps(outlook),
        "left_open": [
            {"field": each.name, "jobs": each.jobs, "by_itself": each.by_itself, "recommended": each.recommended}
            for each in (planned.left_open.fields if planned.left_open else ())
        ],
        "uploads": {
            "files": [{"file": each.path, "bytes": each.size, "type": each.type} for each in planned.uploads],
            "bytes": sum(each.size for each in planned.uploads),
        },
        "hints": [{"code": hint.code, "message": hint.text, "saving": _rounded(hint.saving)} for hint in planned.hints],
    }
    return dict.fromkeys(fields) if planned.trouble else fields


def _rounded(amount: float | None) -> float | None:
    return None if amount is None else round(amount, 6)


def _purse(outlook: Outlook) -> dict[str, object] | None:
    """What pays. `enough_for`: after how many jobs it ends, and `limit_after` the account's own limit; null where it
    does not."""
    me = outlook.me
    if me is None:
        return None

    return {
        "pool": me.pool.value or None,
        "amount": me.amount,
        "currency": me.currency or None,
        "left": _rounded(outlook.left),
        "auto_reload": me.reload is not None,
        "spending_cap": me.spending_cap,
        "spent": me.spent,
        "enough_for": _reach(outlook.reach),
        "limit_after": _reach(outlook.reach_of_room),
    }


def _reach(reach: Reach | None) -> dict[str, object] | None:
    return {"likely": reach.likely, "worst": reach.worst} if reach else None


def _caps(outlook: Outlook) -> dict[str, object] | None:
    """`fitting`: how many of the jobs fit for sure."""
    caps = outlook.caps
    if caps.left is None and caps.per_row is None:
        return None

    return {
        "run": caps.run,
        "per_row": caps.per_row,
        "total": caps.ever,
        "left": _rounded(caps.left),
        "fitting": outlook.fitting,
        "too_costly": len(outlook.plan.too_costly),
    }
