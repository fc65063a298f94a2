"""Cheaper ways to make the same rows: only such as the rows can have, and only where they save something."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.batch.price_source import own_prices
from bulkgen.model import Job
from bulkgen.pricing.cheaper import Cheaper, cheaper_ways, copies
from tests.making import jobs_of, table

PRICES = own_prices()
LINK = "https://example.com/v.mp4"


def avatars(*engines: str | None, script: str = "Hello", header: str = "engine", extra: str = "title") -> list[Job]:
    rows = [["look_1", f"{script} {n}", engine, None] for n, engine in enumerate(engines)]
    return jobs_of(table(["avatar_id", "script", header, extra], *rows))


def ways(jobs: Sequence[Job], amount: float = 10.0, currency: str = "usd") -> list[Cheaper]:
    return cheaper_ways(jobs, {job.fingerprint: amount for job in jobs}, PRICES, currency)


def test_another_engine_saves_what_the_price_list_says() -> None:
    jobs = avatars(None, "avatar_iv", "avatar_v")
    [way] = ways(jobs)
    assert (way.column, way.instead, way.now) == ("engine", "avatar_iii", ("avatar_iv", "avatar_v"))
    assert set(way.jobs) == set(jobs)
    now, then = (
        PRICES.tariff("avatar", {"engine": engine, "resolution": "1080p"}) for engine in ("avatar_iv", "avatar_iii")
    )
    assert now is not None
    assert then is not None
    assert now.usd is not None
    assert then.usd is not None
    assert way.saving == pytest.approx(30.0 * (1 - then.usd.likely / now.usd.likely))


def test_a_smaller_picture_and_a_faster_mode_are_ways_too() -> None:
    found = {way.name: way for way in ways(avatars("4k", "4k", header="resolution"))}
    assert found["resolution"].instead in ("720p", "1080p")
    jobs = jobs_of(table(["video", "output_languages", "mode"], [LINK, "French", "precision"]))
    [way] = ways(jobs)
    assert (way.column, way.now, way.instead) == ("mode", ("precision",), "speed")


def test_what_is_the_cheapest_already_has_no_way() -> None:
    assert ways(avatars("avatar_iii", "avatar_iii")) == []
    assert ways(jobs_of(table(["video", "output_languages", "mode"], [LINK, "French", "speed"]))) == []
    assert ways(jobs_of(table(["text", "voice_id"], ["Hello", "v_1"]))) == []


def test_a_row_that_could_not_be_made_so_is_left_out() -> None:
    """Only Avatar IV has an expressiveness, and Avatar III moves by no prompt."""
    headers = ["avatar_id", "script", "expressiveness", "motion_prompt"]
    plain, lively, moving = jobs_of(
        table(headers, ["look_1", "a", None, None], ["look_1", "b", "high", None], ["look_1", "c", None, "waves"])
    )
    [way] = ways([plain, lively, moving])
    assert way.jobs == (plain,)
    assert ways([lively, moving]) == []


@pytest.mark.parametrize(("amount", "told"), [(0.1, False), (1.0, False), (2.0, True)])
def test_what_saves_too_little_is_not_worth_a_word(amount: float, told: bool) -> None:
    assert bool(ways(avatars(None), amount)) is told


def test_what_costs_nobody_knows_what_is_not_counted() -> None:
    one, other = avatars(None, None)
    [way] = cheaper_ways([one, other], {one.fingerprint: 10.0}, PRICES, "usd")
    assert way.jobs == (one,)


@given(
    st.lists(st.sampled_from([None, "avatar_iii", "avatar_iv", "avatar_v"]), min_size=1, max_size=8),
    st.floats(0, 500),
    st.sampled_from(["usd", "credits"]),
)
def test_nothing_saves_more_than_the_jobs_cost(engines: list[str | None], amount: float, currency: str) -> None:
    jobs = avatars(*engines)
    for way in ways(jobs, amount, currency):
        assert 0 < way.saving <= amount * len(way.jobs)
        assert set(way.jobs) <= set(jobs)
        assert way.instead not in way.now


def test_rows_that_differ_in_their_copy_alone_are_the_same_video() -> None:
    headers = ["avatar_id", "script", "copy", "title"]
    rows = [["look_1", "Hello", "a", "One"], ["look_1", "Hello", "b", "Two"], ["look_1", "Hello!", "c", "One"]]
    jobs = jobs_of(table(headers, *rows))
    assert copies(jobs) == [jobs[:2]]
    assert copies(jobs[1:]) == []
