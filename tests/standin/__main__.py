"""`python -m tests.standin --port 0 --ledger FILE`: prints the port as one line, and serves until it is stopped."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import threading
from pathlib import Path
from typing import Any

from tests.standin.ledger import Ledger
from tests.standin.server import Server
from tests.standin.settings import Settings
from tests.standin.world import World


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.standin", description="A stand-in for HeyGen on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    parser.add_argument("--ledger", type=Path, required=True, help="JSON lines, appended to")
    parser.add_argument("--script", type=Path, help="a JSON file: the list of rules (see faults.py)")
    parser.add_argument("--settings", default="{}", help="a JSON object (see settings.py), or a file that holds one")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="one setting; value in JSON")
    parser.add_argument("--tied", action="store_true", help="stop when stdin ends: with the process that started this")
    options = parser.parse_args()
    try:
        world = World(_settings(options), ledger=Ledger(options.ledger))
    except (ValueError, OSError) as error:
        parser.error(str(error))

    asyncio.run(_serve(world, options.port, options.tied))
    world.ledger.close()


def _settings(options: argparse.Namespace) -> Settings:
    text: str = options.settings
    changes: dict[str, Any] = json.loads(text if text.lstrip().startswith("{") else Path(text).read_text("utf-8"))
    if options.script:
        changes["script"] = json.loads(options.script.read_text("utf-8"))
    for pair in options.set:
        name, _, value = pair.partition("=")
        try:
            changes[name] = json.loads(value)
        except ValueError:
            changes[name] = value
    return Settings().changed(changes)


async def _serve(world: World, port: int, tied: bool) -> None:
    server = Server(world)
    if tied:
        loop = asyncio.get_running_loop()

        def wait_for_parent() -> None:
            sys.stdin.buffer.read()
            loop.call_soon_threadsafe(server.stopping.set)

        threading.Thread(target=wait_for_parent, daemon=True).start()
    await server.serve(port, _announce)


def _announce(port: int) -> None:
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()


main()
