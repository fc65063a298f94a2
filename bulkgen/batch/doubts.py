"""Why jobs that look new may have been paid for before, and must not be sent as things are. Pure.

A witness is whoever says that a job was made, and is no resume file at hand: the person's index, a results sheet, a
recording.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bulkgen.errors import ApiError, BulkgenError, InputError, LedgerError, Lost
from bulkgen.kinds import LIVES
from bulkgen.ledger.state import State
from bulkgen.model import Job, listed, plural, shorten


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """`state`: what it says of the job; `source`: who says it, for the person.

    `certain`: it is more than a claim of a run that may have crashed before it sent anything. `candidates`: what the
    account shows that it could be, title by id.
    """

    job: Job
    state: State
    source: str
    certain: bool = True
    candidates: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Doubts:
    """`resume` and `downloads`: the names of the sheet's resume file and of the folder of its recordings."""

    resume: str = ""
    downloads: str = ""
    #: Why files that may have records of these jobs can't be used.
    unreadable: tuple[str, ...] = ()
    #: By fingerprint: jobs that somebody calls made, and nobody confirms.
    unconfirmed: Mapping[str, Witness] = field(default_factory=dict)
    #: Why HeyGen could not be asked about these.
    silence: ApiError | None = None

    def objection(self, send: Collection[Job]) -> BulkgenError | None:
        """Why these jobs are not to be sent."""
        if send and self.unreadable:
            return LedgerError(
                "Nothing was sent: rows of this sheet may have been made, and paid, before, in a record that can't be "
                f"used. {' '.join(self.unreadable)}"
            )

        paid = [job for job in send if not LIVES[job.kind].repeatable]
        doubtful = [self.unconfirmed[job.fingerprint] for job in paid if job.fingerprint in self.unconfirmed]
        if not doubtful:
            return None

        numbers = list(dict.fromkeys(witness.job.row for witness in doubtful))
        made = "were made already" if all(each.state.id for each in doubtful) else "may have been made already"
        sources = list(dict.fromkeys(witness.source for witness in doubtful))
        rows = f"{plural(len(numbers), 'row')} (row {listed([str(number) for number in numbers])})"
        said = f"{rows} {made}, as {listed(sources, 3)} {'says' if len(sources) == 1 else 'say'}"
        if self.silence is not None:
            reason = str(self.silence).rstrip(".")
            return Lost(
                f"{said}, and HeyGen can't be asked about them now ({reason}). Nothing was sent. Run the same command "
                "again in some minutes."
            )

        return InputError(
            f"{said}, but the record of it is not here, and {self._shown_by(doubtful)}: they would be paid for again. "
            f"Put the resume file of that run ({self.resume}, say) back beside the sheet: look in the bin, in other "
            f"folders and in backups. Then run the same command again. {self._instead(doubtful)}Or add --make-again: "
            "then these rows are made, and paid, again. Nothing was sent."
        )

    def _shown_by(self, doubtful: Collection[Witness]) -> str:
        """Who does not confirm them."""
        recordings = {LIVES[witness.job.kind].at_once for witness in doubtful}
        if recordings == {True}:
            return f"their recordings are not in {self.downloads}"

        if any(witness.candidates for witness in doubtful):
            return "HeyGen shows nothing that is surely theirs"

        return f"neither HeyGen nor {self.downloads} shows them" if True in recordings else "HeyGen does not show them"

    def _instead(self, doubtful: Collection[Witness]) -> str:
        """What costs nothing: a recording has no id that could be adopted."""
        if all(LIVES[witness.job.kind].at_once for witness in doubtful):
            return ""

        could_be = [
            f"{job_id} '{shorten(title, 40)}'" for each in doubtful for job_id, title in each.candidates.items()
        ]
        shown = f" (HeyGen shows what they could be: {listed(could_be, 3)})" if could_be else ""
        return f"Or name the videos that you find at HeyGen with --adopt ROW=ID{shown}: that costs nothing. "
