"""Who can be written to by now: a line for each person, with a link to their video that a stranger can open.

Pure. One line per address: of several the first that is done, in the sheet's order. A link is the video's page where
that is public, else the video file, and says so. What a person added beside a line goes by its address.

Invariant: nobody is in it who has no video, who is left out or hidden in the sheet, or whose address can't be one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bulkgen.explained import Explained
from bulkgen.kinds import KINDS
from bulkgen.kinds.outcome import Detail, Links
from bulkgen.kinds.sharing import can_share, is_shared
from bulkgen.ledger.events import format_moment
from bulkgen.ledger.state import Status
from bulkgen.model import Job, Table, is_made_title
from bulkgen.result_columns import MAIL_COLUMNS
from bulkgen.results.embed import embed_html
from bulkgen.results.entries import Entry
from bulkgen.results.records import own_columns
from bulkgen.results.web_links import web_link
from bulkgen.rows.addresses import address_column, address_of, plain_address
from bulkgen.rows.headings import Headings
from bulkgen.texts import runs


class LeftOut(Explained):
    """Why a finished line is not in it. `about`: the same with what to do."""

    TWICE = "of a person who has one before", "Of each address the first line counts that is done."
    NO_ADDRESS = "without an e-mail address", "Fill the cell in your sheet."
    BAD_ADDRESS = "with an address that can't be one", "Correct the cell in your sheet: one address, and nothing else."
    HIDDEN = "hidden in your sheet", "Unhide the row in your sheet, or add --include-hidden, if the person is meant."
    NO_VIDEO = "of a voice-over", "Its link ends for good: attach the file, or put it on a page of your own."
    SIGN = (
        "with an address that a CSV can't hold as it is",
        "It begins with +, -, = or @, which spreadsheets take for a formula: use the sheet of the workbook.",
    )
    NO_LINK = "whose link is not known", "bulkgen links asks HeyGen for it."


class Reach(Explained):
    """Whom a link reaches, and how long. `about`: how it reaches more."""

    PAGE = "the page, which stays", ""
    NOT_SHARED = (
        "opens the video file, since the page is not public: enable_sharing was off",
        "Publish the video at HeyGen and send the link that it gives; or set enable_sharing to yes, which makes the "
        "video again, and is paid again.",
    )
    BY_HAND = (
        "opens the video file, since the page is not public by itself",
        "Publish the video at HeyGen and send the link that it gives.",
    )
    NO_PAGE = "opens the video file, since HeyGen has no page for it", "Put the file on a page of your own."


@dataclass(frozen=True, kw_only=True)
class Added:
    """Columns that a person added: of each, by its header, what it has beside which address."""

    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def over(self, other: Added) -> Added:
        """These columns; where they say nothing, what the other ones say."""
        names = dict.fromkeys((*other.columns, *self.columns))
        return Added(columns={name: {**other.columns.get(name, {}), **self.columns.get(name, {})} for name in names})

    def has(self, other: Added, addresses: Iterable[str]) -> bool:
        """Whether all that the other one says of these addresses stands here too."""
        wanted = {*addresses}
        return all(
            self.columns.get(name, {}).get(address) == text
            for name, texts in other.columns.items()
            for address, text in texts.items()
            if address in wanted
        )

    def filled(self) -> Added:
        """Without the cells that are blank."""
        filled = {
            name: {key: text for key, text in each.items() if text.strip()} for name, each in self.columns.items()
        }
        return Added(columns=filled)


@dataclass(frozen=True, kw_only=True)
class Mailing:
    """`address`: which of the columns has the addresses. `until`: when the first of the links that expire does (Unix
    seconds), those to pictures too; None where none does, or nobody knows.
    """

    headers: tuple[str, ...]
    address: int
    lines: tuple[tuple[str, ...], ...]
    left_out: Mapping[LeftOut, int]
    #: In which rows of the sheet, as far as that is known.
    left_rows: Mapping[LeftOut, Sequence[int]] = field(default_factory=dict)
    reached: Mapping[Reach, int]
    until: float | None = None

    def added_to(self, headers: Sequence[str], rows: Iterable[Sequence[str]], ours: Sequence[bool]) -> Added | None:
        """What a person added to an earlier one; None where it can't be told whom each cell is about, or by which name
        it goes. `ours`: of each column there, whether it is none of theirs.
        """
        columns: dict[str, dict[str, str]] = {}
        names = {at: header.strip() for at, header in enumerate(headers) if not ours[at]}
        wanted = self.headers[self.address].strip().casefold()
        key = next((at for at, header in enumerate(headers) if ours[at] and header.strip().casefold() == wanted), None)
        for row in rows:
            for at, name in names.items():
                if at < len(row) and row[at].strip():
                    address = address_of(row[key]) if key is not None else ""
                    if not address or not name:
                        return None

                    columns.setdefault(name, {})[address] = row[at]
        twice = len({*names.values()}) < len(names)
        return None if twice else Added(columns={**{name: {} for name in names.values() if name}, **columns})

    def noted_in(self, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Added:
        """What stands beside the addresses of an earlier one, whatever a person changed in it: in each column that
        these lines have not. The cells that they left blank are among it.
        """
        own = {header.strip().casefold() for header in (*self.headers, *MAIL_COLUMNS)}
        wanted = self.headers[self.address].strip().casefold()
        keys = [header.strip().casefold() for header in headers]
        names = {at: header.strip() for at, header in enumerate(headers) if keys[at] not in {"", *own}}
        columns: dict[str, dict[str, str]] = {name: {} for name in names.values()}
        for row in rows if wanted in keys else ():
            if address := address_of(row[keys.index(wanted)]):
                for at, name in names.items():
                    columns[name][address] = columns[name].get(address) or "".join(row[at : at + 1])
        return Added(columns=columns)

    def with_added(self, added: Added) -> Mailing:
        """With the columns that a person added behind these."""
        headers = [*self.headers]
        for name in added.columns:
            headers.append(f"{name} (yours)" if name.casefold() in map(str.casefold, self.headers) else name)
        beside = ([texts.get(address, "") for texts in added.columns.values()] for address in self.addresses)
        lines = tuple((*line, *more) for line, more in zip(self.lines, beside, strict=True))
        return replace(self, headers=tuple(headers), lines=lines)

    def lost(self, added: Added) -> list[str]:
        """The addresses beside which a person added something, and which have no line any more."""
        there = {*self.addresses}
        found = (address for texts in added.columns.values() for address, text in texts.items() if text.strip())
        return [address for address in dict.fromkeys(found) if address not in there]

    def followed_by(self, other: Mailing) -> Mailing:
        """With the people of another one behind these, as far as they are not among them; whose links expire when is
        not known of all then.
        """
        own = dict.fromkeys(name for each in (self, other) for name in each.headers if name not in MAIL_COLUMNS)
        headers, here = (*own, *MAIL_COLUMNS), {*self.addresses}
        lines = [dict(zip(self.headers, line, strict=True)) for line in self.lines]
        for address, line in zip(other.addresses, other.lines, strict=True):
            if address not in here:
                told = dict(zip(other.headers, line, strict=True))
                lines.append(told | {self.headers[self.address]: line[other.address]})
        return Mailing(
            headers=headers,
            address=headers.index(self.headers[self.address]),
            lines=tuple(tuple(told.get(name, "") for name in headers) for told in lines),
            left_out=Counter(self.left_out) + Counter(other.left_out),
            left_rows=self.left_rows,  # those of the other one count otherwise
            reached=Counter(_reach_of(told[MAIL_COLUMNS[-1]]) for told in lines),
        )

    def for_csv(self) -> Mailing:
        """Without those before whose address a CSV has a guard: a mail tool would take that for a part of it."""
        lines = tuple(line for line in self.lines if not runs(line[self.address]))
        if gone := len(self.lines) - len(lines):
            at = self.headers.index(MAIL_COLUMNS[-1])
            left_out, reached = {**self.left_out, LeftOut.SIGN: gone}, Counter(_reach_of(line[at]) for line in lines)
            return replace(self, lines=lines, left_out=left_out, reached=reached)

        return self

    @property
    def addresses(self) -> list[str]:
        return [address_of(line[self.address]) for line in self.lines]


def width_of(headers: Sequence[object]) -> int:
    """How many columns of a mail merge are none that a person added: up to the last of ours; 0 where it is none."""
    begins = (at for at in range(len(headers)) if tuple(headers[at : at + len(MAIL_COLUMNS)]) == MAIL_COLUMNS)
    return next((at + len(MAIL_COLUMNS) for at in begins), 0)


def read_mailing(table: Table) -> Mailing | None:
    """An earlier mail merge, without what a person added; None for a table that is none."""
    width = width_of(table.headers)
    headers = table.headers[:width]
    address = address_column(headers[: -len(MAIL_COLUMNS)], table.rows) if width else None
    if address is None:
        return None

    lines = tuple(tuple(row.cell(at).text for at in range(width)) for row in table.rows)
    reached = Counter(_reach_of(line[-1]) for line in lines)
    return Mailing(headers=headers, address=address, lines=lines, left_out={}, reached=reached)


def mailing_of(
    table: Table, headings: Headings, found: Iterable[Entry], details: Mapping[str, Detail]
) -> Mailing | None:
    """None where the sheet has no column of e-mail addresses."""
    column = address_column(_names(table, headings), table.rows)
    if column is None:
        return None

    own = own_columns(table)
    lines: dict[str, tuple[str, ...]] = {}
    left_out, reached, ends = Counter[LeftOut](), Counter[Reach](), list[float]()
    left_rows: dict[LeftOut, list[int]] = {}
    for entry in found:
        job = entry.job
        if entry.status is not Status.DONE or entry.further:  # of several results a person gets the first
            continue

        if not isinstance(job, Job):  # of a row that is left out
            if entry.row.source.hidden:
                left_out[LeftOut.HIDDEN] += 1
                left_rows.setdefault(LeftOut.HIDDEN, []).append(entry.row.source.number)
            continue

        detail = entry.detail(details)
        links, text = detail.links if detail else Links(), entry.row.source.cell(column).text
        address = address_of(text)
        reach, link = _link(job, links)
        sounds = bool(links.audio or entry.state.shown.link)
        why = why_left_out(text, linked=bool(link), sounds=sounds) or (LeftOut.TWICE if address in lines else None)
        if why:
            left_out[why] += 1
            left_rows.setdefault(why, []).append(entry.row.source.number)
            continue

        cells = [entry.row.source.cell(at).text if at != column else plain_address(text) for at in own.values()]
        lines[address] = (*cells, *_cells(entry, job, headings, links, reach, link))
        reached[reach] += 1
        if links.expire_at is not None:
            ends.append(links.expire_at)
    return Mailing(
        headers=(*_apart(own), *MAIL_COLUMNS),
        address=[*own.values()].index(column),
        lines=tuple(lines.values()),
        left_out=left_out,
        left_rows=left_rows,
        reached=reached,
        until=min(ends, default=None),
    )


def _names(table: Table, headings: Headings) -> list[str]:
    """The headers as `--map` names them; bulkgen's own have none."""
    own = {*own_columns(table).values()}
    return [name if at in own else "" for at, name in enumerate(headings.names[: headings.real])]


def _apart(headers: Iterable[str]) -> list[str]:
    """The person's headers, none of which is the name of a column of ours."""
    return [f"{header} (yours)" if header.casefold() in MAIL_COLUMNS else header for header in headers]


def _link(job: Job, links: Links) -> tuple[Reach, str]:
    page = web_link(links.page)
    if page and is_shared(job):
        return Reach.PAGE, page

    by_hand = Reach.NOT_SHARED if can_share(KINDS[job.kind]) else Reach.BY_HAND
    return by_hand if page else Reach.NO_PAGE, web_link(links.asked_for)


def _reach_of(note: str) -> Reach:
    """What the note beside a link says of it."""
    return next((reach for reach in Reach if reach is not Reach.PAGE and reach in note), Reach.PAGE)


def why_left_out(text: str, *, linked: bool, sounds: bool) -> LeftOut | None:
    """Why the person of a finished line can't be written to. `text`: the cell of the address; `linked`: there is a link
    to a video, `sounds`: to a recording.
    """
    if not address_of(text):
        return LeftOut.BAD_ADDRESS if text.strip() else LeftOut.NO_ADDRESS

    if linked:
        return None

    return LeftOut.NO_VIDEO if sounds else LeftOut.NO_LINK


def _cells(entry: Entry, job: Job, headings: Headings, links: Links, reach: Reach, link: str) -> Sequence[str]:
    """What our columns say, in the order of `MAIL_COLUMNS`."""
    thumbnail, gif = web_link(links.thumbnail), web_link(links.gif)
    note = ""
    if reach is not Reach.PAGE:
        end = f"Works until {format_moment(links.expire_at)}" if links.expire_at else "Works for about a week"
        note = f"{end}, and {reach}. {reach.about}"
    picture = embed_html(link, gif or thumbnail, _caption(entry, job, headings))
    return link, thumbnail, gif, picture, job.language, note


def _caption(entry: Entry, job: Job, headings: Headings) -> str:
    """The title that the person gave the video, which its page shows too; else whom it is for, where that is known."""
    if job.title and not is_made_title(job.title, job.fingerprint):
        return job.title

    for particular in ("first_name", "full_name"):
        for at, what in enumerate(headings.particulars[: headings.real]):
            name = " ".join(entry.row.source.cell(at).text[:200].split())
            if what == particular and _is_name(name):
                return f"Video for {name}"
    return ""


def _is_name(text: str) -> bool:
    return text[:1].isalpha() and len(text) <= 60 and not any(sign in text for sign in '<>"=@/\\{}[]|')
