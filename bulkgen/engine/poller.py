"""One poller for everything in progress: bulk statuses in one task, the details of what has ended in another.

The slot of a job is free as soon as the bulk call says that it has ended. Details are fetched for several jobs at
once: the newest pages of HeyGen's list hold those that we have sent lately (`Lists`); what they do not hold is asked
for by single calls. Where there is `News` of a job, it is asked about at once, and the others less often.

A failed call, a strange word or a missing id never changes a job by itself: only a definite `Verdict`, or an id that
HeyGen goes on not to know, or not to show, beyond its grace period does.
"""

from __future__ import annotations

from collections.abc import Mapping

import anyio

from bulkgen.engine.health import Health
from bulkgen.engine.lists import LIST_FROM, Lists
from bulkgen.engine.pending import PendingJob
from bulkgen.engine.protocols import Client, News
from bulkgen.engine.stopping import Stopping
from bulkgen.engine.tracker import Tracker
from bulkgen.engine.verdict import Verdict, judge
from bulkgen.errors import ApiError, Blocked, Forbidden, Lost, RateLimited, Refused
from bulkgen.kinds.life import Collection
from bulkgen.kinds.outcome import Detail

#: Ids in one bulk call (HeyGen's limit).
IDS_PER_CALL = 100

#: How long an id may be unknown to HeyGen, or not be shown, before it counts as gone: its parts may lag (seconds).
GRACE = 60.0

#: Detail calls on their way at once.
DETAILS = 4

#: So many jobs that there is news of are asked about one by one, which tells all of them; more by one bulk call.
ONE_BY_ONE = 2


class Poller:
    def __init__(
        self, *, client: Client, tracker: Tracker, health: Health, stopping: Stopping, news: News | None = None
    ) -> None:
        self._client = client
        self._news = news
        self._tracker = tracker
        self._pending = tracker.pending
        self._health = health
        self._stopping = stopping
        self._lists = Lists(client)
        #: Collections whose bulk call this account does not have, by path.
        self._refused: set[str] = set()

    async def run(self) -> None:
        """Asks at the jobs' own pace until none is in progress and none will be."""
        async with anyio.create_task_group() as listening:
            if self._news is not None:
                listening.start_soon(self._keep_listening, self._news)
            async with anyio.create_task_group() as group:
                group.start_soon(self._keep_asking)
                group.start_soon(self._keep_fetching)
            listening.cancel_scope.cancel()

    async def once(self) -> None:
        """One round over all jobs, for a run that does not wait."""
        await self._ask_all()
        await self._fetch(self._pending.to_fetch(anyio.current_time(), last=True))

    async def look_at_reviews(self) -> None:
        """Asks whether the person has answered; before anything is sent, since such a job holds a slot again."""
        await self._details([pending for pending in self._pending.ended if pending.in_review])

    async def _keep_asking(self) -> None:
        tracker = self._tracker
        while tracker.busy:
            start = anyio.current_time()
            while tracker.busy:
                now = anyio.current_time()
                if named := self._pending.with_news(now):
                    await self._ask_about(named)
                    continue

                left = start + self._pending.ask_after(start, more=tracker.expects_more) - now
                if left <= 0:
                    break

                news_after = self._pending.news_after(now)
                await tracker.asking.wait(left if news_after is None else min(left, news_after))
            await self._ask_all()
        tracker.wake()

    async def _keep_listening(self, news: News) -> None:
        while True:
            ids = await news.next()
            self._pending.hear(ids, anyio.current_time(), listening=news.listening)
            self._tracker.asking.ring()
            self._tracker.fetching.ring()

    async def _keep_fetching(self) -> None:
        tracker = self._tracker
        while tracker.busy:
            now = anyio.current_time()
            if worth := self._pending.to_fetch(now, last=tracker.ending):
                await self._fetch(worth)
            else:  # after a round of asking, so that what that finds to have ended goes along
                await tracker.fetching.wait(None if self._pending.running else self._pending.fetch_after(now))
        tracker.wake()

    async def _ask_all(self) -> None:
        """One round over all jobs that are worth asking about."""
        groups = _by_collection(self._pending.due(anyio.current_time()))
        self._pending.asked()
        for group in groups:
            for start in range(0, len(group), IDS_PER_CALL):
                await self._ask(group[start : start + IDS_PER_CALL])
        self._tracker.fetching.ring()

    async def _ask_about(self, named: list[PendingJob]) -> None:
        """Jobs that there is news of; where one call takes a hundred, the others of their collection go along."""
        for group in _by_collection(named):
            if len(group) <= ONE_BY_ONE or not self._has_bulk(group[0].collection):
                await self._details(group)
                continue

            jobs = self._pending.along_with(group)[: max(len(group), IDS_PER_CALL)]
            for start in range(0, len(jobs), IDS_PER_CALL):
                await self._ask(jobs[start : start + IDS_PER_CALL])
        self._tracker.fetching.ring()

    async def _ask(self, jobs: list[PendingJob]) -> None:
        collection = jobs[0].collection
        if not self._has_bulk(collection):
            await self._details(jobs)
            return

        try:
            words = await self._client.statuses(collection, [pending.id for pending in jobs])
        except (Refused, Blocked) as error:
            if error.status == 401:
                self._stopping.stop(error)
                return

            self._refused.add(collection.path)  # this account has no bulk call: one by one, at the same pace
            await self._details(jobs)
        except Lost as error:
            self._health.unheard()
            if error.status in (404, 405):  # no such route here
                self._refused.add(collection.path)
        except RateLimited:
            self._health.heard()  # the next round asks again
        else:
            self._health.heard()
            await self._details(self._sort(jobs, words))

    def _has_bulk(self, collection: Collection) -> bool:
        return bool(collection.ids_param) and collection.path not in self._refused

    def _sort(self, jobs: list[PendingJob], words: Mapping[str, str]) -> list[PendingJob]:
        """Takes the words in; gives the jobs that need a closer look: lost as it seems, waiting, or moving on."""
        now, closer = anyio.current_time(), []
        for pending in jobs:
            word = words.get(pending.id, "not_found")
            if word == "not_found":
                if self._gone(pending):
                    closer.append(pending)
                continue

            pending.missing_since = None
            ended = word in ("completed", "failed")
            if ended and pending.last:
                self._tracker.ended(pending)
                if word == "failed":  # why it did may keep others from being sent
                    pending.look_at = now
            elif ended or word in pending.collection.review_words:
                closer.append(pending)
            else:
                pending.alive = now
        return closer

    def _gone(self, pending: PendingJob) -> bool:
        """Notes that HeyGen does not know the id; True once that has lasted longer than its grace period."""
        now = anyio.current_time()
        if pending.missing_since is None:
            pending.missing_since = now
        return now - pending.missing_since >= GRACE

    async def _fetch(self, jobs: list[PendingJob]) -> None:
        """The details of jobs that have ended."""
        for group in _by_collection(jobs):
            listed: Mapping[str, Detail] = {}
            if len(group) >= LIST_FROM:
                listed = await self._lists.find(group, self._pending)
            if listed:
                self._health.heard()
            for pending in group:
                if pending.id in listed:
                    await self._judge(pending, listed[pending.id])
            await self._details([pending for pending in group if pending.id not in listed])

    async def _details(self, jobs: list[PendingJob]) -> None:
        limiter = anyio.CapacityLimiter(DETAILS)

        async def one(pending: PendingJob) -> None:
            async with limiter:
                await self._detail(pending)

        async with anyio.create_task_group() as group:
            for pending in jobs:
                group.start_soon(one, pending)

    async def _detail(self, pending: PendingJob) -> None:
        self._pending.look_later(pending, anyio.current_time())
        try:
            detail = await self._client.detail(pending.collection, pending.id)
        except (Refused, Blocked) as error:
            self._health.heard()
            if isinstance(error, Blocked) and not self._about_this_id(error, pending.collection):
                self._stopping.stop(error)
            elif self._gone(pending):
                await self._tracker.vanished(pending, error)
        except Lost:
            self._health.unheard()
        except ApiError:
            self._health.heard()
        else:
            self._health.heard()
            pending.missing_since = None
            await self._judge(pending, detail)

    def _about_this_id(self, error: Blocked, collection: Collection) -> bool:
        """Whether a 403 concerns one job (of another workspace, say): this key may ask for the others in bulk."""
        return isinstance(error, Forbidden) and self._has_bulk(collection)

    async def _judge(self, pending: PendingJob, detail: Detail) -> None:
        tracker, now = self._tracker, anyio.current_time()
        ended_for = 0.0 if pending.ended_since is None else now - pending.ended_since
        verdict = judge(detail, last=pending.last, ended_for=ended_for)
        if verdict is Verdict.RUNNING and pending.in_review:
            await tracker.goes_on(pending)
        elif verdict is Verdict.RUNNING:
            pending.alive = now
        elif verdict is Verdict.REVIEW:
            await tracker.waits(pending, detail)
        elif verdict is Verdict.MOVED:
            await tracker.moved(pending, detail.next_id)
        else:
            tracker.ended(pending)
            if verdict is Verdict.FAILED:
                await tracker.failed(pending, detail)
            elif verdict is Verdict.COMPLETED:
                await tracker.completed(pending, detail)
            elif verdict is Verdict.BARREN:
                await tracker.barren(pending)
            else:
                self._pending.look_later(pending, now)


def _by_collection(jobs: list[PendingJob]) -> list[list[PendingJob]]:
    groups: dict[str, list[PendingJob]] = {}
    for pending in jobs:
        groups.setdefault(pending.collection.path, []).append(pending)
    return list(groups.values())
