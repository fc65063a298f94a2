"""What a scheduled run finds around it: no shell, no keychain, next to no environment, and maybe no bulkgen any more.

So what a run needs is looked at beforehand (`program.py` looks at the interpreter, which has to stay): the key has to
be in its file, and the variables that lead bulkgen somewhere else are written into the entry. The key never is, nor any
other secret.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bulkgen.batch.telling import VARIABLE as NOTICES
from bulkgen.errors import CredentialError
from bulkgen.heygen.credentials import UNSET, VARIABLE, find_key
from bulkgen.heygen.key_file import credentials_path

#: Variables whose value is a path, and others, that a run needs if the person has set them.
_PATHS = ("BULKGEN_DATA_DIR", "HEYGEN_CONFIG_DIR", "SSL_CERT_DIR", "SSL_CERT_FILE", "XDG_DATA_HOME")
_TEXTS = ("HEYGEN_API_BASE",)
_PROXIES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")


def check_key(environment: Mapping[str, str]) -> list[str]:
    """Looks whether the key is where a scheduled run finds it; gives what is to be known.

    Raises `CredentialError` where it is only in the environment of this window, or nowhere.
    """
    stored = {name: value for name, value in environment.items() if name != VARIABLE}
    here = environment.get(VARIABLE, "").strip()
    try:
        key = find_key(stored)
    except CredentialError:
        where = (
            f"The key is only in {VARIABLE}, which a scheduled run does not see, and no schedule holds a key"
            if here
            else f"There is no key that a scheduled run could use: it has to be in {credentials_path(environment)}"
        )
        raise CredentialError(f"{where}. Type: bulkgen login") from None

    if here and here != key.text:
        return [f"Scheduled runs use the key in {key.source}, not the other one in {VARIABLE}. To use one, {UNSET}"]

    return []


def carried(environment: Mapping[str, str], folder: Path) -> tuple[dict[str, str], list[str]]:
    """The variables that an entry has to have, a schedule's or an assistant's, and what is to be known.

    `folder`: where relative paths begin.
    """
    found = {name: value for name in _TEXTS if (value := environment.get(name, "").strip())}
    for name in _PATHS:
        if value := environment.get(name, "").strip():
            found[name] = str(folder / Path(value).expanduser())
    told = []
    if environment.get(NOTICES, "").strip():
        told.append(
            f"{NOTICES} holds secrets, which get into no entry: the runs that it starts tell only whom a recipe names "
            '(notify = ["mailto://…"]).'
        )
    for name in (each for proxy in _PROXIES for each in (proxy, proxy.lower())):
        value = environment.get(name, "").strip()
        if "@" in value:
            told.append(f"{name} holds a password, which gets into no entry: the runs that it starts do without it.")
        elif value:
            found[name] = value
    return found, told


def places_told(target: Path, home: Path, platform: str) -> list[str]:
    """What is to be known of where a sheet lies: macOS keeps background programs out of the person's folders."""
    if platform != "darwin":
        return []

    kept: Sequence[Path] = (
        *(home / name for name in ("Documents", "Desktop", "Downloads")),
        home / "Library" / "Mobile Documents",
        home / "Library" / "CloudStorage",
        Path("/Volumes"),
    )
    if not any(target.is_relative_to(folder) for folder in kept):
        return []

    return [
        f"macOS keeps background programs out of {target.parent}. Move the sheet to a folder of its own in {home}, "
        f"such as {home / 'bulkgen'}, or give Python Full Disk Access in System Settings > Privacy & Security."
    ]
