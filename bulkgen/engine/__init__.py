"""Moves jobs through HeyGen with bounded concurrency, every step recorded before the next one."""

from bulkgen.engine.engine import Engine, Settings

__all__ = ["Engine", "Settings"]
