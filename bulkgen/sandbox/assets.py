"""The calls that make files assets, and the storage host that large ones go to. None of them costs anything.

The host is as strict as a presigned address is: the headers that were given and no others, the bytes that were
announced, and before it expires. Of a file only what tells it is kept, never its content.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from bulkgen.sandbox.account import Account
from bulkgen.sandbox.bodies import BODY_LIMIT, read_body, read_key
from bulkgen.sandbox.calls import Call
from bulkgen.sandbox.messages import Answer, Refusal, Request, data, invalid, plain
from bulkgen.sandbox.pages import pages_of
from bulkgen.sandbox.renders import ids_asked, status_line
from bulkgen.sandbox.state_file import Line

#: What HeyGen takes in one call, and at its storage host.
PROJECT = "application/zip"
_TYPES = frozenset(
    {"image/png", "image/jpeg", "video/mp4", "video/webm", "audio/mpeg", "audio/wav", "application/pdf",
     "application/x-subrip", PROJECT}
)  # fmt: skip

#: How long a slot waits for its bytes (seconds), and the most that it takes (bytes).
SLOT_LIFE = 3600.0
MOST = 2 * 1024**3

#: Assets that the account has had before: short names; those that come get long ones.
_OF_BEFORE = re.compile(r"asset_\w{1,16}")

_SIGNATURE = "sandbox"

#: What a client may send beside the headers that were given: without them there is no request.
_OWN = frozenset({"host", "content-length"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    id: str
    name: str
    type: str
    size: int
    #: SHA-256 (hex): announced, then of what came; "" while nobody has said it.
    digest: str
    at: float
    #: The key of the POST that brought it.
    key: str = ""
    stored: bool = False
    complete: bool = False
    #: Of a project: its pages, and how long each lasts (seconds).
    pages: Mapping[str, float] = field(default_factory=dict)


class Assets:
    def __init__(self, account: Account) -> None:
        self._account = account
        #: By their ids, also those whose bytes have not come.
        self.known: dict[str, Asset] = {}
        for line in account.other_lines:
            if isinstance(facts := line.get("asset"), Mapping):
                self._enter(Asset(**facts))

    @property
    def calls(self) -> Sequence[Call]:
        return (
            Call("POST", "/v3/assets", self.post),
            Call("POST", "/v3/assets/direct-uploads", self.slot),
            Call("GET", "/v3/assets/statuses", self.statuses),
            Call("GET", "/v3/assets/{id}", self.one),
            Call("POST", "/v3/assets/{id}/complete", self.complete),
            Call("PUT", "/storage/{id}", self.put),
        )

    def post(self, request: Request) -> Answer:
        """POST /v3/assets: the whole file at once."""
        key = read_key(request)
        known = next((asset for asset in self.known.values() if key and asset.key == key), None)
        if known and self._account.clock() - known.at < self._account.settings.key_life:
            return data(self._told(request, known))

        if len(request.body) > BODY_LIMIT:
            raise Refusal(413, "payload_too_large", f"File exceeds {BODY_LIMIT // 1024**2} MB.")

        name, type_, content = _part(request)
        if type_ == PROJECT:
            raise invalid("A ZIP goes by direct upload.", "file")

        asset = self._made(name, type_, len(content), hashlib.sha256(content).hexdigest(), key=key)
        return data(self._told(request, self._keep(replace(asset, stored=True, complete=True))))

    def slot(self, request: Request) -> Answer:
        """POST /v3/assets/direct-uploads."""
        body = read_body(request)
        name, type_, size = body.get("filename"), body.get("content_type"), body.get("size_bytes")
        if not isinstance(name, str) or not isinstance(type_, str) or not isinstance(size, int) or size < 1:
            raise invalid("filename, content_type and size_bytes are needed.")

        if size > MOST:
            raise invalid(f"A file has up to {MOST} bytes.", "size_bytes")

        asset = self._keep(self._made(name, type_, size, str(body.get("checksum_sha256") or "")))
        until = int(asset.at + SLOT_LIFE)
        address = f"{self._base(request)}/storage/{asset.id}?Expires={until}&Signature={_SIGNATURE}"
        return data(
            {
                "asset_id": asset.id,
                "upload_url": address,
                "upload_headers": self._headers(asset),
                "expires_in_seconds": int(SLOT_LIFE),
                "max_bytes": MOST,
                "status": "pending_upload",
            }
        )

    def put(self, request: Request, asset_id: str) -> Answer:
        """The storage host: not HeyGen, and so without its manners."""
        asset = self.known.get(asset_id)
        if asset is None or request.query.get("Signature") != _SIGNATURE:
            return plain(403, "AccessDenied")

        expires = request.query.get("Expires", "")
        if not expires.isdecimal() or int(expires[:12]) <= self._account.clock():
            return plain(403, "AccessDenied: Request has expired")

        given = {name.casefold(): value for name, value in self._headers(asset).items()}
        sent = {name: value for name, value in request.headers.items() if name not in _OWN or name in given}
        if sent != given:
            return plain(403, f"SignatureDoesNotMatch: {', '.join(sorted(sent.keys() ^ given.keys()))}")

        if len(request.body) != asset.size:
            return plain(400, "EntityTooLarge or IncompleteBody")

        if asset.digest and hashlib.sha256(request.body).hexdigest() != asset.digest:
            return plain(400, "BadDigest")

        pages = pages_of(request.body) if asset.type == PROJECT else {}
        self._keep(replace(asset, stored=True, pages=pages))
        return plain(200, "")

    def complete(self, request: Request, asset_id: str) -> Answer:
        """POST /v3/assets/{asset_id}/complete: the same answer however often."""
        asset, said = self._asset(asset_id), read_body(request).get("checksum_sha256")
        if not asset.stored:
            raise Refusal(409, "resource_not_ready", "Upload not finished.")

        if said and asset.digest and said != asset.digest:
            raise invalid("The file has another checksum.", "checksum_sha256")

        if not asset.complete:
            asset = self._keep(replace(asset, complete=True))
        return data({**self._told(request, asset), "status": "processing"})

    def one(self, request: Request, asset_id: str) -> Answer:
        asset = None if _OF_BEFORE.fullmatch(asset_id) else self._asset(asset_id)
        return data(
            {
                "id": asset_id,
                "name": asset.name if asset else asset_id,
                "type": asset.type.partition("/")[0] if asset else "image",
                "owner": self._account.settings.username,
                "space_id": "space_sandbox",
                "folder_id": None,
                "uploaded_at": int(asset.at if asset else 0),
                "url": self._address(request, asset) if asset else None,
            }
        )

    def statuses(self, request: Request) -> Answer:
        """GET /v3/assets/statuses."""
        ids = ids_asked(request, "asset_ids")
        return data([status_line(each, None, self._status(each)) for each in ids])

    def _status(self, asset_id: str) -> str:
        if asset_id not in self.known:
            return "completed" if _OF_BEFORE.fullmatch(asset_id) else "not_found"

        return "completed" if self.known[asset_id].complete else "processing"

    def _asset(self, asset_id: str) -> Asset:
        if asset_id not in self.known:
            raise Refusal(404, "asset_not_found", "The sandbox has no such asset.")

        return self.known[asset_id]

    def _made(self, name: str, type_: str, size: int, digest: str, *, key: str = "") -> Asset:
        if type_ not in _TYPES:
            raise invalid(f"Files of type {type_} are not taken.", "content_type")

        number = f"{self._account.new_id()}"
        return Asset(id=f"asset_{number}", name=name, type=type_, size=size, digest=digest, key=key,
                     at=self._account.clock())  # fmt: skip

    def _keep(self, asset: Asset) -> Asset:
        """The asset, known from here on, and after a restart."""
        line: Line = {"asset": asdict(asset)}
        self._account.note(line)
        self._enter(asset)
        return asset

    def _enter(self, asset: Asset) -> None:
        self.known[asset.id] = asset

    def _told(self, request: Request, asset: Asset) -> dict[str, object]:
        return {
            "asset_id": asset.id,
            "url": self._address(request, asset),
            "mime_type": asset.type,
            "size_bytes": asset.size,
        }

    def _address(self, request: Request, asset: Asset) -> str:
        return f"{self._base(request)}/assets/{asset.id}"

    def _base(self, request: Request) -> str:
        return self._account.settings.base or f"http://{request.headers.get('host', '')}"

    def _headers(self, asset: Asset) -> dict[str, str]:
        signed = {"Content-Type": asset.type, "x-amz-meta-asset": asset.id}
        if asset.digest:
            signed["x-amz-checksum-sha256"] = base64.b64encode(bytes.fromhex(asset.digest)).decode()
        return signed


def _part(request: Request) -> tuple[str, str, bytes]:
    """Name, type and content of the one file of a form."""
    boundary = re.search(r'multipart/form-data;.*boundary="?([^";]+)', request.headers.get("content-type", ""))
    parts = request.body.split(b"--" + boundary[1].encode()) if boundary else []
    if len(parts) != 3 or parts[2].strip() != b"--":
        raise invalid("The body is no form with one file.", "file")

    head, _, content = parts[1].partition(b"\r\n\r\n")
    told = head.decode("utf-8", "replace")
    name, type_ = re.search(r'name="file"; filename="([^"]*)"', told), re.search(r"(?i)content-type: *(\S+)", told)
    if name is None or type_ is None:
        raise invalid("The form has no field file.", "file")

    return name[1], type_[1], content.removesuffix(b"\r\n")
