"""What names in a sheet stood for in earlier runs, and what is to be said where that is another thing by now.

The resume file keeps the ids of the names that were used: so the same rows are the same jobs without the network, and
after something was renamed at HeyGen. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bulkgen.kinds.account import Named, is_id, plain
from bulkgen.kinds.columns import Lookup
from bulkgen.ledger.events import Event, named
from bulkgen.ledger.history import History
from bulkgen.model import listed, shorten

#: As `Account.recorded` has it.
Recorded = Mapping[tuple[Lookup, str], str]

_LOOKUPS = {lookup.value: lookup for lookup in Lookup}


def recorded_names(history: History) -> Recorded:
    """The ids by name; of a template what can't be an id is left out: it would become a part of a path."""
    return {
        (_LOOKUPS[lookup], plain(word)): id_
        for (lookup, word), id_ in history.named.items()
        if lookup in _LOOKUPS and (is_id(id_) or lookup != Lookup.TEMPLATE.value)
    }


def name_events(names: Iterable[Named], history: History) -> list[Event]:
    """What the names stand for, where the resume file has it otherwise or not at all."""
    recorded = recorded_names(history)
    return [
        named(each.lookup.value, plain(each.word), each.id, each.name)
        for each in names
        if recorded.get((each.lookup, plain(each.word))) != each.id
    ]


def name_notes(names: Sequence[Named], recorded: Recorded) -> tuple[str, ...]:
    """Names that are others by now, and languages in words that are read for the first time."""
    notes, languages = [], []
    for each in names:
        word, before = f"{shorten(each.word, 60)!r}", recorded.get((each.lookup, plain(each.word)))
        if each.lookup is Lookup.LANGUAGE:
            if before is None:
                languages.append(f"{word} is {each.id}")
        elif before is not None and before != each.id:
            notes.append(
                f"The {each.lookup.value} {word} is {each.id} at HeyGen now, and was {before} in earlier runs: its "
                f"rows are new jobs. If they should stay as they were, put {before} in place of the name."
            )
        elif before is not None and each.name and plain(each.name) != plain(each.word):
            notes.append(
                f"The {each.lookup.value} {word} is called {each.name!r} at HeyGen now. It is used as before, by its "
                f"id {each.id}; the new name in the sheet means the same."
            )
    if languages:
        notes.append(f"Languages: {listed(languages)}.")
    return tuple(notes)
