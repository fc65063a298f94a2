"""Title lines above the headers are stepped over; a header line that is right stays where it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.kinds import KINDS
from bulkgen.model import Table
from bulkgen.rows.header_line import Better, better_header
from bulkgen.rows.particulars import PARTICULARS
from bulkgen.sheet.csv_file import read_csv
from tests.making import table

FIELDS = sorted({name for kind in KINDS.values() for column in kind.columns for name in column.names})
PARTICULAR = sorted({name for names in PARTICULARS.values() for name in names})
OTHERS = ["Owner", "Stage", "Lead source", "Artikel", "Farbe", "Besitzer", "Created", "Address 2", "Q4 revenue", "#",
          "Marketing emails: opted out of all of them"]  # fmt: skip

#: What stands in rows. None of it is the name of a column.
WORDS = ["Ann", "José", "Acme", "Oslo", "Warm", "needs a call", "Acme 3000", "VIP", "山田"]
VALUES = ["ann@example.com", "+49 30 1234", "2026-11-20", "4711", "1.234,50 €", "https://example.com/a", "8" * 70]

TITLES = ["Q4 leads", "Exported 2026-11-20 by Ann", "Filter: Status = Warm; Owner = Ann", "Contacts", "Seite 1", "*",
          "List of 300 people, exported for the autumn campaign by the sales team in Berlin"]  # fmt: skip

Lines = list[list[str]]


def read(lines: Sequence[Sequence[str]], header_row: int | None = None, delimiter: str = ",") -> Table:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(lines)
    return read_csv(io.BytesIO(text.getvalue().encode()), "leads.csv", "leads", header_row=header_row)


def better(lines: Sequence[Sequence[str]], **options: dict[str, str]) -> Better | None:
    return better_header(read(lines), options.get("renames", {}), options.get("defaults", {}))


def distinct(names: list[str]) -> bool:
    keys = [name.casefold().replace(" ", "").replace("_", "").replace("-", "") for name in names]
    return len(set(keys)) == len(keys)


def headers(*pools: list[str], least: int = 1) -> st.SearchStrategy[list[str]]:
    names = st.one_of(*(st.sampled_from(pool) for pool in pools))
    return st.lists(names, min_size=least, max_size=8).filter(distinct)


@st.composite
def sheets(draw: st.DrawFn) -> Lines:
    """Any sheet whose header line is right: no value stands behind the last name, few under none."""
    names = draw(headers(FIELDS, PARTICULAR, OTHERS, WORDS))
    for at in draw(st.sets(st.integers(0, 7))):
        if at < len(names) - 1:
            names[at] = ""
    cell = st.sampled_from(["", *WORDS, *VALUES, *OTHERS])
    rows = draw(st.lists(st.lists(cell, min_size=len(names), max_size=len(names)), max_size=12))
    return [names, *rows]


@st.composite
def exports(draw: st.DrawFn) -> Lines:
    """A sheet as a CRM exports it: known names, or columns of values."""
    if draw(st.booleans()):
        names = draw(headers(PARTICULAR, OTHERS, least=2).filter(lambda names: sum(n in PARTICULAR for n in names) > 1))
        columns = [st.sampled_from(["", *WORDS, *VALUES])] * len(names)
    else:
        names = [*draw(headers(OTHERS[:7], least=2)), "Amount"]
        columns = [*([st.sampled_from(WORDS)] * (len(names) - 1)), st.sampled_from(VALUES)]
    rows = draw(
        st.lists(st.tuples(*columns).map(list), min_size=2, max_size=12).filter(lambda rows: all(map(any, rows)))
    )
    return [names, *rows]


@st.composite
def titles(draw: st.DrawFn, names: list[str]) -> Lines:
    """Lines above: of one cell, anywhere but over a last column of values; of a pair in a wide sheet; blank ones."""
    width, last = len(names), len(names) - (2 if names[-1] == "Amount" else 1)
    found = []
    for _ in range(draw(st.integers(1, 5))):
        line = [""] * width
        line[draw(st.integers(0, last))] = draw(st.sampled_from(TITLES))
        if width >= 4 and draw(st.booleans()):
            line[:2] = ["Exported on", "2026-11-20"]
            line[2:] = [""] * (width - 2)
        found.append(line)
        found += [[""] * width] * draw(st.integers(0, 2))
    return found


@given(sheets())
def test_a_header_line_that_is_right_stays_where_it_is(lines: Lines) -> None:
    found = better(lines)
    assert found is None or not found.clear


@given(sheets(), st.dictionaries(st.sampled_from(FIELDS), st.just("x"), max_size=2))
def test_it_stays_whatever_is_set(lines: Lines, defaults: dict[str, str]) -> None:
    found = better(lines, defaults=defaults)
    assert found is None or not found.clear


@given(st.data(), exports(), st.sampled_from(",;\t"))
def test_the_rows_below_titles_are_those_of_the_sheet_without_them(data: st.DataObject, lines: Lines, by: str) -> None:
    above = data.draw(titles(lines[0]))
    alone, whole = read(lines, delimiter=by), [*above, *lines]
    found = better_header(read(whole, delimiter=by), {}, {})
    assert found == Better(len(above) + 1, clear=True)
    again = read(whole, found.row, by)
    assert (again.headers, again.header_row) == (alone.headers, found.row)
    assert [(row.number - len(above), row.cells) for row in again.rows] == [(r.number, r.cells) for r in alone.rows]


CRM = ["First Name", "Last Name", "E-mail", "Company Name", "Website", "City"]
ANN = ["Ann", "Lee", "ann@example.com", "Acme", "https://acme.com", "Oslo"]


@pytest.mark.parametrize(
    "above",
    [
        [["Contact", "", "", "Company", "", ""]],
        [["Contact", "Contact", "Contact", "Company", "Company", "Company"]],
        [["Q4"], ["Contact", "", "", "Company", "Online", ""]],
        [["Exported by", "Ann Smith", "on", "2026-11-20", "", ""], ["", "", "Only warm ones"]][1:],
        [["Exported by", "Ann Smith"], ["Rows", "300"], ["Filter", "Status = Warm"]],
    ],
)
def test_lines_above_may_head_groups_of_columns_or_say_how_the_sheet_was_made(above: Lines) -> None:
    assert better([*above, CRM, ANN, ANN]) == Better(len(above) + 1, clear=True)


@pytest.mark.parametrize(
    ("lines", "options"),
    [
        # a template is set: any line would do for headers, and the titles are told all the same
        ([["Q4 leads"], CRM, ANN], {"defaults": {"template_id": "t"}}),
        ([["Q4 leads"], CRM, ANN], {"defaults": {"type": "template"}}),
        ([["Q4 leads"], ["Wer", "Was"], ["Ann", "Hi"]], {"renames": {"Wer": "first_name", "Was": "script"}}),
        ([["Leads"], ["voice_id", "text"], ["v_1", "Hello"]], {}),
        ([["Leads"], ["Name", "Text"], ["v_1", "Hello"]], {"renames": {"name": "voice_id"}}),
        ([["Leads"], ["Vorname", "Firma"], ["Ann", "Acme"]], {}),
        ([["Leads"], ["Vorname", "Firma"]], {}),
        ([["Filter: Status = Warm", " Owner = Ann"], ["Vorname", "Firma", "Ort"], ["Ann", "Acme", "Oslo"]], {}),
        ([["Price list"], ["SKU", "Artikel", "Preis"], ["A-1", "Shirt", "19.99"], ["B", "Hat", "5"]], {}),
    ],
)
def test_titles_are_stepped_over(lines: Lines, options: dict[str, dict[str, str]]) -> None:
    assert better(lines, **options) == Better(2, clear=True)


@pytest.mark.parametrize(
    ("lines", "options"),
    [
        # people below a title, and no header line
        ([["Leads"], ["Ann", "Lee", "Oslo"], ["Bob", "Ray", "Room 7"], ["Cid", "Fox", "Rome"]], {}),
        ([["Leads"], ["Ann", "Lee", "n/a"], ["Bob", "Ray", "4711"], ["Cid", "Fox", "4712"]], {}),
        ([["Leads"], ["Ann", "Acme", "Warm"], ["Bob", "Bolt", "Warm"], ["Cid", "a@b.c", "Warm"]], {}),
        ([["Leads"], ["Ann", "Lee", "ann@example.com"], ["Bob", "Ray", "bob@example.com"]], {}),
        ([["Leads"], ["Ann", "4711 x", "Warm"], ["Bob", "4711", "Warm"], ["Cid", "4712", "Warm"]], {}),
        ([["Leads"], ["Ann", "Room 7", "Haus 3"], ["Bob", "4711", "x"], ["Cid", "4712", "y"]], {}),
        ([["Leads"], ["Ann", "Acme", "Warm"], ["Bob", "4711", "Warm"], ["Cid", "4712", "Warm"]], {}),
        ([["Leads"], ["", "4710"], ["Ann", "Acme", "Oslo"], ["Bob", "4711", "Rome"], ["Cid", "4712", "Bonn"]], {}),
        # lines that are headers as well
        ([["Contacts", "Page"], ["Name", "Firm", "Number"], ["Ann", "Acme", "7"], ["Bob", "Bolt", "8"]], {}),
        ([["Vorname"], CRM, ANN], {}),
        ([["Vorname", "Ort"], CRM, ANN], {}),
        ([["name", "msg"], ["voice", "text"], ["Bob", "hello"]], {}),
        # words of a glossary that are words of bulkgen's too
        ([["Term", "Meaning"], ["type", "what is made"], ["voice", "who speaks"]], {}),
        (
            [["Term", "Meaning", "See"], ["voice", "text", "script"], ["a", "b", "c"]],
            {"defaults": {"template_id": "t"}},
        ),
        # a header line whose names are few
        ([["script", "", "", "Note"], ["Ann", "Lee", "Oslo", "VIP"], ["Bob", "Ray", "Rome", "7"]], {}),
        ([["Wer", "", "", "Note"], ["Ann", "Lee", "Oslo", "VIP"], ["Bob", "Ray", "Rome", "7"]], {}),
        (
            [["Wer", "", "", "Note"], ["Ann", "Lee", "Oslo", "VIP"], ["Bob", "4711", "Ulm", "x"], ["Cid", "4", "Bonn"]],
            {},
        ),
        ([["", "", "Wer"], ["Lee", "Oslo", "Ann"], ["4711", "Ulm", "Bob"], ["4", "Bonn", "Cid"]], {}),
        # more lines than anybody looks through
        ([*[["Note"]] * 25, CRM, ANN], {}),
    ],
)
def test_nothing_is_stepped_over_in_doubt(lines: Lines, options: dict[str, dict[str, str]]) -> None:
    found = better(lines, **options)
    assert found is None or not found.clear


def test_a_report_with_a_blank_first_column_and_a_page_of_filters() -> None:
    about = ["Leads of Q4", "As of 2026-11-20 09:30 CET, by Ann Berg", "Filtered By", "Show: All leads",
             "Date Field: Created Date equals Custom (01/09/2026 to 20/11/2026)", "Status equals Warm"]  # fmt: skip
    above = [["", text] for text in about]
    assert better([*above, ["", *CRM], ["", *ANN], ["", *ANN]]) == Better(7, clear=True)


def test_a_hidden_line_is_no_header_line_that_anyone_has_seen() -> None:
    sheet = table(["Leads"], CRM, ANN)
    assert better_header(sheet, {}, {}) == Better(2, clear=True)
    hidden = replace(sheet, rows=(replace(sheet.rows[0], hidden=True), *sheet.rows[1:]))
    assert better_header(hidden, {}, {}) == Better(2, clear=False)


def test_titles_are_stepped_over_where_two_columns_would_be_one_by_map() -> None:
    lines = [["Q4 warm leads"], [""], ["first_name", "company", "Score"], ["Ann", "Acme", "3"], ["Bob", "Foo", "4"]]
    assert better(lines) == better(lines, renames={"company": "first_name"}) == Better(3, clear=True)
