"""A Google Sheet by its link: fetched as XLSX, or one tab of it as CSV, over HTTPS.

The ordinary link (`…/spreadsheets/d/ID/edit#gid=0`) works when the sheet is open to everybody with the link; a
published one (`…/d/e/ID/pubhtml`) always does. Nothing of the person's is sent: no cookie, no key.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import httpx

from bulkgen.errors import InputError, no_network
from bulkgen.tls import tls

#: The largest sheet that is fetched (bytes).
SIZE_LIMIT = 100_000_000

_LINK = re.compile(r"/spreadsheets/(?:u/\d+/)?d/(?P<published>e/)?(?P<id>[A-Za-z0-9_-]{10,})")
_HOSTS = (".google.com", ".googleusercontent.com")

_NOT_SHARED = (
    "Google does not show this sheet to everybody. In Google Sheets choose Share → General access → Anyone with the "
    "link, then run the same command again; or save it with File → Download → Microsoft Excel."
)


def local_name(link: str) -> str:
    """The file name that stands for the sheet here: the same for every link to it.

    Raises `InputError` for a link that is no Google Sheet's.
    """
    match, tab = _parse(link)
    part = f"-{tab}" if tab else ""
    return f"google-{match['id'][:16]}{part}{'.csv' if tab else '.xlsx'}"


def export_address(link: str) -> str:
    """Where Google gives the sheet as a file: the whole workbook, or as CSV the tab that the link names."""
    match, tab = _parse(link)
    if match["published"]:
        base = f"https://docs.google.com/spreadsheets/d/e/{match['id']}/pub"
        return f"{base}?gid={tab}&single=true&output=csv" if tab else f"{base}?output=xlsx"

    base = f"https://docs.google.com/spreadsheets/d/{match['id']}/export"
    return f"{base}?format=csv&gid={tab}" if tab else f"{base}?format=xlsx"


def fetch(link: str, transport: httpx.BaseTransport | None = None) -> bytes:
    """The file behind the link.

    Raises `InputError` where the sheet is not shared, too large, or can't be had.
    """
    try:
        client = httpx.Client(timeout=60, follow_redirects=False, transport=transport, verify=tls())
    except (ValueError, ImportError, OSError, httpx.InvalidURL) as error:
        raise no_network(error) from error

    with client as http:
        try:
            return _download(http, export_address(link))
        except httpx.HTTPError as error:
            raise InputError(
                f"The Google Sheet can't be fetched ({type(error).__name__}). Check the connection and try again, or "
                "save it with File → Download → Microsoft Excel."
            ) from None


def _download(http: httpx.Client, address: str) -> bytes:
    for _ in range(6):
        with http.stream("GET", address) as response:
            if response.is_redirect:
                address = str(response.next_request.url) if response.next_request else ""
                parts = urlsplit(address)
                host = f".{parts.hostname or ''}"
                if parts.scheme != "https" or not host.endswith(_HOSTS) or host.endswith(".accounts.google.com"):
                    raise InputError(_NOT_SHARED)

                continue
            if response.status_code in (401, 403, 404, 410):
                raise InputError(_NOT_SHARED if response.status_code != 404 else "Google knows no such sheet.")

            if not response.is_success:
                raise InputError(f"Google answers with HTTP {response.status_code}. Try again in a minute.")

            if response.headers.get("content-type", "").startswith("text/html"):
                raise InputError(_NOT_SHARED)

            return _bounded(response)
    raise InputError(_NOT_SHARED)


def _bounded(response: httpx.Response) -> bytes:
    data = bytearray()
    for chunk in response.iter_bytes():
        data += chunk
        if len(data) > SIZE_LIMIT:
            raise InputError("The Google Sheet is too large to be fetched. Save the rows as .xlsx and use that file.")

    return bytes(data)


def _parse(link: str) -> tuple[re.Match[str], str]:
    try:
        parts = urlsplit(link)
    except ValueError:
        parts = urlsplit("")
    match = _LINK.search(parts.path)
    at_google = parts.scheme == "https" and parts.hostname == "docs.google.com"
    if at_google and match is None and parts.path.startswith("/spreadsheets"):
        raise InputError(
            f"{link[:80]}: this link leads to no Google Sheet: it was cut, or its id (behind /d/) is too short. Copy "
            "the whole link from the browser's address bar while the sheet is open, and put it in quotation marks."
        )

    if not at_google or match is None:
        raise InputError(
            f"{link[:80]}: of links bulkgen reads only those of Google Sheets "
            "(https://docs.google.com/spreadsheets/d/…). Download the sheet and give the file."
        )

    queries = {**parse_qs(parts.query), **parse_qs(parts.fragment)}
    tab = queries.get("gid", [""])[-1]
    return match, tab if tab.isdigit() else ""
