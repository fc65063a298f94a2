"""What a row will say, as a voice-over of its own, so that it can be heard before a video is made of it. Pure.

The text is the row's, filled in; the voice and how it speaks are the row's as far as HeyGen's voice-overs know them.
The same text in the same voice is the same job, whatever kind of row it comes from.
"""

from __future__ import annotations

from bulkgen.errors import InputError
from bulkgen.kinds import KINDS
from bulkgen.kinds.script import Script
from bulkgen.kinds.speech import SPEECH
from bulkgen.model import Job, Value, fingerprint, other_readings


def voice_over(job: Job, script: Script, voice: str) -> Job:
    """What the job says, as a voice-over in this voice (its id). Raises `InputError` where none can be made of it."""
    values: dict[str, Value] = {"text": script.text, "voice_id": voice}
    if script.ssml:
        values["input_type"] = "ssml"
    if script.speed != 1:
        values["speed"] = script.speed
    if script.language:
        values["locale"] = script.language
    request, issues = SPEECH.judge(dict(values), values, SPEECH.columns)
    wrong = next((issue for issue in issues if not issue.warning), None)
    if request is None or wrong is not None:
        cause = wrong.cause if wrong else "can't be spoken"
        raise InputError(f"Row {job.row} can't be listened to: what it says {cause}. Nothing was sent.")

    return Job(
        kind=SPEECH.name,
        fingerprint=fingerprint(SPEECH.name, values),
        row=job.row,
        row_id=job.row_id,
        title="",
        language="",
        path=SPEECH.path,
        request=request,
        sheet=job.sheet,
        readings=other_readings(SPEECH.name, values),
        listened=True,
    )


def unheard(job: Job) -> tuple[str, ...]:
    """What the row asks of its voice that a voice-over does not take."""
    script = KINDS[job.kind].script(job.request, None)
    return script.unheard if script else ()
