"""`bulkgen notify --test`: whether notices arrive, before one is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bulkgen.batch.notice import trial
from bulkgen.batch.settings import Settings
from bulkgen.batch.telling import VARIABLE, Audience
from bulkgen.cli.console import Console
from bulkgen.cli.options import Json
from bulkgen.errors import Exit, InputError
from bulkgen.kinds.columns import is_link
from bulkgen.notices.sending import Delivery, send
from bulkgen.notices.targets import targets_of


def notify(
    sheet: Annotated[
        str, typer.Argument(metavar="[SHEET]", help="Whose recipe says where notices go; without it BULKGEN_NOTIFY.")
    ] = "",
    test: Annotated[bool, typer.Option("--test", help="Send a test notice now.")] = False,
    urls: Annotated[
        list[str] | None,
        typer.Option("--notify", metavar="URL", help="Here, in place of the recipe's addresses. Repeatable."),
    ] = None,
    as_json: Json = False,
) -> Exit:
    """Sends a notice that says that it is a test, and tells of each target whether it went."""
    if not test:
        raise InputError(
            "bulkgen notify sends only tests: add --test. Notices themselves are sent at the end of a run."
        )

    settings = Settings(notify=urls) if urls else Settings()
    if sheet and not is_link(sheet) and not Path(sheet).is_file():
        raise InputError(f"There is no file {sheet}. Nothing was sent.")

    targets = targets_of(Audience.of(sheet, settings).addresses)
    if not targets:
        raise InputError(
            f"Nobody is to be told: give an address with --notify, in the recipe of the sheet (notify = …), or in "
            f"{VARIABLE}. A mail is --notify mailto://user:password@gmail.com"
        )

    deliveries = send(trial("" if is_link(sheet) else Path(sheet).name), targets)
    code = Exit.UNEXPECTED if any(each.trouble for each in deliveries) else Exit.OK
    told = "\n".join(f"{each.target.shown}  {each.trouble or 'sent'}" for each in deliveries)
    Console(as_json=as_json).summary(told, {"command": "notify", "exit_code": code, "notices": _data(deliveries)})
    return code


def _data(deliveries: list[Delivery]) -> list[dict[str, object]]:
    return [
        {
            "to": each.target.shown,
            "from": each.target.address.place,
            "sent": not each.trouble,
            "error": each.trouble or None,
        }
        for each in deliveries
    ]
