"""A value held against what a composition declares of its variable. Pure.

Bounds, choices and types are those of HyperFrames; a `step` is that of its editor, and other values are only told.
"""

from __future__ import annotations

from collections.abc import Collection

from bulkgen.composition import Variable
from bulkgen.kinds.colours import advice, is_colour
from bulkgen.kinds.columns import is_link, is_path
from bulkgen.model import Issue, Value, unsendable, warning
from bulkgen.rows.suggest import COMPARED, hint

#: What is no part of the name of a font: a page would take more than one for it.
_NO_FONT = frozenset(";{}<>\r\n")

#: How far a value may be from a step, as a share of it.
_NEAR = 1e-6


def issue_of(variable: Variable, value: Value, files: Collection[str]) -> Issue | None:
    """What is wrong with the value; `files`: the paths of all files of the project."""
    field = f"variables.{variable.id}"
    if variable.type == "number" and isinstance(value, int | float):
        return _out_of_bounds(variable, float(value), field)

    if not isinstance(value, str):
        return None

    if variable.longest is not None and len(value) > variable.longest:
        cause = f"is longer than the {variable.longest} characters that the composition has room for"
        return unsendable(code="too_long", field=field, cause=cause, fix="Shorten the text.")

    if variable.type == "color" and not is_colour(value):
        return unsendable(code="not_a_colour", field=field, cause="is no colour", fix=advice(value))

    if variable.type == "font" and (is_link(value) or is_path(value) or not _NO_FONT.isdisjoint(value)):
        fix = "Write its name (Inter), as the project loads it; a font file belongs into the project."
        return unsendable(code="not_a_font", field=field, cause="is no name of a font", fix=fix)

    if variable.type == "image" and not is_link(value) and value not in files:
        near = hint(value, files) if len(files) <= COMPARED else ""
        own = "copy the picture into the project, and write its path there."
        fix = f"{near}Give a link that starts with https://; or {own}"
        cause = "is neither a link nor a file of the project"
        return unsendable(code="not_in_project", field=field, cause=cause, fix=fix)

    return None


def _out_of_bounds(variable: Variable, value: float, field: str) -> Issue | None:
    low, high, step = variable.low, variable.high, variable.step
    span = f"The composition takes {span_of(variable)}."
    if low is not None and value < low:
        return unsendable(code="too_low", field=field, cause=f"is below {_told(low)}", fix=span)

    if high is not None and value > high:
        return unsendable(code="too_high", field=field, cause=f"is above {_told(high)}", fix=span)

    steps = (value - (low or 0.0)) / step if step else 0.0
    if step and abs(steps - round(steps)) > _NEAR:
        cause = f"is no step of {_told(step)} from {_told(low or 0.0)}, in which the composition counts"
        return warning(code="no_step", field=field, cause=cause, fix="It is sent as it is: see that it looks right.")

    return None


def span_of(variable: Variable) -> str:
    """`0 to 100`, `0 or more`; "" for a variable without bounds."""
    low, high = variable.low, variable.high
    if low is not None and high is not None:
        return f"{_told(low)} to {_told(high)}"

    return f"{_told(low)} or more" if low is not None else f"{_told(high)} or less" if high is not None else ""


def _told(number: float) -> str:
    return f"{int(number):,}" if number.is_integer() else f"{number:g}"
