"""A recording, opened in the program that the computer plays recordings with."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path


def play(recording: Path) -> None:
    """Starts the player and does not wait for it. Where there is none, nothing happens: the file has been named."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            os.startfile(recording)
            return

        command = "afplay" if sys.platform == "darwin" else "xdg-open"
        if command == "afplay" or _has_screen():
            quiet = subprocess.DEVNULL
            player = subprocess.Popen(
                [command, str(recording)], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
            )
            player.returncode = 0  # nobody waits for it: Python is not to complain that it goes on


def _has_screen() -> bool:
    """Whether windows can be opened here: without one, `xdg-open` may start a browser of texts in the terminal."""
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
