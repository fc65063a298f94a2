"""HeyGen's machine codes in the person's words, each with what to do next.

Pure. Three sides are told apart: the person's cell, the person's account, HeyGen itself. Source of the codes:
https://developers.heygen.com/docs/error-codes.
"""

from __future__ import annotations

from bulkgen.state import State, passing

_CELL = "Your cell"
_ACCOUNT = "Your account"
_HEYGEN = "HeyGen's side"

_EDIT = "Edit the row and run again"
_RETRY = "Run the same command again; nothing has to be changed"

_WORDS: dict[str, tuple[str, str, str]] = {
    "invalid_parameter": (_CELL, "HeyGen does not take a value of this row", _EDIT),
    "content_policy_violation": (_CELL, "HeyGen's content rules do not allow this text or picture", _EDIT),
    "download_failed": (
        _CELL,
        "HeyGen could not fetch a link of this row",
        "Check that it opens without a login in a private window, then edit the row or use --retry-failed",
    ),
    "script_too_short": (_CELL, "the script is too short", _EDIT),
    "tts_text_invalid": (_CELL, "the text can't be spoken", _EDIT),
    "payload_too_large": (_CELL, "the row holds too much", _EDIT),
    "avatar_not_found": (_CELL, "HeyGen does not know this avatar", "Copy the avatar look's id again"),
    "avatar_group_not_found": (_CELL, "HeyGen does not know this avatar", "Copy the avatar look's id again"),
    "avatar_not_usable": (_CELL, "this avatar can't be used", "Choose another avatar look"),
    "avatar_expired": (_CELL, "this avatar has expired", "Choose another avatar look"),
    "voice_not_found": (_CELL, "HeyGen does not know this voice", "Copy the voice's id again"),
    "voice_unavailable": (_CELL, "this voice can't be had any more", "Choose another voice"),
    "voice_expired": (_CELL, "this voice has expired", "Choose another voice"),
    "voice_not_ready": (_CELL, "this voice is still being made", "Wait until it is ready, then use --retry-failed"),
    "voice_training_failed": (_CELL, "the making of this voice has failed", "Choose another voice"),
    "template_not_found": (_CELL, "HeyGen does not know this template", "Copy the template's id again"),
    "asset_not_found": (_CELL, "HeyGen does not know an asset of this row", "Upload the file at HeyGen again"),
    "asset_not_available": (_CELL, "an asset of this row can't be had", "Upload the file at HeyGen again"),
    "not_found": (_CELL, "HeyGen does not know something that this row names", _EDIT),
    "resource_not_found": (_CELL, "HeyGen does not know something that this row names", _EDIT),
    "voice_not_usable": (_ACCOUNT, "this voice is not open to your account", "Choose another voice, or ask its owner"),
    "avatar_consent_required": (
        _ACCOUNT,
        "the person of this avatar has not consented yet",
        "Finish the consent at HeyGen, then use --retry-failed",
    ),
    "resource_access_denied": (_ACCOUNT, "something that this row names is not yours", "Ask its owner to share it"),
    "ai_vendor_access_restricted": (_ACCOUNT, "this feature is closed to your account", "Ask HeyGen's support"),
    "resource_limit_reached": (_ACCOUNT, "a limit of your account is reached", "Free some room at HeyGen"),
    "forbidden": (_ACCOUNT, "the API key lacks a permission", "Give the key that permission, then run again"),
    "unauthorized": (_ACCOUNT, "HeyGen refused the API key", "Set the right key, then run again"),
    "insufficient_credit": (_ACCOUNT, "the balance is too low", "Top it up at HeyGen, then run again"),
    "quota_exceeded": (_ACCOUNT, "the quota is used up", "Wait for its renewal or raise it, then run again"),
    "trial_limit_exceeded": (_ACCOUNT, "the trial is used up", "Choose a plan at HeyGen, then run again"),
    "plan_upgrade_required": (_ACCOUNT, "your plan does not include this", "Change the row or the plan"),
    "rendering_failed": (_HEYGEN, "the rendering failed", _RETRY),
    "internal_error": (_HEYGEN, "an internal error", _RETRY),
    "voice_provider_error": (_HEYGEN, "the voice provider failed", _RETRY),
    "service_unavailable": (_HEYGEN, "the service was busy", _RETRY),
    "gateway_timeout": (_HEYGEN, "something took too long", _RETRY),
}


def explain(state: State) -> str:
    """Why a job is not done, whose side it is on, and what to do next; "" for one that is."""
    if state.last in ("failed", "refused"):
        return _told(state)

    if state.last == "unknown":
        message = state.message or "What became of it is not known"
        return f"{message}. Look at HeyGen; --retry-unknown makes it again (paid)"

    if state.last == "submitting":
        return "HeyGen's answer was lost on the way; the next run asks again, and it is not paid twice"

    if state.last == "finished" and state.link:
        return "The recording is made but not downloaded yet: run the same command again"

    return ""


def _told(state: State) -> str:
    default = (
        (_HEYGEN, "the job failed", _RETRY)
        if state.last == "failed" and passing(state)
        else (_CELL if state.last == "refused" else _HEYGEN, "HeyGen gives the code " + state.code, _EDIT)
        if state.code
        else (_HEYGEN, "HeyGen refused the request", _EDIT)
    )
    side, cause, step = _WORDS.get(state.code, default)
    theirs = f" (HeyGen: {state.message})" if state.message else ""
    return f"{side}: {cause}{theirs}. {step}"
