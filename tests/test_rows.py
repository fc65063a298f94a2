from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.batch.names import recorded_names
from bulkgen.errors import InputError
from bulkgen.kinds.account import Account, Template, plain
from bulkgen.kinds.columns import Lookup, match_key
from bulkgen.ledger.events import named
from bulkgen.ledger.history import fold
from bulkgen.model import BLANK, Cell, Issue, Row, Table, fingerprint, warning
from bulkgen.rows.built import with_issues
from bulkgen.rows.header_line import recognised
from bulkgen.rows.merge import Unfilled, merge
from bulkgen.rows.selection import Selection, parse_selection
from bulkgen.rows.suggest import nearest
from tests.making import ACCOUNT, built, jobs_of, table

LINK = "https://example.com/v.mp4"

#: 10 in Arabic digits and in full-width ones, a superscript, and words that `float` takes.
NO_NUMBERS = (
    "1_0",
    "\u0661\u0660",
    "\uff11",
    "1\u00b2",
    "inf",
    "-Infinity",
    "NaN",
    "1e999",
    "0x1",
    "1 0",
    "+-1",
    "1.2.3",
    ".",
    "e1",
    "50%",
    "1.25 x",
)


def mistakes(sheet: Table, account: Account = ACCOUNT, **reading: object) -> list[Issue]:
    return built(sheet, account, **reading).mistakes  # type: ignore[arg-type]  # the tests name them right


def told(sheet: Table, account: Account = ACCOUNT, **reading: object) -> list[str]:
    return [f"{sheet.where(p.row, p.column)} {p.cause}" for p in mistakes(sheet, account, **reading)]


# The kind of a row -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "row", "kind"),
    [
        (["template_id", "first_name"], ["tpl_1", "Ann"], "template"),
        (["title", "output_language", "url", "folder_id"], ["A", "French", LINK, ""], "translation"),
        (["Avatar ID", "SCRIPT"], ["look_1", "Hi"], "avatar"),
        (["avatar-id", "audio url"], ["look_1", LINK], "avatar"),
        (["text", "voice"], ["Hi", "v_1"], "speech"),
        (["type", "text", "voice_id"], ["Speech", "Hi", "v_1"], "speech"),
        (["kind", "text", "voice_id"], ["speech", "Hi", "v_1"], "speech"),
    ],
)
def test_the_columns_say_what_a_row_asks_for(headers: list[str], row: list[object], kind: str) -> None:
    assert [job.kind for job in jobs_of(table(headers, row))] == [kind]


def test_a_row_is_judged_by_the_only_kind_its_sheet_has_columns_for() -> None:
    assert told(table(["avatar_id", "script"], ["look_1", None])) == ["Leads!B2 is blank"]


def test_a_row_that_asks_for_nothing_is_told_what_to_fill() -> None:
    found = mistakes(table(["type", "script", "text"], [None, "Hi", None]))
    assert (found[0].row, found[0].cause) == (2, "nothing says what this row asks for")
    assert "template_id" in found[0].fix


@pytest.mark.parametrize("rows", [[], [["Ann", "Hi", "x"]], [["Ann", "Hi", "x"]] * 300, [["Ann", "Hi", "x", "more"]]])
def test_a_sheet_without_the_columns_of_any_kind_is_told_so_once(rows: list[list[object]]) -> None:
    found = built(table(["name", "script", "text"], *rows))
    (mistake,) = found.mistakes
    assert (mistake.row, mistake.column) == (1, None)
    assert mistake.cause == "no column says what to make; its columns are 'name', 'script', 'text'"
    assert "avatar_id and script (avatar video)" in mistake.fix  # one way for each kind: it has to be read
    assert '--map "Your header=script"' in mistake.fix
    assert "--header-row N" in mistake.fix
    assert all(row.invalid and not row.jobs for row in found.rows)


def test_a_sheet_without_the_columns_of_any_kind_is_right_where_all_its_rows_are_left_out() -> None:
    assert not mistakes(table(["name", "skip"], ["Ann", "yes"]))


@pytest.mark.parametrize("name", ["spanish (spain)", " Spanish  (Spain) "])
def test_blanks_and_capitals_make_no_other_language(name: str) -> None:
    jobs = jobs_of(table(["video", "languages"], [LINK, name], [LINK, "Spanish (Spain)"]))
    assert {job.language for job in jobs} == {"Spanish (Spain)"}
    assert len({job.fingerprint for job in jobs}) == 1


def test_a_kind_that_nobody_makes_is_a_mistake_with_a_suggestion() -> None:
    found = mistakes(table(["type", "text", "voice_id"], ["speach", "Hi", "v_1"]))
    assert (found[0].header, found[0].value) == ("type", "speach")
    assert "Did you mean speech?" in found[0].fix


# Values -------------------------------------------------------------------------------------------------------


def test_heygens_own_translation_csv_runs_as_it_is() -> None:
    jobs = jobs_of(
        table(["title", "output_language", "url", "folder_id"], ["Tour", "French;Spanish (Spain)", LINK, "f_1"])
    )
    assert [(job.title, job.language, job.body["folder_id"]) for job in jobs] == [
        ("Tour", "French", "f_1"),
        ("Tour", "Spanish (Spain)", "f_1"),
    ]


def test_numeric_fields_go_by_the_raw_value_and_texts_by_what_is_shown() -> None:
    sheet = Table(
        "Leads",
        ("avatar_id", "script", "voice_settings.volume"),
        (
            Row(
                2,
                (
                    Cell("look_1", "look_1"),
                    Cell("00417", 417, number_format="00000"),
                    Cell("50%", 0.5, number_format="0%"),
                ),
            ),
        ),
    )
    body = jobs_of(sheet)[0].body
    assert body["script"] == "00417"
    assert body["voice_settings"] == {"volume": 0.5}


@pytest.mark.parametrize("word", ["NA", "None", "null", "007", "1E5", "TRUE"])
def test_words_that_readers_like_to_change_stay_what_they_are(word: str) -> None:
    assert jobs_of(table(["template_id", "first_name"], ["tpl_1", word]))[0].body["variables"] == {
        "first_name": {"type": "text", "content": word}
    }


@pytest.mark.parametrize(
    ("column", "value", "cause"),
    [
        ("voice_settings.speed", "2.5", "is above 1.5"),
        ("voice_settings.speed", "fast", "is not a number"),
        ("voice_settings.speed", "1,5", "is not a number"),
        *(("voice_settings.speed", word, "is not a number") for word in NO_NUMBERS),
        ("voice_settings.pitch", "-51", "is below -50"),
        ("resolution", "8k", "is not one of the choices"),
        ("remove_background", "perhaps", "is neither yes nor no"),
        ("watermark.image", "our logo", "is neither a public link nor the id of a HeyGen asset"),
        ("expressiveness", "HIGH", None),
        ("audio_url", LINK, "can't stand beside script"),
        ("script", "x" * 5001, "is longer than 5,000 characters"),
    ],
)
def test_what_heygen_would_refuse_is_a_mistake_at_its_cell(column: str, value: str, cause: str | None) -> None:
    headers, row = ["avatar_id", "script"], ["look_1", "Hi"]
    if column in headers:
        row[1] = value
        place = "Leads!B2"
    else:
        headers, row, place = [*headers, column], [*row, value], "Leads!C2"
    assert told(table(headers, row)) == ([f"{place} {cause}"] if cause else [])


@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u00a0", "\u2060", "\n", "\x07", "\u202e", "\u3000"])
@pytest.mark.parametrize(
    ("column", "start", "end"),
    [("voice_id", "v", "_1"), ("watermark", "https://example.com/", "a.png"), ("resolution", "72", "0p"),
     ("voice_settings.speed", "1", ".5"), ("caption", "y", "es"), ("brand_glossary_id", "g", "1")],
)  # fmt: skip
def test_an_invisible_character_is_told_by_its_number(column: str, start: str, end: str, unseen: str) -> None:
    sheet = table(["avatar_id", "script", column], ["look_1", "Hi", f"{start}{unseen}{end}"])
    assert told(sheet) == [f"Leads!C2 holds a character that can't be seen (U+{ord(unseen):04X})"]


def test_an_invisible_character_among_languages_is_told_by_its_number() -> None:
    sheet = table(["video", "languages"], [LINK, "French;\nEnglish"], [LINK, "French;Eng\u200blish"])
    assert told(sheet) == ["Leads!B3 holds a character that can't be seen (U+200B)"]


def test_characters_that_cannot_be_seen_may_stand_in_texts_titles_and_formats_of_numbers() -> None:
    headers = ("avatar_id", "script", "title", "voice_settings.pitch")
    cells = (Cell("look_1"), Cell("Hi\u00a0Ann\n\u200d\U0001fae9"), Cell("A\u00a0B"), Cell("\u00a05\u00a0%", 0.05))
    job = jobs_of(Table("Leads", headers, (Row(2, cells),)))[0]
    assert (job.body["script"], job.title) == ("Hi\u00a0Ann\n\u200d\U0001fae9", "A\u00a0B")
    assert job.body["voice_settings"] == {"pitch": 0.05}


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\u200b", False),
        (" \u200b \ufeff", False),
        ("\x07", False),
        ("\u200bHi", True),
        ("\U0001fae9", True),
        (".", True),
    ],
)
def test_a_text_of_which_nothing_can_be_seen_is_a_mistake(text: str, seen: bool) -> None:
    sheet = table(["text", "voice_id"], [text, "v_1"])
    assert told(sheet) == ([] if seen else ["Leads!A2 holds nothing that can be seen"])


def test_an_unusable_cell_is_a_mistake_only_where_it_is_used() -> None:
    faulty = Cell("#N/A", "#N/A", unusable="holds the error #N/A")
    sheet = Table(
        "Leads",
        ("avatar_id", "script", "notes"),
        (Row(2, (Cell("look_1"), Cell("Hi"), faulty)), Row(3, (Cell("look_1"), faulty, Cell()))),
    )
    assert told(sheet) == ["Leads!B3 holds the error #N/A"]


def test_a_column_given_twice_under_two_names_is_a_mistake() -> None:
    assert told(table(["url", "video", "language"], [LINK, LINK, "French"])) == [
        "Leads!B2 says the same as the column url"
    ]


def test_a_header_that_stands_twice_is_a_mistake() -> None:
    assert told(table(["text", "voice_id", "Text"], ["Hi", "v_1", None])) == [
        "Leads!C1 stands twice in the header line"
    ]


def test_two_columns_that_map_makes_one_are_told_with_both_headers() -> None:
    sheet = table(["text", "voice_id", "first_name", "company"], ["Hi {{first_name}}", "v_1", "Ann", "Acme"])
    (mistake,) = built(sheet, renames={"company": "first_name"}).mistakes
    assert sheet.where(mistake.row, mistake.column) == "Leads!D1"
    assert mistake.cause == "would be two columns: first_name and company, since --map makes company one"
    assert mistake.fix == 'Leave that out; or, if company is the right one, add --map "first_name=".'
    right = jobs_of(sheet, renames={"company": "first_name", "first_name": ""})
    assert [job.body["text"] for job in right] == ["Hi Acme"]


def test_set_fills_columns_that_are_missing_or_blank() -> None:
    sheet = table(["text", "voice_id"], ["Hi", None], ["Ho", "v_2"])
    account = Account(listed={Lookup.SPEECH_VOICE: {"v_1": "", "v_2": ""}})
    jobs = jobs_of(sheet, account, defaults={"voice_id": "v_1", "speed": "1.5"})
    assert [(job.body["voice_id"], job.body["speed"]) for job in jobs] == [("v_1", 1.5), ("v_2", 1.5)]


def test_map_takes_their_header_for_a_field_and_names_headers_that_are_not_there() -> None:
    sheet = table(["What to say", "voice_id"], ["Hi", "v_1"])
    assert jobs_of(sheet, renames={"what to say": "text"})[0].body["text"] == "Hi"
    with pytest.raises(InputError, match="Did you mean What to say"):
        built(sheet, renames={"What to sy": "text"})


# Templates -----------------------------------------------------------------------------------------------------


def test_a_variable_goes_before_a_field_of_the_same_name() -> None:
    account = Account({"t": Template("t", "T", {"title": "text"})}, {Lookup.TEMPLATE: {}})
    job = jobs_of(table(["template_id", "title", "video_title"], ["t", "On screen", "At HeyGen"]), account)[0]
    assert job.body["variables"] == {"title": {"type": "text", "content": "On screen"}}
    assert job.title == "At HeyGen"


def test_an_unknown_template_is_a_mistake_with_the_nearest_id() -> None:
    found = mistakes(table(["template_id", "first_name"], ["tpl1", "Ann"]))
    assert found[0].cause == "is no template of this account"
    assert "Did you mean tpl_1?" in found[0].fix


def test_a_template_not_looked_up_yet_is_left_open() -> None:
    found = built(table(["template_id", "first_name"], ["tpl_1", "Ann"]), Account())
    assert not found.mistakes
    assert found.rows[0].jobs == ()
    assert found.needs.of(Lookup.TEMPLATE) == {"tpl_1"}


def test_a_text_variable_that_would_stay_empty_is_a_mistake() -> None:
    assert told(table(["template_id", "first_name"], ["tpl_1", " "])) == [
        "Leads!B2 is blank, and the video would show {{…}} instead"
    ]


def test_a_text_variable_without_a_column_is_a_mistake() -> None:
    found = mistakes(table(["template_id", "email"], ["tpl_1", "a@b.c"]))
    assert [(p.header, p.cause) for p in found] == [("first_name", "is a variable of the template with no column")]


@pytest.mark.parametrize(("header", "variable"), [("frist_name", "first_name"), ("loggo", "logo")])
def test_a_misspelt_variable_is_a_mistake_at_its_header(header: str, variable: str) -> None:
    other = {"first_name": "logo", "logo": "first_name"}[variable]
    sheet = table(["template_id", header, other], ["tpl_1", LINK, LINK])
    found = mistakes(sheet)
    assert [(p.header, p.cause) for p in found] == [
        (header, f"looks like the template's variable {variable}, misspelt")
    ]


@pytest.mark.parametrize(
    ("header", "cause", "fix"),
    [
        ("jingle.volume", "jingle is of the type audio, which takes no volume", "Clear the cell"),
        ("Variables.Jingle.Volume", "jingle is of the type audio, which takes no Volume", "Clear the cell"),
        ("line.play style", "line is of the type text, which takes no play style", "Clear the cell"),
        ("photo.volume", "photo is of the type image, which takes no volume", "photo takes fit."),
        ("clip.locale", "clip is of the type video, which takes no locale", "clip takes fit, play_style, volume."),
    ],
)
@pytest.mark.parametrize("filled", [True, False], ids=["with its variable", "alone"])
def test_an_option_that_a_variables_type_does_not_have_is_no_misspelling_but_pointed_out(
    header: str, cause: str, fix: str, filled: bool
) -> None:
    others = ["photo", "clip", "jingle"] if filled else []
    sheet = table(
        ["template_id", "line", header, *others], ["tpl_all", "Hi", "0.5", *[LINK] * len(others)], ["tpl_all", "Hi"]
    )
    found = built(sheet)
    assert not found.mistakes
    assert [(p.row, p.header, p.cause) for p in found.warnings] == [(2, header, f"fills nothing: {cause}")]
    assert found.warnings[0].fix.startswith(fix)
    assert [len(row.jobs) for row in found.rows] == [1, 1]


def test_an_option_that_a_variables_type_has_is_a_field() -> None:
    headers = ["template_id", "line", "clip", "clip.volume", "Clip.Play Style", "photo", "photo.fit"]
    found = built(table(headers, ["tpl_all", "Hi", LINK, "0.5", "ONCE", LINK, "cover"]))
    assert not found.mistakes + found.warnings
    clip = {"type": "video", "asset": {"type": "url", "url": LINK}, "volume": 0.5, "play_style": "once"}
    assert found.rows[0].jobs[0].body["variables"]["clip"] == clip  # type: ignore[index]  # variables is an object


@pytest.mark.parametrize("header", ["line.de", "jingle.notes", "volume", "jingle."])
def test_a_dotted_column_of_another_meaning_is_the_persons_own(header: str) -> None:
    found = built(table(["template_id", "line", header], ["tpl_all", "Hi", "x"]))
    assert not found.mistakes + found.warnings


def test_a_misspelt_option_of_a_variable_is_a_mistake_at_its_header() -> None:
    sheet = table(["template_id", "line", "clip", "clip.vloume"], ["tpl_all", "Hi", LINK, "0.5"])
    assert told(sheet) == ["Leads!D2 looks like the template's variable clip.volume, misspelt"]


def test_map_to_nothing_leaves_a_column_alone() -> None:
    sheet = table(["template_id", "first_name", "loggo"], ["tpl_1", "Ann", "x"])
    assert not mistakes(sheet, renames={"loggo": ""})


def test_columns_that_are_nobodys_change_nothing() -> None:
    bare = table(["template_id", "first_name"], ["tpl_1", "Ann"])
    rich = table(["template_id", "first_name", "email", "deal"], ["tpl_1", "Ann", "a@b.c", "{{no such}}"])
    assert jobs_of(bare)[0].fingerprint == jobs_of(rich)[0].fingerprint


def test_how_the_template_shapes_a_value_is_no_part_of_the_fingerprint() -> None:
    sheet = table(["template_id", "logo", "first_name"], ["tpl_1", LINK, "Ann"])
    as_text = Account({"tpl_1": Template("tpl_1", "", {"first_name": "text", "logo": "text"})}, {Lookup.TEMPLATE: {}})
    assert jobs_of(sheet)[0].fingerprint == jobs_of(sheet, as_text)[0].fingerprint


def test_of_thousands_of_names_the_nearest_is_found() -> None:
    names = {f"v_{n}": f"Speaker {n} in the office" for n in range(3_000)}
    account = Account(listed={Lookup.SPEECH_VOICE: {**names, "v_ann": "Ann, warm"}})
    found = built(table(["text", "voice_id"], ["Hi", "Anne warm"]), account).mistakes
    assert "Did you mean Ann, warm?" in found[0].fix


def test_a_name_that_is_nobodys_is_a_mistake_where_what_may_be_an_id_is_not() -> None:
    headers = ["avatar_id", "script"]
    for word, is_mistake in (("look_of_somebody", False), ("Abigial", False), ("No such person", True)):
        found = built(table(headers, [word, "Hi"])).rows[0].issues
        assert [(issue.code, not issue.warning) for issue in found] == [("unknown_look", is_mistake)], word
    assert "Did you mean Abigail?" in built(table(headers, ["Abigial", "Hi"])).warnings[0].fix


def test_a_hostile_template_id_never_becomes_a_path() -> None:
    """It is a name, and nobody's; nor is an id that HeyGen or a resume file gives taken for one."""
    for hostile in ("../videos", "a/b", "a?b=c", ".."):
        sheet = table(["template_id", "first_name"], [hostile, "Ann"])
        assert built(sheet).mistakes
        assert not recorded_names(fold([named("template", plain(hostile), "../videos", hostile)]))
        recorded = {(Lookup.TEMPLATE, plain(hostile)): "../videos"}
        for account in (Account(), Account(recorded=recorded), replace(ACCOUNT, recorded=recorded)):
            assert not built(sheet, account).rows[0].jobs


def test_in_the_sandbox_an_unknown_template_takes_every_free_column_as_a_text() -> None:
    account = Account({"mine": Template("mine", "", open=True)}, {Lookup.TEMPLATE: {}}, lenient=True)
    sheet = table(["template_id", "Name", "row_id", "caption", "mail"], ["mine", "Ann", "7", "yes", None])
    assert jobs_of(sheet, account)[0].body["variables"] == {"Name": {"type": "text", "content": "Ann"}}


# Languages, mail merge, duplicates, selection --------------------------------------------------------------------


def test_several_languages_are_several_jobs_and_commas_do_not_separate() -> None:
    jobs = jobs_of(table(["video", "languages"], [LINK, "French | Spanish (Spain);French"]))
    assert [job.language for job in jobs] == ["French", "Spanish (Spain)"]
    assert [job.body["output_languages"] for job in jobs] == [["French"], ["Spanish (Spain)"]]
    assert told(table(["video", "languages"], [LINK, "French, English"])) == [
        "Leads!B2 names several languages as if they were one"
    ]


def test_a_language_in_another_case_is_sent_as_heygen_writes_it_and_is_the_same_job() -> None:
    exact = jobs_of(table(["video", "languages"], [LINK, "French"]))[0]
    loose = jobs_of(table(["video", "languages"], [LINK, "FRENCH"]))[0]
    assert loose.body["output_languages"] == ["French"]
    assert loose.fingerprint == exact.fingerprint


def test_an_unknown_language_names_the_likely_one() -> None:
    found = mistakes(table(["video", "languages"], [LINK, "Brasilian Portuguese"]))
    assert "Did you mean Portuguese (Brazil)?" in found[0].fix


def test_a_line_of_an_earlier_results_sheet_stands_for_its_own_language_only() -> None:
    headers = ["video", "languages", "result_status", "result_language"]
    sheet = table(headers, [LINK, "French;English", "done", "English"], [LINK, "French;English", "done", ""])
    found = built(sheet)
    assert [[job.language for job in row.jobs] for row in found.rows] == [["English"], ["French", "English"]]


def test_mail_merge_fills_texts_from_the_row() -> None:
    headers = ["avatar_id", "script", "First Name", "company"]
    sheet = table(
        headers,
        ["look_1", "Hi {{first_name}} of {{ Company | your firm }}!", "Ann", "Acme"],
        ["look_1", "Hi {{first_name|there}} of {{company|your firm}}!", None, None],
    )
    assert [job.body["script"] for job in jobs_of(sheet)] == ["Hi Ann of Acme!", "Hi there of your firm!"]


@pytest.mark.parametrize(
    ("column", "text", "sent"),
    [
        ("voice_settings.speed", "{{n}}", 1.2),
        ("voice_settings.pitch", "-{{n}}0", -1.2),
        ("brand_glossary_id", "g-{{n}}", "g-1.2"),
        ("remove_background", "{{yes}}", True),
        ("resolution", "{{p}}p", "720p"),
        ("watermark", "https://example.com/{{p}}.png", {"type": "url", "url": "https://example.com/720.png"}),
        ("motion_prompt", "waves {{nobody|twice}}", "waves twice"),
    ],
)
def test_mail_merge_fills_cells_of_every_type(column: str, text: str, sent: object) -> None:
    headers = ["avatar_id", "script", "n", "yes", "p", "nobody", column]
    body: object = jobs_of(table(headers, ["look_1", "Hi", "1.2", "On", 720, None, text]))[0].body
    for step in column.split("."):
        assert isinstance(body, dict)
        body = body[step]
    assert (body["image"] if isinstance(body, dict) and "image" in body else body) == sent


def test_mail_merge_fills_whole_numbers_and_lists() -> None:
    headers = ["template_id", "first_name", "fps", "scene_ids", "n"]
    body = jobs_of(table(headers, ["tpl_1", "Ann", "{{n}}", "{{n}};{{m|b}}", 30]), defaults={"m": ""})[0].body
    assert (body["fps"], body["scene_ids"]) == (30, ["30", "b"])


def test_a_cell_that_is_to_be_filled_from_itself_is_a_mistake() -> None:
    sheet = table(["avatar_id", "script"], ["look_1", "Hi {{script|Ann}}"], ["look_1", "Hi"])
    assert told(sheet) == ["Leads!B2 {{script}} names the column that it stands in"]
    filled = told(table(["text", "voice_id"], ["Hi", "v_1"]), defaults={"locale": "{{Locale}}"})
    assert filled == ["Leads row 2 {{Locale}} names the column that it stands in"]


def test_what_a_merge_makes_of_a_number_is_judged_like_any_number() -> None:
    sheet = table(["text", "voice_id", "speed", "n"], ["Hi", "v_1", "{{n}}", "fast"], ["Hi", "v_1", "{{n}}", None])
    assert told(sheet) == ["Leads!C2 is not a number", "Leads!C3 {{n}} is blank in this row"]


def test_a_field_of_the_merge_that_is_blank_or_unknown_is_a_mistake() -> None:
    headers = ["avatar_id", "script", "first_name"]
    sheet = table(headers, ["look_1", "Hi {{first_name}}", None], ["look_1", "Hi {{frist_name}}", "Ann"])
    found = mistakes(sheet)
    assert [sheet.where(p.row, p.column) for p in found] == ["Leads!B2", "Leads!B3"]
    assert "{{first_name|there}}" in found[0].fix
    assert "Did you mean first_name?" in found[1].fix


@given(st.text("ab{}|", max_size=30))
def test_merging_never_raises_anything_but_an_unfilled_field(text: str) -> None:
    with contextlib.suppress(Unfilled):
        merged = merge(text, {"a": Cell("A"), "b": BLANK}.get)
        assert "{{a}}" not in merged


def test_rows_that_ask_for_the_same_are_one_job_unless_copy_differs() -> None:
    sheet = table(
        ["text", "voice_id", "copy"], ["Hi", "v_1", None], ["Hi", "v_1", None], ["Hi", "v_1", "2"], ["Hi", "v_1", "2"]
    )
    prints = [job.fingerprint for job in jobs_of(sheet)]
    assert prints[0] == prints[1] != prints[2] == prints[3]
    assert all("copy" not in job.body for job in jobs_of(sheet))


def test_title_folder_callback_and_place_are_no_part_of_the_fingerprint() -> None:
    headers = ["avatar_id", "script", "title", "folder_id", "callback_url", "row_id"]
    sheet = table(headers, ["look_1", "Hi", "A", "f_1", LINK, "1"], ["look_1", "Hi", "B", None, None, "2"])
    first, second = jobs_of(sheet)
    assert first.fingerprint == second.fingerprint


def test_skip_leaves_a_row_out_and_an_odd_word_in_it_is_a_mistake() -> None:
    headers = ["text", "voice_id", "skip"]
    found = built(table(headers, ["Hi", "v_1", "yes"], ["Hi", "v_1", "no"], ["Hi", "v_1", "maybe"]))
    assert [row.skipped for row in found.rows] == [True, False, False]
    assert [p.header for p in found.mistakes] == ["skip"]


def test_rows_that_are_not_selected_do_not_block() -> None:
    sheet = table(["text", "voice_id"], ["Hi", "v_1"], ["Hi", None])
    assert mistakes(sheet)
    assert not mistakes(sheet, selection=parse_selection("2", "--rows"))


@pytest.mark.parametrize("text", ["", "a", "3-2", "1-", "1;2", "-4"])
def test_row_numbers_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="--rows"):
        parse_selection(text, "--rows")


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(0, 50)), min_size=1, max_size=5))
def test_a_selection_holds_just_the_rows_it_names(ranges: list[tuple[int, int]]) -> None:
    text = ",".join(f"{first}-{first + more}" for first, more in ranges)
    expected = {row for first, more in ranges for row in range(first, first + more + 1)}
    selection = parse_selection(text, "--rows")
    assert {row for row in range(600) if row in selection} == expected
    assert 1 not in Selection()


def test_voices_that_the_account_does_not_list_are_mistakes_and_looks_only_notes() -> None:
    sheet = table(["avatar_id", "script", "voice_id"], ["look_x", "Hi", "v_9"])
    found = built(sheet)
    assert [(p.header, p.warning) for p in found.rows[0].issues] == [("avatar_id", True), ("voice_id", False)]


def test_a_voices_name_in_place_of_its_id_is_that_voice() -> None:
    assert jobs_of(table(["text", "voice_id"], ["Hi", " anna "]))[0].body["voice_id"] == "v_1"


@given(
    st.lists(st.text("aBçé ñ-.(1)", min_size=1).filter(str.strip), unique_by=plain, min_size=1, max_size=4), st.data()
)
def test_a_name_however_it_is_written_is_the_same_job_as_its_id(names: list[str], data: st.DataObject) -> None:
    account = Account(listed={Lookup.SPEECH_VOICE: {f"v_{n}": name for n, name in enumerate(names)}})
    at = data.draw(st.sampled_from(range(len(names))))
    ways: list[Callable[[str], str]] = [str.upper, str.swapcase, partial(normalize, "NFD"), lambda name: f" {name}  "]
    written = data.draw(st.sampled_from(ways))
    by_name, by_id = jobs_of(table(["text", "voice_id"], ["Hi", written(names[at])], ["Hi", f"v_{at}"]), account)
    assert by_name.fingerprint == by_id.fingerprint
    assert by_name.body == by_id.body


def test_what_earlier_releases_sent_as_it_stood_is_known_by_that_too() -> None:
    """A look or a glossary in no list, and a language in any words: HeyGen may have taken it."""
    headers = ["avatar_id", "script", "brand_glossary_id", "locale", "folder_id", "voice_id"]
    named = jobs_of(table(headers, ["Abigail", "Hi", "brand names", "Deutsch", "spring", "anna"]))[0]
    typed = {"avatar_id": "Abigail", "script": "Hi", "brand_glossary_id": "brand names", "voice_id": "v_1"}
    assert named.readings == (fingerprint("avatar", {**typed, "voice_settings.locale": "Deutsch"}),)
    plain = jobs_of(table(headers, ["look_1", "Hi", "g_1", "de-DE", "f_1", "v_1"]))[0]
    assert not plain.readings
    assert plain.fingerprint == named.fingerprint


def test_needs_name_everything_that_has_to_be_looked_up_once() -> None:
    sheet = table(["video", "languages"], *[[LINK, "French"]] * 3)
    assert built(sheet, Account()).needs.wanted == {Lookup.LANGUAGE: frozenset({"French"})}


@given(st.text(max_size=20))
def test_headers_match_without_regard_to_case_and_separators(name: str) -> None:
    assert match_key(name) == match_key(f" {name.upper()} ".replace("_", "-")) or name.upper().lower() != name.lower()


@pytest.mark.parametrize(
    ("word", "known", "match"),
    [
        ("avater_id", ["avatar_id", "voice_id"], "avatar_id"),
        ("Brasilian Portuguese", ["Portuguese", "Portuguese (Brazil)", "Portuguese (Portugal)"], "Portuguese (Brazil)"),
        ("Klingon", ["English", "French"], None),
    ],
)
def test_suggestions(word: str, known: list[str], match: str | None) -> None:
    assert nearest(word, known) == match


def test_a_header_line_is_recognised_by_what_decides_a_kind() -> None:
    assert recognised(("Title", "Output Language", "URL"))
    assert recognised(("name", "Avatar-ID", "script"))
    assert not recognised(("name", "email", "text"))


def test_what_is_found_afterwards_stands_at_its_row_and_a_mistake_takes_the_rows_jobs() -> None:
    found = built(table(["text", "voice_id"], ["One", "v_1"], ["Two", "v_1"]))
    more = [
        warning(code="emoji", cause="is odd", fix="Look.").at(2, 0, "text", "One"),
        Issue(code="not_ssml", cause="is wrong", fix="Correct it.").at(3, 0, "text", "Two"),
        warning(code="column_misspelt", cause="looks misspelt", fix="Rename it.").at(1, 1, "voice_id"),
    ]
    judged = with_issues(found, more)
    assert [len(row.jobs) for row in judged.rows] == [1, 0]
    assert [issue.cause for issue in judged.mistakes] == ["is wrong"]
    assert [issue.cause for issue in judged.warnings] == ["looks misspelt", "is odd"]


def test_what_depends_on_an_unusable_cell_is_not_reported_too() -> None:
    headers = ["avatar_id", "script", "voice_settings.speed"]
    assert told(table(headers, ["look_1", "Hi {{nobody}}", "1.2"])) == [
        "Leads!B2 {{nobody}} names no column of this sheet"
    ]


def test_a_value_that_will_be_missing_in_the_results_is_pointed_out() -> None:
    lost = Cell(unusable="is a formula whose value was never computed")
    sheet = Table("Leads", ("text", "voice_id", "total"), (Row(2, (Cell("Hi"), Cell("v_1"), lost)),))
    found = built(sheet)
    assert [(issue.header, issue.warning) for issue in found.rows[0].issues] == [("total", True)]
    assert found.rows[0].jobs
