"""What holds of the tests themselves: a slow machine makes none of them fail."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import HealthCheck, settings

TESTS = Path(__file__).parent


def test_properties_have_no_time_limit_and_one_profile() -> None:
    assert settings().deadline is None
    assert HealthCheck.too_slow in settings().suppress_health_check
    own = [path.name for path in TESTS.glob("*.py") if re.search(r"settings\([^)]*deadline=", path.read_text("utf-8"))]
    assert own == []
