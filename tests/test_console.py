from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.cli.console import Console, harmless

NO_COMMANDS = "\x1b[2J \x07 \x7f \x9b \u00a0 \u200b \u202e \u2028 \ufeff \U000e0001 \ud800"


def test_nothing_from_a_cell_reaches_the_terminal_as_a_command() -> None:
    assert harmless(NO_COMMANDS).isprintable()
    assert harmless("Zoë\nLee 😀") == "Zoë\nLee 😀"


@given(st.text())
def test_json_is_read_back_as_it_was_and_is_harmless(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        printed: list[str] = []
        patch.setattr("sys.stdout.write", printed.append)
        Console(as_json=True).summary("", {"x": text, "warnings": [{"value": NO_COMMANDS}]})
    assert json.loads("".join(printed)) == {"x": text, "warnings": [{"value": NO_COMMANDS}]}
    assert "".join(printed).replace("\n", "").isprintable()
