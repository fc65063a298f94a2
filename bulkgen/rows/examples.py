"""The example rows of a starter sheet: they show what goes where, and are never paid for.

Pure. An example is known by its `row_id` alone, whatever else of the row was changed.
"""

from __future__ import annotations

import re

from bulkgen.model import Issue

_LABEL = re.compile(r"example-\d+", re.IGNORECASE)

EXAMPLE = Issue(
    code="example",
    cause="marks an example that bulkgen init wrote; examples are made with --sandbox only",
    fix="Delete the row, or fill it with your own values and give it another row_id.",
)


def example_label(number: int) -> str:
    """The `row_id` of an example."""
    return f"example-{number}"


def is_example(row_id: str) -> bool:
    return _LABEL.fullmatch(row_id) is not None
