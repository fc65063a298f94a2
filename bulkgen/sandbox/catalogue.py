"""What an account may have: templates, voices, avatar looks, folders and styles, as HeyGen shows them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass
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
    _: KW_ONLY
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
    _: KW_ONLY
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
    _: KW_ONLY
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


@dataclass(frozen=True, slots=True)
class Style:
    """A look that an agent gives to its videos."""

    id: str
    name: str
    aspect_ratio: str
    _: KW_ONLY
    tags: tuple[str, ...] = ()

    def listed(self, image: str, video: str) -> dict[str, object]:
        return {
            "style_id": self.id,
            "name": self.name,
            "aspect_ratio": self.aspect_ratio,
            "tags": list(self.tags),
            "thumbnail_url": image,
            "preview_video_url": video,
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
    glossaries: Mapping[str, Mapping[str, object]]
    styles: Mapping[str, Style]

    @classmethod
    def of(
        cls,
        templates: Iterable[Template],
        voices: Iterable[Voice],
        looks: Iterable[Look],
        folders: Iterable[tuple[str, str]],
        glossaries: Iterable[tuple[str, str]] = (),
        styles: Iterable[Style] = (),
    ) -> Catalogue:
        """`folders` and `glossaries`: id and name."""
        return cls(
            templates={template.id: template for template in templates},
            voices={voice.id: voice for voice in voices},
            looks={look.id: look for look in looks},
            folders={
                folder_id: {"id": folder_id, "name": name, "parent_id": None, "type": "mixed"}
                for folder_id, name in folders
            },
            glossaries={
                glossary_id: {
                    "brand_glossary_id": glossary_id,
                    "name": name,
                    "created_at": "2026-07-01T09:00:00Z",
                    "updated_at": "2026-07-01T09:00:00Z",
                }
                for glossary_id, name in glossaries
            },
            styles={style.id: style for style in styles},
        )

    def __contains__(self, item: str) -> bool:
        """Whether there is anything of this id that has a picture or a sample."""
        return item in self.templates or item in self.voices or item in self.looks or item in self.styles
