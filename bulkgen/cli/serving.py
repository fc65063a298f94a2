"""`bulkgen mcp --http`: the server at an address, until Ctrl-C."""

from __future__ import annotations

from pathlib import Path

import anyio

from bulkgen.cli.console import Console
from bulkgen.cli.signals import Stops
from bulkgen.cli.wrapping import kept
from bulkgen.errors import Exit
from bulkgen.mcp.bearer import Token, token_from
from bulkgen.mcp.http import guarded, serve
from bulkgen.mcp.options import Options
from bulkgen.mcp.place import Place
from bulkgen.mcp.server import server


def serve_at(place: Place, token_file: Path | None, options: Options) -> Exit:
    """Serves until Ctrl-C or SIGTERM. Raises `InputError` where the options or the port can't be."""
    console = Console()
    made = server(options)
    token = token_from(token_file)
    listener = place.listen()
    console.warn(f"The sheets below {kept(str(options.folder))} are served at {place.address(listener)}")
    console.warn(_of_token(token))
    if place.public:
        console.warn(_of_tls(place, listener.getsockname()[1]))
    console.warn("Ctrl-C ends it; batches that it has started go on.")
    stops = Stops()
    anyio.run(serve, guarded(made, token, place.names), listener, stops.wait)
    return Exit.OK


def _of_token(token: Token) -> str:
    if token.made:
        return f"Clients send the header {kept(f'Authorization: Bearer {token.text}')} (a new token at each start)"

    if token.file:
        return f"Clients send the header {kept('Authorization: Bearer TOKEN')} with the new token in {token.file}"

    return f"Clients send the header {kept('Authorization: Bearer TOKEN')} with your token."


def _of_tls(place: Place, port: int) -> str:
    """What stands between the world and the server, which speaks no TLS itself."""
    if place.public.startswith("http:"):
        return "Whoever is on the way can read the token and change what is asked: http:// has no TLS. Use https://."

    return f"bulkgen speaks no TLS: the web server of {place.public} has to pass requests on to port {port} here."
