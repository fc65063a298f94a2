"""A table that a person asks for as a file: written whole under a name that is free, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bulkgen.errors import InputError

_FORMATS = (".xlsx", ".csv")


def check_new(path: Path, *, ours: bool = False) -> None:
    """Raises `InputError` where no such file is to be written. `ours`: the one that is there may be replaced."""
    if path.suffix.casefold() not in _FORMATS:
        raise InputError(f"-o {path}: a file is written as .xlsx or .csv, and this is neither.")

    try:
        if not ours and (path.exists() or path.is_symlink()):
            raise _taken(path)

        if not path.parent.is_dir():
            raise InputError(f"-o {path}: There is no folder {path.parent}. Make it first.")
    except OSError as error:
        raise _unwritable(path, error) from error


def write_new(path: Path, write: Callable[[], object], *, ours: bool = False) -> None:
    """Has `write` make the file, which raises `OSError` where it can't, `FileExistsError` where there is one by now.

    Raises `InputError` for all of these. `ours`: the one that is there may be replaced.
    """
    check_new(path, ours=ours)
    try:
        write()
    except FileExistsError:
        raise _taken(path) from None
    except OSError as error:
        raise _unwritable(path, error) from error


def _taken(path: Path) -> InputError:
    return InputError(f"{path} exists already and is left as it is. Give another name: -o FILE")


def _unwritable(path: Path, error: OSError) -> InputError:
    return InputError(f"{path} can't be written ({error.strerror or error}).")
