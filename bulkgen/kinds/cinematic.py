"""The kind `cinematic`: a scene from a prompt, with one to three of the account's avatars in it.

POST /v3/videos with `type: cinematic_avatar` (https://developers.heygen.com/reference). There is no script and no
voice: the prompt tells what happens and what is said. The endpoint takes a title, but no callback.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field

from bulkgen.kinds.account import Template
from bulkgen.kinds.assets import Asset
from bulkgen.kinds.columns import Lookup, Type, is_link
from bulkgen.kinds.duration import Duration
from bulkgen.kinds.fields import About, Folder, Prose, Request, Title
from bulkgen.kinds.kind import Kind, Values
from bulkgen.kinds.life import Life
from bulkgen.kinds.media import REFERENCE
from bulkgen.kinds.signs import Decides, Signs
from bulkgen.kinds.videos import VIDEOS, accepted
from bulkgen.model import Issue, Job, LocalFile, Mixed, plural, warning

#: How many references of a sort HeyGen takes, and how their links end; what ends otherwise is left to HeyGen.
_MOST: Mapping[str, tuple[int, frozenset[str]]] = {
    "videos": (3, frozenset({"mp4", "webm", "mov"})),
    "pictures": (9, frozenset({"jpg", "jpeg", "png"})),
}


#: How long a scene lasts of which nobody says it (seconds).
_USUAL = 10


class CinematicRequest(Request):
    """The body of POST /v3/videos for a scene from a prompt."""

    type: Literal["cinematic_avatar"]
    prompt: Annotated[Prose, Field(min_length=1, max_length=10_000), About(
        "What happens in the scene and what is said, up to 10,000 characters.")]  # fmt: skip
    avatar_id: Annotated[list[str], Field(min_length=1, max_length=3), Lookup.LOOK, About(
        "One to three avatar looks, by name or id, separated by `;`.", "avatar", "look_id")]  # fmt: skip
    references: Annotated[list[Asset] | None, Type.ASSETS, REFERENCE, About(
        "Pictures, videos or recordings to go by: links, files of yours or HeyGen asset ids, separated by `;`. Up to "
        "3 videos and 9 pictures.")] = None  # fmt: skip
    title: Title = None
    folder_id: Folder = None
    aspect_ratio: Annotated[Literal["16:9", "9:16", "1:1"], About("16:9 (default), 9:16 or 1:1.")] = "16:9"
    resolution: Annotated[Literal["720p", "1080p"], About("720p (default) or 1080p.")] = "720p"
    duration: Annotated[int | None, Field(ge=4, le=15), About("Its length in seconds, 4–15; 10 without one.")] = None
    auto_duration: Annotated[bool, About("yes: HeyGen chooses the length.")] = False
    enhance_prompt: Annotated[bool, About("yes: HeyGen may add to the prompt.")] = False


def shape(body: dict[str, object], _template: Template | None) -> dict[str, object]:
    return {"type": "cinematic_avatar", **body}


def check(values: Values) -> Iterable[Issue]:
    if "duration" in values and values.get("auto_duration"):
        cause, fix = "can't stand beside auto_duration", "Clear one of the two cells."
        yield Issue(code="conflict", field="duration", cause=cause, fix=fix)
    references = values.get("references")
    several = references.items if isinstance(references, Mixed) else references
    if isinstance(several, tuple):
        links = [_ending(each) for each in several if isinstance(each, LocalFile) or is_link(each)]
        for noun, (most, endings) in _MOST.items():
            given = sum(ending in endings for ending in links)
            if given > most:
                cause, fix = f"has {given} {noun}", f"HeyGen takes up to {most} {noun}: take some out."
                yield Issue(code="too_many", field="references", cause=cause, fix=fix)
        most, endings = _MOST["pictures"]
        pictures, looks = sum(ending in endings for ending in links), _count(values.get("avatar_id"))
        if pictures <= most < pictures + looks:
            cause = f"has {pictures} pictures beside {plural(looks, 'avatar')}, and HeyGen counts both"
            fix = f"It takes up to {most} together: take some out."
            yield warning(code="may_be_refused", field="references", cause=cause, fix=fix)


def _count(value: object) -> int:
    return len(value) if isinstance(value, tuple) else 0


def _ending(link: str | LocalFile) -> str:
    if isinstance(link, LocalFile):
        return {"video/mp4": "mp4", "video/webm": "webm", "image/jpeg": "jpg", "image/png": "png"}.get(link.type, "")

    try:
        return urlsplit(link).path.rpartition(".")[2].casefold()
    except ValueError:  # no address: whoever probes it says so
        return ""


def lasts(job: Job) -> Duration | None:
    """What was asked for, or what HeyGen takes without a word; nobody knows what it chooses by itself."""
    assert isinstance(job.request, CinematicRequest)
    return None if job.request.auto_duration else Duration(float(job.request.duration or _USUAL))


CINEMATIC = Kind(
    name="cinematic",
    noun="cinematic video",
    look_at="whether the scene is the one that was meant, faces and hands, and what is said",
    signs=Signs(columns=(("prompt",), ("avatar_id",)), decides=Decides.LAST),
    request=CinematicRequest,
    path="/v3/videos",
    life=Life(accepted=accepted, stages=(VIDEOS,), takes_callback=False),
    shape=shape,
    check=check,
    lasts=lasts,
)
