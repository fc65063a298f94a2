"""Columns come from the models of the requests, and a request holds what was given of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

from bulkgen.kinds import KINDS
from bulkgen.kinds.assets import Asset
from bulkgen.kinds.avatar import AvatarRequest
from bulkgen.kinds.columns import Column, Lookup, Type
from bulkgen.kinds.fields import About, Lenient, Prose, Request, Strict, columns_of
from bulkgen.kinds.kind import Kind
from bulkgen.kinds.media import IMAGE
from bulkgen.kinds.template import TemplateRequest
from bulkgen.kinds.translation import TranslationRequest
from bulkgen.model import Job
from tests.making import ACCOUNT, built, jobs_of, table


class Round(Strict):
    shape: Annotated[Literal["round"], About("Its shape.", "figure")]
    ink: Annotated[Literal["red", "blue"] | None, About("Its ink.")] = None
    width: Annotated[float, Field(gt=0), About("Its width.")] = 1
    rim: Annotated[float | None, About("Its rim.")] = None


class Square(Strict):
    shape: Literal["square"]
    ink: Literal["green"] | None = None
    height: Annotated[int | None, About("Its height.")] = None
    corners: Annotated[bool | None, About("Its corners.")] = None


class Frame(Lenient):
    picture: Annotated[Asset, IMAGE, About("The picture.")]


class Sign(Request):
    kind: Literal["sign"]
    words: Annotated[Prose, About("The words.", "text", "message")]
    name: Annotated[str | None, About("The name.", identity=False), Lookup.VOICE] = None
    tags: Annotated[list[str] | None, About("The tags.")] = None
    pace: Annotated[Literal[25, 30], About("The pace.")] = 25
    form: Annotated[Round | Square, Field(discriminator="shape")] | None = None
    frame: Annotated[Frame | None, Type.BOOLEAN, About("yes: a frame.")] = None
    stand: Frame
    notes: list[str] = Field(default_factory=list)


def column(name: str) -> Column:
    return next(column for column in columns_of(Sign) if column.name == name)


def test_columns_come_in_the_order_of_the_fields_and_those_of_variants_side_by_side() -> None:
    assert [column.name for column in columns_of(Sign)] == [
        "words", "name", "tags", "pace",
        "form.shape", "form.ink", "form.width", "form.height", "form.rim", "form.corners",
        "frame", "frame.picture", "stand.picture",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "type_", "choices"),
    [
        ("words", Type.PROSE, ()),
        ("name", Type.TEXT, ()),
        ("tags", Type.LIST, ()),
        ("pace", Type.INTEGER, ()),
        ("form.shape", Type.CHOICE, ("round", "square")),
        ("form.ink", Type.CHOICE, ("red", "blue", "green")),
        ("form.width", Type.NUMBER, ()),
        ("form.height", Type.INTEGER, ()),
        ("form.corners", Type.BOOLEAN, ()),
        ("frame", Type.BOOLEAN, ()),
        ("frame.picture", Type.ASSET, ()),
    ],
)
def test_the_type_of_a_column_and_its_choices_are_those_of_the_annotation(
    name: str, type_: Type, choices: tuple[str, ...]
) -> None:
    assert (column(name).type, column(name).choices) == (type_, choices)


def test_what_stands_beside_the_type_goes_into_the_column() -> None:
    assert (column("words").about, column("words").aliases) == ("The words.", ("text", "message"))
    assert (column("form.shape").about, column("form.shape").aliases) == ("Its shape.", ("figure",))
    assert (column("name").lookup, column("name").identity) == (Lookup.VOICE, False)
    assert (column("tags").lookup, column("tags").identity) == (None, True)
    assert (column("frame.picture").media, column("frame").media) == (IMAGE, None)


def test_a_column_is_required_if_every_object_on_the_way_to_its_field_is() -> None:
    assert [column.name for column in columns_of(Sign) if column.required] == ["words", "stand.picture"]


def test_fields_of_requests_that_the_sheet_has_no_columns_for_are_few_and_known() -> None:
    """A field without `About` can't be filled: one that was forgotten would be missed by nobody."""
    without = {f"{kind.name}: {name}" for kind in KINDS.values() for name in fields_without_columns(kind)}
    assert without == {
        "template: variables", "template: brand_voice_id",
        "avatar: type",
        "image: type",
        "cinematic: type",
        "translation: enable_caption", "translation: brand_voice_id",
        "lipsync: enable_caption",
        "hyperframes: variables",
        "proofread: brand_voice_id",
        "studio: type", "studio: scenes",
    }  # fmt: skip


def fields_without_columns(kind: Kind) -> Iterator[str]:
    steps = {column.place[0] for column in kind.columns}
    return (name for name in kind.request.model_fields if name not in steps)


# What a request holds ------------------------------------------------------------------------------------------------


def sign(**fields: object) -> Sign:
    asset = {"type": "asset_id", "asset_id": "a_1"}
    return Sign.model_validate({"kind": "sign", "words": "Hi", "stand": {"picture": asset}, **fields})


def test_a_request_holds_and_sends_what_was_given_and_nothing_else() -> None:
    request = sign(form={"shape": "square", "height": 2})
    assert list(vars(request)) == ["kind", "words", "form", "stand"]
    assert request.model_dump(mode="json", exclude_unset=True) == {
        "kind": "sign",
        "words": "Hi",
        "form": {"shape": "square", "height": 2},
        "stand": {"picture": {"type": "asset_id", "asset_id": "a_1"}},
    }


def test_what_was_not_given_of_a_request_reads_as_its_default() -> None:
    request = sign(tags=["a"])
    assert (request.tags, request.pace, request.name, request.notes) == (["a"], 25, None, [])
    with pytest.raises(AttributeError):
        _ = request.nobody  # type: ignore[attr-defined]  # that is what is asked


def test_a_value_that_is_its_fields_default_is_sent_if_it_was_given() -> None:
    assert sign(pace=25).model_dump(exclude_unset=True)["pace"] == 25


def test_requests_that_were_given_the_same_fields_share_their_names_and_can_not_be_changed() -> None:
    one, two = sign(words="One"), sign(words="Two")
    assert one.model_fields_set is two.model_fields_set
    with pytest.raises(ValidationError):
        one.name = "Ann"  # type: ignore[misc]  # that is what is tried
    changed = one.model_copy(update={"name": "Ann"})
    assert changed.model_dump(exclude_unset=True)["name"] == "Ann"
    assert "name" not in two.model_fields_set


@pytest.mark.parametrize(
    "fields", [{"words": 1}, {"pace": "25"}, {"nobody": 1}, {"form": {"shape": "round", "width": "1"}}]
)
def test_nothing_is_converted_and_nothing_unknown_is_taken(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        sign(**fields)


# The request in the job ----------------------------------------------------------------------------------------------


def only_job(headers: list[str], row: list[object]) -> Job:
    (job,) = jobs_of(table(headers, row))
    return job


@pytest.mark.parametrize(
    ("headers", "row", "model"),
    [
        (["template_id", "first_name"], ["tpl_1", "Ann"], TemplateRequest),
        (["avatar_id", "script", "voice"], ["look_1", "Hi", "v_2"], AvatarRequest),
        (["video", "languages"], ["https://example.com/v.mp4", "french"], TranslationRequest),
    ],
)
def test_a_job_carries_its_request_typed_and_with_the_values_that_the_account_writes(
    headers: list[str], row: list[object], model: type[BaseModel]
) -> None:
    request = only_job(headers, row).request
    assert type(request) is model
    if isinstance(request, TranslationRequest):
        assert request.output_languages == ["French"]


def test_the_body_is_the_request_under_a_title_that_is_made_where_the_person_gave_none() -> None:
    made = only_job(["avatar_id", "script", "caption"], ["look_1", "Hi", "yes"])
    asked = {"type": "avatar", "avatar_id": "look_1", "script": "Hi", "caption": {"style": "default"}}
    assert made.body == {"title": made.title, **asked}
    assert "title" not in made.request.model_fields_set
    given = only_job(["avatar_id", "script", "title"], ["look_1", "Hi", "Mine"])
    assert given.body["title"] == given.title == "Mine"
    assert only_job(["text", "voice_id"], ["Hi", "v_1"]).body == {"text": "Hi", "voice_id": "v_1"}


def test_rows_that_say_the_same_share_the_variable() -> None:
    jobs = jobs_of(table(["template_id", "first_name", "copy"], ["tpl_1", "Ann", 1], ["tpl_1", "Ann", 2]))
    one, two = (job.request for job in jobs)
    assert isinstance(one, TemplateRequest)
    assert isinstance(two, TemplateRequest)
    assert one.variables["first_name"] is two.variables["first_name"]


def test_a_text_that_is_too_long_for_a_variable_is_a_mistake_of_its_cell() -> None:
    found = built(table(["template_id", "first_name"], ["tpl_1", "x" * 10_000], ["tpl_1", "x" * 10_001]), ACCOUNT)
    assert [(issue.row, issue.column, issue.cause) for issue in found.mistakes] == [
        (3, 1, "is longer than 10,000 characters")
    ]
