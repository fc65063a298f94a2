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
from bulkgen.results.mail_sheet import added_in, fill_mail, mail_digest
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


def add_mail(book: Any, lines: Any, mailing: Mailing | None, theirs: Any, extended: Sequence[str]) -> Mail:
    """The mail merge behind the sheet `lines`, where there is somebody to write to; `extended`: the names of the sheets
    of the workbook `theirs` that have what bulkgen wrote, and a person's columns.
    """
    if mailing is None or not (mailing.lines or extended):
        return Mail(kept=tuple(extended))

    title, whole, kept = _title(book, MAIL_TITLES), mailing, []
    for name in extended:
        added = added_in(theirs[name], mailing)
        if added is None or mailing.lost(added):
            kept.append(name)
        if added is not None:
            whole = whole.with_added(added)
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
