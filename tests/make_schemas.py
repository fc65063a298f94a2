"""`python -m tests.make_schemas openapi.json`: writes `tests/data/heygen_v3.json`, what HeyGen says of its API and can
be checked.

Everything that only explains is left out: descriptions, summaries, examples, defaults. Of each call remain its
parameters, the schema of its body, and those of its answers.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

Json = dict[str, Any]

SCHEMAS = Path(__file__).parent / "data" / "heygen_v3.json"

#: What a JSON Schema is judged by, as far as HeyGen's schemas use it. `format` is a mere remark in JSON Schema.
_CHECKED = {
    "$ref", "type", "enum", "const", "required", "items", "additionalProperties", "minimum", "maximum",
    "exclusiveMinimum", "multipleOf", "minLength", "maxLength", "minItems", "maxItems", "pattern", "anyOf", "oneOf",
}  # fmt: skip


def schema(full: Any) -> Any:
    if isinstance(full, list):
        return [schema(one) for one in full]

    if not isinstance(full, dict):
        return full

    stripped: Json = {}
    for word, value in full.items():
        if word == "properties":
            stripped[word] = {name: schema(inner) for name, inner in value.items()}
        elif word in _CHECKED:
            stripped[word] = schema(value)
    return stripped


def parameter(full: Json) -> Json:
    if "$ref" in full:
        return full

    return {"name": full["name"], "in": full["in"], "required": full.get("required", False)} | (
        {"schema": schema(full["schema"])} if "schema" in full else {}
    )


def content(full: Json) -> Json:
    """Of a body or an answer: the schemas of its media types."""
    if "$ref" in full:
        return full

    return {"content": {kind: {"schema": schema(held.get("schema", {}))} for kind, held in full["content"].items()}}


_GLOSSARY = {name: {"type": "string"} for name in ("brand_glossary_id", "name", "created_at", "updated_at")}
_TERMS = {"terms": {"type": "array", "items": {"type": "object"}}}


def _parameter(name: str, where: str, kind: str, **limits: int) -> Json:
    return {"name": name, "in": where, "required": where == "path", "schema": {"type": kind, **limits}}


def _answers(data: Json, **properties: Json) -> Json:
    schema = {"type": "object", "properties": {"data": data, **properties}}
    return {"200": {"content": {"application/json": {"schema": schema}}}}


_TEXT, _NUMBER = {"type": ["string", "null"]}, {"type": ["number", "null"]}

_CLIP = {
    "id": {"type": "string"},
    "status": {"enum": ["pending", "running", "completed", "failed", "cancelled"]},
    "title": _TEXT,
    "video_url": _TEXT,
    "duration_seconds": _NUMBER,
    "virality_score": _NUMBER,
}

_CLIPPING = {
    "type": "object",
    "required": ["id", "status", "clips"],
    "properties": {
        "id": {"type": "string"},
        "status": _CLIP["status"],
        "title": _TEXT,
        "input_language": _TEXT,
        "source_duration": _NUMBER,
        "progress": _NUMBER,
        "clips": {"type": "array", "items": {"type": "object", "properties": _CLIP, "required": [*_CLIP]}},
        "callback_id": _TEXT,
        "created_at": _NUMBER,
        "failure_message": _TEXT,
    },
}

_CLIPPING_REQUEST = {
    "type": "object",
    "required": ["video"],
    "properties": {
        "video": {"oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in ("AssetUrl", "AssetId")]},
        "title": {"type": "string", "maxLength": 255},
        "input_language": {"type": "string"},
        "output_settings": {
            "type": "object",
            "properties": {
                "duration_types": {
                    "type": "array",
                    "items": {"enum": ["30", "60", "180", "long"]},
                    "minItems": 1,
                },
                "aspect_ratio": {"enum": ["portrait", "landscape", "square"]},
                "captions": {"type": "boolean"},
                "caption_style": {"type": "string"},
                "prompt": {"type": "string", "maxLength": 500},
            },
        },
        "callback_id": {"type": "string", "maxLength": 128},
        "callback_url": {"type": "string"},
    },
}

_ENVELOPE = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorEnvelope"}}}}
_REFUSALS = {"4XX": _ENVELOPE, "5XX": _ENVELOPE}

#: What the document only mentions: HeyGen's command-line tool has the schemas of it, and pages of the reference.
BESIDE: Json = {
    "/v3/brand-glossaries": {
        "get": {
            "parameters": [
                _parameter("limit", "query", "integer", minimum=1, maximum=100),
                _parameter("token", "query", "string"),
            ],
            "responses": _answers(
                {"type": "array", "items": {"type": "object", "properties": _GLOSSARY, "required": [*_GLOSSARY]}},
                has_more={"type": "boolean"},
                next_token={"type": ["string", "null"]},
            ),
        }
    },
    "/v3/ai-clipping": {
        "post": {
            "parameters": [],
            "requestBody": {"content": {"application/json": {"schema": _CLIPPING_REQUEST}}},
            "responses": {
                **_answers({"type": "object", "properties": {"ai_clipping_id": {"type": "string"}}}),
                **_REFUSALS,
            },
        },
        "get": {
            "parameters": [
                _parameter("limit", "query", "integer", minimum=1, maximum=100),
                _parameter("token", "query", "string"),
            ],
            "responses": {
                **_answers(
                    {"type": "array", "items": _CLIPPING},
                    has_more={"type": "boolean"},
                    next_token={"type": ["string", "null"]},
                ),
                **_REFUSALS,
            },
        },
    },
    "/v3/ai-clipping/{ai_clipping_id}": {
        "get": {
            "parameters": [_parameter("ai_clipping_id", "path", "string")],
            "responses": {**_answers(_CLIPPING), **_REFUSALS},
        }
    },
    "/v3/brand-glossaries/{brand_glossary_id}": {
        "get": {
            "parameters": [_parameter("brand_glossary_id", "path", "string")],
            "responses": {
                **_answers(
                    {"type": "object", "properties": {**_GLOSSARY, **_TERMS}, "required": [*_GLOSSARY, *_TERMS]}
                ),
                **_REFUSALS,
            },
        }
    },
}


def call(full: Json) -> Json:
    stripped: Json = {"parameters": [parameter(one) for one in full.get("parameters", [])]}
    if "requestBody" in full:
        stripped["requestBody"] = content(full["requestBody"])
    stripped["responses"] = {
        status: content(answer)
        for status, answer in full["responses"].items()
        if "$ref" in answer or "content" in answer
    }
    return stripped


def api(full: Json) -> Json:
    parts = full["components"]
    return {
        "paths": {
            path: {method: call(one) for method, one in calls.items() if method != "parameters"}
            for path, calls in {**full["paths"], **BESIDE}.items()
        },
        "components": {
            "schemas": {name: schema(one) for name, one in parts["schemas"].items()},
            "responses": {name: content(one) for name, one in parts["responses"].items()},
            "parameters": {name: parameter(one) for name, one in parts["parameters"].items()},
        },
    }


def lines(content: Json, depth: int = 2) -> str:
    """The JSON, with one line for each path and each schema."""
    if not depth:
        return json.dumps(content, ensure_ascii=False)

    return "{\n" + ",\n".join(f"{json.dumps(name)}: {lines(held, depth - 1)}" for name, held in content.items()) + "\n}"


if __name__ == "__main__":
    whole = api(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    paths, components = lines(whole["paths"], 1), lines(whole["components"])
    SCHEMAS.write_text(f'{{"paths": {paths},\n"components": {components}}}\n', encoding="utf-8")
