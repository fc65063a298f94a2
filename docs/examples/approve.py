"""Looks at the plan before anything is sent, and follows the run as it goes on.

    python approve.py leads.xlsx 20

makes the videos only if there is no mistake in the sheet and no more than 20 are new.
"""

import sys

from bulkgen import Batch, Settings
from bulkgen.batch.planned import Planned
from bulkgen.batch.progress import Moved, RunEvent
from bulkgen.errors import BulkgenError

most = int(sys.argv[2])


def approve(planned: Planned) -> bool:
    for issue in planned.mistakes:
        print(f"row {issue.row}: {issue.header} {issue.cause}. {issue.fix}")
    print(f"{len(planned.plan.send)} to make")
    return len(planned.plan.send) <= most


def follow(event: RunEvent) -> None:
    if isinstance(event, Moved):
        print(f"row {event.job.row}: {event.status}")


try:
    ran = Batch.open(sys.argv[1], Settings(sandbox=True)).run(follow, approve=approve)
except BulkgenError as error:
    print(error)
    sys.exit(error.exit_code)

sys.exit(ran.exit_code)
