"""Addresses made ready to be sent to, by apprise: what is wrong with one is found before a run begins.

apprise is loaded where there is an address, and only then.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bulkgen.errors import InputError, without_extra
from bulkgen.notices.address import Address

#: How the services that most people have are written.
_EXAMPLES = {
    "mailto": "mailto://user:password@gmail.com?to=team@example.com",
    "mailtos": "mailtos://user:password@example.com?smtp=mail.example.com&to=team@example.com",
    "slack": "slack://TokenA/TokenB/TokenC, or the web hook that Slack shows, as it is",
    "workflows": "the web hook that Teams shows for a workflow, as it is",
    "discord": "discord://WebhookID/WebhookToken, or the web hook that Discord shows, as it is",
    "https": "the web hook of Slack, Teams or Discord as it is, or jsons://example.com/hook for one of your own",
    "http": "json://example.com/hook, for a web hook of your own",
}


#: The second of two addresses that a blank should stand between: it would be sent to the first, as a part of its path.
_SEVERAL = re.compile(r"[,;][A-Za-z][A-Za-z0-9]*://")


@dataclass(frozen=True, slots=True)
class Target:
    """`service`: apprise's, which sends; `shown`: what a person reads of it, `slack://…`."""

    address: Address
    shown: str
    service: Any


def targets_of(addresses: Iterable[Address]) -> list[Target]:
    """Raises `InputError` for an address that can't be used, and where apprise is not installed."""
    found: list[Target] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what apprise, and each service of it, imports
        for address in addresses:
            same = 1 + sum(each.address.scheme == address.scheme for each in found)
            shown = address.shown if same == 1 else f"{address.shown} no. {same}"
            found.append(Target(address, shown, _service(address)))
    return found


def _service(address: Address) -> Any:
    try:
        import apprise
        from apprise.plugins import N_MGR as KNOWN
    except ImportError:
        raise without_extra("Notices need", "notify") from None

    if _SEVERAL.search(address.url):
        raise InputError(
            f"{address.place}: {address.shown} is two addresses in one: put a blank between them in BULKGEN_NOTIFY, "
            "and give each its own --notify. Nothing was sent."
        )

    asset = apprise.AppriseAsset(
        app_id="bulkgen", app_desc="bulkgen", app_url="", image_url_mask="", image_url_logo="", timezone="UTC"
    )
    try:
        service = apprise.Apprise.instantiate(address.url, asset=asset)
    except Exception:  # noqa: BLE001 - some services stumble over an address that is not theirs, and may quote it
        service = None
    if service is not None:
        return service

    named, example = f"{address.place}: {address.shown}", _EXAMPLES.get(address.scheme, "")
    if not address.scheme or (address.scheme not in KNOWN and not example):
        raise InputError(
            f"{named} can't be used: no service is known by that name. An address is like slack://…, mailto://… or the "
            "web hook that your service shows. Nothing was sent."
        )

    if address.scheme in KNOWN and not KNOWN[address.scheme].enabled:
        needed = KNOWN[address.scheme].requirements.get("packages_required") or "this system does not have"
        raise InputError(f"{named} needs what is not installed here: {_listed(needed)}. Nothing was sent.")

    written = example or str(KNOWN[address.scheme].templates[0]).replace("{schema}", address.scheme)
    raise InputError(
        f"{named} is not complete, or has a mistake. It is written like this: {written}. Nothing was sent."
    )


def _listed(packages: object) -> str:
    return ", ".join(map(str, packages)) if isinstance(packages, list | tuple) else str(packages)
