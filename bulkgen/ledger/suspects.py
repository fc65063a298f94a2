"""What several jobs share that came to nothing in the same way, one after the other: most likely it is the cause.

Pure: a function of the events, in their order, and of what the sheet's jobs are made with. Owns when something falls
under suspicion and when it is cleared; who waits for that, and who is tried first, the engine says.

Invariants: fewer than `IN_A_ROW` different jobs never make a suspect; one job that comes through clears all that it is
made with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from bulkgen.codes import OF_ITS_ROW, PASSING_FAILURES, subject_of
from bulkgen.kinds.causes import Cause, causes_of
from bulkgen.ledger.events import Event, whole_number
from bulkgen.model import Job

#: So many jobs, one after the other, have to be refused or fail in the same way.
IN_A_ROW = 3

#: Codes that say so little that HeyGen's message has to be the same, too; but for what differs from row to row in it.
_SAYS_LITTLE = frozenset({"", "invalid_parameter"})
_DIFFERS = re.compile(r"""'[^']*'|"[^"]*"|\S*\d\S*|https?://\S+""")

#: Something shared, and whether jobs with it were refused (else they failed): what is refused is known to be accepted
#: long before it is known whether it fails.
Key = tuple[Cause, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """`causes`: what the jobs share; several things where all jobs with one have the others, too. `shared`: the same as
    people call it, as far as it has a name: `the template Welcome (tpl_1)`.

    `jobs`: so many came to nothing one after the other, by this code; `message`: what HeyGen said of the latest.
    """

    causes: tuple[Cause, ...]
    shared: tuple[str, ...]
    refused: bool
    code: str
    message: str
    jobs: int

    @property
    def passing(self) -> bool:
        """HeyGen may have failed by chance."""
        return not self.refused and self.code in PASSING_FAILURES


@dataclass(slots=True)
class _Streak:
    """Jobs that came to nothing in one way, one after the other."""

    way: tuple[str, str]
    jobs: set[str] = field(default_factory=set)


class Suspects:
    """`jobs`: those of the sheet, by fingerprint; `take` each event of the resume file."""

    def __init__(self, jobs: Mapping[str, Job] = MappingProxyType({}), events: Iterable[Event] = ()) -> None:
        self._jobs = jobs
        #: Who is suspected, by what.
        self.found: dict[Key, Suspect] = {}
        self._streaks: dict[Key, _Streak] = {}
        #: Jobs that were accepted, and those that were finished.
        self._accepted: set[str] = set()
        self._finished: set[str] = set()
        #: Jobs that are at HeyGen: their end says nothing of whether others are refused by now.
        self._at_heygen: set[str] = set()
        #: What things are called, by their ids.
        self._names: dict[str, str] = {}
        self._causes: dict[str, tuple[Cause, ...]] = {}
        self._members: dict[Cause, set[str]] = {}
        for event in events:
            self.take(event)

    def of(self, fingerprint: str) -> dict[Key, Suspect]:
        """Those that the job is made with."""
        if not self.found:
            return {}

        keys = [(cause, refused) for cause in self.causes(fingerprint) for refused in (True, False)]
        return {key: self.found[key] for key in keys if key in self.found}

    def causes(self, fingerprint: str) -> tuple[Cause, ...]:
        """What the job is made with; nothing for one that is not the sheet's."""
        if fingerprint not in self._causes:
            job = self._jobs.get(fingerprint)
            self._causes[fingerprint] = causes_of(job) if job else ()
        return self._causes[fingerprint]

    def take(self, event: Event) -> None:
        key, name = str(event.get("fingerprint")), event.get("event")
        if name in ("template", "named"):
            self._names[str(event.get("id"))] = str(event.get("name") or "")
        if key not in self._jobs or "from" in event:
            return

        if name in ("submitted", "adopted") or (name == "finished" and key not in self._at_heygen):
            self._accepted.add(key)
            self._clear(key, refused=True)
        if name in ("submitted", "adopted"):
            self._at_heygen.add(key)
        elif name in ("finished", "failed", "unknown"):
            self._at_heygen.discard(key)
        if name == "finished":
            self._finished.add(key)
            self._clear(key, refused=False)
        elif name == "failed" or (name == "refused" and _is_definite(event)):
            self._came_to_nothing(key, event, refused=name == "refused")

    def _clear(self, fingerprint: str, *, refused: bool) -> None:
        if self._streaks or self.found:
            for cause in self.causes(fingerprint):
                self._streaks.pop((cause, refused), None)
                self.found.pop((cause, refused), None)

    def _came_to_nothing(self, fingerprint: str, event: Event, *, refused: bool) -> None:
        code, message = str(event.get("code") or ""), str(event.get("message") or "")
        if code in OF_ITS_ROW:
            return

        causes = self.causes(fingerprint)
        causes = tuple(cause for cause in causes if cause.sort == subject_of(code)) or causes
        told = _DIFFERS.sub("", message) if code in _SAYS_LITTLE else ""
        known = [cause for cause in causes if (cause, refused) in self.found]
        for cause in known or causes:
            streak = self._streaks.get((cause, refused))
            if streak is None or streak.way != (code, told):
                streak = self._streaks[cause, refused] = _Streak((code, told))
            streak.jobs.add(fingerprint)
            if cause in known and len(streak.jobs) >= IN_A_ROW:
                suspect = self.found[cause, refused]
                self.found[cause, refused] = replace(suspect, code=code, message=message, jobs=len(streak.jobs))
        if not known:
            self._accuse(causes, code, message, refused=refused)

    def _accuse(self, causes: Sequence[Cause], code: str, message: str, *, refused: bool) -> None:
        """Of what has come to nothing often enough, that which no job came through with, and the fewest share.

        What else these jobs share is taken to be innocent: it takes as many others to suspect that, too.
        """
        streaks = {cause: self._streaks[cause, refused].jobs for cause in causes}
        often = [cause for cause in causes if len(streaks[cause]) >= IN_A_ROW]
        if not often:
            return

        members, good = self._sharing(), self._accepted if refused else self._finished
        culprit = min(often, key=lambda cause: (not good.isdisjoint(members[cause]), len(members[cause])))
        along = [cause for cause in often if cause != culprit and members[cause] == members[culprit]]
        self.found[culprit, refused] = Suspect(
            causes=(culprit, *along),
            shared=tuple(map(self._called, (culprit, *along))),
            refused=refused,
            code=code,
            message=message,
            jobs=len(streaks[culprit]),
        )
        for cause in causes:
            if cause != culprit:
                del self._streaks[cause, refused]

    def _called(self, cause: Cause) -> str:
        name = self._names.get(cause.value)
        return f"the {cause.sort} {name} ({cause.value})" if name and name != cause.value else str(cause)

    def _sharing(self) -> Mapping[Cause, set[str]]:
        """The jobs of the sheet that are made with each thing."""
        if not self._members:
            for fingerprint in self._jobs:
                for cause in self.causes(fingerprint):
                    self._members.setdefault(cause, set()).add(fingerprint)
        return self._members


def _is_definite(event: Event) -> bool:
    """Whether HeyGen refused the request for what stands in it: not for the account, a limit, or a fault of its own."""
    status = whole_number(event.get("status"), 0)
    elsewhere = status in (401, 402, 429) or status >= 500
    return not (elsewhere or event.get("blocked") is True or event.get("doubted") is True)
