"""A sheet, read, with the files that belong to it: the first stage of a batch."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from bulkgen.batch.places import Places, find_places, is_failed_name, keep_apart
from bulkgen.batch.price_source import read_prices
from bulkgen.batch.remembered import remember
from bulkgen.batch.settings import Settings
from bulkgen.batch.source import find_source
from bulkgen.batch.ticks import Ticks, TicksFile, ticks_in
from bulkgen.errors import InputError, SheetUnclear
from bulkgen.kinds.columns import is_link
from bulkgen.model import Table, listed, shorten
from bulkgen.pricing.prices import Prices
from bulkgen.results.listing import is_listing
from bulkgen.results.mailing import width_of
from bulkgen.rows.build import ReadOptions
from bulkgen.rows.file_pattern import FilePattern
from bulkgen.rows.header_line import better_header, known, recognised
from bulkgen.rows.headings import read_headings
from bulkgen.rows.left_out import hidden_as_before
from bulkgen.rows.own_rows import own_rows
from bulkgen.rows.selection import Selection
from bulkgen.sheet import WORKBOOKS, read_piped, read_sheet
from bulkgen.sheet.companions import is_mail
from bulkgen.sheet.google import SIZE_LIMIT, fetch


@dataclass(frozen=True, kw_only=True)
class Opened:
    """`source`: the sheet as the person named it; `folder`: where its relative paths begin (None: not known).

    `settings`: what was typed, and what files say besides; `sources`: those files, as a person calls them; `lowered`:
    the settings whose amount is that of the Settings sheet.
    """

    source: str
    settings: Settings
    recipe: Path | None
    sources: tuple[str, ...]
    lowered: frozenset[str]
    table: Table
    places: Places
    prices: Prices
    read_options: ReadOptions
    folder: Path | None
    #: The sheet's workbook as it was read, for its look; b"" for a CSV.
    workbook: bytes = field(default=b"", repr=False)
    #: The Google Sheet that was fetched; "" for a file.
    link: str = ""
    #: What `--redo` names; where a file says it, as it does.
    redo: Selection | Ticks = field(default_factory=Selection)

    @property
    def corrects(self) -> bool:
        """Whether these are the rows of another sheet that were to be corrected."""
        return is_failed_name(Path(self.source))

    def from_here(self) -> Opened:
        """The same files from wherever the process works by now; they keep their short names where it has not moved."""
        if self.folder is None or self.folder == working_folder():
            return self

        source = self.source if is_link(self.source) or self.source == "-" else str(self.folder / self.source)
        return replace(self, source=source, places=self.places.within(self.folder))


def working_folder() -> Path | None:
    try:
        return Path.cwd()
    except OSError:  # it was removed
        return None


def open_sheet(source: str, settings: Settings) -> Opened:
    """Raises `InputError` for a sheet that can't be had or read, or whose header line is not where it should be."""
    folder, found = working_folder(), find_source(source)
    path, link = found.path, found.link
    data = fetch(link) if link else read_piped() if source == "-" else _workbook(path)
    remembered = remember(path, data, settings)
    settings = remembered.settings
    prices = read_prices(settings.prices)
    table = own_rows(_read(path, data, settings), settings.renames)
    _check_headers(table, path, settings)
    if settings.name is not None:
        FilePattern(settings.name, read_headings(table, settings.renames, settings.defaults), table.name)
    table = hidden_as_before(table, settings.renames, settings.defaults)
    places = find_places(
        path,
        out=settings.out,
        resume=settings.resume,
        sandbox=settings.sandbox,
        tab=table.name,
        siblings=table.siblings,
        mailmerge=settings.mailmerge,
    )
    keep_apart(path, places, settings.log_file or (places.log if settings.log_format else None))
    _check_rows(table, settings)
    read_options = ReadOptions(
        places.stem,
        defaults={**({"type": settings.kind} if settings.kind else {}), **settings.defaults},
        renames=settings.renames,
        selection=settings.rows,
        include_hidden=settings.include_hidden,
        sheet=table.name if table.siblings > 1 else "",
        said_by=remembered.said_by,
        examples=settings.sandbox,
    )
    return Opened(
        source=found.named,
        settings=settings,
        recipe=remembered.recipe,
        sources=remembered.sources,
        lowered=remembered.lowered,
        table=table,
        places=places,
        prices=prices,
        read_options=read_options,
        folder=folder,
        workbook=data if data is not None and not table.delimiter else b"",
        link=link,
        redo=_redo(settings.redo),
    )


def _workbook(path: Path) -> bytes | None:
    """The bytes of a workbook, so that what is read is one moment of it; None for what is none or can't be read."""
    try:
        is_one = path.suffix.casefold() in WORKBOOKS and path.stat().st_size <= SIZE_LIMIT
        return path.read_bytes() if is_one and path.is_file() and not path.name.startswith("~$") else None
    except (OSError, ValueError):
        return None


def _redo(given: Selection | TicksFile) -> Selection | Ticks:
    return ticks_in(read_sheet(given.path), str(given)) if isinstance(given, TicksFile) else given


def _read(path: Path, data: bytes | None, settings: Settings) -> Table:
    """The table, below the titles that may stand above its headers. Raises `InputError` where those can't be told."""
    recognise = _is_ours if path.stem.endswith(".check") else recognised
    read = partial(read_sheet, path, data=data, recognise=recognise)
    table = read(sheet=settings.worksheet, header_row=settings.header_row)
    if _is_merge(table):
        rows = _sheets_of_rows(partial(read_sheet, path, data=data, recognise=recognise))
        named = f"Name the sheet of rows: {rows}." if rows else "Run the sheet that it was made from."
        raise InputError(
            f"{table.name if table.delimiter else repr(table.name)} is a list for mail tools, which bulkgen made of "
            f"videos that are done; run, it would make them again, and bill them. {named}"
        )

    if settings.header_row is not None or is_listing(table.headers):
        return table

    better = better_header(table, settings.renames, settings.defaults)
    if better is None:
        return table

    if not better.clear:
        raise InputError(
            f"Row {table.header_row} of {table.name} does not look like the line of headers, but row {better.row} "
            f"does. Delete the lines above it, or add --header-row {better.row}; if row {table.header_row} is right: "
            f"--header-row {table.header_row}."
        )

    title = next(header for header in table.headers if header.strip())
    note = f"Headers in row {better.row}, below {shorten(title, 25)!r}. If not: --header-row {table.header_row}."
    table = read(sheet=None if table.delimiter else table.name, header_row=better.row)
    return replace(table, notes=(note, *table.notes))


def _is_merge(table: Table) -> bool:
    return width_of(table.headers) > 0 or (not table.delimiter and is_mail(table.name, table.headers))


def _sheets_of_rows(read: Callable[[], Table]) -> str:
    """`--sheet "Leads"`, for each that a person may mean; "" where there is none."""
    try:
        found = read()
        names = [] if _is_merge(found) else [found.name]
    except SheetUnclear as error:
        names = [*error.names]
    except InputError:
        names = []
    return " or ".join(f'--sheet "{name}"' for name in names[:5])


def _is_ours(headers: tuple[str, ...]) -> bool:
    """Of a marked copy, every sheet but the list of mistakes: its headers may still be the mistake."""
    return not is_listing(headers)


def _check_headers(table: Table, path: Path, settings: Settings) -> None:
    if is_listing(table.headers):
        raise InputError(
            f"{path.name} is the list of what bulkgen found in a sheet: correct that sheet, and give it to bulkgen."
        )

    if not table.rows and not known(table.headers, settings.renames, settings.defaults):
        raise InputError(
            f"{path.name} has no rows, and row {table.header_row} is no line of headers that bulkgen knows "
            f"({listed([repr(shorten(header, 30)) for header in table.headers if header.strip()], 3)}). A sheet "
            "starts with a line of column names, such as avatar_id and script, and has a row for each video below it."
        )


def _check_rows(table: Table, settings: Settings) -> None:
    """Row numbers that name no row are a slip, and would look like a run in which all is well."""
    numbers = [row.number for row in table.rows]
    for option, selection in (("--rows", settings.rows), ("--redo", settings.redo)):
        for first, last in selection.ranges if isinstance(selection, Selection) else ():
            inside = bisect_right(numbers, last) - bisect_left(numbers, first)
            if not inside:
                there = f"its rows are {numbers[0]}-{numbers[-1]}" if numbers else "it has no rows"
                raise InputError(f"{option} {first}-{last}: {table.name} has no such row, {there}.")

            if option == "--redo" and settings.rows is not None and first not in settings.rows:
                raise InputError(f"--redo {first}: that row is not among --rows.")
