"""What was typed, word by word: which command is meant, and which words belong together.

Looks at names of files, and at nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from bulkgen.errors import InputError
from bulkgen.model import listed
from bulkgen.rows.suggest import nearest

#: The command that a sheet alone means.
USUAL = "run"

#: The options of `bulkgen` itself.
OWN = ("--help", "-h", "--version", "--install-completion", "--show-completion")

#: How the names of sheets end.
ENDINGS = (".xlsx", ".xlsm", ".csv", ".tsv", ".txt")


def meant(words: Sequence[str], commands: Collection[str], valued: Callable[[], Collection[str]]) -> list[str]:
    """The words with the command first: `leads.xlsx --limit 3` means `run leads.xlsx --limit 3`, and so does
    `--limit 3 run leads.xlsx`. `valued`: the options that take a value, should they be needed.

    Raises `InputError` for what is neither a command nor a sheet.
    """
    first, *rest = words or ["--help"]
    if first in commands or first in OWN:
        return [first, *rest]

    if first == "help":
        return [*rest[:1], "--help"]

    if is_option(first):
        taking = valued()
        plain = (at for at, word in enumerate(words) if at and not is_option(word) and words[at - 1] not in taking)
        at = next(plain, 0)
        return [words[at], *words[:at], *words[at + 1 :]] if words[at] in commands else [USUAL, *words]

    if not is_sheet(first):
        _check(first, rest, commands)
    return [USUAL, *words]


def _check(first: str, rest: Sequence[str], commands: Collection[str]) -> None:
    """Raises `InputError` unless the words may be the name of a sheet that a shell took apart."""
    plain = [first, *rest[: next((at for at, word in enumerate(rest) if is_option(word)), len(rest))]]
    if Path(" ".join(plain)).exists():
        return

    command = nearest(first, commands, 0.6)
    if command is None and is_sheet(" ".join(plain)):
        return

    sheets = [f"{first}{ending}" for ending in ENDINGS if Path(f"{first}{ending}").exists()]
    meant = command or next(iter(sheets), "")
    told = f"Did you mean {meant}?" if meant else f"The commands are {listed([*commands], len(commands))}."
    raise InputError(f"There is no command {first}, and no sheet of that name. {told} bulkgen --help shows more.")


def is_option(word: str) -> bool:
    return word.startswith("-") and word != "-"


def is_sheet(word: str) -> bool:
    """Whether a word is a sheet rather than a command: by its looks, or because there is such a file."""
    return word == "-" or "://" in word or word.casefold().endswith(ENDINGS) or Path(word).exists()


def wants_json(words: Sequence[str], valued: Collection[str]) -> bool:
    """Whether `--json` was typed, even with a value; what follows one of the `valued` options is its value."""
    own = words[: words.index("--")] if "--" in words else words
    return any(
        word.partition("=")[0] == "--json" and (at == 0 or own[at - 1] not in valued) for at, word in enumerate(own)
    )


def together(words: Sequence[str], valued: Collection[str]) -> list[str]:
    """The words behind a command with those joined that were one before a shell took them apart at their blanks.

    `valued`: the options that take a value. All plain words behind one of them are its value, but for the last of them
    where the sheet would be missing otherwise; all others are the sheet.
    """
    runs: list[tuple[str, list[str]]] = [("", [])]
    for word in words:
        option, equals, value = word.partition("=")
        if equals and option in valued:
            runs.append((option, [value]))
        elif is_option(word):
            runs += [(word, [])] if word in valued else [(word, []), ("", [])]
        else:
            runs[-1][1].append(word)
    sheet = [word for option, plain in runs if option not in valued for word in plain]
    found: list[str] = [" ".join(sheet)] if sheet else []
    options: list[str] = []
    for option, plain in runs:
        if not found and option in valued and len(plain) > 1 and is_sheet(plain[-1]):
            found.append(plain.pop())
        if option:
            options.append(option)
        if option in valued and plain:
            options.append(" ".join(plain))
    return [*found, *options]
