"""The account's webhook, apart from any sheet: listening at its address, a new secret for it, its end; and the news
that a run hears by it. Never prints or asks."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import anyio

from bulkgen.batch.connection import PATIENCE, Connection, account, whose
from bulkgen.errors import InputError, cause, without_extra
from bulkgen.heygen.client import HeyGen, connect
from bulkgen.ledger.index import data_folder
from bulkgen.web import listen_at
from bulkgen.webhooks.deliveries import Counts
from bulkgen.webhooks.endpoint import Endpoint, Registered
from bulkgen.webhooks.file_news import FileNews
from bulkgen.webhooks.news_file import NewsFile
from bulkgen.webhooks.places import news_path, secret_path
from bulkgen.webhooks.secret_file import SecretFile

T = TypeVar("T")

#: Hears a sentence where something is wrong.
Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class _Webhook:
    endpoint: Endpoint
    secret: SecretFile
    news: NewsFile


def public_address(text: str) -> str:
    """The address that HeyGen is to deliver to. Raises `InputError` for one that it can't reach."""
    url = text.strip()
    if not url:
        raise InputError(
            "Say at which public address HeyGen reaches this computer: "
            "bulkgen listen --public-url https://hooks.example.com/heygen"
        )

    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    fit = url.isascii() and url.isprintable() and " " not in url
    if not host or not fit or parts.scheme != "https" or "@" in parts.netloc or parts.fragment:
        raise InputError(f"--public-url {text!r}: HeyGen delivers to an address like https://hooks.example.com/heygen.")

    if _private(host):
        raise InputError(f"--public-url {text!r}: HeyGen can't reach {host}. It takes a public name, with TLS.")

    return url


def listen(
    url: str,
    host: str,
    port: int,
    *,
    until: Callable[[], Awaitable[None]],
    on_begin: Callable[[Registered], None],
    tell: Tell,
) -> Counts:
    """Takes HeyGen's deliveries for running batches until `until` returns.

    Raises `InputError` where this computer can't, `CredentialError` and `ApiError` where HeyGen can't be asked.
    """
    _check_installed()
    from bulkgen.webhooks.listener import Listener  # late, like all that needs starlette

    connection, folder = account(rehearses=False), _data_folder()

    async def work() -> Counts:
        async with _webhook(connection, folder, url) as webhook:
            with listen_at(host, port) as bound:
                listener = Listener(
                    endpoint=webhook.endpoint,
                    secret=webhook.secret,
                    news=webhook.news,
                    tell=tell,
                    on_registered=on_begin,
                )
                return await listener.run(bound, until)

    return _done(work)


def renew_secret(url: str) -> bool:
    """Has HeyGen sign with a new secret; who listens takes it up. False where there is no webhook at this address.

    Raises as `listen` does.
    """
    return _asked(url, Endpoint.renew_secret)


def remove(url: str) -> bool:
    """Has HeyGen deliver there no more. False where there was no webhook at this address. Raises as `listen` does."""
    return _asked(url, Endpoint.remove)


def _asked(url: str, what: Callable[[Endpoint], Awaitable[T]]) -> T:
    """What HeyGen says of the endpoint at this address."""
    connection, folder = account(rehearses=False), _data_folder()

    async def work() -> T:
        async with _webhook(connection, folder, url) as webhook:
            return await what(webhook.endpoint)

    return _done(work)


def news_of(connection: Connection, account_id: str, folder: Path | None) -> FileNews | None:
    """What a run hears of this account's jobs; None where nobody can listen for it.

    `folder`: the sheet's, where a data folder is named relative to it.
    """
    try:
        data = data_folder(folder=folder)
    except RuntimeError:
        return None

    return FileNews(news_path(data, base=connection.base, account=account_id))


def _check_installed() -> None:
    """Raises `InputError` without the extra that brings the server."""
    if find_spec("uvicorn") is None:
        raise without_extra("To listen, bulkgen needs", "listen")


def _done(work: Callable[[], Awaitable[T]]) -> T:
    try:
        return anyio.run(work)
    except ExceptionGroup as group:
        raise cause(group) from None


@asynccontextmanager
async def _webhook(connection: Connection, folder: Path, url: str) -> AsyncIterator[_Webhook]:
    async with connect(connection.base, connection.key, connection.transport) as http:
        client = HeyGen(http, patience=PATIENCE)
        me = await whose(connection, client)
        secret = SecretFile(secret_path(folder, base=connection.base, account=me.account, url=url))
        yield _Webhook(
            endpoint=Endpoint(client, url, secret, time.time),
            secret=secret,
            news=NewsFile(news_path(folder, base=connection.base, account=me.account)),
        )


def _data_folder() -> Path:
    try:
        return data_folder()
    except RuntimeError as error:
        raise InputError(f"There is no folder for the webhook's secret ({error}). Set BULKGEN_DATA_DIR.") from None


def _private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or "." not in host
