"""How a call that costs money is carried out.

Each takes the same steps: replay what the key stands for already, else judge the request, and enter the order. A
caller that gives up while it waits for the answer can have it again by the same key; where HeyGen takes no key, every
call is an order of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bulkgen.sandbox.account import Account
from bulkgen.sandbox.bodies import read_body, read_key
from bulkgen.sandbox.messages import Answer, Request, data
from bulkgen.sandbox.orders import Order, Render, Wish
from bulkgen.sandbox.settings import Body


def order(
    account: Account, request: Request, judge: Callable[[Body], Sequence[Wish]], told: Callable[[Order], object]
) -> Answer:
    """A call with an Idempotency-Key: `judge` says what is asked for, `told` what is answered."""
    path, key = request.path, read_key(request)
    found = account.earlier(path, key) if key else None
    replayed = found is not None
    if found is None:
        body = read_body(request)
        wishes = judge(body)
        found = account.accept(path, key, wishes, account.settings.failure_of(path, body))
    jobs = tuple(render.id for render in found.renders)
    return replace(data(told(found)), jobs=jobs, replayed=replayed)


def order_keyless(
    account: Account, request: Request, judge: Callable[[Body], Wish], told: Callable[[Render], object]
) -> Answer:
    """A call that takes no Idempotency-Key, and makes one job."""
    body = read_body(request)
    wish = judge(body)
    render = account.accept(request.path, "", [wish], account.settings.failure_of(request.path, body)).renders[0]
    return replace(data(told(render)), jobs=(render.id,))
