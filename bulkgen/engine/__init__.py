"""Moves jobs through HeyGen with bounded concurrency, every step recorded before the next one."""

from bulkgen.engine.engine import Engine, Settings
from bulkgen.engine.feed import ListFeed
from bulkgen.engine.run_state import RunState
from bulkgen.engine.spending_cap import SpendingCap

__all__ = ["Engine", "ListFeed", "RunState", "Settings", "SpendingCap"]
