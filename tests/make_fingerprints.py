"""Keeps the golden fingerprints in `tests/fingerprints/`: sheets, and what their jobs are known by.

    python -m tests.make_fingerprints    adds the sheets that are new

A finished row is found again by its fingerprint alone, so one that changed would be made, and paid, once more after
an upgrade. The values are therefore never made again, only added to: the first come from the release before this file,
and a sheet that is already in the file keeps what it has, whatever the code says now. The columns of a kind are asked
of the code only when a sheet is added; the file holds every sheet whole.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NotRequired, TypedDict

from openpyxl import Workbook

from bulkgen.kinds import KINDS
from bulkgen.kinds.account import Account, Template
from bulkgen.kinds.columns import Column, Lookup, Type
from bulkgen.sheet import read_sheet
from tests.making import built, csv_text

FOLDER = Path(__file__).parent / "fingerprints"
GOLDEN = FOLDER / "golden.json"

#: The sheet that is also run by the whole command.
WHOLE = "the whole command"

LINK = "https://example.com/v.mp4"
BOOLEANS = ("yes", "Y", "TRUE", "1", "x", "On", " yes ", "no", "N", "false", "0", "OFF")

_EVERY_TYPE = {
    "line": "text", "photo": "image", "clip": "video", "jingle": "audio", "host": "character", "speaker": "voice",
    "wonder": "hologram",
}  # fmt: skip

#: What the sheets refer to. Names as HeyGen lists them.
ACCOUNT = Account(
    {
        "tpl_1": Template("tpl_1", "Welcome", {"first_name": "text", "logo": "image"}),
        "tpl_2": Template("tpl_2", "Welcome again", {"first_name": "text", "logo": "image"}),
        "tpl_welcome": Template("tpl_welcome", "Of the sandbox", {"first_name": "text", "company": "text"}),
        "tpl_all": Template("tpl_all", "Every type", _EVERY_TYPE),
        "tpl_names": Template("tpl_names", "Names of fields", {"title": "text", "caption": "text", "copy": "text"}),
        "tpl_open": Template("tpl_open", "Not known", open=True),
    },
    {
        Lookup.TEMPLATE: {},
        Lookup.LANGUAGE: {name: name for name in ("English", "French", "Spanish (Spain)", "Portuguese (Brazil)")},
        Lookup.VOICE: {"v_1": "Anna", "v_2": "Ben"},
        Lookup.SPEECH_VOICE: {"v_1": "Anna", "v_2": "Ben"},
        Lookup.LOOK: {"look_1": "Abigail"},
        Lookup.FOLDER: {"f_1": "Spring"},
    },
)


class Case(TypedDict):
    """A sheet with the options it is read by, and the fingerprint of each job: `row`, or `row language`."""

    csv: NotRequired[str]
    workbook: NotRequired[str]
    set: NotRequired[dict[str, str]]
    map: NotRequired[dict[str, str]]
    #: Nothing was looked up: what the sheet alone shows.
    offline: NotRequired[bool]
    jobs: NotRequired[dict[str, str]]


def read(path: Path = GOLDEN) -> dict[str, Case]:
    found: dict[str, Case] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def jobs_of(case: Case) -> dict[str, str]:
    """The fingerprints that the sheet's jobs have now, by way of the reader and the builder."""
    if "workbook" in case:
        table = read_sheet(FOLDER / case["workbook"])
    else:
        table = read_sheet(Path("leads.csv"), data=case["csv"].encode())
    account = Account() if case.get("offline") else ACCOUNT
    found = built(table, account, defaults=case.get("set"), renames=case.get("map"))
    hard = [issue for issue in found.mistakes if not issue.of_new]  # what was sent before may not be sent today
    assert not hard, (case, hard)
    return {f"{job.row} {job.language}".strip(): job.fingerprint for row in found.rows for job in row.jobs}


# Every column by each of its names ------------------------------------------------------------------------------------

_BASE: Mapping[str, Mapping[str, str]] = {
    "template": {"template_id": "tpl_1", "first_name": "Ann"},
    "avatar": {"avatar_id": "look_1", "script": "Hello"},
    "translation": {"video": LINK, "output_languages": "French"},
    "speech": {"text": "Hello", "voice_id": "v_1"},
    "cinematic": {"prompt": "A lighthouse at dusk", "avatar_id": "look_1"},
    "lipsync": {"video": LINK, "audio": "https://example.com/a.mp3"},
    "hyperframes": {"project": "https://example.com/card.zip"},
    "voice": {"type": "voice", "prompt": "A warm narrator"},
    "clone": {"audio": "https://example.com/a.mp3", "voice_name": "Anna"},
    "clipping": {"video": LINK, "output_settings.duration_types": "30"},
    "image": {"image": "https://example.com/a.jpg", "script": "Hello", "voice_id": "v_1"},
    "agent": {"prompt": "A tour of the harbour"},
    "proofread": {"video": LINK, "output_languages": "French"},
    "studio": {"scene1.avatar_id": "look_1", "scene1.script": "Hello"},
}

_ENGINE = "voice_settings.engine_settings"

#: What has to stand beside a column; None: what can't.
_BESIDE: Mapping[str, Mapping[str, str | None]] = {
    "audio_url": {"script": None},
    "audio_asset_id": {"script": None},
    **{f"{_ENGINE}.{part}": {f"{_ENGINE}.engine_type": "elevenlabs"}
       for part in ("model", "stability", "similarity_boost", "style", "use_speaker_boost")},
    f"{_ENGINE}.similarity": {f"{_ENGINE}.engine_type": "fish"},
    "engine.reference_look_id": {"engine.type": "avatar_v"},
    **{f"watermark.{part}": {"watermark.image": LINK}
       for part in ("scale", "opacity", "placement.position", "placement.offset_x", "placement.offset_y")},
    "background.type": {"background.value": "#00ff00"},
    "dimension.width": {"dimension.height": "720"},
    "dimension.height": {"dimension.width": "1280"},
    **{f"subtitles.{part}": {"subtitles.preset_name": "bold"}
       for part in ("alignment", "disable_highlight", "font_size", "position.x", "position.y")},
    "input_type": {"text": "<speak>Hello</speak>"},
    "fps_mode": {"audio": LINK},
    "srt_role": {"srt": LINK},
}  # fmt: skip

#: A scene that takes a column of its own, where that is not one of an avatar.
_PICTURE = {"image": "https://example.com/a.jpg", "duration": "4"}
_CLIP = {"video": LINK, "script": "Hello", "voice_id": "v_1"}
_SCENES: Mapping[str, Mapping[str, str]] = {
    "image": {"duration": "4"},
    "duration": _PICTURE,
    "video": {},
    "playback.mode": _CLIP,
    "playback.volume": _CLIP,
    "playback.mute": _CLIP,
}

_SAMPLES: Mapping[str, Sequence[str]] = {
    "template_id": ("tpl_1", " tpl_1 ", "tpl_2"),
    "avatar_id": ("look_1", " look_1 ", "look_2"),
    "voice_id": ("v_1", "v_2 "),
    "folder_id": ("f_1", "f_2"),
    "output_languages": ("French", "french", "English;French", "French | English", "Spanish (Spain)"),
    "duration": ("4", "4.0", " 15 "),
    "output_settings.duration_types": ("30", "30;60", " 60 | 30 ;", "long", "180"),
    "fps": ("25", "30.0", "6e1"),
    "dimension.width": ("1280", "1280.0", "1.92e3"),
    "dimension.height": ("720", "720.0", "1.08e3"),
    f"{_ENGINE}.model": ("eleven_v3", "ELEVEN_V3", "eleven_flash_v2_5"),
    f"{_ENGINE}.engine_type": ("elevenlabs", "Fish", " starfish"),
    "background.type": ("color", "Color"),
    "background.color": ("#00ff00", " #00ff00 ", "#00FF00"),
    "scene_type": ("avatar_video", "AVATAR_VIDEO"),
    "video": (LINK, f" {LINK} ", "HTTPS://Example.com/v.mp4", "asset_1"),
}

_BY_TYPE: Mapping[Type, Sequence[str]] = {
    Type.TEXT: ("abc", " abc ", "ABC", "1.0", "ÅÅ"),
    Type.PROSE: ("Hello Ann", "  Hello Ann ", "Hello\r\nAnn", "Hello\nAnn", "Hello\n\nAnn", "Zoë 🎬", "007", "1.0"),
    Type.NUMBER: ("1", "1.0", "+1", "1e0", " 1 ", "0.5", ".50", "5e-1", "0.75"),
    Type.INTEGER: ("2", "2.0", "+2", "2e0", " 2 ", "3"),
    Type.BOOLEAN: BOOLEANS,
    Type.LIST: ("a;b", " a | b ;", "b;a", "a;a", "a"),
    Type.ASSETS: (LINK, f" {LINK} ;asset_1", f"asset_1|{LINK}", "asset_1;asset_1"),
    Type.ASSET: (LINK, f" {LINK} ", "asset_1", "ASSET-1"),
}


def columns() -> Iterator[tuple[str, Case]]:
    """A sheet for each name of each column: the values it may hold, in several spellings."""
    for kind in KINDS.values():
        for column in kind.columns:
            for name in column.names:
                yield f"{kind.name}: {name}", {"csv": _sheet_of(kind.name, column, name)}
        for column in kind.scenes.columns if kind.scenes else ():
            for name in dict.fromkeys((*column.names, column.name.removeprefix("scene_"))):
                yield f"{kind.name}: scene2.{name}", {"csv": _scene_of(column, name)}


def _scene_of(column: Column, name: str) -> str:
    """A second scene with the column in it."""
    scene = _SCENES.get(column.name)
    if scene is None:
        beside = _BESIDE.get(column.name, {})
        scene = {header: value for header, value in {**_BASE["avatar"], **beside}.items() if value is not None}
    rest = {f"scene2.{header}": value for header, value in scene.items() if header != column.name}
    rest = {**_BASE["studio"], **rest}
    return csv_text([f"scene2.{name}", *rest], *([value, *rest.values()] for value in _samples(column)))


def _sheet_of(kind: str, column: Column, name: str) -> str:
    base = {**_BASE[kind], **_BESIDE.get(column.name, {})}
    rest = {header: value for header, value in base.items() if value is not None and header != column.name}
    return csv_text([name, *rest], *([value, *rest.values()] for value in _samples(column)))


def _samples(column: Column) -> Sequence[str]:
    if column.name in _SAMPLES:
        return _SAMPLES[column.name]

    if column.type is Type.CHOICE:
        return (*column.choices, column.choices[0].upper(), f" {column.choices[-1].title()} ")

    return _BY_TYPE[column.type]


# What else makes, or does not make, another job -----------------------------------------------------------------------


def ways() -> Iterator[tuple[str, Case]]:
    """Merge, defaults, languages, copies, templates: whatever stands between a cell and its fingerprint."""
    yield from _templates()
    yield from _languages()
    yield from _merges()
    yield from _options()
    yield from _spellings()
    yield from _videos()


def _videos() -> Iterator[tuple[str, Case]]:
    """Scenes as columns and as rows are one wish; a number that is left out is none."""
    picture = "https://example.com/a.jpg"
    yield (
        "scenes as columns",
        {
            "csv": csv_text(
                [
                    "scene1.avatar_id",
                    "scene1.script",
                    "Scene 2 picture",
                    "Scene 2: Seconds",
                    "scene7.video",
                    "resolution",
                ],
                ["look_1", "Hello", picture, "4", LINK, "720p"],
                ["look_1", "Hello", picture, "4.0", LINK, ""],
                ["look_1", "Hello", "", "", LINK, "720p"],
            )
        },
    )
    yield (
        "scenes as rows",
        {
            "csv": csv_text(
                ["scene_of", "avatar_id", "script", "image", "duration", "video", "resolution", "copy"],
                ["tour", "look_1", "Hello", "", "", "", "", ""],
                ["Tour ", "", "", picture, "4", "", "720p", ""],
                ["tour", "", "", "", "", LINK, "720p", ""],
                ["short", "look_1", "Hello", "", "", "", "720p", "b"],
                ["short", "", "", "", "", LINK, "", ""],
            )
        },
    )


def _templates() -> Iterator[tuple[str, Case]]:
    headers = ["template_id", "line", "photo", "photo.fit", "clip", "clip.fit", "clip.play_style", "clip.volume",
               "jingle", "host", "host.character_type", "speaker", "speaker.locale", "wonder"]  # fmt: skip
    row = ["tpl_all", " Hi\r\nAnn ", LINK, "COVER", "asset_1", "crop", "Loop", "0.50", LINK, "look_1", "Talking_Photo",
           "v_1", "en-GB", "x"]  # fmt: skip
    bare = ["tpl_all", "Hi", *[""] * 12]
    single = [
        [value if header in ("template_id", "line", one, one.partition(".")[0]) else ""
         for header, value in zip(headers, row, strict=True)]
        for one in headers[2:]
    ]  # fmt: skip
    yield "variables of every type", {"csv": csv_text(headers, row, bare, *single)}
    long = [header if header == "template_id" else f"Variables.{header}" for header in headers]
    yield "variables by their long names", {"csv": csv_text(long, row, bare)}
    yield "variables named like fields", {
        "csv": csv_text(
            ["template_id", "title", "caption", "copy", "video_title", "fps"],
            ["tpl_names", "A", "yes", "2", "At HeyGen", "30"], ["tpl_names", "A", "no", "2", "", ""],
        )
    }  # fmt: skip
    yield (
        "an open template",
        {"csv": csv_text(["template_id", "Name", "row_id", "caption", "mail"], ["tpl_open", "Ann", "7", "yes", ""])},
    )
    yield (
        "another template",
        {"csv": csv_text(["template_id", "first_name"], ["tpl_1", "Ann"], ["tpl_2", "Ann"], ["tpl_1", "Bob"])},
    )


def _languages() -> Iterator[tuple[str, Case]]:
    cells = [
        "French", "FRENCH", " french ", "French;Spanish (Spain)", "Spanish (Spain) | French", "French;French;french",
        "portuguese (brazil);ENGLISH",
    ]  # fmt: skip
    yield "languages", {"csv": csv_text(["video", "languages"], *([LINK, cell] for cell in cells))}
    odd = ["Klingon", "KLINGON", "Straßisch", "STRASSISCH", "İstanbul"]
    yield "languages that nobody looked up", {
        "csv": csv_text(["video", "languages"], *([LINK, cell] for cell in odd)), "offline": True
    }  # fmt: skip
    yield "languages of an earlier results sheet", {
        "csv": csv_text(
            ["video", "languages", "result_status", "result_language"],
            [LINK, "French;English", "done", "English"], [LINK, "French;English", "done", "FRENCH"],
            [LINK, "French;English", "queued", ""],
        )
    }  # fmt: skip


def _merges() -> Iterator[tuple[str, Case]]:
    headers = ["avatar_id", "script", "First Name", "company", "title"]
    scripts = [
        "Hi {{first_name}} of {{ Company | your firm }}!", "{{FIRST-NAME|there}}", "{{company|}}Hi",
        "Hi {{company|the firm}}", "{{first name}}{{first name}}",
    ]  # fmt: skip
    names = [("Ann", "Acme"), (" Zoë ", ""), ("{{company}}", "Acme"), ("Ann\r\nLee", "Acme")]
    yield (
        "mail merge",
        {"csv": csv_text(headers, *(["look_1", s, *name, "{{company|x}}"] for s in scripts for name in names))},
    )
    yield "mail merge of fields that are no prose", {
        "csv": csv_text(
            ["avatar_id", "script", "audio_url", "caption", "resolution", "watermark", "look", "yes", "res", "clip"],
            ["{{look}}", "Hi", "", "{{yes}}", "{{res}}", "https://example.com/{{clip}}.png", "look_1", "on", "4K", "a"],
            ["look_1", "", "https://example.com/{{clip}}.mp3", "{{yes|no}}", "{{res|720P}}", "", "", "", "", "b"],
        )
    }  # fmt: skip
    yield "mail merge of whole numbers", {
        "csv": csv_text(
            ["template_id", "first_name", "fps", "rate"],
            ["tpl_1", "{{rate}}", "{{rate}}", "30"], ["tpl_1", "A", "{{rate|60}}", ""],
        )
    }  # fmt: skip
    yield (
        "mail merge of languages",
        {
            "csv": csv_text(
                ["video", "languages", "home"],
                [LINK, "{{home}};English", "French"],
                [LINK, "{{home}}", "French;English"],
            )
        },
    )


def _options() -> Iterator[tuple[str, Case]]:
    rows = [["look_1", "Hi", "", ""], ["look_1", "Hi", "v_2", "0.5"], ["look_1", "Hi {{voice}}", "v_1", " "]]
    sheet = csv_text(["avatar_id", "script", "voice", "speed"], *rows)
    yield "--set fills what is blank or missing", {
        "csv": sheet, "set": {"voice_id": "v_1", "speed": "1.50", "resolution": "4K", "title": "x"}
    }  # fmt: skip
    yield "--set by another spelling", {"csv": sheet, "set": {"Voice Settings.Speed": "1.5", "COPY": "b"}}
    yield "--set with fields", {"csv": sheet, "set": {"motion_prompt": "waves at {{voice|all}}", "type": "avatar"}}
    yield (
        "--map",
        {
            "csv": csv_text(["Look", "What to say", "script", "n"], ["look_1", "Hi", "other", "2"]),
            "map": {"look": "avatar_id", "what to say": "script", "SCRIPT": "", "N": "copy"},
        },
    )
    yield (
        "copies",
        {
            "csv": csv_text(
                ["text", "voice_id", "Copy"], *(["Hi", "v_1", mark] for mark in ("", "2", " 2 ", "2.0", "b"))
            )
        },
    )
    yield "kinds by name", {
        "csv": csv_text(
            ["type", "text", "voice", "avatar", "script", "row_id", "skip"],
            ["Speech", "Hi", "v_1", "look_1", "Hello", "1", "no"], ["AVATAR", "Hi", "v_1", "look_1", "Hello", "2", ""],
            ["speech", "Hi", "v_1", "", "", "3", "yes"],
        )
    }  # fmt: skip


def _spellings() -> Iterator[tuple[str, Case]]:
    row = ["look_1", "Hello", "0.5", "en-GB", "elevenlabs", "1", "#fff", "9:16"]
    headers = ["avatar_id", "script", "voice_settings.speed", "voice_settings.locale", f"{_ENGINE}.engine_type",
               f"{_ENGINE}.stability", "background.value", "aspect_ratio"]  # fmt: skip
    yield "nested fields", {"csv": csv_text(headers, row)}
    yield "headers in capitals", {"csv": csv_text([h.upper().replace("_", " ") for h in headers], row)}
    yield "headers with hyphens and a mark", {"csv": "\ufeff" + csv_text([h.replace("_", "-") for h in headers], row)}
    yield (
        "columns in another order, and nobody's",
        {"csv": csv_text([*reversed(headers), "mail", "note"], [*reversed(row), "a@b.c", "{{x}}"])},
    )
    texts = ["=1+1", "'=1+1", "''x", "'x", "+49 30 1234", "-5", "@ann"]
    yield "texts like formulas", {"csv": csv_text(["text", "voice_id"], *([text, "v_1"] for text in texts))}
    yield (
        "texts like formulas in a results sheet",
        {"csv": csv_text(["text", "voice_id", "result_status"], *([text, "v_1", "done"] for text in texts))},
    )
    marks = ["Zo\u00eb", "Zoe\u0308", "a\u00a0b", "\u00a0a\u00a0", "\u200bab", "a\tb", "\u201cHi\u201d", "\U0001f600"]
    yield "letters to the letter", {"csv": csv_text(["text", "voice_id"], *([text, "v_1"] for text in marks))}
    breaks = ["Hi\rAnn", "Hi\nAnn", "Hi\r\n\rAnn\n"]
    yield (
        "line breaks of three systems",
        {"csv": csv_text(["text", "voice_id", "copy"], *([text, "v_1", text] for text in breaks))},
    )
    yield (
        "lists with commas",
        {
            "csv": csv_text(
                ["template_id", "first_name", "scene_ids"], ["tpl_1", "Ann", "a,b;c"], ["tpl_1", "Ann", "a, b"]
            )
        },
    )
    yield "semicolons", {"csv": "text;voice_id;speed\r\nHi, Ann;v_1;1.5\r\n"}
    yield "workbook", {"workbook": "workbook.xlsx"}
    yield WHOLE, {
        "csv": csv_text(
            ["type", "template_id", "first_name", "Look", "script", "text", "voice", "url", "languages", "row_id", "n"],
            ["", "tpl_welcome", "Zo\u00eb", "", "", "", "", "", "", "m-1", ""],
            ["", "", "Ann", "look_1", "Hi {{first_name}},\r\n{{x|welcome}}!", "", "v_1", "", "", "m-2", "b"],
            ["translation", "", "", "", "", "", "", LINK, "ENGLISH; Spanish (Spain)", "m-3", ""],
            ["speech", "", "", "", "", " Hello ", "v_1", "", "", "m-4", ""],
        ),
        "set": {"aspect_ratio": "9:16", "x": "hello", "company": "Acme"}, "map": {"Look": "avatar_id", "N": "copy"},
    }  # fmt: skip


def workbook() -> bytes:
    """Cells that are numbers, dates and truth values, where a CSV has only texts."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["avatar_id", "script", "voice_settings.speed", "voice_settings.pitch", "caption", "copy"])
    cells: list[tuple[object, str]] = [
        ("Hello", "General"), (417, "00000"), (1, "General"), (1.0, "0.0"), (0.5, "0%"), (45000, "yyyy-mm-dd"),
        (True, "General"), (1234.5, "#,##0.00"), ("1.0", "@"),
    ]  # fmt: skip
    for value, shown in cells:
        sheet.append(["look_1", value, 1, 0, None, None])
        sheet.cell(sheet.max_row, 2).number_format = shown
    for number, shown in ((1.25, "0.00"), (0.75, "0%"), (1.0, "0.0"), ("1.25", "@")):
        sheet.append(["look_1", "Hello", number, -5.0, True, 2])
        sheet.cell(sheet.max_row, 3).number_format = shown
    for truth in (False, "no", 0, "yes", 1):
        sheet.append(["look_1", "Hello", None, 2.5, truth, "2"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def extended(known: Mapping[str, Case]) -> dict[str, Case]:
    """What is known, and after it the sheets that are new."""
    cases = {**dict(columns()), **dict(ways())}
    added: dict[str, Case] = {
        name: {**case, "jobs": jobs_of(case)} for name, case in cases.items() if name not in known
    }
    return {**known, **added}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    if not (FOLDER / "workbook.xlsx").exists():
        (FOLDER / "workbook.xlsx").write_bytes(workbook())
    GOLDEN.write_text(json.dumps(extended(read()), indent=1) + "\n", encoding="utf-8", newline="\n")
