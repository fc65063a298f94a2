"""What holds of the tests themselves: a slow machine makes none of them fail."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.command import ROOT, SAMPLE_NAMES, SAMPLES, STARTER_NAMES, STARTERS

TESTS = Path(__file__).parent


def test_properties_have_no_time_limit_and_one_profile() -> None:
    assert settings().deadline is None
    assert HealthCheck.too_slow in settings().suppress_health_check
    own = [path.name for path in TESTS.glob("*.py") if re.search(r"settings\([^)]*deadline=", path.read_text("utf-8"))]
    assert own == []


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="only a clone knows which files are the repository's")
@pytest.mark.parametrize(("folder", "names"), [(SAMPLES, SAMPLE_NAMES), (STARTERS, STARTER_NAMES)])
def test_the_sheets_that_are_tested_are_all_of_the_repository_and_nothing_that_a_run_left(
    folder: Path, names: tuple[str, ...]
) -> None:
    done = subprocess.run(
        ["git", "ls-files", "*.csv", "*.xlsx"], cwd=folder, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == list(names)
