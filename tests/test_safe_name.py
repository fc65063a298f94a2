from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bulkgen.files.endings import USUAL, ending_of
from bulkgen.rows.safe_name import ENDINGS, LONGEST, MARK, cut, likeness, safe_name, without_ending

#: Whatever a cell may hold, and more of what has undone tools before.
HOSTILE = st.text(
    st.one_of(st.characters(), st.sampled_from([*'./\\:*?"<>|~ -_\0\n\t', "\u202e", "\u0301", "\u200d", "\ufffe"]))
)

DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"
}


@given(HOSTILE)
@example("CON")
@example("con .tar.gz")
@example("../../etc/passwd")
@example("é" * 200)
@example("e" + "\u0301" * 200)
def test_whatever_stands_in_a_cell_becomes_a_name_that_every_system_takes(text: str) -> None:
    name = safe_name(text)
    assert safe_name(name) == name
    assert len(name.encode()) <= LONGEST
    assert unicodedata.is_normalized("NFC", name)
    assert not set(name) & set('<>:"/\\|?*')
    assert MARK not in name
    assert not any(unicodedata.category(sign)[0] == "C" for sign in name)
    assert name == name.strip(" .")
    assert name.partition(".")[0].strip().casefold() not in DEVICES


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ann Lee", "Ann Lee"),
        ("  Zoë \n Müller ", "Zoë Müller"),
        ("Zoe\u0308", "Zoë"),
        ("AC/DC: live?", "AC-DC- live"),
        ("Ann--German", "Ann-German"),
        ("Ann - Lee", "Ann - Lee"),
        ("-Acme-", "Acme"),
        ("Acme, Inc.", "Acme, Inc"),
        (".htaccess", "htaccess"),
        ("..", ""),
        ("\u202egpj.exe", "gpj.exe"),
        ("NUL", "file-NUL"),
        ("com1.mp4", "file-com1.mp4"),
        ("console", "console"),
        ("山田 太郎", "山田 太郎"),
        ("x" * 300, "x" * LONGEST),
    ],
)
def test_names_as_people_expect_them(text: str, name: str) -> None:
    assert safe_name(text) == name


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("x.mp4", "x"),
        ("Talk.MOV ", "Talk"),
        ("x.mp4.mp4.", "x"),
        ("v1.2", "v1.2"),
        ("report.pdf", "report.pdf"),
        ("mp4", "mp4"),
        ("a.mp4 b", "a.mp4 b"),
        (".mp4", ""),
    ],
)
def test_an_ending_of_ours_is_no_part_of_a_name(text: str, left: str) -> None:
    assert without_ending(text) == left


def test_the_endings_are_those_that_files_get() -> None:
    hosts = (
        "audio/wav",
        "audio/ogg",
        "video/webm",
        "video/quicktime",
        "audio/mp4",
        "text/vtt",
        "image/png",
        "image/webp",
    )
    assert {*USUAL.values(), *(ending_of(b"?", told, "", "video") for told in hosts)} == {
        f".{each}" for each in ENDINGS
    }


def test_an_accent_stays_with_its_letter() -> None:
    name = "x" * (LONGEST - 1) + "q\u0301"
    assert cut(name) == "x" * (LONGEST - 1)


@pytest.mark.parametrize(("one", "other"), [("Ann", "ANN"), ("Zoë", "Zoe\u0308"), ("straße", "STRASSE"), ("ﬁ", "fi")])
def test_names_that_some_system_takes_for_one_are_alike(one: str, other: str) -> None:
    assert likeness(one) == likeness(other)
    assert likeness(one) != likeness(f"{other}2")
