"""What may still be spent today on all sheets of a hot folder together: a day is the last 24 hours.

What was spent the resume files say, whoever ran the sheets. A run that is at work counts with all that it may cost,
beside what it has spent by now, also one that a killed watch has left: so the limit is kept rather too early than too
late.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from bulkgen.ledger.neighbours import within
from bulkgen.ledger.resume_file import read_events
from bulkgen.ledger.spending import Charge, Spending
from bulkgen.watch.memory import Held

DAY = 86_400.0


@dataclass(kw_only=True)
class Day:
    """`limit`: what may be spent within a day; None: no limit."""

    folder: Path
    limit: float | None
    sandbox: bool = False
    #: The runs that are at work, by their sheets; `left_behind`: those of a watch that was killed.
    held: dict[str, Held] = field(default_factory=dict)
    left_behind: dict[str, Held] = field(default_factory=dict)
    _read: dict[tuple[Path, int, int], list[Charge]] = field(default_factory=dict)

    def left(self, now: float, sheet: str) -> float:
        """What may still be spent by a run of this sheet, which has not begun; `now` in Unix seconds.

        Raises `OSError`, and `LedgerError` for a resume file that can't be read: nobody knows then what was spent.
        """
        assert self.limit is not None
        behind = (run.most for name, run in self.left_behind.items() if name != sheet and now < run.until)
        return self.limit - self.spent(now) - sum(run.most for run in self.held.values()) - sum(behind)

    def spent(self, now: float) -> float:
        """The most that was spent within a day before `now`; a charge without a time counts as one of today."""
        read = {}
        for path in within(self.folder, sandbox=self.sandbox):
            stat = path.stat()
            key = path, stat.st_size, stat.st_mtime_ns
            read[key] = self._read[key] if key in self._read else _charges(path)
        self._read = read
        today = (each for charges in read.values() for each in charges if each.at is None or each.at > now - DAY)
        return sum(map(_most, today))


def _charges(path: Path) -> list[Charge]:
    return list(Spending("usd", read_events(path)[0]).charges.values())


def _most(charge: Charge) -> float:
    """What it counts with; what HeyGen failed at counts too: that it charges nothing for that is assumed."""
    failed = charge.cost.amount.high if charge.failed and charge.cost else 0.0
    return charge.most + failed
