"""Looking for lost jobs: no further than need be, and never so short that one is missed."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path

import pytest

from bulkgen.engine.search import MARGIN, PAGE, find_lost
from bulkgen.kinds import LIVES
from bulkgen.kinds.life import Collection
from bulkgen.kinds.outcome import Detail
from bulkgen.ledger.state import State
from bulkgen.ledger.steps import Policy
from bulkgen.model import idempotency_key
from tests.making import translation_job
from tests.scenario import START, Scenario
from tests.test_chaos import crash_before_the_answer_is_recorded

pytestmark = pytest.mark.anyio

SENT = 1_000_000.0
JOB = translation_job()
OURS = {"id": "ours", "callback_id": idempotency_key(JOB.fingerprint, 1)}


class Account:
    """A client that has one list, and counts what is read of it."""

    def __init__(self, items: Sequence[Mapping[str, object]]) -> None:
        self.items = items
        self.read = 0

    async def listing(
        self, path: str, params: Mapping[str, str] | None = None
    ) -> AsyncGenerator[Mapping[str, object], None]:
        for item in self.items:
            self.read += 1
            yield item

    async def submit(self, path: str, body: Mapping[str, object], key: str | None) -> Mapping[str, object]:
        raise AssertionError("a look-up sends nothing")

    async def call(self, method: str, path: str, body: Mapping[str, object], key: str | None) -> Mapping[str, object]:
        raise AssertionError("a look-up sends nothing")

    async def statuses(self, collection: Collection, ids: Sequence[str]) -> Mapping[str, str]:
        raise AssertionError("a look-up asks for no statuses")

    async def one(self, path: str, item_id: str) -> Mapping[str, object]:
        raise AssertionError("a look-up asks for no papers")

    async def detail(self, collection: Collection, job_id: str) -> Detail:
        raise AssertionError("a look-up asks for no details")


def strangers(*times: float) -> list[Mapping[str, object]]:
    return [{"id": f"other{n}", "created_at": time} for n, time in enumerate(times)]


def falling(count: int) -> list[Mapping[str, object]]:
    """Others' jobs from now on backwards, one a day."""
    return strangers(*(SENT + 3600 - 86_400 * n for n in range(count)))


async def looked_up(account: Account, **changes: object) -> str:
    state = State(**{"attempt": 1, "last": "submitting", "first_sent": SENT, "last_sent": SENT, **changes})  # type: ignore[arg-type]
    return (await find_lost(account, [JOB], LIVES, {JOB.fingerprint: state}, set()))[JOB.fingerprint].id


async def test_a_list_from_the_newest_on_is_read_no_further_than_the_time_of_sending() -> None:
    account = Account(falling(1_000))
    assert await looked_up(account) == ""
    assert account.read == 3 + PAGE  # a page beyond the second, which is a day old


async def test_what_stands_within_the_time_is_found() -> None:
    found = {**OURS, "created_at": SENT + 5}
    assert await looked_up(Account([*strangers(SENT + 9_000), found, *strangers(SENT - 90, SENT - 9e6)])) == "ours"
    late = {**OURS, "created_at": SENT - MARGIN}
    assert await looked_up(Account([*strangers(SENT + 9_000), late])) == "ours"


@pytest.mark.parametrize(
    "before",
    [
        strangers(*range(500)),
        strangers(*(n // 7 for n in range(500))),
        strangers(SENT, SENT - 1, *[0.0] * PAGE, SENT),
        strangers(*[0.0] * 500),
    ],
    ids=["from the oldest on", "from the oldest on, in groups", "some old ones between", "all of one moment"],
)
async def test_a_list_in_another_order_is_read_to_its_end(before: list[Mapping[str, object]]) -> None:
    assert await looked_up(Account([*before, {**OURS, "created_at": SENT + 1}, *strangers(SENT + 2)])) == "ours"


async def test_without_times_or_with_a_clock_that_ran_backwards_all_is_read() -> None:
    timeless = [{"id": f"other{n}"} for n in range(5)]
    assert await looked_up(Account([*timeless, OURS])) == "ours"
    assert await looked_up(Account([*falling(50), OURS]), clock_back=True) == "ours"
    assert await looked_up(Account([*falling(50), OURS]), first_sent=None, last_sent=None) == "ours"


def test_in_an_account_of_thousands_a_lost_translation_is_found_on_the_first_pages(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, [translation_job()])
    for n in reversed(range(3_000)):
        scenario.world.plant("translations", created=START - 30 * 86_400 - n)
    crash_before_the_answer_is_recorded(scenario)
    scenario.offset += 25 * 3600.0
    scenario.run()
    assert scenario.statuses() == ["done"]
    assert sum(scenario.charges.values()) == 1
    assert scenario.world.counts["GET /v3/video-translations"] <= 2


@pytest.mark.parametrize(
    "fault", ["null_data_before", "no_id_after", "garbage_before", "error_in_200_after:internal_error"]
)
@pytest.mark.parametrize("retry", [False, True])
def test_a_page_that_holds_no_list_is_no_proof_that_there_is_no_such_job(
    tmp_path: Path, fault: str, retry: bool
) -> None:
    scenario = Scenario(tmp_path, [translation_job()])
    crash_before_the_answer_is_recorded(scenario)
    scenario.offset += 25 * 3600.0
    if retry:  # it was looked for once, and not found
        scenario.world.change(list_lag=1e9)
        scenario.run()
        assert scenario.statuses() == ["unknown"]
        scenario.world.change(list_lag=0.0)
    scenario.world.change(script=[{"method": "GET", "path": "/v3/video-translations$", "fault": fault}])
    scenario.run(policy=Policy(retry_unknown=retry))
    assert sum(scenario.charges.values()) == 1
    assert scenario.statuses() == ["unknown" if retry else "queued"]
    scenario.world.change(script=[])
    scenario.run(policy=Policy(retry_unknown=retry))
    assert sum(scenario.charges.values()) == 1
    assert scenario.statuses() == ["done"]
