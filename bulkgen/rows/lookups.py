"""Is this id, or this name, in the account? What to say when it is not.

Pure.
"""

from __future__ import annotations

from bulkgen.kinds.account import Account
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
