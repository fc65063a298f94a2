"""Which thing of the account a word means, by its id or its name, or what to say when it means none.

Pure. Invariants: an id that exists goes before a name; of several things of one name none is chosen; a name that was
used before stands for the same id as long as that exists, whatever it is called by now, unless the name is another's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bulkgen.kinds.account import Account, is_id, plain
from bulkgen.kinds.columns import Lookup
from bulkgen.kinds.languages import apart, meant, relatives, spoken, usual_names
from bulkgen.model import Issue, Severity, listed, unsendable, warning
from bulkgen.rows.suggest import HINTS, Hints, ranked

#: How much nearer a misspelt language has to be than any other.
_CLEAR = 0.06

_REFUSED = "If HeyGen does not know it either, the row will be refused."
_UNKNOWN = {
    Lookup.TEMPLATE: Issue(
        code="unknown_template",
        cause="is no template of this account",
        fix="Type the template's name as HeyGen shows it, or copy the id from its page.",
    ),
    Lookup.LANGUAGE: Issue(
        code="unknown_language",
        cause="is no language that HeyGen translates to",
        fix="HeyGen's names look like Spanish (Spain).",
    ),
    Lookup.VOICE: Issue(
        code="unknown_voice",
        cause="is no voice of this account",
        fix="Type the voice's name, or copy its id from HeyGen's voice library.",
    ),
    Lookup.SPEECH_VOICE: Issue(
        code="unknown_voice",
        cause="is no voice that can make a voice-over",
        fix="Type the name or the id of a Starfish voice of this account.",
    ),
    Lookup.ASSET: unsendable(
        code="unknown_asset",
        cause="is no asset of this account",
        fix="Copy the id from HeyGen, or give a public link or a file.",
    ),
    # What only HeyGen can judge for certain: told, never refused
    Lookup.LOOK: warning(code="unknown_look", cause="is not among the avatar looks of this account", fix=_REFUSED),
    Lookup.FOLDER: warning(code="unknown_folder", cause="is not among the folders of this account", fix=_REFUSED),
    Lookup.GLOSSARY: warning(
        code="unknown_glossary", cause="is not among the glossaries of this account", fix=_REFUSED
    ),
    Lookup.STYLE: warning(code="unknown_style", cause="is not among HeyGen's styles", fix=_REFUSED),
}


class Things:
    """What the account has for one look-up: names by id. Languages have no ids, but their names."""

    def __init__(self, lookup: Lookup, ids: Mapping[str, str]) -> None:
        self.lookup = lookup
        self.ids = ids
        self._by_name: dict[str, list[str]] = {}
        for id_, name in ids.items():
            if name:
                self._by_name.setdefault(plain(name), []).append(id_)
        self._guessed: dict[str, str] = {}
        self._hints = Hints(list(dict.fromkeys((*ids, *filter(None, ids.values())))))

    def meant(self, word: str, account: Account) -> str | Issue:
        """The id that the word means (the word itself, where nobody can know better), or why it means none."""
        if word in self.ids:
            return word

        recorded = account.recorded.get((self.lookup, plain(word)), "")
        named = self._by_name.get(plain(word), [])
        if recorded in named:
            return recorded

        if len(named) == 1:
            return named[0]

        if recorded in self.ids and not named:
            return recorded

        if self.lookup is Lookup.LANGUAGE:
            return self._language(word)

        return self._several(named, account) if named else self._unknown(word, account)

    def _language(self, word: str) -> str | Issue:
        """By another name than HeyGen's, or a code."""
        found = meant(word, self.ids)
        if len(found) == 1:
            return found[0]

        if found:
            cause = "can be several of the languages that HeyGen translates to"
            return Issue(code="several_languages", cause=cause, fix=f"Type one of these: {'; '.join(found)}.")

        several = apart(word)
        if several:
            fix = f"Separate them with a semicolon: {'; '.join(several)}."
            return Issue(code="languages_together", cause="names several languages as if they were one", fix=fix)

        there = relatives(word, self.ids)
        fix = f"HeyGen has {'; '.join(there)}." if there else f"{self._misspelt(word)}{_UNKNOWN[self.lookup].fix}"
        return replace(_UNKNOWN[self.lookup], fix=fix)

    def _misspelt(self, word: str) -> str:
        """`Did you mean French? ` for `Frensh`; nothing where another language is nearly as near, or is what was
        written, though HeyGen does not have it."""
        if spoken(word) or len(self._guessed) >= HINTS:
            return ""

        if word not in self._guessed:
            near = ranked(word, [*self.ids, *usual_names()])
            rivals = [spoken(name) for score, name in near if score > near[0][0] - _CLEAR]
            languages = {rival.language if rival else "" for rival in rivals}
            found = meant(near[0][1], self.ids) if len(languages) == 1 and "" not in languages else ()
            self._guessed[word] = f"Did you mean {found[0]}? " if len(found) == 1 else ""
        return self._guessed[word]

    def _several(self, named: list[str], account: Account) -> Issue:
        ids = [f"{id_} ({about})" if (about := account.about.get(id_)) else id_ for id_ in named]
        cause = f"is the name of {len(named)} {self.lookup.plural}"
        return Issue(code="several_of_one_name", cause=cause, fix=f"Type the id of the one you mean: {listed(ids)}.")

    def _unknown(self, word: str, account: Account) -> Issue:
        unknown = _UNKNOWN[self.lookup]
        if word in account.unfit.get(self.lookup, ()):
            fix = "Only voices of the Starfish engine can: type the name or the id of one of them."
            return Issue(code="unfit_voice", cause="is a voice that can't make voice-overs", fix=fix)

        if account.lenient:
            fix = "The sandbox can't know your own and takes it as it is."
            return replace(unknown, fix=fix, severity=Severity.WARNING)

        if unknown.warning and " " in word:  # no id has blanks: it is a name, and nobody's
            fix = f"Type the name as HeyGen shows it, or the id of one of your {self.lookup.plural}."
            unknown = replace(unknown, fix=fix, severity=Severity.MISTAKE)
        hint = "" if self.lookup is Lookup.ASSET else self._hints.of(word)  # no id of a file is like another
        return replace(unknown, fix=f"{hint}{unknown.fix}")


def unreadable(lookup: Lookup, word: str, account: Account) -> str | Issue:
    """What the word means where its list was not read: what it stood for before, or itself.

    A name whose id nobody tells, because the key may not read the list, can't be sent.
    """
    recorded = account.recorded.get((lookup, plain(word)))
    if recorded:
        return recorded

    if lookup is Lookup.LANGUAGE or is_id(word) or word not in account.asked.get(lookup, ()):
        return word

    return Issue(
        code="name_without_id",
        cause=f"is a name, and this key may not read the account's {lookup.plural}, so its id is not known",
        fix="Type the id, or use a key that may read them.",
    )


def unusable_template() -> Issue:
    """A template that the account lists, but whose variables HeyGen does not tell."""
    cause, fix = "is a template that can't be filled from outside", "Open it in HeyGen's editor, and save it again."
    return Issue(code="unusable_template", field="template_id", cause=cause, fix=fix)
