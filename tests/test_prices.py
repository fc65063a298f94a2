"""What a job costs for each second: the price list, and the file that it comes from."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulkgen import Batch, Settings
from bulkgen.batch.price_source import SIZE_LIMIT, own_prices, read_prices
from bulkgen.errors import Exit, InputError
from bulkgen.kinds import KINDS
from bulkgen.kinds.avatar import AvatarRequest
from bulkgen.kinds.translation import TranslationRequest
from bulkgen.pricing.price_file import parse_prices
from bulkgen.pricing.prices import FRESH_DAYS, Price, Prices, Tariff, Unit
from bulkgen.pricing.spread import Spread
from tests.command import ROOT, SAMPLES, bulkgen
from tests.documents import DOCUMENTS
from tests.making import avatar_job, speech_job, translation_job

OWN = (ROOT / "bulkgen" / "prices.toml").read_text(encoding="utf-8")


def spread(low: float, likely: float, high: float) -> Spread:
    return Spread(low=low, likely=likely, high=high)


def exactly(amount: float) -> Spread:
    return Spread.exactly(amount)


# What a job costs --------------------------------------------------------------------------------------------------

AVATAR_IV = Tariff(unit=Unit.OUTPUT_SECOND, usd=spread(0.05, 0.0667, 0.0667), credits=exactly(0.1))
TEMPLATE = Tariff(unit=Unit.OUTPUT_SECOND, usd=spread(0.0167, 0.0667, 0.0667), credits=spread(0.0033, 0.1, 0.1))
SPEED = Tariff(unit=Unit.OUTPUT_SECOND, usd=exactly(0.0333), credits=exactly(0.05))
SPEECH = Tariff(unit=Unit.OUTPUT_SECOND, usd=exactly(0.000667), credits=exactly(0.000333))


@pytest.mark.parametrize(
    ("sample", "tariffs"),
    [
        ("leads.xlsx", {"template": TEMPLATE}),
        ("avatars.csv", {"avatar": AVATAR_IV}),
        ("translations.csv", {"translation": SPEED}),
        ("voiceovers.csv", {"speech": SPEECH}),
        ("mixed.csv", {"template": TEMPLATE, "avatar": AVATAR_IV, "translation": SPEED, "speech": SPEECH}),
    ],
)
def test_each_job_of_the_samples_has_its_price(tmp_path: Path, sample: str, tariffs: Mapping[str, Tariff]) -> None:
    sheet = Path(shutil.copy(SAMPLES / sample, tmp_path))
    planned = Batch.open(sheet, Settings(sandbox=True)).check()
    prices = planned.judged.opened.prices
    assert planned.plan.send
    assert {job.kind: prices.of(job) for job in planned.plan.send} == tariffs


def test_what_was_looked_up_settles_what_the_request_leaves_open() -> None:
    job = avatar_job()
    look = KINDS["avatar"].priced_by_type(job.request)["avatar_type"]
    photo, twin = ({look: type_} for type_ in ("photo_avatar", "digital_twin"))
    assert tariff(own_prices().of(job, photo)).usd == exactly(0.05)
    assert tariff(own_prices().of(job, twin)).usd == exactly(0.0667)
    assert tariff(own_prices().of(job, {"another": "photo_avatar"})) == AVATAR_IV


def test_the_type_of_a_look_is_known_from_the_list_that_it_is_checked_against(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("avatar_id,script\nlook_abigail,Hello Ann.\nlook_unknown,Hello Ann.\n")
    planned = Batch.open(tmp_path / "leads.csv", Settings(sandbox=True)).check()
    listed, unknown = (each.cost.price for each in planned.costs.by_job.values() if each.cost)
    assert listed.low == listed.high
    assert unknown.low < unknown.high


def tariff(found: Tariff | None) -> Tariff:
    assert found
    return found


_AVATAR = {"type": "avatar", "avatar_id": "look", "script": "Hello"}
_TRANSLATION = {"video": {"type": "url", "url": "https://example.com/v.mp4"}, "output_languages": ["French"]}


@pytest.mark.parametrize(
    ("kind", "wish", "low", "likely", "high"),
    [
        ("avatar", {**_AVATAR, "resolution": "4k"}, 0.0667, 0.0833, 0.0833),
        ("avatar", {**_AVATAR, "engine": {"type": "avatar_v"}, "resolution": "720p"}, 0.0667, 0.0667, 0.0667),
        ("avatar", {**_AVATAR, "engine": {"type": "avatar_iii"}}, 0.0167, 0.0167, 0.0433),
        ("avatar", {**_AVATAR, "engine": {"type": "avatar_iv"}, "resolution": None}, 0.05, 0.0667, 0.0667),
        ("template", {"variables": {}, "dimension": {"width": 1080, "height": 1920}}, 0.0167, 0.0667, 0.0667),
        ("template", {"variables": {}, "dimension": {"width": 3840, "height": 2160}}, 0.02, 0.0833, 0.0833),
        ("translation", {**_TRANSLATION, "mode": "precision"}, 0.0667, 0.0667, 0.0667),
        ("translation", {**_TRANSLATION, "translate_audio_only": True}, 0.0167, 0.0333, 0.0333),
        ("translation", {**_TRANSLATION, "translate_audio_only": True, "mode": "precision"}, 0.0167, 0.0333, 0.0667),
    ],
)
def test_the_price_follows_what_the_row_asks_for(
    kind: str, wish: dict[str, object], low: float, likely: float, high: float
) -> None:
    told = KINDS[kind].priced_by(KINDS[kind].request.model_validate(wish))
    assert tariff(own_prices().tariff(kind, told)).usd == spread(low, likely, high)


def test_a_kind_without_a_price_costs_nobody_knows_what() -> None:
    prices = parse_prices(file(entry("avatar")))
    assert prices.of(translation_job()) is None
    assert prices.of(speech_job()) is None
    assert prices.of(avatar_job()) is not None


def test_a_currency_that_one_of_the_prices_does_not_have_is_not_known() -> None:
    prices = parse_prices(file(entry("a", when='mode = "x"', paid="2"), entry("a", when='mode = "y"')))
    assert tariff(prices.tariff("a", {})) == Tariff(unit=Unit.ITEM, usd=exactly(0.5), credits=None)
    assert tariff(prices.tariff("a", {"mode": "x"})).credits == exactly(2)


# The list that comes with bulkgen ----------------------------------------------------------------------------------


def test_every_wish_that_a_row_can_have_has_a_price() -> None:
    """By the words that HeyGen's own fields take, for each condition on the list."""
    engines = ("avatar_iii", "avatar_iv", "avatar_v")
    looks = ("digital_twin", "studio_avatar", "photo_avatar")
    modes = [word for each in get_args(TranslationRequest.model_fields["mode"].annotation) for word in [each]]
    resolutions = [
        word for part in get_args(AvatarRequest.model_fields["resolution"].annotation) for word in get_args(part)
    ]
    assert (modes, resolutions) == (["speed", "precision"], ["4k", "1080p", "720p"])
    wishes: dict[str, list[dict[str, str]]] = {
        "avatar": [
            {"engine": engine, "avatar_type": look, "resolution": resolution}
            for engine, look, resolution in product(engines, looks, resolutions)
        ],
        "template": [{"resolution": resolution} for resolution in ("1080p", "4k")],
        "translation": [{"mode": mode, "audio_only": only} for mode, only in product(modes, ("yes", "no"))],
        "speech": [{}],
        "cinematic": [{}],
        "lipsync": [{"mode": mode} for mode in modes],
        "hyperframes": [{"resolution": resolution} for resolution in ("1080p", "4k")],
        "voice": [{}],
        "clone": [{}],
        "clipping": [{}],
        "image": [{"resolution": resolution} for resolution in resolutions],
        "agent": [{}],
        "proofread": [
            {"step": step, "mode": mode, "audio_only": only}
            for step, mode, only in product(("proofread", "video"), modes, ("yes", "no"))
        ],
        "studio": [
            {"engine": engine, "avatar_type": look, "resolution": resolution}
            for engine, look, resolution in product((*engines, "none"), looks, resolutions)
        ],
    }
    assert wishes.keys() == KINDS.keys()
    for kind, each in wishes.items():
        for told in each:
            found = own_prices().tariff(kind, told)
            assert found, (kind, told)
            assert found.usd or told.get("step") == "proofread", (kind, told)  # that is for contracts only


def test_the_kinds_to_come_have_their_prices_already() -> None:
    kinds = {entry.kind for entry in own_prices().entries}
    assert kinds >= {
        *KINDS, "image", "cinematic", "studio", "lipsync", "agent", "proofread", "hyperframes", "clipping", "voice",
        "new_avatar",
    }  # fmt: skip
    assert {entry.unit for entry in own_prices().entries} == set(Unit)


def test_a_copy_of_it_is_a_price_file(tmp_path: Path) -> None:
    copy = tmp_path / "mine.toml"
    copy.write_text(OWN, encoding="utf-8-sig", newline="\r\n")
    assert read_prices(copy) == own_prices()


def test_no_price_stands_anywhere_else() -> None:
    """In neither code nor prose: not the amounts themselves, and no sum for a second, a minute or a video."""
    amounts = {match for match in re.findall(r"\d\.\d+", re.sub(r"#.*", "", OWN)) if len(match) > 5}
    assert {"0.0667", "0.000667"} <= amounts
    amount = re.compile(rf"(?<![\d.])(?:{'|'.join(map(re.escape, amounts))})(?!\d)")
    for_each = re.compile(r"(?:\$ ?\d[\d.,]*|\d[\d.,]* ?(?:USD|dollars?|cents?|credits?)) ?(?:/|per |an? |each )")
    told = [*(ROOT / "bulkgen").rglob("*.py"), *DOCUMENTS, ROOT / "CHANGELOG.md"]
    texts = {path: path.read_text(encoding="utf-8") for path in told}
    texts = {path: re.sub(r"<!-- prices -->.*?<!-- /prices -->", "", text, flags=re.S) for path, text in texts.items()}
    assert [(path, found[0]) for path, text in texts.items() for found in amount.finditer(text)] == []
    assert [(path, found[0]) for path, text in texts.items() for found in for_each.finditer(text)] == []


# How old it is -----------------------------------------------------------------------------------------------------


def test_a_list_that_is_not_new_says_so() -> None:
    prices = parse_prices(file(entry("avatar"), day="2026-08-03"))
    fresh = prices.date + timedelta(FRESH_DAYS)
    assert [prices.age_note(day) for day in (prices.date - timedelta(1), prices.date, fresh)] == ["", "", ""]
    assert prices.age_note(fresh + timedelta(1)) == (
        "The prices are of 3 August 2026: HeyGen may have changed them since. Compare them with "
        "https://example.com/prices; --prices FILE takes newer ones."
    )
    assert "3 August 2026, which is still to come" in prices.age_note(date(2026, 8, 1))


# The file ----------------------------------------------------------------------------------------------------------


def file(*entries: str, day: str = "2026-11-01") -> str:
    return "\n".join(["format = 1", f"date = {day}", 'sources = ["https://example.com/prices"]', *entries]) + "\n"


def entry(kind: str, *, when: str = "", per: str = "item", usd: str = "0.5", paid: str = "") -> str:
    lines = ["[[price]]", f'kind = "{kind}"', f"when = {{ {when} }}", f'per = "{per}"', f"usd = {usd}"]
    return "\n".join([*lines, *([f"credits = {paid}"] if paid else [])])


_AMOUNTS = st.floats(0, 1_000, allow_nan=False)
_SPREADS = st.lists(_AMOUNTS, min_size=3, max_size=3).map(sorted).map(lambda each: spread(*each))
_WORDS = st.sampled_from(["a", "b", "c", "d"])


@st.composite
def lists(draw: st.DrawFn) -> Prices:
    """Price lists of one or two kinds without contradictions: each price of a kind has its own modes."""
    entries: list[Price] = []
    for kind in draw(st.lists(st.sampled_from(["avatar", "speech"]), min_size=1, unique=True)):
        unit = draw(st.sampled_from(Unit))
        for word in draw(st.lists(_WORDS, min_size=1, unique=True)):
            when = {"mode": frozenset([word]), "engine": frozenset(draw(st.lists(_WORDS, min_size=1)))}
            usd, other, note = draw(_SPREADS), draw(st.none() | _SPREADS), draw(st.text(max_size=5))
            entries.append(Price(kind=kind, unit=unit, when=when, usd=usd, credits=other, note=note))
    sources = draw(st.lists(st.text(max_size=5), min_size=1, max_size=3))
    return Prices(date=draw(st.dates()), sources=sources, notes=[], entries=entries)


def written(prices: Prices) -> str:
    """The list as a file. JSON writes texts and lists as TOML does, but for DEL."""

    def text(value: object) -> str:
        return json.dumps(value).replace("\x7f", "\\u007f")

    def money(name: str, amount: Spread | None) -> Iterator[str]:
        if amount:
            yield f"{name} = {{ low = {amount.low!r}, likely = {amount.likely!r}, high = {amount.high!r} }}"

    lines = ["format = 1", f"date = {prices.date}", f"sources = {text(prices.sources)}"]
    for each in prices.entries:
        when = ", ".join(f"{name} = {text(sorted(words))}" for name, words in each.when.items())
        lines += ["[[price]]", f"kind = {text(each.kind)}", f"when = {{ {when} }}", f"per = {text(each.unit)}"]
        lines += [*money("usd", each.usd), *money("credits", each.credits), f"note = {text(each.note)}"]
    return "\n".join(lines)


def _writable(prices: Prices) -> bool:
    """JSON escapes what is beyond the first 65,536 characters, and halves of such, as TOML can't."""
    return all(ord(letter) < 0xD800 for text in (*prices.sources, *(p.note for p in prices.entries)) for letter in text)


@settings(max_examples=50)
@given(lists().filter(_writable))
def test_what_a_file_says_is_what_is_read(prices: Prices) -> None:
    assert parse_prices(written(prices)) == prices


@given(lists(), st.dictionaries(st.sampled_from(["mode", "engine"]), _WORDS), _WORDS)
def test_to_be_told_more_never_widens_the_range(prices: Prices, told: dict[str, str], engine: str) -> None:
    for kind in ("avatar", "speech"):
        wide, narrow = prices.tariff(kind, told), prices.tariff(kind, {"engine": engine, **told})
        if narrow:
            assert wide is not None
            outer, inner = wide.usd or Spread.nothing, narrow.usd or Spread.nothing
            assert outer.low <= inner.low <= inner.likely <= inner.high <= outer.high


@given(st.integers(0, len(OWN)), st.integers(0, 40), st.text(max_size=12))
def test_a_damaged_file_is_read_or_refused_with_its_name(at: int, gone: int, new: str) -> None:
    said = refusal(OWN[:at] + new + OWN[at + gone :])
    assert not said or said.startswith("mine.toml")


def refusal(text: str) -> str:
    """Why a file can't be used; "" for one that can. Any other error than bulkgen's own is the caller's."""
    try:
        parse_prices(text, name="mine.toml", like=own_prices())
    except InputError as error:
        return str(error)

    return ""


@pytest.mark.parametrize(
    "number", [at for at, line in enumerate(OWN.split("\n"), 1) if re.match(r"usd|kind|per", line)]
)
def test_a_mistake_is_named_with_the_line_where_it_stands(number: int) -> None:
    lines = OWN.split("\n")
    lines.insert(number - 1, "usdd = 1")
    with pytest.raises(InputError, match=rf"^mine.toml, line {number}: there is no setting 'usdd'. Did you mean usd\?"):
        parse_prices("\n".join(lines), name="mine.toml")


def test_of_a_value_of_several_lines_the_first_is_named() -> None:
    text = file(entry("avatar", when='mode = [\n"a",\n\n"b",\n3] ')).replace("\n", "\r\n")
    with pytest.raises(InputError, match=r"prices.toml, line 6: mode = \['a', 'b', 3\] is neither a word nor like"):
        parse_prices(text)


#: Two prices in lines that can be counted: the first begins in line 4, the second in line 11.
SHORT = """\
format = 1
date = 2026-09-07
sources = ["https://example.com/prices"]
[[price]]
kind = "avatar"
when = { engine = "avatar_iv", resolution = "4k" }
per = "output_second"
usd = 0.08
credits = 0.1

[[price]]
kind = "avatar"
when = { engine = ["avatar_v", "avatar_iii"] }
per = "output_second"
usd = { low = 0.05, likely = 0.06, high = 0.07 }
"""
_AMOUNT = " is neither a number nor like { low = 0.02, likely = 0.03, high = 0.04 }."
_TWICE = "a job of avatar can have this price as well as the one in line 4. Tell them apart by their conditions (when)."
_NO_FILE = " Each line is like: usd = 0.03, and texts are in quotation marks."


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("usd = 0.08", "usd = -1", ", line 8: usd = -1 is below 0."),
        ("usd = 0.08", 'usd = "0.08"', f", line 8: usd = '0.08'{_AMOUNT}"),
        ("usd = 0.08", "usd = nan", f", line 8: usd = nan{_AMOUNT}"),
        ("usd = 0.08", "usd = inf", f", line 8: usd = inf{_AMOUNT}"),
        ("usd = 0.08", "usd = true", f", line 8: usd = True{_AMOUNT}"),
        ("usd = 0.08", "usd = 8330",
         ", line 8: usd = 8330 is above 1,000, which can't be the price of one second, clip or avatar."),
        ("usd = 0.08\ncredits = 0.1", "", ", line 4: it has neither usd nor credits."),
        ("usd = 0.08", "usd =", f" is no valid price file: Invalid value (at line 8, column 6).{_NO_FILE}"),
        ("credits = 0.1", "usd = 0.1",
         f" is no valid price file: Cannot overwrite a value (at line 9, column 10).{_NO_FILE}"),
        ("low = 0.05", "low = 9", ", line 15: low is not the lowest of low, likely and high, or high not the highest."),
        ("likely", "likly",
         ", line 15: there is no setting 'likly'. Did you mean likely? There are: low, likely, high."),
        ("likely = 0.06, ", "", ", line 15: likely is missing."),
        ("likely = 0.06", "likely = -2", ", line 15: likely = -2 is below 0."),
        ('"avatar_v"', '"avatar_x"', ", line 13: there is no engine 'avatar_x'. Did you mean avatar_v? There are: "
         "avatar_iv, avatar_v, avatar_iii."),
        ("{ engine = [", "{ engin = [", ", line 13: there is no condition of avatar 'engin'. Did you mean engine? "
         "There are: engine, avatar_type, resolution."),
        ('engine = "avatar_iv"', "engine = 5", ', line 6: engine = 5 is neither a word nor like ["720p", "1080p"].'),
        ('{ engine = "avatar_iv", resolution = "4k" }', '"4k"',
         ", line 6: when = '4k' is not like { engine = \"avatar_iv\" }."),
        ('kind = "avatar"', "kind = 3", ", line 5: kind = 3 is not a text in quotation marks."),
        ('["https://example.com/prices"]', '"x"', ", line 3: sources = 'x' is not a list like [\"one\", \"two\"]."),
        ('engine = "avatar_iv"', "engine = []", ', line 6: engine = [] is neither a word nor like ["720p", "1080p"].'),
        ('kind = "avatar"\nwhen = { engine = [', 'kind = "speech"\nwhen = { engine = [',
         ", line 13: there is no condition of speech 'engine'. It has none."),
        ('"avatar_v", ', '"avatar_iv", ', f", line 11: {_TWICE}"),
        ('per = "output_second"\nusd = 0', 'per = "item"\nusd = 0',
         ", line 14: per is output_second, but an earlier price of avatar is per item."),
        ('"output_second"', '"output_seconds"', ", line 7: there is no unit 'output_seconds'. Did you mean "
         "output_second? There are: output_second, source_second, item."),
        ('per = "output_second"', "", ", line 4: per is missing."),
        ("date = 2026-09-07", "date = 2026",
         ", line 2: date = 2026 is not a date: write it like 2026-09-07, without quotation marks."),
        ("date = 2026-09-07", 'date = "today"',
         ", line 2: date = 'today' is not a date: write it like 2026-09-07, without quotation marks."),
        ("date = 2026-09-07", "", ": date is missing."),
        ('["https://example.com/prices"]', "[]", ", line 3: sources = [] is empty."),
        ("format = 1", "format = 2", " has the format 2, which is newer than this bulkgen reads. Update bulkgen."),
        ("format = 1", 'format = "1"', ", line 1: format = '1' can't be used (Input should be 1)."),
        ("[[price]]\n", "[[prices]]\n", ", line 4: there is no setting 'prices'. Did you mean price? There are: "
         "format, date, sources, notes, price."),
    ],
)  # fmt: skip
def test_what_can_not_be_a_price_is_named_with_what_to_do(old: str, new: str, told: str) -> None:
    assert refusal(SHORT) == ""
    assert refusal(SHORT.replace(old, new, 1)) == f"mine.toml{told}"


def test_a_kind_that_is_none_is_named_with_what_is_meant() -> None:
    with pytest.raises(
        InputError, match=r"line 5: there is no kind 'avatr'. Did you mean avatar\? There are: avatar, te"
    ):
        parse_prices(SHORT.replace('"avatar"', '"avatr"'), like=own_prices())


@pytest.mark.parametrize(
    "text", ["", "format = 1", "x = " + "[" * 5_000, "price = 3\nformat = 1", "\x00", "format = 1.5"]
)
def test_what_is_no_price_file_is_refused_in_words(text: str) -> None:
    with pytest.raises(InputError, match=r"^prices.toml"):
        parse_prices(text)


# The command -------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(SAMPLES / "voiceovers.csv", tmp_path)
    return tmp_path


def test_a_file_that_is_named_takes_the_place_of_bulkgens_own(folder: Path) -> None:
    (folder / "mine.toml").write_text(OWN.replace("0.000667", "0.5"), encoding="utf-8")
    (folder / "voiceovers.recipe.toml").write_text('prices = "mine.toml"\n', encoding="utf-8")
    prices = Batch.open(folder / "voiceovers.csv", Settings(sandbox=True)).opened.prices
    assert tariff(prices.of(speech_job())).usd == exactly(0.5)


def test_a_price_file_with_a_mistake_stops_before_anything_is_sent(folder: Path) -> None:
    (folder / "mine.toml").write_text(OWN.replace("0.000667", "-1"), encoding="utf-8")
    done = bulkgen(folder, "run", "voiceovers.csv", "--sandbox", "--prices", "mine.toml")
    assert done.returncode == Exit.MISTAKES
    assert re.search(r"mine.toml, line \d+: usd = -1 is below 0\.", done.stderr)
    assert {path.name for path in folder.iterdir()} == {"voiceovers.csv", "mine.toml"}


def test_a_word_that_bulkgen_does_not_know_is_a_slip_in_the_file_of_a_person(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(SHORT.replace("avatar_iv", "avatr_iv"), encoding="utf-8")
    with pytest.raises(InputError, match=r"mine.toml, line 6: there is no engine 'avatr_iv'. Did you mean avatar_iv\?"):
        read_prices(tmp_path / "mine.toml")


def test_what_can_not_be_read_is_told_as_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes("note = 'é'".encode("latin-1"))
    (tmp_path / "large.toml").write_text("#" * (SIZE_LIMIT + 1), encoding="utf-8")
    for name, why in (
        ("none.toml", "There is no file .*none.toml, which --prices or the recipe names"),
        ("latin.toml", "latin.toml is no price file: it is not text in UTF-8"),
        ("large.toml", "large.toml is too large for a price file"),
        (".", "can't be read: Is a directory"),
    ):
        with pytest.raises(InputError, match=why):
            read_prices(tmp_path / name)
