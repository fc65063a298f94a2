"""A project of the person's, by its folder or ZIP, and what its composition takes. Nothing is sent."""

from __future__ import annotations

import os
from pathlib import Path

from bulkgen.errors import InputError
from bulkgen.files.local import Folders, find_file
from bulkgen.kinds.account import Template
from bulkgen.kinds.hyperframes import composition_of
from bulkgen.model import Issue


def open_project(path: Path) -> Template:
    """What rows of this project are filled into. Raises `InputError` where it is none, or can't be read."""
    real = path.resolve()
    found = find_file(str(real), Folders(allowed=(real.parent,)), project=True)
    template = found if isinstance(found, Issue) else composition_of({"project": found})
    if isinstance(template, Issue):
        raise InputError(f"--project {path} {template.cause}. {template.fix}")

    return template


def cell_for(project: Path, sheet: Path) -> str:
    """What a cell of the sheet says of the project: its path from the sheet's folder.

    Raises `InputError` where the sheet would lie in the project, and go to HeyGen with it.
    """
    folder, real = sheet.resolve().parent, project.resolve()
    if folder.is_relative_to(real):
        raise InputError(
            f"{sheet} would lie in the project itself, which goes to HeyGen as a whole: name a place beside it with -o."
        )

    try:
        path = Path(os.path.relpath(real, folder)).as_posix()
    except ValueError:  # on another drive
        path = real.as_posix()
    return f"{path}/" if real.is_dir() else path
