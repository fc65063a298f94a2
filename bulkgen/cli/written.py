"""What a command has left beside the sheet, as a person reads it: links, files, who can be written to. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import PurePath

from bulkgen.batch.outcome import links_work_until
from bulkgen.batch.writing import Writing
from bulkgen.cli.wrapping import kept
from bulkgen.kinds.outcome import Detail
from bulkgen.ledger.events import format_moment
from bulkgen.model import listed, plural
from bulkgen.result_columns import MAIL_COLUMNS, MAIL_TITLES
from bulkgen.results.entries import Entry
from bulkgen.results.mailing import Reach
from bulkgen.texts import XLSX_TEXT


def report_writing(writing: Writing) -> list[str]:
    """Why the results, and what stands beside them, are not where, or as, they were wanted."""
    cautions = (writing.error, writing.caution, writing.mail_file.caution, *writing.beside.cautions)
    messages = [each for each in cautions if each]
    if writing.path and writing.cut:
        messages.append(
            f"{listed(writing.cut)} of {writing.path.name}: cut, since a cell of a workbook holds no more than "
            f"{XLSX_TEXT:,} characters. Your sheet has the whole text; so have results in a CSV: --out NAME.csv."
        )
    if writing.path and writing.left_out:
        messages.append(
            f"{writing.path.name} is a copy of your workbook without {listed(writing.left_out)}. Your own file has "
            "all of it."
        )
    return messages


def report_mail(writing: Writing) -> str:
    """`Mail merge: mail.csv (12 people; left out: 3 hidden in your sheet)`; the Summary of a workbook tells more.

    "" where nobody can be written to, or no file says it.
    """
    mailing, path = writing.mailing, writing.mail_file.path
    in_sheet = writing.path is not None and writing.path.suffix.casefold() != ".csv"
    if mailing is None or not (path or (in_sheet and mailing.lines)):
        return ""

    mailing = mailing.for_csv() if path else mailing
    where = kept(str(path)) if path else f"the sheet {MAIL_TITLES[0]} in it"
    told = plural(len(mailing.lines), "person", "people")
    if expiring := len(mailing.lines) - mailing.reached.get(Reach.PAGE, 0):
        which = "all" if expiring == len(mailing.lines) else f"{expiring:,}"
        told += f", {which} with a link that expires: see {MAIL_COLUMNS[-1]}"
    left = ", ".join(f"{count:,} {why}" for why, count in mailing.left_out.items())
    told += f"; left out: {left}" if left else ""
    return f"Mail merge: {where} ({told})"


def report_links(
    entries: Iterable[Entry], details: Mapping[str, Detail], command: str, *, renewed: int = 0
) -> list[str]:
    """Until when the links of these lines work; `command` renews them, `renewed` of them were just now."""
    until = links_work_until(entries, details)
    if until is None:
        return []

    lines = [f"Renewed the links to {plural(renewed, 'result')}."] if renewed else []
    if not until:
        return [*lines, f"Links to some results have expired, or are not known. To renew them: {command}"]

    return [
        *lines,
        f"Links to results work until {format_moment(until)}; the address in result_page_url stays. To renew them: "
        f"{command}",
    ]


def report_files(entries: Iterable[Entry]) -> str:
    """`Files: leads.files (40)`: the folders that have files of these lines, and of how many; "" without any."""
    counts = Counter(str(PurePath(file).parent) for file in {entry.state.shown.file for entry in entries} if file)
    told = listed([f"{kept(folder)} ({count:,})" for folder, count in sorted(counts.items())], 3)
    return f"Files: {told}" if told else ""
