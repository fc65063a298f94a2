"""Files that bulkgen writes beside the results and never reads again: the page, and the results for programs.

Invariant: one that was changed since bulkgen wrote it, that bulkgen did not write, or that is of another sheet stays as
it is; the new one gets a numbered sibling. Such a file has its seal in it (`results.seal`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from bulkgen.batch.target import check_unchanged, version_of
from bulkgen.disk.whole import numbered, why_refused, write_whole
from bulkgen.results.seal import is_sealed_text, sealed_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """`path`: None where it could not be written. `caution`: why that is, or why it is not where it was wanted."""

    path: Path | None = None
    caution: str = ""


def write_beside(path: Path, text: str, owner: str) -> Made:
    """Writes the file, or leaves the same one that is there. `owner`: whose it is: the name of the resume file.

    Never raises: a run goes on without it.
    """
    content, kept = sealed_text(text, owner), list[str]()
    try:
        for target in numbered(path):
            why = _written(target, content, owner)
            if not why:
                return Made(path=target, caution=told_of_kept(kept, target))

            kept.append(f"{target.name} {why}")
    except OSError as error:
        return Made(caution=f"{path.name} can't be written: {error.strerror or error}. Nothing else is lost by that.")

    return Made(caution=f"{path.name} can't be written: it and its siblings all are to be kept.")


def stands_beside(path: Path, owner: str) -> bool:
    """Whether such a file stands there, or is a sibling, that nobody has changed. Never raises."""
    try:
        standing = takewhile(Path.exists, numbered(path))
        return any(is_sealed_text(each.read_bytes(), owner) for each in standing)
    except OSError:
        return False


def _written(path: Path, content: bytes, owner: str) -> str:
    """Puts the content there, or says why what is there stays as it is. Raises `OSError`."""
    version = version_of(path)
    if version and version[1]:
        there = path.read_bytes()
        if there == content:
            return ""

        if not is_sealed_text(there, owner):
            return "was changed since, or was not written for this sheet"

    def put(temporary: Path, target: Path) -> Path:
        check_unchanged(target, version)
        return temporary.replace(target)

    def fill(temporary: Path) -> None:
        temporary.write_bytes(content)

    try:
        write_whole(path, fill, put)
    except PermissionError as error:
        if not path.exists():
            raise

        return why_refused(error)
    return ""


def told_of_kept(kept: Sequence[str], path: Path, *, what: str = "the new one is") -> str:
    """`leads.results.html was changed since, so it stays as it is: the new one is leads.results-2.html.`

    `kept`: each file with why it stays; "" where none does.
    """
    stay = "it stays as it is" if len(kept) == 1 else "they stay as they are"
    return f"{'; '.join(kept)}, so {stay}: {what} {path.name}." if kept else ""
