"""What the stories share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.story import Story


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """A folder of the person's, an index of their own, and an account at HeyGen."""
    folder = tmp_path / "desk"
    folder.mkdir()
    with Story(folder) as started:
        yield started
