"""The GETs: the account's lists, page by page, and how jobs are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.standin import media
from tests.standin.catalogue import languages
from tests.standin.faults import Terms
from tests.standin.jobs import Job
from tests.standin.messages import Json, Refusal, Reply, Request, invalid, json_reply

if TYPE_CHECKING:
    from tests.standin.world import World

_IDS_PER_CALL = 100

_IDS_PARAM = {"videos": "video_ids", "translations": "video_translation_ids"}

_NOT_FOUND = {"videos": "video_not_found", "translations": "not_found"}


class Reads:
    def __init__(self, world: World) -> None:
        self._world = world

    def me(self, request: Request, _terms: Terms) -> Reply:
        _only(request)
        settings = self._world.settings
        person = {"username": settings.username, "email": f"{settings.username}@example.com"}
        wallet = {"currency": "usd", "remaining_balance": settings.balance, "auto_reload": {"enabled": False}}
        return json_reply(
            200,
            {
                "data": {
                    **person,
                    "first_name": "Stand",
                    "last_name": "In",
                    "billing_type": "wallet",
                    "wallet": wallet,
                    "subscription": None,
                    "usage_based": None,
                }
            },
        )

    def templates(self, request: Request, _terms: Terms) -> Reply:
        _only(request, "limit", "token")
        return _page(request, [template.item for template in self._world.catalogue.templates.values()], "id", 10, 100)

    def template(self, request: Request, _terms: Terms, template_id: str) -> Reply:
        _only(request)
        return json_reply(200, {"data": self._world.catalogue.template(template_id).detail})

    def languages(self, request: Request, _terms: Terms) -> Reply:
        _only(request)
        return json_reply(200, {"data": {"languages": languages()}})

    def voices(self, request: Request, _terms: Terms) -> Reply:
        _only(request, "type", "engine", "language", "gender", "limit", "token")
        query = request.query
        wanted = query.get("type", "public")
        if wanted not in ("public", "private"):
            raise invalid("type", "type must be public or private.")

        voices = [
            _shown(voice)
            for voice in self._world.catalogue.voices.values()
            if voice["listed"] and voice["type"] == wanted
            and (query.get("engine") != "starfish" or voice["starfish"])
            and all(query.get(name) in (None, voice[name]) for name in ("language", "gender"))
        ]  # fmt: skip
        return _page(request, voices, "voice_id", 20, 100)

    def voice(self, request: Request, _terms: Terms, voice_id: str) -> Reply:
        _only(request)
        voice = _shown(self._world.catalogue.voice(voice_id))
        told = {name: value for name, value in voice.items() if name not in ("type", "support_locale")}
        return json_reply(200, {"data": told})

    def looks(self, request: Request, _terms: Terms) -> Reply:
        _only(request, "group_id", "avatar_type", "ownership", "limit", "token")
        query = request.query
        looks = [
            _shown(look)
            for look in self._world.catalogue.looks.values()
            if look["listed"]
            and all(query.get(name) in (None, look[name]) for name in ("group_id", "avatar_type", "ownership"))
        ]
        return _page(request, looks, "id", 20, 50)

    def look(self, request: Request, _terms: Terms, look_id: str) -> Reply:
        _only(request)
        return json_reply(200, {"data": _shown(self._world.catalogue.look(look_id))})

    def folders(self, request: Request, _terms: Terms) -> Reply:
        _only(request, "limit", "token")
        return _page(request, self._world.catalogue.folders, "id", 100, 100)

    # Jobs ---------------------------------------------------------------------------------------------------------

    def jobs(self, family: str, request: Request, _terms: Terms) -> Reply:
        """The list of a collection, the newest first; a title is searched for without regard to case."""
        _only(request, "limit", "token", *(("folder_id", "title") if family == "videos" else ()))
        world, query = self._world, request.query
        title = query.get("title", "").casefold()
        listed = [
            job
            for job in world.floor.of(family)
            if job.created + world.settings.list_lag <= world.now
            and title in (job.title or "").casefold()
            and query.get("folder_id") in (None, job.folder_id)
        ]
        return _page(request, listed, "id", 10, 100, partial(self._tell, request))

    def job(self, family: str, request: Request, _terms: Terms, job_id: str) -> Reply:
        _only(request)
        job = self._find(family, job_id)
        if job is None:
            raise Refusal(404, _NOT_FOUND[family], f"{job_id} not found.")

        return json_reply(200, {"data": self._tell(request, job)})

    def statuses(self, family: str, request: Request, _terms: Terms) -> Reply:
        param = _IDS_PARAM[family]
        _only(request, param)
        ids = [word for word in request.query.get(param, "").split(",") if word]
        if not ids:
            raise invalid(param, f"{param} is required.")

        if len(ids) > _IDS_PER_CALL:
            raise invalid(param, f"At most {_IDS_PER_CALL} ids per request.")

        world = self._world
        found = ((job_id, self._find(family, job_id)) for job_id in ids)
        items = [
            job.in_bulk(world.now, world.settings.status_word) if job else {"video_id": job_id, "status": "not_found"}
            for job_id, job in found
        ]
        return json_reply(200, {"data": items, "has_more": False, "next_token": None})

    def _find(self, family: str, job_id: str) -> Job | None:
        """A look at a job; the first ones may not find it."""
        job = self._world.floor.jobs.get(job_id)
        if job is None or job.family != family:
            return None

        job.looks += 1
        blind = self._world.settings.not_found_looks
        return None if blind < 0 or job.looks <= blind else job

    def _tell(self, request: Request, job: Job) -> Json:
        if job.ended:
            job.link_looks += 1
        word = self._world.settings.status_word
        link = partial(self._link, request, job)
        tell = job.video if job.family == "videos" else job.translation
        return tell(self._world.now, link, word)

    def _link(self, request: Request, job: Job, name: str) -> str | None:
        settings, now = self._world.settings, self._world.now
        early = settings.link_null_looks < 0 or job.link_looks <= settings.link_null_looks
        if early or now < job.ends + settings.link_null_seconds:
            return None

        return media.signed(origin(settings.media_base, request), name, now + settings.link_life)


def origin(media_base: str, request: Request) -> str:
    return media_base or f"http://{request.headers.get('host', '127.0.0.1')}"


def _only(request: Request, *known: str) -> None:
    """Parameters that the route does not have are mistakes."""
    for name in request.query:
        if name not in known:
            raise invalid(name, f"Unknown query parameter: {name}.")


def _shown(item: Json) -> Json:
    return {name: value for name, value in item.items() if name not in ("starfish", "listed", "ownership")}


def _page(
    request: Request,
    items: Sequence[Any],
    key: str,
    default: int,
    most: int,
    tell: Callable[[Any], Json] = lambda item: item,
) -> Reply:
    """One page; a token names the last item of the page before, so that new items in front shift nothing."""
    limit = request.query.get("limit", str(default))
    if not limit.isdigit() or not 1 <= int(limit) <= most:
        raise invalid("limit", f"limit must be between 1 and {most}.")

    names = [str(item[key] if isinstance(item, dict) else getattr(item, key)) for item in items]
    start = 0
    if token := request.query.get("token"):
        if token.removeprefix("after:") not in names:
            raise invalid("token", "Invalid token.")

        start = names.index(token.removeprefix("after:")) + 1
    end = start + int(limit)
    more = end < len(items)
    following = f"after:{names[end - 1]}" if more else None
    return json_reply(200, {"data": [tell(x) for x in items[start:end]], "has_more": more, "next_token": following})
