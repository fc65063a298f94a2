"""The lint warns where something is most likely not meant, and stays silent where it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.kinds.account import Account, Template
from bulkgen.kinds.columns import Lookup
from bulkgen.model import Issue, Table
from bulkgen.rows.advice.lint import lint
from bulkgen.rows.advice.people import Who, who
from bulkgen.rows.advice.wording import is_stand_in, nobody_greeted, oddities
from bulkgen.rows.build import ReadOptions, build
from bulkgen.rows.selection import parse_selection
from bulkgen.sheet import read_sheet
from tests.command import SAMPLE_NAMES, SAMPLES, STARTER_NAMES, STARTERS
from tests.making import ACCOUNT, table

SHEETS = [*(SAMPLES / name for name in SAMPLE_NAMES), *(STARTERS / name for name in STARTER_NAMES)]

#: The templates of the sandbox, as far as the samples use them.
SANDBOX = Account(
    {
        "tpl_welcome": Template("tpl_welcome", "Welcome", {"first_name": "text", "company": "text", "logo": "image"}),
        "tpl_site": Template("tpl_site", "Site", {"first_name": "text", "website": "text"}),
    },
    {Lookup.TEMPLATE: {}},
)


def warned(sheet: Table, account: Account = ACCOUNT, reading: ReadOptions | None = None) -> list[Issue]:
    reading = reading or ReadOptions("leads")
    found = lint(sheet, build(sheet, reading, account))
    assert all(issue.warning for issue in found)
    return found


def told(sheet: Table, account: Account = ACCOUNT, reading: ReadOptions | None = None) -> list[str]:
    return [f"{sheet.where(p.row, p.column)} {p.cause}" for p in warned(sheet, account, reading)]


def letters(*names: str) -> Table:
    """An avatar sheet in which the names are merged into one script."""
    rows = [["look_1", "Hi {{first_name|there}}, hello.", name] for name in names]
    return table(["avatar_id", "script", "first_name"], *rows)


# Silence -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("account", [Account(), SANDBOX], ids=["offline", "looked up"])
@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_the_sample_and_starter_sheets_raise_no_false_alarm(path: Path, account: Account) -> None:
    assert told(read_sheet(path), account) == []


@pytest.mark.parametrize(
    "text",
    [
        "Hi, thank you for your order.",
        "Bonjour ! Nous sommes ravis.",
        "Hello\u202f! Ça va ?",
        "Hi :) how are you",
        "Hi ... well",
        "Visit acme.com, or Booking.com, and/or call 24/7.",
        "Save 50% now, and 20% later: 100% sure.",
        "[laughs] Oh well. [short pause] As I said [whispers] never mind.",
        "Il a dit « Mon nom est Ann » et «Bonjour».",
        "<speak>One moment. <break time='1s'/> Here: 1 < 2.</speak>",
        '<speak xmlns="http://www.w3.org/2001/10/synthesis">Hello.</speak>',
        "Naïve café, Łódź, Müller & Söhne, 東京へようこそ, Привет, مرحبا بكم",
        "می‌خواهم",
        "First line.\nSecond line.\r\n\tThird.",
        "Null Island, None of us, N/A-rated nanny",
        "It costs $5 – or €4… “quoted” – it’s fine™ ©",
    ],
)
def test_ordinary_texts_are_left_alone(text: str) -> None:
    assert told(table(["text", "voice_id"], [text, "v_1"])) == []


@given(st.text(st.sampled_from("abc XYZ.,'\n"), max_size=80))
def test_plain_words_are_never_odd(text: str) -> None:
    assert oddities(text) == []


def test_columns_that_are_not_spoken_are_not_looked_at() -> None:
    headers = ["text", "voice_id", "notes", "name", "website"]
    assert told(table(headers, ["Hello.", "v_1", "😀 {first_name} N/A", "N/A", "https://acme.com"])) == []


def test_rows_left_out_and_rows_not_selected_are_not_looked_at() -> None:
    sheet = table(["text", "voice_id", "skip"], ["N/A", "v_1", "yes"], ["N/A", "v_1", ""], ["N/A", "v_1", ""])
    reading = ReadOptions("leads", selection=parse_selection("2-3", "--rows"))
    assert told(sheet, reading=reading) == ["Leads!A3 stands in for a missing value"]


# One text ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["Hi , thank you", "Hello !", "Dear ,\nwe", "hey  , you", "Sehr geehrter Herr , wir", "Bonjour , merci",
     "Thanks, and good morning !", "Dear Mr. , hello", "Hi null, welcome", "Dear N/A: hello"],
)  # fmt: skip
def test_a_greeting_without_a_name_is_seen(text: str) -> None:
    found = warned(table(["text", "voice_id"], [text, "v_1"]))
    assert [issue.cause for issue in found] == ["greets nobody: a name is missing"]
    assert "{{first_name|there}}" in found[0].fix


def test_a_name_that_gets_lost_in_the_merge_is_seen_where_it_is_spoken() -> None:
    sheet = table(["avatar_id", "script", "first_name"], ["look_1", "Hi {{first_name|}}, welcome.", None])
    found = warned(sheet)
    assert [(sheet.where(p.row, p.column), p.value) for p in found] == [("Leads!B2", "Hi , welcome.")]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Hi {first_name}, welcome.", "{first_name}"),
        ("Hi ${firstName}, welcome.", "${firstName}"),
        ("Hi [First Name], welcome.", "[First Name]"),
        ("[laughs] Hi [First Name], welcome.", "[First Name]"),
        ("Hi [Your Name Here], welcome.", "[Your Name Here]"),
        ("Hi <<Name>>, welcome.", "<<Name>>"),
        ("Hi «Vorname», welcome.", "«Vorname»"),
        ("Hi %FIRST_NAME%, welcome.", "%FIRST_NAME%"),
        ("Hi %%First Name%%, welcome.", "%%First Name%%"),
        ("Hi *|FNAME|*, welcome.", "*|FNAME|*"),
    ],
)
def test_a_field_left_in_is_named_in_whatever_form_another_program_writes_it(text: str, field: str) -> None:
    assert told(table(["text", "voice_id"], [text, "v_1"])) == [f"Leads!A2 still holds the field {field}"]


def test_a_field_in_brackets_is_one_if_the_sheet_has_such_a_column() -> None:
    rows = (["Welcome to [Hair Salon].", "v_1", "Cut & Go"],)
    assert told(table(["text", "voice_id", "notes"], *rows)) == []
    found = warned(table(["text", "voice_id", "hair_salon"], *rows))
    assert "{{Hair Salon}}" in found[0].fix


def test_a_field_that_comes_in_with_a_merged_cell_is_seen_at_that_cell() -> None:
    assert told(letters("{{contact.firstname}}")) == ["Leads!C2 still holds the field {{contact.firstname}}"]


def test_braces_that_belong_to_no_field_are_seen() -> None:
    assert told(table(["text", "voice_id"], ["Hi }} there", "v_1"])) == [
        "Leads!A2 still holds }}, which belongs to no field"
    ]


@pytest.mark.parametrize("word", ["N/A", "n/a", "NULL", "null", "None", "nan", "NaN", "#REF!", "#N/A", "-", " NA "])
def test_a_stand_in_for_a_missing_value_is_seen_in_a_variable_and_in_what_is_merged(word: str) -> None:
    sheet = table(["template_id", "first_name"], ["tpl_1", word])
    assert "Leads!B2 stands in for a missing value" in told(sheet)
    assert told(letters(word))[:1] == ["Leads!C2 stands in for a missing value"]


@pytest.mark.parametrize("name", ["Na", "Null", "Nan Goldin", "Nanette", "An", "Nona", "Naan"])
def test_names_that_only_resemble_a_stand_in_are_names(name: str) -> None:
    assert not is_stand_in(name)


def test_an_error_of_the_spreadsheet_inside_a_text_is_seen() -> None:
    assert told(table(["text", "voice_id"], ["Your balance is #REF! today.", "v_1"])) == [
        "Leads!A2 holds an error of the spreadsheet"
    ]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Go to https://acme.com now", "web"),
        ("Go to www.acme.com now", "web"),
        ("Go to acme.com/spring now", "web"),
        ("Write to ann@acme.com now", "e-mail"),
        ("<speak>Write to Ann <ann@acme.com></speak>", "e-mail"),
    ],
)
def test_an_address_that_a_voice_would_read_aloud_is_seen(text: str, what: str) -> None:
    found = told(table(["text", "voice_id"], [text, "v_1"]))
    assert len(found) == 1
    assert f"holds an {what}" in found[0] or f"holds a {what}" in found[0]


def test_every_text_of_a_row_is_looked_at() -> None:
    headers = ["avatar_id", "script", "background.url", "motion_prompt"]
    assert told(table(headers, ["look_1", "Hello.", "https://example.com/a.png", "waves 👋"])) == [
        "Leads!D2 holds an emoji, which a voice swallows or describes"
    ]
    line = table(["template_id", "line"], ["tpl_all", "Go to https://acme.com/now"])
    assert told(line) == ["Leads!B2 holds a web address, which a voice would spell out"]


def test_a_variable_made_for_an_address_may_hold_one_but_a_script_that_speaks_it_may_not() -> None:
    site = ["tpl_site", "Ann", "https://acme.com/ann"]
    assert told(table(["template_id", "first_name", "website"], site), SANDBOX) == []
    spoken = table(["avatar_id", "script", "website"], ["look_1", "Go to {{website}}", "https://acme.com/ann"])
    assert told(spoken) == ["Leads!C2 holds a web address, which a voice would spell out"]


@pytest.mark.parametrize("text", ["Hi 👋", "Great 👍🏽 job", "Collection 👨‍👩‍👧", "I ❤️ it", "Step 1️⃣", "Flag 🇩🇪"])
def test_an_emoji_is_told_once_and_its_joiners_are_not_called_hidden(text: str) -> None:
    assert told(table(["text", "voice_id"], [text, "v_1"])) == [
        "Leads!A2 holds an emoji, which a voice swallows or describes"
    ]


@pytest.mark.parametrize(
    ("character", "name"),
    [("\u200b", "200B"), ("\x07", "0007"), ("\ufeff", "FEFF"), ("\u00ad", "00AD"), ("\u202e", "202E"),
     ("\u200d", "200D")],
)  # fmt: skip
def test_a_character_that_nobody_sees_is_named(character: str, name: str) -> None:
    assert told(table(["text", "voice_id"], [f"Hel{character}lo", "v_1"])) == [
        f"Leads!A2 holds a character that can't be seen (U+{name})"
    ]


@pytest.mark.parametrize("name", ["JosÃ©", "MÃ¼ller", "Itâ€™s", "Jos\ufffd"])
def test_letters_garbled_by_a_wrong_encoding_are_seen(name: str) -> None:
    assert told(letters(name)) == ["Leads!C2 holds garbled letters, as from a wrong encoding"]


@given(st.text(max_size=60))
def test_no_text_breaks_the_lint(text: str) -> None:
    oddities(text, fields={"name"})
    nobody_greeted(text)


def test_what_set_gives_to_all_rows_is_told_once() -> None:
    sheet = table(["voice_id"], ["v_1"], ["v_1"])
    found = warned(sheet, reading=ReadOptions("leads", defaults={"text": "Hi 👋"}))
    assert [(p.row, p.column, p.header, p.value) for p in found] == [(2, None, "--set text", "Hi 👋")]


# Names ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "particular"),
    [("First Name", Who.PERSON), ("contact_last_name", Who.PERSON), ("Vorname", Who.PERSON), ("name", Who.PERSON),
     ("Company Name", Who.COMPANY), ("firma", Who.COMPANY), ("E-Mail", Who.MAIL), ("Work email", Who.MAIL),
     ("website", Who.ADDRESS), ("file name", None), ("campaign_name", None), ("notes", None),
     ("owner email", Who.ADDRESS)],
)  # fmt: skip
def test_a_header_says_whom_its_column_names(header: str, particular: Who | None) -> None:
    assert who(header) is particular


def test_capitals_among_ordinary_names_are_seen() -> None:
    assert told(letters("ANN", "José", "Zoë")) == ["Leads!C2 is in capitals, unlike the other names"]


@pytest.mark.parametrize(
    "names",
    [("ANN", "JOSÉ", "ZOË"), ("ANN", "BEN", "José", "Zoë"),
     ("JP", "José", "Zoë"), ("A.J.", "José", "Zoë"), ("ANN", "José"), ("李", "Ann", "Bo")],
)  # fmt: skip
def test_initials_and_sheets_all_in_capitals_are_left_alone(names: tuple[str, ...]) -> None:
    assert told(letters(*names)) == []


def test_a_company_in_capitals_is_a_company() -> None:
    rows = [["tpl_welcome", "Ann", name] for name in ("IBM", "Acme", "Globex")]
    assert told(table(["template_id", "first_name", "company"], *rows), SANDBOX) == []


def test_a_name_much_longer_than_the_others_is_seen() -> None:
    sheet = letters("Ann", "José", "Zoë", "Ben", "Please call after 5 pm, on leave")
    assert told(sheet) == ["Leads!C6 is much longer than the other names"]


def test_long_names_among_long_ones_or_among_few_are_left_alone() -> None:
    assert (
        told(letters("Maria Magdalena von Hohenstein", "Johann Sebastian Bach", "A B", "C D", "Wolfgang Amadeus")) == []
    )
    assert told(letters("Ann", "Bo", "Maria Magdalena von Hohenstein")) == []


@pytest.mark.parametrize("name", ["Ann ", " Ann", "Ann\u00a0", "\tAnn"])
def test_a_blank_around_a_name_is_seen(name: str) -> None:
    assert told(letters(name)) == ["Leads!C2 starts or ends with a blank"]


def test_a_blank_around_what_is_no_name_is_left_alone() -> None:
    assert told(table(["avatar_id", "script", "city"], ["look_1", "News from {{city}}.", "Rome "])) == []


def test_without_the_account_the_names_of_template_rows_are_looked_at_all_the_same() -> None:
    sheet = table(["template_id", "first_name", "notes"], ["tpl_1", "N/A", "N/A"])
    assert told(sheet, Account()) == ["Leads!B2 stands in for a missing value"]


def test_a_row_with_a_mistake_is_looked_at_all_the_same() -> None:
    sheet = table(["text", "voice_id"], ["Hi 👋", "v_9"])
    assert told(sheet) == ["Leads!A2 holds an emoji, which a voice swallows or describes"]


# The same person twice -----------------------------------------------------------------------------------------------


def people(*rows: Mapping[str, str]) -> Table:
    headers = list(dict.fromkeys(name for row in rows for name in row))
    return table(headers, *([row.get(header) for header in headers] for row in rows))


ANN = {"template_id": "tpl_1", "first_name": "Ann", "company": "Acme", "email": "ann@acme.com"}


def test_the_same_person_twice_is_told_with_the_other_row() -> None:
    by_mail = warned(people(ANN, {**ANN, "first_name": "Anna", "email": "Ann@acme.com "}))
    assert [(p.row, p.header, p.value) for p in by_mail] == [(3, "email", "Ann@acme.com (also in row 2)")]
    by_name = warned(people(ANN, {**ANN, "email": "", "company": "ACME"}))
    assert [(p.row, p.header, p.value) for p in by_name] == [(3, "first_name", "Ann (also in row 2)")]
    by_id = warned(people({**ANN, "row_id": "7"}, {**ANN, "row_id": "7", "email": "b@acme.com", "first_name": "Ben"}))
    assert [(p.row, p.header, p.value) for p in by_id] == [(3, "row_id", "7 (also in row 2)")]


def test_repeats_of_one_person_share_their_cause_so_that_they_share_a_line() -> None:
    found = warned(people(ANN, ANN, ANN))
    assert [p.row for p in found] == [3, 4]
    assert len({(p.cause, p.fix) for p in found}) == 1


@pytest.mark.parametrize(
    "other",
    [{"template_id": "tpl_all", "line": "Hi"}, {"first_name": "Ben", "email": "ben@acme.com"}, {"copy": "2"},
     {"email": "ann@b.com", "company": "Globex"}, {"logo": "https://example.com/other.png"}, {"skip": "yes"}],
)  # fmt: skip
def test_another_wish_or_another_person_is_no_repeat(other: dict[str, str]) -> None:
    assert told(people(ANN, {**ANN, **other})) == []


def test_one_person_may_get_several_scripts_and_languages() -> None:
    script = {"avatar_id": "look_1", "script": "Hi {{email|you}}.", "email": "ann"}
    assert told(people(script, {**script, "script": "Bye {{email|you}}."})) == []
    source = {"video": "https://example.com/v.mp4", "languages": "French", "row_id": "1", "email": "ann@acme.com"}
    assert told(people(source, {**source, "languages": "English"})) == []


# Columns -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "name"),
    [("avater_id", "avatar_id"), ("Scirpt", "script"), ("voice_setings.speed", "voice_settings.speed"),
     ("Aspect Ration", "aspect_ratio"), ("folder", "folder_id"), ("captions", "caption"), ("speeed", "speed")],
)  # fmt: skip
def test_a_column_that_looks_like_a_field_is_told_once_with_what_it_looks_like(header: str, name: str) -> None:
    rows = [["look_1", "https://example.com/a.mp3", "x"]] * 3
    headers = ["avatar_id", "audio_url", header] if name != "avatar_id" else ["look", "audio_url", header]
    found = [p for p in warned(table(headers, *rows)) if p.column == 2]
    assert [(p.row, p.header) for p in found] == [(1, header)]
    assert f"looks like {name}, misspelt" in found[0].cause
    assert f'--map "{header}="' in found[0].fix


@pytest.mark.parametrize(
    "header", ["notes", "crm_id", "engineer", "model", "spend", "state", "first_name", "result_x", "script2"]
)
def test_other_columns_are_the_persons_own(header: str) -> None:
    assert told(table(["avatar_id", "script", header], ["look_1", "Hello.", "x"])) == []


@pytest.mark.parametrize("header", ["audio_url.x", "captions.a", "caption.x", "title.a", "script.no"])
def test_a_dotted_column_is_no_misspelling_of_the_field_before_its_dot(header: str) -> None:
    sheet = table(["avatar_id", "text", "audio_url", header], ["look_1", "", "https://example.com/a.mp3", "x"])
    assert told(sheet) == []


def test_a_dotted_column_may_be_a_misspelling_of_a_field_inside_the_one_before_its_dot() -> None:
    headers = ["avatar_id", "script", "caption", "caption.stile"]
    assert told(table(headers, ["look_1", "Hello.", "yes", "default"])) == [
        "Leads!D1 fills nothing, but looks like caption.style, misspelt"
    ]


def test_short_names_resemble_too_much_to_be_called_misspelt() -> None:
    sheet = table(["video", "languages", "model", "srt2"], ["https://example.com/v.mp4", "French", "x", "y"])
    assert told(sheet) == []


def test_a_misspelt_header_is_told_where_it_keeps_a_row_from_having_a_kind() -> None:
    headers = ["text", "voice_id", "video", "languages", "avater_id", "script"]
    sheet = table(headers, ["Hello.", "v_1", "", "", "", ""], ["", "", "", "", "look_1", "Hello."])
    assert told(sheet) == ["Leads!E1 fills nothing, but looks like avatar_id, misspelt"]


@pytest.mark.parametrize("label", ["example-1", "1"])
def test_a_variable_of_the_rows_template_is_never_told_as_misspelt(label: str) -> None:
    """Be the rows examples, which are not read, or beside a row that asks for nothing."""
    account = Account({"t": Template("t", "T", {"speaker": "voice"})}, {Lookup.TEMPLATE: {}})
    headers = ["template_id", "speaker", "text", "voice_id", "row_id"]
    sheet = table(headers, ["t", "Ann", "", "", label], ["", "Ann", "", "", label])
    assert [each for each in told(sheet, account) if "misspelt" in each] == []


def test_a_misspelt_set_is_told_too() -> None:
    sheet = table(["text"], ["Hello."], ["Hi."])
    found = warned(sheet, reading=ReadOptions("leads", defaults={"voice_id": "v_1", "locales": "en-US"}))
    assert [(p.column, p.header, p.fix) for p in found] == [(None, "--set locales", "Type --set locale=…")]


def test_a_column_with_a_mistake_of_its_own_is_not_told_as_misspelt_too() -> None:
    account = Account({"t": Template("t", "T", {"captions": "text"})}, {Lookup.TEMPLATE: {}})
    assert told(table(["template_id", "captionz"], ["t", "Hello."]), account) == []


def test_a_column_that_fills_a_text_or_was_mapped_to_nothing_is_no_misspelling() -> None:
    sheet = table(["text", "voice_id", "locales"], ["Hello {{locales}}.", "v_1", "you"])
    assert told(sheet) == []
    sheet = table(["text", "voice_id", "locales"], ["Hello.", "v_1", "you"])
    assert told(sheet) != []
    assert told(sheet, reading=ReadOptions("leads", renames={"locales": ""})) == []


def test_a_misspelt_variable_is_told_by_its_mistake_alone() -> None:
    sheet = table(["template_id", "frist_name"], ["tpl_1", "Ann"])
    assert told(sheet) == []


def test_a_name_in_capitals_is_not_told_where_a_filter_writes_it_otherwise() -> None:
    rows = [["look_1", "Hi {{first_name:title}}", name] for name in ("Ann", "Bob", "Cid", "DEE")]
    assert told(table(["avatar_id", "script", "first_name"], *rows)) == []
    rows = [["look_1", "Hi {{first_name:trim}}", name] for name in ("Ann", "Bob", "Cid", "DEE")]
    (found,) = warned(table(["avatar_id", "script", "first_name"], *rows))
    assert "{{first_name:title}}" in found.fix


def test_braces_that_are_meant_as_such_are_no_field_left_in() -> None:
    assert told(table(["avatar_id", "script"], ["look_1", r"Write \{{first_name}} here, or \{{ alone."])) == []


@pytest.mark.parametrize(
    "text",
    ["Hi {{script}}", "Hi {{first_name", "Hi {{first_name}, welcome.", "Hi {{ {{first_name}} }}", "Hi {{fist_name}}"],
)
def test_a_mistake_in_a_field_is_not_told_again_as_a_note(text: str) -> None:
    sheet = table(["avatar_id", "script", "first_name"], ["look_1", text, "Ann"])
    assert [issue.code for issue in build(sheet, ReadOptions("leads"), ACCOUNT).mistakes]
    assert told(sheet) == []
    by_set = table(["avatar_id", "first_name"], ["look_1", "Ann"])
    assert told(by_set, reading=ReadOptions("leads", defaults={"script": text})) == []
