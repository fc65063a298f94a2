"""Translations of videos."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bulkgen.kinds.translation import TranslationRequest
from bulkgen.sandbox.account import Account
from bulkgen.sandbox.bodies import read_as
from bulkgen.sandbox.calls import Call
from bulkgen.sandbox.media import Link
from bulkgen.sandbox.messages import Answer, Request, invalid
from bulkgen.sandbox.ordering import order
from bulkgen.sandbox.orders import TEST_CARD, TRANSLATIONS, Order, Render, Wish
from bulkgen.sandbox.renders import FAILURE, Renders
from bulkgen.sandbox.rules import Rules
from bulkgen.sandbox.settings import Body


class Translations:
    def __init__(self, account: Account) -> None:
        self._account = account
        self._rules = Rules(account)

    @property
    def calls(self) -> Sequence[Call]:
        made = Renders(account=self._account, collection=TRANSLATIONS, told=told, noun="translation")
        statuses = partial(made.statuses, param="video_translation_ids")
        return (
            Call("GET", "/v3/video-translations", made.newest),
            Call("POST", "/v3/video-translations", self.post),
            Call("GET", "/v3/video-translations/statuses", statuses),
            Call("GET", "/v3/video-translations/{id}", made.one),
        )

    def post(self, request: Request) -> Answer:
        def ordered(made: Order) -> object:
            return {"video_translation_ids": [render.id for render in made.renders]}

        return order(self._account, request, self._judge, ordered)

    def _judge(self, body: Body) -> Sequence[Wish]:
        """One wish per language, in the order asked for."""
        asked = read_as(TranslationRequest, body)
        self._rules.languages(asked.output_languages)
        if asked.fps_mode is not None and asked.audio is None:
            raise invalid("fps_mode works with audio only.", "fps_mode")

        self._rules.sources(body)
        return [
            Wish(
                kind="translation",
                title=asked.title,
                folder_id=asked.folder_id,
                callback_id=asked.callback_id,
                input_language=asked.input_language,
                output_language=language,
                audio_only=asked.translate_audio_only,
                cents=self._rules.cents("translation", asked, TEST_CARD),
            )
            for language in asked.output_languages
        ]


def told(render: Render, status: str, link: Link) -> dict[str, object]:
    """A failed one has a message but no code."""
    wish = render.wish
    done = status == "completed"
    return {
        "id": render.id,
        "status": "running" if status == "processing" else status,
        "title": wish.title,
        "input_language": wish.input_language,
        "output_language": wish.output_language,
        "duration": wish.seconds if done else None,
        "translate_audio_only": wish.audio_only,
        "video_url": link(f"{render.id}.mp4") if done else None,
        "audio_url": link(f"{render.id}.mp3") if done else None,
        "srt_caption_url": link(f"{render.id}.srt") if done else None,
        "vtt_caption_url": link(f"{render.id}.vtt") if done else None,
        "callback_id": wish.callback_id,
        "created_at": int(render.created_at),
        "failure_message": FAILURE if status == "failed" else None,
    }
