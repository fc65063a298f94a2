"""Checks every sheet of a folder without sending anything, and says where the mistakes are.

python check_folder.py campaigns/
"""

import sys
from pathlib import Path

from bulkgen import Batch, Settings
from bulkgen.errors import BulkgenError

for path in sorted(Path(sys.argv[1]).iterdir()):
    if path.suffix not in (".xlsx", ".csv"):
        continue

    try:
        batch = Batch.open(path, Settings(sandbox=True))
        planned = batch.check()
    except BulkgenError as error:
        print(f"{path.name}: {error}")
        continue

    print(f"{path.name}: {len(planned.plan.send)} to make, {len(planned.mistakes)} mistakes")
    for issue in planned.mistakes[:5]:
        print(f"  {batch.opened.table.where(issue.row, issue.column)}: {issue.cause}")
