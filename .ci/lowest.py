"""Prints the lowest release of every dependency that pyproject.toml allows, as constraints for pip."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
extras = project["optional-dependencies"]
tested = [*project["dependencies"], *extras["notify"], *extras["listen"], *extras["test"]]
for requirement in tested:
    if requirement.startswith("bulkgen["):
        continue

    bound = re.fullmatch(r"([a-z-]+)>=([0-9.]+)", requirement)
    if bound is None:
        sys.exit(f"pyproject.toml: {requirement!r} names no lowest release, like typer>=0.26")

    sys.stdout.write(f"{bound[1]}=={bound[2]}\n")
