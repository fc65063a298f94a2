"""`bulkgen mcp --install`, `--print` and `--bundle`: how an assistant's program comes to know the server."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bulkgen.cli.console import Console
from bulkgen.cli.options import shell_line
from bulkgen.cli.wrapping import kept
from bulkgen.errors import CredentialError, Exit
from bulkgen.heygen.credentials import VARIABLE
from bulkgen.heygen.key_file import credentials_path, stored_key
from bulkgen.mcp.clients import NAME, Client, Installed, NotPlain, Settings, install, settings_of
from bulkgen.mcp.folder import Folder
from bulkgen.mcp.options import Options
from bulkgen.program import lasting_command_line
from bulkgen.schedules.surroundings import carried


def install_in(client: Client, options: Options) -> Exit:
    """Writes the entry that starts such a server. Raises `InputError` where that can't be."""
    console = Console()
    settings, command = _settings(client, console), lasting_command_line(*words_of(options))
    try:
        done = install(settings, command)
    except NotPlain as error:
        console.warn(f"{error} It was left as it is: add this to it yourself.")
        _print(settings, command)
        return Exit.MISTAKES

    lines = [_done(done), settings.after] if done.changed else [_done(done)]
    if client is Client.CLAUDE:
        lines.append(_of_claude_code(settings, command))
    console.summary("\n".join(lines), {})
    _warn_of_key(console, options)
    return Exit.OK


def show_entry(client: Client, options: Options) -> Exit:
    """Prints what `install_in` would write, and says where it belongs."""
    console = Console()
    settings, command = _settings(client, console), lasting_command_line(*words_of(options))
    console.warn(f"This belongs into {kept(str(settings.path))} ({settings.called}):")
    _print(settings, command)
    if client is Client.CLAUDE:
        console.warn(_of_claude_code(settings, command))
    _warn_of_key(console, options)
    return Exit.OK


def bundle_to(path: Path) -> Exit:
    """Writes the bundle."""
    import anyio

    from bulkgen.mcp.bundle import write_bundle
    from bulkgen.mcp.server import server

    tools = anyio.run(server(Options(folder=Path())).list_tools)
    written = write_bundle(path, {tool.name: tool.title or tool.name for tool in tools})
    told = f"Written: {kept(str(written))}\nOpen it with Claude Desktop: it asks for the folder, the limit and the key."
    Console().summary(told, {})
    return Exit.OK


def words_of(options: Options) -> list[str]:
    """The command that starts such a server from anywhere. Raises `InputError` where there can't be one."""
    words = ["mcp", "--folder", str(Folder(options.folder).root)]
    if options.read_only:
        words.append("--read-only")
    if options.sandbox:
        words.append("--sandbox")
    if {*options.offered} != {*replace(options, tools=(), exclude_tools=()).offered}:
        words += ["--tools", ",".join(options.offered)]
    if options.expires is not None:
        words += ["--expires", f"{options.expires:.0f}s"]
    if options.max_cost is not None:
        words += ["--max-cost", f"{options.max_cost:.2f}"]
    return words


def _print(settings: Settings, command: Sequence[str]) -> None:
    Console(as_json=True).summary("", settings.snippet(command))


def _done(done: Installed) -> str:
    where = f"{done.settings.called} ({kept(str(done.settings.path))})"
    if not done.changed:
        return f"{where} has this entry already: nothing was changed."

    lines = [f"bulkgen is now among the servers of {where}."]
    folder = _folder_of(done.replaced) if done.replaced is not None else ""
    if folder and folder not in done.command:
        lines.append(f"It takes the place of the entry for {kept(folder)}: one program has one entry.")
    if done.backup:
        lines.append(f"The file as it was before: {kept(str(done.backup))}")
    return "\n".join(lines)


def _folder_of(entry: Mapping[str, Any]) -> str:
    """The folder that an earlier entry of ours was for, "" where it is none of ours."""
    words = entry.get("args") if isinstance(entry, Mapping) else None
    if not isinstance(words, list) or "--folder" not in words[:-1]:
        return ""

    return str(words[words.index("--folder") + 1])


def _settings(client: Client, console: Console) -> Settings:
    """The client's, with what leads bulkgen elsewhere in this terminal: programs start the server without it."""
    variables, told = carried(os.environ, Path.cwd())
    for each in told:
        console.warn(each)
    return replace(settings_of(client), variables=variables)


def _of_claude_code(settings: Settings, command: Sequence[str]) -> str:
    variables = [word for name, value in settings.variables.items() for word in ("--env", f"{name}={value}")]
    # Not directly before the name: --env takes all words up to the next option
    line = shell_line(["claude", "mcp", "add", *variables, "--scope", "user", NAME, "--", *command])
    return f"For Claude Code type: {kept(line)}"


def _warn_of_key(console: Console, options: Options) -> None:
    """Programs start the server without the environment of the terminal: the key has to be kept."""
    if options.sandbox:
        return

    try:
        stored_key(credentials_path())
    except CredentialError:
        hidden = f" ({VARIABLE} is set in this terminal, but assistants' programs pass nothing on.)"
        said = "No HeyGen API key is kept on this computer yet: type bulkgen login"
        console.warn(said + hidden * (VARIABLE in os.environ))
