"""Caps, as a person sets them: how they are typed, what of a plan fits, and whole runs that stop and go on."""

from __future__ import annotations

import json
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.batch.caps import Caps
from bulkgen.batch.costs import Costs, Estimate
from bulkgen.batch.typed import parse_money
from bulkgen.errors import Exit, InputError
from bulkgen.pricing.cost import Cost
from bulkgen.pricing.prices import Unit
from bulkgen.pricing.spread import Spread
from tests.making import avatar_job
from tests.story import Story

AMOUNTS = st.integers(0, 1_000).map(lambda number: number / 4)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("20", 20.0), ("20.5", 20.5), ("20,50", 20.5), (" $20 ", 20.0), ("20 USD", 20.0), ("20$", 20.0), ("0", 0.0)],
)
def test_an_amount_is_typed_as_people_write_it(typed: str, amount: float) -> None:
    assert parse_money(typed, "--max-cost") == amount


@pytest.mark.parametrize("typed", ["", "-1", "nan", "inf", "1e3", "1,000", "1.000", "20.505", "€20", "all", "9" * 10])
def test_what_may_be_read_in_two_ways_is_no_amount(typed: str) -> None:
    with pytest.raises(InputError, match="--max-cost 20"):
        parse_money(typed, "--max-cost")


def test_a_plan_says_what_its_limits_do_not_count(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello", "look_ann,Bye")
    story.run("leads.csv", "--limit", "1", code=None)
    resume = story.folder / "leads.csv.resume.jsonl"
    resume.write_text(resume.read_text("utf-8").replace('"currency":"usd"', '"currency":"credits"'), "utf-8")
    note = "1 job was paid in another currency: no limit on the cost counts it."
    assert note in " ".join(story.type("check", "leads.csv", "--max-cost-total", "50").text.split())
    assert note not in " ".join(story.type("check", "leads.csv", "--max-cost", "50").text.split())


def item(price: float) -> Cost:
    return Cost(currency="usd", unit=Unit.ITEM, price=Spread(low=0.0, likely=price / 2, high=price))


@given(
    prices=st.lists(st.none() | AMOUNTS, max_size=8),
    run=st.none() | AMOUNTS,
    ever=st.none() | AMOUNTS,
    lately=AMOUNTS,
    before=AMOUNTS,
)
def test_those_that_fit_for_sure_fit_together_at_their_most(
    *, prices: list[float | None], run: float | None, ever: float | None, lately: float, before: float
) -> None:
    jobs = [avatar_job(row, f"Row {row}") for row in range(2, 2 + len(prices))]
    estimates = (Estimate(cost=None if price is None else item(price)) for price in prices)
    costs = Costs(currency="usd", by_job={job.fingerprint: each for job, each in zip(jobs, estimates, strict=True)})
    caps = Caps(run=run, per_row=None, ever=ever, spent_lately=lately, spent_ever=lately + before)
    fitting = caps.fitting(jobs, costs)
    if run is None and ever is None:
        assert fitting == len(jobs)
        return

    left = min(
        run - lately if run is not None else 10_000.0,
        ever - lately - before if ever is not None else 10_000.0,
    )
    sums = list(accumulate(10_000.0 if price is None else price for price in prices))
    assert fitting == next((count for count, amount in enumerate(sums) if amount > left), len(jobs))


LINES = ["avatar_id,script", *(f"look_ann,Hello number {row} and welcome to all of you here." for row in range(8))]


def at_most(story: Story) -> float:
    """What one of the rows costs at most."""
    told = json.loads(story.type("check", "leads.csv", "--json").out)
    return float(told["cost"]["high"]) / 8


def statuses(story: Story) -> list[str]:
    return story.column("leads.results.csv", "result_status")


def test_a_run_stops_at_its_cap_and_the_next_goes_on(story: Story) -> None:
    story.sheet("leads.csv", *LINES)
    cap = f"{3.2 * at_most(story):.2f}"
    told = story.run("leads.csv", "--max-cost", cap, code=Exit.MAX_COST)
    made = statuses(story).count("done")
    assert 3 <= made == story.charges < 8
    assert [event["event"] for event in story.events("leads.csv")].count("ended") == 1
    assert "queued" in statuses(story)
    story.run("leads.csv", "--max-cost", cap, code=None)
    assert made < statuses(story).count("done")
    story.run("leads.csv")
    assert story.charges == 8
    assert told.code == 5


def test_all_runs_of_a_sheet_have_one_cap_together(story: Story) -> None:
    story.sheet("leads.csv", *LINES)
    cap = f"{3.2 * at_most(story):.2f}"
    story.run("leads.csv", "--max-cost-total", cap, code=Exit.MAX_COST)
    made = story.charges
    story.run("leads.csv", "--max-cost-total", cap, code=Exit.MAX_COST)
    assert story.charges == made


def test_what_an_earlier_release_made_is_no_part_of_a_run_with_a_cap(story: Story) -> None:
    story.sheet("leads.csv", *LINES)
    cap = f"{3.2 * at_most(story):.2f}"
    story.run("leads.csv", "--rows", "2-6")
    journal = story.folder / "leads.csv.resume.jsonl"
    lines = list(map(json.loads, journal.read_text(encoding="utf-8").splitlines()))
    older = [{name: each for name, each in line.items() if name not in ("cost", "expected")} for line in lines]
    kept = [line for line in older if line["event"] != "ended"]
    journal.write_text("".join(f"{json.dumps(line)}\n" for line in kept), encoding="utf-8")
    story.run("leads.csv", "--max-cost", cap)
    assert story.charges == 8


def test_nothing_is_sent_under_a_cap_of_nothing(story: Story) -> None:
    story.sheet("leads.csv", *LINES)
    story.run("leads.csv", "--max-cost", "0", code=Exit.MAX_COST)
    assert story.charges == 0


def test_a_price_nobody_knows_is_not_paid_under_a_cap(story: Story) -> None:
    story.sheet("leads.csv", *LINES)
    (story.folder / "mine.toml").write_text(
        'format = 1\ndate = 2026-09-07\nsources = ["https://example.com"]\n'
        '[[price]]\nkind = "speech"\nper = "output_second"\nusd = 1.0\n',
        encoding="utf-8",
    )
    story.run("leads.csv", "--prices", "mine.toml", "--max-cost", "900", code=Exit.MISTAKES)
    assert story.charges == 0
