"""The guide: what one answer can settle is asked on a terminal, kept in the recipe, and never asked again.

Nobody is asked with `--no-input` or `--json`, or where there is no terminal: the same is said as a mistake then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bulkgen.batch.batch import Batch
from bulkgen.batch.planned import Planned
from bulkgen.batch.questions import Question, lacks_an_answer, next_question, refusal, sheet_question
from bulkgen.batch.recipe import Changes, put, recipe_path, write_recipe
from bulkgen.batch.settings import Settings
from bulkgen.cli.console import Console
from bulkgen.cli.login import offer_login
from bulkgen.errors import ApiError, BulkgenError, CredentialError, Exit, SheetUnclear, Unauthorized
from bulkgen.kinds.columns import is_link
from bulkgen.model import shorten
from bulkgen.sheet.google import local_name

#: More than a handful is an examination: the rest is told as mistakes.
QUESTIONS = 6


class Answered(Exception):
    """The person gave what was missing: the command begins again."""


@dataclass(frozen=True)
class Typed:
    """A text was typed as the answer; `before`: what the recipe said until then, None without one."""

    question: Question
    before: str | None


class Guide:
    """Asks for what one sheet lacks, within one command. `settings`: those that were typed."""

    def __init__(self, sheet: str, settings: Settings, console: Console) -> None:
        self._sheet = sheet
        self._settings = settings
        self._console = console
        self._asks = console.interactive and not settings.no_input and not settings.as_json
        rehearsed_with = settings.sandbox and settings.recipe is not None  # what the sandbox has is not for that recipe
        self._left = QUESTIONS if self._asks and not rehearsed_with else 0
        self._told_of_key = False
        self._typed: Typed | None = None

    def lead(self, command: Callable[[], Exit]) -> Exit:
        """The command, begun again after each answer."""
        while True:
            try:
                return command()
            except Answered:
                continue

    def open(self) -> Batch:
        """The sheet, once it is known which one. Raises what `Batch.open` does."""
        try:
            return Batch.open(self._sheet, self._settings)
        except SheetUnclear as error:
            self._ask(sheet_question(error))
            raise

    def consider(self, planned: Planned) -> None:
        """Asks for the first thing that is missing in the whole sheet. Raises `Answered` if the person gives it.

        Without a key that comes first: what the account has is what most answers are chosen from.
        """
        if self._typed:
            self._look_at(self._typed, planned)
        if self._left and lacks_an_answer(planned):
            self.log_in(planned.trouble)
            try:
                question = next_question(planned)
            except ApiError:
                return  # without choices there is nothing to ask

            if question:
                self._ask(question)

    def log_in(self, error: BulkgenError | None) -> None:
        """Asks for the key where there is none that HeyGen takes. Raises `Answered` if the person gives it."""
        if not self._asks or self._told_of_key or not isinstance(error, CredentialError | Unauthorized):
            return

        self._told_of_key = True
        if offer_login(self._console, "" if isinstance(error, CredentialError) else str(error)):
            raise Answered

        self._console.warn("Without a key nothing can be looked up in your account: bulkgen login asks for it again.")

    def _ask(self, question: Question) -> None:
        """Raises `Answered` if there is an answer. Without one nothing more is asked."""
        if not self._left:
            return

        changes = self._answer(question)
        self._left = self._left - 1 if changes else 0
        if not changes:
            return

        path = self._recipe
        before = path.read_text(encoding="utf-8-sig") if path.exists() else None
        write_recipe(path, changes)
        if changes in [choice.changes for choice in question.choices]:
            self._console.warn(_kept(path))
        else:  # it is not said before it is known to be of use
            self._typed = Typed(question, before)
        raise Answered

    def _look_at(self, typed: Typed, planned: Planned) -> None:
        """Whether what was typed can be used. If not, the recipe is as before, and the question is asked again."""
        self._typed = None
        wrong = refusal(planned, typed.question.entry)
        if wrong is None:
            self._console.warn(_kept(self._recipe))
            return

        put(self._recipe, typed.before)
        self._console.warn(f"{shorten(wrong.value, 60)!r} {wrong.cause}. {wrong.fix}\n")
        self._ask(typed.question)
        raise Answered

    def _answer(self, question: Question) -> Changes | None:
        labels = [choice.label for choice in question.choices]
        if question.entry:
            labels.append(question.entry_label)
        at = self._console.choose(question.text, labels, question.guess)
        if at is None or at < len(question.choices):
            return None if at is None else question.choices[at].changes

        text = self._console.enter(f"{question.entry} for all rows:")
        return question.typed(text) if text else None

    @property
    def _recipe(self) -> Path:
        """Where answers are kept; those of a rehearsal, which name what only the sandbox has, have their own file."""
        sheet = Path(local_name(self._sheet) if is_link(self._sheet) else self._sheet)
        return self._settings.recipe or recipe_path(sheet, sandbox=self._settings.sandbox)


def _kept(recipe: Path) -> str:
    return f"Kept in {recipe.name}: it will not be asked again.\n"
