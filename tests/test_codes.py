"""HeyGen's codes: every one of its list is known, once, with what it means and what it says."""

from __future__ import annotations

from collections import Counter

import pytest

from bulkgen.codes import CODES, NOT_YET, PASSING_FAILURES, TABLE, Side
from bulkgen.errors import ApiError, Forbidden, Lost, OutOfCredit, RateLimited, Refused, Unauthorized

#: HeyGen's list (https://developers.heygen.com/docs/error-codes), with the status that each code comes with.
CATALOGUE = [
    (code, status)
    for status, codes in {
        400: "invalid_parameter download_failed avatar_consent_required resource_limit_reached "
        "content_policy_violation script_too_short tts_text_invalid voice_unavailable voice_expired "
        "unlimited_mode_disabled ephemeral_upload_disabled avatar_not_usable avatar_expired asset_not_available",
        401: "unauthorized authentication_failed",
        402: "insufficient_credit trial_limit_exceeded plan_upgrade_required subscription_required",
        403: "forbidden resource_access_denied ai_vendor_access_restricted voice_not_usable",
        404: "not_found template_not_found video_not_found avatar_not_found avatar_group_not_found voice_not_found "
        "asset_not_found webhook_not_found resource_not_found",
        409: "request_in_progress resource_not_ready conflict voice_not_ready voice_training_failed",
        413: "payload_too_large",
        429: "quota_exceeded rate_limit_exceeded",
        500: "internal_error voice_provider_error",
        503: "service_unavailable",
        504: "gateway_timeout",
    }.items()
    for code in codes.split()
]

#: Only failed jobs have these, or only we ourselves.
BESIDE = {"cancelled", "no_clips", "record_lost", "rendering_failed", "rendering_timeout", "timeout", "unreachable"}

#: What an answer with this status is, where its code says nothing else.
USUAL: dict[int, type[ApiError]] = {
    401: Unauthorized, 402: OutOfCredit, 403: Forbidden, 429: RateLimited, 500: Lost, 503: Lost, 504: Lost,
}  # fmt: skip

#: Codes that say more than their status does: the row has to change, not the account; it is to be sent again.
OTHERWISE: dict[str, type[ApiError]] = {
    "resource_access_denied": Refused,
    "ai_vendor_access_restricted": Refused,
    "voice_not_usable": Refused,
    "request_in_progress": Lost,
    "resource_not_ready": Lost,
    "quota_exceeded": OutOfCredit,
}


@pytest.mark.parametrize(("code", "status"), CATALOGUE)
def test_every_code_of_heygens_list_has_its_error_and_words(code: str, status: int) -> None:
    known = CODES[code]
    assert known.error is OTHERWISE.get(code, USUAL.get(status, Refused))
    assert known.side in (Side.CELL, Side.ACCOUNT, Side.HEYGEN)
    assert known.cause
    assert not known.cause.endswith(".")
    assert known.step
    assert not known.step.endswith(".")


def test_no_code_stands_twice_and_none_is_known_that_heygen_does_not_have() -> None:
    assert {name: times for name, times in Counter(code.name for code in TABLE).items() if times > 1} == {}
    assert CODES.keys() == {code for code, _ in CATALOGUE} | BESIDE


def test_only_what_says_nothing_against_the_row_is_made_again_by_itself() -> None:
    assert {
        "", "rendering_failed", "rendering_timeout", "timeout", "gateway_timeout", "internal_error",
        "service_unavailable", "voice_provider_error",
    } == PASSING_FAILURES  # fmt: skip
    assert {"resource_not_ready", "voice_not_ready"} == NOT_YET


def test_a_step_that_the_next_run_would_not_take_names_the_option_that_makes_it() -> None:
    code = CODES["insufficient_credit"]
    assert code.next_step(passing=True) == "Top it up at HeyGen, then run the same command again"
    assert code.next_step(passing=False) == "Top it up at HeyGen, then run again with --retry-failed"
    assert CODES["rendering_failed"].next_step(passing=False).startswith("Run again with --retry-failed")
