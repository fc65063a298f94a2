"""Small checks from which the tables of request bodies are put together (`bodies`).

A check takes a value and the name it goes by in the request, and raises `Refusal` in HeyGen's words. Everything that
a table does not name is refused, on every level: the stand-in is stricter than HeyGen where HeyGen is lenient.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.standin.messages import invalid

Check = Callable[[Any, str], None]


def text(least: int = 0, most: int | None = None) -> Check:
    def check(value: Any, name: str) -> None:
        if not isinstance(value, str):
            raise invalid(name, f"{name} must be a string.")

        if len(value) < least or (most is not None and len(value) > most):
            raise invalid(name, f"{name} must have {least} to {most} characters.")

    return check


def number(
    least: float | None = None, most: float | None = None, *, whole: bool = False, above: float | None = None
) -> Check:
    def check(value: Any, name: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            raise invalid(name, f"{name} must be {'an integer' if whole else 'a number'}.")

        too_low = (least is not None and value < least) or (above is not None and value <= above)
        if too_low or (most is not None and value > most):
            raise invalid(name, f"{name} is out of range.")

    return check


def even(value: Any, name: str) -> None:
    number(128, 4096, whole=True)(value, name)
    if value % 2:
        raise invalid(name, f"{name} must be even.")


def flag(value: Any, name: str) -> None:
    if not isinstance(value, bool):
        raise invalid(name, f"{name} must be true or false.")


def one_of(*choices: str | int) -> Check:
    def check(value: Any, name: str) -> None:
        if isinstance(value, bool) or value not in choices:
            raise invalid(name, f"{name} must be one of {', '.join(map(str, choices))}.")

    return check


def link(value: Any, name: str) -> None:
    text(1)(value, name)
    if not value.startswith("https://"):
        raise invalid(name, f"{name} must be a public https URL.")


def maybe(check: Check) -> Check:
    """The value may be null."""
    return lambda value, name: None if value is None else check(value, name)


def many(check: Check, least: int = 0) -> Check:
    def check_all(values: Any, name: str) -> None:
        if not isinstance(values, list) or len(values) < least:
            raise invalid(name, f"{name} must be an array of at least {least}.")

        for index, value in enumerate(values):
            check(value, f"{name}[{index}]")

    return check_all


def record(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with exactly these fields."""
    table = {**required, **(optional or {})}

    def check(value: Any, name: str) -> None:
        if not isinstance(value, dict):
            raise invalid(name, f"{name or 'body'} must be an object.")

        prefix = f"{name}." if name else ""
        for missing in required.keys() - value.keys():
            raise invalid(prefix + missing, f"{prefix}{missing} is required.")

        for field, content in value.items():
            if field not in table:
                raise invalid(prefix + field, f"Extra inputs are not permitted: {prefix}{field}.")

            table[field](content, prefix + field)

    return check


def tagged(tag: str, variants: Mapping[str, Check]) -> Check:
    """An object whose field `tag` says which of the checks it has to pass."""

    def check(value: Any, name: str) -> None:
        word = value.get(tag) if isinstance(value, dict) else None
        if not isinstance(word, str) or word not in variants:
            raise invalid(f"{name}.{tag}", f"{name}.{tag} must be one of {', '.join(variants)}.")

        variants[word](value, name)

    return check
