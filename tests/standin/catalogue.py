"""What the account of the tests has: of everything more than a page, and some that no list shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import TypeVar

from bulkgen.sandbox.catalogue import Catalogue, Look, Scene, Style, Template, Voice

Thing = TypeVar("Thing", Template, Voice, Look)

#: id -> variables, name -> type.
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

#: What `GET /v3/templates/{id}` shows for a variable of each type.
_SHOWN: Mapping[str, Mapping[str, object]] = {
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


def catalogue(more_templates: Mapping[str, Mapping[str, str]], names: Mapping[str, str]) -> Catalogue:
    """`names`: others than its own for what the account has, by id."""
    templates = [_template(*item) for item in {**TEMPLATES, **more_templates}.items()]
    folders = [("folder_1", "folder 1"), ("folder_2", "folder 2")]
    glossaries = [("glossary_1", "glossary 1")]
    styles = [Style("style_ink", "ink", "16:9", tags=("print",)), Style("style_neon", "neon", "9:16")]
    return Catalogue.of(
        _named(templates, names),
        _named(_voices(), names),
        _named(_looks(), names),
        folders,
        glossaries,
        styles,
    )


def _named(things: Iterable[Thing], names: Mapping[str, str]) -> list[Thing]:
    return [replace(each, name=names[each.id]) if each.id in names else each for each in things]


def _template(template_id: str, types: Mapping[str, str]) -> Template:
    variables = {name: {"type": type_, **_SHOWN[type_]} for name, type_ in types.items()}
    return Template(
        template_id, template_id.replace("_", " "), "16:9", variables=variables, scenes=(Scene("", tuple(types)),) * 2
    )


@cache
def _voices() -> tuple[Voice, ...]:
    return tuple(_every_voice())


def _every_voice() -> Iterator[Voice]:
    public = ["ann", "bob", *(f"page_{number:03}" for number in range(1, 121))]
    for name in public:
        yield Voice(f"voice_{name}", name, "English", gender="female", engines=("starfish",))
    yield Voice("voice_mine", "mine", "English", gender="female", engines=("starfish",), type="private")
    yield Voice("voice_eleven", "eleven", "English", gender="female", engines=("elevenlabs",))
    yield Voice(
        "voice_hidden", "hidden", "English", gender="female", engines=("starfish",), type="private", hidden=True
    )


@cache
def _looks() -> tuple[Look, ...]:
    return tuple(_every_look())


def _every_look() -> Iterator[Look]:
    plain = ("avatar_iii", "avatar_iv")
    for name in ("ann", *(f"page_{number:02}" for number in range(1, 61))):
        yield Look(f"look_{name}", name, "studio_avatar", gender="female", voice="voice_ann", engines=plain)
    every = (*plain, "avatar_v")
    yield Look("look_bob", "bob", "digital_twin", gender="female", voice="voice_ann", engines=every)
    yield Look("look_photo", "photo", "photo_avatar", gender="female", voice="voice_ann", engines=every)
    yield Look(
        "look_mine", "mine", "digital_twin", gender="female", voice="voice_ann", engines=every, ownership="private"
    )
    yield Look(
        "look_hidden",
        "hidden",
        "digital_twin",
        gender="female",
        voice="voice_ann",
        engines=every,
        ownership="private",
        hidden=True,
    )
