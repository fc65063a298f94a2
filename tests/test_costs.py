"""What a plan says of its cost: known sums, what is not known, and what is left of the balance."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bulkgen import Batch, Settings
from bulkgen.batch.estimator import Estimator
from bulkgen.batch.price_source import own_prices
from bulkgen.files.length import Length
from bulkgen.kinds import KINDS
from bulkgen.pricing.money import money
from tests.command import bulkgen
from tests.making import translation_job
from tests.story import Story


def planned(folder: Path, *lines: str) -> Batch:
    (folder / "a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Batch.open(folder / "a.csv", Settings(sandbox=True))


def test_what_is_said_costs_by_its_length(tmp_path: Path) -> None:
    costs = (
        planned(tmp_path, "avatar_id,script", "look_abigail,Hello", f"look_abigail,{'Hello there. ' * 40}")
        .check()
        .costs
    )
    short, long = (cost.known for cost in costs.by_job.values())
    assert short is not None
    assert long is not None
    assert 0 < short.low <= short.likely <= short.high < long.low
    assert costs.total.likely == pytest.approx(short.likely + long.likely)


def test_what_is_not_known_is_counted_and_never_nothing(tmp_path: Path) -> None:
    lines = ("video,output_languages,avatar_id,script", "https://youtu.be/abc,German,,", ",,look_abigail,Hello")
    costs = planned(tmp_path, *lines).check().costs
    assert list(costs.unknown.values()) == [1]
    done = bulkgen(tmp_path, "check", "a.csv", "--sandbox")
    assert "of unknown cost" in done.stderr
    assert "left after this" not in done.stderr


def test_the_plan_says_what_it_costs_and_what_is_left(tmp_path: Path) -> None:
    planned(tmp_path, "avatar_id,script", "look_abigail,Hello")
    told = bulkgen(tmp_path, "check", "a.csv", "--sandbox").stderr
    assert "Cost: about $" in told
    assert "left after this" in told
    data = json.loads(bulkgen(tmp_path, "check", "a.csv", "--sandbox", "--json").stdout)["cost"]
    assert data["low"] <= data["likely"] <= data["high"]
    assert (data["currency"], data["unknown"]) == ("usd", 0)


def test_what_is_done_costs_nothing_more_and_teaches(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello there and welcome to all of you.")
    story.run("leads.csv")
    assert "Cost:" not in story.run("leads.csv").text
    story.sheet(
        "leads.csv", "avatar_id,script", "look_ann,Hello there and welcome to all of you.", "look_ann,Good day."
    )
    assert "and 1 finished job of yours" in story.type("check", "leads.csv").text


def test_amounts_are_told_as_people_write_them() -> None:
    told = [money(amount, "usd") for amount in (0, 0.0044, 0.05, 9.6, 1234.5)]
    assert told == ["$0.00", "$0.0044", "$0.05", "$9.60", "$1,234.50"]
    assert money(1200, "credits") == "1,200.0 credits"


def test_what_other_sheets_made_teaches_too(story: Story) -> None:
    story.sheet("first.csv", "template_id,first_name,company", "tpl_hello,Ann,Acme", "tpl_hello,Bob,Sol")
    story.run("first.csv")
    story.sheet("second.csv", "template_id,first_name,company", "tpl_hello,Cid,Sol")
    told = story.type("check", "second.csv").text
    assert "2 finished jobs of yours" in told
    assert "not known before its first video" not in told


def test_a_length_that_is_guessed_from_a_size_is_no_known_one() -> None:
    job = translation_job()
    source = KINDS[job.kind].source(job.request)
    assert source is not None
    lengths = {source.link: Length(seconds=0.7, how="from its size", assumed=True)}
    found = Estimator(prices=own_prices(), currency="usd", templates={}, lengths=lengths).estimate(job)
    assert found.known is None
    assert "size of the file" in found.why
    assert found.cost is not None
    assert found.cost.seconds.high >= 60
