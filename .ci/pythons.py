"""Prints the Pythons of this machine that the tests run on beside this one, each with its name and its path: the lowest
of all that are supported, called "lowest" (it may be this one), then the highest release of every other version.

Looked for on PATH and among pyenv's. One that can't make environments is named on stderr and left out.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

#: Its version, if it is a finished CPython; then whether it can make environments.
ASKED = """
import sys
if sys.version_info.releaselevel == "final" and sys.implementation.name == "cpython":
    print(*sys.version_info[:3], sep=".", flush=True)
import venv
"""

Version = tuple[int, ...]


def candidates() -> list[Path]:
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    folders = [*map(Path, os.get_exec_path()), *sorted(pyenv.glob("versions/*/bin"))]
    return [path for folder in folders for path in sorted(folder.glob("python3*")) if is_python(path)]


def is_python(path: Path) -> bool:
    return re.fullmatch(r"python3(\.\d+)?", path.name) is not None and os.access(path, os.X_OK)


def version_of(text: str) -> Version:
    return tuple(map(int, text.split(".")))


project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
lowest = version_of(project["requires-python"].removeprefix(">="))
found: dict[Version, Path] = {sys.version_info[:3]: Path(sys.executable)}
for path in candidates():
    done = subprocess.run([path, "-c", ASKED], capture_output=True, text=True, check=False)
    if not done.stdout.strip():
        continue  # one of pyenv's stand-ins, or no finished CPython

    version = version_of(done.stdout.strip())
    if version < lowest or version in found:
        continue

    if done.returncode:
        sys.stderr.write(f"{path} is left out: it has no venv\n")
    else:
        found[version] = path
sys.stdout.write(f"lowest {found[min(found)]}\n")
highest = {version[:2]: version for version in sorted(found) if version[:2] != sys.version_info[:2]}
for version in highest.values():
    sys.stdout.write(f"{'.'.join(map(str, version))} {found[version]}\n")
