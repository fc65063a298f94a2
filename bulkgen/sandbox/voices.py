"""Voices that are made: found by a description, or cloned from a recording.

A description finds voices that the account has, always the same ones. A clone is an order like a render, but takes no
slot; once it is complete the account has the voice.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import replace

from bulkgen.sandbox.account import Account
from bulkgen.sandbox.catalogue import Voice
from bulkgen.sandbox.media import linker
from bulkgen.sandbox.messages import Answer, Refusal, Request, data
from bulkgen.sandbox.orders import VOICES, Render
from bulkgen.sandbox.rules import Rules, read_body
from bulkgen.sandbox.settings import FAIL_MARK

#: How many voices a description finds.
FOUND = 3


class Voices:
    def __init__(self, account: Account) -> None:
        self._account = account
        self._rules = Rules(account)

    def design(self, request: Request) -> Answer:
        """Costs nothing, and orders nothing."""
        asked = self._rules.voice(read_body(request))
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
        body = read_body(request)
        wish = self._rules.clone(body)
        most, has = self._account.settings.clones, sum(1 for _ in self._account.newest(VOICES))
        if most is not None and has >= most:
            raise Refusal(400, "resource_limit_reached", f"The account has {has} cloned voices, and may have no more.")

        failure = self._account.settings.failure_of(request.path, body)
        render = self._account.accept(request.path, "", [wish], failure).renders[0]
        return replace(data({"voice_clone_id": render.id}), jobs=(render.id,))

    def one(self, request: Request, voice_id: str) -> Answer:
        clone = self._account.render(voice_id, VOICES)
        voice = voice_of(clone) if clone else self._account.catalogue.voices.get(voice_id)
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


def voice_of(clone: Render) -> Voice:
    """A clone as a voice of the account."""
    return Voice(
        clone.id,
        clone.wish.title or "",
        clone.wish.input_language or "English",
        gender="female",
        engines=("starfish",),
        type="private",
    )
