"""Who is in the mail merge, with which link, and what a person added beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.kinds.outcome import Detail, Links
from bulkgen.ledger.state import State
from bulkgen.model import Row, Table
from bulkgen.result_columns import MAIL_COLUMNS
from bulkgen.results.embed import embed_html
from bulkgen.results.entries import entries
from bulkgen.results.mail_sheet import Texts, notes_in
from bulkgen.results.mailing import Added, LeftOut, Mailing, Reach, mailing_of
from tests.making import built, table

LINKS = Links(
    video="https://files.example/v.mp4?a=1&b=2",
    page="https://app.heygen.com/videos/v",
    thumbnail="https://files.example/v.jpg?a=1&b=2",
    expire_at=1_764_412_345.0,
)
HEADERS = ("template_id", "first_name", "Email", "enable_sharing")


def mailing(
    *rows: Sequence[object],
    headers: Sequence[str] = HEADERS,
    links: Links = LINKS,
    sheet: Table | None = None,
    **states: str,
) -> Mailing:
    """Of a sheet whose jobs are all done, but for those whose row, `row3`, is said to stand otherwise."""
    sheet = sheet or table(headers, *rows)
    found = built(sheet)
    jobs = [job for row in found.rows for job in row.jobs]
    known = {job.fingerprint: State(1, states.get(f"row{job.row}", "finished")) for job in jobs}
    details = {job.fingerprint: Detail("completed", links) for job in jobs}
    made = mailing_of(sheet, found.layouts.headings, entries(found.rows, known), details)
    assert made is not None
    return made


def line(made: Mailing, at: int = 0) -> dict[str, str]:
    return dict(zip(made.headers, made.lines[at], strict=True))


def people(made: Mailing) -> list[str]:
    return [each[made.address] for each in made.lines]


def test_a_line_has_the_persons_own_columns_and_behind_them_ours() -> None:
    headers = [*HEADERS, "result_status", "Vídeo"]
    made = mailing(["tpl_1", "Ann", " Ann@acme.example ", "yes", "done", "x"], headers=headers)
    assert made.headers == (*HEADERS, "Vídeo", *MAIL_COLUMNS)
    assert made.lines[0][:5] == ("tpl_1", "Ann", "Ann@acme.example", "yes", "x")
    assert line(made)["video_link"] == LINKS.page
    assert line(made)["thumbnail_url"] == LINKS.thumbnail
    assert line(made)["gif_url"] == line(made)["video_link_note"] == ""
    assert made.reached == {Reach.PAGE: 1}
    assert made.until == LINKS.expire_at


@pytest.mark.parametrize("said", ["", "no"])
def test_where_sharing_is_off_the_link_is_the_file_and_says_until_when_and_what_to_do(said: str) -> None:
    made = mailing(["tpl_1", "Ann", "ann@acme.example", said])
    assert line(made)["video_link"] == LINKS.video
    note = line(made)["video_link_note"]
    assert note.startswith("Works until 29 Nov 2025, 10:32 UTC, and opens the video file")
    assert "enable_sharing to yes" in note
    assert "paid again" in note
    assert made.reached == {Reach.NOT_SHARED: 1}


def test_of_a_kind_that_can_not_say_it_the_page_is_opened_by_hand() -> None:
    headers = ("avatar_id", "script", "Email", "enable_sharing")
    made = mailing(["look_1", "Hello", "ann@acme.example", "yes"], headers=headers)
    assert line(made)["video_link"] == LINKS.video
    assert "Publish the video at HeyGen" in line(made)["video_link_note"]
    assert "enable_sharing" not in line(made)["video_link_note"]


def test_a_translation_has_no_page_and_a_link_of_no_known_end_works_for_a_while() -> None:
    headers = ("video", "output_languages", "Email")
    links = replace(LINKS, page="", expire_at=None)
    made = mailing(["https://example.com/v.mp4", "French", "ann@acme.example"], headers=headers, links=links)
    assert line(made)["video_link_note"].startswith(
        "Works for about a week, and opens the video file, since HeyGen has"
    )
    assert made.until is None


def test_one_line_for_each_person_the_first_that_is_done() -> None:
    rows = [["tpl_1", name, "Ann@a.example", "yes"] for name in ("One", "Two", "Three")]
    rows[2][2] = " ann@A.EXAMPLE"
    made = mailing(*rows, row2="submitted")
    assert [each[1] for each in made.lines] == ["Two"]
    assert made.left_out == {LeftOut.TWICE: 1}


def test_a_row_in_three_languages_is_one_person() -> None:
    headers = ("video", "output_languages", "Email")
    rows = [["https://example.com/v.mp4", "French; English; Spanish (Spain)", "ann@a.example"]]
    made = mailing(*rows, headers=headers, links=replace(LINKS, page=""))
    assert len(made.lines) == 1
    assert line(made)["video_language"] == "French"
    assert made.left_out == {LeftOut.TWICE: 2}


@pytest.mark.parametrize("last", ["", "submitted", "failed", "refused", "unknown"])
def test_what_is_not_done_is_not_in_it(last: str) -> None:
    made = mailing(["tpl_1", "Ann", "ann@a.example", "yes"], row2=last)
    assert made.lines == ()
    assert not made.left_out


def test_rows_that_are_left_out_or_hidden_are_not_in_it() -> None:
    headers = (*HEADERS, "skip")
    sheet = table(headers, *(["tpl_1", f"P{n}", f"p{n}@a.example", "yes", "yes" if n == 1 else ""] for n in range(3)))
    rows = (*sheet.rows[:2], Row(4, sheet.rows[2].cells, hidden=True))
    assert people(mailing(sheet=replace(sheet, rows=rows))) == ["p0@a.example"]


def test_a_hidden_row_that_is_made_all_the_same_is_in_it() -> None:
    sheet = table(HEADERS, ["tpl_1", "Ann", "ann@a.example", "yes"])
    found = built(sheet)
    shown = [replace(row, source=replace(row.source, hidden=True)) for row in found.rows]
    states = {job.fingerprint: State(1, "finished") for row in shown for job in row.jobs}
    details = {key: Detail("completed", LINKS) for key in states}
    made = mailing_of(sheet, found.layouts.headings, entries(shown, states), details)
    assert made is not None
    assert (people(made), made.left_out) == (["ann@a.example"], {})


def test_addresses_that_are_missing_or_impossible_are_counted() -> None:
    texts = ["", 'a@b.c" onclick=', "a@b.example; c@d.example", "ann@a.example"]
    made = mailing(*(["tpl_1", f"P{n}", text, "yes"] for n, text in enumerate(texts)))
    assert people(made) == ["ann@a.example"]
    assert made.left_out == {LeftOut.NO_ADDRESS: 1, LeftOut.BAD_ADDRESS: 2}


def test_the_address_stands_there_alone_and_who_is_left_out_is_told_by_row() -> None:
    texts = ["Fay <Fay@a.example>", "fay@a", "mailto:gus@a.example", "mailto:fay@a.example"]
    made = mailing(*(["tpl_1", f"P{n}", text, "yes"] for n, text in enumerate(texts)))
    assert people(made) == ["Fay@a.example", "gus@a.example"]
    assert made.left_rows == {LeftOut.BAD_ADDRESS: [3], LeftOut.TWICE: [5]}


def test_voice_overs_and_lost_links_are_counted() -> None:
    speech = ("text", "voice_id", "Email")
    made = mailing(["Hello", "v_1", "ann@a.example"], headers=speech, links=Links(audio="https://files.example/a.mp3"))
    assert made.left_out == {LeftOut.NO_VIDEO: 1}
    lost = mailing(["tpl_1", "Ann", "ann@a.example", "yes"], links=Links())
    assert lost.left_out == {LeftOut.NO_LINK: 1}


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "//evil.example/x", "https://[x"])
def test_no_other_link_than_one_of_the_web_is_mailed(link: str) -> None:
    made = mailing(["tpl_1", "Ann", "ann@a.example", "yes"], links=Links(video=link, page=link, thumbnail=link))
    assert made.left_out == {LeftOut.NO_LINK: 1}
    pictured = mailing(["tpl_1", "Ann", "ann@a.example", "yes"], links=replace(LINKS, thumbnail=link, gif=link))
    assert line(pictured)["thumbnail_url"] == line(pictured)["gif_url"] == ""
    assert "<img" not in line(pictured)["embed_html"]


def test_without_a_column_of_addresses_there_is_none() -> None:
    sheet = table(("template_id", "first_name"), ["tpl_1", "Ann"])
    found = built(sheet)
    assert mailing_of(sheet, found.layouts.headings, entries(found.rows, {}), {}) is None


def test_a_column_that_map_names_is_the_one() -> None:
    sheet = table(("template_id", "first_name", "Kontakt"), ["tpl_1", "Ann", "ann@a.example"], ["tpl_1", "Bo", "later"])
    found = built(sheet, renames={"Kontakt": "email"})
    made = mailing_of(sheet, found.layouts.headings, entries(found.rows, {}), {})
    assert made is not None
    assert made.headers[made.address] == "Kontakt"


def test_a_persons_column_of_the_name_of_ours_goes_by_another() -> None:
    made = mailing(["tpl_1", "Ann", "a@a.example", "yes", "x"], headers=(*HEADERS, "Video_Link"))
    assert made.headers == (*HEADERS, "Video_Link (yours)", *MAIL_COLUMNS)


# The picture in the mail --------------------------------------------------------------------------------------------


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    return Tags(html).tags


def caption(first_name: str, title: str = "", header: str = "Vorname") -> str | None:
    made = mailing(["tpl_1", first_name, "a@a.example", title], headers=("template_id", header, "Email", "video_title"))
    return tags(line(made)["embed_html"])[1][1]["alt"]


def test_a_link_to_the_file_leads_to_the_one_with_captions_where_they_were_asked_for() -> None:
    links = replace(LINKS, captioned="https://files.example/captioned.mp4")
    made = mailing(["tpl_1", "Ann", "a@a.example", "no"], links=links)
    assert line(made)["video_link"] == links.captioned


def test_the_picture_leads_to_the_link_and_says_whom_it_is_for() -> None:
    links = replace(LINKS, gif="https://files.example/v.gif")
    (a, a_has), (img, img_has) = tags(line(mailing(["tpl_1", "Ann", "a@a.example", "yes"], links=links))["embed_html"])
    assert (a, a_has["href"]) == ("a", LINKS.page)
    assert (img, img_has["src"], img_has["alt"]) == ("img", links.gif, "Video for Ann")
    still = tags(line(mailing(["tpl_1", "Ann", "a@a.example", "yes"]))["embed_html"])
    assert still[1][1]["src"] == LINKS.thumbnail


def test_a_title_of_the_persons_own_goes_before_a_name_and_no_name_is_guessed() -> None:
    assert caption("Ann", "Spring news") == "Spring news"
    assert caption("Ann\nLee") == "Video for Ann Lee"
    for odd in ("N/A", "<b>Ann</b>", "ann@acme.example", "=HYPERLINK(1)", "?", "A" * 61):
        assert caption(odd) == "Watch the video", odd


def test_without_a_picture_the_link_has_words() -> None:
    assert Tags(embed_html("https://x.example/v", "", 'Hi "you"')).text == 'Hi "you"'
    assert embed_html("", "https://x.example/v.jpg", "Hi") == ""


HOSTILE = st.text() | st.text(alphabet="\"'<>&=/ abonclick;")


@given(HOSTILE, HOSTILE, HOSTILE)
def test_nothing_of_a_cell_becomes_html(link: str, picture: str, alt: str) -> None:
    found = tags(embed_html(f"https://x.example/{link}", f"https://x.example/{picture}", alt))
    assert [tag for tag, _ in found] == ["a", "img"]
    assert set(found[0][1]) == {"href", "target"}
    assert set(found[1][1]) == {"src", "alt", "width", "style"}


# What a person added ------------------------------------------------------------------------------------------------


def two() -> Mailing:
    return mailing(["tpl_1", "Ann", "ann@a.example", "yes"], ["tpl_1", "Bob", "bob@b.example", "yes"])


def read_back(made: Mailing, *added: str, **notes: str) -> tuple[list[str], list[list[str]], list[bool]]:
    """As it stands in a file in the other order, with these columns, whose cells say something beside Ann or Bob."""
    headers, ours = [*made.headers, *added], [*[True] * len(made.headers), *[False] * len(added)]
    rows = [[*each, *[notes.get(each[1], "")] * len(added)] for each in reversed(made.lines)]
    return headers, rows, ours


def test_what_was_added_goes_by_the_address() -> None:
    made = two()
    added = made.added_to(*read_back(made, "Sent?", Bob="yes"))
    assert added == Added(columns={"Sent?": {"bob@b.example": "yes"}})
    whole = made.with_added(added)
    assert whole.headers == (*made.headers, "Sent?")
    assert [each[-1] for each in whole.lines] == ["", "yes"]
    assert made.lost(added) == []


def test_what_was_added_to_somebody_who_is_gone_would_be_lost() -> None:
    made = two()
    added = made.added_to(*read_back(made, "Sent?", Ann="no", Bob="yes"))
    assert added
    alone = replace(made, lines=made.lines[:1])
    assert alone.lost(added) == ["bob@b.example"]
    assert alone.with_added(added).lines[0][-1] == "no"


def test_notes_that_belong_to_nobody_or_to_no_column_are_left_where_they_are() -> None:
    made = two()
    headers, rows, ours = read_back(made, "Sent?", Bob="yes")
    rows[0][made.address] = "nobody"
    assert made.added_to(headers, rows, ours) is None
    assert made.added_to(*read_back(made, "", Bob="yes")) is None
    assert made.added_to(*read_back(made, "Sent?", "Sent?", Bob="yes")) is None
    assert made.added_to(*read_back(made, "", Cy="yes")) == Added()


def test_of_two_files_the_later_one_says_more() -> None:
    older = Added(columns={"Sent?": {"ann@a.example": "no", "bob@b.example": "yes"}})
    newer = Added(columns={"Sent?": {"ann@a.example": "yes"}, "By": {}})
    assert newer.over(older).columns == {"Sent?": {"ann@a.example": "yes", "bob@b.example": "yes"}, "By": {}}


def test_of_the_sheets_of_one_workbook_the_newest_counts_be_it_blank() -> None:
    made = two()
    headers = ["Sent?", *made.headers]
    ann, bob = (["", *each] for each in made.lines)
    sheets = [
        Texts("Mail merge 2", headers, [["old", *ann[1:]], ["old", *bob[1:]]]),
        Texts("Mail merge", headers, [ann]),
        Texts("Mail merge 10", headers, [["newer", *bob[1:]]]),
    ]
    assert notes_in(sheets, made) == Added(columns={"Sent?": {"bob@b.example": "newer"}})


def test_an_added_column_of_a_name_that_the_sheet_has_by_now_keeps_its_cells() -> None:
    made = two()
    whole = made.with_added(Added(columns={"FIRST_NAME": {"ann@a.example": "x"}}))
    assert whole.headers[-1] == "FIRST_NAME (yours)"
    assert whole.lines[0][-1] == "x"
