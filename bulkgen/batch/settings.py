"""How a sheet is to be run: every setting, once.

The command line's options are made from this model, and so are the tables of the README. A text that was typed and a
Python value do equally: `rows="2-40"`, `timeout="2h"`, `set=["voice_id=abc"]` or `set={"voice_id": "abc"}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, InstanceOf, ValidationError, model_validator

from bulkgen.errors import InputError
from bulkgen.rows.selection import Selection, parse_selection

#: The commands that have options.
RUN, CHECK, STATUS, PREVIEW = "run", "check", "status", "preview"


@dataclass(frozen=True, kw_only=True)
class Option:
    """How a setting is typed; `again`: it is repeated in the command that goes on with a batch.

    `alone`: the number that it means with none behind it; "" for one that needs its value.
    """

    about: str
    metavar: str | None = None
    short: str = ""
    commands: tuple[str, ...] = (RUN, CHECK, STATUS, PREVIEW)
    again: bool = False
    alone: str = ""


_PLANNED = (RUN, CHECK)


def parse_pairs(texts: Iterable[str], option: str, example: str, *, blank: bool) -> dict[str, str]:
    """`NAME=VALUE` texts as a mapping; `blank` allows an empty value."""
    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not (value.strip() or blank):
            raise InputError(f"{option} {text!r}: type it like {option} {example}")

        pairs[name.strip()] = value.strip()
    return pairs


def parse_duration(text: str) -> float:
    """`90`, `90s`, `15m`, `2h`, `1h30m` as seconds."""
    match = re.fullmatch(r"(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s?)?", text.strip().casefold())
    if match is None or not any(match.groups()):
        raise InputError(f"--timeout {text!r}: type it like --timeout 2h, 15m or 90s.")

    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600.0 + minutes * 60 + seconds


def _selection(option: str) -> BeforeValidator:
    """`2-40,55`, or a number."""
    return BeforeValidator(lambda value: parse_selection(str(value), option) if isinstance(value, str | int) else value)


def _pairs(option: str, example: str, *, blank: bool) -> BeforeValidator:
    """`NAME=VALUE` texts, one of them, or a mapping."""

    def read(value: object) -> object:
        if isinstance(value, Mapping):
            value = [f"{name}={text}" for name, text in value.items()]
        texts = [value] if isinstance(value, str) else value
        return parse_pairs(texts, option, example, blank=blank) if isinstance(texts, list | tuple) else value

    return BeforeValidator(read)


_DURATION = BeforeValidator(lambda value: parse_duration(value) if isinstance(value, str) else value)


class Settings(BaseModel):
    """How a sheet is run. Raises `InputError` for a value that can't be.

    `timeout` and `poll_every` are in seconds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    worksheet: Annotated[
        str | None, Option(metavar="NAME", about="The worksheet, where a workbook has several.", again=True)
    ] = Field(None, alias="sheet")
    header_row: Annotated[
        int | None, Option(metavar="N", about="The row of the headers, if titles stand above it.", again=True)
    ] = Field(None, ge=1)
    include_hidden: Annotated[bool, Option(about="Take hidden and filtered rows too.", again=True)] = False
    rows: Annotated[
        InstanceOf[Selection] | None,
        _selection("--rows"),
        Option(metavar="2-40,55", about="Only these rows.", again=True),
    ] = None
    row: Annotated[
        int | None,
        Option(
            metavar="N",
            about="This row; without it the first, the one with the longest text, and the riskiest.",
            commands=(PREVIEW,),
        ),
    ] = Field(None, ge=1)
    limit: Annotated[int | None, Option(metavar="N", about="At most N new jobs.", commands=_PLANNED)] = Field(
        None, ge=0
    )
    test: Annotated[
        int | None,
        Option(
            metavar="N",
            about="One row first, the riskiest, with its link on the screen; with a number, so many.",
            commands=_PLANNED,
            alone="1",
        ),
    ] = Field(None, ge=1)
    defaults: Annotated[
        Mapping[str, str],
        _pairs("--set", "voice_id=abc123", blank=False),
        Option(
            metavar="COLUMN=VALUE",
            about="A value for rows where the column is missing or blank. Repeatable.",
            again=True,
        ),
    ] = Field(default_factory=dict, alias="set")
    renames: Annotated[
        Mapping[str, str],
        _pairs("--map", '"Their header=first_name"', blank=True),
        Option(metavar="HEADER=FIELD", about="Take your column HEADER for FIELD. Repeatable.", again=True),
    ] = Field(default_factory=dict, alias="map")
    yes: Annotated[bool, Option(short="-y", about="Do not ask before sending.", commands=(RUN,))] = False
    skip_invalid: Annotated[
        bool, Option(about="Go on with the good rows if others have mistakes.", commands=_PLANNED, again=True)
    ] = False
    concurrency: Annotated[int, Option(metavar="N", about="Jobs in progress at once.", commands=(RUN,), again=True)] = (
        Field(10, ge=1, le=500)
    )
    poll_every: Annotated[
        float | None,
        Option(metavar="SECONDS", about="How often to ask; found out without it.", commands=(RUN,)),
    ] = Field(None, ge=0.1, allow_inf_nan=False)
    max_attempts: Annotated[
        int,
        Option(metavar="N", about="How often a job is made in all if HeyGen fails at it.", commands=_PLANNED),
    ] = Field(3, ge=1)
    retry_failed: Annotated[bool, Option(about="One more attempt for each failed row.", commands=_PLANNED)] = False
    retry_unknown: Annotated[
        bool,
        Option(about="Make rows again of which nobody knows what became; may pay them twice.", commands=_PLANNED),
    ] = False
    adopt: Annotated[
        Mapping[str, str],
        _pairs("--adopt", "14=abc123", blank=False),
        Option(
            metavar="ROW=ID",
            about="Take this id at HeyGen for an unknown row (14/French=ID for one language). Repeatable.",
            commands=_PLANNED,
        ),
    ] = Field(default_factory=dict)
    redo: Annotated[
        InstanceOf[Selection],
        _selection("--redo"),
        Option(metavar="ROWS", about="Make these finished rows again (paid again).", commands=_PLANNED),
    ] = Selection()
    make_again: Annotated[
        bool,
        Option(
            about="Make rows again that were made before, where nobody confirms it (paid again).", commands=_PLANNED
        ),
    ] = False
    replace: Annotated[
        bool, Option(about="With --yes: allow more than 10 edited rows to be made again.", commands=(RUN,))
    ] = False
    no_wait: Annotated[bool, Option(about="Send what fits and leave; a later run collects.", commands=(RUN,))] = False
    timeout: Annotated[
        float | None,
        _DURATION,
        Option(metavar="2h", about="Stop after this time; a later run goes on.", commands=(RUN,)),
    ] = Field(None, ge=0, allow_inf_nan=False)
    out: Annotated[Path | None, Option(metavar="FILE", about="The results, .xlsx or .csv.", again=True)] = None
    resume: Annotated[Path | None, Option(metavar="FILE", about="Another resume file.", again=True)] = None
    sandbox: Annotated[bool, Option(about="Rehearse for free: nothing is really made.", again=True)] = False
    offline: Annotated[bool, Option(about="Leave out what needs HeyGen or the network.", commands=(CHECK, PREVIEW))] = (
        False
    )
    quiet: Annotated[bool, Option(short="-q", about="No plan and no progress.", commands=_PLANNED)] = False
    as_json: Annotated[bool, Option(about="One JSON object on standard output and nothing else.")] = Field(
        False, alias="json"
    )
    log_file: Annotated[
        Path | None,
        Option(metavar="FILE", about="A log of the requests (no key, no texts).", commands=_PLANNED),
    ] = None

    def __init__(self, **values: object) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise InputError(_said(error)) from error

    @model_validator(mode="after")
    def _fit_together(self) -> Settings:
        if self.test is not None and self.redo.ranges:
            raise InputError("--test chooses its rows by itself, and --redo names some. Give one of the two.")

        if self.test is not None and self.no_wait:
            raise InputError("--test waits for its result, and --no-wait does not. Give one of the two.")

        return self


def flag_of(name: str) -> str:
    """`--include-hidden` for the field `include_hidden`, `--set` for `defaults`."""
    return "--" + (Settings.model_fields[name].alias or name).replace("_", "-")


def option_of(name: str) -> Option:
    return next(each for each in Settings.model_fields[name].metadata if isinstance(each, Option))


def _said(error: ValidationError) -> str:
    """pydantic's first finding, by the name of the setting."""
    found = error.errors(include_url=False, include_context=False)[0]
    name = ".".join(str(step) for step in found["loc"])
    if found["type"] == "extra_forbidden":
        return f"There is no setting {name!r}."

    return f"The setting {name} can't be {found['input']!r}: {found['msg']}."
