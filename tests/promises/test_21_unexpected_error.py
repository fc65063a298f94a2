"""A mistake of bulkgen's own, in the middle of a run: the results are written all the same, and the cause is told."""

from __future__ import annotations

import pytest

from bulkgen.engine.collector import Collector
from tests.story import Story


def test_an_unexpected_error_in_the_engine_leaves_results_and_names_its_cause(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.sheet("a.csv", "text,voice_id", *(f"Hello {number},voice_ann" for number in range(6)))

    def broken(_self: Collector, _job: object) -> None:
        raise KeyError("nobody thought of this")

    with monkeypatch.context() as patch:
        patch.setattr(Collector, "download", broken)
        told = story.run("a.csv", "--log-file", "log.txt", code=1)
    assert "KeyError: 'nobody thought of this'" in told.text
    assert "Traceback" not in told.text
    assert "ExceptionGroup" not in told.text
    assert "in broken" in (story.folder / "log.txt").read_text()
    assert len(story.results("a.results.csv")) == 6
    sent = story.charges
    story.run("a.csv")
    assert set(story.column("a.results.csv", "result_status")) == {"done"}
    assert story.charges == max(sent, 6)
