"""What a plan says of money and time before anything is sent, and what the person is asked."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from typing import Any
from unittest import mock

import pytest

from bulkgen.batch.price_source import own_prices
from bulkgen.errors import Exit
from bulkgen.heygen import client
from bulkgen.heygen.me import read_me
from bulkgen.pricing.prices import Prices
from tests.story import Story
from tests.test_terminal import on_screen

NO_BLOCKS = {"wallet": None, "subscription": None, "usage_based": None}


def avatars(story: Story, count: int, *, longest: int = 0, name: str = "leads.csv") -> None:
    """A sheet of videos that cost much the same; of the last one, so many times as much is said."""
    texts = [f"Hello number {n:03}, welcome to all of us." for n in range(count)]
    texts[-1] += " There is more to say." * longest
    story.sheet(name, "avatar_id,script", *(f'look_ann,"{text}"' for text in texts))


def pays(monkeypatch: pytest.MonkeyPatch, **blocks: Mapping[str, object]) -> None:
    """What HeyGen answers of the account."""
    monkeypatch.setattr(client, "read_me", lambda _data: read_me({"username": "ann", **NO_BLOCKS, **blocks}))


def wallet(balance: float, **more: object) -> Mapping[str, object]:
    return {"currency": "usd", "remaining_balance": balance, **more}


def checked(story: Story, *options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(story.type("check", "leads.csv", "--json", *options).out)
    return found


def test_a_balance_in_a_currency_without_prices_is_compared_with_nothing(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    pays(monkeypatch, wallet={"currency": "eur", "remaining_balance": 50})
    avatars(story, 3)
    told = " ".join(story.type("check", "leads.csv", "--max-cost", "100").text.split())
    assert "50.00 EUR" in told
    assert "prices are in dollars" in told
    assert "--max-cost $100.00: enough for all" in told
    assert checked(story)["cost"]["currency"] == "usd"


# What it costs, and how long it takes ---------------------------------------------------------------------------------


def test_jobs_of_several_kinds_have_a_line_each(story: Story) -> None:
    story.sheet(
        "leads.csv", "avatar_id,script,text,voice_id", "look_ann,Hello,,", ",,Hello,voice_ann", ",,Hi,voice_ann"
    )
    told = story.type("check", "leads.csv").err
    assert "\n       1  avatar video: about $" in told
    assert "\n       2  voice-overs: about $" in told
    kinds = {each["kind"]: each["jobs"] for each in checked(story)["kinds"]}
    assert kinds == {"avatar": 1, "speech": 2}
    assert "avatar video: " not in story.type("check", "leads.csv", "--rows", "2").err


def test_the_most_expensive_rows_are_named_where_they_differ(story: Story) -> None:
    avatars(story, 8, longest=20)
    told = story.type("check", "leads.csv").text
    assert "Most expensive: row 9 ($" in told
    avatars(story, 8)
    assert "Most expensive" not in story.type("check", "leads.csv").text
    avatars(story, 5, longest=20)
    assert "Most expensive" not in story.type("check", "leads.csv").text


def test_the_time_is_assumed_until_jobs_have_finished(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    avatars(story, 30)
    assert "10 at once; assumed (none of yours seen yet)" in story.type("check", "leads.csv").text
    first = checked(story)["time_s"]
    assert (0 < first["low"] <= first["likely"] <= first["high"], first["seen"]) == (True, 0)
    story.heygen.change(render=(900.0, 900.0), time_scale=1.0)
    story.run("leads.csv", "--limit", "2", "--no-wait", code=None)
    story.pass_time(hours=1)
    story.run("leads.csv", "--limit", "0", code=None)
    assert "10 at once, by 2 finished jobs of yours" in story.type("check", "leads.csv").text
    assert checked(story)["time_s"]["likely"] > 900
    assert "Time:" not in story.run("leads.csv", "--no-wait", "--limit", "1", code=None).err


def test_what_is_done_says_what_it_did_cost(story: Story) -> None:
    avatars(story, 3)
    story.run("leads.csv", "--limit", "2", code=None)
    told = story.type("check", "leads.csv").text
    assert "2 done: nothing more to pay ($" in told
    assert "by their lengths)" in told


def test_rows_of_an_unknown_length_are_named_with_what_they_count_for(story: Story) -> None:
    lines = ("https://example.com/gone/a.mp4,,", ",look_ann,Hello", "https://example.com/gone/b.mp4,,")
    story.sheet("leads.csv", "video,avatar_id,script,output_languages", *(f"{line},French" for line in lines[::2]))
    told = story.type("check", "leads.csv", "--sandbox").text
    assert "2 of unknown cost (rows 2-3): the length of the source was not looked into. Taken for " in told
    unknown = json.loads(story.type("check", "leads.csv", "--sandbox", "--json").out)["unknown"]
    assert [(each["rows"], each["counted_up_to"] > 0) for each in unknown] == [([2, 3], True)]


def mixed(story: Story, videos: int, templates: int) -> None:
    """Videos whose length can be told, and of templates, of which nobody knows what they say."""
    known = (f"avatar,look_ann,Hello number {n},,," for n in range(videos))
    unknown = (f"template,,,tpl_hello,Ann {n},Acme" for n in range(templates))
    story.sheet("leads.csv", "type,avatar_id,script,template_id,first_name,company", *known, *unknown)


def test_the_total_has_what_rests_on_assumed_lengths(story: Story) -> None:
    mixed(story, 2, 3)
    told, found = story.type("check", "leads.csv").err, checked(story)
    cost, [line] = found["cost"], [line for line in told.splitlines() if line.startswith("Cost: ")]
    whole = cost["likely"] + cost["assumed"]["likely"]
    assert f"Cost: about ${whole:.2f} (" in line
    assert re.search(r", estimated by the prices of [^;]+; about \$[\d.]+–[\d.,]+ of it for 3 of assumed length$", line)
    mixed(story, 0, 1)
    assert "; its length is assumed" in story.type("check", "leads.csv").text
    cost = checked(story)["cost"]
    assert [cost[end] for end in ("low", "likely", "high")] == [None] * 3
    assert (cost["unknown"], cost["assumed"]["high"] > 0) == (1, True)


def test_what_belongs_to_the_cost_stands_below_it(story: Story) -> None:
    mixed(story, 2, 3)
    lines = [line.split(": ")[0].strip() for line in story.type("check", "leads.csv").err.splitlines()]
    at = lines.index("Cost")
    assert lines[at + 1].endswith("avatar videos")
    assert "of unknown cost (rows 4-6)" in lines[at + 2]
    assert lines[at + 3] == "Time"


# What pays ------------------------------------------------------------------------------------------------------------


def test_a_balance_that_suffices_says_what_is_left(story: Story) -> None:
    story.heygen.change(balance=500.0)
    avatars(story, 3)
    told = story.type("check", "leads.csv").text
    assert "Balance: $500.00 in the wallet, about $49" in told
    assert "suffice" not in told
    purse = checked(story)["purse"]
    assert (purse["pool"], purse["amount"], purse["enough_for"]) == ("wallet", 500.0, None)
    assert 490 < purse["left"] < 500


def test_a_balance_that_ends_on_the_way_says_after_how_many(story: Story) -> None:
    avatars(story, 12)
    each = checked(story)["cost"]["likely"] / 12
    story.heygen.change(balance=5.5 * each)
    told = story.type("check", "leads.csv").text
    assert "The balance will not suffice: it ends after about 5 of 12 videos (at worst after 3)." in told
    assert checked(story)["purse"]["enough_for"] == {"likely": 5, "worst": 3}
    story.heygen.change(balance=12.5 * each)
    assert (
        "The balance may not suffice: it ends at worst after 7 of 12 videos." in story.type("check", "leads.csv").text
    )
    assert "suffice" not in story.type("check", "leads.csv", "--max-cost", f"{12 * each:.2f}").text


def test_a_wallet_that_fills_itself_up_does_not_stop_the_run(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    reload = {"enabled": True, "threshold_usd": 10, "amount_usd": 50}
    pays(monkeypatch, wallet=wallet(0.2, auto_reload=reload))
    avatars(story, 12)
    told = story.type("check", "leads.csv").text
    assert "auto-reload is on, so HeyGen charges your card $50.00 whenever less than $10.00 is left." in told
    assert "Top it up" not in told
    assert "--max-cost sets a limit." in told
    assert "sets a limit" not in story.type("check", "leads.csv", "--max-cost", "900").text
    assert checked(story)["purse"]["auto_reload"] is True
    pays(monkeypatch, wallet=wallet(0.2, auto_reload={**reload, "enabled": False}))
    assert "Top it up" in story.type("check", "leads.csv").text


def test_nothing_is_reckoned_between_plan_credits_and_dollars(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    pools = {"premium_credits": {"remaining": 480}, "add_on_credits": None}
    pays(monkeypatch, subscription={"plan": "creator", "credits": pools})
    avatars(story, 3)
    told = story.type("check", "leads.csv").text
    assert "Balance: 480 credits of the plan creator; what is left after this can't be told" in told
    assert checked(story)["purse"]["left"] is None
    assert "of your 480" not in story.run("leads.csv").err


def test_the_spending_cap_of_the_account_is_told_when_it_is_near(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    def usage(spent: float) -> None:
        told = {"remaining_credits": 0, "spending_cap_usd": 100, "spending_current_usd": spent}
        pays(monkeypatch, usage_based=told)

    avatars(story, 4)
    usage(20.0)
    assert "spending cap" not in story.type("check", "leads.csv").text
    usage(80.0)
    assert (
        "The account's spending cap at HeyGen is near: $80.00 of $100.00 is spent."
        in story.type("check", "leads.csv").text
    )
    usage(99.9)
    told = story.type("check", "leads.csv").text
    assert (
        "The account's spending cap at HeyGen will not suffice: $99.90 of $100.00 is spent, and it is reached" in told
    )
    assert checked(story)["purse"]["limit_after"]["likely"] < 4


def test_a_contract_pays_in_credits_and_is_told_in_credits(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    pays(monkeypatch, wallet={"currency": "credits", "remaining_balance": 900})
    avatars(story, 3)
    told = story.type("check", "leads.csv").text
    assert "Balance: 900.0 credits in the wallet, about 89" in told
    assert "$" not in told


# Limits ---------------------------------------------------------------------------------------------------------------


def test_the_plan_says_how_many_fit_into_a_limit(story: Story) -> None:
    avatars(story, 10)
    high = checked(story)["cost"]["high"] / 10
    told = story.type("check", "leads.csv", "--max-cost", f"{3.5 * high:.2f}").text
    assert ": surely enough for the first 3 of 10" in told
    assert (
        ": surely enough for the first of 10"
        in story.type("check", "leads.csv", "--max-cost", f"{high * 1.1:.2f}").text
    )
    assert "enough for all" in story.type("check", "leads.csv", "--max-cost", "900").text
    caps = checked(story, "--max-cost-total", f"{3.5 * high:.2f}")["caps"]
    assert (caps["run"], caps["fitting"]) == (None, 3)
    assert checked(story)["caps"] is None


def test_where_nothing_fits_nothing_is_asked_and_the_run_collects(story: Story) -> None:
    """Nobody could be asked here: a question would end the run with 2."""
    avatars(story, 3)
    told = story.type("run", "leads.csv", "--max-cost", "0.01", code=Exit.MAX_COST)
    assert "Limit: --max-cost $0.01: not enough for the next one, so nothing is sent" in told.text
    assert "left after this" not in told.text
    assert story.charges == 0
    assert "Nobody can be asked here" in story.type("run", "leads.csv", "--max-cost", "9", code=Exit.MISTAKES).text
    assert story.charges == 0


def test_where_something_may_come_free_the_question_is_asked(story: Story) -> None:
    """A job in progress counts with its most; once it has ended it may leave room for the next."""
    story.heygen.change(never_ends=True)
    avatars(story, 2)
    high = checked(story)["cost"]["high"]
    story.run("leads.csv", "--no-wait", "--limit", "1", "--max-cost", "9", code=Exit.NOT_FINISHED)
    limit = ("--max-cost-total", f"{high * 0.75:.2f}")
    assert checked(story, *limit)["caps"]["fitting"] == 0
    assert "Nobody can be asked here" in story.type("run", "leads.csv", "--no-wait", *limit, code=Exit.MISTAKES).text
    story.heygen.change(never_ends=False)


def test_what_was_spent_before_counts_against_a_limit_of_all_runs(story: Story) -> None:
    avatars(story, 4)
    story.run("leads.csv", "--limit", "2", code=None)
    told = story.type("check", "leads.csv", "--max-cost-total", "50").text
    assert "left of --max-cost-total $50.00, for earlier runs spent up to $" in told
    told = story.type("check", "leads.csv", "--max-cost-total", "0.01").text
    assert "Limit: nothing left of --max-cost-total $0.01" in told


def test_what_has_no_price_can_not_be_held_against_a_limit(story: Story) -> None:
    own = own_prices()
    (story.folder / "mine.toml").write_text(only(own, "speech"), encoding="utf-8")
    story.sheet("leads.csv", "avatar_id,script,text,voice_id", "look_ann,Hello,,", ",,Hello,voice_ann")
    words = ("--prices", "mine.toml", "--max-cost", "9")
    told = story.run("leads.csv", *words, code=Exit.MISTAKES)
    assert "--max-cost can't be held: the price list has no price for avatar videos." in told.text
    assert "--prices FILE" in told.text
    assert story.charges == 0
    assert story.type("check", "leads.csv", *words, code=Exit.MISTAKES).code == Exit.MISTAKES
    story.run("leads.csv", *words, "--rows", "3", code=None)
    assert story.charges == 1


def only(prices: Prices, kind: str) -> str:
    """A price file that has one kind."""
    [entry] = [each for each in prices.entries if each.kind == kind]
    assert entry.usd is not None
    return (
        f'format = 1\ndate = {prices.date}\nsources = ["https://example.com"]\n'
        f'[[price]]\nkind = "{kind}"\nper = "{entry.unit}"\nusd = {entry.usd.likely}\n'
    )


# Consent --------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals")
@pytest.mark.parametrize(("answer", "charges"), [(b"n\n", 0), (b"3\n", 3), (b"y\n", 3)])
def test_above_a_sum_the_number_is_typed(story: Story, answer: bytes, charges: int) -> None:
    story.heygen.change(balance=500.0)
    story.sheet("leads.csv", "voice_id,text", *(f"voice_ann,Hello number {n} and welcome." for n in range(3)))
    words = ("leads.csv", "--confirm-above", "0")
    _, shown = on_screen(story.folder, *words, env=story.env, typed={b"to go on: ": answer, b", or n: ": b"3\n"})
    assert "Make 3 voice-overs for about $" in shown
    assert " of your $500.00? Type 3 to go on: " in shown.replace("\n", " ")
    assert story.charges == charges
    assert ("Nothing was sent." in shown) == (not charges)


@pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals")
def test_a_limit_is_the_most_that_can_be_spent(story: Story) -> None:
    """So it is what the sum is compared with, and what the question names."""
    avatars(story, 3)
    words = ("leads.csv", "--confirm-above", "0.5", "--max-cost", "0.49")
    _, shown = on_screen(story.folder, *words, env=story.env, typed={b"[y/N] ": b"n\n", b"to go on: ": b"\n"})
    assert "Make as many of 3 videos as fit into $0.49 (--max-cost)? [y/N]" in shown


def test_yes_says_what_it_is_about_to_spend_unless_there_is_a_limit(story: Story) -> None:
    story.sheet("leads.csv", "voice_id,text", *(f"voice_ann,Hello number {n} and welcome." for n in range(3)))
    first = "This makes 1 voice-over for about $"
    assert first in story.run("leads.csv", "-q", "--limit", "1", code=None).err
    told = story.run("leads.csv", "-q", "--json", "--limit", "1", code=None)
    assert first in told.err
    assert json.loads(told.out)["to_send"] == 1
    assert "This makes" not in story.run("leads.csv", "--max-cost", "9").err
    assert "This makes" not in story.run("leads.csv").err  # nothing is left to be made
    assert "This makes" not in story.run("leads.csv", "--sandbox").err
    assert story.charges == 3


def asked(story: Story) -> str:
    """The question, which is answered by a no."""
    with mock.patch("bulkgen.cli.console._is_terminal", return_value=True):
        told = story.type("run", "leads.csv", stdin="n\n", code=Exit.MISTAKES).text
    assert story.charges == 0
    found = re.search(r"Make .*\?(?: Your balance is .*\.)?(?= \[y/N\]| Type )", told)
    assert found is not None, told
    return found[0]


SUM = r"about \$[\d.,]+–[\d.,]+"


@pytest.mark.parametrize(
    ("videos", "templates", "balance", "question"),
    [
        (2, 0, 900.0, rf"Make 2 videos for {SUM} of your \$900\.00\?"),
        (0, 2, 900.0, rf"Make 2 videos for {SUM} \(their lengths are assumed\) of your \$900\.00\?"),
        (0, 1, 900.0, rf"Make 1 video for {SUM} \(its length is assumed\) of your \$900\.00\?"),
        (2, 1, 900.0, rf"Make 3 videos for {SUM}, and {SUM} more for 1 of unknown length, of your \$900\.00\?"),
        (2, 0, 0.02, rf"Make 2 videos for {SUM}\? Your balance is \$0\.02\."),
        (2, 1, 0.02, rf"Make 3 videos for {SUM}, and {SUM} more for 1 of unknown length\? Your balance is \$0\.02\."),
    ],
)
def test_the_question_is_english(story: Story, videos: int, templates: int, balance: float, question: str) -> None:
    story.heygen.change(balance=balance)
    mixed(story, videos, templates)
    assert re.fullmatch(question, asked(story))


def test_yes_says_it_in_the_same_words(story: Story) -> None:
    story.heygen.change(balance=0.02)
    mixed(story, 0, 1)
    told = story.type("run", "leads.csv", "--yes", "--no-wait", code=None).err
    assert re.search(
        rf"This makes 1 video for {SUM} \(its length is assumed\)\. Your balance is \$0\.02\. No limit is set", told
    )


# Cheaper ways ---------------------------------------------------------------------------------------------------------


def test_hints_are_told_and_never_taken(story: Story) -> None:
    avatars(story, 40)
    told = story.type("check", "leads.csv").text
    assert "hint: avatar_iii instead of avatar_iv in the column engine would save about $" in told
    assert "hint: --test makes one row first for about $" in told
    hints = {hint["code"]: hint for hint in checked(story)["hints"]}
    assert set(hints) == {"cheaper_engine", "test_first"}
    assert hints["cheaper_engine"]["saving"] > 1
    story.run("leads.csv", "--limit", "1", code=None)
    codes = [hint["code"] for hint in checked(story)["hints"]]
    assert codes == ["cheaper_engine"]  # one was made: what would be tried is known
    assert "a row that is changed is made, and paid, again" in story.type("check", "leads.csv").text


def test_identical_rows_that_are_made_one_by_one_are_pointed_out(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script,copy", *(f"look_ann,Hello to all of you,{n}" for n in range(3)))
    [hint] = checked(story)["hints"]
    assert hint["code"] == "identical"
    assert hint["message"].startswith("2 jobs ask for exactly what another row asks for, and are made separately")
    story.sheet("leads.csv", "avatar_id,script,copy", *(["look_ann,Hello to all of you,"] * 3))
    assert checked(story)["hints"] == []


def test_small_plans_have_no_hints(story: Story) -> None:
    avatars(story, 2)
    assert checked(story)["hints"] == []
    assert "hint:" not in story.type("check", "leads.csv").err


# Preview --------------------------------------------------------------------------------------------------------------


def test_a_preview_says_what_its_rows_cost(story: Story) -> None:
    story.heygen.change(balance=500.0)
    avatars(story, 3)
    told = story.type("preview", "leads.csv", "--row", "3").out
    assert "\n    Cost: about $" in told
    assert "Balance: $500.00 in the wallet, about $49" in told
    story.run("leads.csv", code=None)
    assert "Cost:" not in story.type("preview", "leads.csv", "--row", "3").out


# A window -------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals")
@pytest.mark.parametrize("lines", [24, 14])
def test_a_long_plan_fits_a_window_with_the_question_last(story: Story, lines: int) -> None:
    """Everything at once: two kinds, a shortage, a limit, expensive rows, notes and hints."""
    story.heygen.change(balance=3.0)
    videos = [f"look_ann,Hello {n} at www.example.com 😀 {'and on ' * (n % 30)},," for n in range(60)]
    spoken = [f",,Hello {n} at info@example.com,voice_ann" for n in range(60)]
    story.sheet("leads.csv", "avatar_id,script,text,voice_id", *videos, *spoken)
    no = {b"[y/N] ": b"n\n"}
    _, shown = on_screen(story.folder, "leads.csv", "--max-cost-total", "9", env=story.env, size=(lines, 80), typed=no)
    plan = (shown.partition("[y/N]")[0] + "[y/N]").splitlines()
    assert len(plan) < lines
    assert plan[0].startswith("leads: 120 rows")
    for line in ("Cost: about $", "Limit: --max-cost-total $9.00", "Balance: $3.00 in the wallet"):
        assert any(each.startswith(line) for each in plan)
    assert "Make as many of 120 jobs as fit into $9.00 (--max-cost-total)? Your balance is $3.00. [y/N]" in " ".join(
        plan
    )
    assert any(line.endswith("bulkgen check leads.csv --max-cost-total 9 shows all") for line in plan)
    assert any(line.startswith("Time: ") for line in plan) == (lines == 24)  # of what is folded, hints go first
