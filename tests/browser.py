"""A real browser that looks at a page: Debian's Chromium, without a window, driven by Playwright.

    browser.see(path, lambda tab: tab.locator(".card").count())

It runs in a thread of its own: Playwright's event loop keeps others from running in the same one. Whatever the page
complains of on its console, and whatever it asks of the network unbidden, fails the test.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Playwright, Request, Route, sync_playwright

Seen = TypeVar("Seen")

#: What is called Chromium, or does as well.
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

#: How long a page may take for what it is waited for (milliseconds); only for what never comes.
PATIENCE = 60_000


class Browser:
    """`asked`: the addresses that the last page asked the network for."""

    def __init__(self, program: str) -> None:
        self._program = program
        self._thread = ThreadPoolExecutor(1)
        self._playwright: Playwright | None = None
        self._chromium: Chromium | None = None
        self.asked: list[str] = []

    def see(
        self,
        path: Path,
        scene: Callable[[Page], Seen],
        *,
        files: Mapping[str, Path] | None = None,
        bidden: bool = False,
        **context: Any,
    ) -> Seen:
        """Opens the page and does what the scene says; gives what it gives.

        `files`: what the network has, by address; anything else is not there. `bidden`: the scene has the page ask the
        network. `context`: the window, as Playwright has it.
        """
        return self._thread.submit(self._see, path, scene, files or {}, bidden, context).result()

    def close(self) -> None:
        self._thread.submit(self._close).result()
        self._thread.shutdown()

    def _see(
        self,
        path: Path,
        scene: Callable[[Page], Seen],
        files: Mapping[str, Path],
        bidden: bool,
        context: Mapping[str, Any],
    ) -> Seen:
        if self._chromium is None:
            self._playwright = sync_playwright().start()
            self._chromium = self._playwright.chromium.launch(
                executable_path=self._program,
                args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],  # root has no sandbox
            )
        self.asked = asked = []
        complaints: list[str] = []

        def network(route: Route, request: Request) -> None:
            asked.append(request.url)
            if request.url in files:
                route.fulfill(path=files[request.url])
            else:
                route.abort()

        window = self._chromium.new_context(**context)
        try:
            window.set_default_timeout(PATIENCE)
            window.route(lambda url: not url.startswith(("file:", "blob:", "data:")), network)
            tab = window.new_page()
            tab.on("console", lambda message: complaints.append(message.text))
            tab.on("pageerror", lambda error: complaints.append(str(error)))
            tab.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
            tab.goto(path.resolve().as_uri())
            seen = scene(tab)
        finally:
            window.close()
        if not bidden:
            assert (complaints, asked) == ([], [])
        return seen

    def _close(self) -> None:
        if self._chromium is not None:
            self._chromium.close()
        if self._playwright is not None:
            self._playwright.stop()


def find_chromium() -> str:
    """Where it is. Skips the test where there is none; in CI that is a failure."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        missing = "there is no Chromium to look at the page with: apt-get install -y chromium"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)

    return found
