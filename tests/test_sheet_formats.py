"""Number formats: what a spreadsheet shows of a number.

The texts were compared with those of LibreOffice 7.4. Where it shows another text than Excel, a comment says so.
"""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.styles.numbers import BUILTIN_FORMATS

from bulkgen.sheet.xlsx.dates import FROM_1900, Clock, Unshowable
from bulkgen.sheet.xlsx.formats import BUILTIN, CODE_LIMIT, SHOWN, compile_format
from bulkgen.sheet.xlsx.numbers import plain, show_number

FROM_1904 = Clock(from_1904=True)

#: A format, and how it shows 0, 7, -1.5, 1234.567 and 5551234567.
NUMBERS = [
    ("General", "0", "7", "-1.5", "1234.567", "5551234567"),
    ("0", "0", "7", "-2", "1235", "5551234567"),
    ("00000", "00000", "00007", "-00002", "01235", "5551234567"),
    ("0.00", "0.00", "7.00", "-1.50", "1234.57", "5551234567.00"),
    ("#,##0", "0", "7", "-2", "1,235", "5,551,234,567"),
    ("#,##0.00", "0.00", "7.00", "-1.50", "1,234.57", "5,551,234,567.00"),
    ("0%", "0%", "700%", "-150%", "123457%", "555123456700%"),
    ("0.00%", "0.00%", "700.00%", "-150.00%", "123456.70%", "555123456700.00%"),
    ("0.0%;(0.0%)", "0.0%", "700.0%", "(150.0%)", "123456.7%", "555123456700.0%"),
    ("0.00E+00", "0.00E+00", "7.00E+00", "-1.50E+00", "1.23E+03", "5.55E+09"),
    ("0.0E-0", "0.0E0", "7.0E0", "-1.5E0", "1.2E3", "5.6E9"),
    ("##0.0E+0", "0.0E+0", "7.0E+0", "-1.5E+0", "1.2E+3", "5.6E+9"),
    ("0E+00", "0E+00", "7E+00", "-2E+00", "1E+03", "6E+09"),
    ("# ?/?", "0", "7", "-1 1/2", "1234 4/7", "5551234567"),  # LibreOffice gives up on the last
    ("# ??/??", "0", "7", "-1 1/2", "1234 55/97", "5551234567"),
    ("?/?", "0/1", "7/1", "-3/2", "8642/7", "5551234567/1"),
    ("# ?/8", "0", "7", "-1 4/8", "1234 5/8", "5551234567"),
    ("$#,##0.00", "$0.00", "$7.00", "-$1.50", "$1,234.57", "$5,551,234,567.00"),
    ('"$"#,##0_);("$"#,##0)', "$0", "$7", "($2)", "$1,235", "$5,551,234,567"),
    ('"$"#,##0.00_);[Red]("$"#,##0.00)', "$0.00", "$7.00", "($1.50)", "$1,234.57", "$5,551,234,567.00"),
    (r'_(* #,##0.00_);_(* \(#,##0.00\);_(* "-"??_);_(@_)', "-", "7.00", "(1.50)", "1,234.57", "5,551,234,567.00"),
    ("[$€-407] #,##0.00", "€ 0.00", "€ 7.00", "-€ 1.50", "€ 1,234.57", "€ 5,551,234,567.00"),
    (r"#,##0.00\ [$€-407]", "0.00 €", "7.00 €", "-1.50 €", "1,234.57 €", "5,551,234,567.00 €"),
    ("[$USD] 0.00", "USD 0.00", "USD 7.00", "-USD 1.50", "USD 1234.57", "USD 5551234567.00"),
    ("(000) 000-0000", "(000) 000-0000", "(000) 000-0007", "-(000) 000-0002", "(000) 000-1235", "(555) 123-4567"),
    ("000-00-0000", "000-00-0000", "000-00-0007", "-000-00-0002", "000-00-1235", "5551-23-4567"),
    ("00000-0000", "00000-0000", "00000-0007", "-00000-0002", "00000-1235", "555123-4567"),
    (r"000\.000", "000.000", "000.007", "-000.002", "001.235", "5551234.567"),
    ("#-#", "-", "-7", "--2", "123-5", "555123456-7"),
    ('0.0,,"M"', "0.0M", "0.0M", "-0.0M", "0.0M", "5551.2M"),  # Excel keeps the sign of what it rounds to 0
    ("0,", "0", "0", "-0", "1", "5551235"),
    ('#,##0,"K"', "0K", "0K", "-0K", "1K", "5,551,235K"),
    ('[>=1000000]0.0,,"M";[>=1000]0.0,"K";0', "0", "7", "-2", "1.2K", "5551.2M"),  # LibreOffice drops this sign
    ('[=7]"seven";0', "0", "seven", "-2", "1235", "5551234567"),
    ('[<0]"neg "0;0', "0", "7", "neg 2", "1235", "5551234567"),
    ('[>100]"big";[<-100]"small";"mid"', "mid", "mid", "mid", "big", "big"),
    ('0;(0);"zero"', "zero", "7", "(2)", "1235", "5551234567"),
    ("0;[Red]0", "0", "7", "2", "1235", "5551234567"),
    ("+0;-0;0", "0", "+7", "-2", "+1235", "+5551234567"),
    (r"0.00_ ;-0.00\ ", "0.00", "7.00", "-1.50", "1234.57", "5551234567.00"),
    ('"yes";"no";"zero"', "zero", "yes", "no", "yes", "yes"),
    ('"SKU-"0000', "SKU-0000", "SKU-0007", "-SKU-0002", "SKU-1235", "SKU-5551234567"),
    ('0.00"x"0', "0.00x0", "7.00x0", "-1.50x0", "1234.56x7", "5551234567.00x0"),
    ('General" kg"', "0 kg", "7 kg", "-1.5 kg", "1234.567 kg", "5551234567 kg"),
    ("#", "", "7", "-2", "1235", "5551234567"),
    ("0.##", "0.", "7.", "-1.5", "1234.57", "5551234567."),  # LibreOffice drops this point
    ("??0", "0", "7", "-2", "1235", "5551234567"),
    ("###,000", "000", "007", "-002", "1,235", "5,551,234,567"),
    ("0,000.0", "0,000.0", "0,007.0", "-0,001.5", "1,234.6", "5,551,234,567.0"),
    (".00", ".00", "7.00", "-1.50", "1234.57", "5551234567.00"),
    ("[Red].00", ".00", "7.00", "-1.50", "1234.57", "5551234567.00"),
    ("@", "0", "7", "-1.5", "1234.567", "5551234567"),
    ('"Dr. "@', "0", "7", "-1.5", "1234.567", "5551234567"),
]

#: A format, and how it shows 4 March 2026 at 0:00 and at 18:00, and 1 January 2000 at 0:00:00.864.
DATES = [
    ("yyyy-mm-dd", "2026-03-04", "2026-03-04", "2000-01-01"),
    ("dd/mm/yyyy", "04/03/2026", "04/03/2026", "01/01/2000"),
    ("m/d/yy", "3/4/26", "3/4/26", "1/1/00"),
    ("d-mmm-yy", "4-Mar-26", "4-Mar-26", "1-Jan-00"),
    ("mmm d, yyyy; @", "Mar 4, 2026", "Mar 4, 2026", "Jan 1, 2000"),
    ("dddd, mmmm d, yyyy", "Wednesday, March 4, 2026", "Wednesday, March 4, 2026", "Saturday, January 1, 2000"),
    ("ddd dd mmm", "Wed 04 Mar", "Wed 04 Mar", "Sat 01 Jan"),
    ("mmmmm", "M", "M", "J"),
    ("yy", "26", "26", "00"),
    (r"yyyy\.mm\ ", "2026.03", "2026.03", "2000.01"),
    ("d.m.yyyy", "4.3.2026", "4.3.2026", "1.1.2000"),
    ('yyyy"年"m"月"d"日"', "2026年3月4日", "2026年3月4日", "2000年1月1日"),
    # times: LibreOffice cuts the seconds where Excel rounds them
    ("h:mm AM/PM", "12:00 AM", "6:00 PM", "12:00 AM"),
    ("h:mm A/P", "12:00 A", "6:00 P", "12:00 A"),
    ("h:mm:ss AM/PM", "12:00:00 AM", "6:00:00 PM", "12:00:01 AM"),
    ("h:mm", "0:00", "18:00", "0:00"),
    ("hh:mm:ss.000", "00:00:00.000", "18:00:00.000", "00:00:00.864"),
    ("hh:mm:ss.0", "00:00:00.0", "18:00:00.0", "00:00:00.9"),
    ("mm:ss", "00:00", "00:00", "00:01"),
    ("mmss.0", "0000.0", "0000.0", "0000.9"),
    ('h "h" mm "min"', "0 h 00 min", "18 h 00 min", "0 h 00 min"),
    ("yyyy-mm-ddThh:mm:ss", "2026-03-04T00:00:00", "2026-03-04T18:00:00", "2000-01-01T00:00:01"),
    ("dd.mm.yyyy hh:mm", "04.03.2026 00:00", "04.03.2026 18:00", "01.01.2000 00:00"),
    ("[$-409]m/d/yy h:mm AM/PM;@", "3/4/26 12:00 AM", "3/4/26 6:00 PM", "1/1/00 12:00 AM"),
    # durations
    ("[h]:mm:ss", "1106040:00:00", "1106058:00:00", "876624:00:01"),
    ("[mm]:ss", "66362400:00", "66363480:00", "52597440:01"),
    ("[ss].00", "3981744000.00", "3981808800.00", "3155846400.86"),
    # names in the language that the format names
    ("[$-409]mmmm d, yyyy", "March 4, 2026", "March 4, 2026", "January 1, 2000"),
    ("[$-407]dddd, d. mmmm yyyy", "Mittwoch, 4. März 2026", "Mittwoch, 4. März 2026", "Samstag, 1. Januar 2000"),
    ("[$-40C]dddd d mmmm", "mercredi 4 mars", "mercredi 4 mars", "samedi 1 janvier"),
    ('[$-C0A]dddd d" de "mmmm', "miércoles 4 de marzo", "miércoles 4 de marzo", "sábado 1 de enero"),
    ('[$-416]dddd, d" de "mmmm', "quarta-feira, 4 de março", "quarta-feira, 4 de março", "sábado, 1 de janeiro"),
    ("[$-410]dddd d mmmm", "mercoledì 4 marzo", "mercoledì 4 marzo", "sabato 1 gennaio"),
    ("[$-413]dddd d mmmm", "woensdag 4 maart", "woensdag 4 maart", "zaterdag 1 januari"),
    ("[$-de-DE]mmmm", "März", "März", "Januar"),
    # what the file does not tell: an ISO date
    ("[$-F800]dddd, mmmm dd, yyyy", "2026-03-04", "2026-03-04", "2000-01-01"),
    ("[$-F400]h:mm:ss AM/PM", "00:00:00", "18:00:00", "00:00:01"),
    ("[$-x-sysdate]dddd", "2026-03-04", "2026-03-04", "2000-01-01"),
    ("[$-407]d mmm yy", "2026-03-04", "2026-03-04", "2000-01-01"),  # Mär, Mrz, März: it depends
    ("[$-C07]d. mmmm", "2026-03-04", "2026-03-04", "2000-01-01"),  # Jänner
    ("[$-411]ggge", "2026-03-04", "2026-03-04", "2000-01-01"),
    ("[$-41F]d mmmm yyyy hh:mm", "2026-03-04 00:00", "2026-03-04 18:00", "2000-01-01 00:00"),
    ("[$-1070000]d/mm/yyyy", "2026-03-04", "2026-03-04", "2000-01-01"),  # the Buddhist calendar
    ("[$-41F]dd.mm.yyyy", "04.03.2026", "04.03.2026", "01.01.2000"),
]


def shown(value: float, code: str, clock: Clock = FROM_1900) -> str:
    return compile_format(code).number(value, clock)


@pytest.mark.parametrize(("code", "texts"), [(row[0], row[1:]) for row in NUMBERS])
def test_a_format_shows_numbers_as_a_spreadsheet_does(code: str, texts: tuple[str, ...]) -> None:
    assert tuple(shown(value, code) for value in (0, 7, -1.5, 1234.567, 5551234567)) == texts


@pytest.mark.parametrize(("code", "texts"), [(row[0], row[1:]) for row in DATES])
def test_a_format_shows_dates_and_times_as_a_spreadsheet_does(code: str, texts: tuple[str, ...]) -> None:
    assert tuple(shown(value, code) for value in (46085, 46085.75, 36526.00001)) == texts


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.3"), (1e15, "1000000000000000"), (123456789012345, "123456789012345"), (-0.0, "0"),
        (1e21, "1E+21"), (1.5e300, "1.5E+300"), (0.00001, "0.00001"), (1e-10, "1E-10"), (-2.5e-9, "-0.0000000025"),
        (1234567890.12345, "1234567890.12345"), (5e-324, "4.94065645841247E-324"), (1 / 3, "0.333333333333333"),
    ],
)  # fmt: skip
def test_a_number_without_a_format_has_the_digits_it_really_has(value: float, text: str) -> None:
    assert plain(value) == text


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (1.005, "0.00", "1.01"), (2.675, "0.00", "2.68"), (0.285, "0%", "29%"), (-0.5, "0", "-1"), (2.5, "0", "3"),
        (99.995, "0.00E+00", "1.00E+02"), (999_999, "##0.0E+0", "1.0E+6"), (0.99, "# ?/8", "1"),
        (1 / 9, "# ?/?", "1/9"), (8 / 97, "?/??", "8/97"), (-0.4, "0", "-0"),
        (123456789012345, "0.00000000000000000000", "123456789012345.00000000000000000000"),
        (1e300, "0.0E+000", "1.0E+300"),
    ],
)  # fmt: skip
def test_a_half_is_rounded_away_from_zero_by_the_digits_that_are_seen(value: float, code: str, text: str) -> None:
    assert shown(value, code) == text


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("General", "Smith"), ("@", "Smith"), ("00000", "Smith"), ("0;-0;0", "Smith"), ("yyyy-mm-dd;@", "Smith"),
        ('"Dr. "@', "Dr. Smith"), ('@" Inc."', "Smith Inc."), ('0;-0;0;"<"@">"', "<Smith>"),
        ('#,##0;"text "@', "text Smith"), (";;;", ""), ("0;;;", ""), ("0;;;@", "Smith"), ("_(@_)", "Smith"),
        (SHOWN[44], "Smith"),
    ],
)  # fmt: skip
def test_a_text_is_shown_by_the_part_of_the_format_that_is_for_texts(code: str, text: str) -> None:
    assert compile_format(code).text("Smith") == text


def test_a_text_is_not_padded_by_a_format_that_leaves_room_for_a_bracket() -> None:
    assert compile_format("0.00_);@_)").text(" Ann ") == " Ann "


@pytest.mark.parametrize(
    ("serial", "clock", "text"),
    [
        (1, FROM_1900, "1900-01-01"), (59, FROM_1900, "1900-02-28"), (61, FROM_1900, "1900-03-01"),
        (2_958_465, FROM_1900, "9999-12-31"), (0, FROM_1904, "1904-01-01"), (60, FROM_1904, "1904-03-01"),
        (44623, FROM_1904, "2026-03-04"), (2_957_003, FROM_1904, "9999-12-31"),
    ],
)  # fmt: skip
def test_days_are_counted_from_1900_or_from_1904(serial: float, clock: Clock, text: str) -> None:
    assert shown(serial, "yyyy-mm-dd", clock) == text


@pytest.mark.parametrize(
    ("serial", "clock", "message"),
    [
        (0, FROM_1900, "day 0 of January 1900"), (0.75, FROM_1900, "day 0 of January 1900"),
        (60, FROM_1900, "no 29th of February"), (60.9, FROM_1900, "no 29th of February"), (-1, FROM_1900, "only ####"),
        (2_958_466, FROM_1900, "only ####"),
        (-0.001, FROM_1904, "only ####"), (2_957_004, FROM_1904, "only ####"), (1e300, FROM_1900, "only ####"),
    ],
)  # fmt: skip
def test_a_number_that_is_no_date_is_not_shown_as_one(serial: float, clock: Clock, message: str) -> None:
    with pytest.raises(Unshowable, match=message):
        shown(serial, "yyyy-mm-dd", clock)


@pytest.mark.parametrize("code", ["h:mm", "[h]:mm:ss", "mm:ss.0"])
def test_a_time_of_day_0_is_a_time(code: str) -> None:
    assert shown(0.25, code) in ("6:00", "6:00:00", "00:00.0")


def test_a_moment_just_before_midnight_keeps_its_day_where_only_the_day_is_shown() -> None:
    assert shown(46085.999999, "yyyy-mm-dd") == "2026-03-04"
    assert shown(46085.999999, "yyyy-mm-dd hh:mm:ss") == "2026-03-05 00:00:00"


def test_a_sum_of_times_that_misses_midnight_by_a_rounding_error_is_midnight() -> None:
    assert shown(46084.99999999999, "yyyy-mm-dd") == "2026-03-04"


@pytest.mark.parametrize("code", ["", "General", "GENERAL", "0;0;0;@;0", "0" * (CODE_LIMIT + 1)])
def test_a_format_that_says_nothing_or_nonsense_shows_the_number_as_it_is(code: str) -> None:
    assert shown(1234.5, code) == "1234.5"


def test_built_in_formats_are_written_back_under_their_own_number() -> None:
    """openpyxl knows them by their codes."""
    assert {number: BUILTIN[number] for number in BUILTIN_FORMATS} == BUILTIN_FORMATS


def test_every_built_in_format_can_be_shown() -> None:
    assert shown(46085.5, SHOWN[14]) == "2026-03-04"
    for number, code in BUILTIN.items():
        assert shown(46085.5, SHOWN.get(number, code))


# -- any format, any number --------------------------------------------------------------------------------------------

ANY_NUMBER = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**15), 10**15)
SIGNS = ["0", "#", "?", ".", ",", "%", "/", "E+", "E-", "@", "General", "y", "m", "d", "h", "s", "[h]", "[mm]", "AM/PM",
         ";", '"', '"x"', "\\", "_", "*", "(", ")", "-", " ", "[Red]", "[>1]", "[<=-2.5]", "[$€-407]", "[$-409]", "[",
         "]", "g", "e", "1", "8", ".0", "\n", "ß"]  # fmt: skip
ANY_CODE = st.lists(st.sampled_from(SIGNS), max_size=14).map("".join) | st.text(max_size=20)


@settings(max_examples=300)
@given(code=ANY_CODE, value=ANY_NUMBER, from_1904=st.booleans())
@example(code="0" + "%" * 250, value=1.7e308, from_1904=False)
@example(code="0." + "0" * 250, value=5e-324, from_1904=False)
@example(code="?/" + "?" * 250, value=math.pi, from_1904=False)
@example(code="0,,,,,,,,", value=1, from_1904=False)
@example(code="E+", value=1, from_1904=False)
@example(code="0E+", value=1, from_1904=False)
def test_any_format_shows_any_number_or_says_that_it_is_no_date(code: str, value: float, from_1904: bool) -> None:
    shape = compile_format(code)
    assert isinstance(shape.text("x"), str)

    try:
        text = shape.number(value, Clock(from_1904))
    except Unshowable as error:
        text = str(error)

    assert isinstance(text, str)


MASKS = ["0", "00000", "0.00", "0.000000", "#,##0", "#,##0.00", "0%", "0.0%", '"a "0.0" b"', "#,##0.00 %", "##00.0"]


@settings(max_examples=300)
@given(code=st.sampled_from(MASKS), value=ANY_NUMBER)
def test_the_quick_way_and_the_long_way_show_the_same(code: str, value: float) -> None:
    (section,) = compile_format(code).sections

    assert section.mask is not None
    assert section.mask.show(value) == show_number(value, section.tokens)


@settings(max_examples=300)
@given(st.floats(-1e14, 1e14))
def test_a_number_without_a_format_is_read_back_as_itself_to_15_digits(value: float) -> None:
    assert Decimal(plain(value)) == Decimal(f"{value:.15g}")


@settings(max_examples=300)
@given(st.floats(1, 2_957_003).filter(lambda n: not 60 <= n < 61), st.booleans())
def test_a_date_as_a_value_is_counted_as_the_number_it_came_from(serial: float, from_1904: bool) -> None:
    clock = Clock(from_1904)

    value = clock.value(serial, dated=True, elapsed=False)

    assert not isinstance(value, type(None))
    assert abs(clock.serial(value) - serial) < 1e-8 * 2  # type: ignore[arg-type]  # a millisecond
