"""What is remembered of a sheet's jobs: by its own ledger, and by those of other sheets and folders.

What was found elsewhere, and what `--redo` asks for, waits in `pending` to be made durable by a run, before anything
else; what is left of ledgers that are gone, in `traces` to be heard (`hearing`).
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bulkgen.batch.doubts import Doubts
from bulkgen.batch.judged import Asked, Judged
from bulkgen.batch.names import name_events
from bulkgen.batch.redo import Redo, ask_again
from bulkgen.ledger.events import Event, template_seen
from bulkgen.ledger.history import History, fold
from bulkgen.ledger.inheritance import Trace
from bulkgen.ledger.protocol import Ledger
from bulkgen.ledger.state import State
from bulkgen.rows.built import Built
from bulkgen.rows.known import Known, recognised
from bulkgen.rows.selection import Selection


@dataclass(frozen=True, kw_only=True)
class Recalled:
    """`states` by fingerprint; `claimed`: ids that belong to a job already, in this ledger or in another."""

    ledger: Ledger
    states: Mapping[str, State]
    #: What other resume files have: of sheets that are gone, and of this very sheet.
    renamed: Mapping[str, State] = field(default_factory=dict)
    besides: Mapping[str, State] = field(default_factory=dict)
    claimed: frozenset[str] = frozenset()
    #: Events of other ledgers, the templates and names as they are now, and what is to be made again.
    pending: tuple[Event, ...] = ()
    notes: tuple[str, ...] = ()
    #: Finished jobs of other sheets: by them it is known how long such jobs last.
    finished: tuple[State, ...] = ()
    #: What is left of records that are not at hand.
    traces: tuple[Trace, ...] = ()
    #: What the results say of rows that are in another wording now, and no resume file at hand has.
    listed: Mapping[str, State] = field(default_factory=dict)
    #: What speaks against sending jobs that look new.
    doubts: Doubts = field(default_factory=Doubts)


def recall(judged: Judged, ledger: Ledger, history: History) -> Recalled:
    """What is known of the judged jobs; `history`: the ledger's events, folded.

    Raises `LedgerError` for a ledger of another account or address.
    """
    if not isinstance(judged.asked, Asked):
        again = _again(judged, history.states, history.ids, now=ledger.now())
        states = MappingProxyType(again.added_to(history.states))
        return Recalled(ledger=ledger, states=states, claimed=history.ids, notes=again.notes)

    ledger.belongs_to(judged.asked.connection.base, judged.asked.me.account)
    elsewhere = ledger.recall({fingerprint for row in judged.built.rows for fingerprint in row.fingerprints})
    known = fold([*ledger.events, *elsewhere.events], now=ledger.now())
    claimed = known.ids | elsewhere.ids
    again = _again(judged, known.states, claimed, now=ledger.now())
    return Recalled(
        ledger=ledger,
        states=MappingProxyType(again.added_to(known.states)),
        renamed=elsewhere.renamed,
        besides=elsewhere.besides,
        claimed=claimed,
        pending=(
            *elsewhere.events,
            *_templates(judged, history),
            *name_events(judged.built.named, history),
            *again.events,
        ),
        notes=(*elsewhere.notes, *again.notes),
        traces=elsewhere.traces,
        finished=elsewhere.finished,
        doubts=Doubts(unreadable=elsewhere.unreadable),
    )


def recognise(built: Built, states: Mapping[str, State], ids: Container[str]) -> Built:
    """The rows as far as they are known by what was recorded; `ids`: all that HeyGen gave."""
    sent = {fingerprint for fingerprint, state in states.items() if state.last}
    made = {fingerprint for fingerprint, state in states.items() if state.shown.finished}
    return recognised(built, Known(sent=sent, made=made, ids=ids))


def take_off(ledger: Ledger) -> tuple[str, ...]:
    """What the person should know of the ledger and has not been told yet."""
    cautions = tuple(ledger.warnings)
    ledger.warnings.clear()
    return cautions


def _again(judged: Judged, states: Mapping[str, State], ids: Container[str], *, now: float) -> Redo:
    """What `--redo` asks for, where it was given."""
    settings = judged.opened.settings
    if judged.opened.redo == Selection():
        return Redo()

    built = recognise(judged.built, states, ids)
    return ask_again(built.rows, judged.opened.redo, states, now=now, max_attempts=settings.max_attempts)


def _templates(judged: Judged, history: History) -> list[Event]:
    """The templates that the jobs use, where the ledger saw them otherwise or never."""
    used = {job.template_id for row in judged.built.rows for job in row.jobs if job.template_id}
    events = []
    for template_id in sorted(used):
        template = judged.account.templates[template_id]
        seen = template_seen(template_id, template.name, template.variables, is_open=template.open)
        if fold([seen]).templates[template_id] != history.templates.get(template_id):
            events.append(seen)
    return events
