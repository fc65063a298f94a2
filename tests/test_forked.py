"""A process that was forked from a loaded Python is like one that was started: `tests.forked` against `subprocess`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import environment
from tests.forked import PIPE, forked

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")

#: What a process can know of itself, and how it ends.
PROGRAM = """
import os, signal, sys
streams = (sys.stdin, sys.stdout, sys.stderr)
print(sys.argv, os.getcwd(), __name__, sorted(vars(sys.modules["__main__"]).keys() & {"os", "serve"}))
print([(each.encoding, each.errors, each.line_buffering, each.isatty(), each.fileno()) for each in streams[1:]])
print([signal.getsignal(sign) for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)])
print(sorted(os.environ), os.environ["MINE"], sys.stdin.read(), os.getsid(0), os.getpgid(0))
print(sorted(number for number in range(3, 60) if os.path.exists(f"/proc/self/fd/{number}") and number != 3))
print("told to", sys.argv[1], file=sys.stderr)
if sys.argv[1] == "raise":
    raise ValueError("no")
if sys.argv[1] == "stop":
    raise KeyboardInterrupt
if sys.argv[1] == "die":
    os.kill(os.getpid(), signal.SIGKILL)
sys.exit({"exit": 7, "say": "in words"}[sys.argv[1]])
"""


@pytest.mark.parametrize("end", ["exit", "say", "raise", "stop", "die"])
def test_a_forked_process_is_what_a_started_one_is(tmp_path: Path, end: str) -> None:
    words, env = [sys.executable, "-c", PROGRAM, end, "ü"], environment({"MINE": "yes"})
    started = subprocess.run(words, cwd=tmp_path, env=env, input="", capture_output=True, text=True, check=False)
    with forked(words, cwd=tmp_path, env=env, stdin=PIPE, stdout=PIPE, stderr=PIPE) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (started.returncode, started.stdout)
    assert err.splitlines()[-1] == started.stderr.splitlines()[-1]


def test_it_is_waited_for_and_killed(tmp_path: Path) -> None:
    process = forked([sys.executable, "-c", "input()"], cwd=tmp_path, env=environment(), stdin=PIPE)
    assert process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0)
    assert process.communicate() == ("", "")  # and nothing more is typed
    assert process.returncode == 1
    process = forked([sys.executable, "-c", "input()"], cwd=tmp_path, env=environment(), stdin=PIPE)
    with process:
        process.kill()
    assert process.returncode == -signal.SIGKILL
