"""The shape of a kind: its columns, its request, its endpoint and its life.

Pure. A kind is one value of `Kind`, made in a file of its own and named in the registry; the sheet's side knows kinds
only through this shape, the engine only through their lives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from bulkgen.kinds.account import Template
from bulkgen.kinds.columns import Column, Fault, nest
from bulkgen.kinds.life import Life
from bulkgen.model import Value

Values = Mapping[str, Value]


def no_faults(_values: Values) -> Iterable[Fault]:
    return ()


@dataclass(frozen=True)
class Kind:
    """One thing that a row can ask for."""

    name: str
    #: What one job of it makes, for the plan and the question: `video`, `voice-over`.
    noun: str
    columns: tuple[Column, ...]
    #: The row is of this kind when each of these groups has a filled column.
    decided_by: tuple[tuple[str, ...], ...]
    request: type[BaseModel]
    path: str
    #: What becomes of a job after its POST.
    life: Life
    #: Makes the nested fields the request's body.
    shape: Callable[[dict[str, object], Template | None], dict[str, object]] = lambda body, _template: body
    check: Callable[[Values], Iterable[Fault]] = no_faults
    #: Further columns that one of the account's templates adds, given the sheet's headers.
    template_columns: Callable[[Template, tuple[str, ...]], tuple[Column, ...]] | None = None
    #: A value of this column splits the row into a job per value.
    split_by: str = ""

    def body(self, values: Values, columns: tuple[Column, ...], template: Template | None = None) -> dict[str, object]:
        """The request's fields, as far as the person gave them."""
        return self.shape(nest(values, columns), template)

    def faults(self, body: Mapping[str, object], values: Values, columns: tuple[Column, ...]) -> list[Fault]:
        """Everything that HeyGen would refuse in this request, as far as the request alone shows it."""
        faults = list(self.check(values))
        named = {fault.column for fault in faults}
        try:
            self.request.__pydantic_validator__.validate_python(body)
        except ValidationError as error:
            for detail in error.errors():
                fault = _as_fault(detail, columns)
                if fault.column not in named:
                    named.add(fault.column)
                    faults.append(fault)
        return faults


def _as_fault(detail: Mapping[str, object], columns: tuple[Column, ...]) -> Fault:
    """pydantic's finding in the sheet's words; tags of unions in its location are not steps into the request."""
    location = tuple(str(part) for part in detail["loc"])  # type: ignore[attr-defined]  # errors() is loosely typed
    column = _column_at(location, columns)
    limits = detail.get("ctx")
    limits = limits if isinstance(limits, Mapping) else {}
    bound = {name: _plain(value) for name, value in limits.items()}
    causes = {
        "missing": ("is missing", "Fill the cell."),
        "less_than_equal": (f"is above {bound.get('le')}", f"The largest value is {bound.get('le')}."),
        "greater_than_equal": (f"is below {bound.get('ge')}", f"The smallest value is {bound.get('ge')}."),
        "greater_than": (f"is not above {bound.get('gt')}", f"Give more than {bound.get('gt')}."),
        "multiple_of": ("is not an even number", "Give an even number."),
        "string_too_long": (
            f"is longer than {bound.get('max_length')} characters",
            "Shorten the text, or make two rows of it.",
        ),
        "string_too_short": ("is blank", "Fill the cell."),
    }
    cause, fix = causes.get(
        str(detail["type"]), (f"is not what HeyGen takes ({detail['msg']})", "See the column in the README.")
    )
    return Fault(column, cause, fix)


def _column_at(location: tuple[str, ...], columns: tuple[Column, ...]) -> str:
    for column in columns:
        if column.place == location:
            return column.name

    for column in columns:  # a union adds the tag of the variant it tried
        steps = iter(location)
        if all(step in steps for step in column.place):
            return column.name

    return ".".join(location)


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
