"""A notice on its way: to all targets at once, for so long and no longer.

Never prints, and never raises for what a target does. What apprise says of a failure may quote an address: only what
sort of failure it is comes out of here, in words of our own.
"""

from __future__ import annotations

import logging
import re
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from queue import Empty, SimpleQueue
from threading import Thread, get_ident

from bulkgen.notices.targets import Target

#: How long all targets together are waited for (seconds).
PATIENCE = 30.0

_log = logging.getLogger("bulkgen")

_STATUS = re.compile(r"\berror=(\d{3})\b")


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told. `sort`: `success`, `warning` or `failure`, or `info`, which some services show as a colour."""

    title: str
    body: str
    sort: str = "info"


@dataclass(frozen=True, slots=True)
class Delivery:
    """`trouble`: why it did not go; "" if it went."""

    target: Target
    trouble: str


def send(notice: Notice, targets: Sequence[Target], patience: float = PATIENCE) -> list[Delivery]:
    """Sends it to each target and says what became of it, in their order. Ctrl-C ends the waiting, and is raised.

    A target that does not answer is left behind in its thread, which does not keep the process from ending.
    """
    answers: SimpleQueue[tuple[int, str]] = SimpleQueue()
    troubles: dict[int, str] = {}
    limit = time.monotonic() + patience
    heard, leave = _listen()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a library's own, such as of a certificate that nobody verifies
        for at, target in enumerate(targets):
            Thread(target=_deliver, args=(at, target, notice, heard, answers), daemon=True).start()
        while len(troubles) < len(targets):
            try:
                at, trouble = answers.get(timeout=max(limit - time.monotonic(), 0.0))
            except Empty:
                break

            troubles[at] = trouble
    if len(troubles) == len(targets):  # who is late may still have something to say, with an address in it
        leave()
    late = f"no answer within {patience:g} s"
    deliveries = [Delivery(target, troubles.get(at, late)) for at, target in enumerate(targets)]
    for each in deliveries:
        _log.log(
            logging.WARNING if each.trouble else logging.INFO,
            "notice to %s: %s",
            each.target.shown,
            each.trouble or "sent",
        )
    return deliveries


def _deliver(
    at: int, target: Target, notice: Notice, heard: dict[int, list[str]], answers: SimpleQueue[tuple[int, str]]
) -> None:
    from apprise import NotifyFormat, NotifyType

    try:
        went = target.service.notify(
            title=notice.title, body=notice.body, notify_type=NotifyType(notice.sort), body_format=NotifyFormat.TEXT
        )
        answers.put((at, "" if went else _trouble(heard.pop(get_ident(), []))))
    except Exception as error:  # noqa: BLE001 - two hundred services of a library, and none may hurt a run
        answers.put((at, f"{type(error).__name__} in the service's own code"))


def _trouble(said: Sequence[str]) -> str:
    """What sort of failure apprise's warnings are about."""
    for text in said:
        if found := _STATUS.search(text):
            code = int(found[1])
            words = f" {HTTPStatus(code).phrase}" if code in [*HTTPStatus] else ""
            return f"the answer was {code}{words}"

    if any("onnection error" in text or "ocket" in text for text in said):
        return "no connection, or the server refused it"

    return "it was not taken"


def _listen() -> tuple[dict[int, list[str]], Callable[[], None]]:
    """apprise's warnings from now on, by the thread that they come from; nobody else gets them until it is left."""
    heard: dict[int, list[str]] = {}

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.setdefault(record.thread or 0, []).append(record.getMessage())

    log, listener = logging.getLogger("apprise"), Listener(logging.WARNING)
    before, log.propagate = log.propagate, False
    log.addHandler(listener)

    def leave() -> None:
        log.removeHandler(listener)
        log.propagate = before

    return heard, leave
