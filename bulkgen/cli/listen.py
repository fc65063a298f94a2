"""`bulkgen listen`: for a server that HeyGen can reach."""

from __future__ import annotations

from typing import Annotated

import typer

from bulkgen.batch import webhook
from bulkgen.cli.console import Console
from bulkgen.cli.options import Json
from bulkgen.cli.signals import Stops
from bulkgen.cli.wrapping import kept
from bulkgen.errors import Exit, InputError
from bulkgen.webhooks.endpoint import Registered


def listen(
    public_url: Annotated[
        str, typer.Option(metavar="URL", help="The public https:// address at which HeyGen reaches this computer.")
    ] = "",
    host: Annotated[
        str,
        typer.Option(
            metavar="HOST", help="What to listen at, behind what has that address; 127.0.0.1 is this computer alone."
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(metavar="PORT", min=1, max=65535, help="The port there; 8787 without it.")
    ] = 8787,
    rotate_secret: Annotated[
        bool, typer.Option("--rotate-secret", help="Only have HeyGen sign with a new secret; who listens takes it up.")
    ] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Only have HeyGen deliver to this address no more.")] = False,
    as_json: Json = False,
) -> Exit:
    """Listens until it is stopped."""
    console, url = Console(as_json=as_json), webhook.public_address(public_url)
    if rotate_secret and remove:
        raise InputError("Give either --rotate-secret or --remove.")

    data: dict[str, object] = {"command": "listen", "exit_code": Exit.OK, "url": url}
    if remove:
        found = webhook.remove(url)
        said = "HeyGen delivers there no more." if found else "There is no webhook at HeyGen for this address."
        console.summary(said, {**data, "removed": found})
        return Exit.OK

    if rotate_secret:
        if not webhook.renew_secret(url):
            raise InputError("There is no webhook at HeyGen for this address. Type the same without --rotate-secret.")

        console.summary("HeyGen signs with a new secret from now on.", {**data, "rotated": True})
        return Exit.OK

    stops = Stops()

    def begin(registered: Registered) -> None:
        at = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        console.tell(f"{begun(registered)} {kept(url)} leads to {kept(at)}. Stop with Ctrl-C.")

    done = webhook.listen(url, host, port, until=stops.wait, on_begin=begin, tell=console.warn)
    stops.close()
    console.summary(
        f"Stopped. {done.taken} deliveries taken, {done.repeated} had come before, {done.refused} refused.",
        {**data, "taken": done.taken, "repeated": done.repeated, "refused": done.refused},
    )
    return Exit.OK


def begun(registered: Registered) -> str:
    """What HeyGen has now, as a person reads it."""
    if registered.made:
        return "Listening; HeyGen has a new webhook."

    told = [
        words for words, is_so in (("new events", registered.updated), ("a new secret", registered.renewed)) if is_so
    ]
    return f"Listening; HeyGen's webhook has {' and '.join(told)}." if told else "Listening."
