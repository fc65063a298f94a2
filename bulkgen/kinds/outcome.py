"""What HeyGen tells of a job: that it took it, where it stands, and what came of it.

Pure. One job may end in several results, its parts.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field, replace

from bulkgen.kinds.expiry import SOON, earliest_end
from bulkgen.kinds.spoken_words import Word

#: What of a result can be kept as a file: the main one, and what may be beside it, by the names of their links.
MAIN_FILE = "video"
FURTHER_FILES = ("captions", "thumbnail", "audio", "gif", "vtt", "clean")


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where a finished job's results are. All but `page` are presigned and expire.

    `captioned`: the video with its captions burned in, beside the clean one, where that was asked for; `vtt`: the
    captions in WebVTT, beside those in SRT. `expire_at`: when the first of them does (Unix seconds); None where none
    does, or nobody knows when they were given.
    """

    video: str = ""
    audio: str = ""
    page: str = ""
    captions: str = ""
    thumbnail: str = ""
    gif: str = ""
    captioned: str = ""
    vtt: str = ""
    expire_at: float | None = None

    @property
    def presigned(self) -> tuple[str, ...]:
        """Those that expire, as far as there are any."""
        sound, pictures = (self.audio, self.captions, self.vtt), (self.thumbnail, self.gif)
        return tuple(filter(None, (self.video, self.captioned, *sound, *pictures)))

    @property
    def asked_for(self) -> str:
        """The video as the person asked for it: with its captions, where they were to be burned in."""
        return self.captioned or self.video

    @property
    def clean(self) -> str:
        """The video without the captions that the other one has; "" where there is only one."""
        return self.video if self.captioned else ""

    def given(self, at: float) -> Links:
        """The same links, which HeyGen gave at that time (Unix seconds): with when they expire."""
        return replace(self, expire_at=earliest_end(self.presigned, at))

    def work_at(self, moment: float) -> bool:
        """Whether they still work then (Unix seconds), as far as is known."""
        return self.expire_at is not None and moment < self.expire_at

    def due(self, now: float) -> bool:
        """Whether they are to be renewed at `now` (Unix seconds): they have expired, or will soon."""
        return not self.work_at(now + SOON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of several results of a job. `duration` in seconds; `note`: what HeyGen says of it beside its title.

    `fault`: why HeyGen did not make this one, though it made others; such parts stand behind the good ones.
    """

    id: str = ""
    title: str = ""
    note: str = ""
    links: Links = field(default_factory=Links)
    duration: float | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a paid POST gave: the job's id, and for a job answered at once its link, duration (seconds) and words.

    `parts`: the results of a job answered at once, where it has several; their links come only once, as its own.
    """

    id: str
    link: str = ""
    duration: float | None = None
    _: KW_ONLY
    words: tuple[Word, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def has_result(self) -> bool:
        return bool(self.link or self.parts)


@dataclass(frozen=True, slots=True)
class Detail:
    """A job as HeyGen's detail call tells it; `status` is `running`, `review`, `completed` or `failed`.

    `review`: it waits for the person; `message` is what HeyGen says to them, `links.page` where they answer. Of a job
    with several results (`parts`) `links` are those of the first.
    """

    status: str
    links: Links = field(default_factory=Links)
    duration: float | None = None
    _: KW_ONLY
    finished_at: str = ""
    #: Why it failed; of one that is completed, why there will be no result.
    code: str = ""
    message: str = ""
    #: The id that the job goes on under in the next stage of its life; "" while there is none.
    next_id: str = ""
    #: The text that it was made from, where HeyGen repeats it; and when (Unix seconds), where only this call tells it.
    prompt: str = ""
    created_at: float | None = None
    #: Digests (`Answer.word`) of what the person has said since HeyGen last asked them something, as far as it shows.
    heard: tuple[str, ...] = ()
    #: Its id is the result, whether or not there is a link to anything.
    by_id: bool = False
    parts: tuple[Part, ...] = ()

    @property
    def has_result(self) -> bool:
        """Whether all is there that it leads to."""
        if self.by_id:
            return True

        links = [part.links for part in self.parts if not part.fault] or [self.links]
        return all(each.asked_for or each.audio for each in links)

    def given(self, at: float) -> Detail:
        """The same, with links that HeyGen gave at that time (Unix seconds): all of them expire with the first."""
        every = [*self.links.presigned, *(link for part in self.parts for link in part.links.presigned)]
        until = earliest_end(every, at)
        parts = [replace(part, links=replace(part.links, expire_at=until)) for part in self.parts]
        return replace(self, links=replace(self.links, expire_at=until), parts=tuple(parts))

    def of_part(self, number: int, part_id: str) -> Detail:
        """As if this part were all of it: the one with that id, if it has one, else that number, from 1; itself for 0.

        Where there is none it has no links.
        """
        if not number:
            return self

        found = [part for part in self.parts if part.id == part_id] if part_id else self.parts[number - 1 : number]
        part = found[0] if found else Part()
        return replace(self, links=part.links, duration=part.duration, parts=())
