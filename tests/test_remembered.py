"""The recipe and the Settings sheet: the same settings from wherever they are said, and what no file may set."""

from __future__ import annotations

import shutil
import tomllib
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from bulkgen.batch.option import Option
from bulkgen.batch.recipe import read_recipe, recipe_path, write_recipe
from bulkgen.batch.remembered import Said, remember, settings_from
from bulkgen.batch.settings import Settings, option_of, setting_of
from bulkgen.errors import InputError
from bulkgen.rows.synonyms import same_column
from tests.command import bulkgen
from tests.story import Story

IN_FILES = [name for name in Settings.model_fields if option_of(name).in_files]
IN_RECIPE_ONLY = [name for name in IN_FILES if option_of(name).in_recipe_only]
TYPED = [name for name in Settings.model_fields if not option_of(name).in_files]

_TEXTS = st.text(st.characters(categories=["L", "N", "Zs"]), min_size=1, max_size=12).map(str.strip).filter(bool)


def apart(pairs: dict[str, str]) -> bool:
    """Whether no two of the names mean one column."""
    return not any(same_column(one, other) for one, other in combinations(pairs, 2))


_PAIRS = st.dictionaries(_TEXTS, _TEXTS, max_size=3).filter(apart)
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "limit": st.integers(0, 500),
    "skip_invalid": st.booleans(),
    "rows": st.sampled_from(["2", "2-40,55", "3-3"]),
    "prices": st.just("prices.toml"),
    "max_cost": st.sampled_from([0, 20, 12.5]),
    "max_cost_per_row": st.sampled_from([0.5, 3]),
    "max_cost_total": st.sampled_from([100, 250.75]),
    "confirm_above": st.sampled_from([0, 50, 199.5]),
    "kind": st.sampled_from(["template", "Speech"]),
    "defaults": _PAIRS,
    "renames": _PAIRS,
    "worksheet": _TEXTS,
    "header_row": st.integers(1, 9),
    "include_hidden": st.booleans(),
    "out": st.sampled_from(["made.xlsx", "made/all.csv"]),
    "resume": st.just("journal.jsonl"),
    "page": st.booleans(),
    "json_file": st.booleans(),
    "mailmerge": st.sampled_from(["mail.csv", "made/mail.csv"]),
    "download": st.booleans(),
    "name": st.sampled_from(["{first_name}", "{company:title|none}-{language}"]),
    "also": st.sampled_from(["captions", "gif, thumbnail", "all"]),
    "no_wait": st.booleans(),
    "timeout": st.sampled_from(["2h", "90s", "1h30m"]),
    "concurrency": st.integers(1, 500),
    "poll_every": st.sampled_from([0.5, 3, 15.25]),
    "max_attempts": st.integers(1, 9),
    "keep_going": st.booleans(),
    "notify": st.sampled_from(["slack://a/b/c", ["mailto://a:b@example.com", "json://127.0.0.1"]]),
    "notify_on": st.sampled_from(["failure", "change", "always"]),
    "log_format": st.sampled_from(["text", "json"]),
}


def fill(book: Workbook, title: str) -> None:
    """The first sheet of a workbook, with one row."""
    sheet = book.worksheets[0]
    sheet.title = title
    for line in (["avatar_id", "script"], ["look_ann", "Hello"]):
        sheet.append(line)


def workbook(path: Path, lines: list[tuple[object, ...]], title: str = "Settings") -> None:
    book = Workbook()
    fill(book, "Leads")
    sheet = book.create_sheet(title)
    for line in [("Setting", "Value"), *lines]:
        sheet.append(line)
    book.save(path)


def in_sheet(name: str, value: object) -> list[tuple[object, ...]]:
    """The lines of a Settings sheet."""
    if isinstance(value, dict):
        return [(setting_of(name), f"{key}={text}") for key, text in value.items()]

    return [(setting_of(name), ("yes" if value else "no") if isinstance(value, bool) else value)]


def test_every_setting_that_a_file_may_set_is_tried() -> None:
    assert _VALUES.keys() == set(IN_FILES)


@settings(max_examples=50)
@given(st.fixed_dictionaries({}, optional=_VALUES))
def test_options_recipe_and_settings_sheet_say_the_same(values: dict[str, Any]) -> None:
    values = {field: value for field, value in values.items() if field not in IN_RECIPE_ONLY}
    with TemporaryDirectory() as name:
        folder = Path(name)
        sheet = folder / "leads.xlsx"
        workbook(sheet, [line for field, value in values.items() for line in in_sheet(field, value)])
        by_sheet = remember(sheet, None, Settings()).settings
        other = folder / "others.xlsx"
        workbook(other, [], title="Other")
        write_recipe(recipe_path(other), {setting_of(field): value for field, value in values.items()})
        by_recipe = remember(other, None, Settings()).settings
        paths = ("out", "resume", "mailmerge")
        typed = {field: folder / value if field in paths else value for field, value in values.items()}
        assert by_recipe == by_sheet == Settings(**typed)


@given(st.fixed_dictionaries({}, optional=_VALUES), st.fixed_dictionaries({}, optional=_VALUES))
def test_what_was_given_goes_before_what_a_file_says(mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    both = Settings(**mine).over(Settings(**theirs))
    for name in IN_FILES:
        given, said = getattr(Settings(**mine), name), getattr(Settings(**theirs), name)
        if isinstance(given, dict):
            kept = getattr(both, name)
            assert given.items() <= kept.items() <= {**said, **given}.items()
            for header in said.keys() - kept.keys():  # what was given is for the same column, or of the same field
                same = [*given, *given.values()]
                assert any(same_column(each, header) or same_column(each, said[header]) for each in same)
        else:
            assert getattr(both, name) == (given if name in mine else said)


def test_the_recipe_goes_before_the_settings_sheet_and_what_is_typed_before_both(tmp_path: Path) -> None:
    sheet = tmp_path / "leads.xlsx"
    workbook(sheet, [("limit", 1), ("Max attempts", 1), ("--concurrency", 1), ("set", "a=sheet"), ("set", "b=sheet")])
    recipe_path(sheet).write_text('limit = 2\nmax-attempts = 2\n[set]\na = "recipe"\n', encoding="utf-8")
    found = remember(sheet, None, Settings(limit=3))
    settings = found.settings
    assert (settings.limit, settings.max_attempts, settings.concurrency) == (3, 2, 1)
    assert settings.defaults == {"a": "recipe", "b": "sheet"}
    assert found.sources == ("leads.recipe.toml", "the sheet Settings")


@pytest.mark.parametrize("name", TYPED)
def test_what_spends_money_or_belongs_to_one_command_is_not_set_in_a_file(name: str) -> None:
    with pytest.raises(InputError, match=rf"^leads.recipe.toml: {setting_of(name)} can't be set in a file"):
        settings_from([Said("leads.recipe.toml", setting_of(name), "yes")], Path())


def test_what_costs_or_names_an_account_is_among_them() -> None:
    assert {"yes", "replace", "redo", "retry_failed", "retry_unknown", "make_again", "adopt", "sandbox"} <= set(TYPED)


@pytest.mark.parametrize("name", ["api_key", "key", "heygen_api_base", "templat", "fields", "defaults"])
def test_what_is_no_setting_is_a_mistake(name: str) -> None:
    with pytest.raises(InputError, match=rf"Settings!B2: there is no setting '{name}'"):
        settings_from([Said("Settings!B2", name, "x")], Path())


def test_a_misspelt_setting_gets_a_hint() -> None:
    with pytest.raises(InputError, match="Did you mean concurrency"):
        settings_from([Said("Settings!B2", "conccurency", "x")], Path())


@pytest.mark.parametrize("path", ["../made.xlsx", "/etc/made.xlsx", "made/../../x.xlsx"])
def test_a_file_names_no_path_outside_the_folder_of_the_sheet(tmp_path: Path, path: str) -> None:
    with pytest.raises(InputError, match="outside the sheet's folder"):
        settings_from([Said("Settings!B2", "out", path)], tmp_path)


def test_a_link_that_leads_out_of_the_folder_counts_as_outside(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (inside / "away").symlink_to(outside)
    with pytest.raises(InputError, match="outside the sheet's folder"):
        settings_from([Said("Settings!B2", "out", "away/made.xlsx")], inside)


def test_a_setting_that_stands_twice_is_a_mistake_unless_it_is_repeatable() -> None:
    pairs = [Said("Settings!B2", "set", "a=1"), Said("Settings!B3", "set", "b=2")]
    assert settings_from(pairs, Path()).defaults == {"a": "1", "b": "2"}
    with pytest.raises(InputError, match=r"Settings!B3: limit stands at Settings!B2 already"):
        settings_from([Said("Settings!B2", "limit", "1"), Said("Settings!B3", "limit", "2")], Path())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("limit = ", "no valid recipe"),
        ('limit = "many"', "limit"),
        ("[set]\nvoice_id = []", "voice_id"),
        ("concurrency = 9999", "concurrency"),
        ('timeout = "soon"', "2h"),
        ('kind = "templat"', "Did you mean template"),
    ],
)
def test_a_recipe_that_can_not_be_used_says_where_and_why(tmp_path: Path, text: str, told: str) -> None:
    sheet = tmp_path / "leads.csv"
    recipe_path(sheet).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"leads\.recipe\.toml") as caught:
        remember(sheet, None, Settings())
    assert told in str(caught.value)


def test_a_recipe_that_is_named_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        remember(tmp_path / "leads.csv", None, Settings(recipe=tmp_path / "mine.toml"))


def test_results_and_the_marked_copy_have_the_recipe_of_their_sheet(tmp_path: Path) -> None:
    for name in ("leads.results.xlsx", "leads.check.xlsx", "leads.sandbox.results-2.csv", "leads.csv"):
        assert recipe_path(tmp_path / name) == tmp_path / "leads.recipe.toml"


def test_of_a_results_sheet_the_recipe_says_nothing_about_rows_that_are_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "leads.recipe.toml").write_text('header_row = 3\nrows = "5-9"\nlimit = 2\n', encoding="utf-8")
    settings = remember(tmp_path / "leads.results.csv", None, Settings()).settings
    assert (settings.header_row, settings.rows, settings.limit) == (None, None, 2)
    assert remember(tmp_path / "leads.csv", None, Settings()).settings.header_row == 3


def test_what_is_written_into_a_recipe_keeps_what_stands_there(tmp_path: Path) -> None:
    path = tmp_path / "leads.recipe.toml"
    path.write_text('# ours\nlimit = 5  # a day\n\n[set]\nvoice_id = "v1"  # Ann\n', encoding="utf-8")
    write_recipe(path, {"sheet": "Leads", "set": {"template_id": "tpl"}, "map": {"Company Name": "company"}})
    text = path.read_text(encoding="utf-8")
    assert "# ours" in text
    assert "# a day" in text
    assert "# Ann" in text
    assert tomllib.loads(text) == {
        "limit": 5,
        "sheet": "Leads",
        "set": {"voice_id": "v1", "template_id": "tpl"},
        "map": {"Company Name": "company"},
    }


@given(st.dictionaries(_TEXTS | st.text(min_size=1, max_size=5), st.text(max_size=20), max_size=3))
def test_any_header_and_value_comes_back_from_a_recipe_as_it_was(values: dict[str, str]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "leads.recipe.toml"
        write_recipe(path, {"set": values})
        assert read_recipe(path) == {"set": values}


def test_a_sheet_called_settings_that_is_none_is_a_sheet_of_rows(tmp_path: Path) -> None:
    sheet = tmp_path / "leads.xlsx"
    book = Workbook()
    fill(book, "Settings")
    book.save(sheet)
    assert remember(sheet, None, Settings()).sources == ()


def test_a_run_goes_by_its_recipe_and_says_so(story: Story) -> None:
    story.sheet("leads.csv", "Look,Words", "look_ann,Hello", "look_ann,", "look_ann,Good morning")
    (story.folder / "leads.recipe.toml").write_text(
        'skip_invalid = true\n[map]\nLook = "avatar_id"\nWords = "script"\n', encoding="utf-8"
    )
    told = story.run("leads.csv", code=3)
    assert "leads: 3 rows → 2 avatar videos (settings: leads.recipe.toml)" in told.text
    assert story.charges == 2
    told = story.run("leads.csv", "--no-skip-invalid", code=2)
    assert "--skip-invalid" in told.text
    assert story.charges == 2


def test_a_workbook_runs_by_its_settings_sheet_which_is_no_sheet_of_rows(story: Story) -> None:
    workbook(story.folder / "leads.xlsx", [("limit", 0), ("kind", "avatar")])
    told = story.run("leads.xlsx", code=4)
    assert "the sheet Settings" in told.text
    assert (story.folder / "leads.results.xlsx").exists()
    assert story.charges == 0


def test_a_settings_sheet_does_not_allow_itself_what_costs(story: Story) -> None:
    workbook(story.folder / "leads.xlsx", [("yes", "yes")])
    told = story.type("run", "leads.xlsx", code=2)
    assert "Settings!B2: yes can't be set in a file" in told.text
    assert story.charges == 0


def test_an_amount_without_a_value_is_a_mistake(story: Story) -> None:
    workbook(story.folder / "leads.xlsx", [("limit", None), ("Max cost", None)])
    told = story.type("check", "leads.xlsx", code=2)
    assert "Settings!B3: max_cost has no value. Type an amount, or delete the line." in told.text


def test_what_amounts_go_by_stands_in_no_settings_sheet(tmp_path: Path) -> None:
    """A workbook that brings its own price list could have any sum spent under any cap."""
    assert IN_RECIPE_ONLY == ["prices", "notify", "notify_on"]
    sheet = tmp_path / "leads.xlsx"
    workbook(sheet, [("Prices", "prices.toml")])
    with pytest.raises(InputError, match=r"Settings!B2: prices can't be set in a workbook"):
        remember(sheet, None, Settings())
    workbook(sheet, [])
    recipe_path(sheet).write_text('prices = "prices.toml"\n', encoding="utf-8")
    assert remember(sheet, None, Settings()).settings.prices == tmp_path / "prices.toml"


AMOUNTS = [name for name in IN_FILES if option_of(name).lowers]
_SUMS = st.fixed_dictionaries({}, optional=dict.fromkeys(AMOUNTS, st.integers(0, 40_000).map(lambda n: n / 100)))


@given(_SUMS, _SUMS, _SUMS)
def test_a_settings_sheet_only_lowers_amounts(
    typed: dict[str, float], in_recipe: dict[str, float], of_sheet: dict[str, float]
) -> None:
    with TemporaryDirectory() as name:
        sheet = Path(name) / "leads.xlsx"
        workbook(sheet, [line for field, value in of_sheet.items() for line in in_sheet(field, value)])
        write_recipe(recipe_path(sheet), {setting_of(field): value for field, value in in_recipe.items()})
        remembered = remember(sheet, None, Settings(**typed))
    found = remembered.settings
    for field in AMOUNTS:
        mine = typed.get(field, in_recipe.get(field, Settings.model_fields[field].default))
        both = [amount for amount in (mine, of_sheet.get(field)) if amount is not None]
        assert getattr(found, field) == min(both, default=None)
        assert (field in remembered.lowered) == (getattr(found, field) != mine)


def test_a_plan_says_where_a_limit_comes_from_that_was_lowered(tmp_path: Path) -> None:
    workbook(tmp_path / "leads.xlsx", in_sheet("max_cost", 3))
    words = ("check", "leads.xlsx", "--sandbox", "--max-cost")
    assert "Limit: --max-cost $3.00 (from the sheet Settings): " in bulkgen(tmp_path, *words, "9").stderr
    assert "Limit: --max-cost $2.00: " in bulkgen(tmp_path, *words, "2").stderr


def test_no_setting_is_without_its_place_in_the_help() -> None:
    assert all(isinstance(option_of(name), Option) for name in Settings.model_fields)


@pytest.mark.parametrize(
    ("typed", "recipe", "kept"),
    [
        ("template=b", "template_id", {"template": "b"}),
        ("Template ID=b", "template", {"Template ID": "b"}),
        ("voice=b", "voice_id", {"voice": "b"}),
        ("Vorname=b", "first_name", {"Vorname": "b"}),
        ("script=b", "text", {"text": "a", "script": "b"}),
    ],
)
def test_what_is_typed_wins_by_whatever_name_the_column_goes(
    tmp_path: Path, typed: str, recipe: str, kept: dict[str, str]
) -> None:
    (tmp_path / "leads.recipe.toml").write_text(f'[set]\n{recipe} = "a"\n', encoding="utf-8")
    assert remember(tmp_path / "leads.csv", None, Settings(set=[typed])).settings.defaults == kept


def test_a_column_that_is_set_twice_by_two_names_is_a_mistake() -> None:
    with pytest.raises(InputError, match="for the same column"):
        Settings(set=["template=a", "template_id=b"])
    with pytest.raises(InputError, match=r"Settings!B3: another value is set for template already"):
        settings_from([Said("Settings!B2", "set", "template=a"), Said("Settings!B3", "set", "template_id=b")], Path())


def test_a_map_that_is_typed_wins_over_the_recipe_for_the_same_field(tmp_path: Path) -> None:
    (tmp_path / "leads.recipe.toml").write_text('[map]\n"Company Name" = "company"\nWho = "first_name"\n')
    settings = remember(tmp_path / "leads.csv", None, Settings(map=["Firma=company"])).settings
    assert settings.renames == {"Who": "first_name", "Firma": "company"}


def test_a_column_of_the_recipe_that_is_gone_is_told_with_the_file(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    (story.folder / "leads.recipe.toml").write_text('[map]\nContact = "first_name"\n', encoding="utf-8")
    told = story.run("leads.csv", code=2)
    assert 'leads.recipe.toml, map "Contact" = "first_name": leads has no column' in told.text


def test_a_value_of_the_recipe_that_is_wrong_is_told_with_the_file(story: Story) -> None:
    story.sheet("leads.csv", "text", "Hello")
    (story.folder / "leads.recipe.toml").write_text('[set]\nvoice_id = "nobody"\n', encoding="utf-8")
    assert "leads.recipe.toml: set voice_id 'nobody'" in story.run("leads.csv", code=2).text


@pytest.mark.parametrize("name", ["leads.results.xlsx", "leads.check.xlsx"])
def test_what_a_workbook_says_of_itself_holds_for_what_is_derived_from_it(story: Story, name: str) -> None:
    workbook(story.folder / "leads.xlsx", [("set", "caption=yes"), ("skip-invalid", "yes")])
    story.type("check", "leads.xlsx", "--set", "avatar_id=nobody", code=None)
    story.run("leads.xlsx")
    if name == "leads.check.xlsx":
        shutil.copy(story.folder / "leads.results.xlsx", story.folder / name)
    assert "Nothing new" in story.run(name).text
    assert story.charges == 1


def test_the_recipe_of_a_workbook_with_several_sheets_holds_for_the_results_of_each(story: Story) -> None:
    book = Workbook()
    fill(book, "Leads")
    sheet = book.create_sheet("Spanish")
    for line in (["avatar_id", "script"], ["look_ann", "Hola"]):
        sheet.append(line)
    book.save(story.folder / "m.xlsx")
    (story.folder / "m.recipe.toml").write_text('sheet = "Leads"\n[set]\ncaption = "yes"\n', encoding="utf-8")
    story.run("m.xlsx", "--sheet", "Spanish")
    assert "Nothing new" in story.run("m.Spanish.results.xlsx").text
    assert story.charges == 1


def test_sharing_that_the_recipe_says_before_the_first_run_costs_nothing_later(story: Story) -> None:
    story.sheet("leads.csv", "template_id,first_name,company", "tpl_hello,Ann,Acme", "tpl_hello,Bob,Acme")
    (story.folder / "leads.recipe.toml").write_text('[set]\nenable_sharing = "yes"\n', encoding="utf-8")
    story.run("leads.csv")
    for options in ([], ["--set", "enable_sharing=yes"]):  # the same is asked for
        assert "Nothing new." in story.run("leads.csv", *options).text
    assert story.charges == 2


def test_a_plan_in_which_a_setting_was_changed_counts_each_row_once(story: Story) -> None:
    story.sheet("leads.csv", "template_id,first_name,company", "tpl_hello,Ann,Acme", "tpl_hello,Bob,Acme")
    story.run("leads.csv")
    told = story.type("check", "leads.csv", "--set", "enable_sharing=yes").text
    why = "because the row, a file that it names, or a setting such as --set was changed"
    assert f"2 of them in place of a finished result, {why}" in told
    assert "no longer in the sheet" not in told
    story.run("leads.csv", "--set", "enable_sharing=yes")
    assert "no longer in the sheet" not in story.run("leads.csv", "--set", "enable_sharing=yes").text
    assert story.charges == 4


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("limit", True, "limit = 'True' is not a whole number"),
        ("concurrency", True, "concurrency = 'True' is not a whole number"),
        ("timeout", True, "timeout = 'True' is not a number"),
        ("poll-every", False, "poll_every = 'False' is not a number"),
        ("map", {"Vorname": 3}, "--map Vorname=3: give it a text"),
        ("map", {"Vorname": True}, "--map Vorname=True: give it a text"),
    ],
)
def test_a_yes_is_no_number_and_a_column_goes_to_a_name(name: str, value: object, why: str) -> None:
    with pytest.raises(InputError, match=rf"^leads.recipe.toml: {why}"):
        settings_from([Said("leads.recipe.toml", name, value)], Path())


def test_numbers_are_taken_as_such_and_as_texts_of_all_rows() -> None:
    said = [
        Said("leads.recipe.toml", *one) for one in (("timeout", 5), ("limit", 1), ("set", {"zip": 3, "skip": True}))
    ]
    settings = settings_from(said, Path())
    assert (settings.timeout, settings.limit, settings.defaults) == (5, 1, {"zip": "3", "skip": "yes"})
