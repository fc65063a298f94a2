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

from bulkgen.disk.whole import sweep, write_private
from bulkgen.errors import CredentialError

#: Where a person finds the key.
KEYS_PAGE = "https://app.heygen.com/settings?nav=API"

WHERE = (
    f"Get a key at {KEYS_PAGE}, then type: bulkgen login\n"
    "Or set it for this terminal alone:\n"
    "  macOS, Linux:  export HEYGEN_API_KEY=your-key\n"
    '  PowerShell:    $env:HEYGEN_API_KEY = "your-key"\n'
    "  cmd.exe:       set HEYGEN_API_KEY=your-key"
)

#: The file's owner may read and write it, and nobody else.
_OWNER = stat.S_IRUSR | stat.S_IWUSR

#: The largest file of credentials that is read (bytes).
_LARGEST = 1_000_000

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
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for
            raise _unusable(path, "is a folder" if path.is_dir() else "is no ordinary file")

        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        text = data.decode("utf-8-sig").strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(path, f"can't be read ({error.strerror})") from error
    except UnicodeDecodeError:
        raise _unusable(path, "is no text") from None

    if len(data) > _LARGEST:
        raise _unusable(path, "is too large")

    if text.startswith("{"):
        try:
            content: dict[str, object] = json.loads(text)
        except (ValueError, RecursionError):
            raise _unusable(path, "is damaged (no valid JSON)") from None

        return content

    if len(text.splitlines()) > 1:
        raise _unusable(path, "holds several lines; it should be one line, the key")

    if not (text.isascii() and text.isprintable()) or any(sign in " []{}," for sign in text):
        raise _unusable(path, "has characters that no HeyGen key has")

    return {"api_key": text} if text else {}


def _unusable(path: Path, how: str) -> CredentialError:
    """What to say of a file that is not replaced, since it may be somebody's."""
    return CredentialError(
        f"{path}, where the HeyGen API key is kept, {how}. Correct it, or move it elsewhere and type: bulkgen login\n"
        f"Your key is at {KEYS_PAGE}"
    )


def _write(path: Path, content: Mapping[str, object]) -> None:
    text = json.dumps(content, indent=2) + "\n"
    path = path.resolve()  # a link to where the person keeps such files stays one

    def put(temporary: Path, target: Path) -> Path:
        if target.exists():
            temporary.chmod(stat.S_IMODE(target.stat().st_mode) & _OWNER)
        return temporary.replace(target)

    try:
        path.parent.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
        sweep(path.parent, path.name, age=_LEFT)
        write_private(path, text.encode(), put)
    except OSError as error:
        raise CredentialError(f"{path} can't be written ({error.strerror}): nothing was stored or changed.") from error
