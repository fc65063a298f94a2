"""Where notices arrive, on this computer: a web hook and a mail server."""

from __future__ import annotations

import email
import email.policy
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Hook:
    """A web hook. `answer`: the status of its answers, 0 for none as long as the hook is there."""

    def __init__(self, answer: int = 200) -> None:
        self.answer = answer
        #: The bodies that arrived.
        self.got: list[dict[str, Any]] = []
        self._over = threading.Event()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                hook.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                if not hook.answer:
                    hook._over.wait()
                self.send_response(hook.answer or 200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        """Its address, with a secret in it."""
        return f"json://joe:hunter2@127.0.0.1:{self._server.server_port}/s3cr3t"

    def __enter__(self) -> Hook:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()


def nobody() -> str:
    """The address of a web hook that is not there."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"json://joe:hunter2@127.0.0.1:{listener.getsockname()[1]}/s3cr3t"


@contextmanager
def mailbox() -> Iterator[tuple[str, list[Any]]]:
    """The address of a mail server, and the mails that arrive."""
    from aiosmtpd.controller import Controller

    mails: list[Any] = []

    class Handler:
        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
            mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
            return "250 OK"

    with socket.socket() as listener:  # the controller asks for a port of its own, and does not tell which it got
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    controller = Controller(Handler(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        query = "smtp=127.0.0.1&mode=insecure&from=bulkgen@example.com&to=team@example.com"
        yield f"mailto://example.com:{port}?{query}", mails
    finally:
        controller.stop()
