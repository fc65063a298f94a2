"""Files that cells name: which are found, which are refused, and by what they are known."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.batch.settings import Settings, typed_settings
from bulkgen.errors import InputError
from bulkgen.files import local
from bulkgen.files.content import TYPES, content_of
from bulkgen.files.local import LARGEST, Folders, find_file, find_files, path_of
from bulkgen.files.on_disk import is_in_cloud
from bulkgen.kinds.columns import is_path
from bulkgen.kinds.media import AUDIO, DUBBING, IMAGE, SOURCE, SUBTITLES, VIDEO, Media
from bulkgen.model import Issue, Job, LocalFile, Value, fingerprint
from bulkgen.rows.build import Builder, ReadOptions, build
from bulkgen.rows.named_files import MISSING, misfit
from tests.making import ACCOUNT, table

JPG = b"\xff\xd8\xff\xe0" + b"a" * 600
PNG = b"\x89PNG\r\n\x1a\n" + b"a" * 600
MP4 = b"\0\0\0\x18ftypmp42" + b"a" * 600
WEBM = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm" + b"a" * 600
MP3 = b"ID3\x04" + b"a" * 600
WAV = b"RIFF\0\0\0\0WAVEfmt " + b"a" * 600
SRT = b"1\n00:00:01,000 --> 00:00:02,000\nHello\n"
PDF = b"%PDF-1.7\n" + b"a" * 600


def file(content: bytes = JPG, type_: str = "image/jpeg", path: str = "/x/ann.jpg") -> LocalFile:
    return LocalFile(digest=hashlib.sha256(content).hexdigest(), size=len(content), type=type_, path=path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The sheet's folder, with a picture in a folder of it; and another one beside it."""
    (tmp_path / "sheet" / "media").mkdir(parents=True)
    (tmp_path / "sheet" / "media" / "ann.jpg").write_bytes(JPG)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "secret.jpg").write_bytes(JPG)
    return tmp_path / "sheet"


def found(folder: Path, name: str, *allowed: Path, limit: int = 0, platform: str = "linux") -> LocalFile | Issue:
    return find_file(name, Folders(sheet=(folder,), allowed=allowed), limit=limit, platform=platform)


def code(folder: Path, name: str, *allowed: Path, limit: int = 0, platform: str = "linux") -> str:
    issue = found(folder, name, *allowed, limit=limit, platform=platform)
    assert isinstance(issue, Issue), issue
    return issue.code


# What a cell is taken for -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("media/ann.jpg", True),
        ("ann.jpg", True),
        (r"C:\Videos\tour.mp4", True),
        (r"\\server\share\tour.mp4", True),
        ("file:///home/ann/tour.mp4", True),
        ("FILE://localhost/x.mp4", True),
        ("~/tour.mp4", True),
        ("~ann", True),
        ("my holidays.MP4", True),
        ("https://example.com/tour.mp4", False),
        ("HTTP://example.com/tour.mp4", False),
        ("ftp://example.com/tour.mp4", False),
        ("sha256:00.jpg", False),
        ("asset_1", False),
        ("a1b2c3d4e5f6", False),
        ("#REF!", False),
        ("#N/A", False),
        ("#DIV/0!", False),
        ("1.0", False),
        ('"ann.jpg"', True),
        ('"see above"', False),
        ("see above", False),
    ],
)
def test_a_cell_names_a_file_if_it_is_no_link_and_can_be_no_id(text: str, named: bool) -> None:
    assert is_path(text) is named


# What is found ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["media/ann.jpg", r"media\ann.jpg", "./media/../media/ann.jpg", "{}/media/ann.jpg", '"{}/media/ann.jpg"'],
)
def test_a_file_is_found_from_the_sheets_folder_and_known_by_its_content(folder: Path, name: str) -> None:
    known = found(folder, name.format(folder))
    assert known == file()
    assert isinstance(known, LocalFile)
    assert known.path == str((folder / "media" / "ann.jpg").resolve())


@pytest.mark.parametrize("name", ["Ann Müller.jpg", "50 %.jpg"])
def test_a_link_to_a_file_is_read_as_browsers_write_it(folder: Path, name: str) -> None:
    (folder / name).write_bytes(JPG)
    assert found(folder, (folder / name).as_uri()) == file()
    assert found(folder, (folder / name).as_uri().replace("file://", "file://localhost")) == file()


def test_a_name_is_found_however_its_accents_are_written(folder: Path) -> None:
    (folder / "Zoe\u0308.jpg").write_bytes(JPG)
    assert found(folder, "Zo\u00eb.jpg") == file()


@pytest.mark.parametrize(
    ("content", "type_"),
    [(JPG, ".jpg"), (PNG, ".png"), (MP4, ".mp4"), (WEBM, ".webm"), (MP3, ".mp3"), (WAV, ".wav"), (SRT, ".srt"),
     (PDF, ".pdf"), (b"\xff\xfb\x90\x44" + bytes(90), ".mp3"), (b"\xef\xbb\xbf" + SRT, ".srt")],
)  # fmt: skip
def test_the_type_is_told_by_the_content_alone(folder: Path, content: bytes, type_: str) -> None:
    (folder / "a.heic").write_bytes(content)
    known = found(folder, "a.heic")
    assert isinstance(known, LocalFile)
    assert known.type == TYPES[type_]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\0\0\0\x18ftypheic", "HEIC"),
        (b"\0\0\0\x18ftypmif1", "HEIC"),
        (b"\0\0\0\x14ftypqt  ", "MOV"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "MOV"),
        (b"\0\0\0\x18ftypM4A ", "M4A"),
        (b"\0\0\0\x18ftypavif", "AVIF"),
        (b"\x1aE\xdf\xa3\x9fB\x82\x88matroska", "MKV"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "WebP"),
        (b"RIFF\0\0\0\0AVI LIST", "AVI"),
        (b"GIF89a", "GIF"),
        (b"OggS\0", "OGG"),
        (b"fLaC\0", "FLAC"),
        (b"WEBVTT\n", "VTT"),
        (b"PK\x03\x04", "ZIP"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b'<?xml version="1.0"?><svg xmlns="x">', "SVG"),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----", "does not know"),
        (b"name,email\nAnn,ann@example.com\n", "does not know"),
    ],
)
def test_what_heygen_does_not_take_is_told_by_name(folder: Path, content: bytes, said: str) -> None:
    (folder / "a.jpg").write_bytes(content)
    issue = found(folder, "a.jpg")
    assert isinstance(issue, Issue)
    assert issue.code == "file_of_other_type"
    assert said in issue.cause


@given(st.binary(max_size=200))
def test_any_beginning_is_told_apart_without_fail(head: bytes) -> None:
    content = content_of(head)
    assert bool(content.type) != bool(content.name)


# What is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../other/secret.jpg", "{}/other/secret.jpg", "file://{}/other/secret.jpg",
                                  "../other/nothing.jpg", "media/../../other/secret.jpg"])  # fmt: skip
def test_a_file_outside_the_sheets_folder_is_refused_whether_it_is_there_or_not(folder: Path, name: str) -> None:
    assert code(folder, name.format(folder.parent)) == "file_outside"


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_a_symbolic_link_is_judged_by_where_it_leads(folder: Path) -> None:
    (folder / "media" / "link.jpg").symlink_to(folder.parent / "other" / "secret.jpg")
    (folder / "away").symlink_to(folder.parent / "other")
    (folder / "near.jpg").symlink_to(folder / "media" / "ann.jpg")
    assert code(folder, "media/link.jpg") == "file_outside"
    assert code(folder, "away/secret.jpg") == "file_outside"
    assert found(folder, "near.jpg") == file()


def test_a_folder_that_the_command_line_names_may_be_read_too(folder: Path) -> None:
    other = folder.parent / "other"
    assert found(folder, str(other / "secret.jpg"), other) == file()
    assert found(folder, "secret.jpg", other) == file()
    assert code(folder, str(other / "secret.jpg"), folder.parent / "elsewhere") == "file_outside"


def test_a_sheet_without_a_folder_has_those_of_the_command_line_alone(folder: Path) -> None:
    issue = find_file("media/ann.jpg", Folders())
    assert isinstance(issue, Issue)
    assert issue.code == "file_outside"
    assert find_file("media/ann.jpg", Folders(allowed=(folder,))) == file()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("media/gone.jpg", "file_missing"),
        ("media", "file_missing"),
        ("empty.jpg", "file_unusable"),
        ("./media", "file_unusable"),
        ("~/ann.jpg", "not_a_path"),
        (r"C:\Videos\tour.mp4", "not_a_path"),
        (r"\\server\share\tour.mp4", "not_a_path"),
        ("file:///C:/Videos/tour.mp4", "not_a_path"),
        ("file://server/share/tour.mp4", "not_a_path"),
        ("a\0b.jpg", "file_unusable"),
        ("x" * 5000 + ".jpg", "file_unusable"),
    ],
)
def test_what_can_not_be_read_gets_a_clear_word(folder: Path, name: str, expected: str) -> None:
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "media").rename(folder / "media2") if name == "media" else None
    assert code(folder, name) == expected


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
def test_a_pipe_is_never_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe.mp4")
    assert code(folder, "pipe.mp4") == "file_unusable"


def test_what_only_a_cloud_has_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def told(**facts: int) -> bool:
        return is_in_cloud(cast("os.stat_result", SimpleNamespace(**facts)))

    assert told(st_file_attributes=0x00400020)
    assert told(st_file_attributes=0x00001000)
    assert told(st_flags=0x40000000)
    assert not told(st_file_attributes=0x20, st_flags=0)
    monkeypatch.setattr(local, "is_in_cloud", lambda _told: True)
    assert code(folder, "media/ann.jpg") == "file_unusable"
    (folder / ".tour.mp4.icloud").write_bytes(b"bplist")
    assert code(folder, "tour.mp4") == "file_unusable"


def test_a_file_of_five_gigabytes_is_refused_and_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (folder / "film.mp4").open("wb") as film:
        film.write(MP4)
        film.truncate(LARGEST + 1)
    monkeypatch.setattr(local, "content_of", lambda _head: pytest.fail("it was read"))
    assert code(folder, "film.mp4") == "file_too_large"
    assert code(folder, "media/ann.jpg", limit=100) == "file_too_large"


def test_a_file_that_changes_while_it_is_read_is_not_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def grows(head: bytes) -> object:
        with (folder / "media" / "ann.jpg").open("ab") as more:
            more.write(b"b" * 4096)
        return content_of(head)

    monkeypatch.setattr(local, "content_of", grows)
    assert code(folder, "media/ann.jpg") == "file_unusable"


def test_windows_paths_are_read_on_windows_alone() -> None:
    assert str(path_of(r"C:\Videos\tour.mp4", "win32")) == r"C:\Videos\tour.mp4"
    assert isinstance(path_of(r"C:\Videos\tour.mp4", "darwin"), Issue)
    assert str(path_of(r'"C:\Videos\tour.mp4"', "win32")) == r"C:\Videos\tour.mp4"  # as "Copy as path" gives it
    assert path_of(r"media\tour.mp4", "darwin") == Path("media/tour.mp4")


@pytest.mark.parametrize(
    ("content", "type_", "media", "fits"),
    [
        (JPG, "image/jpeg", IMAGE, True),
        (PNG, "image/png", IMAGE, True),
        (MP4, "video/mp4", VIDEO, True),
        (MP4, "video/mp4", SOURCE, True),
        (MP3, "audio/mpeg", AUDIO, True),
        (SRT, "application/x-subrip", SUBTITLES, True),
        (JPG, "image/jpeg", AUDIO, False),
        (MP4, "video/mp4", IMAGE, False),
        (PDF, "application/pdf", SUBTITLES, False),
    ],
)
def test_a_file_has_to_be_what_its_column_is_for(content: bytes, type_: str, media: Media, fits: bool) -> None:
    assert (misfit(file(content, type_), media) is None) is fits


def test_what_a_file_has_to_be_instead_is_told() -> None:
    wrong = misfit(file(b"x", "image/jpeg"), SOURCE)
    assert wrong is not None
    assert wrong.fix == "HeyGen takes a video file here: save it as one, and name that file."


def test_what_a_column_takes_is_told_in_a_sentence() -> None:
    other = misfit(file(JPG, "image/jpeg"), DUBBING)
    assert other is not None
    assert other.fix == "HeyGen takes an audio file here: save it as one, and name that file."


def test_a_file_has_to_be_as_small_as_its_column_asks() -> None:
    large = LocalFile(digest="0" * 64, size=50 * 1024 * 1024 + 1, type="image/jpeg", path="/x")
    issue = misfit(large, IMAGE)
    assert issue is not None
    assert issue.code == "file_too_large"


def test_many_files_are_looked_for_and_none_is_lost(folder: Path) -> None:
    names = [f"media/{number}.jpg" for number in range(30)]
    for name in names[::2]:
        (folder / name).write_bytes(JPG)
    files = find_files(dict.fromkeys(names, 0), Folders(sheet=(folder,)))
    assert [isinstance(files[name], LocalFile) for name in names] == [True, False] * 15


# What a row asks for by a file -------------------------------------------------------------------------------------

HEADERS = ["avatar_id", "audio_url", "background.url", "type", "video", "output_languages"]


def job(audio: str, picture: str | None = None, **files: LocalFile) -> Job:
    """The job of an avatar, by the files of these names (`song_mp3`)."""
    named = {name.replace("_", "."): each for name, each in files.items()}
    sheet = table(HEADERS, ["look_1", audio, picture, "avatar", None, None])
    (row,) = build(sheet, ReadOptions("leads"), ACCOUNT, named).rows
    assert not row.issues, row.issues
    (one,) = row.jobs
    return one


SONG = file(MP3, "audio/mpeg", "/x/song.mp3")


def test_a_file_goes_where_an_asset_does_and_is_a_placeholder_until_it_is_there() -> None:
    made = job("song.mp3", "ann.png", song_mp3=SONG, ann_png=file(PNG, "image/png"))
    assert made.body["audio_asset_id"] == SONG.placeholder
    assert "audio_url" not in made.body
    assert made.body["background"] == {"type": "image", "asset_id": file(PNG).placeholder}
    sent = made.body_with({SONG.digest: "asset_1", file(PNG).digest: "asset_2"})
    assert sent["audio_asset_id"] == "asset_1"
    assert sent["background"] == {"type": "image", "asset_id": "asset_2"}
    assert "local-file" not in str(sent)
    with pytest.raises(KeyError):
        made.body_with({SONG.digest: "asset_1"})


def test_a_moved_file_is_the_same_job_and_an_edited_one_another() -> None:
    before = job("song.mp3", song_mp3=SONG)
    moved = job("Music.MP3", Music_MP3=LocalFile(digest=SONG.digest, size=SONG.size, type="audio/mpeg", path="/y"))
    edited = job("song.mp3", song_mp3=file(MP3 + b"!", "audio/mpeg"))
    assert before.fingerprint == moved.fingerprint
    assert before.fingerprint != edited.fingerprint


@given(st.text(alphabet='abc{}:"sha256', max_size=90))
def test_no_text_is_the_same_wish_as_a_file(text: str) -> None:
    of_text: dict[str, Value] = {"audio_url": text}
    assert fingerprint("avatar", {"audio_url": SONG}) != fingerprint("avatar", of_text)
    assert fingerprint("avatar", {"audio_url": SONG}) != fingerprint("avatar", {"audio_url": SONG.placeholder})


def test_a_row_with_files_is_known_for_good_by_this_fingerprint() -> None:
    assert fingerprint("avatar", {"avatar_id": "look_1", "audio_url": SONG}) == (
        "822215546a9945fe5e23621bd87ddead96a1b75b01462cb4b3ce1df8481b5642"
    )


def test_files_stand_among_links_and_ids_in_one_cell() -> None:
    headers, cell = ["prompt", "avatar_id", "references"], "asset_9; media/ann.png ; https://example.com/a.png"
    picture = file(PNG, "image/png")
    sheet = table(headers, ["A street", "look_1", cell])
    (row,) = build(sheet, ReadOptions("leads"), ACCOUNT, {"media/ann.png": picture}).rows
    (one,) = row.jobs
    sent = one.body_with({picture.digest: "asset_1"})
    assert sent["references"] == [
        {"type": "asset_id", "asset_id": "asset_9"},
        {"type": "asset_id", "asset_id": "asset_1"},
        {"type": "url", "url": "https://example.com/a.png"},
    ]
    (row,) = build(sheet, ReadOptions("leads"), ACCOUNT, {"media/ann.png": file(PNG + b"!", "image/png")}).rows
    assert row.jobs[0].fingerprint != one.fingerprint
    (row,) = build(sheet, ReadOptions("leads"), ACCOUNT, {"media/ann.png": MISSING}).rows
    assert [issue.code for issue in row.issues] == ["file_missing"]


def test_what_is_wrong_with_a_file_is_told_at_its_cell_and_the_row_makes_nothing() -> None:
    sheet = table(HEADERS, ["look_1", "gone.mp3", None, "avatar", None, None])
    (row,) = build(sheet, ReadOptions("leads"), ACCOUNT, {"gone.mp3": MISSING}).rows
    assert [(issue.code, issue.column, issue.value) for issue in row.issues] == [("file_missing", 1, "gone.mp3")]
    assert not row.jobs


def test_a_file_nobody_has_looked_for_leaves_its_row_open_and_is_wanted_once() -> None:
    rows = [["look_1", "song.mp3", None, "avatar", None, None]] * 3
    builder = Builder(table(HEADERS, *rows), ReadOptions("leads"))
    built = builder.build(ACCOUNT)
    assert [(row.jobs, row.issues) for row in built.rows] == [((), ())] * 3
    assert builder.files.wanted == {"song.mp3": AUDIO.limit}
    builder.files.learn({"song.mp3": SONG})
    assert len({row.jobs[0].fingerprint for row in builder.build(ACCOUNT).rows}) == 1
    assert not builder.files.wanted


def test_a_file_in_two_columns_may_be_as_large_as_the_one_that_takes_more() -> None:
    rows = [["look_1", "a.mp4", None, "avatar", None, None], [None, None, None, "translation", "a.mp4", "French"]]
    builder = Builder(table(HEADERS, *rows), ReadOptions("leads"))
    builder.build(ACCOUNT)
    assert builder.files.wanted == {"a.mp4": 0}


# The option ---------------------------------------------------------------------------------------------------------


def test_folders_are_named_on_the_command_line_alone(folder: Path) -> None:
    assert typed_settings({"folders": [str(folder)]}).folders == (folder,)
    assert Settings(files=[folder]).folders == (folder,)
    with pytest.raises(InputError, match="is no folder"):
        typed_settings({"folders": [str(folder / "nothing")]})
