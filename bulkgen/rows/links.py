"""The links to media that a sheet holds: what each has to lead to, and the cells that it stands in.

Pure. Whether they lead there is asked elsewhere; what was found comes back as issues at the cells.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bulkgen.kinds.columns import Column, Type, is_link
from bulkgen.kinds.media import ANYTHING, Media
from bulkgen.model import Issue, Severity, Value
from bulkgen.rows.built import Built, BuiltRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A cell that holds a link; `column` is None where `--set` gives it.

    `begun`: a job of the row was sent already, and refusing the row now would hide what became of it.
    """

    row: int
    column: int | None
    header: str
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """One distinct link, as it would be sent."""

    url: str
    media: Media
    places: tuple[Place, ...]


def media_links(built: Built, *, wanted: Collection[str] | None = None) -> list[Link]:
    """The distinct links of the selected rows, in the sheet's order.

    `wanted`: the fingerprints of the jobs that would be sent for the first time. The links of a row whose jobs are all
    done or under way may have expired since: they are left out. Rows with mistakes, which have no jobs yet, are not.
    """
    found: dict[str, tuple[Media, list[Place]]] = {}
    for row in built.rows:
        if not row.selected or not _to_be_sent(row, wanted):
            continue

        begun = wanted is not None and any(job.fingerprint not in wanted for job in row.jobs)
        for field, at, value in row.kept:
            if not field.media or at is None:
                continue

            for url in _links_in(field, value):
                known, places = found.setdefault(url, (field.media, []))
                if known != field.media:
                    found[url] = ANYTHING, places
                column, header = built.layouts.headings.place(at)
                places.append(Place(row=row.source.number, column=column, header=header, begun=begun))
    return [Link(url, media, tuple(places)) for url, (media, places) in found.items()]


def link_issues(links: Iterable[Link], found: Mapping[str, Issue]) -> list[Issue]:
    """What was found of the links, at every cell that holds one."""
    return [_placed(found[link.url], link, place) for link in links if link.url in found for place in link.places]


def _placed(issue: Issue, link: Link, place: Place) -> Issue:
    issue = issue.at(place.row, place.column, place.header, link.url)
    return replace(issue, severity=Severity.WARNING) if place.begun else issue


def _to_be_sent(row: BuiltRow, wanted: Collection[str] | None) -> bool:
    return wanted is None or not row.jobs or any(job.fingerprint in wanted for job in row.jobs)


def _links_in(field: Column, value: Value | None) -> Iterator[str]:
    """An asset may also be an id at HeyGen; a column for links alone holds nothing else."""
    for each in value if isinstance(value, tuple) else (value,):
        if isinstance(each, str) and (field.takes_links or (field.type in (Type.ASSET, Type.ASSETS) and is_link(each))):
            yield each
