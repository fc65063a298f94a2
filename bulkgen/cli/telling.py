"""The end of a run is told to others: what went wrong there is all that is printed of it, and no exit code changes."""

from __future__ import annotations

from bulkgen.batch.summary import Summary
from bulkgen.batch.telling import Telling
from bulkgen.cli.console import Console
from bulkgen.cli.log import caution
from bulkgen.cli.signals import raising_interrupts


def tell(telling: Telling, summary: Summary, console: Console) -> None:
    """Ctrl-C, and SIGTERM, end the waiting for those that do not answer."""
    try:
        with raising_interrupts():
            for trouble in telling.tell(summary, attended=console.interactive):
                console.warn(trouble)
    except KeyboardInterrupt:
        _give_up("Interrupted: not everybody may have been told how the run ended.", console)
    except Exception as error:  # noqa: BLE001 - the run is over, and paid: whatever this is, it ended as it did
        _give_up(f"Nobody could be told how the run ended ({type(error).__name__}).", console)


def _give_up(why: str, console: Console) -> None:
    caution(why)
    console.warn(why)
