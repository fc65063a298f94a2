"""By how much the balance went down while a run was at work, to be held against what its jobs should have cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import anyio

from bulkgen.batch.connection import PATIENCE, whose
from bulkgen.batch.judged import Asked
from bulkgen.batch.planned import Planned
from bulkgen.errors import BulkgenError
from bulkgen.heygen.client import HeyGen, connect
from bulkgen.heygen.me import Pool
from bulkgen.ledger.spending import Charge, End
from bulkgen.ledger.state import State
from bulkgen.retry import RetryBudget

#: The longest that HeyGen may take to say it (seconds): all else is done.
_LONGEST = 5.0

#: Of the budget for what is tried again: nothing is.
_NOTHING = 0.0


async def balance_fell(planned: Planned, states: Mapping[str, State], charged: Iterable[Charge]) -> float | None:
    """By how much, in the currency of the estimates; None where HeyGen does not say, or it would say nothing of this
    run: where nothing finished, something of ours was in progress before or is now, or another pool pays.

    `states`: of the jobs at the end; `charged`: what the run has sent or finished.
    """
    asked, charged = planned.judged.asked, list(charged)
    if not isinstance(asked, Asked):
        return None

    me = asked.me
    if me.amount is None or me.pool is not Pool.WALLET or me.currency != planned.estimator.currency:
        return None

    if me.reload:  # it may have filled itself up meanwhile
        return None

    doubtful = any(charge.end is End.OPEN or charge.times > 1 for charge in charged)
    moving = any(state.under_way for some in (planned.recalled.states, states) for state in some.values())
    if doubtful or moving or all(charge.end is not End.MADE for charge in charged):
        return None

    with anyio.move_on_after(_LONGEST):
        try:
            async with connect(asked.connection.base, asked.connection.key, asked.connection.transport) as http:
                client = HeyGen(http, RetryBudget(tokens=_NOTHING), patience=PATIENCE)
                now = await whose(asked.connection, client)
        except BulkgenError:
            return None

        same = now.account == me.account and now.currency == me.currency
        return round(me.amount - now.amount, 6) if same and now.amount is not None else None
    return None
