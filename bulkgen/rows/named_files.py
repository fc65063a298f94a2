"""The files of the person's that cells name: what each is, and what is still to be looked for.

Pure. Somebody else looks for them (`batch`); a name is judged once, however many rows hold it. Whether a file fits its
column is decided here, of its type and size.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from bulkgen.kinds.media import Media
from bulkgen.model import Issue, LocalFile, Severity, files_in
from bulkgen.rows.built import Built

#: What a cell says of a file -> the file, or why it can't be used.
Found = Mapping[str, LocalFile | Issue]

_MB = 1024 * 1024


class NamedFiles:
    """What cells say of files, what was found, and the rows that say it (by their index in the table)."""

    def __init__(self) -> None:
        self._found: dict[str, LocalFile | Issue] = {}
        self._rows: dict[str, array[int]] = {}
        #: Names that nobody has looked for, and the largest file that anyone takes (bytes); 0: no limit is known.
        self.wanted: dict[str, int] = {}
        #: Those of them that stand where a project goes.
        self.projects: set[str] = set()
        self._news: set[int] = set()

    def of(self, name: str, media: Media, row: int) -> LocalFile | Issue | None:
        """The file, or why it can't be used there; None where nobody has looked for it."""
        self._rows.setdefault(name, array("L")).append(row)
        found = self._found.get(name)
        if found is None:
            if media.project:
                self.projects.add(name)
            limit = self.wanted.get(name, media.limit)
            self.wanted[name] = max(limit, media.limit) if limit and media.limit else 0
            return None

        return (misfit(found, media) or found) if isinstance(found, LocalFile) else found

    def learn(self, found: Found) -> None:
        """What was found of names that were wanted."""
        self._found |= found
        for name in found:
            self.wanted.pop(name, None)
            self._news.update(self._rows.get(name, ()))

    def renew(self) -> list[int]:
        """The rows of which more is known since this was last asked, in their order."""
        rows, self._news = sorted(self._news), set()
        return rows


def misfit(file: LocalFile, media: Media) -> Issue | None:
    """Why a file can't be used as such media; None where it can."""
    if not media.takes(file.type):
        what = _CALLED.get(file.type, "a file of another type")
        fix = f"HeyGen takes {media.formats} here: save it as one, and name that file."
        return Issue(code="file_of_other_type", cause=f"is {what}, not {media.noun} that HeyGen takes", fix=fix)

    if media.limit and file.size > media.limit:
        fix = f"HeyGen takes up to {media.limit // _MB} MB here: make the file smaller."
        return Issue(code="file_too_large", cause=f"is a file of {file.size / _MB:,.0f} MB", fix=fix)

    return None


_CALLED = {
    "image/jpeg": "a JPG picture",
    "image/png": "a PNG picture",
    "video/mp4": "an MP4 video",
    "video/webm": "a WebM video",
    "audio/mpeg": "an MP3 recording",
    "audio/wav": "a WAV recording",
    "application/x-subrip": "an SRT file",
    "application/pdf": "a PDF",
    "application/zip": "a project",
}


def gone(built: Built, wanted: Collection[str]) -> Iterator[Issue]:
    """Files that are only known from earlier runs, at the cells of rows that would be made from them now.

    `wanted`: the fingerprints of the jobs that would be sent for the first time. Where another job of the row was sent
    already it is a warning: to refuse the row now would hide what became of that.
    """
    for row in built.rows:
        sent = [job.fingerprint in wanted for job in row.jobs]
        if not row.selected or not any(sent):
            continue

        for field, at, value in row.kept:
            if at is None or all(file.path for file in files_in([value])):
                continue

            column, header = built.layouts.headings.place(at)
            text = row.source.cell(at).text if column is not None else ""
            none = PROJECT_MISSING if field.media and field.media.project else MISSING
            found = none.at(row.source.number, column, header, text)
            yield found if all(sent) else replace(found, severity=Severity.WARNING)


MISSING = Issue(
    code="file_missing",
    cause="names a file that is not there",
    fix="Correct its path, which begins in the sheet's folder (media/tour.mp4), or copy the file there. A link begins "
    "with https://.",
)
PROJECT_MISSING = Issue(
    code="file_missing",
    cause="names a project that is not there",
    fix="Correct the path of its folder or ZIP, which begins in the sheet's folder (card/), or copy it there. A link "
    "begins with https://.",
)
