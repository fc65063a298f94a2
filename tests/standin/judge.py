"""Whether requests and answers are as HeyGen's own schemas have them (`tests/data/heygen_v3.json`).

The judge knows neither bulkgen nor its sandbox. It is stricter than HeyGen in one thing: a field that a schema does
not name is refused everywhere, and so is a parameter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from bulkgen.sandbox.messages import Request

_SCHEMAS = Path(__file__).parents[1] / "data" / "heygen_v3.json"

#: Ids, times and figures, more or less. No word that a schema lists has two digits in a row.
_VARYING = re.compile(rb"(?=[0-9a-f]{2})(?:[a-f]*\d[0-9a-f]{3,}|\d{2,})")

Json = dict[str, Any]


class Unfit(AssertionError):
    """Something that HeyGen's schemas do not allow was sent, or answered."""


def judge_request(request: Request) -> None:
    """Raises `Unfit` for a request that HeyGen's schemas do not have."""
    place = f"{request.method} {request.target}"
    path, call = _call(request.method, request.path)
    if not call:
        raise Unfit(f"{place}: HeyGen has no such call")

    sent = {"query": request.query, "header": request.headers}
    known = {(one["in"], one["name"].lower()): one for one in map(_resolved, call["parameters"])}
    for name in request.query:
        if ("query", name) not in known:
            raise Unfit(f"{place}: HeyGen has no parameter {name} there")

    if request.key is not None and ("header", "idempotency-key") not in known:
        raise Unfit(f"{place}: no Idempotency-Key is taken there")

    for (where, name), parameter in known.items():
        value = sent[where].get(name) if where in sent else "in the path"
        if value is None and parameter["required"]:
            raise Unfit(f"{place}: {name} is missing")

        if value is not None:
            _raise(place, _errors(parameter["schema"], _read(value, parameter["schema"]), name))
    if "application/json" in call.get("requestBody", {}).get("content", ()):
        if not request.headers.get("content-type", "").startswith("application/json"):
            raise Unfit(f"{place}: the body is not called JSON")

        _judge_body(request.method, path, request.body)


def judge_answer(request: Request, status: int, body: bytes) -> None:
    """Raises `Unfit` for an answer that HeyGen's schemas do not have."""
    path, call = _call(request.method, request.path)
    if call:  # answers that differ in ids, links and times alone are judged once
        _judge_answer(request.method, path, status, _VARYING.sub(b"0", body))


def body_errors(method: str, path: str, body: object) -> list[str]:
    """What is wrong with a body, by the path as HeyGen's document has it."""
    content = _document()["paths"][path][method.lower()]["requestBody"]["content"]
    return _errors(content["application/json"]["schema"], body, "body")


def bodies(path: str) -> Mapping[str, Json]:
    """The schemas of what a POST may hold, references filled in, by the word in its `type`; by "" where it has none."""
    found = _resolved(_document()["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"])
    schemas = [_filled(one) for one in found.get("oneOf", [found])]
    return {one["properties"].get("type", {}).get("const", ""): one for one in schemas}


@lru_cache(4096)
def _judge_body(method: str, path: str, body: bytes) -> None:
    _raise(f"{method} {path}", body_errors(method, path, _json(body)))


@lru_cache(4096)
def _judge_answer(method: str, path: str, status: int, body: bytes) -> None:
    place = f"{status} to {method} {path}"
    answers = _document()["paths"][path][method.lower()]["responses"]
    answer = answers.get(str(status)) or answers.get(f"{status // 100}XX")
    if not answer:
        raise Unfit(f"{place}: HeyGen does not answer so")

    told = _json(body)
    if isinstance(told, dict) and isinstance(told.get("data"), list):
        told["data"] = [item for index, item in enumerate(told["data"]) if item not in told["data"][:index]]
    _raise(place, _errors(_resolved(answer)["content"]["application/json"]["schema"], told, "answer"))


def _raise(place: str, errors: list[str]) -> None:
    if errors:
        raise Unfit(f"{place}: {'; '.join(errors)}")


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        raise Unfit(f"no JSON: {body[:100]!r}") from None


def _read(text: str, schema: Json) -> object:
    """A parameter as the type that its schema has; a text that is no such thing stays one."""
    return int(text) if schema.get("type") == "integer" and text.isdecimal() else text


def _errors(schema: Json, content: object, name: str) -> list[str]:
    error = best_match(_validator(json.dumps(schema)).iter_errors(content))
    return [f"{name}{error.json_path[1:]}: {error.message[:300]}"] if error else []


@cache
def _document() -> Json:
    document: Json = json.loads(_SCHEMAS.read_text(encoding="utf-8"))
    return document


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(_closed(json.loads(schema)))


def _filled(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_filled(one) for one in schema]

    if not isinstance(schema, dict):
        return schema

    return _filled(_resolved(schema)) if "$ref" in schema else {word: _filled(one) for word, one in schema.items()}


def _closed(schema: Any) -> Any:
    """The schema with every reference filled in, and with no room for fields that it does not name."""
    if isinstance(schema, list):
        return [_closed(one) for one in schema]

    if not isinstance(schema, dict):
        return schema

    if "$ref" in schema:
        return _closed(_resolved(schema))

    closed = {word: _closed(value) for word, value in schema.items() if word != "properties"}
    if "properties" in schema:
        closed["properties"] = {name: _closed(one) for name, one in schema["properties"].items()}
        closed.setdefault("additionalProperties", False)
    return _told_apart(closed) if "oneOf" in closed else closed


def _told_apart(schema: Json) -> Json:
    """Where a word says which of several schemas is meant, only that one is asked, and can say what is wrong."""
    tags = [
        {(name, one["const"]) for name, one in choice.get("properties", {}).items() if "const" in one}
        for choice in schema["oneOf"]
    ]
    if not all(len(found) == 1 for found in tags):
        return schema

    choices = []
    for ((name, word),), choice in zip(tags, schema["oneOf"], strict=True):
        choices.append({"if": {"properties": {name: {"const": word}}}, "then": choice})
    words = [word for ((_, word),) in tags]
    return {"type": "object", "required": [name], "properties": {name: {"enum": words}}, "allOf": choices}


def _resolved(part: Json) -> Json:
    if "$ref" not in part:
        return part

    found: Any = _document()
    for step in part["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return _resolved(found)


@lru_cache(4096)
def _call(method: str, path: str) -> tuple[str, Mapping[str, Any]]:
    """HeyGen's name of the path and what it says of the call; ("", {}) where it has none."""
    for template, pattern in _patterns():
        if pattern.fullmatch(path) and method.lower() in _document()["paths"][template]:
            return template, _document()["paths"][template][method.lower()]

    return "", {}


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Those without a variable part first: `/v3/videos/statuses` is no video."""
    return sorted(_each_pattern(), key=lambda pair: pair[0].count("{"))


def _each_pattern() -> Iterator[tuple[str, re.Pattern[str]]]:
    for path in _document()["paths"]:
        yield path, re.compile(re.sub(r"\{\w+\}", "[^/]+", path))
