"""Mistakes in what was typed, told in our words and with what to type instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import typer

from bulkgen.cli.words import OWN, is_option, is_sheet, together
from bulkgen.cli.wrapping import kept
from bulkgen.errors import InputError
from bulkgen.model import listed
from bulkgen.rows.suggest import nearest

#: What typer raises for it: the one of the family that it names in public is a child of the one that is meant.
UsageError: Any = typer.BadParameter.__mro__[1]


def explained(error: Exception, words: Sequence[str], parameters: Sequence[Any]) -> InputError:
    """The mistake in our words. `error` is a `UsageError`; `words` are what was typed, the command first; `parameters`
    are typer's, of that command.
    """
    options = {flag: each for each in parameters for flag in (*each.opts, *each.secondary_opts)}
    name, parameter = getattr(error, "option_name", ""), getattr(error, "param", None)
    command = f"bulkgen {words[0]}".removesuffix(f" {words[0]}" if is_option(words[0]) else "")
    sheets = [word for word in words[1:] if is_option(word) and "=" not in word and is_sheet(word)]
    if name and name not in options and sheets:
        told = f"{sheets[0]} begins like an option. Type the sheet with its folder: {kept(f'./{sheets[0]}')}"
    elif name and name not in options:
        told = _in_recipe(name) if command.endswith(" schedule") else ""
        told = told or _no_such(name, options)
    elif name and options[name].is_flag:
        told = f"{name} takes no value."
    elif name:
        told = f"{name} needs a value: {name} {options[name].metavar or 'VALUE'}."
    elif type(error).__name__ == "MissingParameter" and parameter is not None:
        told = _missing(command, _name_of(parameter))
    elif parameter is not None:
        told = f"{_name_of(parameter)}: {str(getattr(error, 'message', error)).rstrip('.')}."
    elif not any(each.param_type_name == "argument" for each in parameters):
        told = f"{command} takes options only: {listed([word for word in words[1:] if not is_option(word)])} is none."
    else:
        told = _too_many(command, words[1:], valued_of(parameters))
    return _mistake(command, told)


def no_sheet(command: str) -> InputError:
    """That a SHEET is missing, where only the command itself can tell."""
    return _mistake(f"bulkgen {command}", _missing(f"bulkgen {command}", "SHEET"))


def _mistake(command: str, told: str) -> InputError:
    return InputError(f"{told}\n{kept(f'{command} --help')} shows what can be typed.")


def valued_of(parameters: Sequence[Any]) -> list[str]:
    """The options among typer's parameters that a value has to follow."""
    options = (each for each in parameters if each.param_type_name == "option" and not each.is_flag)
    return [flag for each in options for flag in (*each.opts, *each.secondary_opts)]


def _name_of(parameter: Any) -> str:
    return str(parameter.opts[0] if parameter.param_type_name == "option" else parameter.metavar)


def _missing(command: str, name: str) -> str:
    example = "leads.xlsx" if name == "SHEET" else name
    return f"{name} is missing. Type it like {kept(f'{command} {example}')}."


def _no_such(name: str, options: Iterable[str]) -> str:
    known = [flag for flag in (*options, *OWN) if flag.startswith("--")]
    begun = [flag for flag in known if flag.startswith(name) and len(name) > len("--")]
    meant = begun[0] if len(begun) == 1 else nearest(name, begun or known, 0.0 if begun else 0.6)
    return f"There is no option {name}." + (f" Did you mean {meant}?" if meant else "")


def _in_recipe(name: str) -> str:
    """That a schedule has no such option since the recipe has it; "" where it has not."""
    from bulkgen.batch.settings import Settings, flag_of, option_of

    if not any(flag_of(each) == name and option_of(each).in_files for each in Settings.model_fields):
        return ""

    key = name.removeprefix("--").replace("-", "_")
    return f"A schedule has no {name}: put it into the sheet's recipe ({key} = …), which each run reads."


def _too_many(command: str, words: Sequence[str], valued: Sequence[str]) -> str:
    """More plain words than the command has arguments: mostly a name that had to stand in quotes."""
    sheets = [word for at, word in enumerate(words) if is_sheet(word) and words[max(at - 1, 0)] not in valued]
    if len(sheets) > 1:
        return f"{command} takes one sheet at a time, and these are {len(sheets)}: {listed(sheets, 3)}."

    from bulkgen.cli.options import shell_line

    joined = together(words, valued)
    names = [word for word in joined if " " in word and word not in words]
    if not names or is_option(joined[0]):
        return f"{command} takes one SHEET, and there are more words than that: {listed(words)}."

    told = listed([f'"{name}"' for name in names], 3)
    line = shell_line([*command.split(), *joined])
    return f"A shell takes words apart at their blanks: put {told} in quotes:\n  {kept(line)}"
