"""What was typed, as values. Raises `InputError` that says how to type it right."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bulkgen.errors import InputError
from bulkgen.kinds.columns import is_link
from bulkgen.rows.selection import Selection, parse_selection
from bulkgen.sheet.google import local_name


@dataclass(frozen=True)
class Options:
    """The options of `run`; `check` and `status` use those that make sense for them."""

    sheet: Path
    #: The Google Sheet that `sheet` is only a local name for.
    link: str = ""
    sheet_name: str | None = None
    selection: Selection | None = None
    limit: int | None = None
    defaults: Mapping[str, str] = field(default_factory=dict)
    renames: Mapping[str, str] = field(default_factory=dict)
    yes: bool = False
    skip_invalid: bool = False
    concurrency: int = 10
    poll_every: float | None = None
    max_attempts: int = 3
    retry_failed: bool = False
    retry_unknown: bool = False
    redo: Selection = field(default_factory=Selection)
    replace: bool = False
    wait: bool = True
    timeout: float | None = None
    out: Path | None = None
    resume: Path | None = None
    sandbox: bool = False
    offline: bool = False
    header_row: int | None = None
    include_hidden: bool = False
    quiet: bool = False
    as_json: bool = False
    log_file: Path | None = None
    #: What to type to go on: the command with everything that decides what a row asks for and where files are.
    again: str = ""

    @property
    def source(self) -> str:
        """The sheet as it was typed."""
        return self.link or str(self.sheet)


def read_options(
    sheet: str,
    *,
    tab: str | None = None,
    rows: str | None = None,
    limit: int | None = None,
    defaults: Sequence[str] | None = None,
    renames: Sequence[str] | None = None,
    yes: bool = False,
    skip_invalid: bool = False,
    concurrency: int = 10,
    poll_every: float | None = None,
    max_attempts: int = 3,
    retry_failed: bool = False,
    retry_unknown: bool = False,
    redo: str | None = None,
    replace: bool = False,
    no_wait: bool = False,
    timeout: str | None = None,
    out: Path | None = None,
    resume: Path | None = None,
    sandbox: bool = False,
    offline: bool = False,
    header_row: int | None = None,
    include_hidden: bool = False,
    quiet: bool = False,
    as_json: bool = False,
    log_file: Path | None = None,
) -> Options:
    """The options from the texts that were typed."""
    link = sheet if is_link(sheet) else ""
    again = again_command(
        sheet,
        {"--sheet": tab, "--header-row": header_row, "--rows": rows, "--set": defaults, "--map": renames,
         "--concurrency": concurrency if concurrency != 10 else None, "--out": out, "--resume": resume},
        {"--include-hidden": include_hidden, "--skip-invalid": skip_invalid, "--sandbox": sandbox},
    )  # fmt: skip
    return Options(
        Path(local_name(link)) if link else Path(sheet),
        link,
        tab,
        parse_selection(rows, "--rows") if rows is not None else None,
        limit,
        parse_pairs(defaults or (), "--set", "voice_id=abc123", blank=False),
        parse_pairs(renames or (), "--map", '"Their header=first_name"', blank=True),
        yes,
        skip_invalid,
        concurrency,
        poll_every,
        max_attempts,
        retry_failed,
        retry_unknown,
        parse_selection(redo, "--redo") if redo is not None else Selection(),
        replace,
        not no_wait,
        parse_duration(timeout) if timeout is not None else None,
        out,
        resume,
        sandbox,
        offline,
        header_row,
        include_hidden,
        quiet,
        as_json,
        log_file,
        again,
    )


def again_command(
    sheet: str, values: Mapping[str, object], flags: Mapping[str, bool], platform: str = sys.platform
) -> str:
    """`bulkgen run SHEET` with these options, as the platform's shell reads it; what was meant for one time is not
    among them.
    """
    # A name that begins like an option is no option with its folder before it
    words = ["bulkgen", "run", f"./{sheet}" if sheet.startswith("-") and sheet != "-" else sheet]
    for option, value in values.items():
        several = value if isinstance(value, list | tuple) else [value]
        words += [word for each in several if each is not None for word in (option, str(each))]
    words += [option for option, wanted in flags.items() if wanted]
    return shlex.join(words) if platform != "win32" else " ".join(map(_quoted_for_windows, words))


def _quoted_for_windows(word: str) -> str:
    """The word as cmd.exe and PowerShell both read it.

    Double quotes are the only ones that both know. Within them PowerShell still fills in `$name`, takes a backtick for
    an escape, and has its own idea of a quote: a word with one of these is in single quotes, which it alone reads.
    """
    if re.fullmatch(r"[\w.:/\\=+-]+", word):
        return word

    if not re.search(r'["`“”„]|\$[\w{(?$^:]', word):
        backslashes = len(word) - len(word.rstrip("\\"))  # those before the closing quote count double
        return f'"{word}{chr(92) * backslashes}"'

    doubled = re.sub("['‘’‚‛]", r"\g<0>\g<0>", word)
    return f"'{doubled}'"


def parse_pairs(texts: Iterable[str], option: str, example: str, *, blank: bool) -> dict[str, str]:
    """`NAME=VALUE` texts as a mapping; `blank` allows an empty value."""
    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not (value.strip() or blank):
            raise InputError(f"{option} {text!r}: type it like {option} {example}")

        pairs[name.strip()] = value.strip()
    return pairs


def parse_duration(text: str) -> float:
    """`90`, `90s`, `15m`, `2h`, `1h30m` as seconds."""
    match = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?", text.strip().casefold())
    if match is None or not any(match.groups()):
        raise InputError(f"--timeout {text!r}: type it like --timeout 2h, 15m or 90s.")

    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600.0 + minutes * 60 + seconds
