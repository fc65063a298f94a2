"""The engines that make an avatar move and a voice speak: what each of them takes, and what a look lets it do.

Pure. Sources: the engines' configurations and `supported_api_engines` of a look in HeyGen's v3 reference
(https://developers.heygen.com/reference); the ranges of a voice's settings are those of its engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bulkgen.kinds.account import Look
from bulkgen.kinds.kind import Values
from bulkgen.model import Issue, unsendable, warning

#: What HeyGen takes where none is named.
USUAL = "avatar_iv"

_SETTINGS = "voice_settings.engine_settings"
_FITTING: Mapping[str, frozenset[str]] = {
    "elevenlabs": frozenset({"model", "stability", "similarity_boost", "style", "use_speaker_boost"}),
    "fish": frozenset({"model", "stability", "similarity"}),
}
_SHARES = ("stability", "similarity_boost", "style", "similarity")
#: Creative, natural and robust: this model has nothing between them.
_STABILITIES = (0, 0.5, 1)


def engine_issues(values: Values) -> Iterable[Issue]:
    """What an avatar's engine does not take, whatever the look."""
    engine = values.get("engine.type", USUAL)
    if "engine.reference_look_id" in values and engine != "avatar_v":
        cause, fix = "needs engine.type avatar_v", "Set engine.type to avatar_v."
        yield Issue(code="needs_another", field="engine.reference_look_id", cause=cause, fix=fix)
    if "expressiveness" in values and engine != "avatar_iv":
        cause, fix = "works with avatar_iv only", "Clear the cell, or change engine.type."
        yield Issue(code="conflict", field="expressiveness", cause=cause, fix=fix)
    if "motion_prompt" in values and engine == "avatar_iii":
        cause, fix = "does not work with avatar_iii", "Clear the cell, or change engine.type."
        yield Issue(code="conflict", field="motion_prompt", cause=cause, fix=fix)


def size_issues(values: Values) -> Iterable[Issue]:
    """What the engines avatar_iv and avatar_v may refuse; a photo that speaks is made by them too."""
    if values.get("resolution") == "4k":
        cause = "may be refused: HeyGen took 4k back for avatar_iv and avatar_v"
        yield warning(code="may_be_refused", field="resolution", cause=cause, fix="1080p is sure to be taken.")


def look_issues(values: Values, looks: Mapping[str, Look]) -> Iterable[Issue]:
    """What an engine does not do with the row's look. `looks`: what is known of them, by id."""
    if values.get("engine.type", USUAL) != "avatar_iii":
        yield from size_issues(values)
    look = looks.get(str(values.get("avatar_id")))
    if look is None:
        return

    engine = str(values.get("engine.type", USUAL))
    if look.engines and engine not in look.engines:
        named = "engine.type" in values
        cause = "does not work with this look" if named else f"can't be made by {USUAL}, which HeyGen takes without one"
        fix = f"{'Type' if named else 'Set engine.type to'} {' or '.join(look.engines)}{', or take' if named else ''}"
        fix += " another avatar." if named else "."
        yield unsendable(code="unfit_look", field="engine.type" if named else "avatar_id", cause=cause, fix=fix)
        return

    photo = look.type == "photo_avatar"
    if "motion_prompt" in values and engine == "avatar_iv" and look.type and not photo:
        cause, fix = "works with avatar_iv for photo avatars only", "Clear the cell."
        if not look.engines or "avatar_v" in look.engines:
            fix = "Clear the cell, or set engine.type to avatar_v."
        yield unsendable(code="unfit_look", field="motion_prompt", cause=cause, fix=fix)
    if "expressiveness" in values and look.type and not photo:
        cause = "works for photo avatars only, and this look is none"
        yield unsendable(code="unfit_look", field="expressiveness", cause=cause, fix="Clear the cell.")
    if values.get("resolution") == "4k" and engine == "avatar_iii" and photo:
        cause, fix = "is not made of a photo avatar by avatar_iii", "Type 1080p."
        yield unsendable(code="unfit_look", field="resolution", cause=cause, fix=fix)
    yield from _reference_issues(values, look, looks)


def _reference_issues(values: Values, look: Look, looks: Mapping[str, Look]) -> Iterable[Issue]:
    reference = looks.get(str(values.get("engine.reference_look_id")))
    if reference is None:
        return

    fix = "Name a digital twin of the same avatar, or clear the cell: HeyGen chooses one itself."
    cause = ""
    if reference.type and reference.type != "digital_twin":
        cause = "is no digital twin, and only the movements of such a look can be followed"
    elif reference.group and look.group and reference.group != look.group:
        cause = "is a look of another avatar"
    if cause:
        yield unsendable(code="unfit_look", field="engine.reference_look_id", cause=cause, fix=fix)


def voice_engine_issues(values: Values) -> Iterable[Issue]:
    """What the engine of a voice does not take."""
    engine = values.get(f"{_SETTINGS}.engine_type")
    fits = _FITTING.get(str(engine), frozenset())
    for name in values:
        part = name.removeprefix(f"{_SETTINGS}.")
        if part == name or part == "engine_type":
            continue

        if engine is None:
            cause, fix = "is missing", "Name the voice's engine: elevenlabs or fish."
            yield Issue(code="missing", field=f"{_SETTINGS}.engine_type", cause=cause, fix=fix)
            return

        if part not in fits:
            yield Issue(code="conflict", field=name, cause=f"is no setting of {engine}", fix="Clear the cell.")
    model = values.get(f"{_SETTINGS}.model")
    if model and engine in _FITTING and str(model).startswith("eleven") != (engine == "elevenlabs"):
        cause, fix = f"is no model of {engine}", "Choose one of the engine's own models."
        yield Issue(code="conflict", field=f"{_SETTINGS}.model", cause=cause, fix=fix)
    yield from _range_issues(values)


def _range_issues(values: Values) -> Iterable[Issue]:
    for part in _SHARES:
        field = f"{_SETTINGS}.{part}"
        value = values.get(field)
        if isinstance(value, int | float) and value > 1:
            yield unsendable(code="too_high", field=field, cause="is above 1", fix="The largest value is 1.")
        if isinstance(value, int | float) and value < 0:
            yield unsendable(code="too_low", field=field, cause="is below 0", fix="The smallest value is 0.")
    stability = values.get(f"{_SETTINGS}.stability")
    between = isinstance(stability, int | float) and 0 < stability < 1 and stability not in _STABILITIES
    if between and values.get(f"{_SETTINGS}.model") == "eleven_v3":
        cause, fix = "is between the three that eleven_v3 has", "Type 0, 0.5 or 1."
        yield unsendable(code="not_a_choice", field=f"{_SETTINGS}.stability", cause=cause, fix=fix)
