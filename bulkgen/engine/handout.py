"""The files by which a person answers a job that waits for them: fetched as soon as it waits.

Owns which of them are lacking. Invariants: a file that stands, be it as the person has changed it, is never fetched
again, and never replaced; one that is gone is. What came is recorded with its digest, by which a change is known. A
file that can't be had now is left to the next run, and costs nothing.
"""

from __future__ import annotations

from bulkgen.disk.whole import Saved
from bulkgen.engine.protocols import Client, Downloader, Names
from bulkgen.engine.run_state import RunState
from bulkgen.errors import ApiError, LinkGone, NoRoom
from bulkgen.ledger.events import saved_also
from bulkgen.ledger.state import State
from bulkgen.model import Handle


class Handout:
    def __init__(self, *, client: Client, downloader: Downloader, run: RunState, names: Names) -> None:
        self._client = client
        self._downloader = downloader
        self._run = run
        self._names = names

    async def bring(self, job: Handle) -> None:
        """The papers of a job that waits for the person, as far as they are not here."""
        state = self._run.of(job)
        collection = self._run.life(job).collection(state.stage)
        if collection.papers is None or not state.in_review:
            return

        try:
            if collection.papers.names <= self._here(state):
                return

            told = await self._client.one(collection.detail_path(state.id), collection.papers.path)
            for what, link in collection.papers.links(told).items():
                if link and what not in self._here(state):
                    await self._fetch(job, state, what, link)
        except (ApiError, LinkGone, OSError, NoRoom) as error:
            why = str(error).rstrip(".")
            self._run.caution(
                f"What you are to read before you answer could not be downloaded (row {job.row}): {why}. Run the same "
                "command again: it fetches what is missing, and pays for nothing."
            )

    async def _fetch(self, job: Handle, state: State, what: str, link: str) -> None:
        names = [f"{name}.{what}" for name in self._names.of(job, state.attempt)]
        before = next((Saved(each.file, each.bytes) for each in state.beside if each.what == what), None)
        file = await self._downloader.fetch(link, *names, what=what, own=before)
        digest = await self._downloader.digest(file)
        await self._run.record(job, saved_also(job, state.attempt, file.file, file.size, what=what, digest=digest))

    def _here(self, state: State) -> set[str]:
        files = ((each.what, Saved(each.file, each.bytes)) for each in state.beside)
        return {what for what, file in files if self._downloader.present(file) or self._downloader.changed(file)}
