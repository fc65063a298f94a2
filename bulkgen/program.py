"""How bulkgen starts itself again: the words of a command in a process of its own, from wherever it is."""

from __future__ import annotations

import sys


def command_line(*words: str) -> list[str]:
    """`bulkgen WORDS` as a list of arguments, by absolute paths, and with nothing of the working folder imported."""
    if getattr(sys, "frozen", False):  # one file with Python in it
        return [sys.executable, *words]

    return [sys.executable, "-P", "-m", "bulkgen", *words]
