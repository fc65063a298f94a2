from __future__ import annotations

import httpx
import pytest

from bulkgen.errors import InputError
from bulkgen.sheet.google import export_address, fetch, local_name

ID = "1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789"
EDIT = f"https://docs.google.com/spreadsheets/d/{ID}/edit"
PUBLISHED = f"https://docs.google.com/spreadsheets/d/e/2PACX-{ID}/pubhtml"


@pytest.mark.parametrize(
    ("link", "address"),
    [
        (EDIT, f"https://docs.google.com/spreadsheets/d/{ID}/export?format=xlsx"),
        (f"{EDIT}?usp=sharing", f"https://docs.google.com/spreadsheets/d/{ID}/export?format=xlsx"),
        (f"{EDIT}#gid=7", f"https://docs.google.com/spreadsheets/d/{ID}/export?format=csv&gid=7"),
        (f"{EDIT}?gid=0#gid=0", f"https://docs.google.com/spreadsheets/d/{ID}/export?format=csv&gid=0"),
        (EDIT.replace("/d/", "/u/1/d/"), f"https://docs.google.com/spreadsheets/d/{ID}/export?format=xlsx"),
        (PUBLISHED, f"https://docs.google.com/spreadsheets/d/e/2PACX-{ID}/pub?output=xlsx"),
        (f"{PUBLISHED}?gid=5", f"https://docs.google.com/spreadsheets/d/e/2PACX-{ID}/pub?gid=5&single=true&output=csv"),
    ],
)
def test_every_form_of_link_leads_to_the_file(link: str, address: str) -> None:
    assert export_address(link) == address


def test_the_local_name_is_the_same_for_every_link_to_one_tab() -> None:
    assert local_name(f"{EDIT}#gid=7") == local_name(f"{EDIT}?usp=sharing&gid=7") == "google-1AbCdEfGhIjKlMnO-7.csv"
    assert local_name(EDIT) == "google-1AbCdEfGhIjKlMnO.xlsx"


@pytest.mark.parametrize(
    "link", ["https://example.com/a.xlsx", "http://docs.google.com/spreadsheets/d/1234567890x/edit",
             "https://docs.google.com/document/d/1234567890x/edit", "https://docs.google.com.evil.example/spreadsheets/d/1234567890"],
)  # fmt: skip
def test_other_links_are_refused(link: str) -> None:
    with pytest.raises(InputError, match="only those of Google Sheets"):
        local_name(link)


@pytest.mark.parametrize("path", ["", "/", "/u/0/", "/d/", "/d/abc/edit#gid=0", "/u/1/d/abc", "/d/e/2PACX/pubhtml"])
def test_a_link_of_google_sheets_that_was_cut_is_called_that(path: str) -> None:
    with pytest.raises(InputError, match=r"it was cut, or its id \(behind /d/\) is too short"):
        local_name(f"https://docs.google.com/spreadsheets{path}")


def answering(*responses: httpx.Response) -> httpx.MockTransport:
    left = list(responses)
    return httpx.MockTransport(lambda _: left.pop(0))


def test_the_file_is_fetched_over_googles_own_redirects() -> None:
    there = {"location": "https://doc-0s-sheets.googleusercontent.com/export/abc"}
    assert fetch(EDIT, answering(httpx.Response(307, headers=there), httpx.Response(200, content=b"PK"))) == b"PK"


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(302, headers={"location": "https://accounts.google.com/ServiceLogin"}),
        httpx.Response(302, headers={"location": "https://evil.example/"}),
        httpx.Response(302, headers={"location": "http://docs.google.com/"}),
        httpx.Response(401),
        httpx.Response(403),
        httpx.Response(200, text="<html>Sign in</html>", headers={"content-type": "text/html; charset=utf-8"}),
    ],
)
def test_a_sheet_that_is_not_shared_says_how_to_share_it(response: httpx.Response) -> None:
    with pytest.raises(InputError, match="Anyone with the link"):
        fetch(EDIT, answering(response))


def test_no_connection_and_no_such_sheet_are_told_in_words() -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    with pytest.raises(InputError, match="can't be fetched"):
        fetch(EDIT, httpx.MockTransport(fail))
    with pytest.raises(InputError, match="no such sheet"):
        fetch(EDIT, answering(httpx.Response(404)))
