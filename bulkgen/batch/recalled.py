"""What is remembered of a sheet's jobs: by its own resume file, and by the others of the folder.

Reads only; what was found elsewhere waits in `pending` to be made durable by a run, before anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bulkgen.batch.judged import Asked, Judged
from bulkgen.ledger.events import Event, template_seen
from bulkgen.ledger.resume_file import ResumeFile, neighbours, same_account
from bulkgen.ledger.state import History, State, fold, inherited


@dataclass(frozen=True, kw_only=True)
class Recalled:
    """`states` by fingerprint; `claimed`: ids that belong to a job already, here or in another resume file."""

    resume_file: ResumeFile
    states: Mapping[str, State]
    claimed: frozenset[str] = frozenset()
    #: Events of other resume files, and the templates as they are now.
    pending: tuple[Event, ...] = ()
    notes: tuple[str, ...] = ()


def recall(judged: Judged, resume_file: ResumeFile) -> Recalled:
    """What the resume files know of the judged jobs.

    Raises `LedgerError` for a resume file of another account or address.
    """
    if not isinstance(judged.asked, Asked):
        return Recalled(resume_file=resume_file, states=fold(resume_file.events).states)

    base, me = judged.asked.connection.base, judged.asked.me
    resume_file.belongs_to(base, me.account)
    resume_file.correct(me.clock_error)
    places = judged.opened.places
    found, notes = neighbours(
        resume_file.path, (places.folder, resume_file.path.parent), sandbox=judged.opened.settings.sandbox
    )
    others = {name: events for name, events in found.items() if same_account(events, base, me.account)}
    wanted = {job.fingerprint for line in judged.built.lines for job in line.jobs}
    history = fold(resume_file.events)
    taken = inherited(history, others, wanted)
    sources = sorted({str(event["from"]) for event in taken})
    if sources:
        notes.append(f"Taken over from {', '.join(sources)}: what it already has is not made again.")
    known = fold([*resume_file.events, *taken], now=resume_file.now())
    return Recalled(
        resume_file=resume_file,
        states=known.states,
        claimed=known.ids.union(*(fold(events).ids for events in others.values())),
        pending=(*taken, *_templates(judged, history)),
        notes=tuple(notes),
    )


def _templates(judged: Judged, history: History) -> list[Event]:
    """The templates that the jobs use, where the resume file saw them otherwise or never."""
    used = {job.template_id for line in judged.built.lines for job in line.jobs if job.template_id}
    events = []
    for template_id in sorted(used):
        template = judged.account.templates[template_id]
        seen = template_seen(template_id, template.name, template.variables, open=template.open)
        if fold([seen]).templates[template_id] != history.templates.get(template_id):
            events.append(seen)
    return events
