"""Why a job is not done, in the person's words, with what to do next.

Pure. Whose side a cause is on, and the words for each of HeyGen's codes, stand in `codes`.
"""

from __future__ import annotations

import re

from bulkgen.codes import AGAIN, CODES, EDIT, RETRY, Code, Side
from bulkgen.kinds import LIVES
from bulkgen.kinds.life import AfterLoss
from bulkgen.ledger.state import UNSEEN, State, Status, Stuck
from bulkgen.ledger.steps import Policy, passing
from bulkgen.ledger.suspects import Suspect
from bulkgen.model import Reference, lasting
from bulkgen.result_columns import ANSWER_LOST, GONE, HIDDEN, LEFT, PART_FAILED, TOLD_TO_SKIP
from bulkgen.rows.built import BuiltRow

_ONCE_MORE = "--retry-failed tries it once more"

#: Of a job that was made again, or is to be.
_BEFORE = ". What stands here is the result that it had before"

#: What the next run does with a job whose answer was lost.
_LOST = {
    AfterLoss.RESEND: "asks again, and HeyGen may charge it once more",
    AfterLoss.LOOK_UP: "asks again, and it is not paid twice",
    AfterLoss.UNKNOWN: "looks for it in your account, and sends nothing by itself",
}

#: Of what was refused after an answer to the same request was lost.
_MADE_AT_ONCE = f"The {ANSWER_LOST[1]}, so HeyGen may have charged that one"
_MADE_ALL_THE_SAME = f"The {ANSWER_LOST[1]}: every run looks for it in your account before it pays again"


def explain(state: State) -> str:
    """Why a job is not done, whose side it is on, and what to do next; "" for one that is."""
    if state.good is not None and state.needless and not state.in_progress:
        return explain(state.good)

    if state.held is not None:
        return f"{explain_suspect(state.held)}{_BEFORE if state.shown.finished else ''}"

    if state.wished:
        return f"To be made again, as --redo asked{_BEFORE if state.shown.finished else ''}"

    if state.done or state.good is None:
        return _why(state)

    return f"Made again: {_why(state) or 'in progress at HeyGen'}{_BEFORE}"


def tells_of_before(error: str) -> bool:
    """Whether the text stands beside a result that the job had before it was made again."""
    return error.endswith(_BEFORE)


def _why(state: State) -> str:
    found = cause_and_step(state)
    if found is not None:
        return _told(state, *found)

    if state.file_gone:
        return (
            f"The recording was saved as {state.file}, which is not there any more, and its link has expired. Put the "
            "file back, or have it made again (paid): --redo with the number of this row"
        )

    if state.last == "unknown":
        message = state.message or "What became of it is not known"
        adopt = "" if _at_once(state) else " If it is there, --adopt ROW=ID takes it for this row;"
        return (
            f"{message}. Look at HeyGen.{adopt} --retry-unknown looks once more, and makes it again (paid) if need be"
        )

    if state.last == "submitting":
        life = LIVES.get(state.kind)
        return f"HeyGen's {ANSWER_LOST[0]}; the next run {_LOST[life.lost if life else AfterLoss.LOOK_UP]}"

    if state.last == "review":
        theirs = f" (HeyGen: {state.message})" if state.message else ""
        why = state.question.why.rstrip(".") if state.question else ""
        refused = f" HeyGen refused your last answer ({why})." if why else ""
        there = "" if _files(state) else " at HeyGen"
        return f"It waits for you{there}{theirs}.{refused} {_to_answer(state)}, {AGAIN}{_no_answer(state)}"

    if state.done and state.gone:
        again = "--redo with the number of this row makes it again (paid)"
        return f"{GONE}: {state.gone}. bulkgen links asks once more; {again}"

    if state.last == "finished" and state.link:
        return "The recording is made but not downloaded yet: run the same command again"

    return explain_stuck(state.stuck) if state.stuck and state.in_progress else ""


def explain_suspect(suspect: Suspect) -> str:
    """Why a job waits that shares this, and how it comes to be made."""
    fix = "" if suspect.passing else "Put that right, in the sheet or at HeyGen. "
    return (
        f"Waits, and costs nothing: {told_of(suspect)}. {fix}The next run tries one of the rows that wait, and sends "
        "the others if it comes through; --keep-going sends all"
    )


def told_of(suspect: Suspect) -> str:
    """`3 in a row with the avatar look_1 were refused (this avatar can't be used)`."""
    shared = " and ".join(suspect.shared[:3])
    code = CODES.get(suspect.code)
    why = code.cause if code else f"HeyGen gives the code {suspect.code}" if suspect.code else "the job failed"
    theirs = f"; HeyGen: {suspect.message.rstrip('.')}" if suspect.message else ""
    return f"{suspect.jobs:,} in a row with {shared} {'were refused' if suspect.refused else 'failed'} ({why}{theirs})"


def explain_stuck(stuck: Stuck) -> str:
    """That a job takes too long, and what becomes of it."""
    lasted, usual = lasting(stuck.seconds), lasting(stuck.usual)
    return (
        f"Stuck: in progress at HeyGen for {lasted}, where such jobs take up to {usual}. It is asked about still, and "
        "not made again by itself, since both may be charged. If it stays so, give HeyGen's support its id"
    )


def _to_answer(state: State) -> str:
    """What the person does to answer a job that waits for them."""
    life = LIVES.get(state.kind)
    turn = life.turn(state.stage) if life else None
    if turn is None:
        return "Open result_page_url, answer there"

    files = _files(state)
    return re.sub(r"\{(\w+)\}", lambda name: files.get(name[1], "the file that the next run downloads"), turn.how)


def _files(state: State) -> dict[str, str]:
    """The files that the person answers by, by what they are."""
    return {each.what: each.file for each in state.beside if each.digest}


def _no_answer(state: State) -> str:
    """That what stood in the row before is no answer to it."""
    spent = state.question.spent if state.question else ()
    if not spent or UNSEEN in spent:
        return ""

    return (
        ". What the row said already when this was asked is no answer to it: write it in another way; or clear the "
        "cell, run, and write it again"
    )


def explain_waiting(reference: Reference, state: State) -> str:
    """Why a job is not sent that waits for what another row makes; `state`: of the job that makes it."""
    row = f"row {reference.row} ({reference.text})"
    if state.in_review:
        return f"It waits for what {row} makes, which waits for you. See what stands there"

    if state.under_way:
        return f"It waits for what {row} makes, which is in progress: run the same command again"

    if state.shown.finished:
        return f"It needs more than {row} has made: name another part of it, or put an id there"

    if state.last == "unknown":
        return f"It waits for what {row} was to make, and what became of that is not known. See what stands there"

    again = passing(state) and state.failures < Policy().max_attempts
    if state.last in ("", "submitting") or state.wished or again:
        return f"It waits for what {row} makes: run the same command again"

    return f"It waits for what {row} was to make, which came to nothing. Correct that row first"


def explain_fault(fault: str) -> str:
    """Why one of several results is not there, where others are."""
    return f"{PART_FAILED} ({fault.rstrip('.')}): it costs nothing. --redo with the number of this row makes all again"


def explain_left(state: State) -> str:
    """Whose result it is where no row asks for the job any more, and what to do where something is left to do."""
    row = f"Row {state.row} ({state.row_id})" if state.row_id else f"Row {state.row}"
    return _unsent(state, f"{row} {LEFT}: the result of the row as it was")


def explain_withheld(row: BuiltRow, state: State) -> str:
    """How a job stands whose row is left out, and why that is; "" for one that is done."""
    if state.shown.done and state.status is Status.DONE:
        return explain(state)

    return _unsent(state, f"{_why_skipped(row)}, so nothing more is sent for it")


def explain_skipped(row: BuiltRow) -> str:
    """Why a row is left out of which nothing was made, and what to do to have it made."""
    steps = []
    if row.left_out_by:
        steps.append("clear that cell")
    if row.source.hidden:
        steps.append("show the row there and run that sheet again, or add --include-hidden")
    return f"{_why_skipped(row)}. To have it made, {'; '.join(steps)}"


def _why_skipped(row: BuiltRow) -> str:
    whys = [f"{TOLD_TO_SKIP} {row.left_out_by}"] if row.left_out_by else []
    whys += [HIDDEN] if row.source.hidden else []
    return f"The row {' and '.join(whys)}"


def _unsent(state: State, whose: str) -> str:
    """How a job stands that is followed and never sent; `whose`: the sentence to begin with."""
    theirs = f": {state.message}" if state.message else ""
    if state.last == "failed":
        return f"{whose}. HeyGen failed at it{theirs}. It is not made again"

    if state.unresolved:
        return f"{whose}. HeyGen's {ANSWER_LOST[0]}; the next run looks for it in your account"

    if state.last == "unknown":
        return f"{whose}. {state.message or 'What became of it is not known'}. Look at HeyGen"

    more = explain(state)
    return f"{whose}. {more}" if more else whose


def _at_once(state: State) -> bool:
    life = LIVES.get(state.kind)
    return life is not None and life.at_once


def cause_and_step(state: State) -> tuple[str, str] | None:
    """Why a job was refused or has failed, without what HeyGen says of it alone, and what to do next; else None."""
    if state.last not in ("failed", "refused"):
        return None

    code = CODES.get(state.code) or _by_class(state)
    step = code.next_step(passing=passing(state))
    if state.last == "failed" and passing(state) and state.failures >= Policy().max_attempts:
        step = f"It has failed {state.failures} times; {_ONCE_MORE}"
    if state.last == "refused" and state.doubted:
        step += f". {_MADE_AT_ONCE if _at_once(state) else _MADE_ALL_THE_SAME}"
    return f"{code.side}: {code.cause}", step


def _told(state: State, cause: str, step: str) -> str:
    theirs = f" (HeyGen: {state.message})" if state.message else ""
    return f"{cause}{theirs}. {step}"


def _by_class(state: State) -> Code:
    """For a code that we have no words for, or none at all."""
    if state.last == "failed" and passing(state):
        return Code(name=state.code, side=Side.HEYGEN, cause="the job failed", step=RETRY)

    cause = f"HeyGen gives the code {state.code}" if state.code else "HeyGen refused the request"
    if state.last == "failed":
        return Code(name=state.code, side=Side.HEYGEN, cause=cause, step=f"{EDIT}, or {_ONCE_MORE}")

    if passing(state):
        return Code(name=state.code, side=Side.ACCOUNT, cause=cause, step=f"Look at your account at HeyGen, {AGAIN}")

    return Code(name=state.code, side=Side.CELL, cause=cause, step=f"{EDIT}, or {_ONCE_MORE}")
