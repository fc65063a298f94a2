"""Media in a request: a public link, or the id of an asset already at HeyGen.

The shapes are those of HeyGen's v3 reference (https://developers.heygen.com/reference).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bulkgen.kinds.columns import Lookup, Type
from bulkgen.kinds.fields import Strict
from bulkgen.model import is_placeholder


class AssetUrl(Strict):
    type: Literal["url"]
    url: str


class AssetId(Strict):
    type: Literal["asset_id"]
    asset_id: str


class AssetBase64(Strict):
    type: Literal["base64"]
    media_type: str
    data: str


def link_of(asset: AssetUrl | AssetId) -> str:
    """The link, or the placeholder of a file of the person's; "" for an asset that is at HeyGen."""
    return asset.url if isinstance(asset, AssetUrl) else file_in(asset.asset_id)


def file_in(asset_id: str | None) -> str:
    """The placeholder of a file of the person's, where the id is one."""
    return asset_id if asset_id and is_placeholder(asset_id) else ""


Asset = Annotated[AssetUrl | AssetId | AssetBase64, Field(discriminator="type"), Type.ASSET, Lookup.ASSET]
HostedAsset = Annotated[AssetUrl | AssetId, Field(discriminator="type"), Type.ASSET, Lookup.ASSET]
