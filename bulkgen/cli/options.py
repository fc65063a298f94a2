"""The options of each command, made from the settings; and the command that goes on with a batch."""

from __future__ import annotations

import inspect
import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import typer
from pydantic import SecretStr

from bulkgen.batch.option import CHECK, LINKS, RUN, STATUS, Option
from bulkgen.batch.settings import Settings, flag_of, option_of
from bulkgen.cli.help import CommandPage
from bulkgen.cli.wrapping import kept
from bulkgen.kinds.columns import is_link

_SHEET = typer.Argument(
    metavar="SHEET", help="A .xlsx or .csv file, a Google Sheet's link, or a recipe with a link; - is a CSV on stdin."
)

#: What stands for something that others do not get to read.
LEFT_OUT = "…"

#: As the commands without a sheet have it.
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output and nothing else.")]


def parameters(command: str) -> list[inspect.Parameter]:
    """SHEET and the options of a command, as typer reads them from a function's signature."""
    default = "" if command == STATUS else inspect.Parameter.empty  # --cost FOLDER takes the place of SHEET
    sheet = Annotated[str, _SHEET]
    found = [inspect.Parameter("sheet", inspect.Parameter.KEYWORD_ONLY, default=default, annotation=sheet)]
    for name in Settings.model_fields:
        if command in option_of(name).commands:
            found.append(_parameter(name, option_of(name)))
    return found


def scheduled_parameters(command: str) -> list[inspect.Parameter]:
    """The options of a command that every scheduled run of it has, too."""
    names = (name for name in Settings.model_fields if option_of(name).again or option_of(name).scheduled)
    return [_parameter(name, option_of(name)) for name in names if command in option_of(name).commands]


def _parameter(name: str, option: Option) -> inspect.Parameter:
    """What typer has to know. What is neither yes nor no nor a file is taken as it is typed: the settings read it."""
    field = Settings.model_fields[name]
    types = get_args(field.annotation) if get_origin(field.annotation) in (Union, UnionType) else (field.annotation,)
    known = next((each for each in types if each in (bool, Path)), str)
    several = get_origin(field.annotation) is Mapping or field.annotation in (tuple[Path, ...], tuple[SecretStr, ...])
    typed: Any = list[str] if several else known
    flag = f"{flag_of(name)}/{off_flag_of(name)}" if typed is bool and option.in_files else flag_of(name)
    default = str(field.default) if isinstance(field.default, int) and typed is not bool else False
    info = typer.Option(
        *([flag, option.short] if option.short else [flag]),
        metavar=option.metavar,
        help=option.about,
        show_default=default,
        rich_help_panel=option.group.value,
    )
    # Nothing is given that was not typed: the recipe may say it
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[typed | None, info]
    )


def valued_flags() -> set[str]:
    """The options that a value has to follow."""
    fields = Settings.model_fields.items()
    return {flag_of(name) for name, field in fields if field.annotation is not bool and not option_of(name).alone}


class SheetCommand(CommandPage):
    """A command with a sheet: an option whose number may be left out takes no other word for it."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, with_numbers(args))


def with_numbers(words: Sequence[str]) -> list[str]:
    """The words, with the number that an option means where none follows it: `--test leads.xlsx` has `--test=1`.

    Behind `--` nothing is an option.
    """
    alone = {flag_of(name): option_of(name).alone for name in Settings.model_fields if option_of(name).alone}
    end = words.index("--") if "--" in words else len(words)
    following = [*words[1:], ""]
    return [
        f"{word}={alone[word]}" if at < end and word in alone and not following[at].isdecimal() else word
        for at, word in enumerate(words)
    ]


def off_flag_of(name: str) -> str:
    """What takes back a yes of the recipe: `--no-skip-invalid`, `--wait`."""
    flag = flag_of(name).removeprefix("--")
    return f"--{flag.removeprefix('no-')}" if flag.startswith("no-") else f"--no-{flag}"


@dataclass(frozen=True)
class Again:
    """The commands that go on with a batch, each in one piece: for the sheet, with the options that were `typed`."""

    sheet: str
    typed: Mapping[str, object]

    @property
    def for_others(self) -> Again:
        """As others may read it: files by their names; no link of a sheet, and nothing that fills cells."""
        sheet = LEFT_OUT if is_link(self.sheet) else Path(self.sheet).name or self.sheet
        return Again(sheet, {name: _for_others(name, value) for name, value in self.typed.items()})

    @property
    def run(self) -> str:
        return self.run_with({})

    @property
    def check(self) -> str:
        return kept(again_command(self.sheet, self.typed, command=CHECK))

    @property
    def links(self) -> str:
        return kept(again_command(self.sheet, self.typed, command=LINKS))

    def run_with(self, changed: Mapping[str, object]) -> str:
        """`run` with these options, by the names of their settings, in place of what was typed."""
        return kept(again_command(self.sheet, {**self.typed, **changed}))


def _for_others(name: str, value: object) -> object:
    if isinstance(value, list | tuple):
        return [_for_others(name, each) for each in value]

    if name == "defaults":  # COLUMN=VALUE
        return f"{str(value).partition('=')[0]}={LEFT_OUT}"

    return value.name if isinstance(value, Path) else value


def again_command(sheet: str, typed: Mapping[str, object], platform: str = sys.platform, command: str = RUN) -> str:
    """`bulkgen run SHEET` with what was typed, as the platform's shell reads it; what was meant for one time is not
    repeated. `typed`: the values of the options by the names of the settings.
    """
    # A name that begins like an option is no option with its folder before it
    words = ["bulkgen", command, f"./{sheet}" if sheet.startswith("-") and sheet != "-" else sheet]
    return shell_line([*words, *repeated_words(typed, command)], platform)


def repeated_words(typed: Mapping[str, object], command: str, *, scheduled: bool = False) -> list[str]:
    """The options of what was typed that every further run has, too; `scheduled`: and every run of a schedule."""
    words: list[str] = []
    for name, value in typed.items():
        option = option_of(name)
        repeated = option.again or (scheduled and option.scheduled)
        if not repeated or command not in option.commands or value is None:
            continue

        if value is False and not option.in_files:
            continue

        if value is False:
            words.append(off_flag_of(name))
            continue

        several = value if isinstance(value, list | tuple) else [value]
        for each in several:
            words += [flag_of(name)] if each is True else [flag_of(name), str(each)]
    return words


def shell_line(words: Sequence[str], platform: str = sys.platform) -> str:
    """The words as they are typed in the platform's shell."""
    return shlex.join(words) if platform != "win32" else " ".join(map(_quoted_for_windows, words))


def _quoted_for_windows(word: str) -> str:
    """The word as cmd.exe and PowerShell both read it.

    Double quotes are the only ones that both know. Within them PowerShell still fills in `$name`, takes a backtick for
    an escape, and has its own idea of a quote: a word with one of these is in single quotes, which it alone reads.
    """
    if re.fullmatch(r"[\w.:/\\=+-]+", word):
        return word

    if not re.search(r'["`“”„]|\$[\w{(?$^:]', word):
        backslashes = len(word) - len(word.rstrip("\\"))  # those before the closing quote count double
        return f'"{word}{chr(92) * backslashes}"'

    doubled = re.sub("['‘’‚‛]", r"\g<0>\g<0>", word)
    return f"'{doubled}'"
