"""How long the pages of a project last that came to the sandbox: all that it keeps of them."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

from bulkgen.composition import READ, read_composition
from bulkgen.sandbox.orders import TEST_CARD


def pages_of(content: bytes) -> Mapping[str, float]:
    """The pages of a ZIP with their seconds; none of what is no ZIP."""
    found: dict[str, float] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                if name.casefold().endswith((".html", ".htm")):
                    with archive.open(name) as page:
                        told = read_composition(page.read(READ).decode("utf-8", "replace"))
                    found[name] = told.seconds or TEST_CARD
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError):
        return {}

    return found
