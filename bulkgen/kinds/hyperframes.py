"""The kind `hyperframes`: a web page that moves, with the row's values in it, made a video.

POST /v3/hyperframes/renders (https://developers.heygen.com/reference). A project is to its rows what a template is to
those of the kind `template`: its composition declares variables, each of which may have a column. What the sheet says
is held against that declaration without a request. Of a project that is no file here (a link, an asset) nobody knows
what it declares: its columns are called `variables.…`, and are sent as texts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import Field

from bulkgen.composition import ENTRY, Composition, Project, Variable
from bulkgen.kinds.account import Account, Template
from bulkgen.kinds.answers import number_of, status_of, text_of, time_of
from bulkgen.kinds.assets import Asset
from bulkgen.kinds.columns import Column, Type, is_asset_id, is_link, match_key
from bulkgen.kinds.declared import issue_of
from bulkgen.kinds.duration import Duration
from bulkgen.kinds.fields import About, CallbackId, CallbackUrl, Request
from bulkgen.kinds.filling import Filling
from bulkgen.kinds.kind import SPOILT, Kind, Values
from bulkgen.kinds.life import Collection, Life
from bulkgen.kinds.media import IMAGE, PROJECT
from bulkgen.kinds.outcome import Accepted, Detail, Links
from bulkgen.kinds.signs import Decides, Signs
from bulkgen.model import Issue, Job, LocalFile, listed, shorten, unsendable, warning
from bulkgen.rows.suggest import hint


class HyperframesRequest(Request):
    """The body of POST /v3/hyperframes/renders."""

    project: Annotated[Asset, PROJECT, About(
        "The project: its folder, or a ZIP of it, from the sheet's folder; or a link to a ZIP, or a HeyGen asset id. "
        "It has an `index.html` at its root.")]  # fmt: skip
    composition: Annotated[str | None, Field(min_length=1), About(
        "The page of the project that is made a video; `index.html` without one.", "entry_file")] = None  # fmt: skip
    variables: dict[str, str | int | float | bool] | None = None
    fps: Annotated[int | None, Field(ge=1, le=240), About("Frames per second, 1–240; 30 without one.")] = None
    quality: Annotated[Literal["draft", "standard", "high"], About("draft, standard (default) or high.")] = "standard"
    format: Annotated[Literal["mp4", "webm", "mov"], About("mp4 (default), webm or mov.")] = "mp4"
    resolution: Annotated[Literal["1080p", "4k"], About("1080p (default); or 4k, mp4 only.")] = "1080p"
    aspect_ratio: Annotated[Literal["16:9", "9:16", "1:1"], About("16:9 (default), 9:16 or 1:1.")] = "16:9"
    title: Annotated[str | None, About(
        "The title at HeyGen. `video_title` where the composition has a variable `title`.", "video_title",
        identity=False)] = None  # fmt: skip
    callback_id: CallbackId = None
    callback_url: CallbackUrl = None


#: What rows of a project are read by before its variables are known. A variable of such a name has the column
#: `variables.project`.
_READ_FIRST = ("project", "composition")

#: What HeyGen makes where nobody says it.
_USUAL_SHAPE = "16:9"

#: Ids of assets have so many characters or more.
_LONG_ID = 12

#: The composition of a project that only HeyGen can look into.
UNSEEN = Template("unseen", "", open=True, noun="composition")


def is_named(text: str) -> bool:
    """Whether a text is the name of a project, and not of a deal or a building site; a long id may be an asset's."""
    text = text.strip()
    long = is_asset_id(text) and len(text) >= _LONG_ID and any(map(str.isdigit, text))
    return is_link(text) or "/" in text or "\\" in text or text.casefold().endswith(".zip") or long


def composition_of(values: Values) -> Template | Issue:
    """The composition that a row is made from, as what its rows are filled into."""
    file = values.get("project")
    if not isinstance(file, LocalFile) or file.project is None:
        return UNSEEN

    named = values.get("composition")
    entry = named if isinstance(named, str) else ENTRY
    found = file.project.compositions.get(entry)
    if found is None:
        return _no_page(entry, file.project) if named else _no_index(file.project)

    if found.flaw:
        fix = f"Correct it in {entry}: without it nothing of the row can be filled in."
        cause = f"does not say what can be filled in: {found.flaw}"
        return unsendable(code="variables_unreadable", field="project", cause=cause, fix=fix)

    return template_of(found, id_=f"{file.digest[:32]}/{entry}", name=_name(file, entry), names=file.project.names)


def template_of(page: Composition, *, id_: str, name: str, names: frozenset[str] = frozenset()) -> Template:
    """A composition as what rows are filled into. `names`: all files of its project."""
    return Template(
        id_,
        name,
        {each.id: each.type for each in page.variables},
        noun="composition",
        aspect_ratio=page.shape,
        own={each.id: shown for each in page.variables if (shown := _shown(each))},
        declared={each.id: each for each in page.variables},
        files=names,
    )


def _name(file: LocalFile, entry: str) -> str:
    project = _last(file.path.replace("\\", "/").rstrip("/"))
    if project[-4:].casefold() == ".zip":
        project = project[:-4]
    return project if entry == ENTRY else f"{project}/{entry}"


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def _shown(variable: Variable) -> str:
    default = variable.default
    if isinstance(default, bool):
        return "yes" if default else "no"

    if isinstance(default, float):
        return str(int(default)) if default.is_integer() else repr(default)

    labels = dict(variable.options)
    return labels.get(default, default) if default else ""


def _no_index(project: Project) -> Issue:
    alike = [name for name in project.names or project.compositions if _last(name).casefold() == ENTRY]
    at_root = [name for name in alike if "/" not in name]
    if at_root:
        fix = f"Rename {at_root[0]} to {ENTRY}: capitals count."
    elif alike:
        first = min(alike, key=lambda name: (name.count("/"), name))
        fix = f"There is one in {first.rpartition('/')[0]}: name that folder."
    elif project.compositions:
        fix = f"Name the page to take in a column composition: {listed(sorted(project.compositions), 4)}."
    else:
        fix = "A project is a folder of web pages, with one of that name."
    return unsendable(code="no_index", field="project", cause=f"has no {ENTRY} at its root", fix=fix)


def _no_page(entry: str, project: Project) -> Issue:
    pages = sorted(project.compositions)
    fix = f"{hint(entry, pages)}Its pages are {listed(pages, 6)}." if pages else "It has no page."
    return unsendable(code="unknown_composition", field="composition", cause="is no page of the project", fix=fix)


def template_columns(template: Template, headers: tuple[str, ...]) -> tuple[Column, ...]:
    """A column for each variable; of a composition that nobody has seen, one for each header that says it is one."""
    if not template.open:
        return tuple(_column(each, template) for each in template.declared.values())

    times = Counter(map(match_key, headers))
    said = [
        header for header in headers if match_key(header).startswith("variables.") and times[match_key(header)] == 1
    ]
    names = [header.partition(".")[2].strip() for header in said]
    return tuple(
        Column(name=f"variables.{name}", type=Type.PROSE, place=("variables", name), about=f"The variable {name}.")
        for name in names if name
    )  # fmt: skip


_TYPES: Mapping[str, Type] = {
    "string": Type.PROSE, "number": Type.NUMBER, "boolean": Type.BOOLEAN, "enum": Type.CHOICE,
}  # fmt: skip


def _column(variable: Variable, template: Template) -> Column:
    name = variable.id
    label = f": {shorten(variable.label, 100)}" if variable.label and variable.label != name else ""
    return Column(
        name=f"variables.{name}",
        type=_TYPES.get(variable.type, Type.TEXT),
        place=("variables", name),
        about=f"The {variable.type} {name}{label}.",
        aliases=() if match_key(name) in _READ_FIRST else (name,),
        choices=tuple(value for value, _ in variable.options),
        labels=tuple(label for _, label in variable.options),
        media=IMAGE if variable.type == "image" else None,
        files=False,
    )


def check(values: Values) -> Iterable[Issue]:
    given = values.get("format")
    if values.get("resolution") == "4k" and given in ("webm", "mov"):
        cause, fix = "can't be made in 4k", "4k is made as mp4 only: clear one of the two cells."
        yield unsendable(code="conflict", field="format", cause=cause, fix=fix)


def against(values: Values, _account: Account, template: Template | None) -> Iterable[Issue]:
    """What the composition's own declaration does not allow."""
    for name, variable in (template.declared if template else {}).items():
        value = values.get(f"variables.{name}")
        if template and value is not None and value != SPOILT:
            issue = issue_of(variable, value, template.files)
            if issue:
                yield issue
    wanted, shape = values.get("aspect_ratio") or _USUAL_SHAPE, template.aspect_ratio if template else ""
    if shape and wanted not in (shape, SPOILT):
        said = "" if "aspect_ratio" in values else f", and HeyGen makes {_USUAL_SHAPE} where a row says nothing"
        cause, fix = f"is not that of the composition: its page is {shape}{said}", f"Type {shape}."
        yield warning(code="wrong_shape", field="aspect_ratio", cause=cause, fix=fix)


def accepted(data: Mapping[str, object]) -> Accepted:
    return Accepted(text_of(data, "render_id"))


def read(data: Mapping[str, object]) -> Detail:
    return Detail(
        status_of(data),
        Links(video=text_of(data, "video_url"), thumbnail=text_of(data, "thumbnail_url")),
        number_of(data, "duration"),
        finished_at=time_of(data, "completed_at") or text_of(data, "completed_at"),
        code=text_of(data, "failure_code"),
        message=text_of(data, "failure_message"),
    )


def lasts(job: Job) -> Duration | None:
    """As long as its composition says."""
    project = next((file.project for file in job.files if file.project), None)
    entry = job.request.composition if isinstance(job.request, HyperframesRequest) else None
    page = project.compositions.get(entry or ENTRY) if project else None
    return Duration(page.seconds) if page and page.seconds else None


RENDERS = Collection(
    path="/v3/hyperframes/renders",
    id_names=("render_id", "id"),
    read=read,
    events=("hyperframes_video.success", "hyperframes_video.fail"),
)

HYPERFRAMES = Kind(
    name="hyperframes",
    noun="HyperFrames video",
    look_at="whether each text fits its place, numbers and colours are right, and nothing is cut off",
    signs=Signs(
        columns=(("project",),),
        decides=Decides.LAST,
        fits=is_named,
        how="A project is named by its folder with a slash (card/), a ZIP (card.zip) or a link. Any other name of one "
        "needs hyperframes in a column type.",
    ),
    request=HyperframesRequest,
    path="/v3/hyperframes/renders",
    life=Life(accepted=accepted, stages=(RENDERS,)),
    check=check,
    against=against,
    priced_by=lambda request: {"resolution": request.resolution},
    filling=Filling(template_columns, told_by=_READ_FIRST, found_in=composition_of),
    lasts=lasts,
)
