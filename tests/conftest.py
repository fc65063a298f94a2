"""What all tests share."""

from __future__ import annotations

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Asynchronous tests run on the backend that the program runs on; those in virtual time name trio themselves."""
    return "asyncio"
