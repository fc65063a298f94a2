"""What the sandbox was asked for: wishes, the renders that they became, and the order they came in.

Also how an order stands in the state file: its line, without anything that follows from the ids.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from math import isinf

from bulkgen.kinds import LIVES
from bulkgen.sandbox.state_file import Line

VIDEOS, TRANSLATIONS, LIPSYNCS = "/v3/videos", "/v3/video-translations", "/v3/lipsyncs"
HYPERFRAMES = "/v3/hyperframes/renders"
PROOFREADS = "/v3/video-translations/proofreads"
VOICES = "/v3/voices"
CLIPPINGS = "/v3/ai-clipping"

#: Seconds of the test card.
TEST_CARD = 2.0

#: The list that the jobs of a kind are in at first; "" for a recording, which no list shows. Of an agent's the video is
#: kept; its session is told from it (`sessions`).
COLLECTIONS: Mapping[str, str] = {
    name: "" if life.at_once else life.collection(0).path for name, life in LIVES.items()
} | {"agent": VIDEOS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What one job asks for, as far as later answers repeat it; of its texts only the prompt that a session repeats."""

    kind: str
    title: str | None = None
    folder_id: str | None = None
    callback_id: str | None = None
    input_language: str | None = None
    output_language: str | None = None
    audio_only: bool = False
    captioned: bool = False
    gif: bool = False
    mode: str = "speed"
    #: How many clips come of it; 0 for what has one result.
    clips: int = 0
    extension: str = "mp4"
    #: Of a project: what it was rendered with, as far as it was said.
    rendered: Mapping[str, object] = field(default_factory=dict)
    #: How long the result lasts: as long as its text is spoken; where there is none, as long as the test card.
    seconds: float = TEST_CARD
    #: What it costs, in cents, unless it fails.
    cents: float = 0.0
    #: Of an agent's: what was said first (never in the state file), whether more may be said, and how many questions
    #: the agent asks.
    prompt: str = ""
    chat: bool = False
    questions: int = 0

    @property
    def collection(self) -> str:
        return COLLECTIONS[self.kind]

    @property
    def holds_slot(self) -> bool:
        return self.collection not in ("", VOICES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Render:
    """One job at the pretend HeyGen."""

    id: str
    created_at: float
    ends_at: float
    wish: Wish
    #: The failure_code that it ends with, which may be blank; None for a good one.
    failure: str | None = None
    #: When it is there at all: the video of a session is once that has thought of it.
    begins_at: float = 0.0

    @property
    def waits(self) -> bool:
        """It waits for the person, and takes no slot."""
        return isinf(self.ends_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One accepted request: its renders, more than one only for several languages."""

    path: str
    key: str
    at: float
    cents: float
    renders: tuple[Render, ...]


def line_of(order: Order) -> Line:
    """The order as the state file has it; a wish's defaults are left out."""
    defaults = asdict(Wish(kind=""))
    jobs = [
        {"id": render.id}
        | {name: value for name, value in asdict(render.wish).items() if value != defaults[name] and name != "prompt"}
        | ({} if render.failure is None else {"fails": True})
        for render in order.renders
    ]
    return {"path": order.path, "key": order.key, "at": order.at, "cents": order.cents, "jobs": jobs}


def order_of(line: Line, render: Callable[[str, float, Wish, str | None], Render]) -> Order:
    """The inverse of `line_of`; `render` makes a render of its id, its time, its wish and its failure.

    Raises `KeyError`, `TypeError` or `ValueError` for a line that is no order.
    """
    at, jobs, cents = line["at"], line["jobs"], line["cents"]
    if not (isinstance(at, int | float) and isinstance(cents, int | float) and isinstance(jobs, list)):
        raise TypeError("not an order")

    renders = []
    for job in jobs:
        wish = Wish(**{name: value for name, value in job.items() if name not in ("id", "fails")})
        failure = "rendering_failed" if job.get("fails") else None
        renders.append(render(str(job["id"]), float(at), wish, failure))
    path, key = str(line["path"]), str(line["key"])
    return Order(path=path, key=key, at=float(at), cents=cents, renders=tuple(renders))
