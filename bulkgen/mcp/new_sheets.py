"""The tool that writes a new sheet below the folder. It replaces nothing."""

from __future__ import annotations

from typing import Annotated

import anyio
from pydantic import Field

from bulkgen.batch.text_sheet import write_texts
from bulkgen.errors import InputError
from bulkgen.mcp.records import NewSheet
from bulkgen.mcp.telling import Here, desk_of, tool

#: What one call may write at most: rows, columns, characters of all cells together.
ROWS, COLUMNS, CHARACTERS = 2_000, 100, 2_000_000

#: What a cell may be given as; it becomes a text.
CellValue = str | int | float | bool | None


@tool
async def new_sheet(
    name: Annotated[str, Field(description="the name of the new file: prospects.xlsx", max_length=200)],
    rows: Annotated[
        list[dict[str, CellValue]],
        Field(
            description="the rows in their order; each has its cells by column. Columns for avatar videos: avatar_id, "
            "script, voice_id; for a template: template_id and a column for each of its variables; for translations: "
            "video_url, output_languages (several separated by ;); for voice-overs: text, voice_id. Any other column "
            "(an e-mail address, a CRM id) passes through to the results",
            min_length=1,
            max_length=ROWS,
        ),
    ],
    *,
    here: Here,
) -> NewSheet:
    """Writes a new spreadsheet into the server's folder, one row for each video. Never replaces or changes a file that
    is there. Every cell is written as a text. Check it with check_sheet afterwards."""
    desk = desk_of(here)
    path = desk.folder.new(name)
    columns = list(dict.fromkeys(column for row in rows for column in row))
    lines = [[_text(row.get(column)) for column in columns] for row in rows]
    if not columns or len(columns) > COLUMNS:
        raise InputError(f"A new sheet has from 1 to {COLUMNS} columns, and this would have {len(columns)}.")

    if sum(len(text) for line in lines for text in line) > CHARACTERS:
        raise InputError(f"That is more than {CHARACTERS:,} characters. Make several sheets of it.")

    await anyio.to_thread.run_sync(write_texts, path, columns, lines)
    return NewSheet(
        sheet=desk.folder.name_of(path),
        rows=len(rows),
        columns=columns,
        next="Call check_sheet: it finds every mistake, and says what the videos would cost.",
    )


def _text(value: CellValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"

    if isinstance(value, float) and value.is_integer():
        return str(int(value))

    return "" if value is None else str(value)
