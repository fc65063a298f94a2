"""The shape of a kind: its columns, its request, its endpoint and what it gives back.

Pure. A kind is one value of `Kind`, made in a file of its own and named in the registry; the sheet's side and the
engine know kinds only through this shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from pydantic import BaseModel, ValidationError

from bulkgen.kinds.account import Template
from bulkgen.kinds.columns import Column, Fault, nest
from bulkgen.kinds.fields import columns_of
from bulkgen.model import Value

Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a paid POST gave: the job's id, and for a job answered at once its link and duration (seconds)."""

    id: str
    link: str = ""
    duration: float | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """Where a finished job's results are. All but `page` are presigned and expire."""

    video: str = ""
    audio: str = ""
    page: str = ""
    captions: str = ""
    thumbnail: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """A job as HeyGen's detail call tells it; `status` is `running`, `completed` or `failed`."""

    status: str
    links: Links = field(default_factory=Links)
    duration: float | None = None
    finished_at: str = ""
    code: str = ""
    message: str = ""

    @property
    def has_result(self) -> bool:
        return bool(self.links.video or self.links.audio)


@dataclass(frozen=True, slots=True)
class Collection:
    """Jobs that are asked about together: one collection of HeyGen's API."""

    path: str
    ids_param: str
    read: Callable[[Mapping[str, object]], Detail]
    #: The collection's list can be narrowed by title.
    by_title: bool = False

    @property
    def statuses_path(self) -> str:
        return f"{self.path}/statuses"

    def detail_path(self, job_id: str) -> str:
        return f"{self.path}/{job_id}"


def no_faults(_values: Values) -> Iterable[Fault]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One thing that a row can ask for."""

    name: str
    #: What one job of it makes, for the plan and the question: `video`, `voice-over`.
    noun: str
    #: The row is of this kind when each of these groups has a filled column.
    decided_by: tuple[tuple[str, ...], ...]
    request: type[BaseModel]
    path: str
    accepted: Callable[[Mapping[str, object]], Accepted]
    #: None: the answer to the POST is the result, no slot is held and nothing is polled.
    collection: Collection | None
    #: The endpoint honours an Idempotency-Key.
    keyed: bool = True
    #: The endpoint takes a title and a callback id.
    takes_callback: bool = True
    #: Columns whose values go into the path, in place of the request.
    in_path: tuple[Column, ...] = ()
    #: Makes the nested fields the request's body.
    shape: Callable[[dict[str, object], Template | None], dict[str, object]] = lambda body, _template: body
    check: Callable[[Values], Iterable[Fault]] = no_faults
    #: Further columns that one of the account's templates adds, given the sheet's headers.
    template_columns: Callable[[Template, tuple[str, ...]], tuple[Column, ...]] | None = None
    #: A value of this column splits the row into a job per value.
    split_by: str = ""

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns that the kind knows, in the order in which the README tells them."""
        return (*self.in_path, *columns_of(self.request))

    def fields(self, values: Values, columns: tuple[Column, ...], template: Template | None) -> dict[str, object]:
        """The request's fields, as far as the person gave them."""
        return self.shape(nest(values, columns), template)

    def judge(
        self, fields: Mapping[str, object], values: Values, columns: tuple[Column, ...]
    ) -> tuple[BaseModel | None, list[Fault]]:
        """The request of these fields, and everything that HeyGen would refuse in it, as far as it alone shows it."""
        request = None
        faults = list(self.check(values))
        named = {fault.column for fault in faults}
        try:
            request = self.request.__pydantic_validator__.validate_python(fields)
        except ValidationError as error:
            for detail in error.errors():
                fault = _as_fault(detail, columns)
                if fault.column not in named:
                    named.add(fault.column)
                    faults.append(fault)
        return request, faults


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


def text_of(data: Mapping[str, object], name: str) -> str:
    """A field of an answer as text; "" where it is null, absent or no text."""
    value = data.get(name)
    return value if isinstance(value, str) else ""


def number_of(data: Mapping[str, object], name: str) -> float | None:
    value = data.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def time_of(data: Mapping[str, object], name: str) -> str:
    """A Unix time of an answer as ISO 8601 in UTC."""
    seconds = number_of(data, name)
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else ""
    except (OverflowError, ValueError, OSError):
        return ""


def status_of(data: Mapping[str, object]) -> str:
    """`completed` and `failed` end a job; every other word, known or not, means that it is still running."""
    word = text_of(data, "status").casefold()
    return word if word in ("completed", "failed") else "running"
