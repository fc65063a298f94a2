"""Filters of the mail merge: `{{first_name:title|there}}`."""

from __future__ import annotations

import contextlib
import re
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.model import BLANK, Cell
from bulkgen.rows.filters import FILTERS, Filter, Unfit, filtered, find_filter
from bulkgen.rows.merge import Unfilled, fields_of, has_fields, is_broken, merge, without_fields
from tests.making import built, jobs_of, table


def through(name: str, text: str, value: object = None) -> str:
    return filtered(Cell(text, value), FILTERS[name]).text


def merged(text: str, **cells: object) -> str:
    known = {name: Cell(str(value), value) for name, value in cells.items()}
    return merge(text, known.get)


# Each filter ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("each", FILTERS.values(), ids=FILTERS)
def test_the_example_of_each_filter_is_what_it_makes(each: Filter) -> None:
    assert find_filter(each.name.upper()) is each
    value, made = each.example
    assert filtered(Cell(value, value), each).text == made
    assert each.about.endswith(".")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("ANN", "Ann"),
        ("josé luis", "José Luis"),
        ("o'neill", "O'Neill"),
        ("O’NEILL", "O’Neill"),
        ("dell'acqua", "Dell'Acqua"),
        ("ann's", "Ann's"),
        ("they're", "They're"),
        ("McDonald", "McDonald"),
        ("DeShawn LEE", "DeShawn Lee"),
        ("jean-luc", "Jean-Luc"),
        ("J.P. MORGAN", "J.P. Morgan"),
        ("JAN VAN DER BERG", "Jan van der Berg"),
        ("maría de la cruz", "María de la Cruz"),
        ("DE VRIES", "De Vries"),
        ("nguyen van", "Nguyen Van"),
        ("İREM", "Irem"),
        ("ÖZGE ÇELİK", "Özge Çelik"),
        ("ΝΊΚΟΣ", "Νίκος"),
        ("АННА", "Анна"),
        ("山田 太郎", "山田 太郎"),
        ('"ann"', '"Ann"'),
        ("  ann\tlee ", "Ann\tLee"),
        ("4you", "4You"),
        ("", ""),
    ],
)
def test_title_writes_names_as_they_are_written(name: str, written: str) -> None:
    assert through("title", name) == written


@given(st.text(max_size=40))
def test_a_title_keeps_its_words_and_is_final(text: str) -> None:
    made = through("title", text)
    assert through("title", made) == made
    assert len(made.split()) == len(text.split())


@given(st.text("aäöüßéîçñ -'’O", max_size=30))
def test_a_title_changes_nothing_but_the_size_of_letters(text: str) -> None:
    assert through("title", text).casefold() == text.strip().casefold()


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Ann Marie Lee", "Ann"),
        ("Dr. Ann Lee", "Ann"),
        ("Prof. Dr. Ann Lee", "Ann"),
        ("Herr Kurt", "Kurt"),
        ("Dr", "Dr"),
        ("Ann, Lee", "Ann"),
        ("山田\u3000太郎", "山田"),
        ("Ann", "Ann"),
        ("", ""),
    ],
)
def test_first_is_the_first_word_behind_salutations(name: str, first: str) -> None:
    assert through("first", name) == first


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("+49 (30) 120-34", "+ 4 9, 3 0, 1 2 0, 3 4"),
        ("ab-12x", "A B, 1 2 X"),
        ("007", "0 0 7"),
        ("é7", "É 7"),
        ("e\u0301", "É"),
        ("a@b.c", "A @ B, C"),
        ("--", ""),
    ],
)
def test_spell_says_every_sign_by_itself(code: str, said: str) -> None:
    assert through("spell", code) == said


@given(st.text(max_size=30))
def test_nothing_that_is_spelt_gets_lost(text: str) -> None:
    spelt = through("spell", text)
    digits = [sign for sign in text if sign in "0123456789"]
    assert [sign for sign in spelt if sign in "0123456789"] == digits
    assert not re.search(r"[0-9]{2}", spelt)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("date", "3 November 2026"),
        ("date-us", "November 3, 2026"),
        ("date-de", "3. November 2026"),
        ("date-fr", "3 novembre 2026"),
        ("date-es", "3 de noviembre de 2026"),
        ("date-pt", "3 de novembro de 2026"),
        ("date-pl", "3 listopada 2026"),
        ("date-ja", "2026年11月3日"),
        ("date-ko", "2026년 11월 3일"),
    ],
)
@pytest.mark.parametrize(
    "cell",
    [
        Cell("03.11.26", date(2026, 11, 3)),
        Cell("3/11", datetime(2026, 11, 3, 23, 59)),
        Cell("2026-11-03"),
        Cell(" 2026/11/3 "),
        Cell("2026-11-03T09:30:00+01:00"),
        Cell("2026-11-03 09:30"),
    ],
    ids=lambda cell: cell.text,
)
def test_a_date_is_told_in_words(name: str, words: str, cell: Cell) -> None:
    assert filtered(cell, FILTERS[name]).text == words


def test_the_first_of_a_month_is_said_as_each_language_says_it() -> None:
    assert through("date-fr", "2026-05-01") == "1er mai 2026"
    assert through("date-it", "2026-05-01") == "1º maggio 2026"
    assert through("date", "2026-05-01") == "1 May 2026"


@given(st.dates(), st.sampled_from([name for name in FILTERS if name.startswith("date")]))
def test_every_day_has_words_of_its_own_in_every_language(day: date, name: str) -> None:
    words = through(name, "", day)
    assert words == through(name, day.isoformat())
    assert str(day.year) in words
    assert words != through(name, "", date(day.year, 1 + day.month % 12, 1))


@pytest.mark.parametrize(
    ("text", "value"), [("03/11/2026", None), ("2026-13-01", None), ("soon", None), ("9:30", time(9, 30)), ("45", 45)]
)
def test_what_is_no_date_for_certain_is_refused(text: str, value: object) -> None:
    with pytest.raises(Unfit, match="2026-11-03"):
        through("date", text, value)


# In a text -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hi {{name:title}}!", "Hi Ann Lee!"),
        ("Hi {{ name : first : Title }}!", "Hi Ann!"),
        ("{{name:first:lower}}", "ann"),
        ("{{none:title|there}}", "there"),
        ("{{odd:first|there}}", "there"),
        ("{{day:date}}", "3 November 2026"),
        ("{{day:DATE_DE}}", "3. November 2026"),
        ("{{a:title}}{{a:title :upper}}", "whole nameWHOLE NAME"),
        ("{{a:b:lower}}", "two"),
        ("{{name:title:upper}}{{name:title:lower}}", "ANN LEEann lee"),
        ("{{day:date:upper}}", "3 NOVEMBER 2026"),
        ("{{b:title:upper}}", "OTHER"),
        (r"\{{name}} is {{name}}", "{{name}} is ANN LEE"),
        (r"\{{", "{{"),
        (r"\{{{{name}}", "{{ANN LEE"),
        (r"\{{name:title|x}}", "{{name:title|x}}"),
        (r"\a {name}", r"\a {name}"),
    ],
)
def test_a_text_is_filled_through_its_filters(text: str, said: str) -> None:
    assert not is_broken(text)
    cells = {
        "name": "ANN LEE",
        "none": " ",
        "odd": ",",
        "a:title": "whole name",
        "a:b": "TWO",
        "b": "x",
        "b:title": "other",
        "day": date(2026, 11, 3),
    }
    assert merged(text, **cells) == said


@pytest.mark.parametrize(
    ("text", "name", "why"),
    [
        ("{{name:titel}}", "name", "filter"),
        ("{{none:titel|there}}", "none", "filter"),
        ("{{name:}}", "name", "filter"),
        ("{{nobody:title}}", "nobody", "unknown"),
        ("{{nobody: 10}}", "nobody: 10", "unknown"),
        ("{{none:title}}", "none", "blank"),
        ("{{odd:first}}", "odd", "blank"),
        ("{{name:date|today}}", "name", "unfit"),
    ],
)
def test_a_field_that_cant_be_filled_says_why(text: str, name: str, why: str) -> None:
    with pytest.raises(Unfilled) as raised:
        merged(text, name="ANN", none="", odd=",")
    assert (raised.value.name, raised.value.why) == (name, why)


@given(
    st.dictionaries(st.text("ab:", min_size=1, max_size=4).filter(str.strip), st.text("xyz", min_size=1), max_size=4)
)
def test_a_column_by_its_whole_name_goes_before_any_filter(cells: dict[str, str]) -> None:
    for name, text in cells.items():
        assert merge(f"{{{{{name}}}}}", {key: Cell(value) for key, value in cells.items()}.get) == text


@given(st.text("ab{}|:\\ title", max_size=30))
def test_no_text_makes_anything_but_a_text_or_one_unfilled_field(text: str) -> None:
    with contextlib.suppress(Unfilled):
        said = merge(text, {"a": Cell("A"), "b": BLANK}.get)
        assert said == text or has_fields(text)
        assert "{{a}}" not in said.replace(r"{{a}}", "", text.count(r"\{{a}}"))


@given(st.text("ab{}|:\\ ", max_size=30))
def test_a_literal_is_what_was_written_behind_its_backslash(text: str) -> None:
    escaped = text.replace("\\", "").replace("{{", r"\{{")
    if not is_broken(escaped):
        assert merge(escaped, lambda _name: None) == text.replace("\\", "")


def test_the_fields_of_a_text_are_its_columns_with_their_filters() -> None:
    text = r"{{a:title:first|x}} {{b}} \{{c}} {{d:e}} {{f:g}}"
    assert list(fields_of(text, {"a", "b", "d:e"}.__contains__)) == [
        ("a", ("title", "first")), ("b", ()), ("d:e", ()), ("f:g", ()),
    ]  # fmt: skip
    assert without_fields(text, "x") == "x x x x x"


# In a sheet ----------------------------------------------------------------------------------------------------------


def told(text: str, headers: tuple[str, ...] = ("First Name", "Since"), *values: object) -> list[tuple[str, str]]:
    sheet = table(["avatar_id", "script", *headers], ["look_1", text, *(values or ("Ann", "soon"))])
    return [(issue.cause, issue.fix) for issue in built(sheet).mistakes]


def test_an_unknown_filter_is_a_mistake_that_names_the_near_one_and_all() -> None:
    ((cause, fix),) = told("Hi {{first_name:titel}}")
    assert cause == "{{first_name:titel}} asks for a filter that does not exist"
    assert fix.startswith("Did you mean title? The filters are: title, first,")


def test_a_value_that_a_filter_cant_take_is_a_mistake() -> None:
    ((cause, fix),) = told("Since {{since:date}}")
    assert cause == "is nothing that {{since:date}} can take"
    assert "2026-11-03" in fix
    sheet = table(["avatar_id", "script", "Since"], ["look_1", "Since {{since:date}}", "soon"])
    (mistake,) = built(sheet).mistakes
    assert (mistake.header, mistake.value) == ("script", "soon")


def test_filters_work_in_texts_and_in_what_is_set_for_all_rows() -> None:
    sheet = table(["text", "First Name"], ["Hi {{first_name:title}}", "ANN"], [None, "BOB"])
    found = jobs_of(sheet, defaults={"voice_id": "v_1", "text": r"Dear {{first_name:title}}, use \{{name}}"})
    assert [job.body["text"] for job in found] == ["Hi Ann", "Dear Bob, use {{name}}"]


def test_a_filtered_text_is_the_wish_that_its_words_are() -> None:
    filtered_by = table(["text", "voice_id", "name"], ["Hi {{name:title}}", "v_1", "ANN"])
    plain = table(["text", "voice_id"], ["Hi Ann", "v_1"])
    assert jobs_of(filtered_by)[0].fingerprint == jobs_of(plain)[0].fingerprint


@pytest.mark.parametrize(
    ("text", "columns", "made"),
    [
        ("{{a|b}}", {"a|b": "X"}, "X"),
        ("{{ a|b | there }}", {"a|b": ""}, " there "),
        ("{{a|b|c}}", {"a|b": "X"}, "X"),
        ("{{a|b:upper}}", {"a|b": "x"}, "X"),
        ("{{a|b}}", {"a|b": "X", "a": ""}, "b"),
        ("{{a|b}}", {"a|b": "X", "a": "A"}, "A"),
        ("{{a:upper|b}}", {"a:upper|b": "X"}, "X"),
        ("{{a:upper|b}}", {"a:upper|b": "X", "a": "y"}, "Y"),
    ],
)
def test_a_bar_may_be_part_of_a_name_where_there_is_no_column_before_it(
    text: str, columns: dict[str, str], made: str
) -> None:
    cells = {name: Cell(value, value) for name, value in columns.items()}
    assert merge(text, cells.get) == made


def test_the_column_that_a_name_with_a_bar_stands_for_is_told_as_used() -> None:
    assert [*fields_of("{{a|b:upper|there}} {{c|d}}", {"a|b", "c"}.__contains__)] == [("a|b", ("upper",)), ("c", ())]
