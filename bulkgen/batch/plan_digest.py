"""A plan as a digest: by it a run knows that it is about to do what was checked, and nothing else.

It is made of the sheet, cell by cell, of the settings that say what is made and where that goes, of the account that
pays, and of the attempts that would be sent. What the run may cost is said beside it, and how it is told does not
matter. Pure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from bulkgen.batch.opened import Opened
from bulkgen.batch.option import CHECK, Group
from bulkgen.batch.plan import Plan
from bulkgen.batch.settings import Settings, option_of
from bulkgen.ledger.state import NEW, State
from bulkgen.model import Table

#: Rises when the same plan gets another digest: one of an earlier release is another plan then.
_VERSION = 1

#: So many hexadecimal digits: a model repeats them without a slip, and nobody meets another plan that has the same.
_DIGITS = 24

#: What `check` knows and a run may have otherwise: a limit that was agreed on after the check, and where it logs.
_BESIDE = {"max_cost", "log_file"}


def plan_digest(opened: Opened, account: str, plan: Plan, states: Mapping[str, State]) -> str:
    """`account`: whose account pays, and where (as the resume file names them)."""
    told = {
        "version": _VERSION,
        "account": account,
        "resume": opened.places.resume.name,
        "settings": {name: _plain(getattr(opened.settings, name)) for name in _counting()},
        "sheet": _of_table(opened.table),
        "send": [
            (job.fingerprint, plan.steps[job.fingerprint].name, states.get(job.fingerprint, NEW).next_attempt)
            for job in plan.send
        ],
    }
    data = json.dumps(told, ensure_ascii=True, sort_keys=True, default=repr)
    return hashlib.sha256(data.encode()).hexdigest()[:_DIGITS]


def _counting() -> list[str]:
    """The settings that a check has too, but for those that say what is printed."""
    options = {name: option_of(name) for name in Settings.model_fields.keys() - _BESIDE}
    return [name for name, each in options.items() if CHECK in each.commands and each.group is not Group.OUTPUT]


def _plain(value: object) -> object:
    """Files by their names: the same ones are named from other folders too."""
    if isinstance(value, Path):
        return value.name

    return dict(value) if isinstance(value, Mapping) else value


def _of_table(table: Table) -> object:
    rows = [(row.number, row.hidden, [cell.text for cell in row.cells]) for row in table.rows]
    return table.name, table.headers, rows
