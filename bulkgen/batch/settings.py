"""How a sheet is to be run: every setting, once.

The command line's options are made from this model, and so are the recipe, the workbook's Settings sheet and the
tables of the documents. A text that was typed and a Python value do equally: `rows="2-40"`, `timeout="2h"`,
`set=["voice_id=abc"]` or `set={"voice_id": "abc"}`.

Invariant: a setting counts as given only if it was named, be it with its default; what is given goes before what a file
says (`over`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    InstanceOf,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticKnownError

from bulkgen.batch.option import CHECK, LINKS, PLANNED, PREVIEW, RUN, SENDING, STATUS, Group, Option
from bulkgen.batch.ticks import TicksFile
from bulkgen.batch.typed import (
    KIND,
    Further,
    addresses,
    duration,
    folder_list,
    further,
    money,
    pairs,
    redone,
    selection,
)
from bulkgen.errors import InputError
from bulkgen.kinds import KINDS
from bulkgen.kinds.columns import match_key
from bulkgen.kinds.outcome import MAIN_FILE
from bulkgen.model import shorten
from bulkgen.rows.selection import Selection
from bulkgen.rows.synonyms import same_column, without


def _cap(about: str) -> Option:
    """A limit on the cost, which ends the sending."""
    return Option(
        metavar="USD",
        about=about,
        group=Group.COST,
        commands=SENDING,
        again=True,
        in_files=True,
        lowers=True,
    )


class Settings(BaseModel):
    """How a sheet is run. Raises `InputError` for a value that can't be.

    `timeout` and `poll_every` are in seconds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    row: Annotated[
        int | None,
        Option(
            metavar="N",
            about="This row. Without it: the first, the one with the longest text, and the riskiest.",
            group=Group.EVERYDAY,
            commands=(PREVIEW,),
        ),
    ] = Field(None, ge=1)
    every: Annotated[
        float | None,
        duration("--every"),
        Option(
            metavar="6h",
            about="Go on, and look so often which links are to be renewed, until Ctrl-C.",
            group=Group.EVERYDAY,
            commands=(LINKS,),
        ),
    ] = Field(None, ge=60, allow_inf_nan=False)
    listen: Annotated[
        bool,
        Option(
            about="Speak this row, or the riskiest: makes a voice-over (paid; you are asked) and plays it.",
            group=Group.EVERYDAY,
            commands=(PREVIEW,),
        ),
    ] = False
    voice: Annotated[
        str | None,
        Option(
            metavar="VOICE",
            about="With --listen: this voice, by its name or id, in place of the row's.",
            group=Group.EVERYDAY,
            commands=(PREVIEW,),
        ),
    ] = None
    test: Annotated[
        int | None,
        Option(
            metavar="[N]",
            about="One row first, the riskiest, with its link on the screen; with a number, so many rows.",
            group=Group.EVERYDAY,
            commands=PLANNED,
            alone="1",
        ),
    ] = Field(None, ge=1)
    limit: Annotated[
        int | None,
        Option(metavar="N", about="At most N new jobs.", group=Group.EVERYDAY, commands=PLANNED, in_files=True),
    ] = Field(None, ge=0)
    yes: Annotated[
        bool, Option(short="-y", about="Do not ask before sending.", group=Group.EVERYDAY, commands=(RUN, PREVIEW))
    ] = False
    sandbox: Annotated[
        bool, Option(about="Rehearse for free: nothing is really made.", group=Group.EVERYDAY, again=True)
    ] = False
    skip_invalid: Annotated[
        bool,
        Option(
            about="Go on with the good rows if others have mistakes.",
            group=Group.EVERYDAY,
            commands=PLANNED,
            again=True,
            in_files=True,
        ),
    ] = False
    rows: Annotated[
        InstanceOf[Selection] | None,
        selection("--rows"),
        Option(metavar="2-40,55", about="Only these rows.", group=Group.EVERYDAY, again=True, in_files=True),
    ] = None
    prices: Annotated[
        Path | None,
        Option(
            metavar="FILE",
            about="Your own price file, in place of bulkgen's (docs/PRICES.md).",
            group=Group.COST,
            again=True,
            in_files=True,
            in_recipe_only=True,
        ),
    ] = None
    max_cost: Annotated[
        float | None,
        money("--max-cost"),
        _cap("Stop before this run could cost more. What an interrupted run spent counts too."),
    ] = Field(None, ge=0, allow_inf_nan=False)
    max_cost_per_row: Annotated[
        float | None,
        money("--max-cost-per-row"),
        _cap("Leave out rows that could cost more."),
    ] = Field(None, ge=0, allow_inf_nan=False)
    max_cost_total: Annotated[
        float | None,
        money("--max-cost-total"),
        _cap("Stop before all runs of this sheet together (its resume file) could cost more."),
    ] = Field(None, ge=0, allow_inf_nan=False)
    only_capped: Annotated[
        bool,
        Option(
            about="Send nothing where neither an option nor a file sets a limit on the cost (in schedules).",
            group=Group.COST,
            commands=(RUN,),
        ),
    ] = False
    confirm_above: Annotated[
        float,
        money("--confirm-above"),
        Option(
            metavar="USD",
            about="If a run may cost more than this, the question asks for the number of jobs, not for y.",
            group=Group.COST,
            commands=(RUN,),
            in_files=True,
            lowers=True,
        ),
    ] = Field(200.0, ge=0, allow_inf_nan=False)
    cost: Annotated[
        Path | None,
        Option(
            metavar="FOLDER",
            about="In place of a SHEET: add up what all resume files in this folder, and beneath it, say was spent.",
            group=Group.COST,
            commands=(STATUS,),
        ),
    ] = None
    kind: Annotated[
        str | None,
        KIND,
        Option(
            metavar="KIND",
            about=f"What rows ask for that don't say it themselves: {', '.join(KINDS)}.",
            group=Group.SHEET,
            again=True,
            in_files=True,
        ),
    ] = None
    defaults: Annotated[
        Mapping[str, str],
        pairs("--set", "voice_id=abc123", blank=False),
        Option(
            metavar="COLUMN=VALUE",
            about="A value for rows where the column is missing or blank. Repeatable.",
            group=Group.SHEET,
            again=True,
            in_files=True,
        ),
    ] = Field(default_factory=dict, alias="set")
    renames: Annotated[
        Mapping[str, str],
        pairs("--map", '"Their header=first_name"', blank=True, names=True),
        Option(
            metavar="HEADER=FIELD",
            about="Take your column HEADER for FIELD. Repeatable.",
            group=Group.SHEET,
            again=True,
            in_files=True,
        ),
    ] = Field(default_factory=dict, alias="map")
    folders: Annotated[
        tuple[Path, ...],
        folder_list("--files"),
        Option(
            metavar="FOLDER",
            about="Files that cells name may lie below this folder too, not only below the sheet's. Repeatable.",
            group=Group.SHEET,
            again=True,
        ),
    ] = Field((), alias="files")
    worksheet: Annotated[
        str | None,
        Option(
            metavar="NAME",
            about="The worksheet, where a workbook has several.",
            group=Group.SHEET,
            again=True,
            in_files=True,
        ),
    ] = Field(None, alias="sheet")
    header_row: Annotated[
        int | None,
        Option(
            metavar="N",
            about="The row of the headers, if titles stand above it.",
            group=Group.SHEET,
            again=True,
            in_files=True,
        ),
    ] = Field(None, ge=1)
    include_hidden: Annotated[
        bool, Option(about="Take hidden and filtered rows too.", group=Group.SHEET, again=True, in_files=True)
    ] = False
    recipe: Annotated[
        Path | None,
        Option(
            metavar="FILE",
            about="Settings to be remembered; without it NAME.recipe.toml beside the sheet.",
            group=Group.SHEET,
            again=True,
        ),
    ] = None
    retry_failed: Annotated[
        bool, Option(about="One more attempt for each failed row.", group=Group.AGAIN, commands=PLANNED)
    ] = False
    retry_unknown: Annotated[
        bool,
        Option(
            about="Make rows again of which nobody knows what became; may pay them twice.",
            group=Group.AGAIN,
            commands=PLANNED,
        ),
    ] = False
    adopt: Annotated[
        Mapping[str, str],
        pairs("--adopt", "14=abc123", blank=False),
        Option(
            metavar="ROW=ID",
            about="Take this id at HeyGen for an unknown row (14/French=ID for one language). Repeatable.",
            group=Group.AGAIN,
            commands=PLANNED,
        ),
    ] = Field(default_factory=dict)
    redo: Annotated[
        InstanceOf[Selection] | InstanceOf[TicksFile],
        redone("--redo"),
        Option(
            metavar="ROWS",
            about="Make these finished rows again (paid again): 2-40,55, or the CSV that the page saves.",
            group=Group.AGAIN,
            commands=PLANNED,
        ),
    ] = Selection()
    make_again: Annotated[
        bool,
        Option(
            about="Make rows again that were made before, where nobody confirms it (paid again).",
            group=Group.AGAIN,
            commands=SENDING,
        ),
    ] = False
    plan: Annotated[
        str | None,
        Option(
            metavar="HASH",
            about="Send only if the plan is the one that check --json named (its field plan).",
            group=Group.COST,
            commands=(RUN,),
        ),
    ] = Field(None, min_length=1)
    replace: Annotated[
        bool,
        Option(
            about="With --yes: allow more than 10 edited rows to be made again.", group=Group.AGAIN, commands=(RUN,)
        ),
    ] = False
    out: Annotated[
        Path | None,
        Option(
            metavar="FILE",
            short="-o",
            about="The results, .xlsx or .csv; of status --cost, its tables and a chart.",
            group=Group.FILES,
            again=True,
            in_files=True,
        ),
    ] = None
    resume: Annotated[
        Path | None,
        Option(metavar="FILE", about="Another resume file.", group=Group.FILES, again=True, in_files=True),
    ] = None
    page: Annotated[
        bool,
        Option(
            about="The results as a page to look at too (always, unless --no-page).",
            group=Group.FILES,
            commands=(RUN, LINKS),
            again=True,
            in_files=True,
        ),
    ] = True
    json_file: Annotated[
        bool,
        Option(
            about="The results as JSON for programs too.",
            group=Group.FILES,
            commands=(RUN, LINKS),
            again=True,
            in_files=True,
        ),
    ] = False
    mailmerge: Annotated[
        Path | None,
        Option(
            metavar="FILE",
            about="A CSV for mail tools too: a line for each person who can be written to.",
            group=Group.FILES,
            commands=(*PLANNED, LINKS),
            again=True,
            in_files=True,
        ),
    ] = None
    download: Annotated[
        bool,
        Option(
            about="Download the videos too, into NAME.files/ (voice-overs always are).",
            group=Group.FILES,
            commands=(*PLANNED, PREVIEW, LINKS),
            again=True,
            in_files=True,
        ),
    ] = False
    name: Annotated[
        str | None,
        Option(
            metavar="PATTERN",
            about='What files are called, by columns: "{first_name}-{company}".',
            group=Group.FILES,
            commands=(*PLANNED, PREVIEW, LINKS),
            again=True,
            in_files=True,
        ),
    ] = Field(None, min_length=1)
    also: Annotated[
        tuple[Further, ...],
        further("--also"),
        Option(
            metavar="LIST",
            about="Files beside the videos: captions, thumbnail, audio, gif, vtt, clean (without captions). "
            "Downloads the videos too.",
            group=Group.FILES,
            commands=(*PLANNED, PREVIEW, LINKS),
            again=True,
            in_files=True,
        ),
    ] = ()
    log_file: Annotated[
        Path | None,
        Option(
            metavar="FILE",
            about="A log of the requests (no key, no texts).",
            group=Group.FILES,
            commands=(*PLANNED, LINKS),
        ),
    ] = None
    log_format: Annotated[
        Literal["text", "json"] | None,
        Option(
            metavar="json|text",
            about="A log in this form, with what each run came to: NAME.log beside the sheet, or that of --log-file.",
            group=Group.FILES,
            commands=(RUN, LINKS),
            again=True,
            in_files=True,
        ),
    ] = None
    quiet: Annotated[
        bool, Option(short="-q", about="No plan and no progress.", group=Group.OUTPUT, commands=(*PLANNED, LINKS))
    ] = False
    as_json: Annotated[
        bool, Option(about="One JSON object on standard output and nothing else.", group=Group.OUTPUT)
    ] = Field(False, alias="json")
    no_input: Annotated[
        bool,
        Option(
            about="Never ask anything: what is missing is a mistake.", group=Group.OUTPUT, commands=(*SENDING, LINKS)
        ),
    ] = False
    offline: Annotated[
        bool, Option(about="Leave out what needs HeyGen or the network.", group=Group.OUTPUT, commands=(CHECK, PREVIEW))
    ] = False
    no_wait: Annotated[
        bool,
        Option(
            about="Send what fits and leave; a later run collects.",
            group=Group.ENGINE,
            commands=(RUN,),
            in_files=True,
        ),
    ] = False
    timeout: Annotated[
        float | None,
        duration("--timeout"),
        Option(
            metavar="2h",
            about="Stop after this time; a later run goes on.",
            group=Group.ENGINE,
            commands=(RUN,),
            in_files=True,
        ),
    ] = Field(None, ge=0, allow_inf_nan=False)
    concurrency: Annotated[
        int,
        Option(
            metavar="N",
            about="Jobs in progress at once.",
            group=Group.ENGINE,
            commands=(RUN,),
            again=True,
            in_files=True,
        ),
    ] = Field(10, ge=1, le=500)
    poll_every: Annotated[
        float | None,
        Option(
            metavar="SECONDS",
            about="How often to ask HeyGen how far it is; chosen by itself without this.",
            group=Group.ENGINE,
            commands=(RUN,),
            in_files=True,
        ),
    ] = Field(None, ge=0.1, allow_inf_nan=False)
    max_attempts: Annotated[
        int,
        Option(
            metavar="N",
            about="How often a job is made in all if HeyGen fails at it.",
            group=Group.ENGINE,
            commands=PLANNED,
            in_files=True,
        ),
    ] = Field(3, ge=1)

    keep_going: Annotated[
        bool,
        Option(
            about="Send all, also what shares a cause with jobs that failed or were refused one after the other.",
            group=Group.ENGINE,
            commands=PLANNED,
            in_files=True,
        ),
    ] = False

    notify: Annotated[
        tuple[SecretStr, ...],
        addresses("--notify"),
        Option(
            metavar="URL",
            about="Who hears of the end: mailto://…, slack://…, the web hook of Teams (docs/REFERENCE.md). Repeatable.",
            group=Group.TELLING,
            commands=(RUN,),
            in_files=True,
            in_recipe_only=True,
        ),
    ] = ()
    notify_on: Annotated[
        Literal["failure", "change", "always"],
        Option(
            metavar="failure|change|always",
            about="When: only if somebody is needed; also if something was made (so without this); or each time.",
            group=Group.TELLING,
            commands=(RUN,),
            scheduled=True,
            in_files=True,
            in_recipe_only=True,
        ),
    ] = "change"
    notify_links: Annotated[
        bool,
        Option(
            about="Notices and --on-finish get the links to what was made.",
            group=Group.TELLING,
            commands=(RUN,),
            scheduled=True,
        ),
    ] = False
    on_finish: Annotated[
        str | None,
        Option(
            metavar="COMMAND",
            about="Start this at the end, with a summary as JSON on its standard input. No shell reads it.",
            group=Group.TELLING,
            commands=(RUN,),
            scheduled=True,
        ),
    ] = None

    def __init__(self, **values: object) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise InputError(_said(error)) from error

    @field_validator("*", mode="before")
    @classmethod
    def _numbers(cls, value: object, info: ValidationInfo) -> object:
        """A yes is no number, though Python counts with it."""
        annotation = cls.model_fields[str(info.field_name)].annotation
        taken = get_args(annotation) or (annotation,)
        if isinstance(value, bool) and (int in taken or float in taken):
            raise PydanticKnownError("int_type" if int in taken else "float_type")

        return value

    @model_validator(mode="after")
    def _fit_together(self) -> Settings:
        if self.test is not None and self.redo != Selection():
            raise InputError("--test chooses its rows by itself, and --redo names some. Give one of the two.")

        if self.voice is not None and not self.listen:
            raise InputError("--voice is the voice of --listen. Add --listen, or leave it out.")

        if self.listen and self.offline:
            raise InputError("--listen has HeyGen speak, and --offline leaves HeyGen out. Give one of the two.")

        if self.test is not None and self.no_wait:
            raise InputError("--test waits for its result, and --no-wait does not. Leave it out, or add --wait.")

        if self.every is not None and self.as_json:
            raise InputError("--json prints one object at the end, and --every goes on. Give one of the two.")

        return self

    @property
    def files(self) -> tuple[str, ...]:
        """What is downloaded of a finished video; nothing where it is not wanted."""
        wanted = self.download if "download" in self.model_fields_set else bool(self.also)
        return (MAIN_FILE, *self.also) if wanted else ()

    def over(self, base: Settings) -> Settings:
        """These settings, and of those that are not given what `base` says; of pairs each goes by what it is for."""
        values: dict[str, object] = {name: getattr(base, name) for name in base.model_fields_set}
        values |= {name: getattr(self, name) for name in self.model_fields_set}
        both = self.model_fields_set & base.model_fields_set
        if "defaults" in both:
            values["defaults"] = {**without(base.defaults, self.defaults), **self.defaults}
        if "renames" in both:
            mine = [field for field in self.renames.values() if field]
            headers = {match_key(header) for header in self.renames}
            left = {
                header: field
                for header, field in base.renames.items()
                if match_key(header) not in headers and not any(same_column(field, each) for each in mine if field)
            }
            values["renames"] = {**left, **self.renames}
        return Settings(**values)


def flag_of(name: str) -> str:
    """`--include-hidden` for the field `include_hidden`, `--set` for `defaults`."""
    return "--" + setting_of(name).replace("_", "-")


def setting_of(name: str) -> str:
    """The setting as it is typed and written: `set` for the field `defaults`."""
    return Settings.model_fields[name].alias or name


def option_of(name: str) -> Option:
    return next(each for each in Settings.model_fields[name].metadata if isinstance(each, Option))


def typed_settings(values: Mapping[str, object]) -> Settings:
    """The settings that were typed as options. Raises `InputError`, which names the option."""
    try:
        return Settings(**values)
    except InputError as error:
        if isinstance(error.__cause__, ValidationError):
            raise InputError(_said(error.__cause__, typed=values)) from error

        raise


def _said(error: ValidationError, *, typed: Mapping[str, object] | None = None) -> str:
    """pydantic's first finding, in plain words and by the name of the setting, or of the option if it was typed."""
    found = error.errors(include_url=False)[0]
    name = str(found["loc"][0])
    limits = found.get("ctx", {})
    given = (typed or {}).get(name, found["input"])
    match found["type"]:
        case "extra_forbidden":
            return f"There is no setting {name!r}."
        case "bool_parsing" | "bool_type":
            why = "is neither yes nor no"
        case "int_parsing" | "int_from_float" | "int_type":
            why = "is not a whole number"
        case "float_parsing" | "float_type":
            why = "is not a number"
        case "greater_than_equal" if isinstance(given, str) and isinstance(found["input"], float):  # read as a time
            why = f"is too short: it takes at least {limits['ge']:g}s"
        case "greater_than_equal":
            why = f"is below {limits['ge']}, the smallest value"
        case "less_than_equal":
            why = f"is above {limits['le']}, the largest value"
        case "literal_error":
            why = f"can't be used: it is one of {limits['expected']}"
        case "string_too_short":
            why = "is blank: give it a text, or leave it out"
        case _:
            why = f"can't be used ({found['msg']})"
    named = f"--{name.replace('_', '-')}" if typed else f"{name} ="
    return f"{named} {shorten(str(given), 100)!r} {why}."
