"""bulkgen on a computer whose clock is wrong, and is set while it runs: `python -m tests.skewed CLOCK run leads.csv`.

CLOCK is a file with the seconds that the computer's clock is ahead; where it is missing, the clock is right.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path


def skew(clock: Path) -> None:
    """From here on `time.time` goes by the file."""
    right = time.time

    def wrong() -> float:
        try:
            return right() + float(clock.read_text(encoding="ascii"))
        except (OSError, ValueError):  # missing, or just being written
            return right()

    time.time = wrong


if __name__ == "__main__":
    skew(Path(sys.argv.pop(1)))
    from bulkgen.cli.app import main  # whoever takes the clock when it is imported takes the wrong one

    main()
