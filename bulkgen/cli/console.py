"""Printing: messages on stderr, the summary on stdout; nothing from a cell reaches the terminal as a command."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO


def harmless(text: str) -> str:
    """The text with control characters (escapes, bells, overrides of direction) shown instead of obeyed."""
    return "".join(c if c.isprintable() or c == "\n" else f"\\x{ord(c):02x}" for c in text)


def harmless_json(data: Mapping[str, object]) -> str:
    """The object as JSON, with control characters in its strings escaped as JSON has it."""
    text = json.dumps(data, ensure_ascii=False, indent=1)
    return "".join(c if c.isprintable() or c == "\n" else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


@dataclass(frozen=True)
class Console:
    """`quiet`: no progress and no plan. `as_json`: stdout has one JSON object and nothing else."""

    quiet: bool = False
    as_json: bool = False

    def tell(self, text: str = "") -> None:
        """The plan and other news: left out when quiet."""
        if not self.quiet:
            self.warn(text)

    def warn(self, text: str) -> None:
        """What has to be said in any case."""
        _print(text, sys.stderr)

    def summary(self, text: str, data: Mapping[str, object]) -> None:
        """The last word, on standard output."""
        if self.as_json:
            _print(harmless_json(data), sys.stdout)
        elif text:
            _print(text, sys.stdout)

    @property
    def interactive(self) -> bool:
        return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()

    @property
    def on_screen(self) -> bool:
        """Whether a person reads the summary, and no file keeps it."""
        return sys.stdout is not None and sys.stdout.isatty()

    @property
    def draws(self) -> bool:
        """Whether a progress bar has a terminal to be drawn on."""
        return not self.quiet and sys.stderr.isatty()

    def ask(self, question: str) -> bool:
        self.warn(question)
        sys.stderr.write("Go on? [y/N] ")
        sys.stderr.flush()
        try:
            return sys.stdin.readline().strip().casefold() in ("y", "yes")
        except (OSError, ValueError):
            return False


def _print(text: str, stream: TextIO) -> None:
    with contextlib.suppress(OSError, ValueError):  # the terminal was closed: the run goes on
        stream.write(harmless(text) + "\n")
        stream.flush()
