"""What cells say of other rows: `@anna` in place of an id is what the row with the `row_id` anna makes.

Pure. A reference is judged by the rows as they are built so far, and again whenever more is known of them. Which row
makes what is told by its kind; whether it has made it already is nothing that the rows know.

Invariant: what a reference stands for depends on what the other row asks for, never on where that row stands, nor on
what became of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property

from bulkgen.kinds import KINDS
from bulkgen.kinds.columns import Lookup
from bulkgen.model import Issue, Reference, Row, listed, unsendable
from bulkgen.rows.built import BuiltRow
from bulkgen.rows.headings import Headings
from bulkgen.rows.suggest import Hints

#: Where an id may stand that another row makes.
REFERABLE = (Lookup.VOICE, Lookup.SPEECH_VOICE, Lookup.LOOK)

_SIGN = "@"

#: What a reference was taken for when its row was last built; None: nobody knows yet.
_Verdict = Reference | Issue | None


def is_reference(text: str) -> bool:
    return text.startswith(_SIGN) and len(text) > len(_SIGN)


class References:
    """The references of one sheet's rows, all of them by their indexes.

    `withheld`: builds a row that is left out as if it were not.
    """

    def __init__(self, rows: Sequence[Row], headings: Headings, withheld: Callable[[int], BuiltRow]) -> None:
        self._sources = rows
        self._headings = headings
        self._withheld = withheld
        self._built: Sequence[BuiltRow] = ()
        #: By row: what its cells say, with what they were taken for.
        self._said: dict[int, dict[tuple[str, Lookup], _Verdict]] = {}

    def of(self, text: str, lookup: Lookup, at: int, built: Sequence[BuiltRow]) -> _Verdict:
        """What the cell of row `at` stands for; why it stands for nothing; None while that is not known yet.

        `built`: the rows that have been built so far.
        """
        self._built = built
        said = self._said.setdefault(at, {})
        said[text, lookup] = None
        said[text, lookup] = self._judge(text, lookup, at)
        return said[text, lookup]

    def forget(self, at: int) -> None:
        """The row is about to be built again."""
        self._said.pop(at, None)

    def outdated(self, built: Sequence[BuiltRow]) -> Iterator[int]:
        """The rows that have to be built again, since their references stand for something else by now.

        Those that others refer to come first; whoever takes one builds it before taking the next.
        """
        self._built = built
        for at in self._in_turn():
            said = self._said.get(at, {})
            if any(self._judge(*key, at) != verdict for key, verdict in said.items()):
                yield at

    @cached_property
    def _by_id(self) -> dict[str, list[int]]:
        """The rows by what labels them, to the letter."""
        found: dict[str, list[int]] = {}
        for at, row in enumerate(self._sources):
            label = self._headings.own(row, "row_id")[0].text.strip()
            if label:
                found.setdefault(label, []).append(at)
        return found

    @cached_property
    def _by_folded_id(self) -> dict[str, list[int]]:
        """The same without regard to case."""
        found: dict[str, list[int]] = {}
        for label, rows in self._by_id.items():
            found.setdefault(label.casefold(), []).extend(rows)
        return found

    @cached_property
    def _hints(self) -> Hints:
        return Hints([f"{_SIGN}{label}" for label in self._by_id])

    def _named(self, text: str) -> tuple[list[int], int]:
        """The rows that are meant, and which part of what they make, from 1."""
        name = text.removeprefix(_SIGN).strip()
        base, _, number = name.rpartition(".")
        for label, part in ((name, 1), (base, int(number) if number.isdecimal() and len(number) < 4 else 0)):
            found = (self._by_id.get(label) or self._by_folded_id.get(label.casefold())) if part else None
            if found:
                return found, part
        return [], 1

    def _in_turn(self) -> list[int]:
        """The rows that refer to others, each behind those that it refers to; those of a circle in any order."""
        order: dict[int, None] = {}
        for start in sorted(self._said):
            stack, open_ = [start], set[int]()
            while stack:
                at = stack[-1]
                new = [] if at in open_ else [one for one in self._next(at) if one in self._said and one not in order]
                open_.add(at)
                new = [one for one in new if one not in open_]
                if new:
                    stack += new
                else:
                    order.setdefault(stack.pop())
        return list(order)

    def _next(self, at: int) -> Iterable[int]:
        """The rows that this one refers to."""
        for text, _lookup in self._said.get(at, ()):
            yield from self._named(text)[0]

    def _circle(self, at: int) -> list[int]:
        """The rows that refer to one another and lead back to this one; nothing where none does."""
        before: dict[int, int] = {}
        stack = [at]
        while stack:
            here = stack.pop()
            for there in self._next(here):
                if there == at:
                    way = [at]
                    while here != at:
                        way.append(here)
                        here = before[here]
                    return [at, *reversed(way[1:]), at]

                if there not in before and there in self._said:
                    before[there] = here
                    stack.append(there)
        return []

    def _judge(self, text: str, lookup: Lookup, at: int) -> _Verdict:
        rows, part = self._named(text)
        if not rows:
            hint = self._hints.of(text)
            cause, fix = "names no row: none has such a row_id", f"{hint}Type {_SIGN} and the row_id of the row."
            return Issue(code="reference_unknown", cause=cause, fix=fix)

        if at in rows:
            fix = "Name the row that makes it, or put an id or a name there."
            return Issue(code="reference_to_itself", cause="refers to its own row", fix=fix)

        circle = self._circle(at)
        if circle:
            way = " → ".join(self._called(one) for one in circle)
            fix = "Put an id or a name in one of these cells."
            return Issue(code="reference_circle", cause=f"leads back to its own row: {way}", fix=fix)

        return self._made(text, lookup, rows, part)

    def _made(self, text: str, lookup: Lookup, rows: Sequence[int], part: int) -> _Verdict:
        """What these rows, which are all of that name, make."""
        if any(one >= len(self._built) for one in rows):
            return None

        targets = [self._withheld(one) if self._built[one].skipped else self._built[one] for one in rows]
        first, number = targets[0], targets[0].source.number
        makes = KINDS[first.kind].makes if first.kind else None
        if first.kind and (makes is None or lookup not in makes.lookups):
            wanted = lookup.value.removeprefix("speech ")
            fix = f"Name a row that does, or put the name or the id of a {wanted} there."
            if lookup is Lookup.LOOK:
                fix = "Avatars are made on HeyGen's site: put the name or the id of one there."
            return Issue(code="reference_to_other", cause=f"names row {number}, which makes no {wanted}", fix=fix)

        if any(row.invalid and not row.jobs for row in targets):
            cause, fix = f"names row {number}, which can't be made as it is", f"Correct row {number} first."
            return unsendable(code="reference_to_mistake", cause=cause, fix=fix)

        jobs = [job for row in targets for job in row.jobs]
        if len(jobs) < len(rows) or makes is None:
            return None

        if len({job.fingerprint for job in jobs}) > 1:
            told = listed([str(row.source.number) for row in targets])
            fix = "Give each of them a row_id of its own."
            return Issue(code="reference_to_several", cause=f"is the row_id of several rows ({told})", fix=fix)

        if not 1 <= part <= makes.most:
            cause = f"asks for number {part} of what row {number} makes, which is at most {makes.most}"
            return Issue(code="reference_to_no_part", cause=cause, fix=f"Type a number up to {makes.most}.")

        job = jobs[0]
        return Reference(wish=job.fingerprint, part=part, text=text, row=number, readings=job.readings)

    def _called(self, at: int) -> str:
        """`row 4 (anna)`."""
        row = self._sources[at]
        return f"row {row.number} ({self._headings.own(row, 'row_id')[0].text.strip()})"
