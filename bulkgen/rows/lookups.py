"""Is this id, or this name, in the account? What to say when it is not.

Pure. Each word is judged once, however many rows hold it.
"""

from __future__ import annotations

from bulkgen.kinds.account import Account, Needs, Template
from bulkgen.kinds.columns import Fault, Lookup
from bulkgen.rows.suggest import hint

_MISSING = {
    Lookup.LANGUAGE: ("is no language that HeyGen translates to", "HeyGen's names look like Spanish (Spain)."),
    Lookup.VOICE: ("is no voice of this account", "Copy the voice's id from HeyGen's voice library."),
    Lookup.SPEECH_VOICE: (
        "is no voice that can make a voice-over",
        "Choose a Starfish voice of this account and copy its id.",
    ),
    Lookup.LOOK: (
        "is not among the avatar looks of this account",
        "If HeyGen does not know it either, the row will be refused.",
    ),
    Lookup.FOLDER: (
        "is not among the folders of this account",
        "If HeyGen does not know it either, the row will be refused.",
    ),
}

#: What only HeyGen can judge for certain: told, never refused.
_DOUBTFUL = frozenset({Lookup.LOOK, Lookup.FOLDER})


def judge(lookup: Lookup, word: str, account: Account) -> str | Fault:
    """The word as the account writes it, or a fault (its column still open).

    In a lenient account only languages have to be known.
    """
    listed = account.listed[lookup]
    if word in listed:
        return word

    if word in account.unfit.get(lookup, ()):
        cause = "is a voice that can't make voice-overs"
        return Fault("", cause, "Only voices of the Starfish engine can: choose one of them and copy its id.")

    if lookup is Lookup.LANGUAGE:
        folded = word.casefold()
        exact = next((name for name in listed if name.casefold() == folded), None)
        if exact:
            return exact

    cause, fix = _MISSING[lookup]
    if account.lenient and lookup is not Lookup.LANGUAGE:
        return Fault("", cause, "The sandbox can't know your own and takes it as it is.", warning=True)

    by_name = next((id_ for id_, name in listed.items() if name.casefold() == word.casefold()), None)
    found = f"That is a name; its id is {by_name}. " if by_name else hint(word, listed)
    return Fault("", cause, f"{found}{fix}", warning=lookup in _DOUBTFUL)


def judge_template(template_id: str, account: Account) -> Template | Fault | None:
    """The template, or why there is none; None where it has not been looked up."""
    template = account.templates.get(template_id)
    names = account.listed.get(Lookup.TEMPLATE)
    if template is not None or names is None:
        return template

    by_name = next((id_ for id_, name in names.items() if name.casefold() == template_id.casefold()), None)
    found = f"Its id is {by_name}. " if by_name else hint(template_id, names)
    fix = f"{found}Copy the id from the template's page at HeyGen."
    return Fault("template_id", "is no template of this account", fix)


class Verdicts:
    """What is known of every word that rows refer to, and the rows that hold it (by their places in the table)."""

    def __init__(self) -> None:
        self.account = Account()
        self._judged: dict[tuple[Lookup, str], str | Template | Fault | None] = {}
        self._rows: dict[tuple[Lookup, str], list[int]] = {}

    @property
    def needs(self) -> Needs:
        """All words that were asked about so far."""
        wanted: dict[Lookup, set[str]] = {}
        for lookup, word in self._rows:
            wanted.setdefault(lookup, set()).add(word)
        return Needs({lookup: frozenset(words) for lookup, words in wanted.items()})

    def template(self, template_id: str, row: int) -> Template | Fault | None:
        """As `judge_template`."""
        verdict = self._ask(Lookup.TEMPLATE, template_id, row)
        assert not isinstance(verdict, str)
        return verdict

    def of(self, lookup: Lookup, word: str, row: int) -> str | Fault:
        """The word as the account writes it (as it stands, where it was not looked up), or a fault."""
        verdict = self._ask(lookup, word, row)
        assert isinstance(verdict, str | Fault)
        return verdict

    def renew(self, account: Account) -> list[int]:
        """Judges every word anew; gives the rows that this makes a difference to, in their order."""
        self.account = account
        changed: set[int] = set()
        for key, before in self._judged.items():
            self._judged[key] = self._judge(*key)
            if self._judged[key] != before:
                changed.update(self._rows[key])
        return sorted(changed)

    def _ask(self, lookup: Lookup, word: str, row: int) -> str | Template | Fault | None:
        key = lookup, word
        rows = self._rows.setdefault(key, [])
        if not rows:
            self._judged[key] = self._judge(lookup, word)
        rows.append(row)
        return self._judged[key]

    def _judge(self, lookup: Lookup, word: str) -> str | Template | Fault | None:
        if lookup is Lookup.TEMPLATE:
            return judge_template(word, self.account)

        return judge(lookup, word, self.account) if lookup in self.account.listed else word
