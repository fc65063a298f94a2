"""One row, made to be heard: a voice-over of what it will say, before a video is made of it.

It is paid like any recording, and recorded in the sheet's resume file like any job, but for the word that it was only
listened to: no plan and no result counts it as its row's, unless a row asks for this very recording.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import anyio

from bulkgen.batch.judged import Asked, Judged
from bulkgen.batch.narrowed import narrowed
from bulkgen.batch.outcome import exit_code_of
from bulkgen.batch.planned import Planned
from bulkgen.batch.preview import Preview, rows_to_show
from bulkgen.batch.progress import Audience, Ended, Listener, Tally
from bulkgen.batch.recalled import take_off
from bulkgen.batch.running import Until, Watch, engine_for, move
from bulkgen.errors import BulkgenError, Exit, InputError, Interrupted, LedgerError
from bulkgen.heygen import client as heygen
from bulkgen.heygen.lookups import AccountLookup
from bulkgen.heygen.voices import default_voice
from bulkgen.kinds import KINDS
from bulkgen.kinds.account import Needs, Template
from bulkgen.kinds.columns import Lookup
from bulkgen.kinds.script import Script
from bulkgen.kinds.speech import SPEECH
from bulkgen.ledger.events import ended
from bulkgen.ledger.spending import Charge
from bulkgen.ledger.state import NEW, State
from bulkgen.model import Issue, Job, is_to_be_made
from bulkgen.results.entries import Entry, entries
from bulkgen.rows.built import BuiltRow
from bulkgen.rows.lookups import Verdicts
from bulkgen.rows.risk import riskiest, usable
from bulkgen.rows.voice_over import voice_over


@dataclass(frozen=True, kw_only=True)
class Listened:
    """`planned`: the voice-over alone; `entry`: how it stands; `sent`: it was made now, not before; `charge`: of the
    attempt that it stands at.

    `cautions`: what the person should know of the ledger, and of the downloads.
    """

    preview: Preview
    planned: Planned
    entry: Entry
    sent: bool
    charge: Charge | None
    stopped_by: BulkgenError | None
    cautions: tuple[str, ...]

    @property
    def file(self) -> Path | None:
        """The recording; None where it is not here."""
        state = self.entry.state
        return self.planned.judged.opened.places.folder / state.file if state.last == "saved" else None

    @property
    def exit_code(self) -> Exit:
        return exit_code_of([self.entry], self.stopped_by)


def row_to_hear(judged: Judged) -> Mapping[int, str]:
    """The number of the row that is made to be heard, with the reason: the one that the settings name, or the riskiest
    of those that say something in a voice that can be known.

    Raises `InputError` where there is no such row, or none at all.
    """
    if judged.opened.settings.row is not None:
        return rows_to_show(judged)

    scripts = {row.source.number: (row, script) for row in usable(judged.built) if (script := _says(row, judged))}
    saying = [row for row, script in scripts.values() if _voice_is_known(row.jobs[0], script, judged)]
    saying = saying or [row for row, _ in scripts.values()]
    if not saying:
        number, why = next(iter(rows_to_show(judged).items()))
        return {number: why}

    [choice] = riskiest(replace(judged.built, rows=tuple(saying)))
    why = f"the riskiest, because {choice.why}" if len(saying) > 1 else "the only one that can be heard"
    return {choice.row.source.number: why}


def to_be_heard(judged: Judged, number: int) -> Judged:
    """The judged sheet with nothing selected but the voice-over of this row, in place of what the row asks for.

    Raises `InputError` where it says nothing that can be heard, and `ApiError` where HeyGen does not answer.
    """
    if not isinstance(judged.asked, Asked):
        raise judged.asked.trouble or InputError("Without HeyGen no voice can be heard: leave --offline out.")

    row = _row(judged, number)
    script, word = _says(row, judged), judged.opened.settings.voice
    if script is None:
        raise InputError(f"Row {number:,} can't be listened to: {_why_silent(row, judged)}. Nothing was sent.")

    job = row.jobs[0]
    if job.kind == SPEECH.name and not word:
        made = replace(job, listened=True)  # the very recording that a run would make
    else:
        made = voice_over(
            job, script, anyio.run(_voice, judged.asked, job, script, word, judged.opened.settings.sandbox)
        )
    spoken = BuiltRow(source=row.source, kind=made.kind, row_id=row.row_id, jobs=(made,))
    rows = tuple(spoken if each is row else each for each in judged.built.rows)
    return narrowed(replace(judged, built=replace(judged.built, rows=rows, issues=())), {number})


def alone(planned: Planned) -> Planned:
    """Without what else a run would follow and collect."""
    return replace(planned, plan=replace(planned.plan, left=(), withheld=()))


def objection(planned: Planned) -> BulkgenError | None:
    """Why the voice-over is not to be made."""
    if planned.plan.too_costly:
        return InputError("The voice-over could cost more than --max-cost-per-row allows. Nothing was sent.")

    return planned.blocked


def make(preview: Preview, planned: Planned, on_event: Listener, until: Until) -> Listened:
    """Makes the one job of this plan, or fetches its file; returns when that is done, or when something stopped it."""
    return anyio.run(_make, preview, planned, on_event, until)


async def _make(preview: Preview, planned: Planned, on_event: Listener, until: Until) -> Listened:
    [job], before = planned.plan.jobs, planned.recalled.states
    audience = Audience(on_event)
    async with engine_for(planned, {}) as engine:
        at_rest = not any(engine.run_state.cap.spending.latest)
        audience.on_error = partial(engine.stop, Interrupted("interrupted"))
        stopped_by = await move(planned, engine, Watch(engine, Tally([job], before), audience), until)
    audience.tell(Ended())
    ledger, run_state = planned.recalled.ledger, engine.run_state
    state = run_state.of(job)
    sent = state != before.get(job.fingerprint, NEW) and bool(planned.plan.send)
    if sent and at_rest:  # what it costs is not of the next run; one that was interrupted goes on as before
        with contextlib.suppress(LedgerError):
            await ledger.append(ended(job.sheet))
    listened = Listened(
        preview=preview,
        planned=planned,
        entry=_entry(planned, job, state),
        sent=sent,
        charge=run_state.cap.spending.charges.get((job.fingerprint, state.attempt)),
        stopped_by=stopped_by,
        cautions=(*take_off(ledger), *run_state.cautions),
    )
    audience.dismiss()
    return listened


def _entry(planned: Planned, job: Job, state: State) -> Entry:
    row = next(row for row in planned.built.rows if row.selected)
    [entry] = entries([replace(row, jobs=(job,))], {job.fingerprint: state})
    return entry


def _row(judged: Judged, number: int) -> BuiltRow:
    return next(row for row in judged.built.rows if row.source.number == number)


def _says(row: BuiltRow, judged: Judged) -> Script | None:
    """What the row has a voice say, as far as anybody knows."""
    if not row.jobs:
        return None

    job = row.jobs[0]
    script = KINDS[job.kind].script(job.request, _template(job, judged))
    return script if script is not None and script.text.strip() else None


def _why_silent(row: BuiltRow, judged: Judged) -> str:
    if not row.jobs:
        return (
            "it is left out (skip or hidden)" if row.skipped else "it can't be made as it is. Correct its cells first"
        )

    job = row.jobs[0]
    if KINDS[job.kind].source(job.request) is not None:
        return "it has no text of its own, as its voice comes from a recording or a video"

    if not job.template_id:
        return "it has no script: what is said in it nobody knows before it is made"

    return f"what the template {job.template_id} says is not known to HeyGen's API"


def _voice_is_known(job: Job, script: Script, judged: Judged) -> bool:
    """Whether it is named, or HeyGen most likely tells."""
    word = judged.opened.settings.voice
    return bool(word) or (not job.awaits and (bool(script.voice) or _is_of_avatar(job, script)))


def _is_of_avatar(job: Job, script: Script) -> bool:
    """Whether one avatar says all of it, whose own voice HeyGen may tell."""
    return bool(script.speaker) and not job.template_id


def _template(job: Job, judged: Judged) -> Template | None:
    return judged.account.templates.get(job.template_id)


async def _voice(asked: Asked, job: Job, script: Script, word: str | None, lenient: bool) -> str:
    """The id of the voice that is to be heard: the one that was asked for by this word, the row's, the avatar's own."""
    if is_to_be_made(script.voice) and not word:
        raise InputError(
            f"Row {job.row:,} speaks with a voice that another row makes. Add --voice with a name or an id to "
            "hear it in that one. Nothing was sent."
        )

    if script.voice and not word:
        return script.voice

    connection = asked.connection
    async with heygen.connect(connection.base, connection.key, connection.transport) as http:
        client = heygen.HeyGen(http)
        if word:
            return await _named(client, word, lenient)

        voice = await default_voice(client, script.speaker) if _is_of_avatar(job, script) else ""
    if not voice:
        whose = "its template" if job.template_id else "the avatar"
        why = f"names no voice, and HeyGen does not tell which one {whose} has"
        if not (script.speaker or job.template_id):
            why = "has several voices"
        raise InputError(
            f"Row {job.row:,} {why}. Add --voice with the name or the id of one to hear it in (bulkgen list voices "
            "shows them). Nothing was sent."
        )

    return voice


async def _named(client: heygen.HeyGen, word: str, lenient: bool) -> str:
    """The id of the voice that the word means. Raises `InputError` where it means none."""
    lookup = AccountLookup(client=client, lenient=lenient)
    await lookup.gather(Needs({Lookup.SPEECH_VOICE: frozenset({word})}))
    verdicts = Verdicts()
    verdicts.renew(lookup.account)
    meant = verdicts.of(Lookup.SPEECH_VOICE, word, 0)
    if isinstance(meant, Issue) and not meant.warning:
        raise InputError(f"--voice {word!r} {meant.cause}. {meant.fix} Nothing was sent.")

    return meant if isinstance(meant, str) else word
