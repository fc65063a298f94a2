"""The stand-in as a process of its own, started and steered by a test."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.forked import PIPE, Forked, forked
from tests.standin.judge import Unfit
from tests.standin.ledger import Ledger
from tests.standin.settings import DEFAULT_KEY

_ROOT = Path(__file__).parents[2]


class StandIn:
    """`with StandIn(tmp_path / "ledger.jsonl", time_scale=0.001) as heygen:` and HeyGen is at `heygen.base`.

    Keyword arguments are settings. The process ends with the block, and with the test runner too. The block
    raises `Unfit` if anything was sent that HeyGen's schemas do not have.
    """

    def __init__(self, ledger: Path, *, script: Sequence[Mapping[str, Any]] = (), **settings: Any) -> None:
        self.ledger_file = ledger
        self.key: str = settings.get("key", DEFAULT_KEY)
        self.port = 0
        self._settings = json.dumps({**settings, "script": list(script)})
        self._process: Forked | subprocess.Popen[str] | None = None

    def __enter__(self) -> StandIn:
        command = [sys.executable, "-m", "tests.standin", "--tied", "--settings", self._settings]
        command += ["--ledger", str(self.ledger_file.absolute())]
        self._process = forked(command, cwd=_ROOT, env=os.environ, stdin=PIPE, stdout=PIPE, stderr=None)
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            self.stop()
            raise RuntimeError("the stand-in did not start; its reason is on stderr")

        self.port = int(line)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if kind is None and (unfit := self.ledger().of("unfit")):
            raise Unfit("\n".join(line["why"] for line in unfit))

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def env(self) -> dict[str, str]:
        """What a bulkgen process needs in its environment to take this for HeyGen."""
        return {"HEYGEN_API_BASE": self.base, "HEYGEN_API_KEY": self.key, "NO_PROXY": "127.0.0.1,localhost"}

    def ledger(self) -> Ledger:
        return Ledger.read(self.ledger_file)

    def control(self, **settings: Any) -> dict[str, Any]:
        """Changes settings; gives all of them as they are now. Raises `ValueError` for what is no setting."""
        return self._ask("POST", "settings", settings)

    def state(self) -> dict[str, Any]:
        """Figures, `World.state`."""
        return self._ask("GET", "state")

    def plant(self, family: str = "videos", **facts: Any) -> str:
        """A completed job of somebody else, `World.plant`; gives its id."""
        return str(self._ask("POST", "plant", {"family": family, **facts})["id"])

    def stop(self) -> None:
        """Ends the process; nothing happens the second time."""
        if self._process is None:
            return

        process, self._process = self._process, None
        with process:  # closes the pipes, and so tells it to stop
            assert process.stdin
            process.stdin.close()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()

    def _ask(self, method: str, what: str, facts: Mapping[str, Any] | None = None) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, f"/_control/{what}", json.dumps(facts or {}))
            response = connection.getresponse()
            answer: dict[str, Any] = json.loads(response.read())
        finally:
            connection.close()
        if response.status != 200:
            raise ValueError(answer["error"])

        return answer
