"""`bulkgen status --cost FOLDER`: every attempt once, by month, kind, sheet and account; as a file with a chart."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from bulkgen.batch.cost_file import save_costs
from bulkgen.batch.ledger_costs import FolderCosts, folder_costs
from bulkgen.batch.price_source import own_prices
from bulkgen.errors import InputError
from bulkgen.ledger.events import Event
from bulkgen.model import column_letters
from bulkgen.pricing.prices import Prices
from tests.command import bulkgen
from tests.story import Story

COST = {"currency": "usd", "unit": "output_second", "price": [0.1, 0.1, 0.1], "seconds": [5.0, 10.0, 20.0]}
HOST = "https://api.heygen.com"


@pytest.fixture(scope="module")
def prices() -> Prices:
    return own_prices()


def opened(account: str = "ann", base: str = HOST) -> Event:
    return {"event": "opened", "format": 1, "bulkgen": "0.9", "base": base, "account": account}


def sent(key: str, at: str = "2026-09-30T23:59:59.000Z", attempt: int = 1, **facts: Any) -> Event:
    job = {"event": "submitting", "at": at, "fingerprint": key, "attempt": attempt, "kind": "avatar", "row": 2}
    return {**job, "row_id": "", "cost": COST, **facts}


def made(key: str, duration: float = 12.0, attempt: int = 1, **facts: Any) -> Event:
    return {"event": "finished", "fingerprint": key, "attempt": attempt, "id": "v", "duration": duration, **facts}


def failed(key: str) -> Event:
    return {"event": "failed", "fingerprint": key, "attempt": 1, "code": "x", "message": ""}


def write(path: Path, *events: Event) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ({"at": "2026-09-30T12:00:00.000Z", **event} for event in events)
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")


def told(costs: FolderCosts, group: str) -> dict[str, tuple[int, float]]:
    return {each.name: (each.made, each.cost) for each in costs.by(group)}


# What is added up ----------------------------------------------------------------------------------------------------


def test_all_resume_files_are_added_up_by_month_kind_sheet_and_account(tmp_path: Path, prices: Prices) -> None:
    october = "2026-10-01T00:00:00.000Z"
    write(tmp_path / "a.csv.resume.jsonl", opened("ann" * 5), sent("1"), made("1"), sent("2", october), failed("2"))
    write(
        tmp_path / "deep" / "er" / "b.xlsx.resume.jsonl",
        opened("bob" * 5),
        sent("1", october, kind="template", sheet="Leads"),
        made("1", 20.0),
        sent("3", october),
    )
    costs = folder_costs(tmp_path, prices)
    assert costs.files == 2
    assert told(costs, "month") == {"2026-09": (1, 1.2), "2026-10": (1, 2.0)}
    assert told(costs, "kind") == {"avatar": (1, 1.2), "template": (1, 2.0)}
    sheets = {"a.csv": (1, 1.2), "deep/er/b.xlsx": (0, 0.0), "deep/er/b.xlsx [Leads]": (1, 2.0)}
    assert told(costs, "sheet") == sheets
    assert told(costs, "account") == {"annannan": (1, 1.2), "bobbobbo": (1, 2.0)}
    (total,) = costs.total
    assert (total.made, total.cost, total.open, total.at_most) == (2, 3.2, 1, 2.0)


def test_an_attempt_counts_once_with_all_that_any_copy_knows_of_it(tmp_path: Path, prices: Prices) -> None:
    whole = [opened(), sent("1"), made("1"), sent("2"), failed("2"), sent("1", attempt=2), made("1", 20.0, attempt=2)]
    write(tmp_path / "a.csv.resume.jsonl", *whole[:2], *whole[3:4])
    write(tmp_path / "a (conflicted copy).csv.resume.jsonl", *whole)
    taken_over = [{**event, "from": "a.csv.resume.jsonl"} for event in whole[1:]]
    write(tmp_path / "b.csv.resume.jsonl", opened(), *taken_over)
    write(tmp_path / "archive" / "a.csv.resume.jsonl", *whole)
    (total,) = folder_costs(tmp_path, prices).total
    assert (total.made, total.cost, total.open) == (2, 3.2, 0)


def test_the_same_wish_of_two_accounts_is_paid_by_both(tmp_path: Path, prices: Prices) -> None:
    for name in ("ann", "bob"):
        write(tmp_path / f"{name}.csv.resume.jsonl", opened(name), sent("1"), made("1"))
    assert [(each.made, each.cost) for each in folder_costs(tmp_path, prices).total] == [(2, 2.4)]


def test_what_has_no_price_is_counted_and_older_records_get_todays(tmp_path: Path, prices: Prices) -> None:
    write(
        tmp_path / "a.csv.resume.jsonl",
        opened(),
        sent("1", cost=None),
        made("1", 60.0),
        sent("2", cost=None, kind="of_a_later_release"),
        made("2"),
    )
    (total,) = folder_costs(tmp_path, prices).total
    assert (total.made, total.by_list, total.unpriced) == (2, 1, 1)
    assert total.cost == pytest.approx(60.0 * prices.tariff("avatar", {}).usd.likely)  # type: ignore[union-attr]


def test_currencies_are_never_added_to_one_another(tmp_path: Path, prices: Prices) -> None:
    in_credits = {**COST, "currency": "credits"}
    write(tmp_path / "a.csv.resume.jsonl", opened(), sent("1"), made("1"), sent("2"), made("2"))
    write(tmp_path / "b.csv.resume.jsonl", opened(), sent("3", cost=in_credits), made("3"))
    sums = [(each.currency, each.made, each.cost) for each in folder_costs(tmp_path, prices).by("month")]
    assert sums == [("usd", 2, 2.4), ("credits", 1, 1.2)]


def test_rehearsals_are_apart_whatever_they_are_called(tmp_path: Path, prices: Prices) -> None:
    write(tmp_path / "a.csv.resume.jsonl", opened(), sent("1"), made("1"))
    write(tmp_path / "a.csv.sandbox.resume.jsonl", opened(base="https://sandbox.invalid"), sent("2"), made("2", 30.0))
    write(tmp_path / "renamed.csv.resume.jsonl", opened(base="https://sandbox.invalid"), sent("3"), made("3"))
    assert [each.cost for each in folder_costs(tmp_path, prices).total] == [1.2]
    assert [each.cost for each in folder_costs(tmp_path, prices, sandbox=True).total] == [3.0]


def test_files_that_cannot_be_read_are_named_and_the_others_count(tmp_path: Path, prices: Prices) -> None:
    write(tmp_path / "a.csv.resume.jsonl", opened(), sent("1"), made("1"))
    whole = (tmp_path / "a.csv.resume.jsonl").read_text(encoding="utf-8")
    (tmp_path / "torn.csv.resume.jsonl").write_text(f"{whole}{{nothing\n{whole}", encoding="utf-8")
    (tmp_path / "foreign.resume.jsonl").write_text('{"message": "hello"}\n', encoding="utf-8")
    (tmp_path / "newer.csv.resume.jsonl").write_text(json.dumps({**opened(), "format": 99}) + "\n", encoding="utf-8")
    costs = folder_costs(tmp_path, prices)
    assert [each.cost for each in costs.total] == [1.2]
    assert sorted(why.partition(" ")[0] for why in costs.skipped) == [
        "foreign.resume.jsonl",
        "newer.csv.resume.jsonl",
        "torn.csv.resume.jsonl",
    ]
    assert any("damaged at line 4" in why for why in costs.skipped)
    assert "newer.csv.resume.jsonl is left out: it was written by a newer bulkgen (0.9)." in costs.skipped
    assert all(len(why) < 160 for why in costs.skipped)


def test_what_is_known_no_closer_is_told(empty: Story) -> None:
    between = {**COST, "price": [0.1, 0.1, 0.2]}
    path = empty.folder / "a.csv.resume.jsonl"
    write(path, opened(), sent("1", cost=between), made("1"), sent("2"), made("2", 0.0))
    told = empty.type("status", "--cost", ".")
    assert "Where a price is a range, the likely one is counted." in told.out
    assert "1 job counts with the estimate, since HeyGen gave no length." in told.out
    write(path, opened(), sent("1"), made("1"))
    told = empty.type("status", "--cost", ".")
    assert "is a range" not in told.out
    assert "gave no length" not in told.out


EVENTS = st.lists(
    st.one_of(
        st.builds(sent, st.sampled_from("123"), attempt=st.integers(1, 2)),
        st.builds(made, st.sampled_from("123"), st.floats(0, 100), attempt=st.integers(1, 2)),
        st.builds(failed, st.sampled_from("123")),
    ),
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(EVENTS)
def test_every_way_to_add_up_comes_to_the_same(tmp_path: Path, prices: Prices, events: list[Event]) -> None:
    shutil.rmtree(tmp_path)
    write(tmp_path / "a.csv.resume.jsonl", opened(), *events)
    write(tmp_path / "copy" / "a.csv.resume.jsonl", opened(), *events)
    costs = folder_costs(tmp_path, prices)
    for group in ("month", "kind", "sheet", "account"):
        sums = costs.by(group)
        assert sum(each.cost for each in sums) == pytest.approx(sum(each.cost for each in costs.total), abs=1e-5)
        assert sum(each.made for each in sums) == sum(each.made for each in costs.total)


def test_older_resume_files_are_added_up(prices: Prices) -> None:
    (total,) = folder_costs(Path(__file__).parent / "earlier", prices, sandbox=True).total
    assert total.made
    assert total.by_list


# The command ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Story]:
    folder = tmp_path / "office"
    folder.mkdir()
    with Story(folder) as story:
        yield story


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Story]:
    folder = tmp_path / "office"
    folder.mkdir()
    with Story(folder) as story:
        story.sheet("a.csv", "avatar_id,script", "look_ann,Hello there", "look_ann,[fail:rendering_failed] Bye")
        story.sheet("b.csv", "voice_id,text", "voice_ann,Good day to you all")
        story.run("a.csv", "--max-attempts", "1", code=3)
        story.run("b.csv")
        yield story


def test_the_command_adds_up_what_the_results_say_without_key_or_network(office: Story) -> None:
    asked = office.heygen.state()["counts"]
    told = bulkgen(office.folder, "status", "--cost", ".", "--json")  # in an environment without a key
    found = json.loads(told.stdout)
    results = [*office.column("a.results.csv", "result_cost_usd"), *office.column("b.results.csv", "result_cost_usd")]
    assert found["total"][0]["cost"] == pytest.approx(sum(float(cell) for cell in results if cell), abs=1e-5)
    assert [each["name"] for each in found["by_kind"]] == ["avatar", "speech"]
    assert [each["name"] for each in found["by_sheet"]] == ["a.csv", "b.csv"]
    assert (told.returncode, found["resume_files"], found["skipped"], found["file"]) == (0, 2, [], None)
    assert office.heygen.state()["counts"] == asked


def test_the_tables_fit_a_screen_and_say_what_they_rest_on(office: Story) -> None:
    (office.folder / "x.resume.jsonl").write_text("nothing\n{}\n", encoding="utf-8")
    told = office.type("status", "--cost", ".")
    tables, _, notes = told.out.partition("Computed: ")
    assert all(len(line) <= 80 for line in tables.splitlines())
    assert re.search(r"^Total +2 +\$", told.out, flags=re.M)
    assert "HeyGen names no price of a job" in notes
    assert "x.resume.jsonl is left out" in told.err


def test_a_folder_without_resume_files_says_so(tmp_path: Path) -> None:
    done = bulkgen(tmp_path, "status", "--cost", ".")
    assert done.returncode == 0
    assert "Nothing that was spent is recorded there." in done.stdout
    assert json.loads(bulkgen(tmp_path, "status", "--cost", ".", "--json").stdout)["total"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "SHEET is missing. Type it like bulkgen status leads.xlsx."),
        (("--cost", "nowhere"), "There is no folder nowhere."),
        (("a.csv", "--cost", "."), "leave out SHEET"),
        (("--cost", ".", "--rows", "2"), "leave out --rows"),
        (("--cost", ".", "-o", "cost.pdf"), "-o cost.pdf: a file is written as .xlsx or .csv"),
    ],
)
def test_what_cannot_be_added_up_is_a_mistake_in_the_command(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    done = bulkgen(tmp_path, "status", *words)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())


# The file -------------------------------------------------------------------------------------------------------------


def test_a_workbook_has_the_sums_each_job_and_a_chart_by_month(tmp_path: Path, prices: Prices) -> None:
    hostile = sent("2", "2026-10-05T10:00:00.000Z", row_id='=HYPERLINK("http://x")', kind="template")
    later = sent("3", "2026-10-06T10:00:00.000Z")
    write(tmp_path / "a.csv.resume.jsonl", opened(), sent("1"), made("1"), hostile, made("2", 20.0), later)
    save_costs(folder_costs(tmp_path, prices), tmp_path / "cost.xlsx")
    book = load_workbook(tmp_path / "cost.xlsx")
    assert book.sheetnames == ["By month", "By kind", "By sheet", "By account", "Jobs"]
    months = list(book["By month"].iter_rows(max_col=3, values_only=True))
    assert months == [("Month", "Made", "Cost"), ("2026-09", 1, 1.2), ("2026-10", 1, 2.0), ("Total", 2, 3.2)]
    (chart,) = book["By month"]._charts  # type: ignore[attr-defined]  # a sheet with cells has them
    (bars,) = chart.series
    assert bars.val.numRef.f == "'By month'!$C$2:$C$3"
    assert bars.cat.numRef.f == "'By month'!$A$2:$A$3"
    jobs = book["Jobs"]
    assert [cell.value for cell in jobs["H"]][1:] == [1.2, 2.0, None]
    assert [cell.value for cell in jobs["I"]][1:] == [None, None, 2.0]
    assert (jobs["D3"].value, jobs["D3"].data_type) == ('=HYPERLINK("http://x")', "s")


def test_a_csv_has_the_sums_one_below_the_other(tmp_path: Path, prices: Prices) -> None:
    write(tmp_path / "a.csv.resume.jsonl", opened(), sent("1"), made("1"))
    save_costs(folder_costs(tmp_path, prices), tmp_path / "cost.csv")
    with (tmp_path / "cost.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["by"] for line in lines] == ["month", "kind", "sheet", "account", "total"]
    assert {line["cost"] for line in lines} == {"1.2"}


def test_the_same_command_replaces_its_own_workbook_but_not_one_that_somebody_changed(office: Story) -> None:
    path = office.folder / "cost.xlsx"
    office.type("status", "--cost", ".", "-o", "cost.xlsx")
    first = path.read_bytes()
    office.sheet("a.csv", "avatar_id,script", "look_ann,Something else")
    office.run("a.csv", code=None)
    office.type("status", "--cost", ".", "-o", "cost.xlsx")
    assert path.read_bytes() != first
    load_workbook(path).save(path)
    before = path.read_bytes()
    told = office.type("status", "--cost", ".", "-o", "cost.xlsx", code=2)
    assert "cost.xlsx exists already and is left as it is" in told.text
    assert path.read_bytes() == before


def test_a_csv_that_is_there_is_left_as_it_is(office: Story) -> None:
    (office.folder / "cost.csv").write_text("mine", "utf-8")
    told = office.type("status", "--cost", ".", "-o", "cost.csv", code=2)
    assert "cost.csv exists already and is left as it is" in told.text
    assert (office.folder / "cost.csv").read_text("utf-8") == "mine"


def test_amounts_have_two_decimals_and_columns_room_for_their_headers(tmp_path: Path, prices: Prices) -> None:
    write(tmp_path / "a.csv.resume.jsonl", opened(), sent("1"), made("1", 123.456), sent("2"), made("2", 0.05))
    save_costs(folder_costs(tmp_path, prices), tmp_path / "cost.xlsx")
    jobs = load_workbook(tmp_path / "cost.xlsx")["Jobs"]
    assert [cell.number_format for cell in jobs["H"]][1:] == ['"$"#,##0.00', '"$"#,##0.0000']
    for at, header in enumerate(jobs[1]):
        assert jobs.column_dimensions[column_letters(at)].width >= 1.1 * len(str(header.value)) + 4
    assert jobs["D1"].alignment.indent == 1


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path, prices: Prices) -> None:
    (tmp_path / "a.csv").write_text("a\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.csv is a file"):
        folder_costs(tmp_path / "a.csv", prices)
