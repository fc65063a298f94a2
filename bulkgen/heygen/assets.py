"""The calls that make a file an asset at HeyGen; none of them costs anything.

A small file goes in one POST, with a key that is made from its content, so that a repeat gives the same asset. A larger
one gets a slot at a storage host, to which it goes without the key (`files.uploads`), and is then called complete.

Paths and fields: https://developers.heygen.com/reference (Assets).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO
from urllib.parse import quote

from bulkgen.errors import Lost, Refused
from bulkgen.heygen.client import HeyGen
from bulkgen.kinds.answers import number_of, text_of
from bulkgen.model import LocalFile

#: The largest file that goes in one POST (bytes); the whole body may not be larger.
SMALL = 32 * 1024 * 1024 - 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place at a storage host: where a file goes, and with which headers."""

    asset: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    #: The largest file that it takes (bytes); None where HeyGen names none.
    most: float | None


class Assets:
    """Assets of one account. Every call raises `ApiError`."""

    small = SMALL

    def __init__(self, client: HeyGen) -> None:
        self._client = client

    async def has(self, asset: str) -> bool:
        """Whether the account has an asset of this id."""
        try:
            await self._client.one("/v3/assets", asset)
        except Refused as error:
            if error.status == 404:
                return False

            raise

        return True

    async def post(self, file: LocalFile, content: BinaryIO, name: str) -> str:
        """The id of a small file, whose content is read as it goes out."""
        key = f"bulkgen:file:{file.digest[:40]}"
        return _whole(await self._client.submit_file("/v3/assets", content, name, file.type, key), file)

    async def slot(self, file: LocalFile, name: str) -> Slot:
        """A place for a large file."""
        body = {
            "filename": name,
            "content_type": file.type,
            "size_bytes": file.size,
            "checksum_sha256": file.digest,
        }
        data = await self._client.submit("/v3/assets/direct-uploads", body, None)
        headers, asset, url = data.get("upload_headers"), text_of(data, "asset_id"), text_of(data, "upload_url")
        if not asset or not url or not isinstance(headers, Mapping):
            raise Lost("HeyGen's answer names no place for the file")

        given = {str(name): str(value) for name, value in headers.items()}
        return Slot(asset=asset, url=url, headers=given, most=number_of(data, "max_bytes"))

    async def complete(self, file: LocalFile, asset: str) -> str:
        """Says that the bytes are there, however often; gives the id. Raises `Refused` (409) where they are not."""
        path, body = f"/v3/assets/{quote(asset, safe='')}/complete", {"checksum_sha256": file.digest}
        return _whole(await self._client.submit(path, body, None), file)


def _whole(data: Mapping[str, object], file: LocalFile) -> str:
    """The id of an asset that has all the bytes."""
    asset, size = text_of(data, "asset_id"), number_of(data, "size_bytes")
    if not asset or (size is not None and size != file.size):
        raise Lost("HeyGen's answer does not say that it has the whole file")

    return asset
