"""The sheets that stand around the lines of a results workbook: the summary before them, the mail merge behind them,
and those that a person added or changed.

Ours are made anew each time. What a person added at the right of the mail merge is in the new one; where that can't be,
theirs stands beside ours, as does a summary that they changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bulkgen.result_columns import MAIL_TITLES, SUMMARY_TITLES
from bulkgen.results.mail_sheet import Texts, added_in, fill_mail, mail_digest, notes_in, texts_in
from bulkgen.results.mailing import Mailing
from bulkgen.results.other_sheets import sheet_digest, transplant
from bulkgen.results.summary import Summary
from bulkgen.results.summary_sheet import fill_summary

_OURS = (*SUMMARY_TITLES, *MAIL_TITLES)


@dataclass(frozen=True, kw_only=True)
class Mail:
    """What became of the mail merge: the digests of what bulkgen wrote there; its name, where it has a person's
    columns; the names of those sheets that are to be carried over as they are.
    """

    digests: tuple[str, ...] = ()
    extended: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def add_summary(book: Any, summary: Summary) -> str:
    """The summary as the first sheet; gives its digest."""
    title = _title(book, SUMMARY_TITLES)
    fill_summary(book.create_sheet(title, 0), summary)
    return sheet_digest(_twin(title, summary))


@dataclass(frozen=True, kw_only=True)
class Before:
    """What stands in workbooks with results already. `theirs`: the one that is replaced, None without one; `extended`:
    the names of its sheets that have what bulkgen wrote, and a person's columns; `carried`: of those that are a
    person's; `elsewhere`: the mail merges of each further workbook, the latest first.
    """

    theirs: Any = None
    extended: Sequence[str] = ()
    carried: Sequence[str] = ()
    elsewhere: Sequence[Sequence[Texts]] = ()


def add_mail(book: Any, lines: Any, mailing: Mailing | None, before: Before) -> Mail:
    """The mail merge behind the sheet `lines`, where there is somebody to write to, with all that a person noted."""
    if mailing is None or not (mailing.lines or before.extended):
        return Mail(kept=tuple(before.extended))

    title, theirs = _title(book, MAIL_TITLES), before.theirs
    new = [found for name in before.extended if (found := texts_in(theirs[name]))]
    old = [found for name in before.carried if (found := texts_in(theirs[name]))]
    notes = notes_in([*new, *old], mailing)
    for each in before.elsewhere:
        notes = notes.over(notes_in(each, mailing))
    kept, known = list[str](), notes_in(old, mailing)
    for name in before.extended:
        added = added_in(theirs[name], mailing)
        if added is None or not known.has(added, mailing.lost(added)):
            kept.append(name)
        notes = added.over(notes) if added else notes  # of a column too that the person's sheet has by now
    whole = mailing.with_added(notes)
    has_more = whole.headers != mailing.headers
    fill_mail(book.create_sheet(title, book.index(lines) + 1), whole)
    digest = mail_digest(title, mailing, extended=has_more)
    return Mail(digests=(digest,), extended=(title,) if has_more else (), kept=tuple(kept))


def carry(book: Any, lines: Any, theirs: Any, names: Iterable[str]) -> tuple[str, ...]:
    """The sheets of a person's, in place of ours of the same name; a summary or mail merge of theirs beside ours. Gives
    the names that they have.
    """
    made = []
    for name in names:
        before = theirs.sheetnames[: theirs.sheetnames.index(name)]
        title = name
        if name in book.sheetnames and (book[name] is lines or name in _OURS):
            title = _free(name, [*book.sheetnames, *theirs.sheetnames])
        elif name in book.sheetnames:
            book.remove(book[name])
        behind = next((each for each in reversed(before) if each in book.sheetnames), None)
        if title != name and name in _OURS:
            behind = name
        at = book.sheetnames.index(behind) + 1 if behind else min(1, len(book.sheetnames))
        transplant(theirs[name], book.create_sheet(title, at))
        made.append(title)
    return tuple(made)


def _twin(title: str, summary: Summary) -> Any:
    """The summary in a workbook of its own: one that is written line by line can't be looked at."""
    from openpyxl import Workbook

    sheet = Workbook().create_sheet(title)
    fill_summary(sheet, summary)
    return sheet


def _title(book: Any, titles: Sequence[str]) -> str:
    taken = {name.casefold() for name in book.sheetnames}
    return next((title for title in titles if title.casefold() not in taken), "") or _free(titles[0], book.sheetnames)


def _free(name: str, taken: Iterable[str]) -> str:
    known = {each.casefold() for each in taken}
    return next(title for n in range(2, 1000) for title in [f"{name[:26]} {n}"] if title.casefold() not in known)
