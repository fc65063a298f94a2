"""HeyGen's machine codes: for each, once, what it means to the program and what it says to a person.

Pure. Which error of our tree an answer with the code is, whether a job that failed so may be made again as it is, whose
side the cause is on, and what to do next. Source: https://developers.heygen.com/docs/error-codes.

A next step is never one that would do nothing: what a rerun leaves alone says `--retry-failed`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from bulkgen.errors import ApiError, Forbidden, Lost, OutOfCredit, RateLimited, Refused, Unauthorized


class Side(StrEnum):
    """Where a cause lies."""

    CELL = "Your cell"
    ACCOUNT = "Your account"
    HEYGEN = "HeyGen's side"
    NETWORK = "The network"


EDIT = "Edit the row and run again"
RETRY = "Run the same command again; nothing has to be changed"
AGAIN = "then run the same command again"
_RETRY_FAILED = "Run again with --retry-failed; nothing has to be changed"
_THEN_RETRY = "then run again with --retry-failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One code of HeyGen's."""

    name: str
    #: What an answer with this code is; None for a code that only failed jobs have, or that is our own.
    error: type[ApiError] | None = None
    side: Side
    cause: str
    #: What to do next, as it is for a job that the next run takes up by itself.
    step: str
    #: A job that failed so failed for nothing in its row, and is worth another attempt.
    passing: bool = False
    #: What the row names is not ready yet: a refusal, too, is worth another attempt then.
    not_yet: bool = False

    def next_step(self, *, passing: bool) -> str:
        """What to do next; `passing`: the next run takes the job up by itself."""
        if passing:
            return self.step

        return self.step.replace(AGAIN, _THEN_RETRY).replace(RETRY, _RETRY_FAILED)


_cell = partial(Code, side=Side.CELL, error=Refused)
_account = partial(Code, side=Side.ACCOUNT)
_heygen = partial(Code, side=Side.HEYGEN, step=RETRY)

TABLE = (
    # What stands in the row
    _cell(name="invalid_parameter", cause="HeyGen does not take a value of this row", step=EDIT),
    _cell(name="content_policy_violation", cause="HeyGen's content rules do not allow this text or picture", step=EDIT),
    _cell(
        name="download_failed",
        cause="HeyGen could not fetch a link of this row",
        step="Check that it opens without a login in a private window; edit the row, or run again with --retry-failed",
    ),
    _cell(name="script_too_short", cause="the script is too short", step=EDIT),
    _cell(name="tts_text_invalid", cause="the text can't be spoken", step=EDIT),
    _cell(name="payload_too_large", cause="the row holds too much", step="Shorten its texts, or make two rows of it"),
    _cell(name="avatar_not_found", cause="HeyGen does not know this avatar", step="Copy the avatar look's id again"),
    _cell(
        name="avatar_group_not_found", cause="HeyGen does not know this avatar", step="Copy the avatar look's id again"
    ),
    _cell(name="avatar_not_usable", cause="this avatar can't be used", step="Choose another avatar look"),
    _cell(name="avatar_expired", cause="this avatar has expired", step="Choose another avatar look"),
    _cell(name="voice_not_found", cause="HeyGen does not know this voice", step="Copy the voice's id again"),
    _cell(name="voice_unavailable", cause="this voice can't be used here", step="Choose another voice"),
    _cell(name="voice_expired", cause="this voice has expired", step="Choose another voice"),
    _cell(name="voice_training_failed", cause="the making of this voice has failed", step="Choose another voice"),
    _cell(name="template_not_found", cause="HeyGen does not know this template", step="Copy the template's id again"),
    _cell(name="video_not_found", cause="HeyGen does not know a video that this row names", step="Copy its id again"),
    _cell(
        name="asset_not_found",
        cause="HeyGen does not know an asset of this row",
        step="Upload the file at HeyGen again",
    ),
    _cell(
        name="asset_not_available",
        cause="an asset of this row is not available",
        step="Upload the file at HeyGen again",
    ),
    _cell(name="not_found", cause="HeyGen does not know something that this row names", step=EDIT),
    _cell(name="resource_not_found", cause="HeyGen does not know something that this row names", step=EDIT),
    _cell(name="webhook_not_found", cause="HeyGen does not know the address to call back", step=EDIT),
    # What the account may do, or has
    _account(
        name="voice_not_usable",
        error=Refused,
        cause="this voice is not open to your account",
        step=f"Choose another voice, or ask its owner to share it, {AGAIN}",
    ),
    _account(
        name="voice_not_ready",
        error=Refused,
        cause="this voice is still being made",
        step=f"Wait until it is ready, {AGAIN}",
        not_yet=True,
    ),
    _account(
        name="resource_not_ready",
        error=Lost,
        cause="something that this row names is not ready yet (an upload, an avatar in training)",
        step=f"Wait until it is ready, {AGAIN}",
        not_yet=True,
    ),
    _account(
        name="avatar_consent_required",
        error=Refused,
        cause="the person of this avatar has not consented yet",
        step=f"Finish the consent at HeyGen, {_THEN_RETRY}",
    ),
    _account(
        name="resource_access_denied",
        error=Refused,
        cause="something that this row names is not yours",
        step=f"Ask its owner to share it, {AGAIN}",
    ),
    _account(
        name="ai_vendor_access_restricted",
        error=Refused,
        cause="this feature is closed to your account",
        step=f"Ask HeyGen's support to open it, {AGAIN}",
    ),
    _account(
        name="resource_limit_reached",
        error=Refused,
        cause="a limit of your account is reached",
        step=f"Free some room at HeyGen, {_THEN_RETRY}",
    ),
    _account(
        name="unlimited_mode_disabled",
        error=Refused,
        cause="the unlimited mode is switched off in your account",
        step=f"Switch it on at HeyGen, {_THEN_RETRY}",
    ),
    _account(
        name="ephemeral_upload_disabled",
        error=Refused,
        cause="temporary uploads are switched off in your account",
        step=f"Upload the file at HeyGen and name its asset id, or switch them on, {_THEN_RETRY}",
    ),
    _account(
        name="conflict",
        error=Refused,
        cause="it conflicts with something in your account",
        step=f"Look at HeyGen what is at work there, {_THEN_RETRY}",
    ),
    _account(
        name="forbidden",
        error=Forbidden,
        cause="the API key lacks a permission",
        step=f"Give the key that permission, {AGAIN}",
    ),
    _account(
        name="unauthorized", error=Unauthorized, cause="HeyGen refused the API key", step=f"Set the right key, {AGAIN}"
    ),
    _account(
        name="authentication_failed",
        error=Unauthorized,
        cause="HeyGen refused the API key",
        step=f"Set the right key, {AGAIN}",
    ),
    _account(
        name="insufficient_credit",
        error=OutOfCredit,
        cause="the balance is too low",
        step=f"Top it up at HeyGen, {AGAIN}",
    ),
    _account(
        name="quota_exceeded",
        error=OutOfCredit,
        cause="the quota is used up",
        step=f"Wait for its renewal or raise it, {AGAIN}",
    ),
    _account(
        name="trial_limit_exceeded",
        error=OutOfCredit,
        cause="the trial is used up",
        step=f"Choose a plan at HeyGen, {AGAIN}",
    ),
    _account(
        name="plan_upgrade_required",
        error=OutOfCredit,
        cause="your plan does not include this",
        step=f"Change the row or the plan, {AGAIN}",
    ),
    _account(
        name="subscription_required",
        error=OutOfCredit,
        cause="your plan does not include this",
        step=f"Change the row or the plan, {AGAIN}",
    ),
    _account(
        name="rate_limit_exceeded", error=RateLimited, cause="HeyGen was taking no more jobs at that time", step=RETRY
    ),
    # What went wrong at HeyGen, or on the way there
    _heygen(name="rendering_failed", cause="the rendering failed", passing=True),
    _heygen(name="rendering_timeout", cause="the rendering took too long", passing=True),
    _heygen(name="timeout", cause="something took too long", passing=True),
    _heygen(name="gateway_timeout", error=Lost, cause="something took too long", passing=True),
    _heygen(name="internal_error", error=Lost, cause="an internal error", passing=True),
    _heygen(name="voice_provider_error", error=Lost, cause="the voice provider failed", passing=True),
    _heygen(name="service_unavailable", error=Lost, cause="the service was busy", passing=True),
    _heygen(name="cancelled", cause="it was cancelled there"),
    _heygen(name="no_clips", cause="it found no clips in the video, or made none of those that it found"),
    _heygen(name="request_in_progress", error=Lost, cause="it was still busy with this request"),
    Code(name="unreachable", side=Side.NETWORK, cause="HeyGen could not be reached, so nothing was sent", step=RETRY),
    Code(name="record_lost", side=Side.HEYGEN, cause="what was made of it before is not to be found", step=RETRY),
)

CODES: Mapping[str, Code] = {code.name: code for code in TABLE}

#: Codes of failed jobs that say nothing against the row; a failure without a code is one too.
PASSING_FAILURES = frozenset({"", *(code.name for code in TABLE if code.passing)})

#: Codes, and HTTP statuses, of refusals that can be got over without a change of the row.
NOT_YET = frozenset(code.name for code in TABLE if code.not_yet)
PASSING_REFUSALS = frozenset({401, 402, 403})

#: Codes that speak of a text of the row, and so of no other row.
OF_ITS_ROW = frozenset({"script_too_short", "tts_text_invalid", "payload_too_large"})


def subject_of(code: str) -> str:
    """What a code speaks of, as far as it says so: `voice`, `avatar`, `template`, `asset`, or `host`; else ""."""
    first = code.partition("_")[0]
    return "host" if code == "download_failed" else first if first in ("voice", "avatar", "template", "asset") else ""
