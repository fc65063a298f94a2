"""Names that mean one column: `template` and `template_id`, `First Name` and `Vorname`.

Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from bulkgen.kinds import KINDS
from bulkgen.kinds.columns import match_key
from bulkgen.rows.particulars import particular


def same_column(one: str, other: str) -> bool:
    """Whether two names can't both be given: for some kind they are one field, or one particular of a person."""
    if match_key(one) == match_key(other):
        return True

    meant = particular(one)
    return bool(_fields(match_key(one)) & _fields(match_key(other))) or bool(meant and meant == particular(other))


def twin(name: str, names: Iterable[str]) -> str | None:
    """The first of the names that means the same column as this one."""
    return next((each for each in names if same_column(name, each)), None)


def without(pairs: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """The pairs whose name means none of these columns."""
    taken = list(names)
    return {name: value for name, value in pairs.items() if twin(name, taken) is None}


def _fields(key: str) -> frozenset[tuple[str, str]]:
    return _known().get(key, frozenset())


@cache
def _known() -> Mapping[str, frozenset[tuple[str, str]]]:
    """The fields, as kind and name, that each name is of."""
    found: dict[str, set[tuple[str, str]]] = {}
    for kind in KINDS.values():
        for column in kind.columns:
            for name in column.names:
                found.setdefault(match_key(name), set()).add((kind.name, column.name))
    return {key: frozenset(fields) for key, fields in found.items()}
