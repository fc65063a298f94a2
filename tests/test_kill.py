"""A short version of `tests.kill_loop`; long: `python -m tests.kill_loop --rows 1400 --kills 64 --seeds 8`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.kill_loop import live_and_die


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="kill -9")
@pytest.mark.parametrize("seed", [1, 2])
def test_killed_again_and_again_every_job_is_paid_once(tmp_path: Path, seed: int) -> None:
    made = live_and_die(tmp_path, count=40, kills=3, seed=seed)
    assert made.kills >= 2
    assert made.holds, made
