"""What `--help` prints: of the whole command line, and of one command. Whole words, at the width of the window.

typer reads the options and hands them over here. What a shell can't type is not shown: no types, no ranges.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from typing import Any

from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from bulkgen.cli.examples import EXAMPLES
from bulkgen.cli.words import USUAL
from bulkgen.cli.wrapping import width_of, wrapped, wrapped_line

#: Lines get no longer than this in a wide window, and options have a line of their own in one narrower than that.
WIDEST, NARROW = 100, 60

#: The widest name that its explanation stands beside.
NAME = 36

#: How the options are headed that belong to no group, and what does where others do.
OPTIONS, HELP = "Options", "Help"

#: What typer has for completion is told in our words.
_COMPLETION = {"install_completion": "Complete commands and options with the Tab key."}

#: What is explained, and how.
Entry = tuple[str, str]


class CommandPage(TyperCommand):
    """A command whose `--help` is told in our words."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        arguments = [each for each in self.get_params(ctx) if isinstance(each, TyperArgument) and not each.hidden]
        names = [str(each.metavar) if each.required else f"[{_name(each)}]" for each in arguments]
        usage = " ".join([ctx.command_path, *names, "[options]"])
        sections = [("", [(_name(each), _about(each)) for each in arguments])] if arguments else []
        groups: dict[str, list[Entry]] = {}
        for option in self.get_params(ctx):
            if isinstance(option, TyperOption):
                group = option.rich_help_panel or (HELP if groups.keys() - {OPTIONS} else OPTIONS)
                groups.setdefault(group, []).append(_entry(option))
        formatter.write(page(usage, self.help or "", self.name or "", [*sections, *groups.items()]))


class Overview(TyperGroup):
    """The commands; of `bulkgen` itself."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        commands = [(name, command.help or "") for name, command in self.commands.items()]
        options = [_entry(option) for option in self.get_params(ctx) if option.name != "show_completion"]
        usage = f"{ctx.command_path} SHEET [options]\n{ctx.command_path} COMMAND …"
        sections = [("Commands", commands), (OPTIONS, options)]
        formatter.write(page(usage, self.help or "", USUAL, sections))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Where a shell asks what fits, a sheet alone is a run as well."""
        return super().resolve_command(ctx, args if args[0] in self.commands else [USUAL, *args])


def page(usage: str, about: str, command: str, sections: Iterable[tuple[str, Sequence[Entry]]]) -> str:
    """The whole text, with the examples of a command, for the window that there is."""
    width = min(shutil.get_terminal_size().columns, WIDEST)
    typed = [f"{' ' * 7 if at else 'Usage: '}{line}" for at, line in enumerate(usage.split("\n"))]
    lines = [part for line in typed for part in wrapped_line(line, width, 7)]
    parts = ["\n".join(lines), wrapped(about, width)]
    for title, entries in [("Examples", EXAMPLES.get(command, ())), *sections]:
        if entries:
            parts.append("\n".join([*([f"{title}:"] if title else []), *_listed(entries, width)]))
    return "\n\n".join(parts) + "\n"


def _listed(entries: Sequence[Entry], width: int) -> Iterable[str]:
    """Names, and beside each its explanation; below it where there is no room."""
    beside = width >= NARROW
    column = min(max(width_of(name) for name, _ in entries), NAME) + 4
    for name, about in entries:
        if beside and width_of(name) + 4 <= column:
            yield from wrapped_line(f"  {name}".ljust(column) + about, width, column)
        else:
            indent = " " * (column if beside else 6)
            yield f"  {name}"
            yield from wrapped_line(indent + about, width, len(indent))


def _name(argument: Any) -> str:
    return str(argument.metavar).strip("[]")


def _entry(option: Any) -> Entry:
    """`--limit N`, and what it does."""
    value = f" {option.metavar or 'VALUE'}" if not option.is_flag else ""
    return ", ".join(sorted(option.opts, key=len, reverse=True)) + value, _about(option)


def _about(parameter: Any) -> str:
    about = _COMPLETION.get(parameter.name, parameter.help or "")
    usual = parameter.show_default
    return f"{about.rstrip('.')} (usually {usual})." if isinstance(usual, str) else about
