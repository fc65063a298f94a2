"""Voices: those of the account, those found by a description, and those cloned from a recording.

A description finds voices that the account has, always the same ones. A clone is an order like a render, but takes no
slot; once it is complete the account has the voice.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

from bulkgen.kinds.clone import CloneRequest
from bulkgen.kinds.voice import VoiceRequest
from bulkgen.sandbox.account import Account
from bulkgen.sandbox.bodies import read_as, read_body
from bulkgen.sandbox.calls import Call
from bulkgen.sandbox.catalogue import Voice
from bulkgen.sandbox.media import linker
from bulkgen.sandbox.messages import Answer, Refusal, Request, data, one_of, page
from bulkgen.sandbox.ordering import order_keyless
from bulkgen.sandbox.orders import TEST_CARD, VOICES, Render, Wish
from bulkgen.sandbox.rules import Rules
from bulkgen.sandbox.settings import FAIL_MARK, Body

#: How many voices a description finds.
FOUND = 3


class Voices:
    def __init__(self, account: Account) -> None:
        self._account = account
        self._rules = Rules(account)

    @property
    def calls(self) -> Sequence[Call]:
        return (
            Call("GET", "/v3/voices", self.newest),
            Call("POST", "/v3/voices", self.design),
            Call("POST", "/v3/voices/clone", self.clone),
            Call("GET", "/v3/voices/{id}", self.one),
        )

    def design(self, request: Request) -> Answer:
        """Costs nothing, and orders nothing."""
        asked = read_as(VoiceRequest, read_body(request))
        fitting = [
            voice
            for voice in self._account.catalogue.voices.values()
            if voice.type == "public"
            and not voice.hidden
            and "starfish" in voice.engines
            and (not asked.gender or asked.gender == voice.gender)
        ]
        start = FOUND * asked.seed + zlib.crc32(asked.prompt.encode())
        found = (
            {each.id: each for at in range(FOUND) for each in [fitting[(start + at) % len(fitting)]]} if fitting else {}
        )
        link = linker(self._account, request)
        return data({"seed": asked.seed, "voices": [each.listed(link(f"{each.id}.mp3")) for each in found.values()]})

    def clone(self, request: Request) -> Answer:
        """Takes no Idempotency-Key."""
        return order_keyless(self._account, request, self._judge, lambda made: {"voice_clone_id": made.id})

    def _judge(self, body: Body) -> Wish:
        asked = read_as(CloneRequest, body)
        self._rules.sources(body)
        most, has = self._account.settings.clones, sum(1 for _ in self._account.newest(VOICES))
        if most is not None and has >= most:
            raise Refusal(400, "resource_limit_reached", f"The account has {has} cloned voices, and may have no more.")

        cents = self._rules.cents("clone", asked, TEST_CARD)
        return Wish(kind="clone", title=asked.voice_name, input_language=asked.language, cents=cents)

    def newest(self, request: Request) -> Answer:
        query, link = request.query, linker(self._account, request)
        made = {clone.id: _voice_of(clone) for clone in self._account.newest(VOICES) if self._is_complete(clone)}
        voices = {**made, **self._account.catalogue.voices}
        type_ = one_of(query, "type", ("public", "private")) or "public"
        engine, language, gender = query.get("engine"), query.get("language"), query.get("gender")
        fitting = [
            voice.id
            for voice in voices.values()
            if voice.type == type_
            and not voice.hidden
            and (not engine or engine in voice.engines)
            and (not language or language == voice.language)
            and (not gender or gender == voice.gender)
        ]

        def show(voice_id: str) -> dict[str, object]:
            return voices[voice_id].listed(link(f"{voice_id}.mp3"))

        return page(query, fitting, show, default=20, most=100)

    def _is_complete(self, clone: Render) -> bool:
        return self._account.status(clone) == "completed"

    def one(self, request: Request, voice_id: str) -> Answer:
        clone = self._account.render(voice_id, VOICES)
        voice = _voice_of(clone) if clone else self._account.catalogue.voices.get(voice_id)
        if voice is None:
            raise Refusal(404, "voice_not_found", f"The sandbox has no voice {voice_id}.")

        told = voice.detail(linker(self._account, request)(f"{voice_id}.mp3"))
        return data({**told, **self._progress(clone)} if clone else told)

    def _progress(self, clone: Render) -> Mapping[str, object]:
        """How far it is, and what only a complete voice has."""
        status = self._account.status(clone)
        told = {"created_at": int(clone.created_at)}
        if status == "completed":
            return told

        failed = status == "failed"
        message = f"The sandbox let this clone fail because the row says {FAIL_MARK}." if failed else None
        return told | {
            "status": "failed" if failed else "processing",
            "failure_message": message,
            "preview_audio_url": None,
        }


def _voice_of(clone: Render) -> Voice:
    """A clone as a voice of the account."""
    return Voice(
        clone.id,
        clone.wish.title or "",
        clone.wish.input_language or "English",
        gender="female",
        engines=("starfish",),
        type="private",
    )
