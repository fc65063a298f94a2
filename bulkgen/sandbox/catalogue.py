"""What an account has: templates, voices, avatar looks, folders; and `REHEARSAL`, what the one of rehearsals has.

Nothing here changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_CREATED = 1_767_225_600  # 2026-01-01

Variables = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene of a template: what is spoken in it, and the names of the variables that it uses."""

    script: str
    variables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A template; its variables as HeyGen shows them, each with the template's present value."""

    id: str
    name: str
    aspect_ratio: str
    variables: Variables
    scenes: tuple[Scene, ...]

    @property
    def scene_ids(self) -> list[str]:
        return [f"{self.id}_scene_{number}" for number in range(1, len(self.scenes) + 1)]

    def listed(self, thumbnail: str) -> dict[str, object]:
        return {
            "id": self.id,
            "name": self.name,
            "aspect_ratio": self.aspect_ratio,
            "thumbnail_url": thumbnail,
            "created_at": _CREATED,
            "updated_at": _CREATED,
        }

    def detail(self, thumbnail: str) -> dict[str, object]:
        scenes = [
            {
                "scene_id": scene_id,
                "script": scene.script,
                "variables": [
                    {"name": name, "variable_type": self.variables[name]["type"]} for name in scene.variables
                ],
            }
            for scene_id, scene in zip(self.scene_ids, self.scenes, strict=True)
        ]
        return {
            **self.listed(thumbnail),
            "variables": {name: dict(variable) for name, variable in self.variables.items()},
            "scene_ids": self.scene_ids,
            "scenes": scenes,
        }


@dataclass(frozen=True, slots=True)
class Voice:
    id: str
    name: str
    language: str
    gender: str
    engines: tuple[str, ...] = ()
    type: str = "public"
    #: It works, but no list shows it.
    hidden: bool = False

    def listed(self, preview: str) -> dict[str, object]:
        return {
            "voice_id": self.id,
            "name": self.name,
            "language": self.language,
            "gender": self.gender,
            "type": self.type,
            "support_pause": True,
            "support_locale": "starfish" in self.engines,
            "preview_audio_url": preview,
        }

    def detail(self, preview: str) -> dict[str, object]:
        return {
            "voice_id": self.id,
            "name": self.name,
            "language": self.language,
            "gender": self.gender,
            "support_pause": True,
            "support_interactive_avatar": False,
            "preview_audio_url": preview,
            "status": "complete" if self.type == "private" else None,
            "failure_message": None,
            "created_at": _CREATED,
        }


@dataclass(frozen=True, slots=True)
class Look:
    id: str
    name: str
    avatar_type: str
    gender: str
    voice: str
    engines: tuple[str, ...]
    ownership: str = "public"
    portrait: bool = False
    #: It works, but no list shows it.
    hidden: bool = False

    @property
    def group_id(self) -> str:
        return self.id.replace("look_", "group_")

    def listed(self, image: str, video: str) -> dict[str, object]:
        width, height = (1080, 1920) if self.portrait else (1920, 1080)
        return {
            "id": self.id,
            "name": self.name,
            "avatar_type": self.avatar_type,
            "group_id": self.group_id,
            "gender": self.gender,
            "default_voice_id": self.voice,
            "supported_api_engines": list(self.engines),
            "preferred_orientation": "portrait" if self.portrait else "landscape",
            "image_width": width,
            "image_height": height,
            "preview_image_url": image,
            "preview_video_url": video,
            "status": "completed" if self.ownership == "private" else None,
            "tags": [],
            "error": None,
        }


@cache
def languages() -> tuple[str, ...]:
    """The names that a translation may ask for, to the letter."""
    source = files("bulkgen.sandbox") / "languages.json"
    return tuple(json.loads(source.read_text(encoding="utf-8"))["languages"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All that an account has, by id."""

    templates: Mapping[str, Template]
    voices: Mapping[str, Voice]
    looks: Mapping[str, Look]
    folders: Mapping[str, Mapping[str, object]]

    @classmethod
    def of(
        cls,
        templates: Iterable[Template],
        voices: Iterable[Voice],
        looks: Iterable[Look],
        folders: Iterable[tuple[str, str]],
    ) -> Catalogue:
        """`folders`: id and name."""
        return cls(
            templates={template.id: template for template in templates},
            voices={voice.id: voice for voice in voices},
            looks={look.id: look for look in looks},
            folders={
                folder_id: {"id": folder_id, "name": name, "parent_id": None, "type": "mixed"}
                for folder_id, name in folders
            },
        )

    def __contains__(self, item: str) -> bool:
        """Whether there is anything of this id that has a picture or a sample."""
        return item in self.templates or item in self.voices or item in self.looks


def _text(content: str = "") -> dict[str, object]:
    return {"type": "text", "content": content}


def _image(name: str) -> dict[str, object]:
    return {"type": "image", "asset": {"type": "asset_id", "asset_id": name}, "fit": "contain"}


def _video(name: str) -> dict[str, object]:
    asset = {"type": "asset_id", "asset_id": name}
    return {"type": "video", "asset": asset, "fit": "contain", "play_style": "loop", "volume": 1}


def _character(look: str) -> dict[str, object]:
    return {"type": "character", "character_id": look, "character_type": "avatar"}


_TEMPLATES = (
    Template(
        "tpl_welcome",
        "Welcome a new customer",
        "16:9",
        {"first_name": _text("Alex"), "company": _text("Acme"), "logo": _image("asset_acme_logo")},
        (
            Scene("Hello {{first_name}}, it is good to have {{company}} with us.", ("first_name", "company", "logo")),
            Scene("Here is how you start.", ("logo",)),
        ),
    ),
    Template(
        "tpl_invitation",
        "Invitation to an event",
        "16:9",
        {
            "first_name": _text("Alex"),
            "event": _text("our open house"),
            "date": _text("12 May"),
            "presenter": _character("look_abigail"),
        },
        (
            Scene(
                "{{first_name}}, you are invited to {{event}} on {{date}}.",
                ("first_name", "event", "date", "presenter"),
            ),
        ),
    ),
    Template(
        "tpl_product",
        "Product in fifteen seconds",
        "9:16",
        # A variable with the name of a field: HeyGen's own title is then the column video_title.
        {
            "title": _text("New in spring"),
            "price": _text(),
            "photo": _image("asset_product"),
            "clip": _video("asset_b"),
        },
        (Scene("{{title}}, now for {{price}}.", ("title", "price", "photo", "clip")),),
    ),
    Template(
        "tpl_showcase",
        "Every type of variable",
        "16:9",
        {
            "headline": _text("Made for you"),
            "photo": _image("asset_photo"),
            "clip": _video("asset_clip"),
            "jingle": {"type": "audio", "asset": {"type": "asset_id", "asset_id": "asset_jingle"}},
            "presenter": _character("look_daniel"),
            "speaker": {"type": "voice", "voice_id": "voice_ben", "locale": "en-GB"},
        },
        (Scene("{{headline}}", ("headline", "photo", "presenter", "speaker")), Scene("", ("clip", "jingle"))),
    ),
)

_VOICES = (
    Voice("voice_anna", "Anna", "English", "female", ("starfish",)),
    Voice("voice_ben", "Ben", "English", "male", ("starfish",)),
    Voice("voice_lucia", "Lucía", "Spanish", "female", ("starfish",)),
    Voice("voice_marlene", "Marlene", "German", "female", ("elevenlabs",)),
    Voice("voice_kenji", "Kenji", "Japanese", "male", ("fish",)),
    Voice("voice_own", "Your own voice", "English", "female", ("starfish",), "private"),
)

_LOOKS = (
    Look("look_abigail", "Abigail in the office", "studio_avatar", "female", "voice_anna", ("avatar_iii", "avatar_iv")),
    Look(
        "look_daniel", "Daniel in a suit", "digital_twin", "male", "voice_ben", ("avatar_iii", "avatar_iv", "avatar_v")
    ),
    Look(
        "look_lucia",
        "Lucía outdoors",
        "photo_avatar",
        "female",
        "voice_lucia",
        ("avatar_iv", "avatar_v"),
        portrait=True,
    ),
    Look("look_own", "Your own twin", "digital_twin", "female", "voice_own", ("avatar_iv", "avatar_v"), "private"),
)

_FOLDERS = (("folder_campaigns", "Campaigns"), ("folder_onboarding", "Onboarding"))

REHEARSAL = Catalogue.of(_TEMPLATES, _VOICES, _LOOKS, _FOLDERS)
