"""The words of a sheet that stand for things of the account: what each means, and what is still to be asked.

Pure. Each word is judged once, however many rows hold it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import replace

from bulkgen.kinds.account import Account, Named, Needs, Template, plain
from bulkgen.kinds.columns import Lookup
from bulkgen.model import Issue
from bulkgen.rows.meanings import Things, unreadable, unusable_template


class Verdicts:
    """What is known of every word that rows refer to, and the rows that hold it (by their index in the table)."""

    def __init__(self) -> None:
        #: What is known of the account.
        self.account = Account()
        self._things: dict[Lookup, Things] = {}
        self._judged: dict[tuple[Lookup, str], str | Template | Issue | None] = {}
        self._rows: dict[tuple[Lookup, str], array[int]] = {}

    @property
    def needs(self) -> Needs:
        """All that has to be asked about the words so far: the words, or the ids that they stand for."""
        wanted: dict[Lookup, set[str]] = {}
        for lookup, word in self._rows:
            wanted.setdefault(lookup, set()).update(self._wanted(lookup, word))
        return Needs({lookup: frozenset(words) for lookup, words in wanted.items()})

    @property
    def named(self) -> tuple[Named, ...]:
        """The words that were taken for something of another id, or for a language of another name; each once."""
        found: dict[tuple[Lookup, str], Named] = {}
        for (lookup, word), verdict in self._judged.items():
            id_ = verdict.id if isinstance(verdict, Template) else verdict
            same = plain(word) if lookup is Lookup.LANGUAGE else word
            if isinstance(id_, str) and same not in (id_, plain(id_)):
                named = Named(lookup=lookup, word=word, id=id_, name=self._name(lookup, id_))
                found.setdefault((lookup, plain(word)), named)
        return tuple(found.values())

    def template(self, word: str, row: int) -> Template | Issue | None:
        """The template, or why there is none; None where it has not been looked up."""
        if not word:
            fix = "Fill in the template's name or id."
            return Issue(code="blank", field="template_id", cause="is blank", fix=fix)

        verdict = self._ask(Lookup.TEMPLATE, word, row)
        assert not isinstance(verdict, str)
        return verdict

    def of(self, lookup: Lookup, word: str, row: int) -> str | Issue:
        """The id that the word means (the word as it stands, where it was not looked up), or why it means none."""
        verdict = self._ask(lookup, word, row)
        assert isinstance(verdict, str | Issue)
        return verdict

    def renew(self, account: Account) -> list[int]:
        """Judges every word again; gives the rows that this makes a difference to, in their order."""
        before, self.account = self.account.looks, account
        names = dict(account.listed)
        if account.templates and Lookup.TEMPLATE in names:
            found = {template.id: template.name for template in account.templates.values()}
            names[Lookup.TEMPLATE] = {**names[Lookup.TEMPLATE], **found}
        self._things = {lookup: Things(lookup, ids) for lookup, ids in names.items()}
        changed: set[int] = set()
        for key, known in self._judged.items():
            verdict = self._judged[key] = self._judge(*key)
            if verdict != known or (isinstance(verdict, str) and account.looks.get(verdict) != before.get(verdict)):
                changed.update(self._rows[key])
        return sorted(changed)

    def _ask(self, lookup: Lookup, word: str, row: int) -> str | Template | Issue | None:
        key = lookup, word
        rows = self._rows.get(key)
        if rows is None:
            rows = self._rows[key] = array("L")
            self._judged[key] = self._judge(lookup, word)
        rows.append(row)
        return self._judged[key]

    def _judge(self, lookup: Lookup, word: str) -> str | Template | Issue | None:
        meaning = self._meaning(lookup, word)
        if lookup is not Lookup.TEMPLATE:
            return meaning

        if isinstance(meaning, Issue):
            return replace(meaning, field="template_id")

        template = self.account.templates.get(meaning)
        if template or meaning not in self.account.asked.get(lookup, ()):
            return template

        return unusable_template()

    def _meaning(self, lookup: Lookup, word: str) -> str | Issue:
        if lookup is Lookup.TEMPLATE and word in self.account.templates:
            return word

        things = self._things.get(lookup)
        return things.meant(word, self.account) if things else unreadable(lookup, word, self.account)

    def _wanted(self, lookup: Lookup, word: str) -> Iterator[str]:
        """A name that was used before may still be that of its id: then nothing else has to be known."""
        recorded = self.account.recorded.get((lookup, plain(word)))
        if recorded and lookup is not Lookup.LANGUAGE:
            yield recorded
            if recorded not in self.account.asked.get(lookup, ()):
                return

            if plain(self._name(lookup, recorded)) == plain(word):
                return

        yield word
        if lookup is Lookup.TEMPLATE:  # of which more has to be known than the id
            meaning = self._meaning(lookup, word)
            if isinstance(meaning, str):
                yield meaning

    def _name(self, lookup: Lookup, id_: str) -> str:
        """What the thing is called in the account; "" where that is not known."""
        if lookup is Lookup.TEMPLATE and id_ in self.account.templates:
            return self.account.templates[id_].name

        things = self._things.get(lookup)
        return things.ids.get(id_, "") if things else ""
