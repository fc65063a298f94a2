"""The rows that are left out, since their column `skip` says so or they are hidden: what they would ask for otherwise.

Pure. They are read by what is on record alone: nothing is looked up for them, and what is wrong with them is never
told. So what was made for such a row before it was left out is known, and stays with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bulkgen.kinds.account import Account
from bulkgen.model import Job, Row, Table
from bulkgen.result_columns import HIDDEN, SKIPPED, TOLD_TO_SKIP, ResultColumn, are_results, result_columns
from bulkgen.rows.build import Builder, ReadOptions
from bulkgen.rows.built import Built, BuiltRow
from bulkgen.rows.headings import read_headings
from bulkgen.rows.references import is_reference
from bulkgen.rows.steering import LEAVING, left_out_by

#: Builds rows by what is known of the account, and of their files.
Complete = Callable[[Builder, Account], Built]


def with_withheld(
    built: Built, table: Table, reading: ReadOptions, known: Account, complete: Complete = Builder.build
) -> Built:
    """The rows, those that are left out with their jobs. `known`: what is known without asking; `complete` builds rows
    with what is known of their files.
    """
    rows = tuple(row.source for row in built.rows if _is_unknown(row))
    if not rows:
        return built

    if any(is_reference(cell.text.strip()) for row in rows for cell in row.cells):
        rows = table.rows  # they may refer to any other
    found = complete(Builder(replace(table, rows=rows), replace(reading, everyone=True)), known).rows
    by_number = {row.source.number: row for row in found}
    return replace(
        built,
        rows=tuple(
            [
                replace(row, withheld=_jobs(by_number[row.source.number])) if _is_unknown(row) else row
                for row in built.rows
            ]
        ),
    )


def _is_unknown(row: BuiltRow) -> bool:
    """Whether a row is left out, and was not read for others that are one video with it."""
    return row.skipped and not row.together


def _jobs(row: BuiltRow) -> tuple[Job, ...]:
    """The jobs of a row; of a line of an earlier results sheet that of its language."""
    return (row.taken_out,) if row.taken_out else row.jobs


def hidden_as_before(table: Table, renames: Mapping[str, str], defaults: Mapping[str, str]) -> Table:
    """The table with the rows hidden of which an earlier results sheet says so: a results sheet hides none.

    A line that does not say why it was left out (earlier releases did not) counts as one of a hidden row, unless its
    column `skip` or `run` says so; so does one that was told to be skipped in a column that the sheet does not have.
    Raises `InputError` for a `--map` of a column that is not there.
    """
    if not are_results(table.headers):
        return table

    columns, headings = result_columns(table.headers), read_headings(table, renames, defaults)
    status, error = columns[ResultColumn.STATUS], columns.get(ResultColumn.ERROR)
    steered = bool(headings.find(*LEAVING))

    def was_hidden(row: Row) -> bool:
        word, told = row.cell(status).text.strip().casefold(), row.cell(error).text if error is not None else ""
        if HIDDEN in told:
            return bool(word)

        if TOLD_TO_SKIP in told:
            return bool(word) and not steered

        return word == SKIPPED and not left_out_by(headings, row)

    rows = tuple([replace(row, hidden=True) if not row.hidden and was_hidden(row) else row for row in table.rows])
    return replace(table, rows=rows)
