"""`bulkgen mcp`: the sheets of a folder as tools for an assistant."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from bulkgen.batch.typed import parse_duration, parse_money
from bulkgen.errors import Exit, InputError


def mcp(
    folder: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="The sheets below this folder, and nothing else.")
    ] = None,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Only tools that change nothing; goes before every other option.")
    ] = False,
    tools: Annotated[str, typer.Option(metavar="LIST", help="Only these tools: list_sheets,check_sheet.")] = "",
    exclude_tools: Annotated[str, typer.Option(metavar="LIST", help="All tools but these.")] = "",
    expires: Annotated[str, typer.Option(metavar="8h", help="After this time no tool does anything more.")] = "",
    max_cost: Annotated[str, typer.Option(metavar="USD", help="What all runs of this server together may spend.")] = "",
    sandbox: Annotated[bool, typer.Option("--sandbox", help="Rehearse for free: nothing is really made.")] = False,
) -> Exit:
    """Serves the tools over standard input and output until the assistant's program ends."""
    if folder is None:
        raise InputError("Say which folder the assistant may work in: bulkgen mcp --folder FOLDER")

    if find_spec("mcp") is None:
        raise InputError(
            "The assistants' server needs one more package. Install it with: pip install 'bulkgen[mcp]' (or, where "
            "bulkgen was installed with uv: uv tool install 'bulkgen[mcp]')."
        )

    from bulkgen.mcp.options import Options
    from bulkgen.mcp.server import server
    from bulkgen.mcp.telling import log_plainly

    log_plainly()
    options = Options(
        folder=folder,
        read_only=read_only,
        tools=_names(tools),
        exclude_tools=_names(exclude_tools),
        expires=parse_duration(expires, "--expires") if expires else None,
        max_cost=parse_money(max_cost, "--max-cost") if max_cost else None,
        sandbox=sandbox,
    )
    server(options).run("stdio")
    return Exit.OK


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]
