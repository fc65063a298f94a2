"""Texts that settings are typed as, turned into values. Pure. Each function raises `InputError` for what can't be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from pydantic import BeforeValidator, SecretStr

from bulkgen.batch.ticks import TicksFile
from bulkgen.errors import InputError
from bulkgen.kinds import KINDS
from bulkgen.kinds.outcome import FURTHER_FILES
from bulkgen.model import listed
from bulkgen.rows.selection import parse_selection
from bulkgen.rows.suggest import hint
from bulkgen.rows.synonyms import twin
from bulkgen.sheet import TEXTS, WORKBOOKS


def parse_pairs(texts: Iterable[str], option: str, example: str, *, blank: bool) -> dict[str, str]:
    """`NAME=VALUE` texts as a mapping; `blank` allows an empty value."""
    pairs: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not (value.strip() or blank):
            raise InputError(f"{option} {text!r}: type it like {option} {example}")

        if option == "--set":
            _check_apart(name.strip(), pairs)
        pairs[name.strip()] = value.strip()
    return pairs


def _check_apart(name: str, pairs: Mapping[str, str]) -> None:
    other = twin(name, pairs)
    if other is not None:
        raise InputError(f"--set {other}=… and --set {name}=… are for the same column: keep one of the two.")


def parse_duration(text: str, option: str = "--timeout") -> float:
    """`90`, `90s`, `15m`, `2h`, `1h30m` as seconds."""
    match = re.fullmatch(r"(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s?)?", text.strip().casefold())
    if match is None or not any(match.groups()):
        raise InputError(f"{option} {text!r}: type it like {option} 2h, 15m or 90s.")

    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600.0 + minutes * 60 + seconds


def parse_money(text: str, option: str) -> float:
    """`20`, `20.50`, `20,50`, `$20`, `20 USD` as a number."""
    match = re.fullmatch(r"\$?\s*(\d{1,9})(?:[.,](\d{1,2}))?\s*(?:\$|usd)?", text.strip().casefold())
    if match is None:
        raise InputError(f"{option} {text!r}: type it like {option} 20 or {option} 0.50, without a sign for thousands.")

    return float(f"{match[1]}.{match[2] or 0}")


def parse_kind(text: str) -> str:
    """The name of a kind, without regard to case."""
    word = text.strip().casefold()
    if word in KINDS:
        return word

    raise InputError(f"--kind {text!r} is no kind. {hint(word, KINDS)}The kinds are: {listed([*KINDS], len(KINDS))}.")


def further(option: str) -> BeforeValidator:
    """`captions,thumbnail`, or a list of such words; `all` is all of them."""

    def read(value: object) -> object:
        words = re.split(r"[\s,;|]+", value) if isinstance(value, str) else value
        if not isinstance(words, list | tuple) or not all(isinstance(word, str) for word in words):
            return value

        found = {str(word).strip().casefold() for word in words} - {""}
        wrong = sorted(found - {*FURTHER_FILES, "all"})
        if wrong:
            raise InputError(
                f"{option} {wrong[0]!r}: {hint(wrong[0], FURTHER_FILES)}It takes {', '.join(FURTHER_FILES)}, or all."
            )

        return tuple(word for word in FURTHER_FILES if word in found or "all" in found)

    return BeforeValidator(read)


def folder_list(option: str) -> BeforeValidator:
    """The path of a folder, or several."""

    def read(value: object) -> object:
        paths = [value] if isinstance(value, str | Path) else value
        if not isinstance(paths, list | tuple):
            return value

        found = tuple(Path(path).expanduser() for path in paths if isinstance(path, str | Path))
        wrong = next((path for path in found if not path.is_dir()), None)
        if wrong is not None:
            raise InputError(f"{option} {str(wrong)!r} is no folder on this computer.")

        return tuple(path.absolute() for path in found)

    return BeforeValidator(read)


def selection(option: str) -> BeforeValidator:
    """`2-40,55`, or a number."""
    return BeforeValidator(lambda value: parse_selection(str(value), option) if isinstance(value, str | int) else value)


def redone(option: str) -> BeforeValidator:
    """`2-40,55`, a number, or the name of a file that says which."""

    def read(value: object) -> object:
        text = str(value) if isinstance(value, str | int | Path) else ""
        if Path(text).suffix.casefold() in TEXTS | WORKBOOKS:
            return TicksFile(Path(text))

        return parse_selection(text, option) if text or value == "" else value

    return BeforeValidator(read)


def pairs(option: str, example: str, *, blank: bool, names: bool = False) -> BeforeValidator:
    """`NAME=VALUE` texts, one of them, or a mapping. `names`: the values are names, so that no number is one."""

    def read(value: object) -> object:
        if isinstance(value, Mapping):
            wrong = next((name for name, each in value.items() if names and not isinstance(each, str)), None)
            if wrong is not None:
                raise InputError(f"{option} {wrong}={value[wrong]!r}: give it a text, such as {option} {example}")

            return {str(name).strip(): _text_of(option, name, each, blank=blank) for name, each in value.items()}

        texts = [value] if isinstance(value, str) else value
        return parse_pairs(texts, option, example, blank=blank) if isinstance(texts, list | tuple) else value

    return BeforeValidator(read)


def _text_of(option: str, name: object, value: object, *, blank: bool) -> str:
    """A value as a cell would show it. `blank` allows an empty one."""
    if isinstance(value, bool):
        return "yes" if value else "no"

    if not isinstance(value, str | int | float) or not (blank or str(value).strip()):
        raise InputError(f"{option} {name}={value!r}: give it a text.")

    return str(value).strip()


def duration(option: str) -> BeforeValidator:
    """A time in seconds."""
    return BeforeValidator(lambda value: parse_duration(value, option) if isinstance(value, str) else value)


def money(option: str) -> BeforeValidator:
    """An amount in dollars."""
    return BeforeValidator(lambda value: parse_money(value, option) if isinstance(value, str) else value)


def addresses(option: str) -> BeforeValidator:
    """An address, or several; a blank one is nobody. No message has any of it: an address holds secrets."""

    def read(value: object) -> object:
        given = [value] if isinstance(value, str) else value
        if not isinstance(given, list | tuple) or not all(isinstance(each, str | SecretStr) for each in given):
            raise InputError(f'{option} takes an address, such as "slack://…", or a list of such.')

        texts = (each if isinstance(each, str) else each.get_secret_value() for each in given)
        return tuple(SecretStr(text.strip()) for text in texts if text.strip())

    return BeforeValidator(read)


#: A further file of a video.
Further = Literal["captions", "thumbnail", "audio", "gif", "vtt", "clean"]

KIND = BeforeValidator(lambda value: parse_kind(value) if isinstance(value, str) else value)
