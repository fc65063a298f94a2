"""What docs/SEND.md says of the columns is what the code has."""

from __future__ import annotations

import re

from bulkgen.kinds.sharing import SHARING
from bulkgen.result_columns import MAIL_COLUMNS, MAIL_TITLES
from tests.command import ROOT

SEND = (ROOT / "docs" / "SEND.md").read_text(encoding="utf-8")

#: How each tool writes the name of a column.
TAGS = (
    r"\{\{ ?(?:contact\.)?(\w+) ?\}\}",
    r"(?<!\{)\{(\w+)\}(?!\})",
    r"<<(\w+)>>",
    r"«(\w+)»",
    r"`@(\w+)`",
    r"MERGEFIELD (\w+)",
    r"\*\|(\w+)\|\*",
)

#: Mailchimp's tags have no more characters.
LONGEST_TAG = 10


def test_the_table_has_each_column_in_its_order() -> None:
    assert tuple(re.findall(r"^\| `(\w+)` \|", SEND, flags=re.M)) == MAIL_COLUMNS


def test_each_tool_is_told_the_names_that_the_columns_have() -> None:
    for tag in TAGS:
        names = {name.casefold() for name in re.findall(tag, SEND)}
        assert names, tag
        assert names <= {*MAIL_COLUMNS, "first_name"}, tag
    assert {len(name) for name in re.findall(TAGS[-1], SEND)} == {LONGEST_TAG}


def test_it_is_for_the_tools_that_people_have_and_names_the_sheet_and_the_setting() -> None:
    headings = re.findall(r"^## (.+)$", SEND, flags=re.M)
    assert {"Gmail", "Outlook", "HubSpot", "Mailchimp", "Outreach"} <= {*headings}
    assert all(tool in SEND for tool in ("YAMM", "GMass"))
    assert f"sheet *{MAIL_TITLES[0]}*" in SEND
    assert f"`{MAIL_TITLES[0]}$`" in SEND
    assert f"a column `{SHARING}` with `yes`" in SEND


def test_the_other_documents_lead_to_it() -> None:
    for path in ("README.md", "docs/REFERENCE.md", "docs/OPERATOR.md"):
        assert "SEND.md)" in (ROOT / path).read_text(encoding="utf-8"), path
