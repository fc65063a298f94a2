"""Makes the videos of a sheet, for free, with the pretend HeyGen that bulkgen brings along.

    python make_videos.py leads.xlsx

With `Settings()` in place of `Settings(sandbox=True)` and HEYGEN_API_KEY set, it makes (and pays) them at HeyGen.
Run it again: what is made is not made again.
"""

import sys

from bulkgen import Batch, Settings

batch = Batch.open(sys.argv[1], Settings(sandbox=True))
ran = batch.run()
for entry in ran.entries:
    print(entry.line.row.number, entry.status, entry.state.id)
print(f"Results: {ran.writing.path}")
sys.exit(ran.exit_code)
