"""What the stand-in's account holds: templates, voices, looks, folders and the languages of translations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.standin.messages import Json, Refusal, invalid

#: id -> variables, name -> type. Twelve more, `tpl_page_01` …, make the list longer than a page.
TEMPLATES: Mapping[str, Mapping[str, str]] = {
    "tpl_hello": {"first_name": "text", "company": "text"},
    "tpl_full": {
        "first_name": "text",
        "logo": "image",
        "clip": "video",
        "jingle": "audio",
        "presenter": "character",
        "speaker": "voice",
    },
    "tpl_titled": {"title": "text", "First Name": "text"},
    "tpl_plain": {"logo": "image"},
    **{f"tpl_page_{number:02}": {"text": "text"} for number in range(1, 13)},
}

#: id -> type, Starfish (speech) can use it, listed. A voice that is not listed works all the same.
VOICES: Mapping[str, tuple[str, bool, bool]] = {
    "voice_ann": ("public", True, True),
    "voice_bob": ("public", True, True),
    "voice_mine": ("private", True, True),
    "voice_eleven": ("public", False, True),
    "voice_hidden": ("private", True, False),
    **{f"voice_page_{number:03}": ("public", True, True) for number in range(1, 121)},
}

#: id -> ownership, avatar_type, listed.
LOOKS: Mapping[str, tuple[str, str, bool]] = {
    "look_ann": ("public", "studio_avatar", True),
    "look_bob": ("public", "digital_twin", True),
    "look_photo": ("public", "photo_avatar", True),
    "look_mine": ("private", "digital_twin", True),
    "look_hidden": ("private", "digital_twin", False),
    **{f"look_page_{number:02}": ("public", "studio_avatar", True) for number in range(1, 61)},
}

FOLDERS = ("folder_1", "folder_2")

_CREATED = 1_780_000_000

#: What `GET /v3/templates/{id}` shows for a variable of each type.
_SHOWN: Mapping[str, Json] = {
    "text": {"content": ""},
    "image": {"asset": {"type": "url", "url": "https://example.com/a.png"}, "fit": "contain"},
    "video": {
        "asset": {"type": "url", "url": "https://example.com/a.mp4"},
        "fit": "contain",
        "play_style": "loop",
        "volume": 1,
    },
    "audio": {"asset": {"type": "asset_id", "asset_id": "asset_jingle"}},
    "character": {"character_id": "look_ann", "character_type": "avatar"},
    "voice": {"voice_id": "voice_ann", "locale": None},
}


@dataclass(frozen=True, slots=True)
class Template:
    id: str
    variables: Mapping[str, str]
    scenes: tuple[str, ...] = ("scene_1", "scene_2")

    @property
    def item(self) -> Json:
        return {
            "id": self.id,
            "name": self.id.replace("_", " "),
            "aspect_ratio": "16:9",
            "thumbnail_url": None,
            "created_at": _CREATED,
            "updated_at": _CREATED,
        }

    @property
    def detail(self) -> Json:
        variables = {name: {"type": kind, **_SHOWN[kind]} for name, kind in self.variables.items()}
        listed = [{"name": name, "variable_type": kind} for name, kind in self.variables.items()]
        scenes = [{"scene_id": scene, "script": None, "variables": listed} for scene in self.scenes]
        return {**self.item, "variables": variables, "scene_ids": list(self.scenes), "scenes": scenes}


@cache
def languages() -> tuple[str, ...]:
    return tuple((Path(__file__).parent / "languages.txt").read_text(encoding="utf-8").splitlines())


class Catalogue:
    """The account; every look-up of one thing raises `Refusal` where there is none."""

    def __init__(self, more_templates: Mapping[str, Mapping[str, str]]) -> None:
        self.templates = {
            name: Template(name, variables) for name, variables in {**TEMPLATES, **more_templates}.items()
        }
        self.voices = {name: _voice(name, *facts) for name, facts in VOICES.items()}
        self.looks = {name: _look(name, *facts) for name, facts in LOOKS.items()}
        self.folders = [{"id": name, "name": name.replace("_", " "), "parent_id": None} for name in FOLDERS]

    def template(self, template_id: str) -> Template:
        if template_id not in self.templates:
            raise Refusal(404, "template_not_found", f"Template {template_id} not found.")

        return self.templates[template_id]

    def voice(self, voice_id: str) -> Json:
        if voice_id not in self.voices:
            raise Refusal(404, "voice_not_found", f"Voice {voice_id} not found.", "voice_id")

        return self.voices[voice_id]

    def look(self, look_id: str) -> Json:
        if look_id not in self.looks:
            raise Refusal(404, "avatar_not_found", f"Avatar {look_id} not found.", "avatar_id")

        return self.looks[look_id]

    def folder(self, folder_id: str | None) -> None:
        if folder_id is not None and folder_id not in FOLDERS:
            raise Refusal(404, "not_found", "Folder not found.", "folder_id")

    def language(self, param: str, *names: str) -> None:
        for name in names:
            if name not in languages():
                raise invalid(param, f"Unsupported language: {name}.")


def _voice(voice_id: str, kind: str, starfish: bool, listed: bool) -> dict[str, Any]:
    return {
        "voice_id": voice_id,
        "name": voice_id.replace("_", " "),
        "language": "English",
        "gender": "female",
        "type": kind,
        "support_pause": True,
        "support_locale": True,
        "preview_audio_url": None,
        "starfish": starfish,
        "listed": listed,
    }


def _look(look_id: str, ownership: str, kind: str, listed: bool) -> dict[str, Any]:
    return {
        "id": look_id,
        "name": look_id.replace("_", " "),
        "avatar_type": kind,
        "group_id": "group_1",
        "default_voice_id": "voice_ann",
        "supported_api_engines": ["avatar_iii", "avatar_iv"] + (["avatar_v"] if kind != "studio_avatar" else []),
        "gender": "female",
        "tags": [],
        "ownership": ownership,
        "listed": listed,
    }
