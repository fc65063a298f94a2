"""The recipe of a folder, `bulkgen.recipe.toml`: for every sheet in it, behind the sheet's own."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulkgen.batch.remembered import remember
from bulkgen.batch.settings import Settings
from bulkgen.errors import InputError
from tests.story import Story

_AMOUNTS = st.fixed_dictionaries(
    {}, optional={name: st.integers(0, 50) for name in ("max_cost", "max_cost_per_row", "max_cost_total")}
)
_OTHERS = st.fixed_dictionaries(
    {}, optional={"limit": st.integers(0, 9), "skip_invalid": st.booleans(), "concurrency": st.integers(1, 9)}
)
_SAID = st.builds(lambda amounts, others: {**amounts, **others}, _AMOUNTS, _OTHERS)


def write(path: Path, said: dict[str, Any]) -> None:
    lines = (f"{name} = {str(value).lower()}\n" for name, value in said.items())
    path.write_text("".join(lines), encoding="utf-8")


@settings(max_examples=60)
@given(_SAID, _SAID, _SAID)
def test_the_own_recipe_goes_before_the_folders_whose_amounts_it_can_only_lower(
    typed: dict[str, Any], own: dict[str, Any], folders: dict[str, Any]
) -> None:
    with TemporaryDirectory() as name:
        write(Path(name) / "leads.recipe.toml", own)
        write(Path(name) / "bulkgen.recipe.toml", folders)
        found = remember(Path(name) / "leads.csv", None, Settings(**typed)).settings
    for setting in {*typed, *own, *folders}:
        told = [said[setting] for said in (own, folders) if setting in said]
        by_files = (min(told) if setting.startswith("max_cost") else told[0]) if told else None
        assert getattr(found, setting) == typed.get(setting, by_files), setting


def test_values_and_headers_of_both_recipes_add_up(tmp_path: Path) -> None:
    (tmp_path / "bulkgen.recipe.toml").write_text('[set]\nvoice = "a"\ncaption = "yes"\n[map]\nFirma = "company"\n')
    (tmp_path / "leads.recipe.toml").write_text('[set]\nvoice_id = "b"\n')
    remembered = remember(tmp_path / "leads.csv", None, Settings())
    assert remembered.settings.defaults == {"voice_id": "b", "caption": "yes"}
    assert remembered.settings.renames == {"Firma": "company"}
    assert remembered.sources == ("leads.recipe.toml", "bulkgen.recipe.toml")
    assert remembered.said_by["set", "caption"] == "bulkgen.recipe.toml"
    assert remembered.recipe == tmp_path / "leads.recipe.toml"


def test_a_sheet_of_the_same_name_has_it_for_its_own(tmp_path: Path) -> None:
    (tmp_path / "bulkgen.recipe.toml").write_text('out = "made.csv"\n')
    remembered = remember(tmp_path / "bulkgen.csv", None, Settings())
    assert (remembered.settings.out, remembered.sources) == (tmp_path / "made.csv", ("bulkgen.recipe.toml",))
    with pytest.raises(InputError, match="out can't be the same for all sheets of a folder"):
        remember(tmp_path / "leads.csv", None, Settings())


@pytest.mark.parametrize("line", ['out = "a.csv"', 'resume = "r.jsonl"', 'mailmerge = "m.csv"', 'rows = "2-4"'])
def test_what_belongs_to_one_sheet_can_not_be_said_for_all(tmp_path: Path, line: str) -> None:
    (tmp_path / "bulkgen.recipe.toml").write_text(line + "\n")
    with pytest.raises(InputError, match=rf"^bulkgen.recipe.toml: {line.split()[0]} can't be the same for all"):
        remember(tmp_path / "leads.csv", None, Settings())


def test_every_command_on_a_sheet_of_the_folder_reads_it(story: Story) -> None:
    story.sheet("leads.csv", "script", "Hello")
    (story.folder / "bulkgen.recipe.toml").write_text('max_cost = 9\n[set]\navatar_id = "look_ann"\n', encoding="utf-8")
    assert "bulkgen.recipe.toml" in story.type("check", "leads.csv").text
    story.run("leads.csv")
    assert story.column("leads.results.csv", "result_status") == ["done"]
    assert "1 done" in story.type("status", "leads.csv").text
    assert "Nothing new" in story.run("leads.results.csv").text
    assert story.charges == 1


def test_a_mistake_in_it_is_told_by_its_name(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    (story.folder / "bulkgen.recipe.toml").write_text("yes = true\n", encoding="utf-8")
    assert "bulkgen.recipe.toml: yes can't be set in a file" in story.run("leads.csv", code=2).text
