"""What files say of how a sheet is run: its recipe, that of its folder, and the Settings sheet of the workbook itself.

Order: what was typed, the recipe, the folder's, the Settings sheet, the default; of amounts that limit the cost, the
lower one of the recipe and the folder's. Sheets come from strangers, and so do the files beside them. So no file sets
what spends money again, which account pays, or a path outside the sheet's folder.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bulkgen.batch.places import is_results_name, sheet_of
from bulkgen.batch.recipe import LINK, folder_recipe, is_there, read_recipe, recipe_path
from bulkgen.batch.settings import Settings, flag_of, option_of, setting_of
from bulkgen.errors import InputError
from bulkgen.kinds.columns import match_key
from bulkgen.model import Table, listed, shorten
from bulkgen.notices.address import check_for_files
from bulkgen.rows.suggest import hint
from bulkgen.rows.synonyms import twin
from bulkgen.sheet import read_settings

#: The settings by the names that files may give them.
_FIELDS = {match_key(setting_of(name)): name for name in Settings.model_fields}

#: Of a results sheet, which has lines of its own, these settings of the sheet would mean other rows.
_OF_ITS_ROWS = ("header_row", "rows", "worksheet")

#: In the recipe of a folder these would name one file, or the same rows, for all of its sheets.
_OF_ONE_SHEET = ("out", "resume", "mailmerge", "rows")


@dataclass(frozen=True)
class Said:
    """One setting as a file has it. `where`: `leads.recipe.toml` or `Settings!B4`."""

    where: str
    name: str
    value: object


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """The settings, with what files say. `recipe`: the first that was read; `sources`: all files, as a person says.

    `said_by`: which of them says a pair, by the setting (`set`, `map`) and its name. `lowered`: the settings whose
    amount is that of the Settings sheet.
    """

    settings: Settings
    recipe: Path | None
    sources: tuple[str, ...]
    said_by: Mapping[tuple[str, str], str]
    lowered: frozenset[str]


def remember(path: Path, data: bytes | None, settings: Settings) -> Remembered:
    """Adds what the files of a sheet say to the settings that were given.

    `data`: the sheet's bytes, where `path` is only a name for them. Raises `InputError` for what no file may set, and
    for what is no setting.
    """
    folder = Path() if str(path) == "-" else path.parent
    by_recipes = remember_recipes(path, settings)
    found = [(recipe.name, said) for recipe, said in by_recipes.found.items()]
    whole, said_by = by_recipes.settings, dict[tuple[str, str], str]()
    origin = sheet_of(path)
    # What is derived from a sheet may have a copy of its settings, of an earlier moment
    table = (read_settings(origin) if origin != path else None) or read_settings(path, data=data)
    lowered = frozenset[str]()
    if table:
        found.append((f"the sheet {table.name}", settings_from(_in_sheet(table), folder)))
        in_sheet = _fitting(found[-1][1], path)
        lowered = _lowered(whole, in_sheet)
        whole = _with_sheet(whole, in_sheet, lowered)
    for source, said in found:
        said_by = {**dict.fromkeys(_pairs(said) - _pairs(settings), source), **said_by}
    sources = tuple(source for source, _said in found)
    return Remembered(
        settings=whole, recipe=next(iter(by_recipes.found), None), sources=sources, said_by=said_by, lowered=lowered
    )


@dataclass(frozen=True)
class ByRecipes:
    """The settings, with what recipes say; `found`: what each of them says, that of the folder last."""

    settings: Settings
    found: Mapping[Path, Settings]


def remember_recipes(path: Path, settings: Settings) -> ByRecipes:
    """Adds what the recipes of a sheet say to the settings that were given; the sheet itself is not looked at.

    Raises `InputError`, as `remember` does.
    """
    folder = Path() if str(path) == "-" else path.parent
    found = {recipe: settings_from(_in_recipe(recipe), folder) for recipe in _recipes(path, settings)}
    whole = Settings()
    for said in found.values():
        whole = whole.over(_fitting(said, path))
    of_all = _folders(path)
    if of_all not in found and of_all is not None:
        found[of_all] = folder_settings(of_all)
        whole = _lower(whole, found[of_all]).over(whole).over(_fitting(found[of_all], path))
    return ByRecipes(settings.over(whole), found)


def folder_settings(recipe: Path) -> Settings:
    """What the recipe of a folder says. Raises `InputError`, also for what can't be meant for all of its sheets."""
    settings = settings_from(_in_recipe(recipe), recipe.parent)
    for name in settings.model_fields_set.intersection(_OF_ONE_SHEET):
        raise InputError(
            f"{recipe.name}: {setting_of(name)} can't be the same for all sheets of a folder. Put it into the recipe "
            "of the sheet that it is meant for, such as leads.recipe.toml for leads.xlsx."
        )

    return settings


def _lower(settings: Settings, base: Settings) -> Settings:
    """The amounts of `base` that are lower than those of the settings: the folder's limits hold for all its sheets."""
    both = settings.model_fields_set & base.model_fields_set
    amounts = {name: getattr(base, name) for name in both if option_of(name).lowers}
    return Settings(**{name: amount for name, amount in amounts.items() if amount < getattr(settings, name)})


def _lowered(settings: Settings, in_sheet: Settings) -> frozenset[str]:
    """The amounts of the Settings sheet that count. It may have come with anybody's sheet: whoever made it may have
    less of our money spent, and not more. So an amount of it counts where it is the lower one."""
    amounts = {name: getattr(in_sheet, name) for name in in_sheet.model_fields_set if option_of(name).lowers}
    known = {name: getattr(settings, name) for name in amounts}
    return frozenset(name for name, amount in amounts.items() if known[name] is None or amount < known[name])


def _with_sheet(settings: Settings, in_sheet: Settings, lowered: Collection[str]) -> Settings:
    """The settings over those of the Settings sheet, but for the amounts that it lowers."""
    told = {name: getattr(in_sheet, name) for name in in_sheet.model_fields_set}
    lower = {name: told[name] for name in lowered}
    rest = Settings(**{name: value for name, value in told.items() if not option_of(name).lowers})
    return Settings(**lower).over(settings).over(rest)


def _pairs(settings: Settings) -> set[tuple[str, str]]:
    sets = {("set", match_key(name)) for name in settings.defaults}
    return sets | {("map", match_key(name)) for name in settings.renames}


def _recipes(sheet: Path, settings: Settings) -> Iterator[Path]:
    """The one that was named, else those beside the sheet, in their order."""
    if settings.recipe:
        yield settings.recipe
    elif str(sheet) != "-":
        own = ([recipe_path(sheet, sandbox=True)] if settings.sandbox else []) + [recipe_path(sheet)]
        yield from filter(is_there, own)


def _folders(sheet: Path) -> Path | None:
    """The recipe of the sheet's folder, where there is one."""
    recipe = folder_recipe(sheet) if str(sheet) != "-" else None
    return recipe if recipe is not None and is_there(recipe) else None


def settings_from(said: Iterable[Said], folder: Path) -> Settings:
    """The settings of one file; `folder`: the sheet's. Raises `InputError` that names the place."""
    found, places = dict[str, object](), dict[str, str]()
    for one in said:
        name = _field_of(one)
        first = places.setdefault(name, one.where)
        try:
            value = getattr(Settings(**{name: one.value}), name)
        except InputError as error:
            raise InputError(f"{one.where}: {error}") from None

        before = found.get(name)
        if isinstance(before, Mapping):
            _check_apart(one, name, before, value)
            value = {**before, **value}
        elif first != one.where:
            raise InputError(f"{one.where}: {setting_of(name)} stands at {first} already. Keep one of the two.")

        _check_place(one, name, value, folder)
        _check_addresses(one, name, value)
        found[name] = folder / value if isinstance(value, Path) else value
    return Settings(**found)


def _check_apart(said: Said, name: str, before: Mapping[str, str], value: Mapping[str, str]) -> None:
    """A value for all rows stands once, by whatever name its column goes."""
    if name != "defaults":
        return

    twice = next((each for each in before if twin(each, value) is not None), None)
    if twice is not None:
        raise InputError(f"{said.where}: another value is set for {twice} already. Keep one of the two.")


def _field_of(said: Said) -> str:
    """The setting that is meant, if a file may set it."""
    name = _FIELDS.get(match_key(said.name))
    if name is None:
        known = [setting_of(each) for each in Settings.model_fields if option_of(each).in_files]
        raise InputError(
            f"{said.where}: there is no setting {shorten(said.name, 60)!r}. {hint(said.name, known)}The settings are: "
            f"{listed(known, len(known))}."
        )

    if not option_of(name).in_files:
        raise InputError(
            f"{said.where}: {setting_of(name)} can't be set in a file, which may have come with somebody else's sheet. "
            f"Take it out there, and type {flag_of(name)} with the command when you mean it."
        )

    return name


def _check_place(said: Said, name: str, path: object, folder: Path) -> None:
    """A path in a file leads to a place below the sheet's folder, or nowhere; it begins there, wherever one types."""
    if isinstance(path, Path) and not (folder / path).resolve().is_relative_to(folder.resolve()):
        raise InputError(
            f"{said.where}: {setting_of(name)} {shorten(str(path), 100)!r} is outside the sheet's folder, where a file "
            f"may name none. Type it with the command: {flag_of(name)}."
        )


def _check_addresses(said: Said, name: str, addresses: object) -> None:
    """What a run came to may be told to whom a file names, but not by ways that reach into this computer."""
    if name != "notify" or not isinstance(addresses, tuple):
        return

    for address in addresses:
        try:
            check_for_files(address.get_secret_value())
        except InputError as error:
            raise InputError(f"{said.where}: {error}") from None


def _fitting(settings: Settings, sheet: Path) -> Settings:
    """Without what would mean another sheet, or other rows, in a file that is derived from the sheet itself."""
    if sheet_of(sheet) == sheet:
        return settings

    others = {*_OF_ITS_ROWS} if is_results_name(sheet) else {"worksheet"}
    return Settings(**{name: getattr(settings, name) for name in settings.model_fields_set - others})


def _in_recipe(path: Path) -> Iterator[Said]:
    return (Said(path.name, name, value) for name, value in read_recipe(path).items() if name != LINK)


def _in_sheet(table: Table) -> Iterator[Said]:
    for row in table.rows:
        name, value = row.cell(0).text.strip().lstrip("-"), row.cell(1)
        if name and value.blank:
            _check_blank(table.where(row.number, 1), name)
        elif name:
            said = Said(table.where(row.number, 1), name, value.text.strip())
            _check_sheet(said)
            yield said


def _check_blank(where: str, name: str) -> None:
    """A line without a value sets nothing; but whoever left an amount blank may not mean that there is no limit."""
    field = _FIELDS.get(match_key(name))
    if field is not None and option_of(field).lowers:
        raise InputError(f"{where}: {setting_of(field)} has no value. Type an amount, or delete the line.")


def _check_sheet(said: Said) -> None:
    """By a price list of its own, in which all is cheap, a sheet could have more spent than the caps allow; and
    addresses of notices hold secrets, which go with a workbook to whoever gets it."""
    name = _field_of(said)
    if option_of(name).in_recipe_only:
        raise InputError(
            f"{said.where}: {setting_of(name)} can't be set in a workbook, which may be somebody else's, or "
            f"go to somebody else. Take it out there, and type {flag_of(name)}, or put it into the recipe."
        )
