"""Processes that have loaded bulkgen before they begin: a tenth of a second each in place of one.

    run = forked(hurried_command("run", "leads.csv", "--yes"), cwd=tmp_path, env=environment(heygen.env))
    run.kill()
    assert run.wait() == -signal.SIGKILL

They are processes of their own in all that can happen to one: signals, `kill -9`, terminals, locks, two at once. Only
how one is loaded can't be seen in them, nor what Python makes of its streams before the first line: that is told with
`subprocess`. All are forks of one process for each worker (`tests.loaded`), which the first of them starts.
"""

from __future__ import annotations

import functools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

from tests.command import ROOT, environment

DEVNULL, PIPE = subprocess.DEVNULL, subprocess.PIPE


class Loaded:
    """The process whose forks they are."""

    def __init__(self) -> None:
        self._asked, its = socket.socketpair()
        # One thread is all that a process may have that forks: NumPy would start some for its sums.
        env = {**environment(), "OPENBLAS_NUM_THREADS": "1"}
        with its:
            words = [sys.executable, "-m", "tests.loaded"]
            self._process = subprocess.Popen(words, stdin=its.fileno(), cwd=ROOT, env=env)

    def ask(self, request: Mapping[str, object], given: Sequence[int]) -> None:
        line = json.dumps(request).encode() + b"\n"
        sent = socket.send_fds(self._asked, [line], given)
        self._asked.sendall(line[sent:])

    def close(self) -> None:
        self._asked.close()
        self._process.wait()


@functools.cache
def _loaded() -> Loaded:
    return Loaded()


def end_of_forks() -> None:
    """No more of them: the process behind them comes to its end."""
    if _loaded.cache_info().currsize:
        _loaded().close()
        _loaded.cache_clear()


class Forked:
    """What `subprocess.Popen` is to other processes. Its streams are text; `returncode` is None while it is at work."""

    def __init__(
        self,
        words: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        stdin: int | None,
        stdout: int | None,
        stderr: int | None,
        terminal: bool,
    ) -> None:
        self.returncode: int | None = None
        self.stdin: IO[str] | None = None
        self.stdout: IO[str] | None = None
        self.stderr: IO[str] | None = None
        self._told, tells = os.pipe()
        given, its = [], [tells]
        for number, (name, asked) in enumerate((("stdin", stdin), ("stdout", stdout), ("stderr", stderr))):
            if asked == DEVNULL:
                its.append(os.open(os.devnull, os.O_RDWR))
            elif asked == PIPE:
                reads, writes = os.pipe()
                ours, theirs, mode = (reads, writes, "r") if number else (writes, reads, "w")
                setattr(self, name, os.fdopen(ours, mode, encoding="utf-8"))
                its.append(theirs)
            given.append(its[-1] if asked in (DEVNULL, PIPE) else number if asked is None else asked)
        _loaded().ask(
            {"words": list(words[1:]), "cwd": str(cwd), "env": dict(env), "terminal": terminal},
            [*given, tells],
        )
        for descriptor in its:
            os.close(descriptor)
        self._tells = os.fdopen(self._told, encoding="ascii")
        self.pid = int(self._tells.readline())

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], 0)[0]:
            return self.wait()

        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code. Raises `subprocess.TimeoutExpired`."""
        if self.returncode is None:
            if not select.select([self._told], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired([f"process {self.pid}"], timeout or 0)

            self.returncode = int(self._tells.readline())
            self._tells.close()
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Closes what it reads, and gives what it printed, once it has ended. Raises `subprocess.TimeoutExpired`."""
        if self.stdin:
            self.stdin.close()
        told = {"stdout": "", "stderr": ""}

        def read(name: str, stream: IO[str]) -> None:
            told[name] = stream.read()

        streams = [(name, stream) for name in told if (stream := getattr(self, name))]
        readers = [threading.Thread(target=read, args=each, daemon=True) for each in streams]
        for reader in readers:
            reader.start()
        try:
            self.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        finally:
            for reader in readers:
                reader.join()
            for _, stream in streams:
                stream.close()
        return told["stdout"], told["stderr"]

    def send_signal(self, sign: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, sign)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Forked:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stream in (self.stdin, self.stdout, self.stderr):
            if stream:
                stream.close()
        self.wait()


def forked(
    words: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    stdin: int | None = DEVNULL,
    stdout: int | None = DEVNULL,
    stderr: int | None = DEVNULL,
    terminal: bool = False,
) -> Forked | subprocess.Popen[str]:
    """Starts it: Python with its arguments, as `tests.command` makes them. It ignores no signal, whatever the tests
    do. `terminal`: what is given as `stdin` is the terminal of a session of its own.
    """
    if not hasattr(os, "fork"):
        return subprocess.Popen(words, cwd=cwd, env=env, stdin=stdin, stdout=stdout, stderr=stderr, text=True)

    assert words[0] == sys.executable
    return Forked(words, cwd=cwd, env=env, stdin=stdin, stdout=stdout, stderr=stderr, terminal=terminal)
