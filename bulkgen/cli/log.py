"""The log of a command: the file of `--log-file`, or the one beside the resume file that `--log-format` turns on.

It has a line for each request, and one for what the run came to. Invariants: no key, no link and no cell's text gets in
(of an error of bulkgen's own only where it was, and its class); a line is one line, whatever is in it; nothing but a
log of bulkgen's is ever appended to or replaced. A log that can't go on (a full disk) is no reason to stop.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from bulkgen.cli.console import harmless
from bulkgen.errors import InputError, Unexpected

#: How large the log beside the resume file grows (bytes) until a new one is begun, and how many earlier ones are kept.
LARGEST, KEPT_LOGS = 1_000_000, 5

#: How each entry begins: the time, and how grave it is.
_LOG_LINE = re.compile(rb'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ |\{"time": "\d{4}-\d\d-\d\dT')

_LOG = logging.getLogger("bulkgen")
_LOG.addHandler(logging.NullHandler())  # without a log nothing of it is printed: Python would, what is a warning


def log_to(path: Path, form: str = "text", *, rotates: bool = False) -> None:
    """Has the package's log written to this file from now on, in this form: `text` or `json`.

    `rotates`: it is kept small, and earlier ones beside it as `NAME.1` to `NAME.5`. Raises `InputError` where that
    can't be.
    """
    name = str(path) if rotates else f"--log-file {path}"
    try:
        if not path.parent.is_dir() or path.is_dir():
            raise InputError(f"{name} can't be written there.")

        for each in (path, *_earlier(path)) if rotates else (path,):
            if _is_another(each) or (rotates and each.exists() and not each.is_file()):
                advice = "Rename it" if rotates else "Give the log another name"
                raise InputError(f"{str(each) if rotates else name} exists and is no log of bulkgen's. {advice}.")

        handler = _Rotating(path) if rotates else logging.FileHandler(path, encoding="utf-8", delay=True)
    except OSError as error:
        raise InputError(f"{name} can't be written: {error.strerror}.") from error

    logging.raiseExceptions = False  # no tracebacks of a log that can't go on
    handler.setFormatter(_FORMS[form]())
    _LOG.addHandler(handler)
    _LOG.setLevel(logging.INFO)


def log_file() -> Path | None:
    """The log that is being written."""
    return next((Path(each.baseFilename) for each in _handlers()), None)


def write_as(form: str) -> None:
    """The log goes on in this form."""
    for handler in _handlers():
        handler.setFormatter(_FORMS[form]())


def note(text: str, fields: Mapping[str, object]) -> None:
    """One line: the text; in JSON also the fields, among them its `event`."""
    _LOG.info("%(summary)s", {**fields, "summary": text})


def caution(text: str) -> None:
    """What somebody should know of."""
    _LOG.log(logging.WARNING, "%s", text)


def tell_unexpected(error: Unexpected) -> str:
    """What the person reads of it; where it was goes to the log, if there is one."""
    if (path := log_file()) is None:
        return f"{error} Run it again with --log-file bulkgen.log for details."

    _LOG.error("unexpected", exc_info=error.__cause__)
    return f"{error} The details are in {path}."


def _handlers() -> Iterator[logging.FileHandler]:
    return (each for each in _LOG.handlers if isinstance(each, logging.FileHandler))


def _earlier(path: Path) -> list[Path]:
    """The logs before this one, the latest first."""
    return [path.with_name(f"{path.name}.{number}") for number in range(1, KEPT_LOGS + 1)]


def _is_another(path: Path) -> bool:
    """Whether a file stands there that is no log: it would be spoilt. Raises `OSError`."""
    if not path.is_file():
        return False

    with path.open("rb") as file:
        first = file.readline(100)
    return bool(first) and not _LOG_LINE.match(first)


class _Rotating(RotatingFileHandler):
    """The log of a sheet, which only its owner may read. Two runs may have it open at once: where one can't begin a new
    file for that (Windows), it goes on in the old one."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=LARGEST, backupCount=KEPT_LOGS, encoding="utf-8", delay=True)

    def _open(self) -> Any:
        return open(self.baseFilename, "a", encoding="utf-8", opener=partial(os.open, mode=0o600))

    def doRollover(self) -> None:
        with contextlib.suppress(OSError):
            super().doRollover()


class _Text(logging.Formatter):
    """`2026-11-22 07:00:05,123 INFO run leads.xlsx: exit 0, 12 made, 0 failed, 3 left, $4.20`"""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        return harmless(super().formatMessage(record)).replace("\n", "\\n")

    def formatException(self, exc_info: Any) -> str:
        return "\n".join(_whereabouts(exc_info[1]))


class _Json(logging.Formatter):
    """An object a line: `time`, `level`, `event`, and the fields of what is told; else a `message`."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC)
        told = record.args if isinstance(record.args, Mapping) else {"event": "note", "message": record.getMessage()}
        data = {
            "time": f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z",
            "level": record.levelname,
            **told,
        }
        if record.exc_info and record.exc_info[1]:
            data |= {"event": "unexpected", "where": [*_whereabouts(record.exc_info[1])]}
        return json.dumps(data)


_FORMS: Mapping[str, type[logging.Formatter]] = {"text": _Text, "json": _Json}


def _whereabouts(error: BaseException) -> Iterator[str]:
    """The class of an error and where it was raised, and of those behind it; its words may quote a cell."""
    seen: BaseException | None = error
    while seen is not None:
        yield type(seen).__name__
        for frame in traceback.extract_tb(seen.__traceback__):
            yield f"  {frame.filename}:{frame.lineno} in {frame.name}"
        seen = seen.__cause__ or seen.__context__
