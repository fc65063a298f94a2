"""The names of the files of a sheet's jobs, without their endings.

Pure. A name depends on what its job and the others are to be called, never on the order of the rows or on which file
came first; a file that is there keeps its name, whatever becomes of the sheet. Invariants: every name is safe
(`safe_name`), and no two jobs get names that any system takes for the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from bulkgen.kinds import LIVES
from bulkgen.kinds.life import Life
from bulkgen.model import Handle
from bulkgen.rows.file_pattern import own_title
from bulkgen.rows.safe_name import LONGEST, MARK, cut, likeness, safe_name, without_ending

#: The usual name of a recording: by it the recording is known again where its record is lost.
RECORDING = re.compile(r".+-(?P<job>[0-9a-f]{10})(?:-(?P<attempt>\d+))?\.(?:mp3|wav|m4a|ogg)")

#: How much of its fingerprint tells a job from others of its name: no more of it than it takes.
_MARKS = (0, 6, 16, 64)

_MARKED = 10


def usual_name(job: Handle, lives: Mapping[str, Life] = LIVES) -> str:
    """What a job is called without a pattern: its `row_id`, else the person's own title, else numbers.

    A recording has the beginning of its fingerprint behind it in any case. `lives`: of the kinds, by name.
    """
    label = safe_name(job.row_id)
    if lives[job.kind].at_once:
        return f"{cut(label, LONGEST - _MARKED - 1) or f'{job.row:04d}'}-{job.fingerprint[:_MARKED]}"

    label = without_ending(job.row_id.strip() or own_title(job))
    numbers = f"{job.row:04d}-{job.fingerprint[:_MARKED]}"
    return safe_name(f"{label}-{job.language}" if safe_name(label) else "") or numbers


class FileNames:
    """`wished`: by fingerprint, what a job is to be called. `kept`: by fingerprint and attempt, the names that files
    have. `lives`: of the kinds, by name, as the engine has them.
    """

    def __init__(
        self, wished: Mapping[str, str], kept: Mapping[tuple[str, int], str], lives: Mapping[str, Life] = LIVES
    ) -> None:
        self._lives = lives
        self._wished = wished
        self._kept = kept
        self._has_files = {fingerprint for fingerprint, _attempt in kept}
        self._levels = _levels(wished, {likeness(name): fingerprint for (fingerprint, _attempt), name in kept.items()})

    def of(self, job: Handle, attempt: int, part: int = 0) -> tuple[str, ...]:
        """The name of the files of an attempt, or of one of its parts (from 1); behind it those for when somebody
        else's file has it."""
        kept = self._kept.get((job.fingerprint, attempt), "")
        wished, level = self._wished.get(job.fingerprint) or self._usual(job), self._levels.get(job.fingerprint, 0)
        take = self._take(job, attempt, wished)
        names = [_marked(wished, job.fingerprint, each) + take for each in range(level, len(_MARKS))]
        found = dict.fromkeys([kept, *names] if kept else names)
        return tuple(dict.fromkeys(_of_part(name, part) for name in found))

    def _take(self, job: Handle, attempt: int, wished: str) -> str:
        """What tells an attempt from the one before it: a recording by its name alone, others where there are files."""
        at_once = self._lives[job.kind].at_once
        if attempt < 2 or not (at_once or job.fingerprint in self._has_files):
            return ""

        return f"-{attempt}" if at_once and wished == self._usual(job) else f"{MARK}take{attempt}"

    def _usual(self, job: Handle) -> str:
        return usual_name(job, self._lives)


def _of_part(name: str, part: int) -> str:
    """`ann` is `ann-2` for the second; `whole_name` is the inverse."""
    return f"{cut(name, LONGEST - len(str(part)) - 1)}-{part}" if part else name


def whole_name(name: str, part: int) -> str:
    """The name that all parts begin with; "" where it is not called so."""
    return name.removesuffix(f"-{part}") if name.endswith(f"-{part}") else ""


def _levels(wished: Mapping[str, str], kept: Mapping[str, str]) -> dict[str, int]:
    """How long a mark each job needs so that no two have one name. `kept`: by likeness, whose a name is already."""
    levels = dict.fromkeys(wished, 0)
    open_ones = set(wished)
    while open_ones:
        likes = {key: likeness(_marked(name, key, levels[key])) for key, name in wished.items()}
        count = Counter(likes.values())
        open_ones = {
            key
            for key, like in likes.items()
            if (count[like] > 1 or kept.get(like, key) != key) and levels[key] < len(_MARKS) - 1
        }
        for key in open_ones:
            levels[key] += 1
    return levels


def _marked(name: str, fingerprint: str, level: int) -> str:
    length = _MARKS[level]
    return f"{cut(name, LONGEST - length - 1)}{MARK}{fingerprint[:length]}" if length else name
