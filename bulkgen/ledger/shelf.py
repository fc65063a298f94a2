"""What a resume file knows of the person's files: what stood where, and what is at HeyGen.

Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bulkgen.composition import project_of
from bulkgen.ledger.events import Event, whole_number
from bulkgen.model import LocalFile

#: All events that say something of a file.
OF_A_FILE = frozenset({"known_file", "uploading", "uploaded"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The person's files, as far as the resume file knows them."""

    #: By the digest of what a cell says: the file that was last there (it has no path).
    known: Mapping[str, LocalFile] = field(default_factory=dict)
    #: By the digest of a file: its id at HeyGen; and the id under which it may be there.
    assets: Mapping[str, str] = field(default_factory=dict)
    begun: Mapping[str, str] = field(default_factory=dict)


class Files:
    """A shelf that is filled event by event."""

    def __init__(self) -> None:
        self._known: dict[str, LocalFile] = {}
        self._assets: dict[str, str] = {}
        self._begun: dict[str, str] = {}
        self.shelf = Shelf(known=self._known, assets=self._assets, begun=self._begun)

    def take(self, event: Event) -> None:
        """Takes in an event of `OF_A_FILE`."""
        digest, asset = str(event.get("sha256")), event.get("asset")
        if event["event"] == "known_file":
            size, type_ = whole_number(event.get("bytes"), 0), str(event.get("type"))
            project = project_of(event.get("declares"))
            known = LocalFile(digest=digest, size=size, type=type_, path="", project=project)
            self._known[str(event.get("name"))] = known
        elif isinstance(asset, str) and asset:
            (self._assets if event["event"] == "uploaded" else self._begun)[digest] = asset
