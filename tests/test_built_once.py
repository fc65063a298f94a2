"""The rows of a sheet are built once, however much is looked up and however many look at them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from bulkgen.kinds.account import Account
from bulkgen.kinds.columns import Lookup
from bulkgen.kinds.kind import Kind
from bulkgen.model import Row, Table
from bulkgen.rows import headings, meanings, suggest
from bulkgen.rows.advice.lint import lint
from bulkgen.rows.build import Builder, ReadOptions
from bulkgen.rows.deciding import Deciding
from bulkgen.rows.links import media_links
from bulkgen.rows.reader import RowReader
from tests.making import ACCOUNT, table

HEADERS = ["template_id", "first_name", "avatar_id", "script", "voice_id", "video", "languages", "type"]
TEMPLATE = ["tpl_1", "Ann", "", "", "", "", "", ""]
AVATAR = ["", "Ann", "look_1", "Hi {{first_name}}", "v_1", "", "", ""]
FRENCH = ["", "", "", "", "", "https://example.com/v.mp4", "French", ""]
SLOPPY = ["", "", "", "", "", "https://example.com/v.mp4", "french; english", ""]


def counted(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, key: Callable[..., object]) -> Counter[object]:
    """How often the function is called, by what `key` makes of its arguments."""
    calls: Counter[object] = Counter()
    real = getattr(owner, name)

    def counting(*args: Any, **kwargs: Any) -> Any:
        calls[key(*args, **kwargs)] += 1
        return real(*args, **kwargs)

    monkeypatch.setattr(owner, name, counting)
    return calls


def rows_read(monkeypatch: pytest.MonkeyPatch) -> Counter[object]:
    """How often each row was read."""
    return counted(monkeypatch, RowReader, "read", lambda reader, _layout: reader.row.number)


def test_a_row_that_the_look_ups_confirm_is_read_and_validated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = table(HEADERS, TEMPLATE, AVATAR, FRENCH, SLOPPY)
    reads = rows_read(monkeypatch)
    validations = counted(monkeypatch, Kind, "judge", lambda kind, *_: kind.name)
    builder = Builder(sheet, ReadOptions("leads"))
    assert [len(row.jobs) for row in builder.build(Account()).rows] == [0, 1, 1, 2]
    built = builder.build(Account({}, {Lookup.VOICE: ACCOUNT.listed[Lookup.VOICE]}))
    built = builder.build(ACCOUNT)
    assert [len(row.jobs) for row in built.rows] == [1, 1, 1, 2]
    assert [job.language for row in built.rows for job in row.jobs] == ["", "", "French", "French", "English"]
    assert reads == {2: 1, 3: 1, 4: 1, 5: 2}
    assert validations == {"template": 1, "avatar": 1, "translation": 3}


def test_a_word_that_the_account_does_not_have_changes_the_rows_that_hold_it_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [[*AVATAR[:4], voice, *AVATAR[5:]] for voice in ("v_1", "v_nobody", "v_2")]
    builder = Builder(table(HEADERS, *rows), ReadOptions("leads"))
    first = builder.build(Account())
    reads = rows_read(monkeypatch)
    second = builder.build(ACCOUNT)
    assert reads == {3: 1}
    assert [row.invalid for row in second.rows] == [False, True, False]
    assert second.rows[0] is first.rows[0]


def test_what_is_built_step_by_step_is_what_is_built_at_once() -> None:
    rows = [TEMPLATE, AVATAR, FRENCH, SLOPPY, ["tpl_x", *[""] * 7], ["", "", "look_9", "Hi", "Anna", "", "", ""]]
    sheet, reading = table(HEADERS, *rows), ReadOptions("leads")
    builder = Builder(sheet, reading)
    for account in (Account(), Account(ACCOUNT.templates), ACCOUNT):
        stepwise = builder.build(account)
    assert stepwise == Builder(sheet, reading).build(ACCOUNT)


def test_header_line_and_rows_are_read_once_for_building_links_and_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = table(HEADERS, TEMPLATE, ["", "N/A", *AVATAR[2:]], FRENCH)
    headers = counted(monkeypatch, headings.Headings, "__init__", lambda *_, **__: "headings")
    rows = rows_read(monkeypatch)
    builder = Builder(sheet, ReadOptions("leads"))
    builder.build(Account())
    built = builder.build(ACCOUNT)
    assert [issue.code for issue in lint(sheet, built)] == ["stand_in"]
    assert [link.url for link in media_links(built)] == ["https://example.com/v.mp4"]
    assert headers == {"headings": 1}
    assert rows == {2: 1, 3: 1, 4: 1}


def test_the_rows_of_one_kind_share_what_they_have_in_common() -> None:
    rows = Builder(table(HEADERS, AVATAR, AVATAR, FRENCH), ReadOptions("leads")).build(ACCOUNT).rows
    assert rows[0].layout is rows[1].layout
    assert rows[0].origins is rows[1].origins
    assert rows[0].layout is not rows[2].layout
    assert rows[0].values == ("Hi Ann",)


def test_columns_that_the_sheet_does_not_have_cost_nothing_per_row() -> None:
    sheet = table(["avatar_id", "script", "notes"], ["look_1", "Hi", "x"])
    builder = Builder(sheet, ReadOptions("leads"))
    row = builder.build(ACCOUNT).rows[0].source
    assert isinstance(row, Row)
    kind = Deciding(builder.layouts).decided(row)
    assert kind is not None
    assert [column.name for column in builder.layouts.of(kind).read] == ["avatar_id", "script"]


def wrong_words(count: int) -> Table:
    return table(["video", "languages"], *[["https://example.com/v.mp4", f"Frensh {n}"] for n in range(count)])


def test_of_many_wrong_words_only_the_first_are_compared_with_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = counted(monkeypatch, meanings, "ranked", lambda word, *_: word)
    built = Builder(wrong_words(suggest.HINTS + 30), ReadOptions("leads")).build(ACCOUNT)
    assert len(built.mistakes) == suggest.HINTS + 30
    assert len(compared) == suggest.HINTS
    assert set(compared.values()) == {1}
    assert built.mistakes[0].fix.startswith("Did you mean French?")
    assert built.mistakes[-1].fix.startswith("HeyGen's names look like")


def test_fields_that_no_column_has_are_compared_no_further_either(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = counted(monkeypatch, suggest, "nearest", lambda word, *_: word)
    rows = [["look_1", f"Hi {{{{first_nam{n}}}}}", "Ann"] for n in range(suggest.HINTS + 5)]
    built = Builder(table(["avatar_id", "script", "first_name"], *rows), ReadOptions("leads")).build(ACCOUNT)
    assert len(built.mistakes) == suggest.HINTS + 5
    assert len(compared) == suggest.HINTS
    assert built.mistakes[0].fix.startswith("Did you mean first_name?")
