"""Printing: messages on stderr, the summary on stdout; nothing from a cell reaches the terminal as a command.

On a terminal lines are wrapped at its width; what a file or another program reads has them whole.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from bulkgen.cli.wrapping import KEPT, released, wrapped
from bulkgen.errors import BulkgenError, LockedError

#: A number, its digits grouped by threes as people do it where they live; what stands between the groups.
_NUMBER = re.compile(r"\d{1,3}(?:[\s.,'’]\d{3})+|\d+")
_GROUPING = re.compile(r"[\s.,'’]")

#: How often a question is asked again after an answer that it can't take.
ASKED_AGAIN = 3


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
    """`quiet`: nothing but what is wrong. `as_json`: stdout has one JSON object and nothing else."""

    quiet: bool = False
    as_json: bool = False

    def tell(self, text: str = "") -> None:
        """The plan and other news: left out when quiet."""
        if not self.quiet:
            self.warn(text)

    def warn(self, text: str) -> None:
        """What has to be said in any case."""
        _print(text, sys.stderr)

    def mention(self, text: str) -> None:
        """What only somebody who waits there wants to know, not who reads cron's mail: that another run is at work."""
        if not self.quiet or _is_terminal(sys.stderr):
            self.warn(text)

    def complain(self, error: BulkgenError) -> None:
        """Why the command ends: another run that is at work is no news to nobody."""
        (self.mention if isinstance(error, LockedError) else self.warn)(str(error))

    def summary(self, text: str, data: Mapping[str, object], *, fine: bool = False) -> None:
        """The last word, on standard output; left out when quiet and all is `fine`."""
        if self.as_json:
            _write(harmless_json(data) + "\n", sys.stdout)  # no line of it may be broken
        elif text and not (self.quiet and fine):
            _print(text, sys.stdout)

    def line(self, text: str) -> None:
        """A line of its own on standard output, at once; whatever stands in it, it is one line."""
        _write("".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text) + "\n", sys.stdout)

    @property
    def interactive(self) -> bool:
        return _is_terminal(sys.stdin) and _is_terminal(sys.stderr)

    @property
    def on_screen(self) -> bool:
        """Whether a person reads the summary, and no file keeps it."""
        return _is_terminal(sys.stdout)

    @property
    def draws(self) -> bool:
        """Whether a progress bar has a terminal to be drawn on."""
        return not self.quiet and _is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb"

    @property
    def window(self) -> os.terminal_size | None:
        """How many columns and lines the messages have; None where they go to a file or another program."""
        return _window(sys.stderr)

    def ask(self, question: str, *, word: str = "") -> bool:
        """Yes or no; no answer is a no. `word`: the number that means yes, in place of y; asked again after another
        one, or anything else that is no no."""
        if not word:
            return (_answer(self._whole(f"{question} [y/N]")) or "").casefold() in ("y", "yes")

        prompt = self._whole(f"{question} Type {word} to go on:")
        for _ in range(ASKED_AGAIN):
            answer = (_answer(prompt) or "").casefold()
            if _NUMBER.fullmatch(answer) and _GROUPING.sub("", answer) == word:
                return True

            if answer in ("", "n", "no"):
                return False

            prompt = self._whole(f"Type {word}, or n:")
        return False

    def _whole(self, prompt: str) -> str:
        """The prompt as it fits the window, with a blank before the answer."""
        return f"{wrapped(prompt, self.window.columns) if self.window else prompt} "

    def choose(self, question: str, choices: Sequence[str], guess: int | None = None) -> int | None:
        """Which of the choices, by number or by its words: its index. `guess`: what Enter alone means.

        None without an answer: Ctrl-D, Enter where nothing is guessed, or three answers that are none of the choices.
        """
        lines = [f"  {number}  {choice}" for number, choice in enumerate(choices, 1)]
        self.warn("\n".join([question, *lines]))
        prompt = f"1-{len(choices)}: " if guess is None else f"1-{len(choices)}, Enter for {guess + 1}: "
        for _ in range(ASKED_AGAIN):
            answer = _answer(prompt)
            if not answer:
                return None if answer is None else guess

            names = [choice.casefold() for choice in choices]
            if answer.isdecimal() and 1 <= int(answer) <= len(choices):
                return int(answer) - 1

            if answer.casefold() in names:
                return names.index(answer.casefold())

            self.warn(f"Type a number from 1 to {len(choices)}.")
        return None

    def enter(self, question: str, guess: str = "") -> str:
        """What the person types; `guess` for Enter alone; "" without an answer."""
        self.warn(question)
        answer = _answer(f"Enter for {guess}: " if guess else "> ")
        return "" if answer is None else answer or guess


def _answer(prompt: str) -> str | None:
    """A line from the person; None where none comes (Ctrl-D, a terminal that was closed)."""
    try:
        _write(prompt, sys.stderr)  # Ctrl-C may come as soon as the prompt is on the screen
        line = sys.stdin.readline() if sys.stdin is not None else ""
    except (OSError, ValueError):
        line = ""
    except KeyboardInterrupt:
        _write("\n", sys.stderr)  # what is said next begins a line of its own
        raise

    if not line:
        _write("\n", sys.stderr)
    return line.strip() if line else None


def _print(text: str, stream: TextIO) -> None:
    parts = [harmless(part) for part in text.split(KEPT)]
    window = _window(stream)
    text = wrapped(KEPT.join(parts), window.columns) if window else KEPT.join(parts)
    _write(released(text) + "\n", stream)


def _write(text: str, stream: TextIO) -> None:
    with contextlib.suppress(OSError, ValueError):  # the terminal was closed: the run goes on
        stream.write(text)
        stream.flush()


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # it was closed
        return False


def _window(stream: TextIO | None) -> os.terminal_size | None:
    if stream is None or not _is_terminal(stream):
        return None

    try:
        size = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        size = os.terminal_size((0, 0))
    return os.terminal_size((size.columns or 80, size.lines or 24))  # a terminal that does not say
