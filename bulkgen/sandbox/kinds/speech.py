"""Recordings of texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bulkgen.kinds.speech import SpeechRequest
from bulkgen.kinds.ssml import flaw
from bulkgen.sandbox.account import Account
from bulkgen.sandbox.bodies import read_as, read_body
from bulkgen.sandbox.calls import Call
from bulkgen.sandbox.media import Link, linker
from bulkgen.sandbox.messages import Answer, Refusal, Request, data, invalid
from bulkgen.sandbox.orders import Render, Wish
from bulkgen.sandbox.rules import Rules
from bulkgen.sandbox.settings import FAIL_MARK, Body
from bulkgen.sandbox.voice import seconds_of, spoken_words


class Recordings:
    def __init__(self, account: Account) -> None:
        self._account = account
        self._rules = Rules(account)

    @property
    def calls(self) -> Sequence[Call]:
        return (Call("POST", "/v3/voices/speech", self.post),)

    def post(self, request: Request) -> Answer:
        """Answered when the recording is ready; takes no Idempotency-Key."""
        body = read_body(request)
        wish = self._judge(body)
        if self._account.settings.failure_of(request.path, body) is not None:
            message = f"The sandbox refuses a text that says {FAIL_MARK}."
            raise Refusal(400, "tts_text_invalid", message, param="text")

        render = self._account.accept(request.path, "", [wish]).renders[0]
        answer = data(_told(render, str(body["text"]), linker(self._account, request)))
        return replace(answer, jobs=(render.id,))

    def _judge(self, body: Body) -> Wish:
        asked = read_as(SpeechRequest, body)
        voice = self._rules.voice(asked.voice_id)
        if voice and "starfish" not in voice.engines:
            raise invalid(f"{voice.name} is no voice of the Starfish engine.", "voice_id")

        if asked.input_type == "ssml" and (fault := flaw(asked.text)):
            raise Refusal(400, "tts_text_invalid", f"The SSML can't be read: {fault}.", param="text")

        seconds = seconds_of([asked.text], asked.voice_id, asked.speed)
        return Wish(kind="speech", seconds=seconds, cents=self._rules.cents("speech", asked, seconds))


def _told(render: Render, text: str, link: Link) -> dict[str, object]:
    """The recording, with when its words are said, between the two marks that HeyGen puts there."""
    seconds = render.wish.seconds
    told = [("<start>", 0.0, 0.0), *spoken_words(text, seconds), ("<end>", seconds, seconds)]
    return {
        "audio_url": link(f"{render.id}.mp3"),
        "duration": seconds,
        "request_id": render.id,
        "word_timestamps": [{"word": word, "start": start, "end": end} for word, start, end in told],
    }
