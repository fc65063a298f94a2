"""Which links of a sheet are asked for, as what, and where what was found of them is told."""

from __future__ import annotations

from dataclasses import replace

from bulkgen.kinds.media import ANYTHING, AUDIO, DUBBING, IMAGE, SOURCE, SUBTITLES, VIDEO, Media
from bulkgen.model import Issue, Table, warning
from bulkgen.rows.build import ReadOptions, build
from bulkgen.rows.built import with_issues
from bulkgen.rows.links import Link, link_issues, media_links
from bulkgen.rows.selection import parse_selection
from tests.making import ACCOUNT, table

A, B, C = (f"https://example.com/{name}" for name in "abc")

GONE = Issue(code="link_gone", cause="leads to nothing", fix="Copy it again.")


def links(sheet: Table, reading: ReadOptions | None = None, wanted: set[str] | None = None) -> list[Link]:
    reading = reading or ReadOptions("leads")
    return media_links(build(sheet, reading, ACCOUNT), wanted=wanted)


def told(found: list[Link]) -> list[tuple[str, Media, list[str]]]:
    return [(link.url, link.media, [f"{place.header}{place.row}" for place in link.places]) for link in found]


def test_each_kind_says_what_its_links_lead_to() -> None:
    headers = ["video", "languages", "audio", "srt"]
    assert told(links(table(headers, [A, "French", B, C]))) == [
        (A, SOURCE, ["video2"]),
        (B, DUBBING, ["audio2"]),
        (C, SUBTITLES, ["srt2"]),
    ]
    headers = ["avatar_id", "audio_url", "background.url"]
    assert told(links(table(headers, ["look_1", A, B]))) == [
        (A, AUDIO, ["audio_url2"]),
        (B, IMAGE, ["background.url2"]),
    ]


def test_a_templates_variables_say_what_their_links_lead_to() -> None:
    headers = ["template_id", "line", "photo", "clip", "jingle"]
    assert told(links(table(headers, ["tpl_all", "Hi", A, B, C]))) == [
        (A, IMAGE, ["photo2"]),
        (B, VIDEO, ["clip2"]),
        (C, AUDIO, ["jingle2"]),
    ]


def test_a_link_of_many_rows_is_one_with_all_its_cells() -> None:
    sheet = table(["video", "languages"], [A, "French;English"], [B, "French"], [A, "English"])
    assert told(links(sheet)) == [(A, SOURCE, ["video2", "video4"]), (B, SOURCE, ["video3"])]


def test_a_link_put_to_two_uses_only_has_to_be_reached() -> None:
    sheet = table(["template_id", "line", "photo", "clip"], ["tpl_all", "Hi", A, A])
    assert told(links(sheet)) == [(A, ANYTHING, ["photo2", "clip2"])]


def test_ids_of_assets_and_columns_that_are_nobodys_are_no_links() -> None:
    headers = ["video", "languages", "homepage", "callback_url"]
    assert links(table(headers, ["asset_12345", "French", A, B])) == []


def test_a_column_for_links_alone_is_asked_about_whatever_it_holds() -> None:
    sheet = table(["avatar_id", "audio_url"], ["look_1", "C:\\voice.mp3"])
    assert told(links(sheet)) == [("C:\\voice.mp3", AUDIO, ["audio_url2"])]


def test_a_merged_link_is_the_one_that_is_sent() -> None:
    sheet = table(["video", "languages", "id"], ["https://example.com/{{id}}", "French", "a"])
    assert told(links(sheet)) == [(A, SOURCE, ["video2"])]


def test_rows_with_mistakes_are_asked_about_rows_left_out_or_not_selected_are_not() -> None:
    headers = ["video", "languages", "skip"]
    sheet = table(headers, [A, "Klingon", ""], [B, "French", "yes"], [C, "French", ""])
    chosen = ReadOptions("leads", selection=parse_selection("2-3", "--rows"))
    assert told(links(sheet, chosen)) == [(A, SOURCE, ["video2"])]


def test_a_line_that_can_not_be_read_is_not_asked_about() -> None:
    sheet = table(["video", "languages"], [A, "French"])
    assert links(replace(sheet, rows=(replace(sheet.rows[0], unusable="has 3 cells, the header line only 2"),))) == []


def test_a_row_with_one_job_left_to_send_is_asked_about() -> None:
    sheet = table(["video", "languages"], [A, "French;English"])
    first, _ = build(sheet, ReadOptions("leads"), ACCOUNT).rows[0].jobs
    found = links(sheet, wanted={first.fingerprint})
    assert [link.url for link in found] == [A]
    issues = link_issues(found, {A: GONE})
    assert [issue.warning for issue in issues] == [True], "its other job is done, and stays to be seen"


def test_links_of_jobs_that_will_not_be_sent_again_are_left_out() -> None:
    sheet = table(["video", "languages"], [A, "French"], [B, "French"], [C, "Klingon"])
    first, second, _ = build(sheet, ReadOptions("leads"), ACCOUNT).rows
    assert told(links(sheet, wanted={second.jobs[0].fingerprint})) == [(B, SOURCE, ["video3"]), (C, SOURCE, ["video4"])]
    assert [link.url for link in links(sheet, wanted={first.jobs[0].fingerprint})] == [A, C]


def test_what_was_found_is_told_at_every_cell_and_makes_the_rows_invalid() -> None:
    reading = ReadOptions("leads")
    sheet = table(["video", "languages"], [A, "French"], [B, "French"], [A, "English"])
    built = build(sheet, reading, ACCOUNT)
    found = media_links(built)
    issues = link_issues(found, {A: GONE})
    assert [(sheet.where(p.row, p.column), p.header, p.value) for p in issues] == [
        ("Leads!A2", "video", A),
        ("Leads!A4", "video", A),
    ]
    after = with_issues(built, issues)
    assert [row.invalid for row in after.rows] == [True, False, True]
    assert [len(row.jobs) for row in after.rows] == [0, 1, 0]
    assert after.mistakes == issues


def test_a_warning_leaves_the_row_its_jobs() -> None:
    reading = ReadOptions("leads")
    sheet = table(["video", "languages"], [A, "French"])
    built = build(sheet, reading, ACCOUNT)
    issues = link_issues(media_links(built), {A: warning(code="link_slow", cause="is slow", fix="Wait.")})
    after = with_issues(built, issues)
    assert (after.mistakes, after.warnings, len(after.rows[0].jobs)) == ([], issues, 1)


def test_a_link_that_set_gives_is_told_without_a_cell() -> None:
    reading = ReadOptions("leads", defaults={"audio_url": A})
    sheet = table(["avatar_id"], ["look_1"])
    found = media_links(build(sheet, reading, ACCOUNT))
    issue = link_issues(found, {A: GONE})[0]
    assert (issue.column, issue.header) == (None, "--set audio_url")
