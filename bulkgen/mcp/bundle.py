"""The server as one file that Claude Desktop installs with a double click: an `.mcpb` bundle.

It holds this very bulkgen and names the packages that it needs; the program that installs it has uv fetch those, and
Python too. The person chooses the folder and the limit in a window; the key is kept with the system's other passwords.

Invariant: the same bulkgen makes the same file, and nothing of the person's is in it.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import bulkgen
from bulkgen.batch.starters import FOLDER, PACKED
from bulkgen.disk.whole import write_whole
from bulkgen.errors import InputError

#: How the file is called at its end: the system opens it with Claude Desktop by that.
SUFFIX = ".mcpb"

#: The first version of the manifest that lets uv look after Python and the packages.
_MANIFEST_VERSION = "0.4"

#: Started from the bundle's own folder; `-P -m bulkgen` then works too, since uv installs what lies there.
_SERVER = "server.py"
_PROGRAM = """\
from bulkgen.__main__ import main

if __name__ == "__main__":
    main()
"""

#: `name>=1; extra == "mcp"`
_REQUIRED = re.compile(r"""(?P<what>[^;]+?)\s*(?:;\s*extra == ['"](?P<extra>\w+)['"])?""")

#: Every file of a bundle is of this day, so that one bulkgen makes one file.
_DAY = (1980, 1, 1, 0, 0, 0)


def write_bundle(path: Path, tools: Mapping[str, str]) -> Path:
    """Writes the bundle; gives where it is. `tools`: what each of the server's is for, in one line.

    Raises `InputError` where it can't be written.
    """
    if path.suffix != SUFFIX:
        raise InputError(f"The bundle's name has to end in {SUFFIX}: --bundle bulkgen{SUFFIX}")

    try:
        metadata.distribution("bulkgen")
    except metadata.PackageNotFoundError:
        raise InputError(
            "This bulkgen was not installed by uv or pip, so nobody knows which packages the bundle needs. Install it, "
            "and type the same again with that."
        ) from None

    files = {"manifest.json": _as_json(manifest(tools)), "pyproject.toml": _project(), _SERVER: _PROGRAM}
    try:
        return write_whole(path, lambda temporary: _pack(temporary, {**_licence(), **files}))
    except OSError as error:
        raise InputError(f"{path} can't be written ({error.strerror}).") from error


def manifest(tools: Mapping[str, str]) -> dict[str, Any]:
    """What the program that installs the bundle has to know, and to ask."""
    told = metadata.metadata("bulkgen")
    options = {"--folder": "${user_config.folder}", "--max-cost": "${user_config.max_cost}"}
    return {
        "manifest_version": _MANIFEST_VERSION,
        "name": "bulkgen",
        "display_name": "bulkgen: videos from spreadsheets",
        "version": bulkgen.__version__,
        "description": told["Summary"],
        "author": {"name": "bulkgen"},
        "license": "MIT",
        "server": {
            "type": "uv",
            "entry_point": _SERVER,
            "mcp_config": {
                "command": "uv",
                "args": ["run", "--directory", "${__dirname}", _SERVER, "mcp", *sum(options.items(), ())],
                "env": {"HEYGEN_API_KEY": "${user_config.api_key}"},
            },
        },
        "compatibility": {"platforms": ["darwin", "win32", "linux"], "runtimes": {"python": ">=3.11"}},
        "tools": [{"name": name, "description": about} for name, about in tools.items()],
        "prompts_generated": True,
        "user_config": {
            "folder": {
                "type": "directory",
                "title": "Folder with your sheets",
                "description": "The assistant sees the sheets in this folder and below it, and nothing else.",
                "required": True,
            },
            "max_cost": {
                "type": "number",
                "title": "Limit for one session, in US dollars",
                "description": "All that the assistant starts until it is restarted can't cost more.",
                "required": True,
                "min": 0,
            },
            "api_key": {
                "type": "string",
                "title": "HeyGen API key",
                "description": "From https://app.heygen.com/settings?nav=API. It goes to HeyGen and nowhere else.",
                "required": True,
                "sensitive": True,
            },
        },
    }


def _project() -> str:
    """The project file by which uv installs what the bundle holds, with the packages that it needs."""
    lines = [
        "[build-system]",
        'requires = ["hatchling>=1.27"]',
        'build-backend = "hatchling.build"',
        "",
        "[project]",
        'name = "bulkgen"',
        f'version = "{bulkgen.__version__}"',
        f'requires-python = "{metadata.metadata("bulkgen")["Requires-Python"]}"',
        f"dependencies = {json.dumps(_required(metadata.requires('bulkgen') or ()), indent=4)}",
        "",
        "[tool.hatch.build.targets.wheel]",
        'packages = ["bulkgen"]',
    ]
    return "\n".join(lines) + "\n"


def _required(all_of_them: Sequence[str]) -> list[str]:
    """The packages that the server needs: bulkgen's own, and those of its extra."""
    found = [match for match in map(_REQUIRED.fullmatch, all_of_them) if match]
    return sorted(match["what"] for match in found if match["extra"] in (None, "mcp"))


def _licence() -> dict[str, str]:
    text = metadata.distribution("bulkgen").read_text("licenses/LICENSE")
    return {"LICENSE": text} if text else {}


def _as_json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _pack(path: Path, texts: Mapping[str, str]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in sorted({**{name: text.encode() for name, text in texts.items()}, **dict(_sources())}.items()):
            entry = zipfile.ZipInfo(name, _DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, data)


def _sources() -> Iterator[tuple[str, bytes]]:
    """This bulkgen, file by file, with its starters where an installed one has them."""
    package = Path(bulkgen.__file__).parent
    for folder, inside in ((package, "bulkgen"), (FOLDER, f"bulkgen/{PACKED.name}")):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield f"{inside}/{path.relative_to(folder).as_posix()}", path.read_bytes()
