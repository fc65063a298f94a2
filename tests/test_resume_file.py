from __future__ import annotations

import errno
import json
import os
import stat
from pathlib import Path

import pytest

from bulkgen.disk import growing
from bulkgen.errors import Exit, LedgerError
from bulkgen.ledger.events import submitted, submitting
from bulkgen.ledger.history import fold
from bulkgen.ledger.neighbours import neighbours, read_others, same_account
from bulkgen.ledger.resume_file import ResumeFile, read_events
from tests.making import avatar_job

JOBS = [avatar_job(row, f"Script of row {row}, which must not be in the file") for row in range(2, 6)]


def written(path: Path) -> ResumeFile:
    journal = ResumeFile(path)
    journal.belongs_to("https://api.heygen.com", "me")
    for number, job in enumerate(JOBS):
        journal.append(submitting(job, 1))
        journal.append(submitted(job, 1, f"vid_{number}"))
    journal.close()
    return journal


def test_events_come_back_as_they_were_appended(tmp_path: Path) -> None:
    journal = written(tmp_path / "a.resume.jsonl")
    assert read_events(journal.path)[0] == journal.events
    assert [event["event"] for event in journal.events[:3]] == ["opened", "submitting", "submitted"]


def test_a_file_cut_at_any_byte_loads_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "sync", lambda _fd: None)  # thousands of files, and none has to outlast the test
    data = written(tmp_path / "a.resume.jsonl").path.read_bytes()
    path = tmp_path / "b.resume.jsonl"
    for length in range(len(data) + 1):
        path.write_bytes(data[:length])
        whole = data[:length].count(b"\n")
        journal = ResumeFile(path)
        assert len(journal.events) == whole
        journal.belongs_to("https://api.heygen.com", "me")
        journal.append(submitting(JOBS[0], 2))
        journal.close()
        events = read_events(path)[0]
        assert events[-1]["attempt"] == 2
        assert len(events) == max(whole, 1) + 1
        assert fold(events).states[JOBS[0].fingerprint].attempt == 2


def test_a_bad_line_in_the_middle_is_named_and_nothing_is_guessed(tmp_path: Path) -> None:
    path = written(tmp_path / "a.resume.jsonl").path
    lines = path.read_bytes().splitlines(keepends=True)
    lines[3] = b'{"event": "subm\x00\n'
    path.write_bytes(b"".join(lines))
    with pytest.raises(LedgerError, match="damaged at line 4") as caught:
        ResumeFile(path)
    assert caught.value.exit_code is Exit.RESUME_FILE


@pytest.mark.parametrize("line", [b"[1]\n", b'"opened"\n', b'{"no": "event"}\n', b'{"event": "submitted"}\n'])
def test_a_file_that_is_none_of_ours_is_refused(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "a.resume.jsonl"
    path.write_bytes(line)
    with pytest.raises(LedgerError):
        ResumeFile(path)


@pytest.mark.parametrize("content", [b"\0" * 4000, b"hello", b"my precious notes", b'{"at":"' + b"x" * 2000])
def test_a_file_without_a_whole_line_is_an_empty_one_only_if_its_first_record_was_being_written(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "a.resume.jsonl"
    path.write_bytes(content)
    with pytest.raises(LedgerError, match="damaged from its first line on"):
        ResumeFile(path)
    assert path.read_bytes() == content


def test_a_newer_format_is_refused_in_plain_words(tmp_path: Path) -> None:
    path = tmp_path / "a.resume.jsonl"
    path.write_text('{"event":"opened","format":2,"bulkgen":"9.0"}\n')
    with pytest.raises(LedgerError, match=r"newer bulkgen \(9.0\)"):
        ResumeFile(path)


@pytest.mark.parametrize(("base", "account"), [("https://api.heygen.com", "you"), ("http://127.0.0.1:1", "me")])
def test_another_accounts_or_addresses_file_is_refused(tmp_path: Path, base: str, account: str) -> None:
    path = written(tmp_path / "a.resume.jsonl").path
    with pytest.raises(LedgerError, match="belongs to another"):
        ResumeFile(path).belongs_to(base, account)


def test_a_second_run_of_the_same_version_and_account_opens_without_a_word(tmp_path: Path) -> None:
    path = written(tmp_path / "a.resume.jsonl").path
    journal = ResumeFile(path)
    journal.belongs_to("https://api.heygen.com", "me")
    journal.append(submitting(JOBS[0], 2))
    assert [event["event"] for event in journal.events].count("opened") == 1
    journal.close()


def test_reading_changes_nothing_and_makes_no_file(tmp_path: Path) -> None:
    path = tmp_path / "a.resume.jsonl"
    ResumeFile(path)
    assert not path.exists()
    data = written(path).path.read_bytes() + b'{"torn'
    path.write_bytes(data)
    ResumeFile(path)
    assert path.read_bytes() == data


@pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
def test_only_its_owner_may_read_the_file(tmp_path: Path) -> None:
    mode = written(tmp_path / "a.resume.jsonl").path.stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_no_script_stands_in_the_file(tmp_path: Path) -> None:
    assert b"must not be in the file" not in written(tmp_path / "a.resume.jsonl").path.read_bytes()


@pytest.mark.parametrize(
    ("call", "error", "told"),
    [
        ("write", OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        ("fsync", OSError(errno.EIO, "Input/output error"), "Input/output error"),
    ],
)
def test_a_record_that_is_not_durable_stops_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, error: OSError, told: str
) -> None:
    journal = written(tmp_path / "a.resume.jsonl")
    known = len(journal.events)

    def broken(*_: object) -> int:
        raise error

    answer = submitted(JOBS[0], 2, "vid_9")
    with monkeypatch.context() as patch:
        patch.setattr(os, call, broken)
        with pytest.raises(LedgerError, match=told):
            journal.append(answer)
    with pytest.raises(LedgerError):  # the disk works again, but what it holds is no longer known
        journal.append(answer)
    assert len(journal.events) == known
    journal.close()


def test_half_a_record_written_before_the_disk_was_full_is_cut_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "a.resume.jsonl").path
    journal = ResumeFile(path)
    journal.belongs_to("https://api.heygen.com", "me")
    real, calls = os.write, 0

    def half(fd: int, data: bytes) -> int:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(fd, data[: len(data) // 2])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half)
        with pytest.raises(LedgerError):
            journal.append(submitted(JOBS[0], 2, "vid_9"))
    journal.close()
    again = ResumeFile(path)
    again.belongs_to("https://api.heygen.com", "me")
    again.append(submitting(JOBS[0], 2))
    again.close()
    assert all(json.loads(line) for line in path.read_bytes().splitlines())


def test_the_other_resume_files_of_a_folder_are_found_sandbox_and_real_apart(tmp_path: Path) -> None:
    own = written(tmp_path / "leads.xlsx.resume.jsonl").path
    for name in (
        "other.csv.resume.jsonl",
        "leads.xlsx.resume (conflicted copy 2026-11-21).jsonl",
        "leads.xlsx.resume.sync-conflict-20261121.jsonl",
        "leads.xlsx.sandbox.resume.jsonl",
    ):
        (tmp_path / name).write_bytes(own.read_bytes())
    (tmp_path / "damaged.resume.jsonl").write_bytes(own.read_bytes() + b"rubbish\n")
    (tmp_path / "of another program.resume.jsonl").write_bytes(b'{"event": "page_view"}\n{}\n')
    found, notes = read_others(neighbours(own, [tmp_path, tmp_path], sandbox=False), "https://api.heygen.com", "me")
    assert sorted(path.name for path in found) == [
        "leads.xlsx.resume (conflicted copy 2026-11-21).jsonl",
        "leads.xlsx.resume.sync-conflict-20261121.jsonl",
        "other.csv.resume.jsonl",
    ]
    assert len(notes) == 1
    assert "damaged" in notes[0]
    assert neighbours(own, [tmp_path], sandbox=True) == [tmp_path / "leads.xlsx.sandbox.resume.jsonl"]


def test_a_file_of_another_account_is_known_as_such(tmp_path: Path) -> None:
    events = written(tmp_path / "a.resume.jsonl").events
    assert same_account(events, "https://api.heygen.com", "me")
    assert not same_account(events, "https://api.heygen.com", "you")
