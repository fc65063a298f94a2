"""The shape of a kind: its columns, its request, its endpoint and its life.

Pure. A kind is one value of `Kind`, made in a file of its own and named in the registry; the sheet's side knows kinds
only through this shape, the engine only through their lives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ValidationError

from bulkgen.kinds.account import Account, Template
from bulkgen.kinds.columns import Column, Lookup, Type, is_link, is_path, nest
from bulkgen.kinds.duration import Duration
from bulkgen.kinds.fields import columns_of
from bulkgen.kinds.filling import Filling
from bulkgen.kinds.life import Life
from bulkgen.kinds.scenes import Scenes
from bulkgen.kinds.script import Script
from bulkgen.kinds.signs import Signs
from bulkgen.kinds.source import Source
from bulkgen.model import Issue, Job, Value, unsendable

Values = Mapping[str, Value]


#: What pydantic finds where nothing says which of several forms an object has: the field that would is told by `check`.
_TAGLESS = frozenset({"union_tag_not_found", "union_tag_invalid"})

#: Stands in place of a value that can't be used, which is told elsewhere.
SPOILT = "?"


def no_issues(_values: Values) -> Iterable[Issue]:
    return ()


def no_objections(_values: Values, _account: Account, _template: Template | None) -> Iterable[Issue]:
    return ()


@dataclass(frozen=True, slots=True)
class Made:
    """Things of the account that a job makes: where their ids may stand, and how many there are at most."""

    lookups: frozenset[Lookup]
    most: int = 1


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One thing that a row can ask for."""

    name: str
    #: What one job of it makes, for the plan and the question: `video`, `voice-over`.
    noun: str
    #: What a person looks at, or listens for, in the first one: `whether the lips fit`.
    look_at: str
    #: By what a row is known to be of this kind.
    signs: Signs
    request: type[BaseModel]
    path: str
    #: What becomes of a job after its POST.
    life: Life
    #: Columns whose values go into the path, in place of the request.
    in_path: tuple[Column, ...] = ()
    #: Makes the nested fields the request's body.
    shape: Callable[[dict[str, object], Template | None], dict[str, object]] = lambda body, _template: body
    check: Callable[[Values], Iterable[Issue]] = no_issues
    #: What the account, as far as it is known, shows against values that have its ids.
    against: Callable[[Values, Account, Template | None], Iterable[Issue]] = no_objections
    #: What the price depends on, as far as the request tells it: `{"mode": "speed"}`, in the words of the price file.
    priced_by: Callable[[Any], Mapping[str, str]] = lambda _request: {}
    #: What it depends on that the account tells: by the same words, the id of the thing whose type it is, or the ids.
    priced_by_type: Callable[[Any], Mapping[str, Any]] = lambda _request: {}
    #: How many results a job of it has, where each has the price of an item: at least, likely, at most. An assumption.
    usual_results: tuple[int, int, int] | None = None
    #: What a job of it has a voice say; None where nobody speaks, or nobody knows what.
    script: Callable[[Any, Template | None], Script | None] = lambda _request, _template: None
    #: The recording or video that a job of it is made from; None where it has none.
    source: Callable[[Any], Source | None] = lambda _request: None
    #: How long a job lasts, where it has neither script nor source to tell that.
    lasts: Callable[[Job], Duration | None] = lambda _job: None
    #: What its rows are filled into; None where they stand for themselves.
    filling: Filling | None = None
    #: The column in which the person answers a job that waits for them; None where none ever does. It is not sent with
    #: the job, and in no fingerprint.
    answer: Column | None = None
    #: What other rows may use by this one's `row_id`, in the same run; None: nothing of it has an id that is of use.
    makes: Made | None = None
    #: A value of this column splits the row into a job per value.
    split_by: str = ""
    #: It is put together of scenes, which have further columns, or rows; None where it is not.
    scenes: Scenes | None = None
    #: What HeyGen recommends for fields that may be left open. It is sent where the person says so, and only there.
    recommended: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns that the kind knows, in the order in which the documents tell them."""
        return (*self.in_path, *columns_of(self.request))

    @cached_property
    def links(self) -> tuple[Column, ...]:
        """The fields that take a link, or a file of the person's, and no id."""
        return _links(self.columns)

    def fields(self, values: Values, columns: tuple[Column, ...], template: Template | None) -> dict[str, object]:
        """The request's fields, as far as the person gave them."""
        return self.shape(nest(values, columns), template)

    def judge(
        self, fields: Mapping[str, object], values: Values, columns: tuple[Column, ...]
    ) -> tuple[BaseModel | None, list[Issue]]:
        """The request of these fields, and everything that HeyGen would refuse in it, as far as it alone shows it."""
        request = None
        issues = [*self.check(values), *self._no_links(values, columns)]
        named = {issue.field for issue in issues}
        try:
            request = self.request.__pydantic_validator__.validate_python(fields)
        except ValidationError as error:
            for detail in error.errors():
                issue = _as_issue(detail, columns)
                told = detail["type"] in _TAGLESS and any(name.startswith(f"{issue.field}.") for name in named)
                if issue.field not in named and not told:
                    named.add(issue.field)
                    issues.append(issue)
        return request, issues

    def _no_links(self, values: Values, columns: tuple[Column, ...]) -> Iterable[Issue]:
        for column in _links(columns) if self.scenes else self.links:
            link = values.get(column.name)
            if not isinstance(link, str) or link == SPOILT or (column.media and is_path(link)):
                continue

            if not is_link(link):
                fix = "Give an address that starts with https://."
                yield unsendable(code="not_a_link", field=column.name, cause="is no link", fix=fix)
            elif any(map(str.isspace, link)):
                cause, fix = "is a link with a blank in it", "Write %20 for the blank, or copy the address anew."
                yield unsendable(code="not_a_link", field=column.name, cause=cause, fix=fix)


def _links(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    return tuple(each for each in columns if each.type is Type.TEXT and each.name.endswith("url"))


def _as_issue(detail: Mapping[str, object], columns: tuple[Column, ...]) -> Issue:
    """pydantic's finding in the sheet's words; tags of unions in its location are not steps into the request."""
    location = tuple(str(part) for part in detail["loc"])  # type: ignore[attr-defined]  # errors() is loosely typed
    field = _column_at(location, columns)
    limits = detail.get("ctx")
    limits = limits if isinstance(limits, Mapping) else {}
    bound = {name: _plain(value) for name, value in limits.items()}
    match detail["type"]:
        case "missing" if location[0] == "variables":
            cause, fix = "is missing, and the template holds nothing there", "Fill it, or clear what is set for it."
            return Issue(code="missing", field=field, cause=cause, fix=fix)
        case "missing":
            return Issue(code="missing", field=field, cause="is missing", fix="Fill the cell.")
        case "string_too_short":
            return Issue(code="blank", field=field, cause="is blank", fix="Fill the cell.")
        case "string_too_long":
            cause = f"is longer than {bound['max_length']} characters"
            return Issue(code="too_long", field=field, cause=cause, fix="Shorten the text, or make two rows of it.")
        case "too_long":
            most = bound["max_length"]
            return Issue(
                code="too_many", field=field, cause=f"holds more than {most}", fix=f"Leave up to {most} there."
            )
        case "less_than_equal":
            cause, fix = f"is above {bound['le']}", f"The largest value is {bound['le']}."
            return Issue(code="too_high", field=field, cause=cause, fix=fix)
        case "greater_than_equal":
            cause, fix = f"is below {bound['ge']}", f"The smallest value is {bound['ge']}."
            return Issue(code="too_low", field=field, cause=cause, fix=fix)
        case "greater_than":
            cause, fix = f"is not above {bound['gt']}", f"Give more than {bound['gt']}."
            return Issue(code="too_low", field=field, cause=cause, fix=fix)
        case "multiple_of":
            return Issue(code="not_even", field=field, cause="is not an even number", fix="Give an even number.")
        case _:
            cause = f"is not what HeyGen takes ({detail['msg']})"
            return Issue(code="not_accepted", field=field, cause=cause, fix="See the column in docs/COLUMNS.md.")


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
