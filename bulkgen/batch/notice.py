"""What a notice says of a run, and when there is one. Pure.

Invariant: counts, money, the name of the sheet and what to type next; no cell's text, no path, and links only where
they are asked for.
"""

from __future__ import annotations

import hashlib
import json
from typing import Literal

from bulkgen.batch.summary import Summary
from bulkgen.errors import Exit
from bulkgen.model import plural
from bulkgen.notices.sending import Notice
from bulkgen.pricing.money import money

#: When a notice is sent.
When = Literal["failure", "change", "always"]

#: How many links a notice has at most.
LINKS = 20

#: What chats make of names: a call of everybody in the room, or a link.
_HARMLESS = str.maketrans({"<": "‹", ">": "›", "@": "＠", "[": "(", "]": ")", "`": "'", "*": "∗"})


def is_nobodys(summary: Summary) -> bool:
    """Whether there was no run to tell of: another one is at work, or the person said no before anything was sent."""
    stopped = summary.exit_code is not Exit.OK and not summary.changed
    return summary.exit_code is Exit.LOCKED or (stopped and not summary.counts)


def due(summary: Summary, when: When, last: str, *, attended: bool) -> bool:
    """Whether this end is told. `last`: the `trouble_of` that was told last; `attended`: a person sees it end.

    The same trouble is told once. Of Ctrl-C at a terminal nobody hears: whoever pressed it knows.
    """
    if when == "always":
        return True

    if summary.exit_code is Exit.INTERRUPTED and attended:
        return False

    if when == "failure" and not needs_somebody(summary):
        return False

    ended = summary.made or summary.failed or summary.unclear or summary.review
    return bool(ended) or (summary.changed and trouble_of(summary) != last)


def needs_somebody(summary: Summary) -> bool:
    return summary.exit_code is not Exit.OK or bool(summary.failed)


def trouble_of(summary: Summary) -> str:
    """What is the matter, as a text that stays the same as long as it does; "" where all is well.

    What is in progress counts for nothing: it is another number at every look.
    """
    if not needs_somebody(summary) and not summary.changed:
        return ""

    counts = {status: number for status, number in summary.counts.items() if status in _TROUBLED}
    told = [int(summary.exit_code), summary.message, counts, summary.mistakes]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


_TROUBLED = ("failed", "invalid", "unknown", "review")


def notice_of(summary: Summary, *, links: bool = False) -> Notice:
    done = summary.exit_code is Exit.OK and not summary.failed
    title = f"{'Rehearsal of ' if summary.sandbox else ''}{summary.sheet}: {_headline(summary)}"
    sort = "success" if done else "warning" if summary.made or summary.exit_code is Exit.NOT_FINISHED else "failure"
    if done and not summary.made:
        sort = "info"
    return Notice(_harmless(title), "\n".join(map(_harmless, _body(summary, links=links))), sort)


def trial(sheet: str) -> Notice:
    """What `bulkgen notify --test` sends; `sheet`: whose notices come this way, "" for those of every sheet."""
    told = f"Notices of {sheet or 'every run'} arrive here. This is a test: nothing was run."
    return Notice("bulkgen: this is a test", _harmless(told))


def _harmless(line: str) -> str:
    """One line of it: a file's name may hold line ends and what chats make more of."""
    return "".join(sign if sign.isprintable() else " " for sign in line.translate(_HARMLESS))


def _headline(summary: Summary) -> str:
    """`12 made, 1 failed`, or what was in the way."""
    told = {
        "made": summary.made,
        "failed": summary.failed,
        "unclear": summary.unclear,
        "waiting for you": summary.review,
    }
    parts = [f"{number:,} {word}" for word, number in told.items() if number]
    if parts:
        return ", ".join(parts)

    if summary.exit_code is Exit.OK:
        return "nothing new" if summary.nothing_new else "done"

    return summary.message or summary.exit_code.about


def _body(summary: Summary, *, links: bool) -> list[str]:
    lines = []
    if summary.counts:
        whole = ", ".join(f"{number:,} {status}" for status, number in summary.counts.items() if number)
        lines.append(f"The whole sheet: {whole}.")
    if summary.bill and not summary.sandbox and (summary.made or summary.bill.made or summary.bill.open):
        lines.append(_cost(summary))
    if summary.mistakes and summary.counts:
        lines.append(f"{plural(summary.mistakes, 'mistake')} to correct in the sheet.")
    if summary.message:
        lines.append(f"Exit code {int(summary.exit_code)}: {summary.message}.")
    if summary.for_others:
        lines.append(f"Next: {summary.for_others}")
    if summary.sandbox:
        lines.append("This was a rehearsal: nothing was really made, and nothing was charged.")
    if links and summary.links:
        lines += [f"Row {each.row}: {each.url}" for each in summary.links[:LINKS]]
        if len(summary.links) > LINKS:
            lines.append(f"and {plural(len(summary.links) - LINKS, 'more link')}, in the results")
    return lines or ["Nothing to do."]


def _cost(summary: Summary) -> str:
    bill = summary.bill
    assert bill, "it was looked at before"
    told = f"Cost of this run: {summary.spent}"
    if bill.open:
        told += f", and up to {money(bill.at_most, bill.currency)} for what is not finished"
    if bill.unpriced:
        told += f", and {plural(bill.unpriced, 'job')} without a known price"
    return f"{told}."
