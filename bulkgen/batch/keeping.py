"""Files of finished videos: who keeps them for a batch, and what is left of earlier downloads."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bulkgen.batch.connection import Connection
from bulkgen.batch.naming import SheetNames
from bulkgen.batch.outcome import Standing
from bulkgen.batch.places import Places
from bulkgen.disk.whole import sweep
from bulkgen.engine import RunState
from bulkgen.engine.keeper import Keeper
from bulkgen.engine.protocols import Client
from bulkgen.engine.wanted_files import lacking
from bulkgen.files import download
from bulkgen.files.part import sweep_parts
from bulkgen.ledger.history import fold
from bulkgen.ledger.protocol import Ledger
from bulkgen.model import Handle
from bulkgen.retry import RetryBudget


@asynccontextmanager
async def keeper_of(
    standing: Standing, ledger: Ledger, connection: Connection, client: Client, run: RunState, budget: RetryBudget
) -> AsyncIterator[Keeper]:
    """For a sheet that no run is at work on, with a connection that carries no key."""
    opened = standing.opened
    sweep_downloads(opened.places)
    jobs = [entry.job for entry in standing.entries if entry.job]
    async with download.connect(connection.transport, own_host=connection.base) as links:
        yield Keeper(
            client=client,
            downloader=download.Downloads(links, opened.places.downloads, budget),
            run=run,
            names=SheetNames(opened=opened, built=standing.built, unsent=jobs, states=fold(ledger.events).states),
            wanted=opened.settings.files,
        )


def lacks_files(standing: Standing, job: Handle) -> bool:
    """Whether something is not here that is to be kept of a job, and may be had."""
    folder, wanted = standing.opened.places.folder, standing.opened.settings.files
    state, detail = standing.states[job.fingerprint].shown, standing.details.get(job.fingerprint)
    return bool(lacking(state, detail, wanted, lambda file: file.stands_in(folder)))


def sweep_downloads(places: Places) -> None:
    """Removes what killed runs left half written and nobody goes on with."""
    sweep(places.downloads)
    sweep_parts(places.downloads)
