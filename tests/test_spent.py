"""What a run did cost: in its results, at its end, beside the balance, and what is left at a cap."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.batch.bill import Bill, currency_of, priced
from bulkgen.batch.price_source import own_prices
from bulkgen.batch.shortfall import sufficient
from bulkgen.cli.spent import report_bill
from bulkgen.heygen.me import Reload
from bulkgen.ledger.spending import Charge, End, Spending
from bulkgen.ledger.state import State
from bulkgen.model import Row
from bulkgen.pricing.cost import Cost
from bulkgen.pricing.prices import Unit
from bulkgen.pricing.spread import Spread
from bulkgen.results.entries import Entry
from bulkgen.rows.built import BuiltRow
from tests.story import Story, Told

TEXT = "Hello there and welcome to all of you who have come here today."


def data(told: Told) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(told.out)
    return found


def charge(end: End, *, price: float = 0.1, currency: str = "usd", **facts: Any) -> Charge:
    seconds = Spread(low=5, likely=10, high=20)
    cost = Cost(currency=currency, unit=Unit.OUTPUT_SECOND, price=Spread.exactly(price), seconds=seconds)
    return Charge(**{"fingerprint": "f", "attempt": 1, "cost": cost, "end": end, **facts})


# A bill -------------------------------------------------------------------------------------------------------------


def test_what_is_made_counts_by_its_length_and_what_is_open_with_the_most() -> None:
    bill = Bill.of([charge(End.MADE, duration=12.0), charge(End.OPEN), charge(End.NOTHING)], "usd")
    assert (bill.made, bill.open, bill.unpriced) == (1, 1, 0)
    assert bill.spent.likely == pytest.approx(1.2)
    assert (bill.estimated.low, bill.estimated.high) == pytest.approx((0.5, 2.0))
    assert bill.at_most == pytest.approx(2.0)


def test_what_may_have_been_made_twice_may_come_on_top() -> None:
    bill = Bill.of([charge(End.MADE, duration=12.0, times=2), charge(End.NOTHING, times=3)], "usd")
    assert bill.spent.likely == pytest.approx(1.2)
    assert bill.at_most == pytest.approx(2.0 + 4.0)
    assert "for what was asked for again after lost answers" in report_bill(bill, "Cost")[0]


def test_what_was_planned_is_what_the_plan_said_and_not_what_was_learned_since() -> None:
    bill = Bill.of([charge(End.MADE, duration=12.0)], "usd", {"f": Spread.exactly(5.0)})
    assert bill.estimated == Spread.exactly(5.0)
    assert bill.spent.likely == pytest.approx(1.2)


def test_what_has_no_price_is_counted_and_never_nothing() -> None:
    some = [charge(End.MADE, cost=None), charge(End.OPEN, cost=None), charge(End.NOTHING, cost=None)]
    bill = Bill.of(some, "usd")
    assert (bill.unpriced, bill.spent.high, bill.at_most) == (2, 0.0, 0.0)
    assert report_bill(bill, "Cost") == ["Cost: not known (2 jobs of unknown price)."]


def test_what_was_paid_in_another_currency_is_told_in_it() -> None:
    made = charge(End.MADE, currency="credits", duration=21.0)
    some = [made, charge(End.MADE, duration=12.0), charge(End.OPEN, currency="credits"), charge(End.MADE, cost=None)]
    bill = Bill.of(some, "usd")
    assert (bill.made, bill.open, bill.unpriced) == (2, 0, 1)
    told = "2 jobs were paid in credits (2.1 credits, up to 2.0 credits more) and are not in it."
    assert report_bill(bill, "Cost")[0].endswith(told)
    assert report_bill(Bill.of([made], "usd"), "Cost") == ["1 job was paid in credits (2.1 credits) and is not in it."]
    assert report_bill(Bill.of([charge(End.OPEN, currency="credits")], "usd"), "Cost") == [
        "1 job may be charged in credits (up to 2.0 credits) and is not in it."
    ]
    assert currency_of(some) == "credits"


def test_what_has_no_length_is_an_estimate_and_said_to_be_one() -> None:
    alone = Bill.of([charge(End.MADE)], "usd")
    assert (alone.by_length, alone.unmeasured) == (0, 1)
    assert report_bill(alone, "Cost") == [
        "Cost: about $1.00 ($0.50–$2.00) for 1 finished, estimated, since HeyGen gave no length."
    ]
    both = Bill.of([charge(End.MADE, duration=12.0), charge(End.MADE, duration=0.0)], "usd")
    assert "by real lengths for 2 finished, 1 of them estimated, since HeyGen" in report_bill(both, "Cost")[0]


def test_what_costs_the_same_at_any_length_is_not_told_by_lengths() -> None:
    item = Cost(currency="usd", unit=Unit.ITEM, price=Spread.exactly(4.0))
    bill = Bill.of([charge(End.MADE, cost=item), charge(End.MADE, cost=item, duration=9.0)], "usd")
    assert report_bill(bill, "Cost") == ["Cost: $8.00 for 2 finished."]


ENDS = st.builds(
    charge,
    st.sampled_from(End),
    price=st.floats(0, 10),
    times=st.integers(1, 3),
    duration=st.none() | st.floats(0, 1e4),
)


@given(st.lists(ENDS))
def test_a_bill_has_all_that_counts_against_a_cap(charges: list[Charge]) -> None:
    bill = Bill.of(charges, "usd")
    assert bill.spent.high + bill.at_most == pytest.approx(sum(each.most for each in charges))


def test_records_without_a_cost_get_one_of_the_price_list() -> None:
    (found,) = priced([Charge(fingerprint="f", attempt=1, kind="speech", end=End.MADE, duration=10.0)], own_prices())
    assert found.cost is not None
    assert found.cost.real(found.duration).likely > 0
    assert priced([Charge(fingerprint="f", attempt=1, kind="of_a_later_release")], own_prices())[0].cost is None


# Results and --json ---------------------------------------------------------------------------------------------------


def test_each_line_has_the_cost_of_its_real_length_and_shared_jobs_have_it_once(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", f"look_ann,{TEXT}", "look_ann,Bye", f"look_ann,{TEXT}")
    jobs = data(story.run("leads.csv", "--json"))["jobs"]
    recorded = {
        event["fingerprint"]: event["cost"] for event in story.events("leads.csv") if event["event"] == "submitting"
    }
    prices = {cost["price"][1] for cost in recorded.values()}
    assert len(prices) == 1
    told = [float(cell) if cell else None for cell in story.column("leads.results.csv", "result_cost_usd")]
    lengths = [float(cell) for cell in story.column("leads.results.csv", "result_duration_s")]
    price = prices.pop()
    assert told == [pytest.approx(lengths[0] * price), pytest.approx(lengths[1] * price), None]
    assert [job["cost_usd"] for job in jobs] == told
    assert [job["duration_s"] for job in jobs] == lengths
    assert all(job["cost_low_usd"] < job["cost_high_usd"] and job["finished_at"] for job in jobs)
    assert [job["cost_usd"] for job in data(story.type("status", "leads.csv", "--json"))["jobs"]] == told


def test_a_cost_stands_in_the_results_only_where_it_is_computed_and_paid_for_this_sheet() -> None:
    cost = charge(End.MADE).cost
    whole = State(1, "finished", cost=cost, duration=12.0, own=True)
    row = BuiltRow(source=Row(2, ()), kind="avatar", row_id="")
    states = [whole, replace(whole, duration=None), replace(whole, duration=0.0), replace(whole, own=False)]
    found = [Entry(row=row, status=state.status, state=state).cost_usd for state in states]
    assert found == [pytest.approx(1.2), None, None, None]


@pytest.mark.parametrize("finished_by", ["a", "b"])
def test_a_result_that_two_sheets_share_is_paid_for_by_the_one_that_sent_it(story: Story, finished_by: str) -> None:
    (story.folder / "b").mkdir()
    for name in ("a.csv", "b/b.csv"):
        story.sheet(name, "avatar_id,script", f"look_ann,{TEXT}")
    story.heygen.change(never_ends=True)
    story.run("a.csv", "--no-wait", code=4)
    story.run("b/b.csv", "--no-wait", code=4)
    story.heygen.change(never_ends=False)
    for name in ("a.csv", "b/b.csv") if finished_by == "a" else ("b/b.csv", "a.csv"):
        story.run(name)
    assert story.charges == 1
    costs = {name: data(story.type("status", name, "--json"))["jobs"][0]["cost_usd"] for name in ("a.csv", "b/b.csv")}
    assert costs["a.csv"] > 0
    assert costs["b/b.csv"] is None


def test_what_failed_has_no_cost(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", f"look_ann,[fail:rendering_failed] {TEXT}")
    told = story.run("leads.csv", "--max-attempts", "1", code=3)
    assert story.column("leads.results.csv", "result_cost_usd") == [""]
    assert "Cost:" not in told.out


# The end of a run ---------------------------------------------------------------------------------------------------


def test_a_run_says_what_it_cost_beside_the_estimate_and_status_says_so_of_all_runs(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", f"look_ann,{TEXT}", "look_ann,Bye")
    first = story.run("leads.csv", "--limit", "1", code=None)
    assert re.search(r"Cost: \S.* by real lengths \(estimated \$[\d.]+–\$[\d.]+\)\.", first.out)
    spent = data(story.run("leads.csv", "--json"))["cost"]
    whole = data(story.type("status", "leads.csv", "--json"))["cost"]
    assert 0 < spent["spent"] < whole["spent"]
    assert (whole["currency"], whole["open"], whole["unpriced"]) == ("usd", 0.0, 0)
    assert "for 2 finished." in story.type("status", "leads.csv").out
    assert "Cost:" not in story.run("leads.csv").out


def test_what_is_in_progress_may_still_be_charged(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    with Story(folder, never_ends=True) as story:
        story.sheet("leads.csv", "avatar_id,script", f"look_ann,{TEXT}")
        told = story.run("leads.csv", "--no-wait", code=4)
        assert re.search(r"Cost: Up to \$[\d.]+ may be charged for 1 not finished\.", told.out)
        story.heygen.change(never_ends=False)
        assert re.search(r"Cost: .* by real lengths", story.run("leads.csv").out)


@pytest.fixture
def rich(tmp_path: Path) -> Iterator[Story]:
    """The stand-in with a balance; it charges the same for any job."""
    folder = tmp_path / "desk"
    folder.mkdir()
    with Story(folder, balance=100.0, price=0.15) as story:
        story.sheet("leads.csv", "avatar_id,script", f"look_ann,{TEXT}")
        yield story


def test_the_end_of_a_run_says_by_how_much_the_balance_went_down(rich: Story) -> None:
    told = rich.run("leads.csv")
    assert "Your balance went down by $0.15." in told.out
    rich.sheet("leads.csv", "avatar_id,script", "look_ann,Bye")
    assert data(rich.run("leads.csv", "--json"))["cost"]["balance_fell"] == pytest.approx(0.15)


def test_a_balance_that_fell_by_much_more_is_told_without_blame(rich: Story) -> None:
    rich.heygen.change(price=5.0)
    told = rich.run("leads.csv").text
    assert "went down by $5.00 meanwhile, which is not what this should have cost. Others may use the account" in told


def test_the_balance_says_nothing_where_something_else_was_in_progress(rich: Story) -> None:
    rich.heygen.change(never_ends=True)
    rich.run("leads.csv", "--no-wait", code=4)
    rich.sheet("leads.csv", "avatar_id,script", f"look_ann,{TEXT}", "look_ann,Bye")
    rich.heygen.change(never_ends=False)
    told = rich.run("leads.csv")
    assert "by real lengths" in told.out
    assert "Your balance" not in told.out


def test_a_run_without_credit_left_is_held_against_the_balance_too(rich: Story) -> None:
    rich.heygen.change(balance=0.15)
    rich.sheet("leads.csv", "avatar_id,script", "look_ann,Bye", "look_ann,Bye bye")
    assert "Your balance went down by $0.15." in rich.run("leads.csv", "--concurrency", "1", code=6).out


def test_a_run_that_finished_nothing_does_not_ask_for_the_balance_again(rich: Story) -> None:
    rich.run("leads.csv")
    asked = rich.heygen.state()["counts"]["GET /v3/users/me"]
    rich.run("leads.csv")
    assert (asked, rich.heygen.state()["counts"]["GET /v3/users/me"]) == (2, 3)


def test_a_balance_that_fills_itself_up_says_nothing(rich: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bulkgen.heygen.me._reload", lambda _told: Reload(10.0, 50.0))
    assert "balance went down" not in rich.run("leads.csv").text


def test_a_balance_that_cannot_be_asked_is_no_matter(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    script = [{"path": "/v3/users/me", "method": "GET", "nth": "2-", "fault": "error_before:500"}]
    with Story(folder, script=script, balance=100.0) as story:
        story.sheet("leads.csv", "avatar_id,script", f"look_ann,{TEXT}")
        told = story.run("leads.csv")
        assert "by real lengths" in told.out
        assert "Your balance" not in told.text


# A cap ---------------------------------------------------------------------------------------------------------------


def highest(told: Told) -> float:
    """The most that what is left would cost."""
    found = re.search(r"which would cost about \$[\d.]+ \(\$[\d.]+–\$([\d.]+)\)", told.out)
    assert found is not None
    return float(found[1])


def test_a_run_that_came_to_its_cap_says_what_is_left_and_the_next_command_makes_it(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", *(f"look_ann,{TEXT} {n}" for n in range(8)))
    high = data(story.type("check", "leads.csv", "--json"))["cost"]["high"]
    told = story.run("leads.csv", "--max-cost", f"{high / 4:.2f}", code=5)
    assert re.search(r"Stopped: the next job could pass --max-cost \$[\d.]+\. Sent: (\d) of 8 jobs\.", told.err)
    sent = story.charges
    assert 0 < sent < 8
    left = re.search(r"Left: (\d) videos? \(rows? [^)]+\), which would cost about \$[\d.]+ \(.*\)\.", told.out)
    assert left is not None
    assert int(left[1]) == 8 - sent
    following = re.search(r"Next: bulkgen run leads.csv --max-cost ([\d.]+)   \(makes the other", told.out)
    assert following is not None
    assert highest(told) <= float(following[1]) < 1.6 * highest(told)
    story.run("leads.csv", "--max-cost", following[1])
    assert story.charges == 8


def test_the_cap_of_all_runs_is_raised_by_what_was_spent(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", *(f"look_ann,{TEXT} {n}" for n in range(6)))
    high = data(story.type("check", "leads.csv", "--json"))["cost"]["high"]
    story.run("leads.csv", "--max-cost-total", f"{high / 3:.2f}", code=5)
    told = story.run("leads.csv", "--max-cost-total", f"{high / 3:.2f}", code=5)
    assert "of which earlier runs had taken up to $" in told.text
    following = re.search(r"Next: bulkgen run leads.csv --max-cost-total ([\d.]+)", told.out)
    assert following is not None
    spent = data(story.type("status", "leads.csv", "--json", code=4))["cost"]["spent"]
    assert highest(told) + spent <= float(following[1]) < 1.6 * (highest(told) + spent)
    story.run("leads.csv", "--max-cost-total", following[1])
    assert story.charges == 6


@pytest.fixture
def lengthy(story: Story, monkeypatch: pytest.MonkeyPatch) -> Story:
    """All that is made lasts far longer than anybody could know."""
    monkeypatch.setattr("bulkgen.sandbox.kinds.speaking.seconds_of", lambda *_words: 300.0)
    story.sheet("leads.csv", "avatar_id,script", *(f"look_ann,{TEXT} {n}" for n in range(8)))
    return story


def test_a_run_that_passed_its_limit_says_so(lengthy: Story) -> None:
    high = data(lengthy.type("check", "leads.csv", "--json"))["cost"]["high"]
    cap = f"{high / 4:.2f}"
    first, second = (data(lengthy.run("leads.csv", "--max-cost-total", cap, "--json", code=5))["cost"] for _ in "ab")
    assert first["over_limit"] == pytest.approx(first["spent"] - float(cap), abs=1e-6)
    assert (first["over_limit"] > 1, second["over_limit"]) == (True, None)  # the second spent nothing


def test_a_cap_that_is_named_goes_by_what_is_printed_and_not_by_what_one_job_was(lengthy: Story) -> None:
    """The next run begins with what was learned of it."""
    high = data(lengthy.type("check", "leads.csv", "--json"))["cost"]["high"]
    cap = f"{high / 4:.2f}"
    told = lengthy.run("leads.csv", "--max-cost", cap, code=5)
    passed = rf"The limit was passed: up to \$[\d.]+ of --max-cost \${cap}, since videos lasted longer than estimated\."
    assert re.search(passed, told.err)
    following = re.search(r"Next: bulkgen run leads.csv --max-cost ([\d.]+)   \(makes the other", told.out)
    assert following is not None
    assert highest(told) * 1.04 <= float(following[1]) < 1.6 * highest(told)
    lengthy.run("leads.csv", "--max-cost", following[1])
    assert lengthy.charges == 8


def test_rows_left_out_for_their_cost_are_named_and_end_a_run_with_5(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hi", f"look_ann,{TEXT * 20}", f"look_ann,{TEXT * 10}")
    told = story.run("leads.csv", "--max-cost-per-row", "1", code=5)
    assert story.charges == 1
    assert "Left out by --max-cost-per-row: 2 videos (rows 3, 4), which would cost about $" in told.text
    following = re.search(
        r"Next: bulkgen run leads.csv --max-cost-per-row ([\d.]+)   \(makes the other 2 jobs\)", told.out
    )
    assert following is not None
    left = data(story.run("leads.csv", "--max-cost-per-row", "1", "--json", code=5))["cost"]["left"]
    assert (left["jobs"], left["unpriced"], left["caps"]) == (2, 0, {"max_cost_per_row": float(following[1])})
    story.run("leads.csv", "--max-cost-per-row", following[1])
    assert story.charges == 3


def test_a_job_without_a_price_is_named_and_no_cap_promised(story: Story) -> None:
    prices = (Path(__file__).parents[1] / "bulkgen" / "prices.toml").read_text(encoding="utf-8")
    head, *entries = prices.split("[[price]]")
    kept = [entry for entry in entries if 'kind = "speech"' not in entry]
    (story.folder / "mine.toml").write_text("[[price]]".join([head, *kept]), encoding="utf-8")
    story.sheet("leads.csv", "voice_id,text", f"voice_ann,{TEXT}")
    told = story.type("run", "leads.csv", "--yes", "--max-cost-per-row", "5", "--prices", "mine.toml", code=None)
    assert told.code == 5, told.text
    assert "nobody knows the price of row 2" in told.text
    assert "without a cap, or with a price for what is left: --prices FILE" in told.text
    assert story.charges == 0


@given(st.floats(0, 1e6))
def test_a_cap_that_is_named_suffices_and_is_not_far_above(amount: float) -> None:
    cap = sufficient(amount)
    assert cap >= amount * 1.05 - 1e-6
    assert cap <= max(amount * 1.05 * 1.5 + 1e-6, 0.011)
    assert float(f"{cap:g}") == cap


def test_the_cost_of_a_line_is_that_of_its_charge(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", f"look_ann,{TEXT}")
    story.run("leads.csv")
    (found,) = Spending("usd", story.events("leads.csv")).charges.values()
    assert found.cost is not None
    assert float(story.column("leads.results.csv", "result_cost_usd")[0]) == pytest.approx(
        found.cost.real(found.duration).likely, abs=1e-6
    )


def test_rows_that_could_cost_more_than_one_may_have_one_note_without_a_value_of_a_cell(story: Story) -> None:
    lines = (f"look_ann,{TEXT * 20} {n}" for n in range(2))
    story.sheet("leads.csv", "avatar_id,script", *lines)
    told = " ".join(story.type("check", "leads.csv", "--max-cost-per-row", "1", code=None).text.split())
    assert (
        "leads rows 2-3: could cost more than --max-cost-per-row allows ($1.00). Such rows are left out of this run."
        in told
    )
