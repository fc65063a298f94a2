"""The kind `agent`: HeyGen's video agent makes a whole video of a prompt, and of files beside it.

POST /v3/video-agents (https://developers.heygen.com/reference). What is paid for is a session, which leads to a video:
a life of two stages. The endpoint takes a callback id, but neither a title nor an Idempotency-Key, and its list tells
no more of a session than when it was made; so a session of which the answer was lost is recognised by the first thing
that was said in it, which is the prompt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Annotated, Literal

from pydantic import Field

from bulkgen.kinds.answers import status_of, text_of
from bulkgen.kinds.assets import Asset
from bulkgen.kinds.columns import Column, Lookup, Type
from bulkgen.kinds.duration import Duration
from bulkgen.kinds.fields import About, CallbackId, CallbackUrl, Prose, Request
from bulkgen.kinds.kind import Kind
from bulkgen.kinds.life import AfterLoss, Asked, Call, Collection, Life, Turn
from bulkgen.kinds.media import ATTACHMENT
from bulkgen.kinds.outcome import Accepted, Detail
from bulkgen.kinds.signs import Decides, Signs
from bulkgen.kinds.videos import VIDEOS
from bulkgen.model import Answer, Job


class AgentRequest(Request):
    """The body of POST /v3/video-agents."""

    prompt: Annotated[Prose, Field(min_length=1, max_length=10_000), About(
        "What the video is to tell, to whom, in which tone and how long, up to 10,000 characters.")]  # fmt: skip
    mode: Annotated[Literal["generate", "chat"], About(
        "generate (default): one video, without questions. chat: the agent may ask you something first."
        )] = "generate"  # fmt: skip
    avatar_id: Annotated[str | None, Lookup.LOOK, About(
        "Who appears: an avatar look, by name or id. Without one the agent chooses.",
        "avatar", "look_id")] = None  # fmt: skip
    voice_id: Annotated[str | None, Lookup.VOICE, About(
        "Who speaks: a voice, by name or id. Without one the agent chooses.",
        "voice")] = None  # fmt: skip
    style_id: Annotated[str | None, Lookup.STYLE, About(
        "A style of HeyGen's for the whole video: its name or id.", "style")] = None  # fmt: skip
    brand_kit_id: Annotated[str | None, About(
        "The id of a brand kit, whose colors, fonts and logos are used.", "brand_kit")] = None  # fmt: skip
    orientation: Annotated[Literal["landscape", "portrait"] | None, About(
        "landscape or portrait. Without one the agent chooses.")] = None  # fmt: skip
    files: Annotated[list[Asset] | None, Field(max_length=20), Type.ASSETS, ATTACHMENT, About(
        "What the video is made from: PDFs, pictures, videos or recordings, as links, files of yours or HeyGen asset "
        "ids, separated by `;`. Up to 20.", "attachments")] = None  # fmt: skip
    callback_id: CallbackId = None
    callback_url: CallbackUrl = None
    incognito_mode: Annotated[bool, About("yes: the agent uses and keeps nothing of other sessions.")] = False


#: A length in a prompt: `90 seconds`, `a 2-minute video`.
_LENGTH = re.compile(r"(?<![\d.,])(\d{1,4}(?:\.\d)?)[\s-]?(s|secs?|seconds?|mins?|minutes?)\b", re.IGNORECASE)

#: What is asked for beyond these is no length of a video (seconds).
_SHORTEST, _LONGEST = 5.0, 1_800.0


def asked_seconds(request: AgentRequest) -> float | None:
    """How long the prompt says that the video is to be; None where it says nothing, or several things."""
    found = {float(number) * (60 if unit[0] in "mM" else 1) for number, unit in _LENGTH.findall(request.prompt)}
    seconds = found.pop() if len(found) == 1 else 0.0
    return seconds if _SHORTEST <= seconds <= _LONGEST else None


def lasts(job: Job) -> Duration | None:
    """What its prompt says."""
    seconds = asked_seconds(job.request) if isinstance(job.request, AgentRequest) else None
    return Duration(seconds, about=True) if seconds else None


def accepted(data: Mapping[str, object]) -> Accepted:
    return Accepted(text_of(data, "session_id"))


def read(data: Mapping[str, object]) -> Detail:
    """A session; where it has a video, that goes on, whatever became of the talk about it."""
    status, video_id = status_of(data, {"waiting_for_input"}), text_of(data, "video_id")
    if video_id and status == "failed":
        status = "running"
    newest_first = list(_messages(data))
    since_asked = takewhile(lambda each: text_of(each, "role") == "user", newest_first)
    asked = (each for each in reversed(newest_first) if text_of(each, "role") == "user")
    wanted = {"failed": "error", "review": "text"}.get(status, "")
    told = (each for each in newest_first if text_of(each, "type") == wanted and text_of(each, "role") != "user")
    return Detail(
        status,
        message=text_of(next(told, {}), "content"),
        next_id=video_id,
        prompt=text_of(next(asked, {}), "content"),
        heard=tuple(Answer(text=text_of(each, "content").strip()).word for each in since_asked),
    )


def _messages(data: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    found = data.get("messages")
    return (each for each in (found if isinstance(found, list) else ()) if isinstance(each, Mapping))


def message(_job: Job, answer: Answer, asked: Asked) -> Sequence[Call]:
    return [Call(f"{SESSIONS.path}/{asked.id}", {"message": answer.text}, None)]


def takes_messages(job: Job) -> bool:
    request = job.request
    return isinstance(request, AgentRequest) and request.mode == "chat"


def prompt_of(job: Job) -> str:
    request = job.request
    return request.prompt if isinstance(request, AgentRequest) else ""


SESSIONS = Collection(
    path="/v3/video-agents",
    read=read,
    id_names=("session_id", "id"),
    events=("video_agent.success", "video_agent.fail"),
    turn=Turn(
        calls=message,
        keyed=False,
        takes=takes_messages,
        how="In mode chat, write your answer in the column reply (mode generate takes none: put it into the prompt, "
        "which makes a new, paid video)",
    ),
)

AGENT = Kind(
    name="agent",
    noun="agent video",
    look_at="whether what it says is true, names and numbers, the pictures that were chosen, and the length",
    signs=Signs(columns=(("prompt",),), decides=Decides.ALONE),
    request=AgentRequest,
    path="/v3/video-agents",
    lasts=lasts,
    answer=Column(
        name="reply",
        type=Type.TEXT,
        place=(),
        about="In mode chat: your answer to what the agent asks, once result_error has shown its question.",
        identity=False,
    ),
    life=Life(
        accepted=accepted,
        lost=AfterLoss.UNKNOWN,
        stages=(SESSIONS, VIDEOS),
        takes_title=False,
        prompt=prompt_of,
    ),
)
