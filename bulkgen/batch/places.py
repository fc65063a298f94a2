"""The files that belong to a sheet, by the names that DESIGN and README promise.

`leads.xlsx` has `leads.results.xlsx`, `leads.xlsx.resume.jsonl` and `leads.files/` beside it; a sandbox run puts
`.sandbox` into each name, and what only the sandbox reads into `leads.sandbox.files/`. A results sheet given as input
belongs to the sheet it came from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from stat import S_IFREG, S_ISDIR, S_ISREG

from bulkgen.errors import InputError
from bulkgen.ledger.lock import lock_of
from bulkgen.model import shorten
from bulkgen.sheet import TEXTS, WORKBOOKS

_DERIVED = re.compile(r"(?P<origin>.+?)(?:\.sandbox)?\.(?:results|failed|check)(?:-\d+)?")
_RESULTS = re.compile(r".+\.(?:results|failed)(?:-\d+)?")
_FAILED = re.compile(r".+\.failed(?:-\d+)?")
_FORMATS = (".xlsx", ".csv")


@dataclass(frozen=True, kw_only=True)
class Places:
    """`stem` names the sheet's jobs at HeyGen."""

    stem: str
    folder: Path
    results: Path
    resume: Path
    downloads: Path
    sandbox_state: Path
    #: The copy of the sheet in which `check` marks the cells.
    marked: Path
    #: The rows that are to be corrected.
    failed: Path
    #: Where the results and the resume file are unless the person names others.
    usual: tuple[Path, Path]
    #: The CSV for mail tools; None where none is wanted.
    mailmerge: Path | None = None

    def within(self, folder: Path) -> Places:
        """The same places with the folder in front of relative paths."""
        return Places(
            stem=self.stem,
            folder=folder / self.folder,
            results=folder / self.results,
            resume=folder / self.resume,
            downloads=folder / self.downloads,
            sandbox_state=folder / self.sandbox_state,
            marked=folder / self.marked,
            failed=folder / self.failed,
            usual=(folder / self.usual[0], folder / self.usual[1]),
            mailmerge=folder / self.mailmerge if self.mailmerge else None,
        )

    @property
    def page(self) -> Path:
        """The results as a page to look at."""
        return self.results.with_suffix(".html")

    @property
    def records(self) -> Path:
        """The results for programs."""
        return self.results.with_suffix(".json")

    @property
    def log(self) -> Path:
        """The log of its runs: `leads.xlsx.log` beside `leads.xlsx.resume.jsonl`."""
        name = self.resume.name.removesuffix(".jsonl").removesuffix(".resume")
        return self.resume.with_name(f"{name}.log")

    @property
    def lock(self) -> Path:
        return lock_of(self.resume)


def find_places(
    sheet: Path,
    *,
    out: Path | None,
    resume: Path | None,
    sandbox: bool,
    tab: str = "",
    siblings: int = 1,
    mailmerge: Path | None = None,
) -> Places:
    """Where everything of this sheet is. `tab` and `siblings`: the worksheet's name, and how many are visible.

    Raises `InputError` where the results would land on the sheet itself, or have no place.
    """
    piped = str(sheet) == "-"
    if piped:
        if out is None:
            raise InputError("A sheet from standard input needs --out FILE, the name of its results.")

        sheet = out
    folder, suffix = sheet.parent, sheet.suffix.casefold()
    match = _DERIVED.fullmatch(sheet.stem)
    origin = match["origin"] if match else sheet.stem
    mark = ".sandbox" if sandbox else ""
    part = f".{_safe(tab)}" if siblings > 1 and not match else ""
    kind = suffix if suffix in _FORMATS else ".xlsx" if suffix == ".xlsm" else ".csv"
    usual_results = folder / f"{origin}{part}{mark}.results{kind}"
    results = out or usual_results
    if results.suffix.casefold() not in _FORMATS:
        raise InputError(f"--out {results}: the results are written as .xlsx or .csv.")

    if not match and not piped and out is not None and _same(out, sheet):
        raise InputError(f"--out {out} is the sheet itself. Give the results another name.")

    if mailmerge is not None and mailmerge.suffix.casefold() != ".csv":
        raise InputError(f"--mailmerge {mailmerge}: that file is a .csv. (A results workbook has the same as a sheet.)")

    for option, path in (("--out", out), ("--resume", resume), ("--mailmerge", mailmerge)):
        if path is not None:
            _check_file(option, path)
    source = _origin_file(folder, origin, sheet.suffix, mark, derived=bool(match))
    usual_resume, downloads = folder / f"{source}{mark}.resume.jsonl", folder / f"{origin}{mark}.files"
    state = f"{source}{mark}.state.json"
    return Places(
        stem=origin,
        folder=folder,
        results=results,
        resume=resume or usual_resume,
        downloads=downloads,
        sandbox_state=folder / state if _is_there(folder / state) else downloads / state,  # earlier releases'
        marked=folder / f"{origin}{part}{mark}.check.xlsx",
        failed=folder / f"{origin}{part}{mark}.failed{kind}",
        usual=(usual_results, usual_resume),
        # Neither pretended links nor the people of another worksheet get where those that are mailed are expected
        mailmerge=mailmerge and mailmerge.with_name(f"{mailmerge.stem}{part}{mark}{mailmerge.suffix}"),
    )


def sheet_of(path: Path) -> Path:
    """The sheet that results or a marked copy are derived from, as far as it is there; any other sheet is its own."""
    match = _DERIVED.fullmatch(path.stem)
    if match is None:
        return path

    sheets = [path.with_name(name) for name in _sheet_names(match["origin"], path.suffix)]
    return next((sheet for sheet in sheets if sheet.exists()), sheets[0])


def is_failed_name(sheet: Path) -> bool:
    """Whether the file, by its name, has rows of another sheet that were to be corrected."""
    return _FAILED.fullmatch(sheet.stem) is not None


def is_results_name(sheet: Path) -> bool:
    """Whether the file, by its name, has lines made from another sheet's rows."""
    return _RESULTS.fullmatch(sheet.stem) is not None


def _check_file(option: str, path: Path) -> None:
    """Raises `InputError` where there is no file of this name, and none can be made."""
    shown = shorten(str(path), 200)
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        mode = S_IFREG
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"{option} {shown} can't be used: {reason}. Give another name.") from None

    if not path.name or S_ISDIR(mode):
        raise InputError(f"{option} {shown} is a folder. Give a file's name.")

    if not S_ISREG(mode):
        raise InputError(f"{option} {shown} is no ordinary file. Give another name.")

    if not path.parent.is_dir():
        raise InputError(f"{option} {shown}: there is no folder {path.parent}. Make it first.")


def keep_apart(sheet: Path, places: Places, log_file: Path | None) -> None:
    """Raises `InputError` where two of the files of a run would be one: the second would destroy the first."""
    named = {
        "the resume file": places.resume,
        "its lock": places.lock,
        "the sandbox's state": places.sandbox_state,
        "the results": places.results,
        "their page": places.page,
        "the results as JSON": places.records,
        "the sheet": sheet,
    }
    if log_file is not None:
        named["the log"] = log_file
    if places.mailmerge is not None:
        named["the mail merge"] = places.mailmerge
    seen: dict[Path, str] = {}
    for name, path in named.items():
        other = seen.setdefault(path.resolve(), name)
        if other != name and {other, name} != {"the results", "the sheet"}:
            raise InputError(f"{path} would be {other} and {name} at once. Give one of them another name.")


def rival_of(places: Places, *, sandbox: bool) -> Path | None:
    """Another sheet, run before, whose results go by the same name: `leads.tsv` beside `leads.csv`."""
    for suffix in sorted(WORKBOOKS | TEXTS):
        sheet = places.folder / f"{places.stem}{suffix}"
        other = find_places(sheet, out=None, resume=None, sandbox=sandbox)
        same = other.results == places.results and other.resume != places.resume
        if same and sheet.exists() and other.resume.exists():
            return sheet

    return None


def _origin_file(folder: Path, origin: str, suffix: str, mark: str, *, derived: bool) -> str:
    """The name of the sheet that the resume file is named after."""
    if not derived:
        return origin + suffix

    names = _sheet_names(origin, suffix)
    return next((name for name in names if (folder / f"{name}{mark}.resume.jsonl").exists()), origin + suffix)


def _sheet_names(origin: str, suffix: str) -> list[str]:
    """What the sheet may be called that a file is derived from: `leads.Spanish.results.xlsx` is of `leads.xlsx`."""
    stems = [origin]
    while "." in stems[-1]:
        stems.append(stems[-1].rpartition(".")[0])
    return [stem + ending for stem in stems for ending in dict.fromkeys((suffix, ".xlsx", ".xlsm", ".csv", ".tsv"))]


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # no name can be so long
        return False


def _safe(tab: str) -> str:
    return re.sub(r"[^\w \-()]+", "_", tab).strip() or "sheet"


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()
