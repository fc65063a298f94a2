from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bulkgen.cli.wrapping import KEPT, kept, width_of, wrapped

WORDS = st.lists(st.text("abä世😀-/.", min_size=1, max_size=12), max_size=30)
WIDTHS = st.integers(10, 120)


@given(WORDS, st.sampled_from(["", "  ", "      12  ", "  3. "]), WIDTHS)
def test_no_word_is_broken_or_lost_and_no_line_is_wider_than_the_window_if_it_need_not_be(
    words: list[str], beginning: str, width: int
) -> None:
    lines = wrapped(beginning + " ".join(words), width).split("\n")
    assert " ".join(lines).split() == [*beginning.split(), *words]
    for line in lines:
        assert width_of(line) <= width or max(map(width_of, line.split())) + width // 3 > width


def test_what_goes_on_below_stands_below_its_text() -> None:
    line = "      12  to make: template videos, avatar videos"
    assert wrapped(line, 34) == "      12  to make: template\n          videos, avatar videos"
    assert wrapped("  Leads!D14: company is blank. Fill the cell.", 30) == (
        "  Leads!D14: company is blank.\n    Fill the cell."
    )
    assert wrapped("Nothing was sent. Correct the cells.", 20) == "Nothing was sent.\nCorrect the cells."


def test_a_path_or_a_command_stays_in_one_piece_so_that_it_can_be_copied() -> None:
    command = "bulkgen run 'Q4 warm leads.xlsx' --limit 3"
    lines = wrapped(f"Next: {kept(command)}   (goes on where it stopped)", 30).split("\n")
    assert [line.replace(KEPT, " ") for line in lines] == [f"Next: {command}", "(goes on where it stopped)"]


def test_wide_letters_count_twice_and_accents_of_their_own_not_at_all() -> None:
    assert (width_of("世界"), width_of("e\u0301"), width_of("😀"), width_of("abc")) == (4, 1, 2, 3)
    assert wrapped("世界 世界 世界", 10) == "世界 世界\n世界"
