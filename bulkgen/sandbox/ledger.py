"""What the pretend HeyGen has accepted: renders, keys, slots and the purse.

Owns everything that changes in the sandbox. How far a render is follows from its age alone, so nothing runs in the
background and a restart changes nothing.

Invariants: an order is in the state file before anyone learns of it; what an order is refused for leaves no trace;
one key on one path is one order for a day; the purse never goes below zero.
"""

from __future__ import annotations

import time
import uuid
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from bulkgen.errors import InputError
from bulkgen.kinds import KINDS
from bulkgen.sandbox.answers import Refusal
from bulkgen.sandbox.state_file import Line, StateFile

#: Renders in progress at once, HeyGen's pay-as-you-go limit (https://developers.heygen.com/docs/usage-limits).
SLOTS = 10

#: How long a key replays its first answer (seconds; https://developers.heygen.com/reference).
KEY_LIFE = 24 * 3600.0

#: What a new purse holds, in cents.
PURSE = 100_000

#: Cents per job by kind. These are the sandbox's own round figures, not HeyGen's prices.
PRICES: Mapping[str, int] = {"template": 50, "avatar": 80, "translation": 100, "speech": 1}

#: The part of a render's time that it waits before it is worked on.
WAITING = 0.2


@dataclass(frozen=True, slots=True)
class Wish:
    """What one job asks for, as far as later answers repeat it; never its texts."""

    kind: str
    title: str | None = None
    folder_id: str | None = None
    callback_id: str | None = None
    input_language: str | None = None
    output_language: str | None = None
    audio_only: bool = False
    captioned: bool = False
    extension: str = "mp4"
    #: It asked to end as failed.
    fails: bool = False

    @property
    def collection(self) -> str:
        """The path of HeyGen's list that the job is in; "" for a recording, which no list shows."""
        stages = KINDS[self.kind].life.stages
        return stages[0].path if stages else ""

    @property
    def cents(self) -> int:
        return 0 if self.fails else PRICES[self.kind]  # HeyGen does not charge a failed job


@dataclass(frozen=True, slots=True)
class Render:
    """One job at the pretend HeyGen."""

    id: str
    created_at: float
    wish: Wish

    @property
    def ends_at(self) -> float:
        """It takes one to two seconds, by its id."""
        return self.created_at + 1 + zlib.crc32(self.id.encode()) / 2**32

    def status(self, now: float) -> str:
        """`pending`, `processing`, `completed` or `failed`."""
        # A clock that was set back must not keep a rehearsal waiting for hours: such a render has ended.
        if self.wish.collection and self.created_at <= now < self.ends_at:
            waited = (now - self.created_at) / (self.ends_at - self.created_at)
            return "pending" if waited < WAITING else "processing"

        return "failed" if self.wish.fails else "completed"

    def running(self, now: float) -> bool:
        return self.status(now) in ("pending", "processing")


@dataclass(frozen=True, slots=True)
class Order:
    """One accepted request: its renders, more than one only for several languages."""

    path: str
    key: str
    at: float
    cents: int
    renders: tuple[Render, ...]


class Ledger:
    """Every order of one sheet's rehearsals."""

    def __init__(
        self, path: Path, clock: Callable[[], float] = time.time, purse: int = PURSE, others: Sequence[Path] = ()
    ) -> None:
        """`others`: state files of the folder's other sheets, whose renders are known here too.

        Raises `InputError` for a state file that can't be used; one of the others is then passed over.
        """
        self.clock = clock
        self._file = StateFile(path)
        self._purse = purse
        self._renders: dict[str, Render] = {}
        self._keys: dict[tuple[str, str], Order] = {}
        self._handling: set[tuple[str, str]] = set()
        self._running: list[Render] = []
        for other in others:
            with suppress(InputError, KeyError, TypeError, ValueError):
                for line in StateFile(other).lines:
                    self._renders |= {render.id: render for render in _order(line).renders}
        for number, line in enumerate(self._file.lines, 1):
            try:
                order = _order(line)
            except (KeyError, TypeError, ValueError) as error:
                raise self._file.damaged(number) from error

            self._enter(order)

    @property
    def cents_left(self) -> int:
        return self._purse

    def close(self) -> None:
        self._file.close()

    def render(self, render_id: str, collection: str) -> Render | None:
        found = self._renders.get(render_id)
        return found if found and found.wish.collection == collection else None

    def any_render(self, render_id: str) -> Render | None:
        return self._renders.get(render_id)

    def newest(self, collection: str) -> Iterator[Render]:
        return (render for render in reversed(self._renders.values()) if render.wish.collection == collection)

    @contextmanager
    def handling(self, path: str, key: str) -> Iterator[Order | None]:
        """Holds the key on this path while a request is handled; gives the order that it stands for already.

        Raises `Refusal` while another request holds it. Without a key ("") nothing is held.
        """
        if not key:
            yield None
            return

        place = path, key
        if place in self._handling:
            raise Refusal(409, "request_in_progress", "Another request with this Idempotency-Key is being handled.")

        self._handling.add(place)
        try:
            yield self._replayed(place)
        finally:
            self._handling.discard(place)

    def accept(self, path: str, key: str, wishes: Sequence[Wish]) -> Order:
        """Makes the order and takes its price.

        Raises `Refusal` for an empty purse, for want of slots, or where the state file can't be written.
        """
        now = self.clock()
        if sum(PRICES[wish.kind] for wish in wishes) > self._purse:
            raise Refusal(
                402,
                "insufficient_credit",
                f"The sandbox's purse has only ${self._purse / 100:,.2f} left. To fill it, move the sandbox's state "
                "file and resume file away.",
            )

        self._running = [render for render in self._running if render.running(now)]
        if len(self._running) + sum(1 for wish in wishes if wish.collection) > SLOTS:
            raise Refusal(
                429, "rate_limit_exceeded", f"{len(self._running)} of {SLOTS} jobs are in progress.", retry_after=1
            )

        renders = tuple(Render(f"sbx_{uuid.uuid4().hex[:24]}", now, wish) for wish in wishes)
        order = Order(path, key, now, sum(wish.cents for wish in wishes), renders)
        try:
            self._file.append(_line(order))
        except OSError as error:
            raise Refusal(
                503, "service_unavailable", f"The sandbox can't write its state file: {error.strerror}."
            ) from error

        self._enter(order)
        return order

    def _replayed(self, place: tuple[str, str]) -> Order | None:
        order = self._keys.get(place)
        return order if order and self.clock() - order.at < KEY_LIFE else None

    def _enter(self, order: Order) -> None:
        self._purse -= order.cents
        self._renders |= {render.id: render for render in order.renders}
        if order.key:
            self._keys[order.path, order.key] = order
        now = self.clock()
        self._running += [render for render in order.renders if render.running(now)]


def _line(order: Order) -> Line:
    """The order as the state file has it; a wish's defaults are left out."""
    defaults = {field.name: field.default for field in fields(Wish)}
    jobs = [
        {"id": render.id} | {name: value for name, value in asdict(render.wish).items() if value != defaults[name]}
        for render in order.renders
    ]
    return {"path": order.path, "key": order.key, "at": order.at, "cents": order.cents, "jobs": jobs}


def _order(line: Line) -> Order:
    """The inverse of `_line`; raises `KeyError`, `TypeError` or `ValueError` for anything else."""
    at, jobs, cents = line["at"], line["jobs"], line["cents"]
    if not (isinstance(at, int | float) and isinstance(cents, int) and isinstance(jobs, list)):
        raise TypeError("not an order")

    renders = []
    for job in jobs:
        wish = Wish(**{name: value for name, value in job.items() if name != "id"})
        renders.append(Render(str(job["id"]), float(at), wish))
        if wish.kind not in KINDS:
            raise ValueError(wish.kind)
    return Order(str(line["path"]), str(line["key"]), float(at), cents, tuple(renders))
