"""Every payload that the kinds can build, against the schema of its endpoint."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bulkgen.kinds import KINDS
from bulkgen.kinds.columns import Column, Lookup, Type
from bulkgen.kinds.kind import Kind
from bulkgen.kinds.life import Asked
from tests.making import ACCOUNT, EVERY_TYPE, built, jobs_of, table
from tests.standin.judge import bodies, body_errors

LINK = "https://example.com/a.mp4"


def errors(kind: str, body: object) -> list[str]:
    return body_errors("POST", KINDS[kind].path, body)


def columns_of(kind: Kind) -> tuple[Column, ...]:
    extra = kind.filling.columns(EVERY_TYPE, ()) if kind.filling and kind.filling.of_account else ()
    return (*extra, *(column for column in kind.columns if column.lookup is not Lookup.TEMPLATE))


@functools.cache
def cell_for(column: Column) -> st.SearchStrategy[object]:
    """Cells that a person might well put there."""
    known = {
        Lookup.LANGUAGE: st.sampled_from(["French", "spanish (spain)", "English; French"]),
        Lookup.VOICE: st.sampled_from(["v_1", "v_2"]),
        Lookup.SPEECH_VOICE: st.just("v_1"),
        Lookup.LOOK: st.just("look_1"),
        Lookup.FOLDER: st.just("f_1"),
    }
    if column.lookup in known:
        return known[column.lookup]

    return {
        Type.TEXT: st.sampled_from(["abc", "en-US", LINK, "#ff0000"]),
        Type.PROSE: st.text("abcß {}\n", min_size=1, max_size=40).filter(
            lambda text: "{{" not in text and text.strip()
        ),
        Type.NUMBER: st.sampled_from([0.5, 0.75, 1, "1", "0.9", 4, -3]),
        Type.INTEGER: st.sampled_from([25, "30", 640, 2, 1, 15, 4]),
        Type.BOOLEAN: st.sampled_from(["yes", "no", True, "TRUE", 0]),
        Type.CHOICE: st.sampled_from([*column.choices, *(choice.upper() for choice in column.choices)] or ["x"]),
        Type.LIST: st.sampled_from(["a", "a; b", "a|b|c"]),
        Type.ASSET: st.sampled_from([LINK, "asset_123"]),
        Type.ASSETS: st.sampled_from([LINK, f"{LINK}; asset_123", "asset_1|asset_2", ";".join([LINK] * 4)]),
    }[column.type]


@pytest.mark.parametrize("name", sorted(KINDS))
@settings(max_examples=150)
@given(data=st.data())
def test_every_payload_that_is_not_refused_here_fits_the_endpoints_schema(name: str, data: st.DataObject) -> None:
    kind = KINDS[name]
    columns = columns_of(kind)
    required = [column for column in columns if column.required]
    optional = [column for column in columns if not column.required]
    some = data.draw(st.lists(st.sampled_from(optional), unique=True, max_size=6))
    chosen = [*required, *some]
    cells = [data.draw(cell_for(column), label=column.name) for column in chosen]
    headers = ["type", *(column.name for column in chosen)]
    row = [name, *cells]
    if name == "template":
        headers, row = [*headers, "template_id"], [*row, "tpl_all"]
    if name == "studio":
        headers, row = [*headers, "scene1.avatar_id", "scene1.script"], [*row, "look_1", "Hello"]
    if name in ("avatar", "image") and not {"script", "audio_url", "audio_asset_id"} & set(headers):
        headers, row = [*headers, "script"], [*row, "Hello"]
    if name == "image" and "script" in headers and "voice_id" not in headers:
        headers, row = [*headers, "voice_id"], [*row, "v_1"]

    found = built(table(headers, row)).rows[0]
    for job in found.jobs:
        assert errors(name, {**job.body, **({"callback_id": "k"} if kind.life.takes_callback else {})}) == []
    assert found.jobs or found.invalid


def fields_in(schema: dict[str, Any], parts: Mapping[str, Any], place: str = "") -> Iterator[str]:
    """The fields of a schema at any depth, dotted. `parts`: what its references name."""
    if "$ref" in schema:
        yield from fields_in(parts[schema["$ref"].rpartition("/")[2]], parts, place)
    for choice in (*schema.get("oneOf", ()), *schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from fields_in(choice, parts, place)
    for each in (schema.get("items"), schema.get("additionalProperties")):
        if isinstance(each, dict):
            yield from fields_in(each, parts, f"{place}*.")
    for name, field in schema.get("properties", {}).items():
        yield f"{place}{name}"
        yield from fields_in(field, parts, f"{place}{name}.")


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_request_has_every_field_of_heygens_schema_at_any_depth_and_no_other(name: str) -> None:
    kind = KINDS[name]
    own = kind.request.model_json_schema()
    schemas = bodies(kind.path)
    type_ = own["properties"].get("type", {}).get("const", "")
    expected = set(fields_in(schemas.get(type_) or schemas[""], {}))
    if name == "proofread":  # its video is asked for by a request of its own
        (then,) = bodies(f"{kind.path}/{{proofread_id}}/generate").values()
        expected |= {"generate", *(f"generate.{field}" for field in fields_in(then, {}))}
    assert set(fields_in(own, own.get("$defs", {}))) == expected


@pytest.mark.parametrize(
    "name", sorted(KINDS.keys() - {"template"})
)  # HeyGen passes over what a template does not know
def test_a_field_that_heygen_does_not_know_is_refused(name: str) -> None:
    with pytest.raises(ValidationError) as refused:
        KINDS[name].request.model_validate({"brand_new": 1})
    assert ("extra_forbidden", ("brand_new",)) in [(error["type"], error["loc"]) for error in refused.value.errors()]


#: The least that a row of each kind holds.
LEAST: dict[str, dict[str, object]] = {
    "template": {"template_id": "tpl_all", "line": "Hi"},
    "avatar": {"avatar_id": "look_1", "script": "Hi"},
    "translation": {"video": LINK, "output_languages": "French"},
    "speech": {"text": "Hi", "voice_id": "v_1"},
    "cinematic": {"prompt": "A lighthouse at dusk", "avatar_id": "look_1"},
    "lipsync": {"video": LINK, "audio": LINK},
    "hyperframes": {"project": LINK},
    "voice": {"prompt": "A warm narrator"},
    "clone": {"audio": LINK, "voice_name": "Anna"},
    "clipping": {"video": LINK, "output_settings.duration_types": "30; long"},
    "image": {"image": LINK, "script": "Hi", "voice_id": "v_1"},
    "agent": {"prompt": "A tour of the harbour"},
    "proofread": {"video": LINK, "output_languages": "French"},
    "studio": {"scene1.avatar_id": "look_1", "scene1.script": "Hi"},
}


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_column_of_a_kind_can_be_used(name: str) -> None:
    """One row per column, with whatever that column needs beside it; none of them is a column in vain."""
    kind = KINDS[name]
    needs: dict[str, dict[str, object]] = {
        "variables.line": {"line": None},
        "engine.reference_look_id": {"engine.type": "avatar_v"},
        "audio_url": {"script": None},
        "audio_asset_id": {"script": None},
        "background.type": {"background.value": "#fff"},
        "watermark.scale": {"watermark.image": LINK},
        "watermark.opacity": {"watermark.image": LINK},
        "watermark.placement.position": {"watermark.image": LINK},
        "watermark.placement.offset_x": {"watermark.image": LINK},
        "watermark.placement.offset_y": {"watermark.image": LINK},
        "fps_mode": {"audio": LINK},
        "srt_role": {"srt": LINK},
        "dimension.width": {"dimension.height": 720},
        "dimension.height": {"dimension.width": 1280},
        "variables.photo.fit": {"photo": LINK},
        "variables.clip.fit": {"clip": LINK},
        "variables.clip.play_style": {"clip": LINK},
        "variables.clip.volume": {"clip": LINK},
        "variables.host.character_type": {"host": "look_1"},
        "variables.speaker.locale": {"speaker": "v_1"},
    }
    special: dict[str, object] = {
        "fps": 30,
        "speed": 1,
        "duration": 4,
        "output_settings.duration_types": "30; long",
        "input_type": "text",
        "background.type": "color",
        "background.value": "#ff0000",
        **{column.name: LINK for column in kind.links},
    }
    for column in columns_of(kind):
        beside = dict(needs.get(column.name, {}))
        if column.name.startswith("subtitles."):
            beside["subtitles.preset_name"] = "classic"
        if "engine_settings" in column.name:
            fish = column.name.endswith(".similarity")
            beside[f"{column.name.rpartition('.')[0]}.engine_type"] = "fish" if fish else "elevenlabs"
        value = special.get(column.name) or first_cell(column)
        cells: dict[str, object] = {"type": name, **LEAST[name], **beside, column.name: value}
        cells = {header: cell for header, cell in cells.items() if cell is not None}
        found = built(table(list(cells), list(cells.values())))
        assert not found.mistakes, (column.name, found.mistakes)
        assert errors(name, found.rows[0].jobs[0].body) == []


@pytest.mark.parametrize("name", sorted(name for name in KINDS if "callback_url" in str(KINDS[name].columns)))
def test_an_address_to_call_back_goes_to_heygen_as_it_stands_in_the_sheet(name: str) -> None:
    hook = "https://hooks.example.com/a%20b/Ä?row=14&utm={x}#top"
    (column,) = (column.name for column in KINDS[name].columns if column.name.endswith("callback_url"))
    cells: dict[str, object] = {"type": name, **LEAST[name], column: hook}
    if column != "callback_url":  # it goes with the answer
        cells["approve"] = "yes"
    found = built(table(list(cells), list(cells.values())))
    assert not found.mistakes
    (job,) = found.rows[0].jobs
    life = KINDS[name].life
    call, turn = life.post(job, 1), life.turn(0)
    if job.answer is not None and turn is not None:
        call = turn.calls(job, job.answer, Asked(id="p_1", key="k_1"))[-1]
    assert call.body["callback_url"] == hook


def first_cell(column: Column) -> object:
    fixed = {
        Lookup.LANGUAGE: "French",
        Lookup.VOICE: "v_1",
        Lookup.SPEECH_VOICE: "v_1",
        Lookup.LOOK: "look_1",
        Lookup.FOLDER: "f_1",
        Lookup.STYLE: "style_1",
    }
    if column.lookup in fixed:
        return fixed[column.lookup]

    by_type = {Type.NUMBER: 1, Type.INTEGER: 640, Type.BOOLEAN: "yes", Type.ASSET: LINK, Type.LIST: "a; b",
               Type.ASSETS: f"{LINK}; asset_1"}  # fmt: skip
    return by_type.get(column.type, column.choices[0] if column.choices else "abc")


def test_a_payload_carries_what_was_given_what_is_required_and_the_title() -> None:
    bodies: dict[str, Any] = {
        job.kind: job.body
        for job in jobs_of(
            table(
                ["type", "template_id", "first_name", "avatar_id", "script", "video", "languages", "text", "voice_id"],
                ["template", "tpl_1", "Ann", None, None, None, None, None, None],
                ["avatar", None, None, "look_1", "Hi", None, None, None, None],
                ["translation", None, None, None, None, LINK, "French", None, None],
                ["speech", None, None, None, None, None, None, "Hi", "v_1"],
            )
        )
    }
    titles = {kind: body.pop("title", None) for kind, body in bodies.items()}
    assert bodies == {
        "template": {"variables": {"first_name": {"type": "text", "content": "Ann"}}},
        "avatar": {"type": "avatar", "avatar_id": "look_1", "script": "Hi"},
        "translation": {"video": {"type": "url", "url": LINK}, "output_languages": ["French"]},
        "speech": {"text": "Hi", "voice_id": "v_1"},
    }
    assert titles["speech"] is None
    assert str(titles["template"]).startswith("leads row 2 · ")


def test_all_six_types_of_variable_are_shaped_by_the_live_template() -> None:
    job = jobs_of(
        table(
            [
                "template_id",
                "line",
                "photo",
                "photo.fit",
                "clip",
                "clip.volume",
                "jingle",
                "host",
                "speaker",
                "speaker.locale",
            ],
            ["tpl_all", "Hi", LINK, "cover", "asset_9", 0.5, LINK, "look_1", "v_1", "en-GB"],
        )
    )[0]
    assert job.body["variables"] == {
        "line": {"type": "text", "content": "Hi"},
        "photo": {"type": "image", "asset": {"type": "url", "url": LINK}, "fit": "cover"},
        "clip": {"type": "video", "asset": {"type": "asset_id", "asset_id": "asset_9"}, "volume": 0.5},
        "jingle": {"type": "audio", "asset": {"type": "url", "url": LINK}},
        "host": {"type": "character", "character_id": "look_1"},
        "speaker": {"type": "voice", "voice_id": "v_1", "locale": "en-GB"},
    }


def test_the_account_of_these_tests_knows_every_list() -> None:
    assert set(ACCOUNT.listed) == set(Lookup)
