"""What the requests of several kinds have in common: the things of the account that they name, and what they cost.

The types of fields are those of `bulkgen.kinds`; the rules between the fields of one kind are in its file of
`bulkgen.sandbox.kinds`. The messages are the sandbox's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel

from bulkgen.kinds.avatar import AvatarRequest, AvatarV
from bulkgen.kinds.scene_request import SceneAvatar
from bulkgen.model import listed
from bulkgen.sandbox.account import Account
from bulkgen.sandbox.catalogue import Catalogue, Voice, languages
from bulkgen.sandbox.engines import judge_look
from bulkgen.sandbox.messages import Refusal, invalid
from bulkgen.sandbox.orders import VOICES
from bulkgen.sandbox.settings import Body

Thing = TypeVar("Thing")


class Rules:
    """What an account allows. Every method raises `Refusal` for what it does not."""

    def __init__(self, account: Account) -> None:
        self._account = account

    @property
    def catalogue(self) -> Catalogue:
        return self._account.catalogue

    def sources(self, body: Body) -> None:
        """The folder; and, as far as the account is known, every source."""
        folder = body.get("folder_id")
        if folder is not None:
            self.known(self.catalogue.folders, str(folder), "not_found", "folder_id")
        if not self._account.settings.strict:
            return

        for name, value in _texts(body):
            if name == "asset_id" and not value.startswith("asset_"):
                raise Refusal(404, "asset_not_found", f"There is no asset {value}.", param=name)

            if name.endswith("url") and not value.startswith("https://"):
                raise invalid(f"{name} is no public https link.", name)

    def known(self, things: Mapping[str, Thing], thing_id: str, code: str, param: str | None) -> Thing | None:
        """The thing of that id; None for an unknown one, where the account is lenient."""
        if thing_id not in things and self._account.settings.strict:
            raise Refusal(404, code, f"The account has no {thing_id}.", param=param)

        return things.get(thing_id)

    def voice(self, voice_id: str) -> Voice | None:
        """A voice of the account; a clone's is checked for no engine: it can be used everywhere."""
        clone = self._account.render(voice_id, VOICES)
        if clone:
            if self._account.status(clone) != "completed":
                raise Refusal(409, "voice_not_ready", f"The voice {voice_id} is not ready.", param="voice_id")

            return None

        return self.known(self.catalogue.voices, voice_id, "voice_not_found", "voice_id")

    def look(self, asked: AvatarRequest | SceneAvatar, resolution: str | None) -> str:
        """Whose voice speaks where none is named: that of the look, which can be made so."""
        looks = self.catalogue.looks
        look = self.known(looks, asked.avatar_id, "avatar_not_found", "avatar_id")
        reference = asked.engine.reference_look_id if isinstance(asked.engine, AvatarV) else None
        if look:
            judge_look(asked, look, looks.get(reference or ""), resolution)
        return look.voice if look else asked.avatar_id

    def languages(self, names: Sequence[str]) -> None:
        """Those that one request may be translated into."""
        strange = [name for name in names if name not in languages()]
        if strange:
            raise invalid(f"No translation is made into {listed(strange)}.", "output_languages")

        slots = self._account.settings.slots
        if len(names) > slots > 0:
            raise invalid(f"The sandbox takes up to {slots} languages in one request.", "output_languages")

    def cents(self, kind: str, asked: BaseModel, seconds: float) -> float:
        types = {look_id: look.avatar_type for look_id, look in self.catalogue.looks.items()}
        return self._account.settings.charge(kind, asked, types, seconds)


def _texts(content: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a body, with the name of its field."""
    if isinstance(content, dict):
        for inner, value in content.items():
            yield from _texts(value, inner)
    elif isinstance(content, list):
        for value in content:
            yield from _texts(value, name)
    elif isinstance(content, str):
        yield name, content
