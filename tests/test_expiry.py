"""When links end, as they say it themselves; and what is taken for their end where they do not."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bulkgen.kinds.expiry import LIFE, SOON, earliest_end, end_of
from bulkgen.kinds.outcome import Links
from bulkgen.ledger.events import format_second

NOW = 1_790_000_000.0
END = 1_790_123_456


def policy(end: int) -> str:
    """As CloudFront's own tools write it."""
    text = f'{{"Statement":[{{"Resource":"https://h/*","Condition":{{"DateLessThan":{{"AWS:EpochTime":{end}}}}}}}]}}'
    return base64.b64encode(text.encode()).decode().translate(str.maketrans("+=/", "-_~"))


@pytest.mark.parametrize(
    ("query", "end"),
    [
        ("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260921T140000Z&X-Amz-Expires=3600", 1_789_999_200 + 3600),
        ("x-goog-date=20260921T140000Z&x-goog-expires=604800", 1_789_999_200 + 604_800),
        (f"AWSAccessKeyId=a&Expires={END}&Signature=s", END),
        (f"Expires={END}&Signature=s&Key-Pair-Id=K", END),
        (f"Policy={policy(END)}&Signature=s&Key-Pair-Id=K", END),
        (f"exp={END}&sig=s", END),
        (f"expires={END}000", END),
        (f"hdnts=exp={END}~acl=/*~hmac=abc", END),
        (f"token={quote(f'st=1~exp={END}~hmac=abc')}", END),
        ("sv=2024-11-04&se=2026-09-21T14%3A00%3A00Z&sr=b&sig=s", 1_789_999_200),
    ],
)
def test_links_name_their_end_in_the_ways_of_many_hosts(query: str, end: int) -> None:
    assert end_of(f"https://h/video.mp4?{query}") == end


@pytest.mark.parametrize(
    "link",
    [
        "https://h/video.mp4",
        "https://h/video.mp4?v=2",
        "https://h/video.mp4?expires=never",
        "https://h/video.mp4?exp=3",
        "https://h/video.mp4?se=2026-09-21",
        "https://h/video.mp4?Policy=!!!",
        "https://h/video.mp4?Policy=e30_",
        "https://h/exp=1790000000~/video.mp4",
    ],
)
def test_other_links_do_not_say_when_they_end(link: str) -> None:
    assert end_of(link) is None


@pytest.mark.parametrize("query", ["X-Amz-Date=20260921T140000Z", "X-Amz-Expires=60&X-Amz-Date=soon"])
def test_a_link_whose_end_can_not_be_read_has_ended(query: str) -> None:
    assert earliest_end([f"https://h/v.mp4?{query}"], NOW) == 0


@given(st.text(max_size=300))
@example("https://h/v?X-Amz-Date=99991231T235959Z&X-Amz-Expires=999999999")
@example("https://h/v?se=9999-12-31T23:59:59-14:00")
@example("https://h/v?se=0001-01-01T00:00:00%2B14:00")
@example("https://h/v?exp=99999999999")
@example("https://[h/v?exp=99999999999")
def test_whatever_a_link_says_its_end_can_be_written_as_a_date(text: str) -> None:
    end = earliest_end([text], NOW)
    assert end is None or format_second(end)


def test_the_first_to_end_counts_and_what_does_not_say_it_lasts_as_long_as_what_does() -> None:
    early, late, silent = f"https://h/a?Expires={END}", f"https://h/b?Expires={END + 60}", "https://h/c.gif"
    assert earliest_end([late, "", early, silent], NOW) == END
    assert earliest_end([silent], NOW) == NOW + LIFE
    assert earliest_end(["", ""], NOW) is None


def test_links_are_due_a_day_before_their_end() -> None:
    links = Links(video=f"https://h/a?Expires={END}", page="https://h/page").given(NOW)
    assert links.expire_at == END
    assert links.work_at(END - 1)
    assert not links.work_at(END)
    assert not links.due(END - SOON - 1)
    assert links.due(END - SOON)
    page = Links(page="https://h/page").given(NOW)
    assert (page.expire_at, page.work_at(NOW), page.due(NOW)) == (None, False, True)
