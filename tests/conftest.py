"""What all tests share."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

#: One profile for all properties: a slow machine makes none of them fail.
settings.register_profile("bulkgen", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("bulkgen")


@pytest.fixture
def anyio_backend() -> str:
    """Asynchronous tests run on the backend that the program runs on; those in virtual time name trio themselves."""
    return "asyncio"
