"""HeyGen does not find an id for a while: it is asked for again, on every run and before anything is paid once more."""

from __future__ import annotations

from tests.story import Story


def test_an_id_that_was_not_found_for_a_while_is_asked_for_again_before_anything_is_paid(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello", "look_ann,Hello again")
    story.run("leads.csv", "--no-wait", code=4)
    story.heygen.change(not_found_looks=-1)
    story.run("leads.csv", "--timeout", "3s", code=None)
    story.heygen.change(not_found_looks=0)
    story.run("leads.csv", "--retry-unknown")
    assert story.column("leads.results.csv", "result_status") == ["done", "done"]
    assert story.charges == 2
