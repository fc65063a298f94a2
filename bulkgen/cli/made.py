"""What a short run has made, on the screen: links, files, and what to look at after a test. Pure."""

from __future__ import annotations

from bulkgen.batch.outcome import Ran
from bulkgen.cli.wrapping import kept
from bulkgen.errors import Exit
from bulkgen.kinds import KINDS
from bulkgen.kinds.outcome import Links
from bulkgen.ledger.state import Status
from bulkgen.model import plural, shorten
from bulkgen.results.entries import Entry

#: From more jobs than this nobody copies a link off the screen: the results have them all.
FEW = 10


def report_made(ran: Ran, *, on_screen: bool) -> str:
    """The links after `--test` and `--limit`, as far as they are few; "" where nothing is to be told.

    `on_screen`: a person reads it. A link that lets anybody in while it lasts is not for a file or a mail of cron's.
    """
    settings = ran.planned.judged.opened.settings
    made = ran.made
    if (settings.test is None and settings.limit is None) or not 0 < len(made) <= FEW:
        return ""

    lines = [line for entry in made for line in _lines(entry, ran, on_screen=on_screen)]
    if ran.planned.judged.tests:
        kinds = [KINDS[name] for name in dict.fromkeys(entry.kind for entry in made)]
        lines += [f"What to check in the {kind.noun}: {kind.look_at}." for kind in kinds]
        if ran.nothing_new:
            lines.append("The test was made before: nothing was sent.")
    return "\n".join(lines)


def report_after_test(ran: Ran, again: str) -> str:
    """What to type once the test looks right; "" where there is nothing left to make. `again` makes the rest."""
    judged = ran.planned.judged
    others = [entry for entry in ran.entries if not entry.row.selected and entry.row.source.number in judged.tested_of]
    left = {entry.job.fingerprint for entry in others if entry.job and entry.status is Status.QUEUED}
    if not judged.tests or ran.exit_code is not Exit.OK or not left:
        return ""

    wrong = sum(entry.status is Status.INVALID for entry in others)
    makes = "makes the other job" if len(left) == 1 else f"makes the other {len(left):,} jobs"
    if wrong and not judged.opened.settings.skip_invalid:
        again = f"{again}{kept(' --skip-invalid')}"
    if wrong:
        makes += f" and leaves out {plural(wrong, 'row')} with mistakes"
    return f"Next, if it is right: {again}   ({makes}; what is made is not made again)"


def _lines(entry: Entry, ran: Ran, *, on_screen: bool) -> list[str]:
    job, state = entry.job, entry.state.shown
    detail = entry.detail(ran.details)
    links = detail.links if detail else Links()
    expiring = {"video": links.asked_for, "sound": links.audio or state.link, "captions": links.captions}
    told = {"page": links.page, "file": state.file, **(expiring if on_screen else {})}
    lines = [f"  {name:<8}  {place}" for name, place in told.items() if place]
    if not on_screen and any(expiring.values()):
        lines.append("  The links that expire are in the results.")
    part = f"part {entry.part}" if entry.part else ""
    names = ", ".join(filter(None, (entry.row.row_id, job.language if job else "", part)))
    return [f"Row {entry.row.source.number:,}{f' ({shorten(names, 60)})' if names else ''}:", *lines]
