"""Short versions of two scripts that kill real runs, `tests.kill_loop` and `tests.capped_kills`.

Long: `python -m tests.kill_loop --rows 1400 --kills 64 --seeds 8`, `python -m tests.capped_kills --kills 12 --seeds 6`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.capped_kills import spend_and_die
from tests.kill_loop import live_and_die


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="kill -9")
@pytest.mark.parametrize("seed", [1, 2])
def test_killed_again_and_again_every_job_is_paid_once(tmp_path: Path, seed: int) -> None:
    made = live_and_die(tmp_path, count=40, kills=3, seed=seed, time_scale=0.016)
    assert made.kills >= 2
    assert made.holds, made


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="kill -9")
def test_killed_again_and_again_no_more_than_the_cap_is_charged(tmp_path: Path) -> None:
    made = spend_and_die(tmp_path, count=16, kills=2, cap=14.0, seed=1, life=2.5)
    assert made.kills == 2
    assert made.holds, made
