"""`bulkgen mcp`: the sheets of a folder as tools for an assistant."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from bulkgen.batch.typed import parse_duration, parse_money
from bulkgen.errors import Exit, InputError, without_extra
from bulkgen.mcp.clients import Client
from bulkgen.mcp.options import Options
from bulkgen.mcp.place import Place


def mcp(
    folder: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="The sheets below this folder, and nothing else.")
    ] = None,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Only tools that change nothing; goes before every other option.")
    ] = False,
    tools: Annotated[
        str | None, typer.Option(metavar="LIST", help="Only these tools: list_sheets,check_sheet.")
    ] = None,
    exclude_tools: Annotated[str | None, typer.Option(metavar="LIST", help="All tools but these.")] = None,
    expires: Annotated[
        str | None, typer.Option(metavar="8h", help="After this time no tool does anything more.")
    ] = None,
    max_cost: Annotated[
        str | None, typer.Option(metavar="USD", help="What all runs of this server together may spend.")
    ] = None,
    sandbox: Annotated[bool, typer.Option("--sandbox", help="Rehearse for free: nothing is really made.")] = False,
    install: Annotated[
        Client | None,
        typer.Option(
            metavar="|".join(Client), help="Write the entry that starts this server into that program's settings."
        ),
    ] = None,
    print_: Annotated[
        bool, typer.Option("--print", help="With --install: print the entry, and write nothing.")
    ] = False,
    bundle: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a bundle that Claude Desktop installs: bulkgen.mcpb.")
    ] = None,
    http: Annotated[
        bool, typer.Option("--http", help="Serve over HTTP, to this computer alone, until Ctrl-C.")
    ] = False,
    port: Annotated[
        int | None, typer.Option(metavar="N", min=0, max=65_535, help="With --http: the port, 8765 without it.")
    ] = None,
    host: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="With --http and --public-url: where it listens; 127.0.0.1.")
    ] = None,
    public_url: Annotated[
        str | None, typer.Option(metavar="URL", help="With --http: the address at which other computers reach it.")
    ] = None,
    token_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --http: the token stands in this file, or is put there.")
    ] = None,
) -> Exit:
    """Serves the tools over standard input and output until the assistant's program ends, or over HTTP until Ctrl-C."""
    if find_spec("mcp") is None:
        raise without_extra("The assistants' server needs", "mcp")

    _confirm_one({"--install": install is not None, "--bundle": bundle is not None, "--http": http})
    for_http = {"--port": port, "--host": host, "--public-url": public_url, "--token-file": token_file}
    _confirm_with("--http", http, for_http)
    _confirm_with("--install", install is not None, {"--print": print_ or None})
    if bundle is not None:
        from bulkgen.cli.assistants import bundle_to

        return bundle_to(bundle)

    if folder is None:
        raise InputError("Say which folder the assistant may work in: bulkgen mcp --folder FOLDER")

    options = Options(
        folder=folder,
        read_only=read_only,
        tools=_names("--tools", tools),
        exclude_tools=_names("--exclude-tools", exclude_tools),
        expires=parse_duration(expires, "--expires") if expires is not None else None,
        max_cost=parse_money(max_cost, "--max-cost") if max_cost is not None else None,
        sandbox=sandbox,
    )
    if install is not None:
        from bulkgen.cli.assistants import install_in, show_entry

        return (show_entry if print_ else install_in)(install, options)

    place = Place(host or Place.host, Place.port if port is None else port, public_url or "").checked()

    from bulkgen.mcp.telling import log_plainly

    log_plainly()
    if http:
        from bulkgen.cli.serving import serve_at

        return serve_at(place, token_file, options)

    from bulkgen.mcp.server import server

    server(options).run("stdio")
    return Exit.OK


def _names(option: str, text: str | None) -> list[str]:
    """Raises `InputError` where it was typed and names none: a variable without a value allows nobody everything."""
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    if text is not None and not names:
        raise InputError(f"{option} names no tool: {option} list_sheets,check_sheet.")

    return names


def _confirm_one(modes: Mapping[str, bool]) -> None:
    """Raises `InputError` where more than one of these was typed."""
    typed = [option for option, is_typed in modes.items() if is_typed]
    if len(typed) > 1:
        raise InputError(f"{' and '.join(typed)} do not go together: type one after the other.")


def _confirm_with(needed: str, is_typed: bool, options: Mapping[str, object]) -> None:
    """Raises `InputError` where one of these options was typed without the one that it belongs to."""
    for option, value in options.items():
        if value is not None and not is_typed:
            raise InputError(f"{option} means something only with {needed}: type that too, or leave it away.")
