"""The details of many finished jobs from few calls: the newest pages of HeyGen's lists.

A page holds a hundred jobs, ours in progress among them, and costs one call. Where a look at the list brought less than
it cost (jobs of long ago, a list that lags behind), it rests for a while, and longer each time: never for good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from math import ceil

from bulkgen.engine.pending import PendingJob, PendingJobs
from bulkgen.engine.protocols import Client
from bulkgen.errors import ApiError
from bulkgen.kinds.life import Detail, id_of

#: From so many jobs on a page of the list is cheaper than single calls; the page holds so many.
LIST_FROM = 2
PAGE = 100

#: A list rests for one look more after each poor one, doubling, up to this many.
LONGEST_REST = 8


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
        rest = self._rests.setdefault(collection.path, _Rest())
        if rest.left:
            rest.left -= 1
            return {}

        ids = {job.id for job in wanted}
        # Jobs that were sent after the wanted ones stand in front of them: about as many as are in progress, or more.
        pages = ceil(1.5 * pending.count(collection) / PAGE)
        found: dict[str, Detail] = {}
        seen = 0
        try:
            async with aclosing(self._client.listing(collection.path)) as items:
                async for item in items:
                    seen += 1
                    job_id = id_of(item)
                    detail = collection.read(item) if job_id in ids else None
                    if detail and (detail.status == "failed" or (detail.status == "completed" and detail.has_result)):
                        found[job_id] = detail
                    missing = len(ids) - len(found)
                    if not missing or (seen % PAGE == 0 and (seen == pages * PAGE or missing < LIST_FROM)):
                        break  # the next item would cost another call
        except ApiError:
            found = {}
        if len(found) > ceil(seen / PAGE):
            self._rests[collection.path] = _Rest()
        else:
            rest.left, rest.next = rest.next, min(2 * rest.next, LONGEST_REST)
        return found
