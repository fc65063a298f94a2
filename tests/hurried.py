"""bulkgen without patience: HeyGen is asked often, and what brought no answer is tried again at once.

`python -m tests.hurried run leads.csv`, or `with hurried():` around what runs in this process.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial
from unittest import mock

#: Seconds that anything takes which would keep a person waiting.
SOON = 0.01


@contextlib.contextmanager
def hurried() -> Iterator[None]:
    from bulkgen.retry import RetryBudget  # only now: Ctrl-C is looked after first

    with (
        mock.patch("bulkgen.engine.pending.LONGEST_PACE", 0.05),
        mock.patch("bulkgen.engine.finder.SHOWN_AFTER", SOON),
        mock.patch("bulkgen.engine.retries.SHORTEST_PAUSE", SOON),
        mock.patch("bulkgen.engine.retries.LOOK_EVERY", SOON),
        mock.patch.object(RetryBudget, "pause", return_value=SOON),
    ):
        yield


@contextlib.contextmanager
def quick_rehearsals() -> Iterator[None]:
    """What the sandbox makes is ready at once."""
    from bulkgen import sandbox
    from bulkgen.sandbox.settings import Settings

    quick = partial(Settings, render=(SOON, 2 * SOON), post_seconds=(0.0, 0.0), speech_seconds=(0.0, 0.0))
    with mock.patch.object(sandbox, "Settings", quick):
        yield


if __name__ == "__main__":
    from bulkgen.cli.signals import quit_on_interrupt

    quit_on_interrupt()
    from bulkgen.__main__ import main

    with hurried():
        main()
