"""Small makers of the things that many tests need: tables, accounts, jobs."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from bulkgen.kinds import KINDS
from bulkgen.kinds.account import Account, Template
from bulkgen.kinds.columns import Lookup, is_asset_id
from bulkgen.model import Cell, Job, Reference, Row, Table, Value, fingerprint
from bulkgen.rows.build import Builder, ReadOptions
from bulkgen.rows.built import Built
from bulkgen.rows.named_files import MISSING
from bulkgen.rows.selection import Selection

WELCOME = Template("tpl_1", "Welcome", {"first_name": "text", "logo": "image"})
EVERY_TYPE = Template(
    "tpl_all",
    "Every type",
    {"line": "text", "photo": "image", "clip": "video", "jingle": "audio", "host": "character", "speaker": "voice"},
)

#: An account that has been looked at from all sides.
ACCOUNT = Account(
    {template.id: template for template in (WELCOME, EVERY_TYPE)},
    {
        Lookup.TEMPLATE: {"tpl_1": "Welcome", "tpl_all": "Every type"},
        Lookup.LANGUAGE: {name: name for name in ("English", "French", "Spanish (Spain)", "Portuguese (Brazil)")},
        Lookup.VOICE: {"v_1": "Anna", "v_2": "Ben"},
        Lookup.SPEECH_VOICE: {"v_1": "Anna"},
        Lookup.LOOK: {"look_1": "Abigail"},
        Lookup.FOLDER: {"f_1": "Spring"},
        Lookup.GLOSSARY: {"g_1": "Brand names"},
        Lookup.STYLE: {"style_1": "Ink"},
        Lookup.ASSET: dict.fromkeys(("asset_1", "asset_9", "asset_123", "asset_12345", "abc"), ""),
    },
)


def table(headers: Sequence[str], *rows: Sequence[object], name: str = "Leads") -> Table:
    """A sheet: header in row 1, every value a text unless it is a number or a truth value already."""
    lines = tuple(
        Row(number, tuple(Cell(str(value), value) if value is not None else Cell() for value in row))
        for number, row in enumerate(rows, 2)
    )
    return Table(name, tuple(headers), lines)


def csv_text(headers: Sequence[str], *rows: Sequence[object]) -> str:
    """A CSV as Excel writes it."""
    file = io.StringIO()
    csv.writer(file).writerows([headers, *rows])
    return file.getvalue()


def built(
    sheet: Table,
    account: Account = ACCOUNT,
    *,
    defaults: Mapping[str, str] | None = None,
    renames: Mapping[str, str] | None = None,
    selection: Selection | None = None,
) -> Built:
    reading = ReadOptions("leads", defaults=defaults or {}, renames=renames or {}, selection=selection)
    builder = Builder(sheet, reading)
    found = builder.build(account)
    ids = {name: MISSING for name in builder.files.wanted if is_asset_id(name)}  # of assets, and of no folder here
    builder.files.learn(ids)
    return builder.build(account) if ids else found


def jobs_of(sheet: Table, account: Account = ACCOUNT, **reading: Mapping[str, str]) -> list[Job]:
    """The jobs of a sheet that has no mistakes."""
    found = built(sheet, account, **reading)  # type: ignore[arg-type]  # only the mappings are passed on
    assert not found.mistakes, found.mistakes
    return [job for row in found.rows for job in row.jobs]


def _job(kind: str, row: int, values: Mapping[str, Value], fields: Mapping[str, object], **told: Any) -> Job:
    """The job of a row with these values, which are these fields of its request; `told`: what else is known of it."""
    known = KINDS[kind]
    told.setdefault("title", f"leads row {row}" if known.life.takes_title else "")
    return Job(
        kind=kind,
        fingerprint=fingerprint(kind, values),
        row=row,
        row_id=told.pop("row_id", ""),
        language=told.pop("language", ""),
        path=known.path,
        request=known.request.model_validate(fields),
        **told,
    )


def avatar_job(row: int = 2, script: str = "Hello", **changes: str) -> Job:
    values = {"avatar_id": "look_ann", "script": script}
    return _job(
        "avatar",
        row,
        values,
        {"type": "avatar", **values},
        row_id=changes.get("row_id", ""),
        title=changes.get("title", f"leads row {row}"),
    )


def speech_job(row: int = 2, text: str = "Hello") -> Job:
    values = {"text": text, "voice_id": "voice_ann"}
    return _job("speech", row, values, values)


def translation_job(row: int = 2, language: str = "French") -> Job:
    link = "https://example.com/v.mp4"
    values: dict[str, Value] = {"video": link, "output_languages": (language,)}
    fields = {"video": {"type": "url", "url": link}, "output_languages": [language]}
    return _job("translation", row, values, fields, language=language)


def image_job(row: int = 2, script: str = "Hello") -> Job:
    link = "https://example.com/a.jpg"
    values = {"image": link, "script": script, "voice_id": "voice_ann"}
    return _job("image", row, values, {"type": "image", **values, "image": {"type": "url", "url": link}})


def lipsync_job(row: int = 2, video: str = "https://example.com/v.mp4") -> Job:
    values = {"video": video, "audio": "https://example.com/a.mp3"}
    fields = {name: {"type": "url", "url": link} for name, link in values.items()}
    return _job("lipsync", row, values, fields)


def cinematic_job(row: int = 2, prompt: str = "A lighthouse at dusk") -> Job:
    values: dict[str, Value] = {"prompt": prompt, "avatar_id": ("look_ann",)}
    return _job("cinematic", row, values, {"type": "cinematic_avatar", "prompt": prompt, "avatar_id": ["look_ann"]})


def hyperframes_job(row: int = 2, name: str = "Ann") -> Job:
    link = "https://example.com/card.zip"
    return _job(
        "hyperframes",
        row,
        {"project": link, "variables.name": name},
        {"project": {"type": "url", "url": link}, "variables": {"name": name}},
    )


def agent_job(row: int = 2, prompt: str = "A tour of the harbour, for families", **fields: str) -> Job:
    values: dict[str, Value] = {"prompt": prompt, **fields}
    return _job("agent", row, values, values)


def proofread_job(row: int = 2, language: str = "French", video: str = "https://example.com/v.mp4") -> Job:
    values: dict[str, Value] = {"video": video, "output_languages": (language,)}
    fields = {"video": {"type": "url", "url": video}, "output_languages": [language]}
    return _job("proofread", row, values, fields, language=language)


def studio_job(row: int = 2, script: str = "Hello") -> Job:
    values: dict[str, Value] = {
        "scene1.avatar_id": "look_ann",
        "scene1.script": script,
        "scene2.image": "https://example.com/a.png",
        "scene2.duration": 3,
    }
    picture = {"type": "url", "url": "https://example.com/a.png"}
    scenes = [
        {"type": "avatar_video", "input": {"type": "avatar", "avatar_id": "look_ann", "script": script}},
        {"type": "image", "source": picture, "duration": 3},
    ]
    return _job("studio", row, values, {"type": "studio", "scenes": scenes})


def clone_job(row: int = 2, audio: str = "https://example.com/anna.mp3", name: str = "Anna") -> Job:
    values = {"audio": audio}
    return _job("clone", row, values, {"audio": {"type": "url", "url": audio}, "voice_name": name}, row_id="anna")


def voice_job(row: int = 2, prompt: str = "A warm narrator") -> Job:
    values = {"prompt": prompt}
    return _job("voice", row, values, values, row_id="warm")


def speaking_with(target: Job, row: int = 3, text: str = "Hello", part: int = 1, *, aloud: bool = False) -> Job:
    """An avatar's video, or a voice-over (`aloud`), with the voice that another job makes."""
    made = Reference(wish=target.fingerprint, part=part, text=f"@{target.row_id}", row=target.row)
    kind, fields = "avatar", {"type": "avatar", "avatar_id": "look_ann", "script": text}
    if aloud:
        kind, fields = "speech", {"text": text}
    voiced: dict[str, Value] = {**fields, "voice_id": made}
    return _job(kind, row, voiced, {**fields, "voice_id": made.placeholder}, awaits=(made,))


def clipping_job(row: int = 2, video: str = "https://example.com/v.mp4") -> Job:
    values: dict[str, Value] = {"video": video, "output_settings.duration_types": ("30",)}
    fields = {"video": {"type": "url", "url": video}, "output_settings": {"duration_types": ["30"]}}
    return _job("clipping", row, values, fields, title=f"leads row {row}")
