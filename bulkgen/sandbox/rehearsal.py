"""What the pretend account of rehearsals has. Nothing here changes."""

from __future__ import annotations

from bulkgen.sandbox.catalogue import Catalogue, Look, Scene, Style, Template, Voice


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
        variables={"first_name": _text("Alex"), "company": _text("Acme"), "logo": _image("asset_acme_logo")},
        scenes=(
            Scene("Hello {{first_name}}, it is good to have {{company}} with us.", ("first_name", "company", "logo")),
            Scene("Here is how you start.", ("logo",)),
        ),
    ),
    Template(
        "tpl_invitation",
        "Invitation to an event",
        "16:9",
        variables={
            "first_name": _text("Alex"),
            "event": _text("our open house"),
            "date": _text("12 May"),
            "presenter": _character("look_abigail"),
        },
        scenes=(
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
        variables={
            "title": _text("New in spring"),
            "price": _text(),
            "photo": _image("asset_product"),
            "clip": _video("asset_b"),
        },
        scenes=(Scene("{{title}}, now for {{price}}.", ("title", "price", "photo", "clip")),),
    ),
    Template(
        "tpl_showcase",
        "Every type of variable",
        "16:9",
        variables={
            "headline": _text("Made for you"),
            "photo": _image("asset_photo"),
            "clip": _video("asset_clip"),
            "jingle": {"type": "audio", "asset": {"type": "asset_id", "asset_id": "asset_jingle"}},
            "presenter": _character("look_daniel"),
            "speaker": {"type": "voice", "voice_id": "voice_ben", "locale": "en-GB"},
        },
        scenes=(Scene("{{headline}}", ("headline", "photo", "presenter", "speaker")), Scene("", ("clip", "jingle"))),
    ),
)

_VOICES = (
    Voice("voice_anna", "Anna", "English", gender="female", engines=("starfish",)),
    Voice("voice_ben", "Ben", "English", gender="male", engines=("starfish",)),
    Voice("voice_lucia", "Lucía", "Spanish", gender="female", engines=("starfish",)),
    Voice("voice_marlene", "Marlene", "German", gender="female", engines=("elevenlabs",)),
    Voice("voice_kenji", "Kenji", "Japanese", gender="male", engines=("fish",)),
    Voice("voice_own", "Your own voice", "English", gender="female", engines=("starfish",), type="private"),
)

_LOOKS = (
    Look(
        "look_abigail",
        "Abigail in the office",
        "studio_avatar",
        gender="female",
        voice="voice_anna",
        engines=("avatar_iii", "avatar_iv"),
    ),
    Look(
        "look_daniel",
        "Daniel in a suit",
        "digital_twin",
        gender="male",
        voice="voice_ben",
        engines=("avatar_iii", "avatar_iv", "avatar_v"),
    ),
    Look(
        "look_lucia",
        "Lucía outdoors",
        "photo_avatar",
        gender="female",
        voice="voice_lucia",
        engines=("avatar_iv", "avatar_v"),
        portrait=True,
    ),
    Look(
        "look_own",
        "Your own twin",
        "digital_twin",
        gender="female",
        voice="voice_own",
        engines=("avatar_iv", "avatar_v"),
        ownership="private",
    ),
)

_FOLDERS = (("folder_campaigns", "Campaigns"), ("folder_onboarding", "Onboarding"))
_GLOSSARIES = (("glossary_brand", "Brand names"),)

_STYLES = (
    Style("style_editorial", "Editorial", "16:9", tags=("print", "cinematic")),
    Style("style_arcade", "Arcade", "9:16", tags=("retro-tech", "pop-culture")),
)

REHEARSAL = Catalogue.of(_TEMPLATES, _VOICES, _LOOKS, _FOLDERS, _GLOSSARIES, _STYLES)
