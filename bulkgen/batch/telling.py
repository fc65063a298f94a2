"""How the end of a run is told: notices to those who are to hear of it, and the person's own command.

Everything that it needs is looked at before the run begins. At the end nothing that goes wrong here changes how the run
ended: it is a warning.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bulkgen.batch.notice import When, due, is_nobodys, notice_of, trouble_of
from bulkgen.batch.remembered import remember_recipes
from bulkgen.batch.settings import Settings
from bulkgen.batch.source import find_source
from bulkgen.batch.summary import Summary
from bulkgen.errors import InputError
from bulkgen.kinds.columns import is_link
from bulkgen.ledger.index import data_folder
from bulkgen.notices.address import Address
from bulkgen.notices.finishing import Finishing
from bulkgen.notices.memory import Memory
from bulkgen.notices.sending import send
from bulkgen.notices.targets import Target, targets_of

#: Addresses for every run, with blanks between them, where neither an option nor a recipe has some.
VARIABLE = "BULKGEN_NOTIFY"


@dataclass(frozen=True, kw_only=True)
class Telling:
    """`targets`: who hears of it; `when`, and with links or not; `finishing`: the person's command."""

    targets: tuple[Target, ...]
    when: When
    links: bool
    finishing: Finishing | None
    memory: Memory

    @classmethod
    def of(cls, sheet: str, settings: Settings, environ: Mapping[str, str] = os.environ) -> Telling:
        """`sheet` and `settings` as they were typed: neither a sheet nor a resume file has to be there yet.

        Raises `InputError` for an address or a command that can't be used, and for what is not installed.
        """
        try:
            audience = Audience.of(sheet, settings, environ)
        except InputError:  # what is wrong with a recipe is said, and told to the others, when the sheet is opened
            audience = Audience.of("", settings, environ)
        command = settings.on_finish
        return cls(
            targets=tuple(targets_of(audience.addresses)),
            when=audience.when,
            links=settings.notify_links,
            finishing=Finishing.of(command) if command is not None else None,
            memory=Memory(_data_folder(environ), _whole(sheet, settings)),
        )

    def tell(self, summary: Summary, *, attended: bool) -> list[str]:
        """Tells it where that is due; what has to be said of it. `attended`: a person at a terminal sees it end."""
        if is_nobodys(summary):
            return []

        told = self._finish(summary)
        return [*told, *self._notify(summary, attended=attended)]

    def _finish(self, summary: Summary) -> list[str]:
        trouble = self.finishing.carry_out(summary.as_data(links=self.links)) if self.finishing else ""
        return [f"--on-finish did not work: {trouble}. The run itself is not changed by that."] if trouble else []

    def _notify(self, summary: Summary, *, attended: bool) -> list[str]:
        if not self.targets:
            return []

        trouble = trouble_of(summary)
        last = self.memory.last()
        if not due(summary, self.when, last, attended=attended):
            if trouble != last:
                self.memory.keep("")
            return []

        deliveries = send(notice_of(summary, links=self.links), self.targets)
        self.memory.keep(trouble if any(not each.trouble for each in deliveries) else "")
        return [
            f"The notice to {each.target.shown} did not go: {each.trouble}. The run itself is not changed by that."
            for each in deliveries
            if each.trouble
        ]


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is to hear of the runs of a sheet, and when."""

    addresses: list[Address]
    when: When

    @classmethod
    def of(cls, sheet: str, settings: Settings, environ: Mapping[str, str] = os.environ) -> Audience:
        """What was typed, else what the sheet's recipe says, else what the environment does.

        Raises `InputError` for a recipe that can't be used.
        """
        said = [("--notify", settings), *_in_recipes(sheet, settings)]
        whens = [each.notify_on for _place, each in said if "notify_on" in each.model_fields_set]
        when = whens[0] if whens else settings.notify_on
        for place, each in said:
            if "notify" in each.model_fields_set:
                return cls([Address(url.get_secret_value(), place) for url in each.notify], when)

        return cls([Address(url, VARIABLE) for url in environ.get(VARIABLE, "").split()], when)


def _in_recipes(sheet: str, settings: Settings) -> list[tuple[str, Settings]]:
    """What each recipe says, by its name; that of the folder last."""
    if not sheet:
        return []

    found = remember_recipes(find_source(sheet).path, settings).found
    return [(recipe.name, said) for recipe, said in found.items()]


def _data_folder(environ: Mapping[str, str]) -> Path | None:
    try:
        return data_folder(environ)
    except RuntimeError:  # a person without a home
        return None


def _whole(sheet: str, settings: Settings) -> str:
    path = sheet if is_link(sheet) else os.path.abspath(sheet)  # noqa: PTH100 - it follows no links, and asks no disk
    return "\n".join([path, "sandbox" if settings.sandbox else "", settings.worksheet or ""])
