"""Media in a request: a public link, or the id of an asset already at HeyGen.

The shapes are those of HeyGen's v3 reference (https://developers.heygen.com/reference).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bulkgen.kinds.columns import Lookup, Type
from bulkgen.kinds.fields import Strict


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


Asset = Annotated[AssetUrl | AssetId | AssetBase64, Field(discriminator="type"), Type.ASSET, Lookup.ASSET]
HostedAsset = Annotated[AssetUrl | AssetId, Field(discriminator="type"), Type.ASSET, Lookup.ASSET]
