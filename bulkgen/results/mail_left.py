"""Who is left out of a mail merge, as far as the results that it was made with say it.

Pure. For a run of the rows to correct alone: those of all others are not read again.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from bulkgen.ledger.state import Status
from bulkgen.model import Table
from bulkgen.result_columns import ResultColumn, result_columns
from bulkgen.results.mailing import LeftOut, Mailing, why_left_out
from bulkgen.rows.addresses import address_of


def with_left_out(mailing: Mailing, table: Table, others: Container[int]) -> Mailing:
    """The mail merge with those left out of it. `table`: the results; `others`: the rows of it not to be counted."""
    columns, names = result_columns(table.headers), [header.strip() for header in table.headers]
    status, wanted = columns.get(ResultColumn.STATUS), mailing.headers[mailing.address].strip()
    if status is None or wanted not in names:
        return mailing

    at, audio = names.index(wanted), columns.get(ResultColumn.AUDIO_URL)
    there, seen, found = {*mailing.addresses}, set[str](), dict[LeftOut, list[int]]()
    for row in table.rows:
        if row.number in others or row.cell(status).text.strip() != Status.DONE:
            continue

        address = address_of(row.cell(at).text)
        if address in there and address not in seen and not row.hidden:
            seen.add(address)
            continue

        sounds = audio is not None and bool(row.cell(audio).text.strip())
        why = why_left_out(row.cell(at).text, linked=address in there, sounds=sounds) or LeftOut.TWICE
        found.setdefault(LeftOut.HIDDEN if row.hidden else why, []).append(row.number)
    return replace(mailing, left_out={why: len(rows) for why, rows in found.items()}, left_rows=found)
