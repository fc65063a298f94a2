"""What holds of the tests themselves: neither a slow machine nor a network makes any of them fail."""

from __future__ import annotations

import re
import socket
import subprocess
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings

from bulkgen import sandbox
from bulkgen.batch.connection import rehearsal
from bulkgen.batch.price_source import own_prices
from bulkgen.pricing.prices import Prices
from tests.command import ROOT, SAMPLE_NAMES, SAMPLES, STARTER_NAMES, STARTERS
from tests.hurried import SOON, quick_rehearsals

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
    assert sorted(done.stdout.split()) == sorted(names)


@pytest.mark.parametrize("prices", [None, own_prices()])
def test_what_is_rehearsed_here_is_ready_at_once(prices: Prices | None) -> None:
    with quick_rehearsals(), mock.patch.object(sandbox, "Sandbox") as made:
        rehearsal(prices=prices)
    assert made.call_args.kwargs["settings"].render[1] <= 2 * SOON


@pytest.mark.parametrize("host", ["example.com", b"api.heygen.com", "a.example", "dead.beef"])
def test_no_name_leads_anywhere_but_here(host: str | bytes) -> None:
    with pytest.raises(socket.gaierror, match="no test asks for one"):
        socket.getaddrinfo(host, 443)
    assert socket.getaddrinfo("localhost", 80)
    assert socket.getaddrinfo("127.0.0.1", 80)
