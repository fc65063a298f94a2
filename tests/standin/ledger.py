"""The stand-in's ledger: append-only JSON lines, each flushed, and the questions that tests ask of it.

Every line has `event`, `n` (its number) and `t` (the account's time), and by its event:

* `charge`    path, key, title, callback_id, id, ids, body, wish, price (of a template also `unfilled`: texts left out)
* `replay`    path, key, ids, body, same_wish: the first answer was given again, nothing was charged
* `conflict`  path, key: 409 request_in_progress
* `refusal`   method, path, key, status, code, param, message (reads of an unknown id too)
* `end`       id, status (`completed` or `failed`), code: when a job ended, to the second, not when somebody looked
* `fault`     method, path, key, fault: what was done to this request
* `piece`     path, range: a part of a file was asked for
* `leak`      path, what: the API key, or a header for it, arrived where it must not go
* `unfit`     path, why: a request or an answer that HeyGen's schemas do not have
* `settings`  changes made at run time

`body` is a hash of the whole body, `wish` one of the path and what was asked for: the body without title, folder and
callbacks. Two charges with one wish are one thing paid for twice, unless the first job failed.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TextIO

Line = dict[str, Any]

_LABELS = frozenset({"title", "folder_id", "callback_id", "callback_url"})


class Ledger:
    """The lines; those written go to the file at once, if there is one."""

    def __init__(self, path: Path | None = None, lines: Iterable[Line] = ()) -> None:
        self.lines = list(lines)
        self._file: TextIO | None = path.open("a", encoding="utf-8", buffering=1) if path else None

    @classmethod
    def read(cls, path: Path) -> Ledger:
        """What a stand-in wrote so far; a line that is just being written is left out."""
        whole = path.read_text(encoding="utf-8").rpartition("\n")[0] if path.exists() else ""
        return cls(lines=map(json.loads, whole.splitlines()))

    def write(self, event: str, at: float, **facts: object) -> None:
        line: Line = {"event": event, "n": len(self.lines) + 1, "t": round(at, 3), **facts}
        self.lines.append(line)
        if self._file:
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def close(self) -> None:
        if self._file:
            self._file.close()

    def of(self, event: str, **facts: object) -> list[Line]:
        """The lines of an event that have these facts."""
        return [
            line
            for line in self.lines
            if line["event"] == event and all(line.get(name) == value for name, value in facts.items())
        ]

    @property
    def charges(self) -> list[Line]:
        return self.of("charge")

    @property
    def leaks(self) -> list[Line]:
        return self.of("leak")

    def per(self, fact: str) -> Counter[Any]:
        """How many charges there are for each value: `per("key")`, `per("wish")`, `per("title")`."""
        return Counter(line[fact] for line in self.charges)

    def paid_twice(self) -> dict[str, list[Line]]:
        """Charges by wish, where more than one of them bought something: jobs that ended failed do not count."""
        failed = {line["id"] for line in self.of("end", status="failed")}
        bought: dict[str, list[Line]] = {}
        for line in self.charges:
            if not failed.issuperset(line["ids"]):
                bought.setdefault(line["wish"], []).append(line)
        return {wish: lines for wish, lines in bought.items() if len(lines) > 1}

    def changed_wishes(self) -> list[Line]:
        """Replays whose body asked for something else than the first one: the key should have been another."""
        return self.of("replay", same_wish=False)


def body_hash(body: Mapping[str, Any]) -> str:
    return _hash(body)


def wish_hash(path: str, body: Mapping[str, Any]) -> str:
    return _hash({"path": path, "body": {name: value for name, value in body.items() if name not in _LABELS}})


def _hash(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
