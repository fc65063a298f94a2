"""The file of `--log-file`, and how a mistake of bulkgen's own is told. Nothing is logged anywhere else."""

from __future__ import annotations

import re
from pathlib import Path

from bulkgen.errors import InputError, Unexpected

#: How each entry begins: the time, and how grave it is.
_LOG_LINE = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ ")


def log_to(path: Path) -> None:
    """Has the package's log written to this file from now on; raises `InputError` where that can't be."""
    import logging

    try:
        if not path.parent.is_dir() or path.is_dir():
            raise InputError(f"--log-file {path} can't be written there.")

        if _is_another(path):
            raise InputError(f"--log-file {path} exists and is no log of bulkgen's. Give the log another name.")

        handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    except OSError as error:
        raise InputError(f"--log-file {path} can't be written: {error.strerror}.") from error

    logging.raiseExceptions = False  # a log that can't go on (a full disk) is no reason to print tracebacks
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log = logging.getLogger("bulkgen")
    log.addHandler(handler)
    log.setLevel(logging.INFO)


def _is_another(path: Path) -> bool:
    """Whether a file stands there that is no log: it would be spoilt. Raises `OSError`."""
    if not path.is_file():
        return False

    with path.open("rb") as file:
        first = file.readline(100)
    return bool(first) and not _LOG_LINE.match(first)


def tell_unexpected(error: Unexpected, log_file: Path | None) -> str:
    """What the person reads of it; its traceback goes to the log, if there is one."""
    if log_file is None:
        return f"{error} Run it again with --log-file bulkgen.log for details."

    import logging

    logging.getLogger("bulkgen").error("unexpected", exc_info=error.__cause__)
    return f"{error} The details are in {log_file}."
