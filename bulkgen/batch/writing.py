"""The results sheet of a batch: written whole, at any time, from its rows and states.

Invariant: before a results file appears, its mark stands in the resume file. A run that is killed between the two
leaves the file of before, which has a mark too.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zipfile import BadZipFile

from bulkgen.batch.accompanying import NOTHING, Accompanied, accompany
from bulkgen.batch.beside import Made, told_of_kept
from bulkgen.batch.composing import Composer, Contents
from bulkgen.batch.corrected import corrected
from bulkgen.batch.correcting import Correcting, whole_results
from bulkgen.batch.mail_file import MailFile
from bulkgen.batch.on_record import called
from bulkgen.batch.opened import Opened
from bulkgen.batch.target import Found, Kept, Looker, check_unchanged, version_of
from bulkgen.disk.whole import numbered, why_refused
from bulkgen.errors import LedgerError, LockedError
from bulkgen.kinds.outcome import Detail
from bulkgen.ledger.events import Event, written
from bulkgen.ledger.state import State
from bulkgen.result_columns import MAIL_TITLES
from bulkgen.results.additions import Additions
from bulkgen.results.book import ResultsBook
from bulkgen.results.mail_sheet import Texts
from bulkgen.results.mailing import Mailing
from bulkgen.results.mark import Mark, cells_digest, column_digests
from bulkgen.results.seal import digest_of
from bulkgen.results.table import Results
from bulkgen.results.writers import cut_cells, write_results
from bulkgen.rows.built import Built

NOT_MADE = Made()

PROTECTED = "Take the protection off, or keep it by another name."
IN_USE = Kept(why="is open in another program", advice="Close it there.")
OTHER_NOTES = Kept(
    why="has other notes of yours than the latest results",
    advice="Keep what you need of both in one of them, and delete the other.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """Where the results are, and which of its cells are cut; or, without a path, why they can't be written.

    `left_out`: what the person's workbook has and the results have not, told when they are first written.
    """

    path: Path | None = None
    cut: Sequence[str] = ()
    left_out: Sequence[str] = ()
    #: The rows to correct, by themselves; None where there are none.
    failed: Path | None = None
    error: str = ""
    #: Why they are not where they were wanted.
    caution: str = ""
    #: Who can be written to, None where the sheet has no e-mail addresses; and the file that says it for mail tools.
    mailing: Mailing | None = None
    mail_file: Made = NOT_MADE
    #: What stands beside them.
    beside: Accompanied = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """`rows`: of each line, the row that it has in the file; `cut`: the cells that are cut there."""

    rows: Sequence[int]
    cut: Sequence[str]


class Writer:
    """Writes the results of a sheet, as often as wanted.

    `before`: how the jobs stood when it was made. `record`: makes an event durable in the ledger.
    """

    def __init__(
        self,
        opened: Opened,
        built: Built,
        looker: Looker,
        *,
        before: Mapping[str, State],
        record: Callable[[Event], object],
    ) -> None:
        self._opened = opened
        self._looker = looker
        self._record = record
        self._whole = whole_results(opened, looker.record.events)
        self._workbook = self._whole.workbook if self._whole else opened.workbook
        self._correcting = Correcting(opened, looker, self._workbook, record)
        self._mail_file = MailFile(opened, looker, record)
        self._composer = Composer(opened, built, looker.record, self._whole, self._mail_file)
        #: As they are likely to stand in the file: by it is told what somebody else has changed there.
        self._latest = self._composer.lines(before, {})[1]
        self._left_out: tuple[str, ...] = ()
        self._moved: dict[str, str] = {}

    def links(self, states: Mapping[str, State]) -> dict[str, Detail]:
        """Links that the last results sheet still has; asking HeyGen for each again would be a call per job."""
        shown = {key: state.shown for key, state in states.items()}
        wanted = {state.id: key for key, state in shown.items() if state.finished and not state.link}
        links: dict[str, Detail] = {}
        for path in numbered(self._opened.places.results):
            found = self._looker.look(path, self._latest)
            links |= found.links
            if not found.kept:
                break
        last = self._looker.last(self._latest)
        links |= last.links if last else {}
        known = {key: links[job_id] for job_id, key in wanted.items() if job_id in links}
        return {key: detail for key, detail in known.items() if _has_all(detail, shown[key])}

    def write(self, states: Mapping[str, State], details: Mapping[str, Detail]) -> Writing:
        """Writes the results as they are by now, with what stands beside them. Never raises: a run goes on without."""
        opened, events, contents = self._opened, self._looker.record.events, self._composer.composed(states, details)
        found, mailing = contents.entries, contents.mailing
        writing = replace(self._write(contents), mailing=mailing, mail_file=self._mail_file.write(mailing))
        if writing.path is None:
            return writing

        if self._whole is not None:  # the page is of all rows, and these are a few of them
            whole = corrected(opened, writing.path, states, events)
            if whole is None:
                return writing

            opened, found = whole.opened, whole.entries
        return replace(writing, beside=accompany(opened, found, details, results=writing.path, events=events))

    def _write(self, contents: Contents) -> Writing:
        places = self._opened.places
        kept: list[tuple[str, Kept]] = []
        added: tuple[Additions, ...] = ()
        merges: list[Sequence[Texts]] = []
        try:
            for path in numbered(places.results):
                found = self._looker.look(path, self._latest)
                if found.version is None:  # what the person added to files that are kept goes along
                    found = replace(found, additions=added)
                done = found.kept or self._written(contents, path, found, merges)
                if isinstance(done, Kept):
                    kept.append((path.name, done))
                    merges.insert(0, found.merges)
                    added += found.additions
                    continue

                self._latest = contents.results
                failed = self._correcting.write(contents.results, done.rows)
                return Writing(
                    path=path,
                    cut=done.cut,
                    left_out=self._left_out,
                    failed=failed.path,
                    caution=" ".join(filter(None, (_told(kept, path), *self._sheets_told(path), failed.caution))),
                )
        except LockedError:
            return Writing(error="The results are left to the run that has taken over this sheet.")
        except OSError as error:
            return Writing(
                error=f"The results can't be written to {places.results}: {error.strerror or error}. Nothing is lost: "
                f"everything stands in {places.resume.name}. Correct that, then run the same command again."
            )

        return Writing(error=f"The results can't be written: {places.results} and its siblings all are to be kept.")

    def _written(self, contents: Contents, path: Path, found: Found, merges: Sequence[Sequence[Texts]]) -> Kept | _Done:
        """Writes the file, or says why it can't be replaced; `merges`: of the files that are kept. Raises `OSError`."""
        results, additions, last = contents.results, found.additions, self._looker.last(self._latest)
        returned = last.additions if last and last.path != path else ()  # from a sibling, with what was added there
        merges = [last.merges, *merges] if last and last.path != path else merges
        for each in (*additions, *returned):
            results = each.carry(results)
        if found.version and any(spot for each in returned for spot in each.lost(results, changed=False)):
            return OTHER_NOTES

        def put(temporary: Path, target: Path) -> Path:
            check_unchanged(target, found.version)
            mark = _mark_of(contents.results, temporary, book, edited=found.edited or self._whole is not None)
            if found.own is not None and replace(mark, digest=found.own.digest) == found.own:
                return target  # the sheet itself has all of it

            self._mark(mark, found.path)
            version = version_of(temporary)
            temporary.replace(target)
            after = replace(found, version=version, additions=(*additions, *returned), own=None)
            after = replace(after, carried=book.carried if book else (), extended=book.extended if book else ())
            self._looker.replaced(after)
            self._moved |= book.moved if book else {}
            return target

        try:
            book = (
                None
                if path.suffix.casefold() == ".csv"
                else self._book(replace(contents, results=results), found, merges)
            )
            write_results(results, path, delimiter=self._opened.table.delimiter or ",", book=book, put=put)
        except PermissionError as error:
            if not path.exists():
                raise

            why = why_refused(error)
            return IN_USE if why == IN_USE.why else Kept(why=why, advice=PROTECTED)
        except (KeyError, ValueError, BadZipFile):  # a workbook with further sheets that is changed at this moment
            if not (found.carried or found.extended):
                raise

            return IN_USE
        rows = book.rows if book else range(2, len(results.lines) + 2)
        return _Done(rows=rows, cut=cut_cells(results, path, book))

    def _book(self, contents: Contents, found: Found, merges: Sequence[Sequence[Texts]]) -> ResultsBook:
        book = ResultsBook(
            contents.results,
            source=self._workbook,
            summary=contents.summary,
            mailing=contents.mailing,
            standing=found.path,
            carried=found.carried,
            extended=found.extended,
            elsewhere=merges,
        )
        if not self._looker.record.marks(found.path):
            self._left_out = book.left_out
        return book

    def _sheets_told(self, path: Path) -> list[str]:
        """Where the sheets are that bulkgen makes itself, and a person changed."""
        return [_sheet_told(name, title, path) for name, title in self._moved.items()]

    def _mark(self, mark: Mark, path: Path) -> None:
        """Makes the mark of the file durable; without it the file is known by what is in it."""
        marks = self._looker.record.marks(path)
        if not marks or marks[-1].digest != mark.digest:
            event = written(
                called(path, self._opened.places.resume),
                digest=mark.digest,
                columns=sorted(mark.columns),
                cells=mark.cells,
                others=sorted(mark.others),
                edited=mark.edited,
                touched=mark.touched,
            )
            with contextlib.suppress(LedgerError):
                self._record(event)


def _has_all(detail: Detail, state: State) -> bool:
    """Whether it has links to all parts of a job that has several; a person may have taken lines out."""
    there = {part.id for part in detail.parts}
    return all(part.id in there for part in state.parts if not part.fault)


def _mark_of(results: Results, file: Path, book: ResultsBook | None, *, edited: bool) -> Mark:
    columns = column_digests(results.headers)
    return Mark(
        digest=digest_of(file),
        columns=frozenset(columns),
        cells=cells_digest(results.headers, results.lines, columns),
        others=frozenset(book.others if book else ()),
        edited=edited,
        touched=bool(book and book.has_look),
    )


def _sheet_told(name: str, title: str, path: Path) -> str:
    if name in MAIL_TITLES:
        return (
            f'"{name}" of {path.name} says what the new one does not: it is in "{title}" now. The new one has your '
            "columns, with what they say of whom it names."
        )

    return (
        f'You changed the sheet "{name}" of {path.name}, which is made anew each time: yours is "{title}" now, and '
        "its figures are old. Delete it when you don't need it, and write notes in a sheet of your own."
    )


def _told(kept: Sequence[tuple[str, Kept]], path: Path) -> str:
    """`leads.results.csv was …, so it stays as it is: the results are in leads.results-2.csv.` And what to do."""
    told = told_of_kept([f"{name} {each.why}" for name, each in kept], path, what="the results are in")
    advice = " ".join(dict.fromkeys(each.advice for _, each in kept))
    return f"{told} {advice}".strip()
