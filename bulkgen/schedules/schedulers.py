"""Which schedulers this computer has."""

from __future__ import annotations

from collections.abc import Sequence

from bulkgen.errors import InputError
from bulkgen.schedules.computer import Computer
from bulkgen.schedules.cron import Cron
from bulkgen.schedules.launchd import Launchd
from bulkgen.schedules.scheduler import Scheduler
from bulkgen.schedules.systemd import Systemd
from bulkgen.schedules.windows import TaskScheduler


def schedulers_of(computer: Computer) -> Sequence[Scheduler]:
    """Those that can be used, the one to take first. A person's systemd may be gone while its units are still there."""
    if computer.platform == "win32":
        return [TaskScheduler(computer)]

    if computer.platform == "darwin":
        return [Launchd(computer)]

    return [scheduler for scheduler in (Systemd(computer), Cron(computer)) if scheduler.there]


def first_of(schedulers: Sequence[Scheduler]) -> Scheduler:
    """Raises `InputError` where there is none."""
    if schedulers:
        return schedulers[0]

    raise InputError(
        "This computer has neither a systemd of yours (systemctl --user) nor cron (crontab), as containers and some "
        "servers have none. Add --print to see the lines for a crontab elsewhere, or have whatever starts programs "
        "here start that command."
    )
