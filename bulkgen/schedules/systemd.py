"""Linux: timers of the person's own systemd. A start that was missed is made up for when the computer is on again."""

from __future__ import annotations

from pathlib import Path

from bulkgen.errors import BulkgenError, Exit
from bulkgen.schedules.computer import Computer
from bulkgen.schedules.entries.entry import PREFIX, Entry, Label
from bulkgen.schedules.entries.units import label_line, units
from bulkgen.schedules.scheduler import Started, content_of, labels_in, put

_CTL = ("systemctl", "--user")

#: How long a watch is looked at before it is said to be at work (seconds).
_STEADY = 3.0


class Systemd:
    """Units in `~/.config/systemd/user`."""

    name = "a systemd user timer"
    ends_watches = True

    def __init__(self, computer: Computer) -> None:
        self._computer = computer
        config = computer.environment.get("XDG_CONFIG_HOME", "").strip()
        self._folder = (Path(config) if config else computer.home / ".config") / "systemd" / "user"

    @property
    def there(self) -> bool:
        """Whether the person has a systemd of their own that can be talked to: containers and older WSL have none."""
        return self._computer.run((*_CTL, "show-environment")).well

    def texts(self, entry: Entry) -> dict[str, str]:
        return {str(self._folder / name): text for name, text in units(entry).items()}

    def by_hand(self, entry: Entry) -> list[str]:
        return ["systemctl --user daemon-reload", f"systemctl --user enable --now {_starter(entry.name, entry.label)}"]

    def notes(self, entry: Entry) -> list[str]:
        del entry
        linger = self._computer.run(("loginctl", "show-user", self._computer.user, "--property=Linger"))
        if "Linger=no" not in linger.out:
            return []

        return [
            "It is started only while you are logged in. To have it started whenever the computer is on: "
            "loginctl enable-linger"
        ]

    def labels(self) -> list[Label]:
        found = sorted(self._folder.glob(f"{PREFIX}*.service")) if self._folder.is_dir() else []
        return labels_in([label_line(content_of(path).decode("utf-8", "replace")) for path in found])

    def install(self, entry: Entry) -> None:
        for name, text in units(entry).items():
            put(self._folder / name, text.encode())
        starter = _starter(entry.name, entry.label)
        try:
            self._computer.needed((*_CTL, "daemon-reload"))
            self._computer.needed((*_CTL, "enable", starter))
            self._computer.needed((*_CTL, "restart", starter))
        except BulkgenError:
            self.remove(entry.label)
            raise

    def remove(self, label: Label) -> None:
        starter = _starter(label.name, label)
        self._computer.take_out((*_CTL, "disable", "--now", starter), (*_CTL, "is-active", starter), patience=300)
        for suffix in (".timer", ".service"):
            (self._folder / f"{label.name}{suffix}").unlink(missing_ok=True)
        self._computer.run((*_CTL, "daemon-reload"))
        self._computer.run((*_CTL, "reset-failed", f"{label.name}.service"))

    def start(self, entry: Entry, limit: float) -> Started:
        if entry.times:  # it is a run: systemctl waits for its end
            self._computer.run((*_CTL, "start", f"{entry.name}.service"), patience=limit)
        else:
            self._computer.sleep(_STEADY)
        show = (*_CTL, "show", f"{entry.name}.service", "--property=ActiveState,ExecMainCode,ExecMainStatus")
        lines = (line.partition("=") for line in self._computer.needed(show).splitlines())
        state = {name: value for name, _equals, value in lines}
        if state.get("ActiveState") in ("activating", "active"):
            return Started()

        exited = state.get("ExecMainCode") == "1"
        return Started(code=int(state.get("ExecMainStatus", Exit.UNEXPECTED)) if exited else Exit.UNEXPECTED)

    def look(self, entry: Entry) -> str:
        return f"systemctl --user status {entry.name}.service"


def _starter(name: str, label: Label) -> str:
    return f"{name}.service" if label.watches else f"{name}.timer"
