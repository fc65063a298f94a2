"""Windows: tasks of the Task Scheduler, made from XML. The texts are kept, since by them the tasks are listed."""

from __future__ import annotations

from pathlib import Path

from bulkgen.errors import BulkgenError, Exit
from bulkgen.schedules.computer import Computer
from bulkgen.schedules.entries.entry import PREFIX, Entry, Label
from bulkgen.schedules.entries.task import FOLDER, label_line, task_xml
from bulkgen.schedules.scheduler import Started, content_of, labels_in, put

#: What the Task Scheduler says in place of an exit code while a task is at work, waits to be, or never was.
_NOT_ENDED = (0x41301, 0x41303, 0x41325)


class TaskScheduler:
    """Tasks in a folder of their own, which run in the session of the person who is logged in."""

    name = "the Task Scheduler"
    ends_watches = True

    def __init__(self, computer: Computer) -> None:
        self._computer = computer
        self._folder = computer.data / "schedules"

    def texts(self, entry: Entry) -> dict[str, str]:
        return {str(self._path(entry.name)): self._xml(entry).decode("utf-16")}

    def by_hand(self, entry: Entry) -> list[str]:
        return [f'schtasks /Create /TN "{FOLDER}{entry.name}" /XML "{self._path(entry.name)}" /F']

    def notes(self, entry: Entry) -> list[str]:
        told = ["It is started while you are logged in, in a window of its own."]
        if entry.environment:  # a task has no room for variables
            named = ", ".join(sorted(entry.environment))
            told.append(
                f"It has {named} only where that is set for your Windows account, and not in this window alone: setx "
                "NAME VALUE sets it there."
            )
        return told

    def labels(self) -> list[Label]:
        found = sorted(self._folder.glob(f"{PREFIX}*.xml")) if self._folder.is_dir() else []
        return labels_in([label_line(content_of(path)) for path in found])

    def install(self, entry: Entry) -> None:
        path = self._path(entry.name)
        put(path, self._xml(entry))
        try:
            self._computer.needed(("schtasks", "/Create", "/TN", FOLDER + entry.name, "/XML", str(path), "/F"))
        except BulkgenError:
            self.remove(entry.label)
            raise

        if not entry.times:
            self._computer.needed(("schtasks", "/Run", "/TN", FOLDER + entry.name))

    def remove(self, label: Label) -> None:
        task = FOLDER + label.name
        if label.watches:
            self._computer.run(("schtasks", "/End", "/TN", task))
        self._computer.take_out(("schtasks", "/Delete", "/TN", task, "/F"), ("schtasks", "/Query", "/TN", task))
        self._path(label.name).unlink(missing_ok=True)

    def start(self, entry: Entry, limit: float) -> Started:
        if entry.times:
            self._computer.needed(("schtasks", "/Run", "/TN", FOLDER + entry.name))
        code = self._computer.wait(lambda: self._code(entry.name), limit=limit if entry.times else 3.0, every=3.0)
        return Started(code=code)

    def look(self, entry: Entry) -> str:
        return f'schtasks /Query /TN "{FOLDER}{entry.name}" /V /FO LIST'

    def _code(self, name: str) -> int | None:
        script = f"(Get-ScheduledTaskInfo -TaskPath '{FOLDER}' -TaskName '{name}').LastTaskResult"
        told = self._computer.run(("powershell", "-NoProfile", "-NonInteractive", "-Command", script)).out.strip()
        if not told.isdecimal() or int(told) in _NOT_ENDED:
            return None

        return int(told) if int(told) < 256 else Exit.UNEXPECTED

    def _xml(self, entry: Entry) -> bytes:
        return task_xml(entry, self._computer.user, self._computer.now().date())

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.xml"
