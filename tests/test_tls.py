"""One TLS context for all connections of the process."""

from __future__ import annotations

from unittest import mock

import pytest

from bulkgen.files.length import media_lengths
from bulkgen.tls import tls
from tests.story import Story


def test_certificates_are_loaded_once_however_many_links_are_looked_at(story: Story) -> None:
    tls()
    story.sheet("tours.csv", "video_url,output_languages", "https://example.com/tour.mp4,German")
    with mock.patch("ssl.create_default_context", side_effect=AssertionError("loaded again")):
        story.run("tours.csv", "--download", code=None)
    assert story.charges == 1


@pytest.mark.anyio
async def test_nor_however_many_lengths_are_measured() -> None:
    tls()

    async def nowhere(_host: str, _port: int) -> list[str]:
        return []

    with mock.patch("ssl.create_default_context", side_effect=AssertionError("loaded again")):
        (length,) = (await media_lengths(["https://example.com/tour.mp4"], resolve=nowhere)).values()
    assert length.seconds is None
