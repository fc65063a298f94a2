"""What news of ended jobs was heard, and how far it is relied on: what HeyGen's webhooks save in asking.

Pure. News is only ever a reason to ask, and a lack of it only ever a reason to ask later, by some minutes at most. It
is relied on for one sort of jobs at a time: a sort of which a job has ended without news is asked about as ever, until
there is news of that sort again. So a webhook that does not arrive, or does not exist, costs one such wait.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

#: A job of which there would be news is asked about all the same after so long, growing with all that arrived
#: (seconds); but no later than after such a share of the time that its sort takes.
SAFETY = 60.0
SAFETY_GROWTH = 1.25
LONGEST_SAFETY = 300.0
SAFETY_SHARE = 0.5

#: A job that has not ended, in spite of the news, is asked about so often once more, since HeyGen's parts may lag:
#: after pauses that begin with so many seconds, and double. Then there has to be news again, and the pauses go on to
#: double: whoever repeats it has us ask hardly more often.
ASKED_AGAIN = 3
FIRST_REST = 5.0
LONGEST_GROWTH = 20

#: So many ids are remembered, for jobs whose id is learnt only after the news of it.
REMEMBERED = 1_000

#: Jobs of one sort take about as long: their kind and stage.
Sort = tuple[str, int]


def rest(asked: int) -> float:
    """How long nobody asks again, after so many times for the sake of news (seconds)."""
    return FIRST_REST * float(2 ** min(max(asked - 1, 0), LONGEST_GROWTH))


class Reliance:
    """`listening`: somebody is there to hear news at this moment."""

    def __init__(self) -> None:
        self.listening = False
        self._heard: dict[str, None] = {}
        self._arrived: Counter[Sort] = Counter()
        self._missed: set[Sort] = set()

    def hear(self, ids: Iterable[str]) -> None:
        for job_id in ids:
            self._heard.pop(job_id, None)
            self._heard[job_id] = None
        for job_id in list(self._heard)[: len(self._heard) - REMEMBERED]:
            del self._heard[job_id]

    def heard_of(self, job_id: str) -> bool:
        return job_id in self._heard

    def arrived(self, sort: Sort) -> None:
        """There is news of a job of this sort."""
        self._missed.discard(sort)
        self._arrived[sort] += 1

    def missed(self, sort: Sort) -> None:
        """A job of this sort has ended, and there was no news of it."""
        self._missed.add(sort)
        self._arrived[sort] = 0

    def patience(self, sort: Sort, *, takes: float | None = None) -> float | None:
        """How long jobs of this sort, which take about so long, need not be asked about (seconds); None: as ever."""
        if not self.listening or sort in self._missed:
            return None

        growth = SAFETY_GROWTH ** min(self._arrived[sort], LONGEST_GROWTH)
        longest = LONGEST_SAFETY if takes is None else min(LONGEST_SAFETY, SAFETY_SHARE * takes)
        return max(SAFETY, min(SAFETY * growth, longest))
