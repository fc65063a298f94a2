"""Projects beside the sheet: folders and ZIPs, known by what is in them, and packed alike wherever that is done."""

from __future__ import annotations

import hashlib
import io
import os
import sys
import zipfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.files import project_files
from bulkgen.files.local import Folders, find_file
from bulkgen.files.project import _seal, find_project, packed
from bulkgen.files.project_files import File, Unfit
from bulkgen.model import Issue, LocalFile
from tests.test_local_files import JPG

PAGE = b"""<html data-composition-variables='[{"id": "name", "type": "string"}]'><div data-composition-id=a>"""
FILES = {"index.html": PAGE, "css/card.css": b"p {}", "assets/ann.jpg": JPG, "pages/intro.htm": b"<html>"}

#: What this project is known by, in every release and on every system: another value would make all of its rows anew.
GOLDEN = "5e40d1c2f61cc56788c833b41b8b1256b1ca9a93d13a7e39e9dc4029170a07c5"


def folder_of(path: Path, files: Mapping[str, bytes] = FILES) -> Path:
    for name, content in files.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return path


def zip_of(
    path: Path, files: Mapping[str, bytes] = FILES, *, method: int = zipfile.ZIP_DEFLATED, top: str = ""
) -> Path:
    with zipfile.ZipFile(path, "w", method) as made:
        for name, content in files.items():
            made.writestr(f"{top}{name}", content)
    return path


def known(path: Path) -> LocalFile:
    found = find_project(path, Event())
    assert isinstance(found, LocalFile), found
    return found


def told(path: Path) -> str:
    found = find_project(path, Event())
    assert isinstance(found, Issue), found
    return found.cause


# By what it is known --------------------------------------------------------------------------------------------------


def test_a_project_is_known_by_its_files_and_what_its_pages_declare(tmp_path: Path) -> None:
    found = known(folder_of(tmp_path / "card"))
    assert found.digest == GOLDEN
    assert (found.size, found.type) == (sum(map(len, FILES.values())), "application/zip")
    assert found.project
    assert found.project.names == FILES.keys()
    assert found.project.compositions.keys() == {"index.html", "pages/intro.htm"}
    assert [each.id for each in found.project.compositions["index.html"].variables] == ["name"]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("top", ["", "card/"])
def test_a_zip_of_it_is_the_same_project_however_it_is_packed(tmp_path: Path, method: int, top: str) -> None:
    backwards = dict(reversed(FILES.items()))
    litter = {"__MACOSX/._index.html": b"x", ".DS_Store": b"x"} if not top else {}
    assert known(zip_of(tmp_path / "card.zip", {**backwards, **litter}, method=method, top=top)).digest == GOLDEN


def test_what_no_project_needs_is_left_out(tmp_path: Path) -> None:
    litter = (".git/HEAD", ".env", "node_modules/a/b.js", ".DS_Store", "css/.x", "Thumbs.db", "assets/desktop.ini")
    assert known(folder_of(tmp_path / "card", {**FILES, **dict.fromkeys(litter, b"secret")})).digest == GOLDEN


def digest_of(files: Mapping[str, bytes]) -> str:
    def read(_file: File, pieces: Iterator[bytes]) -> None:
        assert all(pieces)

    made = [File(name, len(content), partial(io.BytesIO, content)) for name, content in sorted(files.items())]
    return _seal(made, read)


@given(st.dictionaries(st.sampled_from(["a.html", "b.css", "c/d.js", "c/é.js"]), st.binary(max_size=20), min_size=1))
def test_two_projects_are_the_same_if_and_only_if_their_files_are(files: dict[str, bytes]) -> None:
    name = min(files)
    others = [{**files, name: files[name] + b"x"}, {**files, "z": b""}, {f"{name}x": b"", **files}]
    assert digest_of(files) == digest_of(dict(reversed(files.items())))
    assert digest_of(files) not in map(digest_of, others)


@pytest.mark.parametrize("content", [b"1234", b"123456"])
def test_a_file_that_changes_while_it_is_read_is_told(content: bytes) -> None:
    with pytest.raises(Unfit, match="being changed"):
        _seal([File("a.html", 5, partial(io.BytesIO, content))], lambda _file, pieces: [*pieces].clear())


def test_a_name_is_the_same_however_its_accents_are_written(tmp_path: Path) -> None:
    one = known(folder_of(tmp_path / "a", {"Zoe\u0308.html": b"x"}))
    assert one.digest == known(zip_of(tmp_path / "b.zip", {"Zo\u00eb.html": b"x"})).digest


# What goes out --------------------------------------------------------------------------------------------------------


def test_what_goes_out_is_the_same_zip_wherever_the_project_came_from(tmp_path: Path) -> None:
    with (
        packed(known(folder_of(tmp_path / "card"))) as one,
        packed(known(zip_of(tmp_path / "other.zip", top="card/"))) as two,
    ):
        assert one
        assert two
        assert (one.digest, one.size) == (two.digest, two.size)
        assert [Path(each.path).name for each in (one, two)] == ["card.zip", "other.zip"]
        content = Path(one.path).read_bytes()
        assert hashlib.sha256(content).hexdigest() == one.digest
        assert len(content) == one.size
        with zipfile.ZipFile(one.path) as made:
            assert {name: made.read(name) for name in made.namelist()} == FILES
            assert {(each.date_time, each.external_attr >> 16, each.compress_type) for each in made.infolist()} == {
                ((1980, 1, 1, 0, 0, 0), 0o100644, zipfile.ZIP_STORED)
            }
        places = [Path(one.path), Path(two.path)]
    assert not any(place.exists() for place in places)


@pytest.mark.parametrize("change", ["edited", "added", "gone", "unreadable"])
def test_a_project_that_changed_since_the_plan_does_not_go_out(tmp_path: Path, change: str) -> None:
    card = folder_of(tmp_path / "card")
    project = known(card)
    if change == "edited":
        (card / "css" / "card.css").write_bytes(b"q {}")
    elif change == "added":
        (card / "new.css").write_bytes(b"")
    elif change == "gone":
        (card / "css" / "card.css").unlink()
    else:
        (card / "away").symlink_to(tmp_path)
    with packed(project) as made:
        assert made is None


# What is none ---------------------------------------------------------------------------------------------------------


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    card = folder_of(tmp_path / "card")
    (tmp_path / "secret.txt").write_bytes(b"secret")
    (card / "inside.css").symlink_to(card / "css" / "card.css")
    assert known(card).project
    (card / "out.css").symlink_to(tmp_path / "secret.txt")
    assert told(card) == "names a project with a link that leads elsewhere (out.css)"
    (card / "out.css").unlink()
    (card / "loop").symlink_to(card)
    assert told(card) == "names a project with a link that leads elsewhere (loop)"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    card = folder_of(tmp_path / "card")
    os.mkfifo(card / "pipe")
    assert told(card) == "names a project in which pipe is no file"


@pytest.mark.parametrize("name", ["../x.html", "a/../../x", "/etc/x", "C:/x", "..\\x"])
def test_a_zip_with_files_outside_of_it_is_refused(tmp_path: Path, name: str) -> None:
    assert "would lie outside it" in told(zip_of(tmp_path / "card.zip", {**FILES, name: b"x"}))


def test_a_zip_with_a_link_in_it_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "card.zip", "w") as made:
        entry = zipfile.ZipInfo("index.html")
        entry.external_attr = 0o120777 << 16
        made.writestr(entry, "/etc/passwd")
    assert "a ZIP with a link in it" in told(tmp_path / "card.zip")


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project_files, "LARGEST", 1 << 20)
    assert "more than 200 MB" in told(zip_of(tmp_path / "bomb.zip", {"index.html": bytes((1 << 20) + 1)}))
    assert "more than 200 MB" in told(folder_of(tmp_path / "card", {"index.html": bytes((1 << 20) + 1)}))
    assert known(zip_of(tmp_path / "fits.zip", {"index.html": bytes(1 << 20)}))


def test_a_zip_that_says_less_than_it_holds_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "card.zip", {"index.html": b"a" * 5_000})
    content = bytearray(path.read_bytes())
    at = content.rindex(b"PK\x01\x02") + 24  # the size, as the directory at the end tells it
    content[at : at + 4] = (100).to_bytes(4, "little")
    path.write_bytes(content)
    assert isinstance(find_project(path, Event()), Issue)


def test_more_files_than_any_project_has_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project_files, "MOST_FILES", 3)
    assert "more than 10,000 files" in told(folder_of(tmp_path / "card"))


def test_a_damaged_zip_is_told(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "card.zip", {"index.html": os.urandom(5_000)}, method=zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    content[1_000] ^= 0xFF
    path.write_bytes(content)
    assert "can't be read at index.html" in told(path)
    path.write_bytes(content[:300])
    assert "can't be read" in told(path)


def test_a_zip_with_a_password_is_told(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "card.zip", {"index.html": b"a"})
    content = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + at] |= 1
    path.write_bytes(content)
    assert told(path) == "names a ZIP with a password"


def test_two_files_of_one_name_are_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "card.zip", "w") as made:
        made.writestr("index.html", "a")
        with pytest.warns(UserWarning, match="Duplicate"):
            made.writestr("index.html", "b")
    assert "two files called index.html" in told(tmp_path / "card.zip")


def test_an_empty_folder_is_no_project(tmp_path: Path) -> None:
    (tmp_path / "card").mkdir()
    assert told(tmp_path / "card") == "names a project without files"


# Where it may lie -----------------------------------------------------------------------------------------------------


def found(folder: Path, name: str, *allowed: Path) -> LocalFile | Issue:
    return find_file(name, Folders(sheet=(folder,), allowed=allowed), project=True)


def test_it_lies_below_the_sheets_folder_or_one_that_is_allowed(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet"
    folder_of(sheet / "card")
    folder_of(tmp_path / "other" / "card")
    outside = found(sheet, "../other/card")
    assert isinstance(outside, Issue)
    assert outside.code == "file_outside"
    for each in (found(sheet, "card"), found(sheet, "card/"), found(sheet, "../other/card", tmp_path / "other")):
        assert isinstance(each, LocalFile)
        assert each.digest == GOLDEN


@pytest.mark.parametrize("name", [".", "./", "card/.."])
def test_the_folder_of_the_sheet_itself_never_goes_out(tmp_path: Path, name: str) -> None:
    """It holds the sheet with all its people, and the results, which would make it another project each time."""
    folder_of(tmp_path / "card")
    inside = found(tmp_path, name)
    assert isinstance(inside, Issue)
    assert "the folder that the sheet itself lies in" in inside.cause
    around = find_file("..", Folders(sheet=(tmp_path / "card",), allowed=(tmp_path,)), project=True)
    assert isinstance(around, Issue)
    assert around.cause == inside.cause


@pytest.mark.parametrize(
    ("content", "said"),
    [(PAGE, "names a web page, and no project"), (JPG, "names a file of another type, and no project")],
)
def test_another_file_is_no_project(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "card").mkdir()
    (tmp_path / "x.zip").write_bytes(content)
    other = found(tmp_path, "x.zip")
    assert isinstance(other, Issue)
    assert (other.code, other.cause) == ("file_of_other_type", said)


def test_a_folder_is_a_project_only_where_one_goes(tmp_path: Path) -> None:
    folder_of(tmp_path / "card")
    other = find_file("card/", Folders(sheet=(tmp_path,)))
    assert isinstance(other, Issue)
    assert other.cause == "names a folder"
