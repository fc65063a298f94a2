"""The person's own command for the end of a run. It gets the summary on its standard input, and no shell reads it."""

from __future__ import annotations

import json
import logging
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bulkgen.errors import InputError

#: How long the command may take (seconds).
PATIENCE = 120.0

#: So much of its output goes into the log (bytes), from its end.
SHOWN = 2000

#: What it does not get of our environment: secrets that are not its own.
_SECRET = ("HEYGEN_API_KEY", "BULKGEN_MCP_TOKEN", "BULKGEN_NOTIFY")

_log = logging.getLogger("bulkgen")


@dataclass(frozen=True, slots=True)
class Finishing:
    """`words`: the program and its arguments."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, command: str, platform: str = sys.platform) -> Finishing:
        """As it was typed, taken apart as a shell would. Raises `InputError` for a command that can't be started."""
        try:
            words = shlex.split(command, posix=platform != "win32")
        except ValueError:
            raise InputError(f"--on-finish {command!r}: a quotation mark is not closed.") from None

        if platform == "win32":  # whose paths have backslashes, and whose quotation marks stand around whole words
            words = [word[1:-1] if len(word) > 1 and word[0] == word[-1] == '"' else word for word in words]
        if not words:
            raise InputError("--on-finish needs a command, such as --on-finish 'python after.py'.")

        program = shutil.which(Path(words[0]).expanduser())
        if program is None:
            raise InputError(
                f"--on-finish: there is no program {words[0]!r} on this computer. No shell reads the command: for what "
                "only a shell does, type one: --on-finish \"sh -c '…'\". Nothing was sent."
            )

        return cls((str(Path(program).absolute()), *words[1:]))

    def command(self, platform: str = sys.platform) -> str:
        """As `of` reads it, wherever it is typed: with the whole path of its program."""
        if platform != "win32":
            return shlex.join(self.words)

        return " ".join(f'"{word}"' if not word or " " in word else word for word in self.words)

    def carry_out(self, data: Mapping[str, object], patience: float = PATIENCE) -> str:
        """Starts it with the object as JSON on its standard input; why that went wrong, "" if it did not.

        What it prints goes to the log. Its time over, it is ended, and what it started with it.
        """
        try:
            trouble, said = self._carried_out(json.dumps(data, ensure_ascii=False), patience)
        except OSError as error:
            trouble, said = f"it could not be started ({error.strerror})", ""
        printed = f"; it printed: {said!r}" if said else ""
        _log.info("--on-finish: %s%s", trouble or "done", printed)
        last = said.splitlines()[-1] if trouble and said else ""
        return f"{trouble}: {last[:200]}" if last else trouble

    def _carried_out(self, given: str, patience: float) -> tuple[str, str]:
        """What went wrong, and the end of what it printed. Raises `OSError`.

        Files, not pipes: nothing waits for a command that reads nothing, or for what it left running.
        """
        environ = {name: value for name, value in os.environ.items() if name not in _SECRET}
        with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as printed:
            source.write(given.encode("utf-8", "backslashreplace") + b"\n")
            source.seek(0)
            process = subprocess.Popen(
                self.words, stdin=source, stdout=printed, stderr=subprocess.STDOUT, env=environ, start_new_session=True
            )
            try:
                code = process.wait(patience)
                trouble = f"it ended with exit code {code}" if code else ""
            except subprocess.TimeoutExpired:
                trouble = f"it was ended after {patience:g} s"
            finally:
                _end(process)
            printed.seek(max(printed.seek(0, os.SEEK_END) - SHOWN, 0))
            return trouble, printed.read().decode("utf-8", "replace").strip()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends it if it is still at work."""
    if process.poll() is not None:
        return

    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
