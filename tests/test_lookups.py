"""What the rows refer to is looked up in the account once, and no further than needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from bulkgen.errors import Forbidden
from bulkgen.heygen.client import HeyGen, connect
from bulkgen.heygen.lookups import AccountLookup
from bulkgen.kinds.account import Account
from bulkgen.kinds.columns import Lookup
from bulkgen.model import Table
from bulkgen.rows.build import Builder, ReadOptions
from bulkgen.rows.built import Built
from tests.making import table
from tests.standin.settings import DEFAULT_KEY, Settings
from tests.standin.virtual import VirtualWire
from tests.standin.world import World
from tests.story import Story

pytestmark = pytest.mark.anyio


class Counting(httpx.AsyncBaseTransport):
    """The stand-in, with every request counted by its path."""

    def __init__(self, **settings: object) -> None:
        self._wire = VirtualWire(World(Settings().changed(settings)))
        self.paths: Counter[str] = Counter()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.paths[request.url.path] += 1
        return await self._wire.handle_async_request(request)


async def looked_up(
    sheet: Table, wire: Counting, *, lenient: bool = False, recorded: Mapping[tuple[Lookup, str], str] | None = None
) -> tuple[Built, AccountLookup]:
    builder, account = Builder(sheet, ReadOptions("leads")), Account(recorded=recorded or {})
    built = builder.build(account)
    async with connect("https://heygen.test", DEFAULT_KEY, wire) as http:
        lookup = AccountLookup(client=HeyGen(http), lenient=lenient, account=account)
        while await lookup.gather(built.needs):
            built = builder.build(lookup.account)
    return built, lookup


async def test_a_thousand_rows_of_one_template_make_one_look_up() -> None:
    rows = [["tpl_hello", f"Ann {n}", "Acme"] for n in range(1000)]
    wire = Counting()
    built, _ = await looked_up(table(["template_id", "first_name", "company"], *rows), wire)
    assert not built.mistakes
    assert wire.paths == {"/v3/templates/tpl_hello": 1}


async def test_the_list_of_templates_is_read_only_to_name_the_one_that_was_meant() -> None:
    wire = Counting()
    built, _ = await looked_up(table(["template_id", "first_name"], ["tpl_helo", "Ann"]), wire)
    assert "Did you mean tpl_hello?" in built.mistakes[0].fix
    assert wire.paths["/v3/templates"] == 1


async def test_a_voice_that_a_template_asks_for_is_looked_up_in_a_second_round() -> None:
    wire = Counting()
    sheet = table(["template_id", "first_name", "speaker"], ["tpl_full", "Ann", "voice_nobody"])
    built, _ = await looked_up(sheet, wire)
    assert [(issue.header, issue.cause) for issue in built.mistakes] == [("speaker", "is no voice of this account")]


async def test_a_list_is_read_no_further_than_needed() -> None:
    wire = Counting()
    built, _ = await looked_up(table(["text", "voice_id"], ["Hi", "voice_mine"]), wire)
    assert not built.mistakes
    assert wire.paths == {"/v3/voices": 1}


async def test_what_no_list_shows_may_exist_all_the_same() -> None:
    wire = Counting()
    sheet = table(["avatar_id", "script", "voice_id"], ["look_hidden", "Hi", "voice_hidden"])
    built, _ = await looked_up(sheet, wire)
    assert not built.mistakes
    assert not built.warnings
    assert wire.paths["/v3/voices/voice_hidden"] == 1


async def test_a_voice_of_another_engine_is_a_mistake_for_a_recording_in_a_rehearsal_too() -> None:
    sheet = table(["text", "voice_id"], ["Hi", "voice_eleven"])
    for lenient in (False, True):
        built, _ = await looked_up(sheet, Counting(), lenient=lenient)
        assert [issue.cause for issue in built.mistakes] == ["is a voice that can't make voice-overs"]


async def test_a_voice_that_is_known_by_its_id_needs_no_list_of_all_the_world() -> None:
    wire = Counting()
    built, _ = await looked_up(table(["avatar_id", "script", "voice_id"], ["look_mine", "Hi", "voice_page_119"]), wire)
    assert not built.mistakes
    assert wire.paths == {"/v3/avatars/looks": 1, "/v3/voices": 1, "/v3/voices/voice_page_119": 1}


async def test_a_name_is_looked_for_in_the_whole_list_once() -> None:
    wire = Counting()
    sheet = table(["avatar_id", "script", "voice_id"], ["look_mine", "Hi", "Page_002"], ["look_mine", "Hi", "PAGE_003"])
    built, lookup = await looked_up(sheet, wire)
    assert [job.body["voice_id"] for row in built.rows for job in row.jobs] == ["voice_page_002", "voice_page_003"]
    assert wire.paths["/v3/voices"] == 3  # one page of the account's own, two of all the world's
    assert [each.word for each in built.named] == ["Page_002", "PAGE_003"]
    again = AccountLookup(client=lookup.client, account=lookup.account)
    assert not await again.gather(built.needs)


async def test_a_name_that_was_used_before_takes_one_look_at_its_id() -> None:
    wire = Counting(names={"tpl_hello": "Welcome"})
    recorded = {(Lookup.TEMPLATE, "welcome"): "tpl_hello", (Lookup.VOICE, "page_002"): "voice_page_002"}
    headers = ["template_id", "first_name", "company", "avatar_id", "script", "voice_id"]
    sheet = table(headers, ["Welcome", "Ann", "Acme"], [None, None, None, "look_mine", "Hi", "Page_002"])
    built, _ = await looked_up(sheet, wire, recorded=recorded)
    assert not built.mistakes
    assert wire.paths == {
        "/v3/templates/tpl_hello": 1,
        "/v3/voices": 1,
        "/v3/voices/voice_page_002": 1,
        "/v3/avatars/looks": 1,
    }


async def test_an_id_that_exists_goes_before_a_name() -> None:
    wire = Counting(names={"tpl_full": "tpl_plain", "voice_bob": "voice_hidden"})
    sheet = table(["template_id"], ["tpl_plain"])
    built, _ = await looked_up(sheet, wire)
    assert [job.template_id for row in built.rows for job in row.jobs] == ["tpl_plain"]
    built, _ = await looked_up(table(["avatar_id", "script", "voice_id"], ["look_mine", "Hi", "voice_hidden"]), wire)
    assert [job.body["voice_id"] for row in built.rows for job in row.jobs] == ["voice_hidden"]


async def test_voices_of_one_name_are_told_apart_by_what_heygen_says_of_them() -> None:
    wire = Counting(names={"voice_mine": "Ann"})
    built, _ = await looked_up(table(["text", "voice_id"], ["Hi", "Ann"]), wire)
    assert [issue.cause for issue in built.mistakes] == ["is the name of 2 speech voices"]
    assert "voice_mine (English, female, private), voice_ann (English, female, public)" in built.mistakes[0].fix


async def test_a_name_in_a_list_that_the_key_may_not_read_is_a_mistake_an_id_is_taken_as_it_is() -> None:
    fault = {"script": [{"method": "GET", "path": "/v3/folders", "fault": "error_before:403"}]}
    headers = ["avatar_id", "script", "folder_id"]
    built, _ = await looked_up(table(headers, ["look_mine", "Hi", "My folder"]), Counting(**fault))
    assert "is a name, and this key may not read the account's folders" in built.mistakes[0].cause
    for folder, recorded in (("folder_9", {}), ("My folder", {(Lookup.FOLDER, "my folder"): "folder_9"})):
        sheet = table(headers, ["look_mine", "Hi", folder])
        built, lookup = await looked_up(sheet, Counting(**fault), recorded=recorded)
        assert not built.mistakes
        assert built.rows[0].jobs[0].body["folder_id"] == "folder_9"
        assert len(lookup.notes) == 1


async def test_an_account_without_glossaries_is_no_obstacle() -> None:
    fault = {"script": [{"method": "GET", "path": "/v3/brand-glossaries", "fault": "error_before:404"}]}
    sheet = table(["avatar_id", "script", "brand_glossary_id"], ["look_mine", "Hi", "bg_1"])
    built, lookup = await looked_up(sheet, Counting(**fault))
    assert not built.mistakes
    assert lookup.notes == ["HeyGen does not list this account's glossaries: they are not checked."]


async def test_a_glossary_that_no_list_shows_gets_a_word_and_a_name_of_none_is_a_mistake() -> None:
    headers = ["avatar_id", "script", "brand_glossary_id"]
    rows = [["look_mine", "Hi", each] for each in ("glossary_1", "Glossary 1", "glossary_9", "Our words")]
    built, _ = await looked_up(table(headers, *rows), Counting())
    assert [job.body.get("brand_glossary_id") for row in built.rows for job in row.jobs] == [
        "glossary_1", "glossary_1", "glossary_9",
    ]  # fmt: skip
    told = [(issue.row, issue.code, issue.warning) for row in built.rows for issue in row.issues]
    assert told == [(4, "unknown_glossary", True), (5, "unknown_glossary", False)]


async def test_a_template_that_is_listed_but_not_shown_is_a_mistake() -> None:
    wire = Counting(script=[{"method": "GET", "path": "/v3/templates/tpl_hello", "fault": "error_before:404"}])
    built, _ = await looked_up(table(["template_id", "first_name"], ["tpl hello", "Ann"]), wire)
    assert [issue.code for issue in built.mistakes] == ["unusable_template"]


async def test_a_list_that_the_key_may_not_read_is_left_out_with_a_note_but_templates_are_needed() -> None:
    def closed(path: str) -> dict[str, object]:
        return {"script": [{"method": "GET", "path": path, "fault": "error_before:403"}]}

    built, lookup = await looked_up(table(["text", "voice_id"], ["Hi", "v"]), Counting(**closed("/v3/voices")))
    assert not built.mistakes
    assert Lookup.SPEECH_VOICE not in lookup.account.listed
    assert "may not read the account's speech voices" in lookup.notes[0]
    with pytest.raises(Forbidden):
        await looked_up(table(["template_id", "x"], ["tpl_hello", "y"]), Counting(**closed("/v3/templates")))


async def test_an_id_that_heygen_lists_is_taken_whatever_it_looks_like_but_for_a_path() -> None:
    odd = "look of 2019 (1)"
    items = {"data": [{"id": odd, "name": "Ann in 2019"}], "has_more": False, "next_token": None}

    async def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=items)

    for column, lookup, found in (("avatar_id", Lookup.LOOK, odd), ("template_id", Lookup.TEMPLATE, None)):
        async with connect("https://heygen.test", DEFAULT_KEY, httpx.MockTransport(answer)) as http:
            account_lookup = AccountLookup(client=HeyGen(http))
            builder = Builder(table([column, "script"], ["ann in 2019", "Hi"]), ReadOptions("leads"))
            built = builder.build(Account())
            while await account_lookup.gather(built.needs):
                built = builder.build(account_lookup.account)
        assert (odd in account_lookup.account.listed[lookup]) == (found is not None)
        assert [each.id for each in built.named] == ([found] if found else [])


# Assets ---------------------------------------------------------------------------------------------------------------


def test_an_asset_that_the_account_does_not_have_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    folder = tmp_path / "sheets"
    folder.mkdir()
    with Story(folder) as story:
        story.sheet(
            "leads.csv",
            "avatar_id,script,audio_asset_id,background.asset_id",
            "look_ann,Hello,,asset_sky",
            "look_ann,Hello,,nowhere",
            "look_ann,,gone_1,",
        )
        told = story.run("leads.csv", code=2)
        assert "leads!D3: background.asset_id 'nowhere' is no asset of this account" in told.text
        assert "leads!C4: audio_asset_id 'gone_1' is no asset of this account" in told.text
        assert "D2" not in told.text
        story.sheet(
            "films.csv", "video,languages", "asset_tour,French", "nowhere,French", "https://example.com/a,French"
        )
        told = story.type("check", "films.csv", "--sandbox")
        assert "films!A3: video 'nowhere' is no asset of this account" in told.text
        assert "The sandbox can't know your own and takes it as it is." in told.text
        assert story.charges == 0


@pytest.mark.parametrize(
    ("fault", "noted"),
    [
        ("error_before:403:forbidden", "The key may not read the account's assets: they are not checked."),
        ("error_before:404:not_found", ""),
        ("page_before:404", ""),
        ("error_before:500", ""),
    ],
)
def test_where_it_can_not_be_known_heygen_is_left_to_judge(tmp_path: Path, fault: str, noted: str) -> None:
    folder = tmp_path / "sheets"
    folder.mkdir()
    with Story(folder, script=[{"method": "GET", "path": "/v3/assets/", "fault": fault}]) as story:
        story.sheet("leads.csv", "avatar_id,script,background.asset_id", "look_ann,Hello,asset_sky")
        missing = fault == "error_before:404:not_found"
        told = story.type("check", "leads.csv", code=2 if missing else 0)
        assert ("is no asset" in told.text) == missing
        assert noted in told.text


def many(count: int, gone: int) -> Table:
    names = [f"asset_{number}" if number >= gone else f"gone_{number}" for number in range(count)]
    return table(["avatar_id", "script", "background.asset_id"], *(["look_ann", "Hi", name] for name in names))


async def test_thousands_of_assets_take_a_call_for_each_hundred_and_one_for_each_that_is_not_known() -> None:
    wire = Counting()
    built, lookup = await looked_up(many(1_050, 3), wire)
    assert [issue.value for issue in built.mistakes] == ["gone_0", "gone_1", "gone_2"]
    assert wire.paths["/v3/assets/statuses"] == 11
    assert sum(count for path, count in wire.paths.items() if path.startswith("/v3/assets/gone")) == 3
    assert not [path for path in wire.paths if path.startswith("/v3/assets/asset_")]
    assert not lookup.notes


async def test_a_hundred_are_asked_for_one_by_one() -> None:
    wire = Counting()
    await looked_up(many(100, 0), wire)
    assert wire.paths["/v3/assets/statuses"] == 0


async def test_none_is_refused_by_the_word_of_a_list_alone_and_what_was_not_asked_for_is_told() -> None:
    built, lookup = await looked_up(many(150, 120), Counting())
    assert len(built.mistakes) == 100
    assert lookup.notes == ["20 more ids of assets may be none of this account's: only 100 were asked for."]


async def test_where_heygen_tells_no_statuses_the_first_hundred_are_looked_up() -> None:
    wire = Counting(script=[{"method": "GET", "path": "/v3/assets/statuses", "fault": "error_before:404:not_found"}])
    built, lookup = await looked_up(many(150, 2), wire)
    assert [issue.value for issue in built.mistakes] == ["gone_0", "gone_1"][: len(built.mistakes)]
    assert lookup.notes == ["Of 150 ids of assets the first 100 were looked up, the others were not."]


async def test_a_key_that_may_read_no_statuses_reads_no_assets() -> None:
    wire = Counting(script=[{"method": "GET", "path": "/v3/assets/statuses", "fault": "error_before:403:forbidden"}])
    built, lookup = await looked_up(many(150, 2), wire)
    assert not built.mistakes
    assert lookup.notes == ["The key may not read the account's assets: they are not checked."]
