"""The computer's clock is wrong, and set right in the middle of a run whose answers are lost; a day later it goes on.

By the records of that run keys would seem to live that HeyGen has forgotten.
"""

from __future__ import annotations

from tests.story import Story

HOUR = 3600


def lose_the_answers_and_go_on_a_day_later(story: Story) -> None:
    story.heygen.change(script=[{"path": "^/v3/videos$", "method": "POST", "fault": "drop_after"}])
    story.sheet("leads.csv", "avatar_id,script", *(f"look_ann,Hello {row}" for row in range(4)))
    story.run("leads.csv", "--timeout", "1s", code=4)
    assert story.charges
    story.pass_time(hours=24.5)
    story.heygen.change(script=[])
    story.run("leads.csv", "--no-wait", code=None)
    assert story.charges == 4
    assert not story.charged_twice


def test_a_slow_clock_that_is_set_right_after_heygen_was_asked_for_the_time(story: Story) -> None:
    planned = story.data / "index.sqlite3"
    story.clock = lambda: story.heygen.now - (0 if planned.exists() else 2 * HOUR)
    lose_the_answers_and_go_on_a_day_later(story)


def test_a_fast_clock_that_is_set_right_where_nobody_says_the_time(story: Story) -> None:
    story.heygen.change(dated=False)
    story.clock = lambda: story.heygen.now + (0 if story.charges else 2 * HOUR)
    lose_the_answers_and_go_on_a_day_later(story)
