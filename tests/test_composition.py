"""What pages declare of themselves: the variables of a composition and its length, whatever else stands in them."""

from __future__ import annotations

import json
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.composition import Composition, Project, Variable, project_of, read_composition

ROOT = '<div id="root" data-composition-id="main" data-duration="6.5">'


def page(declared: object, *, root: str = ROOT) -> str:
    return f'<!doctype html><html lang="en" data-composition-variables="{escape(json.dumps(declared))}"><body>{root}'


def declared(*variables: object) -> tuple[Variable, ...]:
    return read_composition(page(list(variables))).variables


def test_variables_are_read_with_their_bounds_choices_and_defaults() -> None:
    found = declared(
        {"id": "title", "type": "string", "label": "Title", "default": "Pro", "maxLength": 20},
        {"id": "score", "type": "number", "label": "Score", "default": 5, "min": 0, "max": 10.5, "step": 0.5},
        {"id": "live", "type": "boolean", "label": "Live", "default": True},
        {
            "id": "look",
            "type": "enum",
            "label": "Look",
            "default": "a",
            "options": ["a", {"value": "b", "label": "B!"}],
        },
        {"id": "later", "type": "hologram", "label": "Later"},
    )
    assert found == (
        Variable(id="title", type="string", label="Title", default="Pro", longest=20),
        Variable(id="score", type="number", label="Score", default=5.0, low=0.0, high=10.5, step=0.5),
        Variable(id="live", type="boolean", label="Live", default=True),
        Variable(id="look", type="enum", label="Look", default="a", options=(("a", "a"), ("b", "B!"))),
        Variable(id="later", type="string", label="Later"),
    )


def test_a_page_may_write_its_declaration_between_single_quotes() -> None:
    html = """<html data-composition-variables='[{"id": "it", "type": "string", "default": "a \\"b\\""}]'>"""
    assert [(each.id, each.default) for each in read_composition(html).variables] == [("it", 'a "b"')]


@pytest.mark.parametrize(
    ("root", "seconds"),
    [
        (ROOT, 6.5),
        ('<div data-composition-id="a" data-duration=" 12s ">', 12.0),
        ('<div data-composition-id="a">', None),
        ('<div data-composition-id="a" data-duration="soon">', None),
        ('<div data-composition-id="a" data-duration="-1">', None),
        ('<div data-composition-id="a" data-duration="inf">', None),
        ('<div data-composition-id="a" data-duration="nan">', None),
        ('<p data-duration="3"></p><div data-composition-id="a" data-duration="4">', 4.0),
        ("", None),
    ],
)
def test_it_lasts_as_long_as_its_root_says(root: str, seconds: float | None) -> None:
    assert read_composition(page([], root=root)).seconds == seconds


@pytest.mark.parametrize(
    ("size", "shape"),
    [
        ('data-width="1920" data-height="1080"', "16:9"),
        ('data-width="1080px" data-height="1920px"', "9:16"),
        ('data-width="900" data-height="900"', "1:1"),
        ('data-width="854" data-height="480"', "16:9"),
        ('data-width="1080" data-height="1350"', ""),
        ('data-width="1080" data-height="0"', ""),
        ("", ""),
    ],
)
def test_it_has_the_shape_that_its_root_says(size: str, shape: str) -> None:
    assert read_composition(page([], root=f'<div data-composition-id="a" {size}>')).shape == shape


def test_what_stands_inside_of_the_root_is_another_compositions() -> None:
    inner = """<div data-composition-id="b" data-duration="9" data-composition-variables='[{"id": "x"}]'>"""
    found = read_composition(page([{"id": "a"}]) + inner)
    assert ([each.id for each in found.variables], found.seconds) == (["a"], 6.5)


def test_the_root_may_declare_some_itself() -> None:
    root = """<div data-composition-id="a" data-composition-variables='[{"id": "b"}]'>"""
    assert [each.id for each in read_composition(page([{"id": "a"}], root=root)).variables] == ["a", "b"]
    twice = read_composition(page([{"id": "b"}], root=root))
    assert (twice.variables, twice.flaw) == ((), "the variable b is declared twice")


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("[{]", "data-composition-variables is no JSON (line 1, character 3)"),
        ("", "data-composition-variables is no JSON (line 1, character 1)"),
        ("[" * 100_000, "data-composition-variables is no JSON"),
        ('{"a": 1}', "data-composition-variables is no list"),
        ("[1]", "variable 1 of data-composition-variables has no id"),
        ('[{"id": "a"}, {"id": " "}]', "variable 2 of data-composition-variables has no id"),
        ('[{"id": "a"}, {"id": "a"}]', "the variable a is declared twice"),
        ('[{"id": "a", "type": "enum", "options": []}]', "the variable a is a choice (enum) without options"),
        (json.dumps([{"id": str(n)} for n in range(501)]), "data-composition-variables has more than 500 variables"),
    ],
)
def test_a_declaration_that_cant_be_used_is_told_in_words(text: str, flaw: str) -> None:
    found = read_composition(f"<html data-composition-variables='{text}'>")
    assert (found.flaw, found.variables) == (flaw, ())


@pytest.mark.parametrize(
    "html",
    ["", "\0", "<", "<html", "<a " * 20_000, "<![CDATA[" * 20_000, "<!--" * 20_000, "<script>" + "</" * 50_000,
     '<a x="' * 20_000, "&#xFFFFFFFF;" * 1_000],
)  # fmt: skip
def test_a_page_that_is_none_declares_nothing(html: str) -> None:
    assert read_composition(html) == Composition()


def test_numbers_beyond_all_bounds_are_none() -> None:
    text = '[{"id": "a", "type": "number", "min": -1e999, "max": 1e999, "step": 0}]'
    assert read_composition(f"<html data-composition-variables='{text}'>").variables == (
        Variable(id="a", type="number"),
    )


variables = st.builds(
    Variable,
    id=st.text(min_size=1, max_size=5),
    type=st.sampled_from(["string", "number", "enum"]),
    options=st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3)), max_size=2).map(tuple),
    low=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    longest=st.none() | st.integers(1, 99),
)
compositions = st.builds(
    Composition,
    variables=st.lists(variables, max_size=2).map(tuple),
    seconds=st.none() | st.floats(0.5, 99),
    shape=st.sampled_from(["", "9:16"]),
    flaw=st.text(max_size=3),
)


@given(st.dictionaries(st.text(max_size=5), compositions, min_size=1, max_size=2))
def test_what_a_project_declares_comes_back_from_json(known: dict[str, Composition]) -> None:
    assert project_of(json.loads(json.dumps(Project(known).plain))) == Project(known)


def test_what_it_declares_is_kept_without_its_texts() -> None:
    plain = Project({"index.html": read_composition(page([{"id": "a", "label": "Secret", "default": "Secret"}]))}).plain
    assert "Secret" not in json.dumps(plain)


@pytest.mark.parametrize("plain", [None, {}, [], "a", {"a": 1}, {"a": {"variables": 1}}, {"a": {"variables": [{}]}}])
def test_what_nobody_can_read_is_no_project(plain: object) -> None:
    assert project_of(plain) is None
