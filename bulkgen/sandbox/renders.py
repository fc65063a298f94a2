"""The renders of one collection as the calls that read them tell them: its list, each of them, their statuses.

Fields: https://developers.heygen.com/reference. Every field always stands; what is not there yet is null.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bulkgen.sandbox.account import Account
from bulkgen.sandbox.media import Link, linker
from bulkgen.sandbox.messages import Answer, Refusal, Request, data, invalid, page
from bulkgen.sandbox.orders import Render
from bulkgen.sandbox.settings import FAIL_MARK

#: Ids in one call of the bulk statuses (HeyGen's limit).
IDS_PER_CALL = 100

#: Why a job failed.
FAILURE = f"The sandbox let this job fail because the row says {FAIL_MARK}."

#: A render, how far it is, and how its links are made: all that is told of it.
Told = Callable[[Render, str, Link], dict[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Renders:
    """`noun` and `code`: what a missing one is called, and refused with; `searched`: its list looks for a title and a
    folder where it is asked to."""

    account: Account
    collection: str
    told: Told
    noun: str
    code: str = "not_found"
    searched: bool = False

    def newest(self, request: Request) -> Answer:
        query = request.query if self.searched else {}
        title, folder = query.get("title", "").casefold(), query.get("folder_id")
        ids = (
            render.id
            for render in self.account.newest(self.collection)
            if title in (render.wish.title or "").casefold() and (not folder or folder == render.wish.folder_id)
        )
        return page(request.query, ids, lambda render_id: self._shown(request, render_id), default=10, most=100)

    def one(self, request: Request, render_id: str) -> Answer:
        if not self.account.render(render_id, self.collection):
            raise Refusal(404, self.code, f"The sandbox has no such {self.noun}.")

        return data(self._shown(request, render_id))

    def statuses(self, request: Request, param: str) -> Answer:
        """`param`: the one that names the ids."""
        ids = ids_asked(request, param)
        return data([self._line(render_id, self.account.render(render_id, self.collection)) for render_id in ids])

    def _line(self, render_id: str, render: Render | None) -> dict[str, object]:
        return status_line(render_id, render, self.account.status(render) if render else "not_found")

    def _shown(self, request: Request, render_id: str) -> dict[str, object]:
        render = self.account.renders[render_id]
        return self.told(render, self.account.status(render), linker(self.account, request))


def ids_asked(request: Request, param: str) -> list[str]:
    ids = [part for part in request.query.get(param, "").split(",") if part]
    if len(ids) > IDS_PER_CALL:
        raise invalid(f"One call takes {IDS_PER_CALL} ids; these are {len(ids)}.", param)

    return ids


def status_line(render_id: str, render: Render | None, status: str) -> dict[str, object]:
    """The id stands in `video_id` for every collection; the words are those of the older API."""
    failed = render is not None and status == "failed"
    return {
        "video_id": render_id,
        "status": "queued" if status == "pending" else status,
        "error": {"code": render.failure or None, "message": FAILURE} if render and failed else None,
        "batch_id": None,
        "item_index": None,
    }
