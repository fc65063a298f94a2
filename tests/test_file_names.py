from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.errors import InputError
from bulkgen.model import Cell, Handle, Row, Table
from bulkgen.rows.file_names import RECORDING, FileNames, usual_name
from bulkgen.rows.file_pattern import FilePattern
from bulkgen.rows.headings import read_headings
from bulkgen.rows.safe_name import likeness, safe_name

HEADERS = ("Vorname", "company", "output_languages", "Meeting")

#: Few names that many share, in the ways in which they may be the same.
NAMES = st.sampled_from(["Ann", "ann", "ANN", "A\u0301nn", "Ánn", "Bo", "Bo-Acme", "x" * 120, "é" * 60]).map(safe_name)
JOBS = st.dictionaries(st.text("0123456789abcdef", min_size=64, max_size=64), NAMES, max_size=30)


def handle(fingerprint: str = "f" * 64, **facts: object) -> Handle:
    known = {"kind": "avatar", "fingerprint": fingerprint, "row": 14, "row_id": "", "title": ""}
    return Handle(**{**known, "language": "", "sheet": "", **facts})  # type: ignore[arg-type]


def pattern(text: str) -> FilePattern:
    return FilePattern(text, read_headings(Table("Leads", HEADERS, ()), {}, {}), "Leads")


def row(*texts: str) -> Row:
    return Row(14, tuple(Cell(text, text) for text in texts))


@given(JOBS, st.randoms())
def test_no_two_jobs_get_one_name_whatever_the_order_of_the_rows(wished: dict[str, str], rng: random.Random) -> None:
    order = list(wished)
    rng.shuffle(order)
    names, others = FileNames(wished, {}), FileNames({key: wished[key] for key in order}, {})
    found = {key: names.of(handle(key), 1) for key in wished}
    assert found == {key: others.of(handle(key), 1) for key in wished}
    assert len({likeness(each[0]) for each in found.values()}) == len(wished)
    assert all(safe_name(wished[key]) and len(name.encode()) <= 125 for key, each in found.items() for name in each)


@given(JOBS, st.data())
def test_what_has_a_file_keeps_its_name_and_nobody_else_gets_it(wished: dict[str, str], data: st.DataObject) -> None:
    first = FileNames(wished, {})
    kept = {
        (key, 1): first.of(handle(key), 1)[0]
        for key in (data.draw(st.sets(st.sampled_from([*wished]))) if wished else ())
    }
    later = {**wished, **data.draw(JOBS)}
    names = FileNames({key: data.draw(NAMES) for key in later}, kept)
    found = {key: names.of(handle(key), 1)[0] for key in later}
    assert {key: found[key] for key, _attempt in kept} == {key: name for (key, _attempt), name in kept.items()}
    assert len({likeness(name) for name in found.values()}) == len(later)


def test_names_are_marked_only_where_it_takes_it_and_stay_when_rows_join() -> None:
    alone = FileNames({"a" * 64: "Ann", "b" * 64: "Bo"}, {})
    assert [alone.of(handle(key * 64), 1)[0] for key in "ab"] == ["Ann", "Bo"]
    both = {"a" * 64: "Ann", "c" * 64: "ANN"}
    assert FileNames(both, {}).of(handle("a" * 64), 1)[0] == "Ann~aaaaaa"
    joined = FileNames(both, {("a" * 64, 1): "Ann"})
    assert [joined.of(handle(key * 64), 1)[0] for key in "ac"] == ["Ann", "ANN~cccccc"]


def test_what_is_made_again_gets_a_file_of_its_own_and_keeps_the_name_where_there_was_none() -> None:
    ann = handle()
    assert FileNames({ann.fingerprint: "Ann"}, {}).of(ann, 2)[0] == "Ann"
    again = FileNames({ann.fingerprint: "Ann"}, {(ann.fingerprint, 1): "Ann"})
    assert [again.of(ann, attempt)[0] for attempt in (1, 2)] == ["Ann", "Ann~take2"]


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({}, "0014-ffffffffff"),
        ({"row_id": "crm 7"}, "crm 7"),
        ({"row_id": "crm 7", "title": "Hello"}, "crm 7"),
        ({"title": "Hello, Ann!"}, "Hello, Ann!"),
        ({"title": "leads row 14 · ffffff"}, "0014-ffffffffff"),
        ({"row_id": "crm 7", "language": "German"}, "crm 7-German"),
        ({"row_id": "../.."}, "0014-ffffffffff"),
        ({"kind": "speech"}, "0014-ffffffffff"),
        ({"kind": "speech", "row_id": "crm 7"}, "crm 7-ffffffffff"),
        ({"kind": "speech", "row_id": "x" * 200}, f"{'x' * 109}-ffffffffff"),
    ],
)
def test_without_a_pattern_a_file_is_called_by_row_id_or_title_before_numbers(facts: dict[str, str], name: str) -> None:
    assert usual_name(handle(**facts)) == name


def test_a_recording_is_known_by_its_usual_name_in_every_attempt() -> None:
    said = handle(kind="speech", row_id="crm 7")
    for attempt in (1, 2, 11):
        match = RECORDING.fullmatch(FileNames({}, {}).of(said, attempt)[0] + ".mp3")
        assert match
        assert (match["job"], int(match["attempt"] or 1)) == (said.fingerprint[:10], attempt)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("{Vorname}-{company}", "ANN-Acme"),
        ("{first_name:title}", "Ann"),
        ("{{first_name:title}}", "Ann"),
        ("{Meeting|soon}", "soon"),
        ("{Meeting}-{company}", "Acme"),
        ("{Meeting:date}-{company}", "Acme"),
        ("{row}-{kind}", "0014-avatar"),
        ("clips/{company}", "clips-Acme"),
        ("{Meeting}", ""),
    ],
)
def test_a_pattern_names_columns_as_mail_merge_does(text: str, name: str) -> None:
    assert pattern(text).name(handle(), row("ANN", "Acme", "German; French", "")) == name


def test_the_language_of_a_job_tells_its_file_from_those_of_the_others() -> None:
    german = handle(language="German")
    cells = row("Ann", "Acme", "German; French", "")
    assert pattern("{Vorname}").name(german, cells) == "Ann-German"
    assert pattern("{language:upper} {Vorname}").name(german, cells) == "GERMAN Ann"


def test_a_cell_that_a_filter_does_not_take_or_that_is_broken_leaves_the_usual_name() -> None:
    assert pattern("{Meeting:date}").name(handle(), row("Ann", "Acme", "", "soon")) == ""
    broken = Row(14, (Cell("#REF!", None, unusable="holds an error"), Cell("Acme", "Acme")))
    assert pattern("{Vorname}-{company}").name(handle(), broken) == "Acme"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{compny}", "Leads has no column 'compny'. Did you mean company?"),
        ("{Vorname:titel}", "there is no filter 'titel'. Did you mean title?"),
        ("{Vorname", "write each column in braces of its own"),
        ("Vorname}", "write each column in braces of its own"),
    ],
)
def test_a_pattern_that_names_what_is_not_there_is_a_mistake(text: str, told: str) -> None:
    with pytest.raises(InputError, match=r"--name") as error:
        pattern(text)
    assert told in str(error.value)


def test_the_same_title_in_two_rows_is_no_reason_for_one_file() -> None:
    ann, bo = handle("a" * 64, title="Hello"), handle("b" * 64, title="hello")
    names = FileNames({each.fingerprint: usual_name(each) for each in (ann, bo)}, {})
    assert [names.of(each, 1)[0] for each in (ann, replace(bo, row=99))] == ["Hello~aaaaaa", "hello~bbbbbb"]


def test_an_ending_that_a_cell_has_is_not_said_twice() -> None:
    assert usual_name(handle(row_id="intro.mp4")) == "intro"
    assert usual_name(handle(row_id="intro.mp4", language="German")) == "intro-German"
    assert usual_name(handle(row_id=".mp4")) == "0014-ffffffffff"
    assert pattern("{company}").name(handle(), row("Ann", "Acme.MP4")) == "Acme"
    assert pattern("{company}.mp4").name(handle(language="German"), row("Ann", "Acme")) == "Acme-German"


def test_a_file_that_has_such_a_name_keeps_it() -> None:
    job = handle(row_id="intro.mp4")
    names = FileNames({job.fingerprint: usual_name(job)}, {(job.fingerprint, 1): "intro.mp4"})
    assert names.of(job, 1)[0] == "intro.mp4"
