"""The headings of a results file that a person changed: our columns are known by those beside them."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bulkgen.errors import InputError
from bulkgen.model import Table
from bulkgen.result_columns import ResultColumn, renamed, result_columns, with_names
from bulkgen.results.mark import Mark, borne_out, column_digests
from bulkgen.sheet import read_sheet


def with_our_names(path: Path, table: Table, marks: Sequence[Mark], header_row: int) -> tuple[Table, list[str]]:
    """The table of a results file with the names of our columns where a person gave them other headings; or these
    headings, where what stands under them is not what bulkgen wrote either.

    `header_row`: where the headers were written.
    """
    if not marks:
        return table, []

    if table.header_row != header_row and not result_columns(table.headers):
        with contextlib.suppress(InputError):  # its titles are taken for headers, since ours are not known there
            table = read_sheet(path, sheet=table.name, header_row=header_row)
    ours = [name for name in ResultColumn if marks[-1].columns.issuperset(column_digests([name.value]))]
    theirs = renamed(table.headers, ours)
    if not theirs or len(theirs) == len(ours):
        return table, []

    headers = tuple(theirs.get(at, header) for at, header in enumerate(table.headers))
    whole = replace(table, headers=with_names(headers))
    return (whole, []) if borne_out(whole, marks) is not None else (table, [table.headers[at].strip() for at in theirs])
