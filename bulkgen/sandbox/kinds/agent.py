"""The calls of the video agent: sessions that think, may ask the person, and lead to a video.

A session is paid for when it begins; its video is the render of its order. What is said in it is kept as long as the
sandbox runs, and no longer; that a question was answered is remembered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bulkgen.kinds.agent import AgentRequest, asked_seconds
from bulkgen.sandbox.account import Account
from bulkgen.sandbox.bodies import read_as, read_body
from bulkgen.sandbox.calls import Call
from bulkgen.sandbox.messages import Answer, Refusal, Request, data, invalid, page
from bulkgen.sandbox.ordering import order_keyless
from bulkgen.sandbox.orders import Render, Wish
from bulkgen.sandbox.rules import Rules
from bulkgen.sandbox.settings import ASK_MARK, FAIL_MARK, Body

_PREFIX = "session_"

#: The longest message of a session (characters).
_MESSAGE = 10_000

#: How long a video lasts of which nobody says it (seconds).
_VIDEO = 45.0

Message = dict[str, object]


class Sessions:
    def __init__(self, account: Account) -> None:
        self._account = account
        self._rules = Rules(account)
        #: What the person said after the prompt: text and time, by the id of the video.
        self._replies: dict[str, list[tuple[str, float]]] = {}
        for line in account.other_lines:
            at, render = line.get("at"), account.renders.get(str(line.get("answered")))
            if render and isinstance(at, int | float):
                self._answered(render, "", float(at))

    @property
    def calls(self) -> Sequence[Call]:
        return (
            Call("GET", "/v3/video-agents", self.newest),
            Call("POST", "/v3/video-agents", self.post),
            Call("GET", "/v3/video-agents/{id}", self.one),
            Call("POST", "/v3/video-agents/{id}", self.message),
        )

    def post(self, request: Request) -> Answer:
        """A new session. Takes no Idempotency-Key."""

        def told(made: Render) -> Message:
            begun = int(made.created_at)
            return {"session_id": _id_of(made), "status": "thinking", "created_at": begun, "video_id": None}

        return order_keyless(self._account, request, self._judge, told)

    def _judge(self, body: Body) -> Wish:
        asked, catalogue = read_as(AgentRequest, body), self._rules.catalogue
        if asked.avatar_id is not None:
            self._rules.known(catalogue.looks, asked.avatar_id, "avatar_not_found", "avatar_id")
        if asked.voice_id is not None:
            self._rules.voice(asked.voice_id)
        if asked.style_id is not None:
            self._rules.known(catalogue.styles, asked.style_id, "not_found", "style_id")
        self._rules.sources(body)
        seconds = asked_seconds(asked) or _VIDEO
        chat = asked.mode == "chat"
        return Wish(
            kind="agent",
            callback_id=asked.callback_id,
            seconds=seconds,
            cents=self._rules.cents("agent", asked, seconds),
            prompt=asked.prompt,
            chat=chat,
            questions=asked.prompt.casefold().count(ASK_MARK) if chat else 0,
        )

    def newest(self, request: Request) -> Answer:
        found = {_id_of(render): render for render in self._account.sessions()}

        def show(session_id: str) -> Message:
            return {"session_id": session_id, "title": None, "created_at": int(found[session_id].created_at)}

        return page(request.query, found, show, default=20, most=100)

    def one(self, _request: Request, session_id: str) -> Answer:
        render = self._known(session_id)
        status, begun = self._status(render), self._account.begun(render) and render.failure != ""
        return data(
            {
                "session_id": session_id,
                "status": status,
                "progress": {"completed": 100, "generating": 60}.get(status, 10),
                "title": None,
                "video_id": render.id if begun else None,
                "created_at": int(render.created_at),
                "messages": self._messages(render, status)[::-1][:40],
            }
        )

    def message(self, request: Request, session_id: str) -> Answer:
        """An answer to a question; at any other time the wish for another video, which is paid."""
        render, body = self._known(session_id), read_body(request)
        text = _message(body)
        if not render.wish.chat:
            raise invalid("Only a session of mode chat takes messages.", "message")

        jobs: Sequence[Render] = ()
        if render.waits:
            self._account.note({"answered": render.id, "at": self._account.clock()})
            self._answered(render, text, self._account.clock())
        else:
            jobs = self._account.accept(request.path, "", [replace(render.wish, questions=0)]).renders
        answer = data({"session_id": session_id, "run_id": self._account.new_id(), "title": None})
        return replace(answer, jobs=tuple(each.id for each in jobs))

    def _answered(self, render: Render, text: str, at: float) -> None:
        replies = self._replies.setdefault(render.id, [])
        replies.append((text, at))
        if len(replies) >= render.wish.questions:
            self._account.go_on(render, at)

    def _known(self, session_id: str) -> Render:
        render = self._account.renders.get(session_id.removeprefix(_PREFIX))
        if render is None or render.wish.kind != "agent" or not session_id.startswith(_PREFIX):
            raise Refusal(404, "not_found", "The sandbox has no such session.")

        return render

    def _status(self, render: Render) -> str:
        if render.waits:
            return "waiting_for_input"

        ended = self._account.status(render) in ("completed", "failed")
        if render.failure == "" and ended:
            return "failed"

        return "completed" if ended else "generating" if self._account.begun(render) else "thinking"

    def _messages(self, render: Render, status: str) -> list[Message]:
        """What was said, in its order."""
        begun, replies = render.created_at, self._replies.get(render.id, [])
        told = [_said("user", render.wish.prompt, begun)] if render.wish.prompt else []
        times = [begun, *(at for _, at in replies)]
        for number in range(render.wish.questions):
            if number <= len(replies):
                told.append(_said("model", f"Question {number + 1} of the sandbox: which of the two?", times[number]))
            if number < len(replies) and replies[number][0]:
                told.append(_said("user", *replies[number]))
        if status == "failed":
            why = f"The sandbox let this session fail because the row says {FAIL_MARK}."
            told.append({**_said("model", why, render.ends_at), "type": "error"})
        return told


def _message(body: Body) -> str:
    """What is said in a session that has begun. Raises `Refusal`."""
    unknown = sorted(body.keys() - {"message", "avatar_id", "brand_kit_id", "files", "voice_id"})
    if unknown:
        raise invalid(f"{unknown[0]} is no field of a message.", unknown[0])

    text = body.get("message")
    if not isinstance(text, str) or not 1 <= len(text) <= _MESSAGE:
        raise invalid(f"message has 1 to {_MESSAGE:,} characters.", "message")

    return text


def _id_of(render: Render) -> str:
    return f"{_PREFIX}{render.id}"


def _said(role: str, text: str, at: float) -> Message:
    return {"role": role, "content": text, "type": "text", "created_at": int(at), "resource_ids": None}
