"""A Python that has loaded what bulkgen needs, and becomes each program that it is asked for: `tests.forked` asks it.

It forks for every program. What comes then is a process like any other, with a folder, an environment, streams,
signals and an end of its own, except that Python and the packages have not to be loaded first. Nothing of bulkgen has
been called in it before.
"""

from __future__ import annotations

import fcntl
import gc
import json
import os
import runpy
import select
import signal
import socket
import sys
import termios
import types
from importlib import import_module
from pathlib import Path
from typing import Any

#: What a command loads, if it does not end before. What is not among them it loads itself, as any process would.
PACKAGES = (
    "bulkgen.batch.batch",
    "bulkgen.cli.app",
    "bulkgen.cli.commands",
    "bulkgen.cli.links",
    "bulkgen.cli.options",
    "bulkgen.cli.player",
    "bulkgen.cli.preview",
    "bulkgen.cli.report",
    "bulkgen.cli.standing",
    "bulkgen.results.book",
    "bulkgen.sandbox",
    "jsonschema",
    "openpyxl",
    "pandas",
    "tests.standin.server",
)

#: How many descriptors a request brings: the three streams, and where its process id and its end are told.
GIVEN = 4

#: More than the bytes of any request: the environment is most of them.
LONGEST = 1 << 20


def serve(asked: socket.socket) -> dict[str, Any] | None:
    """Forks for each request; gives it in the new process, and None when nobody can ask any more."""
    ends: dict[int, int] = {}  # by process id: where its end is told
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C of whoever runs the tests is for the tests
    while True:
        ready, _, _ = select.select([asked.fileno(), woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
            _bury(ends)
        if asked.fileno() not in ready:
            continue

        request = _received(asked)
        if request is None:
            return None

        told = request["given"][-1]
        pid = os.fork()
        if pid == 0:
            for descriptor in (asked.detach(), woken, wake, told, *ends.values()):
                os.close(descriptor)
            return request

        for descriptor in request["given"][:-1]:
            os.close(descriptor)
        ends[pid] = told
        os.write(told, f"{pid}\n".encode())


def _bury(ends: dict[int, int]) -> None:
    """Tells of each process that has ended how it did."""
    while ends:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return

        told = ends.pop(pid)
        try:
            os.write(told, f"{os.waitstatus_to_exitcode(status)}\n".encode())
        except BrokenPipeError:
            pass  # nobody waits for it any more
        finally:
            os.close(told)


def _received(asked: socket.socket) -> dict[str, Any] | None:
    """A line of JSON, with descriptors beside it."""
    line, given, _, _ = socket.recv_fds(asked, LONGEST, GIVEN)
    while line and not line.endswith(b"\n"):
        line += asked.recv(LONGEST)
    return {**json.loads(line), "given": given} if line else None


def become(request: dict[str, Any]) -> None:
    """Takes over the folder, the environment, the streams and the signals, and then runs the program."""
    for number, descriptor in enumerate(request["given"][:3]):
        os.dup2(descriptor, number)
    for descriptor in request["given"][:3]:
        if descriptor > 2:
            os.close(descriptor)
    if request["terminal"]:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.stdin = _stream(0, "r", errors=sys.stdin.errors)  # by the language of this computer
    sys.stdout = _stream(1, "w", errors=sys.stdout.errors, buffering=1 if os.isatty(1) else -1)
    sys.stderr = _stream(2, "w", buffering=1, errors="backslashreplace")
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr  # type: ignore[misc]
    _run(*request["words"])


def _stream(number: int, mode: str, **more: Any) -> Any:
    """One of the three, as Python makes it at its start."""
    return os.fdopen(number, mode, encoding="utf-8", closefd=False, **more)


def _run(kind: str, *words: str) -> None:
    """`-m MODULE …`, `-c PROGRAM …` or `FILE …`, as Python takes them."""
    sys.path[0] = str(Path.cwd())
    if kind == "-c":
        sys.argv = ["-c", *words[1:]]
        main = sys.modules["__main__"] = types.ModuleType("__main__")
        exec(compile(words[0], "<string>", "exec"), main.__dict__)
    elif kind == "-m":
        sys.argv = list(words)
        runpy.run_module(words[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = [kind, *words]
        sys.path[0] = str(Path(kind).absolute().parent)
        runpy.run_path(kind, run_name="__main__")


if __name__ == "__main__":
    for name in PACKAGES:
        import_module(name)
    gc.collect()
    gc.freeze()  # what a fork shares with this process stays shared
    with socket.socket(fileno=os.dup(0)) as asked:
        request = serve(asked)
    if request is not None:
        become(request)
