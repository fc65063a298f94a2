"""Is this id, or this name, in the account? What to say when it is not.

Pure. Each word is judged once, however many rows hold it.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping
from dataclasses import replace

from bulkgen.kinds.account import Account, Needs, Template
from bulkgen.kinds.columns import Lookup
from bulkgen.model import Issue, Severity, warning
from bulkgen.rows.suggest import Hints

_REFUSED = "If HeyGen does not know it either, the row will be refused."
_UNKNOWN = {
    Lookup.LANGUAGE: Issue(
        code="unknown_language",
        cause="is no language that HeyGen translates to",
        fix="HeyGen's names look like Spanish (Spain).",
    ),
    Lookup.VOICE: Issue(
        code="unknown_voice",
        cause="is no voice of this account",
        fix="Copy the voice's id from HeyGen's voice library.",
    ),
    Lookup.SPEECH_VOICE: Issue(
        code="unknown_voice",
        cause="is no voice that can make a voice-over",
        fix="Choose a Starfish voice of this account and copy its id.",
    ),
    # What only HeyGen can judge for certain: told, never refused
    Lookup.LOOK: warning(code="unknown_look", cause="is not among the avatar looks of this account", fix=_REFUSED),
    Lookup.FOLDER: warning(code="unknown_folder", cause="is not among the folders of this account", fix=_REFUSED),
}


#: It becomes a part of a path at HeyGen.
_TEMPLATE_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:\-]{0,127}")
_COPY_TEMPLATE_ID = "Copy the id from the template's page at HeyGen."


def _plain(name: str) -> str:
    """A name without what its writer may do otherwise: small letters, more than one blank."""
    return " ".join(name.split()).casefold()


class _Listed:
    """What the account lists for one look-up."""

    def __init__(self, ids: Mapping[str, str]) -> None:
        #: Names by id.
        self.ids = ids
        self._by_name: dict[str, str] = {}
        for id_, name in ids.items():
            self._by_name.setdefault(_plain(name), id_)
        self.hints = Hints(ids)

    def named(self, word: str) -> str | None:
        """The id that has this name."""
        return self._by_name.get(_plain(word))


def _judge(lookup: Lookup, word: str, account: Account, listed: _Listed) -> str | Issue:
    """The word as the account writes it, or why it is none (the field still open).

    In a lenient account only languages have to be known.
    """
    if word in listed.ids:
        return word

    if word in account.unfit.get(lookup, ()):
        fix = "Only voices of the Starfish engine can: choose one of them and copy its id."
        return Issue(code="unfit_voice", cause="is a voice that can't make voice-overs", fix=fix)

    by_name = listed.named(word)
    if lookup is Lookup.LANGUAGE and by_name:
        return by_name

    unknown = _UNKNOWN[lookup]
    if account.lenient and lookup is not Lookup.LANGUAGE:
        fix = "The sandbox can't know your own and takes it as it is."
        return replace(unknown, fix=fix, severity=Severity.WARNING)

    found = f"That is a name; its id is {by_name}. " if by_name else listed.hints.of(word)
    return replace(unknown, fix=f"{found}{unknown.fix}")


def _judge_template(template_id: str, account: Account, listed: _Listed | None) -> Template | Issue | None:
    """The template, or why there is none; None where it has not been looked up."""
    template = account.templates.get(template_id)
    if template is not None or listed is None:
        return template

    by_name = listed.named(template_id)
    found = f"Its id is {by_name}. " if by_name else listed.hints.of(template_id)
    fix = f"{found}{_COPY_TEMPLATE_ID}"
    return Issue(code="unknown_template", field="template_id", cause="is no template of this account", fix=fix)


class Verdicts:
    """What is known of every word that rows refer to, and the rows that hold it (by their index in the table)."""

    def __init__(self) -> None:
        self._account = Account()
        self._listed: dict[Lookup, _Listed] = {}
        self._judged: dict[tuple[Lookup, str], str | Template | Issue | None] = {}
        self._rows: dict[tuple[Lookup, str], array[int]] = {}

    @property
    def needs(self) -> Needs:
        """All words that were asked about so far."""
        wanted: dict[Lookup, set[str]] = {}
        for lookup, word in self._rows:
            wanted.setdefault(lookup, set()).add(word)
        return Needs({lookup: frozenset(words) for lookup, words in wanted.items()})

    def template(self, template_id: str, row: int) -> Template | Issue | None:
        """The template, or why there is none; None where it has not been looked up."""
        if not template_id:
            return Issue(code="blank", field="template_id", cause="is blank", fix="Fill in the template's id.")

        if not _TEMPLATE_ID.fullmatch(template_id):
            cause = "is no template's id"
            return Issue(code="not_a_template_id", field="template_id", cause=cause, fix=_COPY_TEMPLATE_ID)

        verdict = self._ask(Lookup.TEMPLATE, template_id, row)
        assert not isinstance(verdict, str)
        return verdict

    def of(self, lookup: Lookup, word: str, row: int) -> str | Issue:
        """The word as the account writes it (as it stands, where it was not looked up), or why it is none."""
        verdict = self._ask(lookup, word, row)
        assert isinstance(verdict, str | Issue)
        return verdict

    def renew(self, account: Account) -> list[int]:
        """Judges every word again; gives the rows that this makes a difference to, in their order."""
        self._account = account
        self._listed = {lookup: _Listed(names) for lookup, names in account.listed.items()}
        changed: set[int] = set()
        for key, before in self._judged.items():
            self._judged[key] = self._judge(*key)
            if self._judged[key] != before:
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
        listed = self._listed.get(lookup)
        if lookup is Lookup.TEMPLATE:
            return _judge_template(word, self._account, listed)

        return _judge(lookup, word, self._account, listed) if listed else word
