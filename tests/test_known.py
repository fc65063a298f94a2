"""Rows in the light of what is recorded: which languages the lines of an earlier results sheet still owe."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from bulkgen.kinds.account import Account
from bulkgen.kinds.columns import Lookup
from bulkgen.rows.built import Built
from bulkgen.rows.known import Known, recognised
from tests.making import built, table

HEADERS = ["video", "languages", "notes", "row_id", "skip", "result_status", "result_language", "result_id"]
NAMES = ("German", "French", "Italian", "Spanish")
ACCOUNT = Account({}, {Lookup.LANGUAGE: {name: name for name in NAMES}})

Line = list[str]


def line(
    language: str, cell: str, *, video: str = "https://example.com/a.mp4", notes: str = "", skip: str = ""
) -> Line:
    return [video, cell, notes, "", skip, "done", language, f"id_{language}"]


def read(*lines: Line) -> Built:
    return built(table(HEADERS, *lines), ACCOUNT)


def asked(rows: Built, *, unsent: Iterable[str] = ()) -> Known:
    """All that the rows ask for was sent, and made, but for some languages."""
    sent = {
        job.fingerprint
        for row in rows.rows
        for job in (*row.jobs, *row.others, *((row.taken_out,) if row.taken_out else ()))
        if job.language not in unsent
    }
    return Known(sent=sent, made=sent, ids={f"id_{name}" for name in NAMES})


def shown(rows: Built) -> list[list[str]]:
    return [[job.language for job in row.jobs] for row in rows.rows]


def codes(rows: Built) -> list[str]:
    return [issue.code for issue in rows.warnings]


def test_a_language_of_the_cell_that_no_line_has_is_on_the_first_line_with_a_word() -> None:
    rows = read(line("German", "German; French; Italian"), line("French", "German; French; Italian"))
    found = recognised(rows, asked(rows, unsent=["Italian"]))
    assert shown(found) == [["German", "Italian"], ["French"]]
    (told,) = found.warnings
    assert (told.code, told.row, told.column, told.value) == ("language_added", 2, 1, "Italian")


def test_one_that_a_run_has_made_whose_results_were_not_written_is_shown_without_a_word() -> None:
    rows = read(line("German", "German; Italian"))
    assert shown(recognised(rows, asked(rows))) == [["German", "Italian"]]
    assert codes(recognised(rows, asked(rows))) == []


def test_lines_that_differ_in_a_note_are_of_one_row_all_the_same() -> None:
    rows = read(line("German", "German; French", notes="seen"), line("French", "German; French"))
    assert shown(recognised(rows, asked(rows))) == [["German"], ["French"]]


def test_a_line_whose_source_was_corrected_gets_and_gives_nothing_and_that_is_said() -> None:
    changed = line("French", "German; French", video="https://example.com/b.mp4")
    rows = read(line("German", "German; French"), changed)
    known = asked(read(line("German", "German; French"), line("French", "German; French")))
    found = recognised(rows, known)
    assert shown(found) == [["German"], ["French"]]
    assert codes(found) == ["language_elsewhere"]


def test_rows_without_a_record_at_hand_get_nothing_new() -> None:
    rows = read(line("German", "German; Italian"))
    known = Known(sent=(), made=(), ids=())
    assert shown(recognised(rows, known)) == [["German"]]


def test_a_language_taken_out_is_kept_only_if_it_was_made() -> None:
    rows = read(line("German", "German"), line("French", "German"))
    assert shown(recognised(rows, asked(rows))) == [["German"], ["French"]]
    assert shown(recognised(rows, asked(rows, unsent=["French"]))) == [["German"], ["German"]]


def test_a_language_put_in_place_of_another_is_made_on_its_line() -> None:
    rows = read(line("German", "German; Italian"), line("French", "German; Italian"))
    found = recognised(rows, asked(rows, unsent=["Italian", "French"]))
    assert shown(found) == [["German"], ["Italian"]]


def test_a_line_that_is_left_out_has_its_language_still() -> None:
    rows = read(line("German", "German; French"), line("French", "German; French", skip="yes"))
    assert shown(recognised(rows, asked(rows, unsent=["French"]))) == [["German"], []]


CELLS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True).map("; ".join)
ROWS = st.lists(st.tuples(CELLS, CELLS, st.booleans()), min_size=1, max_size=4)


@settings(max_examples=50)
@given(ROWS, st.permutations(NAMES), st.booleans())
def test_what_cells_name_is_made_once_and_nothing_besides(
    rows: list[tuple[str, str, bool]], order: list[str], sorted_by_language: bool
) -> None:
    """Rows that were made in their first languages, then the cells of all lines or of the first one are changed."""
    lines = []
    for number, (before, after, everywhere) in enumerate(rows):
        names = sorted(before.split("; "), key=order.index)
        video = f"https://example.com/{number}.mp4"
        lines += [line(name, after if everywhere or not at else before, video=video) for at, name in enumerate(names)]
    if sorted_by_language:
        lines.sort(key=lambda each: each[6])
    sheet = read(*lines)
    first = read(*([each[0], each[6], *each[2:]] for each in lines))
    sent = {job.fingerprint for row in first.rows for job in row.jobs}
    found = recognised(sheet, Known(sent=sent, made=sent, ids={f"id_{name}" for name in NAMES}))

    jobs = [job for row in found.rows for job in row.jobs]
    named = {(each[0], name) for each in lines for name in each[1].split("; ")}
    new = [(job.fingerprint, job.language) for job in jobs if job.fingerprint not in sent]
    assert len(new) == len(dict(new))
    assert sent <= {job.fingerprint for job in jobs}
    assert all(row.jobs for row in found.rows)
    asked_for = {(row.source.cell(0).text, job.language) for row in found.rows for job in row.jobs}
    told = {issue.value for issue in found.warnings if issue.code == "language_elsewhere"}
    assert {name for _video, name in named - asked_for} <= told
