"""The page of the results, in a real browser."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bulkgen.kinds.outcome import Detail, Links
from bulkgen.ledger.state import State
from bulkgen.model import Table
from bulkgen.results.cards import cards
from bulkgen.results.entries import entries
from bulkgen.results.page import page_of
from tests.browser import PATIENCE, Browser
from tests.command import ROOT, bulkgen, events, results
from tests.making import built, table

MEDIA = ROOT / "bulkgen" / "sandbox" / "media"
VIDEO, SOUND = MEDIA / "video.webm", MEDIA / "audio.mp3"
LINK = "https://media.example/{}.webm"

expect.set_options(timeout=PATIENCE)

PEOPLE = ("Ann", "José", "Zoë", "李雷", "Omar")


def people(count: int = 5) -> Table:
    """Rows of two kinds, the last of them invalid."""
    lines = [
        [
            "avatar",
            f"p-{n}",
            PEOPLE[n % 5],
            f"Firm {n}",
            "look_ann",
            f"Hello {PEOPLE[n % 5]}, this is number {n}.",
            "",
            "",
        ]
        for n in range(count - 1)
    ]
    source = "https://example.com/tour.mp4"
    last = ["translation", "tour", "", "", "", "", source, "English; French"]
    return table(
        ["type", "row_id", "first_name", "company", "avatar_id", "script", "video", "output_languages"], *lines, last
    )


def gallery(
    folder: Path,
    sheet: Table,
    *,
    states: Sequence[State | None] | None = None,
    file: str = "",
    files: Mapping[str, str] | None = None,
    expires: str = "",
    key: str = "k",
    name: str = "leads.results.html",
    prefix: str = "video",
) -> Path:
    """The page of a sheet whose jobs are all done, or in these states, in their order."""
    rows = built(sheet).rows
    jobs = [job.fingerprint for row in rows for job in row.jobs]
    done = [
        State(1, "finished", id=f"{prefix}_{n}", duration=2.0 + n, finished_at="2026-11-21T10:00:00Z")
        for n in range(len(jobs))
    ]
    known = {job: state for job, state in zip(jobs, states or done, strict=True) if state}
    details = {
        job: Detail("completed", Links(video=LINK.format(n), thumbnail=f"https://media.example/{n}.jpg"))
        for n, job in enumerate(jobs)
        if job in known and known[job].shown.finished
    }
    found = entries(rows, known)
    shown = cards(sheet, found, details, lambda given: given)
    for job in shown.jobs:
        job.update({name: value for name, value in {"file": file, "files": files, "expires": expires}.items() if value})
    about = {
        "key": key,
        "title": "leads",
        "ticks": "leads.ticks.csv",
        "redo": "bulkgen run leads.xlsx --redo leads.ticks.csv",
        "renew": "bulkgen links leads.xlsx",
    }
    path = folder / name
    path.write_bytes(page_of(shown, about).encode())
    return path


def names(tab: Page) -> list[str]:
    """The cards that stand there, by the names that a screen reader says."""
    said = tab.locator(".card").evaluate_all("cards => cards.map(card => card.getAttribute('aria-label'))")
    return [each.rpartition(",")[0] for each in said]


def waited(tab: Page, what: str) -> None:
    """Goes on once this is true; the page's policy allows no other way to ask for it."""
    look = f"const look = () => ({what}) ? done() : requestAnimationFrame(look); look()"
    tab.evaluate(f"new Promise((done, fail) => {{ setTimeout(() => fail(Error('never')), {PATIENCE}); {look} }})")


def plays(tab: Page) -> None:
    waited(tab, "document.querySelector('[controls]')?.currentTime > 0")


def shown(tab: Page, text: str) -> None:
    expect(tab.locator("#shown")).to_have_text(text)


def test_a_page_asks_nothing_of_the_network_and_complains_of_nothing(browser: Browser, tmp_path: Path) -> None:
    def scene(tab: Page) -> int:
        tab.locator(".card").last.scroll_into_view_if_needed()
        expect(tab.locator(".card").last).to_have_attribute("data-filled", "yes")
        tab.keyboard.press("End")
        return tab.locator(".card").count()

    assert browser.see(gallery(tmp_path, people(60)), scene) == 61


def test_a_card_has_what_the_row_has_and_what_is_said(browser: Browser, tmp_path: Path) -> None:
    def scene(tab: Page) -> str:
        return tab.locator(".card").nth(1).inner_text()

    text = browser.see(gallery(tmp_path, people()), scene)
    for part in (
        "José · Firm 1",
        "✓ done",
        "row 3 · p-1 · avatar · 0:03",
        "Hello José, this is number 1.",
        "All 6 columns",
    ):
        assert part in text


def test_search_finds_names_columns_and_words_without_regard_to_case_and_accents(
    browser: Browser, tmp_path: Path
) -> None:
    def scene(tab: Page) -> None:
        for typed, found in (
            ("jose", ["José · Firm 1"]),
            ("NUMBER 2", ["Zoë · Firm 2"]),
            ("firm hello 李", ["李雷 · Firm 3"]),
            ("video_5", ["tour"]),
        ):
            tab.keyboard.press("/")
            tab.locator("#search").fill(typed)
            shown(tab, f"{len(found)} of 6")
            expect(tab.locator(".card").first).to_have_attribute("aria-label", f"{found[0]}, done")
            assert names(tab) == found, typed
            tab.keyboard.press("Escape")
        tab.locator("#search").fill("nobody")
        expect(tab.locator("#nothing")).to_be_visible()
        tab.locator("#clear").click()
        shown(tab, "6 in all")

    browser.see(gallery(tmp_path, people()), scene)


def test_filters_and_orders(browser: Browser, tmp_path: Path) -> None:
    states = [
        State(1, "finished", id="a", duration=9.0, finished_at="2026-11-21T10:00:00Z"),
        State(1, "failed", id="b", code="content_policy_violation"),
        State(1, "submitted", id="c"),
        None,
        State(1, "finished", id="d", duration=2.0, finished_at="2026-11-22T10:00:00Z"),
        State(1, "finished", id="e", duration=5.0, finished_at="2026-11-20T10:00:00Z"),
    ]

    def scene(tab: Page) -> None:
        choose = tab.locator
        options = choose("#status option").all_inner_texts()
        assert options == ["All statuses", "done (3)", "failed (1)", "queued (1)", "rendering (1)"]
        choose("#status").select_option("failed")
        shown(tab, "1 of 6")
        why = choose(".why").inner_text()
        assert why.startswith("Leads!F3 script\n")
        assert "HeyGen's content rules do not allow" in why
        assert "Edit the row and run again" in why
        choose("#status").select_option("")
        choose("#kind").select_option("translation")
        shown(tab, "2 of 6")
        choose("#language").select_option("French")
        shown(tab, "1 of 6")
        choose("#language").select_option("")
        choose("#kind").select_option("")
        for order, first in (
            ("status", "José · Firm 1"),
            ("name", "Ann · Firm 0"),
            ("finished", "tour"),
            ("seconds", "Ann · Firm 0"),
        ):
            choose("#sort").select_option(order)
            expect(tab.locator(".card h2").first).to_have_text(first)
        assert names(tab)[:3] == ["Ann · Firm 0", "tour", "tour"]  # the longest first

    browser.see(gallery(tmp_path, people(), states=states), scene)


def test_a_link_is_played_when_the_person_presses_play_and_not_before(browser: Browser, tmp_path: Path) -> None:
    def scene(tab: Page) -> None:
        assert browser.asked == []
        tab.locator(".play").nth(1).click()
        plays(tab)

    browser.see(gallery(tmp_path, people()), scene, files={LINK.format(1): VIDEO}, bidden=True)
    assert set(browser.asked) == {LINK.format(1)}


def test_a_link_that_has_expired_says_what_to_do(browser: Browser, tmp_path: Path) -> None:
    def scene(tab: Page) -> str:
        tab.locator(".play").first.click()
        expect(tab.locator(".stage .still").first).to_be_visible()
        return tab.locator(".stage").first.inner_text()

    assert "For fresh links: bulkgen links leads.xlsx" in browser.see(gallery(tmp_path, people()), scene, bidden=True)


def test_the_file_on_this_computer_goes_before_the_link(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "leads.files").mkdir()
    (tmp_path / "leads.files" / "a b#1.webm").write_bytes(VIDEO.read_bytes())

    def scene(tab: Page) -> None:
        waited(tab, "document.querySelector('.stage video').readyState > 0")  # its first picture, before it is played
        tab.locator(".play").first.click()
        plays(tab)

    browser.see(gallery(tmp_path, people(), file="leads.files/a%20b%231.webm"), scene)


def test_where_the_file_is_gone_the_link_is_played_but_only_then(browser: Browser, tmp_path: Path) -> None:
    def scene(tab: Page) -> None:
        expect(tab.locator(".card").first).to_have_attribute("data-filled", "yes")
        assert browser.asked == []
        tab.locator(".play").first.click()
        plays(tab)

    browser.see(
        gallery(tmp_path, people(), file="leads.files/gone.webm"), scene, files={LINK.format(0): VIDEO}, bidden=True
    )
    assert set(browser.asked) == {LINK.format(0)}


def test_a_link_that_says_it_has_expired_is_not_asked_for(browser: Browser, tmp_path: Path) -> None:
    def scene(tab: Page) -> tuple[str, list[str]]:
        tab.locator(".play").first.click()
        return tab.locator(".card").first.inner_text(), tab.locator(".card").first.locator("a").all_inner_texts()

    path = gallery(tmp_path, people(), expires="2020-01-01T00:00:00Z")
    text, links = browser.see(path, scene)
    assert text.startswith("This does not play")
    assert "Its links have expired: bulkgen links leads.xlsx" in text
    assert links == []
    later = gallery(tmp_path, people(), expires="2999-01-01T00:00:00Z")
    assert browser.see(later, lambda tab: tab.locator(".card").first.locator("a").all_inner_texts()) == ["Video"]


def test_a_picture_on_this_computer_is_shown_at_once(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "still.jpg").write_bytes((MEDIA / "picture.jpg").read_bytes())

    def scene(tab: Page) -> list[str]:
        waited(tab, "document.querySelector('.stage img')?.naturalWidth > 0")
        return tab.locator(".card").first.locator("a").all_inner_texts()

    path = gallery(tmp_path, people(), files={"thumbnail": "still.jpg", "captions": "a.srt"})
    assert browser.see(path, scene) == ["Picture (file)", "Captions (file)", "Video"]


def test_pictures_are_loaded_when_the_person_says_so(browser: Browser, tmp_path: Path) -> None:
    picture = MEDIA / "picture.jpg"

    def scene(tab: Page) -> None:
        assert browser.asked == []
        tab.locator("#pictures").click()
        waited(tab, "document.querySelector('.stage img')?.naturalWidth > 0")
        assert tab.locator("#pictures").is_hidden()

    addresses = {f"https://media.example/{n}.jpg": picture for n in range(9)}
    browser.see(gallery(tmp_path, people()), scene, files=addresses, bidden=True)
    assert set(browser.asked) <= addresses.keys()


def test_nothing_in_a_cell_comes_alive(browser: Browser, tmp_path: Path) -> None:
    tags = "<img src=x onerror=alert(1)></script><script>alert(2)</script><!--<script>"
    evil = f"{tags}\u2028\u2029 @@style@@ \u202e&lt;b&gt;"
    sheet = table(
        [evil, "row_id", "first_name", "avatar_id", "script", "__proto__"],
        [evil, evil, evil, "look_ann", evil, "javascript:alert(3) \ud800"],
    )
    rows = built(sheet).rows
    (job,) = rows[0].jobs
    links = Links(video="javascript:alert(4)", page="data:text/html,<script>alert(5)</script>", captions="http://[")
    found = entries(rows, {job.fingerprint: State(1, "finished", id=evil)})
    path = tmp_path / "evil.html"
    made = cards(sheet, found, {job.fingerprint: Detail("completed", links)}, lambda file: file)
    path.write_bytes(page_of(made, {"key": evil, "title": evil, "ticks": "t.csv", "redo": evil}).encode())

    def scene(tab: Page) -> tuple[str, int, list[str]]:
        tab.locator(".card .more").click()
        text = tab.locator(".card").inner_text()
        alive = tab.locator(".card img, .card script, .card b").count()
        hrefs = tab.locator(".card a").evaluate_all("links => links.map(link => link.href)")
        return text, alive, hrefs

    text, alive, hrefs = browser.see(path, scene)
    assert (alive, hrefs) == (0, [])
    assert text.count(tags) >= 4
    assert "@@style@@" in text
    assert "javascript:alert(3)" in text


def test_a_script_that_somebody_puts_into_the_page_does_not_run(browser: Browser, tmp_path: Path) -> None:
    path = gallery(tmp_path, people())
    put = "<script>document.title = 'alive'</script><img src=x onerror=\"document.title = 'alive'\">"
    path.write_text(path.read_text("utf-8").replace("<footer", f"{put}<footer"), "utf-8")

    def scene(tab: Page) -> tuple[str, int]:
        return tab.title(), tab.locator(".card").count()

    assert browser.see(path, scene, bidden=True) == ("leads", 6)


def test_the_keyboard_alone_does_it_all(browser: Browser, tmp_path: Path) -> None:
    def scene(tab: Page) -> None:
        press = tab.keyboard.press

        def at() -> str:
            return str(
                tab.evaluate("document.activeElement.querySelector('h2')?.textContent ?? document.activeElement.id")
            )

        press("j")
        assert at() == "Ann · Firm 0"
        press("j")
        assert at() == "José · Firm 1"
        press("ArrowRight")
        press("k")
        assert at() == "José · Firm 1"
        press("ArrowDown")
        assert at() == "tour"  # four stand in a line
        press("ArrowUp")
        press("a")
        press("r")
        press("n")
        tab.keyboard.type("j/k and a space")
        press("Escape")
        assert at() == "José · Firm 1"
        press(" ")
        plays(tab)
        press("/")
        assert at() == "search"
        pressed = tab.locator("[aria-pressed=true]").evaluate_all("all => all.map(each => each.dataset.tick)")
        assert pressed == ["redo", "note"]  # what is to be made again is not approved
        press("Tab")
        assert at() == "status"
        stops = tab.locator(".card:is([tabindex='0'], :has([tabindex='0']))")
        assert stops.count() == 1  # the Tab key goes through one card, not through all
        assert stops.locator("button[tabindex='0']").count() == 4

    files = {LINK.format(1): VIDEO}
    browser.see(gallery(tmp_path, people()), scene, files=files, bidden=True, viewport={"width": 1300, "height": 900})


def tick(tab: Page, card: int, what: str) -> None:
    tab.locator(".card").nth(card).locator(f"[data-tick={what}]").click()


def pressed(tab: Page) -> list[str]:
    expect(tab.locator(".card").first).to_have_attribute("data-filled", "yes")
    return list(tab.locator("[aria-pressed=true]").evaluate_all("all => all.map(each => each.dataset.tick)"))


def saved(tab: Page) -> list[dict[str, str]]:
    with tab.expect_download() as waited:
        tab.locator("#export").click()
    assert waited.value.suggested_filename == "leads.ticks.csv"
    data = waited.value.path().read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_ticks_outlive_the_page_and_end_with_the_result_that_they_are_of(browser: Browser, tmp_path: Path) -> None:
    note = '=cmd|"x"!A1,\nsecond line'
    path = gallery(tmp_path, people())

    def scene(tab: Page) -> None:
        assert tab.locator("#export").is_disabled()
        tick(tab, 0, "approved")
        tick(tab, 1, "redo")
        tick(tab, 1, "note")
        tab.keyboard.insert_text(note)
        gallery(tmp_path, people())  # the page is written anew
        tab.reload()
        assert pressed(tab) == ["approved", "redo", "note"]
        assert tab.locator("textarea").input_value() == note
        first, second = saved(tab)
        assert first == {
            "row": "2", "row_id": "p-0", "name": "Ann · Firm 0", "language": "", "approved": "yes", "redo": "",
            "note": "", "result_status": "done", "result_id": "video_0",
        }  # fmt: skip
        assert (second["redo"], second["note"], second["result_id"]) == ("yes", f"'{note}", "video_1")
        tab.locator("#ticked").select_option("redo")
        shown(tab, "1 of 6")
        tab.goto(gallery(tmp_path, people(), key="another sheet", name="other.html").as_uri())
        assert pressed(tab) == []
        tab.goto(gallery(tmp_path, people(), prefix="made_again").as_uri())
        assert pressed(tab) == ["note"]

    browser.see(path, scene)


def test_what_is_ticked_is_made_again_once_however_often_the_command_is_typed(browser: Browser, tmp_path: Path) -> None:
    sheet = tmp_path / "leads.csv"
    sheet.write_text("avatar_id,script,first_name\n" + "".join(f"look_ann,Hello {n},N{n}\n" for n in range(4)), "utf-8")
    bulkgen(tmp_path, "run", "leads.csv", "--sandbox")

    def scene(tab: Page) -> None:
        assert "--redo leads.ticks.csv --sandbox" in tab.locator("#how").inner_text()
        tick(tab, 2, "redo")
        tick(tab, 0, "approved")
        with tab.expect_download() as waited:
            tab.locator("#export").click()
        waited.value.save_as(tmp_path / "leads.ticks.csv")

    page = tmp_path / "leads.sandbox.results.html"
    browser.see(page, scene)
    lines = sheet.read_text("utf-8").splitlines()
    sheet.write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n", "utf-8")  # sorted since
    before = [line["result_id"] for line in results(tmp_path, "leads.sandbox.results.csv")]
    done = bulkgen(tmp_path, "run", "leads.csv", "--redo", "leads.ticks.csv", "--sandbox", "--yes")
    assert done.returncode == 0, done.stderr
    after = [line["result_id"] for line in results(tmp_path, "leads.sandbox.results.csv")]
    assert [a == b for a, b in zip(before, reversed(after), strict=True)] == [True, True, False, True]
    again = bulkgen(tmp_path, "run", "leads.csv", "--redo", "leads.ticks.csv", "--sandbox", "--yes")
    assert "Nothing new" in again.stdout
    assert "1 of its 1 tick is left out (line 3)" in re.sub(r"\s+", " ", again.stderr)
    sent = [event for event in events(tmp_path / "leads.csv.sandbox.resume.jsonl") if event["event"] == "submitting"]
    assert len(sent) == 5


def test_five_thousand_cards_are_there_and_only_those_near_the_window_are_drawn(
    browser: Browser, tmp_path: Path
) -> None:
    def scene(tab: Page) -> None:
        shown(tab, "5,001 in all")
        filled = tab.locator("[data-filled]")
        expect(filled.first).to_be_attached()
        assert filled.count() < 100
        tab.locator("#search").fill("number 4321")
        shown(tab, "1 of 5,001")
        expect(tab.locator(".card h2")).to_have_text("José · Firm 4321")
        tab.locator("#search").fill("")
        shown(tab, "5,001 in all")
        tab.locator("#sort").select_option("seconds")
        expect(tab.locator(".card h2").first).to_have_text("tour")
        tab.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        expect(tab.locator(".card h2", has_text="Ann · Firm 0")).to_be_visible()
        assert filled.count() < 300

    browser.see(gallery(tmp_path, people(5_000)), scene)


def test_all_of_it_is_printed(browser: Browser, tmp_path: Path) -> None:
    def scene(tab: Page) -> None:
        assert tab.locator("[data-filled]").count() < 81
        data = tab.pdf()
        assert data.startswith(b"%PDF")
        assert tab.locator("[data-filled]").count() == 81
        tab.emulate_media(media="print")
        assert tab.locator("#tools").is_hidden()
        assert tab.locator(".card").nth(70).locator("dd").last.is_visible()

    browser.see(gallery(tmp_path, people(80)), scene)


@pytest.mark.parametrize("width", [320, 390, 800])
def test_nothing_is_cut_off_on_a_phone(browser: Browser, tmp_path: Path, width: int) -> None:
    def scene(tab: Page) -> None:
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert tab.locator("#search").is_visible()

    browser.see(gallery(tmp_path, people()), scene, viewport={"width": width, "height": 800})


def test_it_is_dark_where_the_person_has_it_dark(browser: Browser, tmp_path: Path) -> None:
    def scene(tab: Page) -> int:
        colour = str(tab.evaluate("getComputedStyle(document.body).backgroundColor"))
        return sum(map(int, re.findall(r"\d+", colour)))

    path = gallery(tmp_path, people())
    assert browser.see(path, scene, color_scheme="dark") < 150
    assert browser.see(path, scene, color_scheme="light") > 700


def test_a_rehearsal_says_so_and_plays_no_link(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "avatar_id,script,text,voice_id\nlook_ann,Hello,,\n,,Hello there,voice_ann\n", "utf-8"
    )
    bulkgen(tmp_path, "run", "a.csv", "--sandbox")

    def scene(tab: Page) -> tuple[list[str], int]:
        assert tab.locator("#rehearsal").is_visible()
        tab.locator(".play").click()  # the recording is a file
        plays(tab)
        return tab.locator(".card a").all_inner_texts(), tab.locator("#pictures:visible").count()

    assert browser.see(tmp_path / "a.sandbox.results.html", scene) == (
        ["File", "Words and times (file)", "Captions (file)"],
        0,
    )
