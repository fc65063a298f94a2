"""The details of many finished jobs from few calls: the newest pages of HeyGen's lists.

A page holds a hundred jobs, ours in progress among them, and costs one call. Where a look at the list brought less than
it cost (jobs of long ago, a list that lags behind), it rests for a while, and longer each time: never for good.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import aclosing
from dataclasses import KW_ONLY, dataclass, field
from math import ceil

from bulkgen.engine.pending import PendingJob, PendingJobs
from bulkgen.engine.protocols import Client
from bulkgen.errors import ApiError
from bulkgen.kinds.answers import id_of
from bulkgen.kinds.life import Collection
from bulkgen.kinds.outcome import Detail

#: From so many jobs on a page of the list is cheaper than single calls; the page holds so many.
LIST_FROM = 2
PAGE = 100

#: A list rests for one look more after each poor one, doubling, up to this many.
LONGEST_REST = 8


@dataclass
class Reading:
    """Jobs that are looked for on a list, by `ids`, and how far it has been read: so many items, the last of them."""

    ids: Set[str]
    found: dict[str, Detail] = field(default_factory=dict)
    _: KW_ONLY
    seen: int = 0
    last: Mapping[str, object] = field(default_factory=dict)

    @property
    def missing(self) -> int:
        return len(self.ids) - len(self.found)

    @property
    def pages(self) -> int:
        return ceil(self.seen / PAGE)

    async def read(
        self, client: Client, collection: Collection, worth: Callable[[], bool], params: Mapping[str, str] | None = None
    ) -> None:
        """Looks for those that have ended, the newest page first, until all are found.

        `worth`: asked at the end of each page, whether the next one is worth its call. Raises `ApiError`; what was
        found until then stays.
        """
        async with aclosing(client.listing(collection.path, params)) as items:
            async for item in items:
                self.seen, self.last = self.seen + 1, item
                job_id = id_of(item)
                detail = collection.read(item) if job_id in self.ids else None
                if detail and (detail.status == "failed" or (detail.status == "completed" and detail.has_result)):
                    self.found[job_id] = detail
                if not self.missing or (self.seen % PAGE == 0 and not worth()):
                    break


@dataclass
class _Rest:
    """`left`: looks that are still left out; `next`: how many the next poor look costs."""

    left: int = 0
    next: int = 1


class Lists:
    def __init__(self, client: Client) -> None:
        self._client = client
        self._rests: dict[str, _Rest] = {}

    async def find(self, wanted: Sequence[PendingJob], pending: PendingJobs) -> Mapping[str, Detail]:
        """The details of those of the wanted jobs, all of one collection, that have ended and stand on the list.

        Nothing where the list can't be had, or rests.
        """
        collection = wanted[0].collection
        if not collection.lists_details:
            return {}

        rest = self._rests.setdefault(collection.path, _Rest())
        if rest.left:
            rest.left -= 1
            return {}

        reading = Reading({job.id for job in wanted})
        # Jobs that were sent after the wanted ones stand in front of them: about as many as are in progress, or more.
        pages = ceil(1.5 * pending.count(collection) / PAGE)
        try:
            await reading.read(self._client, collection, lambda: reading.pages < pages and reading.missing >= LIST_FROM)
        except ApiError:
            reading.found = {}
        if len(reading.found) > reading.pages:
            self._rests[collection.path] = _Rest()
        else:
            rest.left, rest.next = rest.next, min(2 * rest.next, LONGEST_REST)
        return reading.found
