"""Which of the ids of assets in a sheet the account has. No list shows all of them.

A few are asked for one by one. Of many a call tells the status of a hundred; only those that it does not know are
asked for then, as far as they are few, so that none is refused by the word of a list alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import anyio

from bulkgen.errors import ApiError, Forbidden
from bulkgen.heygen.client import HeyGen
from bulkgen.heygen.details import ask_each
from bulkgen.kinds.life import Collection
from bulkgen.kinds.outcome import Detail
from bulkgen.model import plural

#: So many are asked for one by one.
SINGLES = 100

#: Ids in a call that tells their statuses (HeyGen's limit).
A_CALL = 100

_UNKNOWN = "not_found"


def _no_detail(_data: Mapping[str, object]) -> Detail:
    return Detail("running")


_ASSETS = Collection(path="/v3/assets", ids_param="asset_ids", read=_no_detail)


async def known_assets(
    client: HeyGen, ids: Sequence[str], limiter: anyio.CapacityLimiter
) -> tuple[frozenset[str], str]:
    """Those of the ids that the account has, or may have; and a note where not all were looked up.

    Raises `Forbidden` where the key may not read assets.
    """
    doubtful, told = list(ids), True
    if len(ids) > SINGLES:
        doubtful, told = await _doubtful(client, ids, limiter)
    gone: set[str] = set()

    async def one(asset_id: str) -> None:
        try:
            await client.one(_ASSETS.path, asset_id)
        except Forbidden:
            raise
        except ApiError as error:
            if error.status == 404 and error.code:  # without one it is the route that is not there
                gone.add(asset_id)

    await ask_each(one, doubtful[:SINGLES], limiter)
    left = len(doubtful) - SINGLES
    if left <= 0:
        note = ""
    elif told:
        note = f"{plural(left, 'more id')} of assets may be none of this account's: only {SINGLES} were asked for."
    else:
        note = f"Of {len(ids):,} ids of assets the first {SINGLES} were looked up, the others were not."
    return frozenset(ids) - gone, note


async def _doubtful(client: HeyGen, ids: Sequence[str], limiter: anyio.CapacityLimiter) -> tuple[list[str], bool]:
    """Those of the ids that HeyGen does not name as the account's; all of them, and False, where it does not say."""
    statuses: dict[str, str] = {}

    async def ask(some: Sequence[str]) -> None:
        statuses.update(await client.statuses(_ASSETS, some))

    try:
        await ask_each(ask, [ids[at : at + A_CALL] for at in range(0, len(ids), A_CALL)], limiter)
    except Forbidden:
        raise
    except ApiError:
        return list(ids), False

    return [each for each in ids if statuses.get(each, _UNKNOWN) == _UNKNOWN], True
