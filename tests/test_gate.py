"""The gate alone, in virtual time: who gets through it, and when. Then two runs through it, judged by their time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from functools import partial, wraps
from pathlib import Path
from typing import Any

import anyio
import pytest
import trio
from trio.testing import MockClock

from bulkgen.engine.admission import Moment, admits
from bulkgen.engine.gate import Gate
from bulkgen.engine.lane import ANSWERS_A_PLACE
from bulkgen.model import Job
from tests.making import speech_job
from tests.scenario import Scenario

#: Longer than any wait that the gate makes by itself.
LONG = 1000.0

Enter = Callable[[], Awaitable[bool]]
Refuse = Callable[[float | None], None]


def in_virtual_time(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    @wraps(test)
    def run(**arguments: Any) -> None:
        trio.run(partial(test, **arguments), clock=MockClock(autojump_threshold=0))

    return run


async def wait_of(enter: Enter) -> float:
    """Goes through the gate; how long that took."""
    start = anyio.current_time()
    with anyio.fail_after(LONG):
        assert await enter()
    return round(anyio.current_time() - start, 6)


async def keeps_out(enter: Enter, seconds: float = LONG) -> bool:
    """Whether nobody gets through the gate for so long."""
    with anyio.move_on_after(seconds) as waiting:
        await enter()
    return waiting.cancelled_caught


async def gate_with(slots: int, *, running: int = 0, posting: int = 0, speaking: int = 0) -> Gate:
    """A gate that has let so many through; `running` of them are jobs in progress at HeyGen."""
    gate = Gate(slots)
    for _ in range(running):
        assert await wait_of(gate.enter) == 0
        gate.accepted()
    for _ in range(posting):
        assert await wait_of(gate.enter) == 0
    for _ in range(speaking):
        assert await wait_of(partial(gate.enter, slot=False)) == 0
    return gate


def later(seconds: float, act: Callable[[], None], group: anyio.abc.TaskGroup) -> None:
    async def wait() -> None:
        await anyio.sleep(seconds)
        act()

    group.start_soon(wait)


async def refused_again(gate: Gate, enter: Enter, refuse: Refuse, retry_after: float | None, times: int) -> list[float]:
    """Goes through the closed gate and is refused again, so often; the waits before each."""
    waits = []
    for _ in range(times):
        waits.append(await wait_of(enter))
        refuse(retry_after)
    return waits


# Decisions --------------------------------------------------------------------------------------------------------

OPEN = Moment(now=100.0, free=True, slots=10, ceiling=10)


@pytest.mark.parametrize(
    ("moment", "job", "at_once"),
    [
        (OPEN, True, True),
        (replace(OPEN, free=False), False, False),
        (replace(OPEN, held=10), False, True),
        (replace(OPEN, held=9), True, True),
        (replace(OPEN, held=3, ceiling=3, try_at=101.0), False, True),
        (replace(OPEN, held=3, ceiling=3, try_at=100.0), True, True),
        (replace(OPEN, held=3, ceiling=3, try_at=100.0, posting=1), False, True),
        (replace(OPEN, closed=True, probe_at=101.0), False, False),
        (replace(OPEN, closed=True, probe_at=100.0), True, True),
        (replace(OPEN, closed=True, probe_at=101.0, ended=True), True, True),
        (replace(OPEN, closed=True, probe_at=101.0, ended=True, held=10), False, True),
    ],
)
def test_who_may_go_is_told_by_the_moment_alone(moment: Moment, job: bool, at_once: bool) -> None:
    assert (admits(moment, slot=True), admits(moment, slot=False)) == (job, at_once)


@in_virtual_time
async def test_room_is_waited_for_without_taking_it() -> None:
    gate = await gate_with(2, running=1)
    assert await wait_of(gate.room) == 0
    assert await wait_of(gate.enter) == 0
    gate.accepted()
    async with anyio.create_task_group() as group:
        later(7, gate.ended, group)
        assert await wait_of(gate.room) == 7
    assert (gate.held, gate.posting) == (1, 0)
    gate.shut_for_good()
    assert not await gate.room()


# Slots and lanes --------------------------------------------------------------------------------------------------


@in_virtual_time
async def test_a_slot_is_held_until_its_job_ends() -> None:
    gate = await gate_with(2, running=2)
    assert await keeps_out(gate.enter)
    async with anyio.create_task_group() as group:
        later(7, gate.ended, group)
        assert await wait_of(gate.enter) == 7
    assert (gate.held, gate.posting) == (2, 1)


@in_virtual_time
async def test_more_jobs_than_slots_from_an_earlier_run_are_waited_for() -> None:
    gate = Gate(2, held=4)
    gate.ended()
    gate.ended()
    assert await keeps_out(gate.enter)
    gate.ended()
    assert await wait_of(gate.enter) == 0


@in_virtual_time
async def test_four_posts_of_jobs_are_on_their_way_at_once() -> None:
    gate = await gate_with(50, posting=4)
    assert await keeps_out(gate.enter)
    gate.accepted()
    assert await wait_of(gate.enter) == 0
    assert await keeps_out(gate.enter)
    assert (gate.held, gate.posting) == (5, 4)


@in_virtual_time
async def test_twenty_recordings_are_on_their_way_at_once_and_hold_no_slot() -> None:
    gate = await gate_with(1, running=1, speaking=20)
    assert await keeps_out(partial(gate.enter, slot=False))
    async with anyio.create_task_group() as group:
        later(3, partial(gate.accepted, slot=False), group)
        assert await wait_of(partial(gate.enter, slot=False)) == 3
    assert await keeps_out(partial(gate.enter, slot=False))
    assert (gate.held, gate.posting) == (1, 20)


@in_virtual_time
async def test_a_job_that_may_be_at_heygen_keeps_its_slot_and_another_one_frees_it() -> None:
    gate = await gate_with(1, posting=1)
    gate.paused()
    assert (gate.held, gate.posting) == (1, 0)
    assert await keeps_out(gate.enter)
    assert await gate.back_in()
    assert (gate.held, gate.posting) == (1, 1)
    async with anyio.create_task_group() as group:
        later(2, gate.released, group)
        assert await wait_of(gate.enter) == 2
    assert (gate.held, gate.posting) == (1, 1)


@in_virtual_time
async def test_a_recording_that_failed_makes_room_for_another() -> None:
    gate = await gate_with(1, speaking=20)
    async with anyio.create_task_group() as group:
        later(2, partial(gate.released, slot=False), group)
        assert await wait_of(partial(gate.enter, slot=False)) == 2


@in_virtual_time
async def test_after_a_lost_answer_one_recording_goes_at_a_time_and_those_to_be_sent_again_before_new_ones() -> None:
    gate = await gate_with(1, speaking=20)
    for _ in range(20):
        gate.paused(slot=False)
        gate.distrust()
    assert gate.posting == 0
    assert await gate.back_in(slot=False)
    assert await keeps_out(partial(gate.back_in, slot=False))
    assert await keeps_out(partial(gate.enter, slot=False))
    for _ in range(19):
        gate.accepted(slot=False)
        assert await gate.back_in(slot=False)
    assert await keeps_out(partial(gate.enter, slot=False))
    gate.accepted(slot=False)
    assert await wait_of(partial(gate.enter, slot=False)) == 0


@in_virtual_time
async def test_one_more_recording_goes_for_each_so_many_answers_up_to_as_many_as_before() -> None:
    gate, widths = await gate_with(1), []
    gate.distrust()
    for _ in range(22):
        while not await keeps_out(partial(gate.enter, slot=False)):
            pass
        widths.append(gate.posting)
        for _ in range(gate.posting):
            gate.accepted(slot=False)
        for _ in range(ANSWERS_A_PLACE - widths[-1]):
            await gate.enter(slot=False)
            gate.accepted(slot=False)
    assert widths == [*range(1, 21), 20, 20]


@in_virtual_time
async def test_a_recording_that_waits_to_be_sent_again_is_left_when_the_gate_is_shut_for_good() -> None:
    gate = await gate_with(1, speaking=2)
    gate.distrust()
    gate.paused(slot=False)
    async with anyio.create_task_group() as group:
        later(5, gate.shut_for_good, group)
        assert not await gate.back_in(slot=False)
    gate.given_up(slot=False)
    assert gate.posting == 1


@in_virtual_time
async def test_a_gate_that_is_shut_for_good_sends_those_who_wait_away() -> None:
    gate = await gate_with(1, running=1, speaking=20)
    async with anyio.create_task_group() as group:
        later(5, gate.shut_for_good, group)
        assert not await gate.enter()
        assert not await gate.enter(slot=False)
    assert anyio.current_time() == 5
    assert not await Gate(1, shut=True).enter()


# The closed gate --------------------------------------------------------------------------------------------------


@in_virtual_time
async def test_a_429_closes_the_gate_for_jobs_and_recordings_alike() -> None:
    gate = await gate_with(10, posting=1)
    gate.refused(7)
    assert await wait_of(partial(gate.enter, slot=False)) == 7
    gate = await gate_with(10, speaking=1)
    gate.refused(7, slot=False)
    assert await wait_of(gate.enter) == 7


@pytest.mark.parametrize(
    ("retry_after", "seconds"), [(None, 5), (0, 1), (0.2, 1), (1.5, 1.5), (300, 300), (301, 300), (86_400, 300)]
)
@in_virtual_time
async def test_the_wait_is_retry_after_within_bounds(retry_after: float | None, seconds: float) -> None:
    gate = await gate_with(10, speaking=1)
    gate.refused(retry_after, slot=False)
    assert await wait_of(partial(gate.enter, slot=False)) == seconds
    gate = await gate_with(10, posting=1)
    gate.refused(retry_after)
    assert await wait_of(gate.enter) == seconds


@in_virtual_time
async def test_a_burst_of_refused_recordings_is_one_closing() -> None:
    gate = await gate_with(10, speaking=20)
    for _ in range(20):
        gate.refused(2, slot=False)
    assert gate.refusals == 20
    assert await wait_of(partial(gate.enter, slot=False)) == 2
    gate.refused(2, slot=False)
    assert await wait_of(partial(gate.enter, slot=False)) == 3


@in_virtual_time
async def test_a_burst_of_refused_jobs_is_one_closing() -> None:
    gate = await gate_with(10, running=2, posting=4)
    for _ in range(4):
        gate.refused(2)
    assert (gate.refusals, gate.held, gate.posting) == (4, 2, 0)
    assert await refused_again(gate, gate.enter, gate.refused, 2, 2) == [20, 30]


@in_virtual_time
async def test_jobs_and_recordings_that_were_on_their_way_together_are_one_closing() -> None:
    gate = await gate_with(10, posting=1, speaking=1)
    gate.refused(2)
    gate.refused(2, slot=False)
    assert await refused_again(gate, partial(gate.enter, slot=False), partial(gate.refused, slot=False), 2, 2) == [2, 3]


@in_virtual_time
async def test_the_wait_grows_from_closing_to_closing_and_starts_anew_after_an_acceptance() -> None:
    gate = await gate_with(10, speaking=1)
    gate.refused(100, slot=False)
    again = partial(refused_again, gate, partial(gate.enter, slot=False), partial(gate.refused, slot=False), 100)
    assert await again(times=5) == [100, 150, 225, 300, 300]
    await gate.enter(slot=False)
    gate.accepted(slot=False)
    await gate.enter(slot=False)
    gate.refused(100, slot=False)
    assert await again(times=2) == [100, 150]


@in_virtual_time
async def test_with_none_of_our_jobs_in_progress_refused_jobs_wait_as_recordings_do() -> None:
    gate = await gate_with(10, posting=1)
    gate.refused(40)
    waits = await refused_again(gate, gate.enter, gate.refused, 40, 7)
    assert waits == [40, 60, 90, 135, 202.5, 300, 300]


@in_virtual_time
async def test_the_shortest_wait_grows_to_the_longest() -> None:
    gate = await gate_with(10, speaking=1)
    gate.refused(0, slot=False)
    waits = await refused_again(gate, partial(gate.enter, slot=False), partial(gate.refused, slot=False), 0, 17)
    assert waits[-3:] == [round(1.5**14, 6), 300, 300]


@in_virtual_time
async def test_a_late_refusal_may_lengthen_the_wait_and_never_shortens_or_grows_it() -> None:
    gate = await gate_with(10, speaking=3)
    gate.refused(10, slot=False)
    gate.refused(30, slot=False)
    gate.refused(2, slot=False)
    assert await wait_of(partial(gate.enter, slot=False)) == 30
    gate.refused(10, slot=False)
    assert await wait_of(partial(gate.enter, slot=False)) == 15


@in_virtual_time
async def test_what_left_before_a_closing_and_is_accepted_opens_nothing() -> None:
    gate = await gate_with(10, speaking=2, posting=2)
    gate.refused(10, slot=False)
    gate.accepted(slot=False)
    gate.accepted()
    gate.accepted()
    assert await wait_of(partial(gate.enter, slot=False)) == 10
    assert await keeps_out(partial(gate.enter, slot=False), 9)


@in_virtual_time
async def test_nothing_follows_in_a_lane_before_what_was_on_its_way_at_a_closing_is_back() -> None:
    gate = await gate_with(10, speaking=3)
    gate.refused(2, slot=False)
    assert await keeps_out(partial(gate.enter, slot=False), 60)
    gate.accepted(slot=False)
    assert await keeps_out(partial(gate.enter, slot=False), 60)
    async with anyio.create_task_group() as group:
        later(4, partial(gate.accepted, slot=False), group)
        assert await wait_of(partial(gate.enter, slot=False)) == 4


@in_virtual_time
async def test_those_who_wait_learn_of_a_refusal() -> None:
    gate = await gate_with(1, posting=1)
    async with anyio.create_task_group() as group:
        later(3, partial(gate.refused, 2), group)
        assert await wait_of(gate.enter) == 5
    gate = await gate_with(1, speaking=2)
    gate.refused(2, slot=False)
    async with anyio.create_task_group() as group:
        later(60, partial(gate.refused, 2, slot=False), group)
        assert await wait_of(partial(gate.enter, slot=False)) == 62


@in_virtual_time
async def test_a_late_post_that_is_sent_again_is_late_still() -> None:
    gate = await gate_with(10, posting=3)
    gate.refused(2)
    gate.paused()
    assert await gate.back_in()
    gate.refused(2)
    gate.refused(2)
    assert await refused_again(gate, gate.enter, gate.refused, 2, 2) == [2, 3]


@in_virtual_time
async def test_a_post_that_is_sent_again_after_a_closing_counts() -> None:
    gate = await gate_with(10, posting=1)
    gate.paused()
    await gate.enter(slot=False)
    gate.refused(2, slot=False)
    assert await gate.back_in()
    gate.refused(2)
    assert await wait_of(gate.enter) == 3


@in_virtual_time
async def test_one_post_alone_goes_through_a_closed_gate() -> None:
    gate = await gate_with(10, posting=1)
    gate.refused(8)
    assert await wait_of(partial(gate.enter, slot=False)) == 8
    assert await keeps_out(gate.enter, 7)
    assert await keeps_out(partial(gate.enter, slot=False), 7)
    gate.accepted(slot=False)
    assert await wait_of(gate.enter) == 0


@in_virtual_time
async def test_a_silent_probe_keeps_the_others_out_for_one_wait() -> None:
    gate = await gate_with(10, posting=1)
    gate.refused(8)
    assert await wait_of(partial(gate.enter, slot=False)) == 8
    assert await wait_of(gate.enter) == 8


@in_virtual_time
async def test_a_probe_that_says_nothing_about_the_gate_is_followed_at_once() -> None:
    gate = await gate_with(10, speaking=1)
    gate.refused(8, slot=False)
    assert await wait_of(partial(gate.enter, slot=False)) == 8
    gate.released(slot=False)
    assert await wait_of(gate.enter) == 0
    gate.released()
    assert await wait_of(partial(gate.enter, slot=False)) == 0
    assert await keeps_out(gate.enter, 7)


@in_virtual_time
async def test_a_late_post_that_says_nothing_about_the_gate_lets_nobody_through() -> None:
    gate = await gate_with(10, speaking=2)
    gate.refused(8, slot=False)
    gate.released(slot=False)
    assert await wait_of(partial(gate.enter, slot=False)) == 8


@in_virtual_time
async def test_each_lane_widens_from_one_after_a_closing() -> None:
    gate = await gate_with(50, posting=4, speaking=1)
    for _ in range(4):
        gate.released()
    gate.refused(1, slot=False)
    await anyio.sleep(1)
    for width in (1, 2, 4, 8, 16, 20, 20):
        for _ in range(width):
            assert await wait_of(partial(gate.enter, slot=False)) == 0
        assert await keeps_out(partial(gate.enter, slot=False), 0.5)
        gate.accepted(slot=False)
        for _ in range(width - 1):
            gate.released(slot=False)
    for width in (1, 2, 4, 4):
        for _ in range(width):
            assert await wait_of(gate.enter) == 0
        assert await keeps_out(gate.enter, 0.5)
        gate.accepted()
        for _ in range(width - 1):
            gate.released()


@in_virtual_time
async def test_a_job_that_ends_lets_one_through_a_closed_gate() -> None:
    gate = await gate_with(10, running=2, speaking=1)
    gate.ended()
    gate.refused(60, slot=False)
    assert await keeps_out(partial(gate.enter, slot=False), 20)
    async with anyio.create_task_group() as group:
        later(5, gate.ended, group)
        assert await wait_of(partial(gate.enter, slot=False)) == 5
    gate.refused(60, slot=False)
    assert await wait_of(partial(gate.enter, slot=False)) == 90


@in_virtual_time
async def test_a_refused_recording_does_not_take_the_slot_that_has_become_free() -> None:
    gate = await gate_with(10, running=2, speaking=1)
    gate.refused(60, slot=False)
    gate.ended()
    await gate.enter(slot=False)
    assert await wait_of(gate.enter) == 0


# The ceiling ------------------------------------------------------------------------------------------------------


@in_virtual_time
async def test_a_refused_job_waits_until_one_of_ours_has_ended_whatever_retry_after_says() -> None:
    gate = await gate_with(10, running=3, posting=1)
    gate.refused(1)
    assert await keeps_out(gate.enter, 19)
    async with anyio.create_task_group() as group:
        later(0.5, gate.ended, group)
        assert await wait_of(gate.enter) == 0.5
    gate.accepted()
    assert await keeps_out(gate.enter, 0.4)


@pytest.mark.parametrize(
    ("running", "waits"),
    [(1, [20, 30, 45, 60, 60]), (9, [20, 30, 45, 60, 60]), (10, [20, 30, 45, 67.5, 101.25, 151.875, 180, 180])],
)
@in_virtual_time
async def test_more_than_the_ceiling_is_tried_at_growing_intervals(running: int, waits: list[float]) -> None:
    gate = await gate_with(50, running=running, posting=1)
    gate.refused(1)
    assert await refused_again(gate, gate.enter, gate.refused, 1, len(waits)) == waits


@pytest.mark.parametrize(("retry_after", "seconds"), [(None, 20), (19, 20), (40, 40), (300, 60)])
@in_virtual_time
async def test_retry_after_may_lengthen_the_wait_for_more(retry_after: float | None, seconds: float) -> None:
    gate = await gate_with(50, running=2, posting=1)
    gate.refused(retry_after)
    assert await wait_of(gate.enter) == seconds


@in_virtual_time
async def test_tries_for_more_go_alone_and_follow_at_once_when_they_succeed() -> None:
    gate = await gate_with(50, running=3, posting=1)
    gate.refused(1)
    assert await refused_again(gate, gate.enter, gate.refused, 1, 2) == [20, 30]
    assert await wait_of(gate.enter) == 45
    for _ in range(6):
        assert await keeps_out(gate.enter)
        gate.accepted()
        assert await wait_of(gate.enter) == 0
    gate.refused(1)
    assert gate.held == 9
    assert await refused_again(gate, gate.enter, gate.refused, 1, 2) == [20, 30]


@in_virtual_time
async def test_a_refilled_slot_is_no_sign_of_more() -> None:
    gate = await gate_with(10, running=3, posting=1)
    gate.refused(1)
    assert await refused_again(gate, gate.enter, gate.refused, 1, 1) == [20]
    gate.ended()
    assert await wait_of(gate.enter) == 0
    gate.accepted()
    assert await wait_of(gate.enter) == 30
    gate.refused(1)
    assert await wait_of(gate.enter) == 45


@in_virtual_time
async def test_several_freed_slots_are_refilled_below_the_ceiling() -> None:
    gate = await gate_with(10, running=5, posting=1)
    gate.refused(1)
    for _ in range(3):
        gate.ended()
    assert await wait_of(gate.enter) == 0
    assert await keeps_out(gate.enter, 15)
    gate.accepted()
    assert await wait_of(gate.enter) == 0
    assert await wait_of(gate.enter) == 0
    gate.accepted()
    gate.accepted()
    assert await wait_of(gate.enter) == 5


@in_virtual_time
async def test_a_refilled_slot_that_is_refused_lowers_the_ceiling() -> None:
    gate = await gate_with(10, running=5, posting=1)
    gate.refused(1)
    gate.ended()
    gate.ended()
    await gate.enter()
    gate.refused(1)
    assert gate.held == 3
    assert await keeps_out(gate.enter, 29)


@in_virtual_time
async def test_what_is_accepted_after_a_closing_raises_the_ceiling_and_a_late_refusal_does_not_lower_it() -> None:
    gate = await gate_with(10, running=3, posting=3)
    gate.refused(1)
    gate.accepted()
    gate.ended()
    gate.refused(1)
    assert gate.held == 3
    assert await wait_of(gate.enter) == 0  # four were allowed
    gate.accepted()
    assert await keeps_out(gate.enter, 19)


@in_virtual_time
async def test_a_late_acceptance_neither_makes_a_try_due_nor_starts_the_waits_anew() -> None:
    gate = await gate_with(10, running=3, posting=2)
    gate.refused(1)
    gate.accepted()
    assert await refused_again(gate, gate.enter, gate.refused, 1, 2) == [20, 30]


@in_virtual_time
async def test_a_full_account_is_filled_again_one_by_one() -> None:
    gate = await gate_with(4, posting=1)
    gate.refused(3)
    assert await wait_of(gate.enter) == 3
    for _ in range(3):
        assert await keeps_out(gate.enter, 60)
        gate.accepted()
        assert await wait_of(gate.enter) == 0
    gate.accepted()
    assert gate.held == 4
    for _ in range(3):
        gate.ended()
    for _ in range(3):
        assert await wait_of(gate.enter) == 0


@in_virtual_time
async def test_when_the_last_of_our_jobs_has_ended_retry_after_counts_again() -> None:
    gate = await gate_with(10, running=1, posting=1)
    gate.refused(5)
    gate.ended()
    assert await wait_of(gate.enter) == 0
    gate.refused(5)
    assert await wait_of(gate.enter) == 5


@in_virtual_time
async def test_a_refused_recording_says_nothing_about_the_ceiling() -> None:
    gate = await gate_with(10, running=4, speaking=1)
    gate.refused(30, slot=False)
    assert await wait_of(gate.enter) == 30
    gate.accepted()
    for _ in range(5):
        assert await wait_of(gate.enter) == 0
        gate.accepted()
    assert gate.held == 10


@in_virtual_time
async def test_refused_recordings_do_not_put_off_the_try_for_more() -> None:
    gate = await gate_with(10, running=4, posting=1, speaking=1)
    gate.refused(1)
    gate.released(slot=False)
    assert await refused_again(gate, partial(gate.enter, slot=False), partial(gate.refused, slot=False), 4, 2) == [1, 4]
    assert await wait_of(gate.enter) == 15
    gate.refused(1)
    assert await wait_of(gate.enter) == 30


@in_virtual_time
async def test_a_try_for_more_waits_as_long_as_the_gate_is_closed() -> None:
    gate = await gate_with(10, running=4, posting=1)
    gate.refused(1)
    await gate.enter(slot=False)
    gate.refused(100, slot=False)
    assert await wait_of(gate.enter) == 100


@in_virtual_time
async def test_recordings_need_not_wait_for_the_try_for_more_nor_for_longer_than_it() -> None:
    gate = await gate_with(10, running=4, posting=1)
    gate.refused(6)
    assert await wait_of(partial(gate.enter, slot=False)) == 6
    gate = await gate_with(10, running=4, posting=1)
    gate.refused(300)
    assert await wait_of(partial(gate.enter, slot=False)) == 60


@in_virtual_time
async def test_refused_tries_for_more_do_not_lengthen_the_wait_of_recordings() -> None:
    gate = await gate_with(10, running=4, posting=1)
    gate.refused(6)
    assert await refused_again(gate, gate.enter, gate.refused, 6, 3) == [20, 30, 45]
    assert await wait_of(partial(gate.enter, slot=False)) == 6


# Whole runs -------------------------------------------------------------------------------------------------------


def recordings(count: int) -> list[Job]:
    return [speech_job(row, f"Text {row}") for row in range(2, count + 2)]


def seconds_of(scenario: Scenario) -> float:
    scenario.run()
    assert sorted(scenario.charges.values()) == [1] * len(scenario.jobs)
    assert set(scenario.statuses()) == {"done"}
    return scenario.offset


@pytest.mark.parametrize("form", ["2", "5", "none", "60"])
def test_sixty_recordings_at_twenty_a_minute_take_about_three_minutes(tmp_path: Path, form: str) -> None:
    scenario = Scenario(tmp_path, recordings(60), rate_per_minute=20, retry_after=form, post_seconds=[0.3, 1.5])
    assert 120 <= seconds_of(scenario) < 200
    assert scenario.refused <= 45


def test_twenty_recordings_that_are_told_to_come_back_in_two_seconds_do_so(tmp_path: Path) -> None:
    script = [{"method": "POST", "nth": "1-20", "fault": "error_before:429"}]
    scenario = Scenario(tmp_path, recordings(20), script=script, retry_after="2", post_seconds=[0.3, 1.5])
    assert seconds_of(scenario) < 2 + 6 * 1.5 + 1
    assert scenario.refused == 20
