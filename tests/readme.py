"""The parts of the README that the code knows better: tables of columns and options.

`python -m tests.readme` writes them into README.md; a test holds that nothing has changed since.
"""

from __future__ import annotations

from pathlib import Path

import typer

from bulkgen.cli.app import COMMANDS, application
from bulkgen.kinds import KINDS
from bulkgen.kinds.kind import Kind

README = Path(__file__).parents[1] / "README.md"


def columns(kind: Kind) -> str:
    lines = ["| column | what it holds |", "|---|---|"]
    for column in kind.columns:
        others = f" Also: {', '.join(f'`{name}`' for name in column.aliases)}." if column.aliases else ""
        needed = " **Needed.**" if column.required else ""
        lines.append(f"| `{column.name}` | {column.about}{needed}{others} |")
    return "\n".join(lines)


def options() -> str:
    """Every option of every command, with the commands that have it."""
    group = typer.main.get_command(application(COMMANDS))
    found: dict[str, tuple[str, list[str]]] = {}
    for name, command in group.commands.items():  # type: ignore[attr-defined]  # a group has commands
        for parameter in command.params:
            if parameter.param_type_name != "option" or parameter.name == "help":
                continue

            flags = ", ".join(f"`{flag}`" for flag in parameter.opts)
            value = f" `{parameter.metavar}`" if parameter.metavar and not parameter.is_flag else ""
            found.setdefault(f"{flags}{value}", (parameter.help or "", []))[1].append(name)
    lines = ["| option | what it does | commands |", "|---|---|---|"]
    lines += [f"| {flags} | {about} | {', '.join(commands)} |" for flags, (about, commands) in found.items()]
    return "\n".join(lines)


def parts() -> dict[str, str]:
    return {"options": options(), **{f"columns {name}": columns(kind) for name, kind in KINDS.items()}}


def filled(text: str) -> str:
    """The README with its generated parts as the code has them now."""
    for name, content in parts().items():
        before, opening, rest = text.partition(f"<!-- {name} -->\n")
        _, closing, after = rest.partition(f"<!-- /{name} -->")
        text = f"{before}{opening}{content}\n{closing}{after}"
    return text


if __name__ == "__main__":
    README.write_text(filled(README.read_text(encoding="utf-8")), encoding="utf-8")
