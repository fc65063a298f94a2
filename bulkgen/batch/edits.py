"""What the person has changed in the files that a job waits with: it goes along with their answer.

Reads those files, and sends nothing. Invariants: a file that can't be used holds the answer back, and is told before
anything is paid; what came unchanged is not sent again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from bulkgen.kinds import LIVES
from bulkgen.kinds.srt import flaw
from bulkgen.ledger.state import NEW, Beside, State
from bulkgen.model import Answer, Issue, Job, LocalFile
from bulkgen.rows.advice.edits import lacking, too_late, unusable
from bulkgen.rows.built import Built, BuiltRow, with_issues

#: How large a file of subtitles may be that is read (bytes): a film of three hours has a tenth of it.
_LARGEST = 4 << 20

_TYPE = "application/x-subrip"


def with_edits(built: Built, states: Mapping[str, State], folder: Path) -> Built:
    """The rows, each answer with the file that was changed for it, found from the sheet's `folder`."""
    issues: list[Issue] = []
    rows = list(built.rows)
    for at, row in enumerate(rows):
        if any(job.answer for job in row.jobs):
            jobs = tuple(_edited(row, job, states.get(job.fingerprint, NEW), folder, issues) for job in row.jobs)
            rows[at] = replace(row, jobs=jobs)
    return with_issues(replace(built, rows=tuple(rows)), issues)


def _edited(row: BuiltRow, job: Job, state: State, folder: Path, issues: list[Issue]) -> Job:
    life, question, shown = LIVES.get(job.kind), state.question, state.shown
    turn = life.turn(question.stage) if life and question else None
    if job.answer is None or turn is None or not turn.edited:
        return job

    paper = next((each for each in shown.beside if each.digest and each.what == turn.edited), None)
    if state.in_review and not (paper and (folder / paper.file).exists()):
        issues.append(lacking(row.source.number, paper.file if paper else ""))
        return replace(job, answer=replace(job.answer, held_back=True))

    if paper is None:
        return job

    told = _read(paper, folder)

    if isinstance(told, str):
        if state.in_review:
            issues.append(unusable(row.source.number, paper.file, told))
        return replace(job, answer=replace(job.answer, held_back=True))

    answer = replace(job.answer, files=(told,)) if told else job.answer
    issues += _too_late(row, answer, state, paper)
    return replace(job, answer=answer)


def _read(paper: Beside, folder: Path) -> LocalFile | str | None:
    """The file as it was changed, None where it is as it came, or gone; else what is wrong with it."""
    path = folder / paper.file
    try:
        if path.stat().st_size > _LARGEST:
            return "it is too large for a file of subtitles"

        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        return f"it can't be read ({error.strerror or error})"

    digest = hashlib.sha256(content).hexdigest()
    if digest == paper.digest:
        return None

    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content:
        return "it is saved as UTF-16. Save it as UTF-8"

    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return "it is not saved as UTF-8. In Notepad: Save as, Encoding UTF-8"

    return flaw(text) or LocalFile(digest=digest, size=len(content), type=_TYPE, path=str(path))


def _too_late(row: BuiltRow, answer: Answer, state: State, paper: Beside) -> Iterable[Issue]:
    """That a file was changed after the answer was sent: nothing is made of it by itself."""
    sent = state.question.sent if state.question else ()
    if state.in_review or state.came_to_nothing or not sent or not answer.files or answer.digest in sent:
        return

    yield too_late(row.source.number, paper.file)
