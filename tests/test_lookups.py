"""What the rows refer to is looked up in the account once, and no further than needed."""

from __future__ import annotations

from collections import Counter

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

pytestmark = pytest.mark.anyio


class Counting(httpx.AsyncBaseTransport):
    """The stand-in, with every request counted by its path."""

    def __init__(self, **settings: object) -> None:
        self._wire = VirtualWire(World(Settings().changed(settings)))
        self.paths: Counter[str] = Counter()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.paths[request.url.path] += 1
        return await self._wire.handle_async_request(request)


async def looked_up(sheet: Table, wire: Counting, *, lenient: bool = False) -> tuple[Built, AccountLookup]:
    builder = Builder(sheet, ReadOptions("leads"))
    built = builder.build(Account())
    async with connect("https://heygen.test", DEFAULT_KEY, wire) as http:
        lookup = AccountLookup(client=HeyGen(http), lenient=lenient)
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


async def test_a_list_that_the_key_may_not_read_is_left_out_with_a_note_but_templates_are_needed() -> None:
    def closed(path: str) -> dict[str, object]:
        return {"script": [{"method": "GET", "path": path, "fault": "error_before:403"}]}

    built, lookup = await looked_up(table(["text", "voice_id"], ["Hi", "v"]), Counting(**closed("/v3/voices")))
    assert not built.mistakes
    assert Lookup.SPEECH_VOICE not in lookup.account.listed
    assert "may not read the account's speech voices" in lookup.notes[0]
    with pytest.raises(Forbidden):
        await looked_up(table(["template_id", "x"], ["tpl_hello", "y"]), Counting(**closed("/v3/templates")))
