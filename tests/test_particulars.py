"""What exports call a person's and a company's particulars: "Vorname" reaches `first_name`, and never in silence."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.kinds.account import Account, Template
from bulkgen.kinds.columns import Lookup
from bulkgen.rows.advice.lint import lint
from bulkgen.rows.build import ReadOptions, build
from bulkgen.rows.built import Built
from bulkgen.rows.particulars import PARTICULARS, particular, particulars
from bulkgen.rows.rivals import rivals
from tests.making import built, jobs_of, table
from tests.story import Story

NAMES = [(name, what) for what, names in PARTICULARS.items() for name in (what, *names)]

WELCOME = Template("tpl_9", "Welcome", {"first_name": "text", "company": "text", "logo": "image"})


def account(**variables: str) -> Account:
    return Account({"tpl_9": Template("tpl_9", "Mine", variables)}, {Lookup.TEMPLATE: {"tpl_9": "Mine"}})


def mine(headers: list[str], *rows: list[str | None], variables: Mapping[str, str] = WELCOME.variables) -> Built:
    sheet = table(["template_id", *headers], *(["tpl_9", *row] for row in rows))
    return built(sheet, account(**variables))


def filled(found: Built) -> list[dict[str, object]]:
    assert found.mistakes == []
    bodies = [job.body["variables"] for row in found.rows for job in row.jobs]
    return [{name: value["content"] for name, value in body.items()} for body in bodies]  # type: ignore[attr-defined]


# The table -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "what"),
    [
        ("First Name", "first_name"),
        ("FirstName", "first_name"),
        ("first-name *", "first_name"),
        ("Vorname:", "first_name"),
        ("Prénom", "first_name"),
        ("PRENOM", "first_name"),
        ("Nombre", "first_name"),
        ("名", "first_name"),
        ("Contact First Name", "first_name"),
        ("Person - First name", "first_name"),
        ("FNAME", "first_name"),
        ("Lead Email", "email"),
        ("Person - Email", "email"),
        ("E-Mail Address", "email"),
        ("Organization - Name", "company"),
        ("Nom de l’entreprise", "company"),
        ("Account Name", "company"),
        ("Country/Region", "country"),
        ("Tel.", "phone"),
        ("電話番号", "phone"),
        ("ＺＩＰ", "postal_code"),
        ("이메일", "email"),
        ("メールアドレス", "email"),
    ],
)
def test_the_headers_of_exports_are_known(header: str, what: str) -> None:
    assert particular(header) == what


@pytest.mark.parametrize(
    "header", ["Name", "Title", "State", "Nome", "Nom", "Land", "Account", "URL", "First", "Company ID", "Type", ""]
)
def test_what_means_one_thing_here_and_another_there_is_left_alone(header: str) -> None:
    assert particular(header) == ""
    assert particulars([header, "First Name", "Status"])[0] == ""


@pytest.mark.parametrize(
    ("headers", "what"),
    [
        (["Name", "Vorname"], "last_name"),
        (["Nom", "Prénom"], "last_name"),
        (["Nome", "Cognome"], "first_name"),
        (["Naam", "Voornaam"], "last_name"),
        (["Land", "PLZ"], "country"),
    ],
)
def test_beside_another_header_more_can_be_told(headers: list[str], what: str) -> None:
    assert particulars(headers)[0] == what


def test_no_name_stands_for_two_particulars() -> None:
    for name, what in NAMES:
        assert particular(name) == what, name


@given(st.sampled_from(NAMES), st.sampled_from("_- "), st.sampled_from([str.upper, str.title, str.casefold]))
def test_a_name_is_known_however_it_is_written(named: tuple[str, str], gap: str, write: object) -> None:
    name, what = named
    assert particular(write(name).replace(" ", gap)) == what  # type: ignore[operator]  # a method of a text


# Variables -----------------------------------------------------------------------------------------------------------


def test_the_text_variables_of_a_template_are_filled_from_columns_of_other_names() -> None:
    found = mine(["Vorname", "Company Name"], ["Ann", "Acme"])
    assert filled(found) == [{"first_name": "Ann", "company": "Acme"}]
    assert found.layouts.headings.guessed == {"first_name": ("Vorname",), "company": ("Company Name",)}
    assert found.warnings == []


def test_it_works_from_any_language_to_any_other() -> None:
    found = mine(["First Name", "会社名"], ["Ann", "Acme"], variables={"vorname": "text", "Firma": "text"})
    assert filled(found) == [{"vorname": "Ann", "Firma": "Acme"}]


@given(st.sampled_from(NAMES), st.data())
def test_any_name_of_a_particular_fills_a_variable_by_any_other(named: tuple[str, str], data: st.DataObject) -> None:
    name, what = named
    variable = data.draw(st.sampled_from((what, *PARTICULARS[what])))
    assert filled(mine([name], ["Ann"], variables={variable: "text"})) == [{variable: "Ann"}]


def test_a_column_of_the_very_name_goes_before_any_other_even_where_it_is_blank() -> None:
    headers = ["first_name", "Vorname", "Company"]
    assert filled(mine(headers, ["Ann", "Bob", "Acme"])) == [{"first_name": "Ann", "company": "Acme"}]
    (mistake,) = mine(headers, [None, "Bob", "Acme"]).mistakes
    assert (mistake.code, mistake.header) == ("blank", "first_name")


def test_two_columns_that_say_different_things_are_a_mistake_that_says_how_to_choose() -> None:
    found = mine(["Vorname", "Given Name", "company"], ["Ann", "Bob", "Acme"], ["Ann", None, "Acme"], ["A", "A ", "B"])
    (mistake,) = found.mistakes
    assert (mistake.code, mistake.row) == ("which_column", 2)
    assert mistake.cause == "Vorname and Given Name may each be first_name, and say different things"
    assert '--map "Vorname=first_name" or --map "Given Name=first_name"' in mistake.fix
    assert [len(row.jobs) for row in found.rows] == [0, 1, 1]


@pytest.mark.parametrize("name", ["first_name", "First Name"])
def test_a_value_for_all_rows_fills_the_blanks_of_a_column_of_another_name_only(name: str) -> None:
    sheet = table(["template_id", "Vorname", "company"], ["tpl_9", "Ann", "Acme"], ["tpl_9", None, "Sol"])
    found = built(sheet, account(**WELCOME.variables), defaults={name: "there"})
    assert [one["first_name"] for one in filled(found)] == ["Ann", "there"]
    assert found.layouts.headings.guessed == {"first_name": ("Vorname",)}


def test_a_value_for_all_rows_does_not_hide_that_two_columns_compete() -> None:
    sheet = table(["template_id", "Vorname", "Given Name", "company"], ["tpl_9", "Ann", "Bob", "Acme"])
    (mistake,) = built(sheet, account(**WELCOME.variables), defaults={"first_name": "there"}).mistakes
    assert mistake.code == "which_column"


def test_a_value_for_all_rows_that_is_made_of_a_column_goes_before_it() -> None:
    sheet = table(["template_id", "Vorname", "company"], ["tpl_9", "ann", "Acme"])
    found = built(sheet, account(**WELCOME.variables), defaults={"first_name": "{{Vorname:title}}"})
    assert filled(found) == [{"first_name": "Ann", "company": "Acme"}]


def test_a_value_for_all_rows_goes_before_a_column_that_is_another_variable() -> None:
    sheet = table(["template_id", "Vorname"], ["tpl_9", "Ann"])
    found = built(sheet, account(first_name="text", vorname="text"), defaults={"first_name": "there"})
    assert filled(found) == [{"first_name": "there", "vorname": "Ann"}]


def test_what_is_mapped_is_chosen() -> None:
    sheet = table(["template_id", "Vorname", "Given Name", "company"], ["tpl_9", "Ann", "Bob", "Acme"])
    chosen = built(sheet, account(**WELCOME.variables), renames={"Given Name": "first_name"})
    assert filled(chosen) == [{"first_name": "Bob", "company": "Acme"}]
    assert chosen.layouts.headings.guessed == {}


@pytest.mark.parametrize("type_", ["image", "video", "audio", "voice", "character"])
def test_what_the_template_can_keep_is_not_filled_by_guessing(type_: str) -> None:
    found = mine(
        ["First Name", "Homepage"], ["Ann", "https://a.b/c"], variables={"firstname": "text", "website": type_}
    )
    assert filled(found) == [{"firstname": "Ann"}]


def test_a_field_of_heygen_keeps_its_column_and_is_filled_by_no_other_name() -> None:
    sheet = table(["avatar_id", "script", "Vorname"], ["look_1", "Hi", "Ann"])
    assert jobs_of(sheet)[0].body.keys() == {"type", "avatar_id", "script", "title"}


def test_one_column_may_fill_several_variables() -> None:
    found = mine(["First Name"], ["Ann"], variables={"first_name": "text", "FirstName": "text", "vorname": "text"})
    assert filled(found) == [{"first_name": "Ann", "FirstName": "Ann", "vorname": "Ann"}]
    assert found.layouts.headings.guessed == {"vorname": ("First Name",)}


def test_a_column_that_a_field_of_heygen_takes_fills_no_variable_by_another_name() -> None:
    sheet = table(["template_id", "title"], ["tpl_9", "Ann"])
    with mock.patch.dict("bulkgen.rows.particulars._KNOWN", {"title": "job_title"}):
        particular.cache_clear()
        found = built(sheet, account(position="text"))
    particular.cache_clear()
    assert [(issue.code, issue.header) for issue in found.mistakes] == [("missing", "position")]


def test_a_particular_is_no_misspelling_of_another() -> None:
    (mistake,) = mine(["Mailing Country"], ["Norway"], variables={"mailing city": "text"}).mistakes
    assert mistake.code == "missing"


def test_no_particular_looks_like_a_misspelt_field() -> None:
    for name, _ in NAMES:
        sheet = table(["type", name], ["avatar", "x"])
        assert [issue.code for issue in lint(sheet, built(sheet)) if issue.code == "column_misspelt"] == [], name


NOT_USED = ("first_name", "First Name", "Vorname")


def rivals_of(*rows: list[str | None], renames: Mapping[str, str] | None = None) -> list[tuple[str, str, str]]:
    sheet = table(["template_id", "First Name", "Vorname", "company"], *(["tpl_9", *row, "Acme"] for row in rows))
    return list(rivals(built(sheet, account(**WELCOME.variables), renames=renames or {})))


def test_a_column_that_another_of_the_exact_name_beats_is_told_where_they_differ() -> None:
    assert rivals_of(["Zed", "Ann"]) == [NOT_USED]
    assert rivals_of(["Ann", "Ann "], ["Ann", None]) == []


def test_where_the_person_chose_nothing_competes() -> None:
    assert rivals_of(["Zed", "Ann"], renames={"First Name": "first_name"}) == []
    assert rivals_of(["Zed", "Ann"], renames={"Vorname": ""}) == []


def test_columns_that_are_both_used_do_not_compete() -> None:
    assert list(rivals(mine(["First Name", "Vorname"], ["Zed", "Ann"], variables={"vorname": "text"}))) == [
        ("vorname", "Vorname", "First Name")
    ]
    both = {"first_name": "text", "vorname": "text"}
    assert list(rivals(mine(["First Name", "Vorname"], ["Zed", "Ann"], variables=both))) == []


def test_columns_compete_for_a_field_of_a_text_too() -> None:
    sheet = table(["text", "voice_id", "First Name", "Vorname"], ["Hi {{first_name}}", "v_1", "Zed", "Ann"])
    assert list(rivals(built(sheet))) == [NOT_USED]
    sheet = table(["text", "voice_id", "First Name", "Vorname"], ["{{first_name}} {{Vorname}}", "v_1", "Zed", "Ann"])
    assert list(rivals(built(sheet))) == []


# Texts ---------------------------------------------------------------------------------------------------------------


def said(headers: list[str], text: str, *row: str | None) -> tuple[list[str], list[str]]:
    """What is said, and the mistakes."""
    sheet = table(["text", "voice_id", *headers], [text, "v_1", *row])
    found = built(sheet)
    return [str(job.body["text"]) for one in found.rows for job in one.jobs], [each.cause for each in found.mistakes]


def test_texts_are_filled_from_columns_of_other_names_through_filters_and_fallbacks() -> None:
    assert said(["Vorname"], "Hi {{first_name:title}}", "ANN") == (["Hi Ann"], [])
    assert said(["First Name"], "Hi {{Vorname|du}}", None) == (["Hi du"], [])
    assert said(["Nome", "Cognome"], "{{first_name}} {{last_name}}", "Ada", "Rossi") == (["Ada Rossi"], [])


def test_a_text_is_filled_from_a_column_of_another_name_before_a_value_for_all_rows() -> None:
    sheet = table(["text", "voice_id", "Vorname"], ["Hi {{first_name}}", "v_1", "Ann"], ["Hi {{first_name}}", "v_1"])
    found = built(sheet, defaults={"first_name": "there"})
    assert [job.body["text"] for row in found.rows for job in row.jobs] == ["Hi Ann", "Hi there"]


def test_a_text_is_not_filled_from_two_columns_that_say_different_things() -> None:
    _, (mistake,) = said(["Vorname", "Given Name"], "Hi {{first_name|you}}", "Ann", "Bob")
    assert mistake == "Vorname and Given Name may each be first_name, and say different things"
    assert said(["Vorname", "Given Name"], "Hi {{first_name}}", None, "Bob") == (["Hi Bob"], [])
    assert said(["Vorname", "Given Name"], "Hi {{first_name}}", "Bob", "Bob ") == (["Hi Bob"], [])


def test_a_text_is_not_filled_from_itself_by_another_name() -> None:
    sheet = table(["avatar_id", "script", "Vorname"], ["look_1", "Hi {{Vorname}}", "{{first_name}}"])
    assert built(sheet).mistakes == []  # what is filled in is not filled again
    sheet = table(["template_id", "Vorname"], ["tpl_9", "{{first_name}}"])
    (mistake,) = built(sheet, account(first_name="text")).mistakes
    assert mistake.code == "field_of_itself"


@given(st.lists(st.sampled_from(["a", "b", "First Name", "Vorname", "first_name", "Given Name"]), unique=True))
def test_a_sheet_in_which_every_name_is_a_column_is_read_as_before(headers: list[str]) -> None:
    sheet = table(["text", "voice_id", *headers], ["".join(f"{{{{{h}}}}}" for h in headers) + ".", "v_1", *headers])
    found = build(sheet, ReadOptions("leads"), Account())
    if len({header.casefold().replace(" ", "").replace("_", "") for header in headers}) == len(headers):
        assert [job.body["text"] for row in found.rows for job in row.jobs] == ["".join(headers) + "."]
        assert found.layouts.headings.guessed == {}


# Said ----------------------------------------------------------------------------------------------------------------


def test_the_plan_says_which_columns_were_taken(tmp_path: Path) -> None:
    with Story(tmp_path / "sheets") as story:
        story.folder.mkdir()
        story.sheet(
            "leads.csv", "text,voice_id,Vorname,Given Name,Firma", "Hi {{first_name}} of {{company}},v_1,Ann,,Acme"
        )
        told = story.type("check", "leads.csv", "--offline", code=None).text
    assert "first_name is filled from Vorname or Given Name; company is filled from Firma." in told


def test_nothing_is_said_where_no_column_was_taken_for_another(tmp_path: Path) -> None:
    with Story(tmp_path / "sheets") as story:
        story.folder.mkdir()
        story.sheet("leads.csv", "text,voice_id,First Name", "Hi {{first_name}},v_1,Ann")
        assert "is filled from" not in story.type("check", "leads.csv", "--offline", code=None).text


def test_a_value_for_all_rows_that_comes_later_makes_no_filled_row_again(story: Story) -> None:
    story.sheet("n.csv", "Vorname,Firma,template", "Ann,Acme,tpl_hello", "Bob,Sol,tpl_hello")
    story.run("n.csv")
    (story.folder / "n.recipe.toml").write_text('[set]\nfirst_name = "there"\n', encoding="utf-8")
    story.run("n.csv")
    assert story.charges == 2


def test_the_plan_tells_of_a_column_that_is_not_used(story: Story) -> None:
    story.sheet("n.csv", "First Name,Vorname,Firma,template", "Zed,Ann,Acme,tpl_hello")
    told = story.type("check", "n.csv").text
    assert "first_name is filled from First Name; Vorname, which may be the same, is not used." in told
