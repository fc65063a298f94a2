"""HeyGen's machine codes in the person's words, each with what to do next.

Pure. Four sides are told apart: the person's cell, the person's account, HeyGen itself, the way there. A next step is
never one that would do nothing: what a rerun leaves alone says `--retry-failed`. Source of the codes:
https://developers.heygen.com/docs/error-codes.
"""

from __future__ import annotations

from bulkgen.kinds import LIVES
from bulkgen.kinds.life import AfterLoss
from bulkgen.ledger.state import State
from bulkgen.ledger.steps import Policy, passing

_CELL = "Your cell"
_ACCOUNT = "Your account"
_HEYGEN = "HeyGen's side"
_NETWORK = "The network"

_EDIT = "Edit the row and run again"
_RETRY = "Run the same command again; nothing has to be changed"
_RETRY_FAILED = "Run again with --retry-failed; nothing has to be changed"
_ONCE_MORE = "--retry-failed tries it once more"
_AGAIN = "then run the same command again"
_THEN_RETRY = "then run again with --retry-failed"

_WORDS: dict[str, tuple[str, str, str]] = {
    # What stands in the row
    "invalid_parameter": (_CELL, "HeyGen does not take a value of this row", _EDIT),
    "content_policy_violation": (_CELL, "HeyGen's content rules do not allow this text or picture", _EDIT),
    "download_failed": (
        _CELL,
        "HeyGen could not fetch a link of this row",
        "Check that it opens without a login in a private window; edit the row, or run again with --retry-failed",
    ),
    "script_too_short": (_CELL, "the script is too short", _EDIT),
    "tts_text_invalid": (_CELL, "the text can't be spoken", _EDIT),
    "payload_too_large": (_CELL, "the row holds too much", "Shorten its texts, or make two rows of it"),
    "avatar_not_found": (_CELL, "HeyGen does not know this avatar", "Copy the avatar look's id again"),
    "avatar_group_not_found": (_CELL, "HeyGen does not know this avatar", "Copy the avatar look's id again"),
    "avatar_not_usable": (_CELL, "this avatar can't be used", "Choose another avatar look"),
    "avatar_expired": (_CELL, "this avatar has expired", "Choose another avatar look"),
    "voice_not_found": (_CELL, "HeyGen does not know this voice", "Copy the voice's id again"),
    "voice_unavailable": (_CELL, "this voice can't be used here", "Choose another voice"),
    "voice_expired": (_CELL, "this voice has expired", "Choose another voice"),
    "voice_training_failed": (_CELL, "the making of this voice has failed", "Choose another voice"),
    "template_not_found": (_CELL, "HeyGen does not know this template", "Copy the template's id again"),
    "video_not_found": (_CELL, "HeyGen does not know a video that this row names", "Copy its id again"),
    "asset_not_found": (_CELL, "HeyGen does not know an asset of this row", "Upload the file at HeyGen again"),
    "asset_not_available": (_CELL, "an asset of this row can't be had", "Upload the file at HeyGen again"),
    "not_found": (_CELL, "HeyGen does not know something that this row names", _EDIT),
    "resource_not_found": (_CELL, "HeyGen does not know something that this row names", _EDIT),
    "webhook_not_found": (_CELL, "HeyGen does not know the address to call back", _EDIT),
    # What the account may do, or has
    "voice_not_usable": (
        _ACCOUNT,
        "this voice is not open to your account",
        f"Choose another voice, or ask its owner to share it, {_AGAIN}",
    ),
    "voice_not_ready": (_ACCOUNT, "this voice is still being made", f"Wait until it is ready, {_AGAIN}"),
    "resource_not_ready": (
        _ACCOUNT,
        "something that this row names is not ready yet (an upload, an avatar in training)",
        f"Wait until it is ready, {_AGAIN}",
    ),
    "avatar_consent_required": (
        _ACCOUNT,
        "the person of this avatar has not consented yet",
        f"Finish the consent at HeyGen, {_THEN_RETRY}",
    ),
    "resource_access_denied": (
        _ACCOUNT,
        "something that this row names is not yours",
        f"Ask its owner to share it, {_AGAIN}",
    ),
    "ai_vendor_access_restricted": (
        _ACCOUNT,
        "this feature is closed to your account",
        f"Ask HeyGen's support to open it, {_AGAIN}",
    ),
    "resource_limit_reached": (
        _ACCOUNT,
        "a limit of your account is reached",
        f"Free some room at HeyGen, {_THEN_RETRY}",
    ),
    "unlimited_mode_disabled": (
        _ACCOUNT,
        "the unlimited mode is switched off in your account",
        f"Switch it on at HeyGen, {_THEN_RETRY}",
    ),
    "ephemeral_upload_disabled": (
        _ACCOUNT,
        "passing uploads are switched off in your account",
        f"Upload the file at HeyGen and name its asset id, or switch them on, {_THEN_RETRY}",
    ),
    "conflict": (
        _ACCOUNT,
        "it conflicts with something in your account",
        f"Look at HeyGen what is at work there, {_THEN_RETRY}",
    ),
    "forbidden": (_ACCOUNT, "the API key lacks a permission", f"Give the key that permission, {_AGAIN}"),
    "unauthorized": (_ACCOUNT, "HeyGen refused the API key", f"Set the right key, {_AGAIN}"),
    "authentication_failed": (_ACCOUNT, "HeyGen refused the API key", f"Set the right key, {_AGAIN}"),
    "insufficient_credit": (_ACCOUNT, "the balance is too low", f"Top it up at HeyGen, {_AGAIN}"),
    "quota_exceeded": (_ACCOUNT, "the quota is used up", f"Wait for its renewal or raise it, {_AGAIN}"),
    "trial_limit_exceeded": (_ACCOUNT, "the trial is used up", f"Choose a plan at HeyGen, {_AGAIN}"),
    "plan_upgrade_required": (_ACCOUNT, "your plan does not include this", f"Change the row or the plan, {_AGAIN}"),
    "subscription_required": (_ACCOUNT, "your plan does not include this", f"Change the row or the plan, {_AGAIN}"),
    "rate_limit_exceeded": (
        _ACCOUNT,
        "HeyGen was taking no more jobs at that time",
        _RETRY,
    ),
    "unreachable": (_NETWORK, "HeyGen could not be reached, so nothing was sent", _RETRY),
    # What went wrong at HeyGen
    "rendering_failed": (_HEYGEN, "the rendering failed", _RETRY),
    "rendering_timeout": (_HEYGEN, "the rendering took too long", _RETRY),
    "timeout": (_HEYGEN, "something took too long", _RETRY),
    "gateway_timeout": (_HEYGEN, "something took too long", _RETRY),
    "internal_error": (_HEYGEN, "an internal error", _RETRY),
    "voice_provider_error": (_HEYGEN, "the voice provider failed", _RETRY),
    "service_unavailable": (_HEYGEN, "the service was busy", _RETRY),
    "request_in_progress": (_HEYGEN, "it was still busy with this request", _RETRY),
}

#: What the next run does with a job whose answer was lost.
_LOST = {
    AfterLoss.RESEND: "asks again, and HeyGen may charge it once more",
    AfterLoss.LOOK_UP: "asks again, and it is not paid twice",
    AfterLoss.UNKNOWN: "looks for it in your account, and sends nothing by itself",
}


def explain(state: State) -> str:
    """Why a job is not done, whose side it is on, and what to do next; "" for one that is."""
    if state.last in ("failed", "refused"):
        return _told(state)

    if state.last == "unknown":
        message = state.message or "What became of it is not known"
        return f"{message}. Look at HeyGen; --retry-unknown looks once more, and makes it again (paid) if need be"

    if state.last == "submitting":
        life = LIVES.get(state.kind)
        return f"HeyGen's answer was lost on the way; the next run {_LOST[life.lost if life else AfterLoss.LOOK_UP]}"

    if state.last == "review":
        theirs = f" (HeyGen: {state.message})" if state.message else ""
        return f"It waits for you at HeyGen{theirs}. Open result_page_url, answer there, {_AGAIN}"

    if state.last == "finished" and state.link:
        return "The recording is made but not downloaded yet: run the same command again"

    return ""


def _told(state: State) -> str:
    side, cause, step = _WORDS.get(state.code) or _by_class(state)
    if not passing(state):  # the next run leaves it alone
        step = step.replace(_AGAIN, _THEN_RETRY).replace(_RETRY, _RETRY_FAILED)
    if state.last == "failed" and passing(state) and state.failures >= Policy().max_attempts:
        step = f"It has failed {state.failures} times; {_ONCE_MORE}"
    theirs = f" (HeyGen: {state.message})" if state.message else ""
    return f"{side}: {cause}{theirs}. {step}"


def _by_class(state: State) -> tuple[str, str, str]:
    """For a code that we have no words for, or none at all."""
    if state.last == "failed" and passing(state):
        return _HEYGEN, "the job failed", _RETRY

    cause = f"HeyGen gives the code {state.code}" if state.code else "HeyGen refused the request"
    if state.last == "failed":
        return _HEYGEN, cause, f"Edit the row and run again, or {_ONCE_MORE}"

    if passing(state):
        return _ACCOUNT, cause, f"Look at your account at HeyGen, {_AGAIN}"

    return _CELL, cause, f"{_EDIT}, or {_ONCE_MORE}"
