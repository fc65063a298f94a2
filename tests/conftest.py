"""What all tests share."""

from __future__ import annotations

import gc
import os
import re
import socket
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings

from tests.browser import Browser, find_chromium
from tests.forked import end_of_forks
from tests.story import Story

#: One profile for all properties: a slow machine makes none of them fail. In CI the examples of one commit are always
#: the same; every other run looks for new ones.
settings.register_profile(
    "bulkgen",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
    derandomize="CI" in os.environ,
)
settings.load_profile("bulkgen")

#: What is compiled is kept, whatever the environment says: more than a hundred tests start bulkgen in a process of its
#: own, and each would compile all of it again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

#: Where the SDK of MCP is not installed (with the lowest releases that bulkgen itself works with it can't be), what
#: needs it is left out.
collect_ignore_glob = [] if find_spec("mcp") else ["test_mcp*.py"]

#: Thousands of tests are loaded, and stay: looked through for circles less often, they take less of the time.
gc.set_threshold(20_000, 20, 20)

_tests = count()

#: What a worker takes at most (bytes), with the commands that it starts.
_WORKER = 1_000_000_000


def pytest_xdist_auto_num_workers() -> int | None:
    """Two for each core: a third of its time a worker waits, for answers on their way and for pages that are drawn."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 2 * _WORKER * cores
    return max(1, min(2 * cores, memory // _WORKER))


@pytest.fixture(autouse=True)
def _data_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has an index of its own, and none the person's; nor does anybody hear of it whom they told to."""
    monkeypatch.delenv("BULKGEN_NOTIFY", raising=False)
    monkeypatch.setenv("BULKGEN_DATA_DIR", str(tmp_path_factory.getbasetemp() / f"data-{next(_tests)}"))


@pytest.fixture(scope="session", autouse=True)
def _no_wait_for_the_disk() -> Iterator[None]:
    """What is written is there until the power fails, and where it does, a test says itself what the disk has kept."""
    with mock.patch.object(os, "fsync", os.fstat):
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """No name leads anywhere but to this computer: what a link of a test is found to be does not depend on where the
    tests run, and nobody's server is asked."""
    ask = socket.getaddrinfo

    def asked(host: Any, *rest: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name and name != "localhost" and not re.fullmatch(r"[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.%]*", name):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known: no test asks for one")

        return ask(host, *rest, **options)

    with mock.patch.object(socket, "getaddrinfo", asked):
        yield


@pytest.fixture(scope="session", autouse=True)
def _forks() -> Iterator[None]:
    yield
    end_of_forks()


@pytest.fixture
def anyio_backend() -> str:
    """Asynchronous tests run on the backend that the program runs on; those in virtual time name trio themselves."""
    return "asyncio"


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """A folder of the person's, an index of their own, and an account at HeyGen."""
    folder = tmp_path / "desk"
    folder.mkdir()
    with Story(folder) as started:
        yield started


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all pages; each is looked at in a window of its own."""
    started = Browser(find_chromium())
    yield started
    started.close()
