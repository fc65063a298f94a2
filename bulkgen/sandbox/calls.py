"""A call of the API, and what answers it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bulkgen.sandbox.messages import Answer


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the API; `answer` takes the request, and each variable part of its path."""

    method: str
    path: str
    answer: Callable[..., Answer]

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\{\w+\}", "([^/]+)", self.path))


class Answering(Protocol):
    """A part of the API."""

    @property
    def calls(self) -> Sequence[Call]: ...
