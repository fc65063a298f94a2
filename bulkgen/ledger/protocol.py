"""A ledger as the engine and the batch know it: what was sent and paid, and who may write of it.

The resume file is one home of it; a data base for many people and machines can be another.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from bulkgen.ledger.events import Event
from bulkgen.ledger.inheritance import Elsewhere


class Ledger(Protocol):
    """The ledger of one sheet and one run. Reading it changes nothing, and needs no right.

    What every home must keep, at any instant, after `kill -9` and power loss too:

    1. `append` returns only when its events are durable, and those of one call stand together, in order. Events are
       never changed or removed.
    2. Once an `append` could not be made certain, every later one fails: what the home holds is no longer known.
    3. Of all who `take` the same ledger one at most has the right at a time; who has lost it (its computer slept,
       another took over) learns so from the next `append`, which records nothing then, or `claim`.
    4. Of all runs of an account that are at work, whatever sheet they read, one at most is told True for an attempt of
       a job. What a run that is over had claimed goes only to who knows all that it recorded of the job.
    5. A ledger belongs to one account at one address; another one's is refused. What it can't understand (damage, a
       newer format) is refused too, never guessed at or corrected.
    6. Nobody else can read it, and no key, script or link is in it (`events`).

    `LedgerError` is raised where one of these can't be kept. All that is not `async` may block: within an event loop
    it is called in a thread.
    """

    @property
    def events(self) -> Sequence[Event]:
        """What stands in it, and was appended since."""
        ...

    @property
    def warnings(self) -> list[str]:
        """What the person should know of it by now, taken off by who tells it: a take-over, what is done without."""
        ...

    def take(self, tell: Callable[[str], None] = ...) -> None:
        """Gets the right to write; what was read before is read afresh. `tell` hears why it takes more than a moment.

        Raises `LockedError` if another has it.
        """
        ...

    def beat(self) -> None:
        """Says that the run is alive, once a minute. Raises `LockedError` if another has taken over."""
        ...

    def leave(self) -> None:
        """Gives the right back, if it was had."""
        ...

    def belongs_to(self, base: str, account: str) -> None:
        """Says who is going to write, after `take`. Raises `LedgerError` if it is another account's."""
        ...

    def heard(self, date: float, took: float) -> None:
        """An answer of HeyGen's, asked for `took` seconds ago, says this time (Unix seconds): records get HeyGen's."""
        ...

    def now(self) -> float:
        """The latest time that it may be at HeyGen (Unix seconds); records get the earliest."""
        ...

    def jumped(self) -> bool:
        """Whether HeyGen's clock or this computer's has jumped since this was last asked."""
        ...

    @property
    def alone(self) -> bool:
        """Whether there is no other ledger that could know of its jobs: nobody has to be asked to find that out."""
        ...

    def recall(self, fingerprints: Collection[str]) -> Elsewhere:
        """What is known of these jobs from other sheets and folders of the same account, after `belongs_to`.

        What is only left of a ledger that is gone comes as a trace, to be confirmed before it counts.
        """
        ...

    async def append(self, *events: Event) -> list[Event]:
        """Makes the events durable; gives them back with their time.

        Raises `LockedError` if another has taken over, and `NoRoom` for an intent whose outcome might find no room:
        what was sent before is still recorded then.
        """
        ...

    async def claim(self, fingerprint: str, attempt: int) -> bool:
        """Whether this run may make the attempt, asked before each of its POSTs. False: another run has it.

        Raises `LockedError` if another has taken over.
        """
        ...
