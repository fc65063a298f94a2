"""The tool that spends money. What it makes was checked, is counted and capped in the call, and, where the assistant's
program can ask, was agreed to by the person.

Invariant: the run gets the plan's digest, and sends nothing where its own plan, made under the sheet's lock, has
another. So a call that comes twice, or late, or beside another one, pays nothing twice.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import anyio
from mcp.server.mcpserver import AcceptedElicitation, Elicit, ElicitationResult, Resolve
from pydantic import BaseModel, Field

from bulkgen.errors import Exit, InputError
from bulkgen.kinds import KINDS
from bulkgen.ledger.begun import Begun, begun_with
from bulkgen.ledger.history import fold
from bulkgen.ledger.lock import is_held
from bulkgen.ledger.resume_file import read_events
from bulkgen.mcp.checks import Check
from bulkgen.mcp.desk import Desk
from bulkgen.mcp.limits import ROUNDING, allowed, confirm, of_run
from bulkgen.mcp.marks import Marks, marks
from bulkgen.mcp.records import LastRun, Making
from bulkgen.mcp.runs import Run
from bulkgen.mcp.sheets import Sheet
from bulkgen.mcp.telling import Here, desk_of, tool
from bulkgen.model import plural
from bulkgen.pricing.money import money

#: How long it is waited for a run to begin, or to say why it can't (seconds), and how often that is looked at.
BEGINS_WITHIN = 30.0
_LOOK_EVERY = 0.2

#: A larger limit (US dollars) is a slip, or none at all.
LARGEST_CAP = 1_000_000

#: A run that ends so soon after its start was too late: another one has the plan. What it was allowed to spend stays
#: taken, since a run that another one took over from may have sent something.
_TOO_LATE = (Exit.MISTAKES, Exit.LOCKED)

#: The revision of the protocol from which on questions are returned as answers of a call.
_RETURNED_SINCE = "2026-07-28"

_AFTER = "Call sheet_status with wait_s 45, again and again, until running is false; then show the person the table."

Plan = Annotated[str, Field(description="the plan that check_sheet named", min_length=8, max_length=64)]
Videos = Annotated[int, Field(description="how many are made: `videos` of that check, as the person agreed to", ge=0)]
Cap = Annotated[
    float,
    Field(
        description="what they may cost at most, in US dollars, as the person agreed to",
        ge=0,
        le=LARGEST_CAP,
        allow_inf_nan=False,
    ),
]


class Agreed(BaseModel):
    """The person's answer; or, where they can't be asked, that the call itself says it."""

    make: bool = Field(title="Make them", description="Yes: make them, and pay for them. No: nothing is sent.")


class Unasked(Agreed):
    """Nobody was asked, since nothing was to be sent as things stood."""


@tool
async def agreement(sheet: str, plan: str, videos: int, max_cost_usd: float, here: Here) -> Elicit[Agreed] | Agreed:
    """Whether they are to be made: a question to the person where they can be asked, else what the call itself says.

    Raises what speaks against it, so that nobody is asked for nothing.
    """
    desk = desk_of(here)
    path = desk.folder.sheet(sheet)
    check = desk.checks.with_plan(path, plan)
    if check is None or desk.runs.is_at_work(path, check.places.lock):
        return Unasked(make=True)  # nothing is sent: the tool says why

    confirm(desk.allowance, check, videos, max_cost_usd)
    if not videos or not _can_ask(here):
        return Agreed(make=True)

    return Elicit(_question(desk, check, max_cost_usd), Agreed)


@tool
async def make_videos(
    sheet: Sheet,
    plan: Plan,
    videos: Videos,
    max_cost_usd: Cap,
    answer: Annotated[ElicitationResult[Agreed], Resolve(agreement)],
    *,
    here: Here,
) -> Making:
    """Makes the videos of a plan that check_sheet named: THIS COSTS THE PERSON'S MONEY, up to max_cost_usd. Only after
    the person has agreed to this count and this cost. A sheet that was changed since the check is refused. It starts a
    run that goes on by itself, and returns at once. The same call, given twice, pays nothing twice: it says how far the
    plan is. Never change max_cost_usd or videos to get past a refusal: tell the person what was refused."""
    desk = desk_of(here)
    path = desk.folder.sheet(sheet)
    if not isinstance(answer, AcceptedElicitation) or not answer.data.make:
        return Making(
            sheet=sheet,
            state="declined",
            plan=plan,
            videos=videos,
            message="The person said no. Nothing was sent.",
            next="Ask the person what they would like instead. Do not call make_videos again before they say so.",
        )

    until = anyio.current_time() + BEGINS_WITHIN
    async with desk.starting[path]:
        check = desk.checks.with_plan(path, plan)
        places = check.places if check else (await anyio.to_thread.run_sync(desk.open, path)).opened.places
        begun, done = await anyio.to_thread.run_sync(_progress, places.resume, plan)
        at_work = desk.runs.is_at_work(path, places.lock)
        if begun and (check is None or at_work or begun.sent):
            return _already(sheet, plan, begun, done, at_work=at_work)

        if at_work:
            raise InputError(
                "A run is at work on this sheet, or just beginning: sheet_status shows how far it is. Nothing was "
                "started. Once it has ended, check the sheet again."
            )

        if check is None:
            raise InputError(
                f"There is no such plan now ({plan}): the sheet, its recipe or its results have changed since it was "
                "checked, or this server has not checked it. Nothing was started. Call check_sheet again, show the "
                "person what it says, and make the plan that it names."
            )

        if isinstance(answer.data, Unasked):  # it has become possible a moment ago
            raise InputError("The sheet has just changed. Nothing was started. Call make_videos again.")

        confirm(desk.allowance, check, videos, max_cost_usd)
        return await _start(desk, check, plan, max_cost_usd, begun, until)


async def _start(desk: Desk, check: Check, plan: str, cap: float, before: Begun | None, until: float) -> Making:
    """A run of the plan, begun; what it may spend counts against the server's limit unless it could not begin.

    `before`: the latest run with the same plan, which came to nothing; `until`: how long it is waited for (the loop's
    time).
    """
    amount = allowed(check, cap) if check.videos else 0.0
    options = ["--plan", plan, "--max-cost", f"{of_run(check, amount):.2f}"]
    options += ["--rows", check.rows] if check.rows else []
    options += ["--sandbox"] if desk.options.sandbox else []
    desk.allowance.spend(amount)
    try:
        run = desk.runs.start(check.sheet, *options)
    except OSError as error:
        desk.allowance.give_back(amount)
        raise InputError(f"No run can be started here ({error.strerror}). Nothing was sent.") from error

    begun = None
    with anyio.CancelScope(deadline=until):
        begun = await _begun(run, check, plan, before)
    ended = run.ended
    if ended and begun is None:  # its last moments, which nobody may have looked at: what it paid is not given back
        begun = await _latest(check, plan, before)
    if ended and begun and ended.exit_code in _TOO_LATE:
        now, done = await anyio.to_thread.run_sync(_progress, check.places.resume, plan)
        at_work = desk.runs.is_at_work(check.sheet, check.places.lock)
        return _already(desk.folder.name_of(check.sheet), plan, now or begun, done, at_work=at_work)

    if ended and begun is None and ended.exit_code not in (Exit.OK, Exit.SOME_FAILED, Exit.NOT_FINISHED):
        desk.allowance.give_back(amount)
        if ended.exit_code == Exit.MISTAKES:
            desk.checks.forget(check.sheet)  # what it found is not so any more
        raise InputError(f"The run could not begin (exit code {ended.exit_code}): {ended.message}")

    return Making(
        sheet=desk.folder.name_of(check.sheet),
        state="started",
        plan=plan,
        videos=check.videos,
        sent=len(begun.sent) if begun else 0,
        max_cost_usd=amount,
        message=_started(check, amount, is_sure=begun is not None or not check.videos, ended=ended),
        next=_AFTER,
    )


async def _begun(run: Run, check: Check, plan: str, before: Begun | None) -> Begun | None:
    """What the resume file says of the run, once it has begun; None where it could not, or has nothing to send."""
    resume = check.places.resume
    seen: Marks | None = None
    while True:
        over = run.ended is not None or (not check.videos and is_held(check.places.lock))
        if over or marks(resume) != seen:
            seen = marks(resume)
            begun = await _latest(check, plan, before)
            if begun or over:
                return begun

        await anyio.sleep(_LOOK_EVERY)


async def _latest(check: Check, plan: str, before: Begun | None) -> Begun | None:
    """The latest run with the plan; None where that is still the one before."""
    begun, _done = await anyio.to_thread.run_sync(_progress, check.places.resume, plan)
    return begun if begun and (before is None or begun.at != before.at) else None


def _started(check: Check, amount: float, *, is_sure: bool, ended: LastRun | None) -> str:
    if ended and ended.exit_code != Exit.OK:
        return f"A run began and has ended already (exit code {ended.exit_code}): {ended.message}"

    if not check.videos:
        return "A run collects what is on its way at HeyGen. Nothing is paid for that."

    what = f"{plural(check.videos, 'job')} for at most {money(amount, 'usd')}"
    if not is_sure:
        return f"A run is starting, which makes {what}. It has sent nothing yet."

    high = check.cost.high
    less = high is None or high > amount + ROUNDING
    word = " They may cost more than that: then the run stops before the last of them." if less else ""
    return f"A run is at work: {what}. It goes on by itself, also when this program is closed.{word}"


def _progress(resume: Path, plan: str) -> tuple[Begun | None, int]:
    """The latest run with the plan, None where there was none; and how many of the jobs that it sent are done."""
    events = read_events(resume)[0]
    begun = begun_with(events, plan)
    states = fold(events).states if begun and begun.sent else {}
    return begun, sum(state.shown.finished for key, state in states.items() if begun and key in begun.sent)


def _already(sheet: str, plan: str, begun: Begun, done: int, *, at_work: bool) -> Making:
    how = "and is at work" if at_work else "and its run has ended"
    rest = "" if at_work or done >= begun.jobs else " For the rest, call check_sheet: it names a new plan."
    return Making(
        sheet=sheet,
        state="already_begun",
        plan=plan,
        videos=begun.jobs,
        sent=len(begun.sent),
        done=done,
        message=f"This plan was begun already ({begun.at}), {how}: {done:,} of {begun.jobs:,} done. Nothing was "
        f"started again, and nothing is paid twice.{rest}",
        next=_AFTER if at_work else "sheet_status shows every row, with its links.",
    )


def _question(desk: Desk, check: Check, cap: float) -> str:
    cost = check.cost
    amounts = [money(amount, "usd") for amount in (cost.likely, cost.low, cost.high) if amount is not None]
    about = f" Estimated cost: about {amounts[0]} ({amounts[1]}–{amounts[2]})." if len(amounts) == 3 else ""
    kinds = " and ".join(plural(count, KINDS[kind].noun) for kind, count in check.kinds.items())
    what = f"Make {kinds} from {desk.folder.name_of(check.sheet)}?"
    rehearsal = " This is a rehearsal: nothing is really charged." if desk.options.sandbox else ""
    return f"{what}{about} At most {money(allowed(check, cap), 'usd')} will be spent.{rehearsal}"


def _can_ask(here: Here) -> bool:
    """Whether the assistant's program puts questions to the person: by what this connection carries in each of the two
    eras of the protocol."""
    found = here.client_capabilities
    asks = found.elicitation if found else None
    if asks is None or (asks.form is None and asks.url is not None):
        return False

    returned = (here.protocol_version or "") >= _RETURNED_SINCE
    return returned or here.session.can_send_request
