"""The whole command as a person types it: in this process, or in one of its own.

In this process it takes a tenth of the time, and so does every test that needs nothing else. What only a process shows
(signals, `kill -9`, a full disk, two at once, the streams as a shell gives them) is told with `in_a_process` and
`command`; that each command works in one is told there once.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from bulkgen.__main__ import main
from bulkgen.model import Table
from bulkgen.sheet import read_sheet
from tests.hurried import hurried, quick_rehearsals

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "sample_data"
STARTERS = ROOT / "templates_csv"

#: The sheets of the repository by name: what somebody's runs left beside them is none of them.
SAMPLE_NAMES = (
    "avatars.csv",
    "broken.csv",
    "cards.csv",
    "cinematic.csv",
    "crm_export.xlsx",
    "dubbing.csv",
    "leads.xlsx",
    "mixed.csv",
    "own_files.csv",
    "photos.csv",
    "product_tours.csv",
    "proofreads.csv",
    "races.csv",
    "training.csv",
    "translations.csv",
    "updates.csv",
    "voiceovers.csv",
    "voices.csv",
    "webinars.csv",
)
STARTER_NAMES = (
    "agent.csv",
    "avatar.csv",
    "cinematic.csv",
    "clipping.csv",
    "clone.csv",
    "content-repurposing.csv",
    "daily-broadcast.csv",
    "docs-to-video.csv",
    "greetings-and-recognition.csv",
    "hyperframes.csv",
    "image.csv",
    "ivr-and-podcast.csv",
    "lipsync.csv",
    "multilingual-content.csv",
    "onboarding-and-training.csv",
    "product-catalogue.csv",
    "product-demo.csv",
    "proofread.csv",
    "real-estate.csv",
    "sales-outreach.csv",
    "social-shorts.csv",
    "speech.csv",
    "studio.csv",
    "template.csv",
    "training-scenes.csv",
    "translation.csv",
    "voice.csv",
)


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Ours, without a key of the person who runs the tests. Streams are those that people have: with a buffer."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("HEYGEN_", "PYTHONUNBUFFERED"))}
    return {**mine, "HEYGEN_CONFIG_DIR": "/nonexistent", "PYTHONPATH": str(ROOT), **(extra or {})}


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "bulkgen", *map(str, arguments)]


def hurried_command(*arguments: object) -> list[str]:
    """The same without patience (`tests.hurried`), for what is no matter of seconds."""
    return [sys.executable, "-m", "tests.hurried", *map(str, arguments)]


#: What one command leaves behind: its exit code, and what it printed.
Done = subprocess.CompletedProcess[str]


def bulkgen(folder: Path, *arguments: object, env: Mapping[str, str] | None = None, stdin: str = "") -> Done:
    """Runs `bulkgen …` in the folder, in this process and hurried. No traceback ever reaches a person."""
    words = ["bulkgen", *map(str, arguments)]
    given, out, err = (io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8") for text in (stdin, "", ""))
    with (
        _nothing_left_behind(),
        hurried(),
        quick_rehearsals(),
        contextlib.chdir(folder),
        mock.patch.dict(os.environ, {**environment(env), "COLUMNS": "80", "LINES": "24"}, clear=True),
        mock.patch.multiple(sys, argv=words, stdin=given, stdout=out, stderr=err),
    ):
        try:
            main()
        except SystemExit as ended:
            if not isinstance(ended.code, int):  # a command tells its exit code; this was a test's power loss
                raise

            code = ended.code
        else:
            raise AssertionError("a command ends with its exit code")

    return _told(Done(words, code, _printed(out), _printed(err)))


def in_a_process(
    folder: Path, *arguments: object, env: Mapping[str, str] | None = None, stdin: str = "", timeout: float = 120
) -> Done:
    """Runs `bulkgen …` in the folder, in a process of its own and as patient as it is. No traceback either."""
    done = subprocess.run(
        command(*arguments),
        cwd=folder,
        env=environment(env),
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )
    return _told(done)


def _told(done: Done) -> Done:
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    return done


def _printed(stream: io.TextIOWrapper) -> str:
    stream.flush()
    data = stream.buffer
    assert isinstance(data, io.BytesIO)
    return data.getvalue().decode()


@contextlib.contextmanager
def _nothing_left_behind() -> Iterator[None]:
    """A command may take signals, the log and the garbage collector for its own, and gives none back: it is the
    last thing that its process does.
    """
    taken = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {sign: signal.getsignal(sign) for sign in taken}
    log, raising = logging.getLogger("bulkgen"), logging.raiseExceptions
    hook, unraisable = sys.excepthook, sys.unraisablehook
    handlers, level = log.handlers[:], log.level
    try:
        yield
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)
        for handler_of_log in log.handlers[:]:
            if handler_of_log not in handlers:
                log.removeHandler(handler_of_log)
                with contextlib.suppress(OSError):  # a full disk
                    handler_of_log.close()
        log.setLevel(level)
        logging.raiseExceptions, sys.excepthook, sys.unraisablehook = raising, hook, unraisable
        gc.unfreeze()


def avatars(folder: Path, count: int, name: str = "a.csv") -> None:
    """Writes a sheet of that many avatar videos."""
    rows = [f"look_ann,Hello number {n},crm-{n:03}" for n in range(count)]
    (folder / name).write_text("\n".join(["avatar_id,script,crm_id", *rows]))


#: Makes a program ignore no signal, and then is that program.
HEARING = """
import os, signal, sys
for name in {"SIGINT", "SIGHUP"} & {*dir(signal)}:
    signal.signal(getattr(signal, name), signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])
"""


def from_a_terminal(words: Sequence[str]) -> list[str]:
    """The same command as a terminal starts it: no signal is ignored, even if the tests run under nohup or in the
    background. It needs no function of Python's between fork and exec, which might hang beside the stand-in's thread.
    """
    return [sys.executable, "-IS", "-c", HEARING, *words]


def as_from_a_terminal() -> None:
    """The same in a child that was forked already, before its program."""
    for name in ("SIGINT", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)


def wait_for(condition: Callable[[], bool], seconds: float = 120) -> None:
    """Looks again and again; a machine may be slow, so the limit only keeps a test from hanging."""
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            raise TimeoutError("it did not happen in time")

        time.sleep(0.02)


def results(folder: Path, name: str) -> list[dict[str, str]]:
    """The lines of a results sheet, by header."""
    table = read_sheet(folder / name)
    return lines_of(table)


def lines_of(table: Table) -> list[dict[str, str]]:
    return [{header: row.cell(i).text for i, header in enumerate(table.headers)} for row in table.rows]


def events(path: Path) -> list[dict[str, Any]]:
    """The lines of a resume file; while its run is at work, room for more stands behind them."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").rstrip("\0").splitlines()]
