"""Ctrl-C, SIGTERM and a closed terminal at every moment of a command, in processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import anyio
import pytest

from bulkgen.cli.signals import Stops, interrupted, raising_interrupts
from bulkgen.errors import Exit
from tests.command import avatars, environment, events, from_a_terminal, hurried_command, results, wait_for
from tests.forked import PIPE, Forked, forked
from tests.standin.thread import Nearby

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX signals")

RUN = ("run", "a.csv", "--yes")

#: `bulkgen` that sends itself Ctrl-C as soon as a module of that name is being imported.
IMPORTING = """
import os, signal, sys
name = sys.argv.pop(1)
from bulkgen.__main__ import main
sys.addaudithook(lambda event, facts: event == "import" and facts[0] == name and os.kill(os.getpid(), signal.SIGINT))
main()
"""

#: `bulkgen` that sends itself a signal as soon as that function is called.
CALLING = """
import importlib, os, sys
sign, (module, *of, name) = int(sys.argv.pop(1)), sys.argv.pop(1).split()
from bulkgen.__main__ import main
from tests.hurried import hurried
owner = importlib.import_module(module)
for step in of:
    owner = getattr(owner, step)
function = getattr(owner, name)
def interrupted(*arguments):
    os.kill(os.getpid(), sign)
    return function(*arguments)
setattr(owner, name, interrupted)
with hurried():
    main()
"""

#: The same while an object is being dropped: whatever is raised there is lost.
DROPPING = CALLING.replace(
    "def interrupted(*arguments):\n    os.kill(os.getpid(), sign)",
    """
class Dropped:
    def __del__(self):
        os.kill(os.getpid(), sign)
def interrupted(*arguments):
    Dropped()""",
)


Start = Callable[..., "Forked | subprocess.Popen[str]"]


@pytest.fixture
def started() -> Iterator[Start]:
    """Starts commands that the test need not wait for: what still runs at its end is killed.

    `prefix`: a program that starts them; then they are no forks.
    """
    runs: list[Forked | subprocess.Popen[str]] = []

    def start(
        folder: Path, heygen: Nearby, words: list[str], prefix: Sequence[str] = ()
    ) -> Forked | subprocess.Popen[str]:
        env = environment(heygen.env)
        if prefix:
            words = from_a_terminal([*prefix, *words])
            runs.append(subprocess.Popen(words, cwd=folder, env=env, stdout=PIPE, stderr=PIPE, text=True))
        else:
            runs.append(forked(words, cwd=folder, env=env, stdout=PIPE, stderr=PIPE))
        return runs[-1]

    yield start

    for run in runs:
        with run:
            run.kill()


def ended(folder: Path, env: Mapping[str, str], *words: str) -> tuple[int, str, str]:
    """A program of Python's with its arguments, run to its end."""
    with forked([sys.executable, "-c", *words], cwd=folder, env=environment(env), stdout=PIPE, stderr=PIPE) as run:
        out, err = run.communicate(timeout=120)
        code = run.wait()
    assert "Traceback" not in err
    return code, out, err


def loaded(folder: Path, env: Mapping[str, str], *words: str) -> tuple[int, str, str]:
    """The same in a Python that has to load all of it."""
    done = subprocess.run(
        from_a_terminal([sys.executable, "-c", *words]),
        cwd=folder,
        env=environment(env),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def submitted(folder: Path) -> int:
    path = folder / "a.csv.resume.jsonl"
    return sum(event["event"] == "submitted" for event in events(path)) if path.exists() else 0


def asked(heygen: Nearby) -> int:
    """How often the run has asked how its jobs are."""
    return heygen.world.counts["GET /v3/videos/statuses"]


# While it is loaded --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "module", ["typer", "bulkgen.cli.app", "bulkgen.cli.options", "bulkgen.batch.batch", "pydantic"]
)
def test_ctrl_c_while_the_program_is_loaded_ends_it_in_a_word(tmp_path: Path, module: str) -> None:
    avatars(tmp_path, 2)
    with Nearby(tmp_path / "ledger.jsonl", time_scale=0.001) as heygen:
        code, out, err = loaded(tmp_path, heygen.env, IMPORTING, module, *RUN)
        assert not heygen.ledger.charges
    assert (code, out, err) == (Exit.INTERRUPTED, "", "Interrupted. Nothing was sent.\n")
    assert [path.name for path in tmp_path.glob("a.*")] == ["a.csv"]


# Before anything is sent ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("program", [CALLING, DROPPING], ids=["calling", "dropping"])
@pytest.mark.parametrize("moment", ["bulkgen.ledger.file_ledger FileLedger take", "bulkgen.heygen.client HeyGen me"])
def test_ctrl_c_before_anything_is_sent_says_so_and_leaves_no_lock(tmp_path: Path, moment: str, program: str) -> None:
    avatars(tmp_path, 2)
    with Nearby(tmp_path / "ledger.jsonl", time_scale=0.001) as heygen:
        code, _out, err = ended(tmp_path, heygen.env, program, str(int(signal.SIGINT)), moment, *RUN)
        assert not heygen.ledger.charges
    assert (code, err.splitlines()[-1]) == (Exit.INTERRUPTED, "Interrupted. Nothing was sent.")
    assert [path.name for path in tmp_path.glob("a.*")] == ["a.csv"]


#: Ctrl-C in the last step of an event loop: none is left in which it could be raised.
LATE = """
import asyncio, os, signal
from bulkgen.cli.signals import Stops, quit_on_interrupt, raise_on_interrupt
quit_on_interrupt()
raise_on_interrupt()
loop = asyncio.new_event_loop()
loop.call_soon(loop.stop)
loop.call_soon(os.kill, os.getpid(), signal.SIGINT)
loop.run_forever()
asyncio.run(Stops().wait())
print("stopped")
"""


def test_a_ctrl_c_that_comes_when_no_step_is_left_to_raise_it_in_stops_what_follows(tmp_path: Path) -> None:
    assert ended(tmp_path, {}, LATE) == (0, "stopped\n", "")


def test_windows_asks_by_a_signal_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "SIGBREAK", signal.SIGUSR1, raising=False)
    before = {sign: signal.getsignal(sign) for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1)}

    async def is_heard(stops: Stops) -> bool:
        with anyio.move_on_after(0.5) as patience:
            await stops.wait()
        return not patience.cancelled_caught

    signal.signal(signal.SIGUSR1, lambda *_: None)
    try:
        stops = Stops()
        os.kill(os.getpid(), signal.SIGUSR1)
        assert anyio.run(is_heard, stops)
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


# While it sends ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_in_the_moment_before_the_first_is_sent_sends_nothing_and_writes_the_results(
    tmp_path: Path, sign: signal.Signals
) -> None:
    avatars(tmp_path, 2)
    with Nearby(tmp_path / "ledger.jsonl", time_scale=0.001) as heygen:
        code, _out, err = ended(tmp_path, heygen.env, CALLING, str(int(sign)), "bulkgen.batch.batch carry_out", *RUN)
        assert not heygen.ledger.charges
    assert code == Exit.INTERRUPTED
    assert "Stopping: nothing more is sent." in err
    assert [line["result_status"] for line in results(tmp_path, "a.results.csv")] == ["queued"] * 2


@pytest.mark.parametrize("signs", [[signal.SIGINT], [signal.SIGTERM], [signal.SIGHUP, signal.SIGHUP]])
def test_a_signal_in_the_middle_tells_the_truth_and_the_next_run_collects(
    tmp_path: Path, started: Start, signs: list[signal.Signals]
) -> None:
    """A terminal that is closed may say so twice: once by itself, once by its shell."""
    avatars(tmp_path, 14)
    with Nearby(tmp_path / "ledger.jsonl", never_ends=True, time_scale=0.005) as heygen:
        run = started(tmp_path, heygen, hurried_command(*RUN))
        wait_for(lambda: submitted(tmp_path) == 10)
        known = asked(heygen)
        wait_for(lambda: asked(heygen) > known)  # about all ten: by then the run knows what stands in its file
        for sign in signs:
            run.send_signal(sign)
        out, err = run.communicate(timeout=120)
        assert run.returncode == Exit.INTERRUPTED
        assert "10 videos already at HeyGen will finish and be charged" in err
        assert "Traceback" not in err
        lines = results(tmp_path, "a.results.csv")
        assert sorted(line["result_status"] for line in lines) == ["queued"] * 4 + ["rendering"] * 10
        assert "bulkgen run a.csv" in out
        heygen.world.change(never_ends=False)
        again = started(tmp_path, heygen, hurried_command(*RUN))
        assert again.communicate(timeout=120)
        assert again.returncode == Exit.OK
        assert set(heygen.ledger.per("key").values()) == {1}
        assert len(heygen.ledger.charges) == 14


@pytest.mark.parametrize("pauses", [(0.0, 0.05), (0.2, 0.1), (0.6, 0.02)])
def test_interrupted_twice_it_never_says_that_nothing_was_sent_when_something_was(
    tmp_path: Path, started: Start, pauses: tuple[float, float]
) -> None:
    """The pauses begin once it is at work: how long it takes to load is the machine's."""
    avatars(tmp_path, 14)
    with Nearby(tmp_path / "ledger.jsonl", never_ends=True) as heygen:
        run = started(tmp_path, heygen, hurried_command(*RUN))
        wait_for((tmp_path / "a.csv.resume.jsonl.lock").exists)
        for pause in pauses:
            time.sleep(pause)
            if run.poll() is None:
                run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=120)
        assert run.returncode == Exit.INTERRUPTED
        if heygen.ledger.charges:
            assert "Nothing was sent" not in err + out
        assert "Traceback" not in err


def test_ctrl_c_while_a_class_is_being_made_is_still_told_as_ctrl_c() -> None:
    """Python 3.11 wraps it in a RuntimeError there; an import may be making one at any moment."""

    class Interrupting:
        def __set_name__(self, owner: type, name: str) -> None:
            raise KeyboardInterrupt

    with pytest.raises((RuntimeError, KeyboardInterrupt)) as caught:
        type("Made", (), {"field": Interrupting()})
    assert interrupted(caught.value)
    assert not interrupted(RuntimeError("another"))


def test_the_second_ctrl_c_ends_it_although_an_answer_is_still_waited_for(tmp_path: Path, started: Start) -> None:
    avatars(tmp_path, 1)
    with Nearby(tmp_path / "ledger.jsonl", post_seconds=[3600.0, 3600.0]) as heygen:
        run = started(tmp_path, heygen, hurried_command(*RUN))
        wait_for(lambda: bool(heygen.ledger.charges))
        run.send_signal(signal.SIGINT)
        assert run.stderr is not None
        wait_for(lambda: "Waiting for 1 answer" in str(run.stderr and run.stderr.readline()))
        run.send_signal(signal.SIGINT)
        run.communicate(timeout=120)
    assert run.returncode == Exit.INTERRUPTED


# When all is done ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize(
    "moment",
    [
        "bulkgen.batch.writing Writer write",
        "bulkgen.ledger.file_ledger FileLedger leave",
        "bulkgen.cli.commands report_ran",
    ],
)
def test_a_stop_after_the_last_job_changes_nothing_of_what_is_told(
    tmp_path: Path, sign: signal.Signals, moment: str
) -> None:
    avatars(tmp_path, 2)
    with Nearby(tmp_path / "ledger.jsonl", time_scale=0.001) as heygen:
        code, out, err = ended(tmp_path, heygen.env, CALLING, str(int(sign)), moment, *RUN)
        assert len(heygen.ledger.charges) == 2
    assert (code, out.splitlines()[0]) == (Exit.OK, "2 videos: 2 done.")
    assert "Nothing was sent" not in err
    assert [line["result_status"] for line in results(tmp_path, "a.results.csv")] == ["done"] * 2
    assert not list(tmp_path.glob("*.lock"))


# Signals that are not for it -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prefix", "sign"),
    [(["nohup"], signal.SIGHUP), (["sh", "-c", "trap '' INT; exec \"$@\"", "sh"], signal.SIGINT)],
    ids=["nohup", "in the background of a shell"],
)
def test_a_signal_that_was_ignored_at_the_start_is_ignored_to_the_end(
    tmp_path: Path, started: Start, prefix: list[str], sign: signal.Signals
) -> None:
    avatars(tmp_path, 3)
    with Nearby(tmp_path / "ledger.jsonl", never_ends=True, time_scale=0.001) as heygen:
        run = started(tmp_path, heygen, hurried_command(*RUN), prefix)
        wait_for((tmp_path / "a.csv.resume.jsonl.lock").exists)
        run.send_signal(sign)
        wait_for(lambda: submitted(tmp_path) == 3)
        run.send_signal(sign)
        heygen.world.change(never_ends=False)
        out, err = run.communicate(timeout=120)
    assert (run.returncode, "Stopping" in err) == (Exit.OK, False), err
    assert "3 done." in out


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("ignored", [False, True])
def test_while_others_are_told_a_signal_ends_the_waiting_but_not_one_that_is_ignored(
    sign: signal.Signals, ignored: bool
) -> None:
    heard: list[int] = []
    before = signal.signal(sign, signal.SIG_IGN if ignored else lambda number, _frame: heard.append(number))
    try:
        with raising_interrupts() if ignored else pytest.raises(KeyboardInterrupt), raising_interrupts():
            signal.raise_signal(sign)
        signal.raise_signal(sign)
    finally:
        signal.signal(sign, before)
    assert heard == ([] if ignored else [sign])
