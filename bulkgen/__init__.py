"""bulkgen: a spreadsheet in, finished HeyGen videos, translations and voice-overs out.

from bulkgen import Batch, Settings

ran = Batch.open("leads.xlsx", Settings(sandbox=True)).run()
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bulkgen.batch.batch import Batch
    from bulkgen.batch.settings import Settings

__all__ = ["Batch", "Settings", "__version__"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Loads the batch when it is first asked for: the command line starts without it."""
    if name == "Batch":
        from bulkgen.batch.batch import Batch

        return Batch

    if name == "Settings":
        from bulkgen.batch.settings import Settings

        return Settings

    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
