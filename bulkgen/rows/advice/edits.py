"""Files that a person changes while a job waits for them: one that can't be used, is not there, or comes too late.

Pure.
"""

from __future__ import annotations

from bulkgen.model import Issue, warning


def unusable(row: int, file: str, why: str) -> Issue:
    """The answer is held back until the file can be used."""
    cause, fix = f"waits for you, and {file} can't be used: {why}", "Correct that file, and run again."
    return warning(code="unusable_edit", cause=cause, fix=fix).at(row)


def lacking(row: int, file: str) -> Issue:
    """The answer is held back where nobody can tell whether the file was changed; `file`: "" for one that never came
    here."""
    cause = f"waits for you, and {file} is not there: nothing is made, since what you changed in it would not be in it"
    fix = "Put it back, and run again. Else this run fetches it as HeyGen made it, and the next one goes on with that."
    if not file:
        cause = "waits for you, and what you are to read first is not here: nothing is made"
        fix = "This run fetches it. Read it, correct it where need be, and run again: the next run goes on with it."
    return warning(code="edit_not_there", cause=cause, fix=fix).at(row)


def too_late(row: int, file: str) -> Issue:
    """The video was made, or is being made, of the file as it was."""
    cause = f"has a video by now, and {file} was changed since: the change is not in it"
    fix = f"To make the video again from the file as it is now (paid again): --redo {row}."
    return warning(code="edited_too_late", cause=cause, fix=fix).at(row)
