"""The file in which HeyGen's own command-line tool keeps its key: `credentials` in `HEYGEN_CONFIG_DIR` (`~/.heygen`).

Owns its form: a JSON object with `api_key` among what else is kept there (a login, a user); an older form is one plain
line, the key. When the key is stored or taken out, everything else stays.

Invariants: the file is written whole or not at all; it is its owner's alone from its first moment, and who may read
it never widens; its text is in no message.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from bulkgen.disk.whole import sweep, write_whole
from bulkgen.errors import CredentialError

#: Where a person finds the key.
KEYS_PAGE = "https://app.heygen.com/settings?nav=API"

WHERE = (
    f"Get a key at {KEYS_PAGE}, then type: bulkgen login\n"
    "Or set it for this terminal alone:\n"
    "  macOS, Linux:  export HEYGEN_API_KEY=your-key\n"
    '  PowerShell:    $env:HEYGEN_API_KEY = "your-key"\n'
    "  cmd.exe:       set HEYGEN_API_KEY=your-key\n"
    "To rehearse without a key, add --sandbox."
)

#: The file's owner may read and write it, and nobody else.
_OWNER = stat.S_IRUSR | stat.S_IWUSR

#: A temporary file that is older (seconds) was left by a writer that was killed.
_LEFT = 60.0


def credentials_path(environment: Mapping[str, str] = os.environ) -> Path:
    folder = environment.get("HEYGEN_CONFIG_DIR", "").strip()
    return (Path(folder) if folder else Path.home() / ".heygen") / "credentials"


def stored_key(path: Path) -> str:
    """Raises `CredentialError` where the file has no key, or there is no file."""
    content = _read(path)
    if content is None:
        raise CredentialError(f"There is no HeyGen API key. {WHERE}")

    if not content:
        raise CredentialError(f"{path} is empty. {WHERE}")

    key = content.get("api_key")
    if isinstance(key, str) and key.strip():
        return key.strip()

    login = " It holds a login of HeyGen's own tool, but bulkgen needs an API key." if content.get("oauth") else ""
    raise CredentialError(f"{path} holds no API key.{login} {WHERE}")


def store_key(path: Path, key: str) -> None:
    """Puts the key into the file, in the place of an earlier one.

    Raises `CredentialError` where that can't be, and then nothing has changed.
    """
    _write(path, {**(_read(path) or {}), "api_key": key})


def forget_key(path: Path) -> bool:
    """Takes the key out of the file, and the file away where nothing else is in it; says whether there was one.

    Raises `CredentialError` where that can't be.
    """
    content = _read(path) or {}
    if not content.get("api_key"):
        return False

    rest = {name: value for name, value in content.items() if name != "api_key"}
    if rest:
        _write(path, rest)
        return True

    try:
        path.resolve().unlink(missing_ok=True)
    except OSError as error:
        raise CredentialError(f"{path} can't be removed ({error.strerror}): the key is still in it.") from error

    return True


def _read(path: Path) -> dict[str, object] | None:
    """What the file holds, in either form; None where there is none, nothing where it is empty."""
    try:
        text = path.read_text(encoding="utf-8-sig").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise CredentialError(f"{path} can't be read. {WHERE}") from error

    if text.startswith("{"):
        try:
            content: dict[str, object] = json.loads(text)
        except (ValueError, RecursionError):
            raise CredentialError(
                f"{path} is damaged (no valid JSON): correct it, or move it elsewhere. {WHERE}"
            ) from None

        return content

    if len(text.splitlines()) > 1:
        raise CredentialError(
            f"{path} holds several lines; it should be one line, the key. Correct it, or move it elsewhere. {WHERE}"
        )

    return {"api_key": text} if text else {}


def _write(path: Path, content: Mapping[str, object]) -> None:
    text = json.dumps(content, indent=2) + "\n"
    path = path.resolve()  # a link to where the person keeps such files stays one

    def fill(temporary: Path) -> None:
        temporary.unlink(missing_ok=True)  # of a killed process that had our number
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER), "wb") as file:
            file.write(text.encode())

    def put(temporary: Path, target: Path) -> Path:
        if target.exists():
            temporary.chmod(stat.S_IMODE(target.stat().st_mode) & _OWNER)
        return temporary.replace(target)

    try:
        path.parent.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
        sweep(path.parent, path.name, age=_LEFT)
        write_whole(path, fill, put)
    except OSError as error:
        raise CredentialError(f"{path} can't be written ({error.strerror}): nothing was stored or changed.") from error
