"""What a job shares with others that may be why they come to nothing: its template, its voice, the host of its files.

Pure. Read from what the request names, whatever its kind: ids, the hosts of links, files of the person's, a language.
None of it says which job it is: the fingerprint is made elsewhere, of more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from bulkgen.model import Job, is_placeholder

#: The fields that name things otherwise than by what they are; `callback_id` is another one for each job.
_SORTS = {"character_id": "avatar", "audio_asset_id": "asset", "brand_glossary_id": "glossary"}
_NO_CAUSE = frozenset({"callback_id", "callback_url"})


class Cause(NamedTuple):
    """One thing that a job is made with: `template`, `voice`, `avatar`, `host` …, and which one it is."""

    sort: str
    value: str

    def __str__(self) -> str:
        return f"the {self.sort} {self.value}"


def causes_of(job: Job) -> tuple[Cause, ...]:
    """Each once; the template first, the language last."""
    files = {file.placeholder: file.path.replace("\\", "/").rpartition("/")[2] for file in job.files}
    made = {reference.placeholder: reference.text for reference in job.awaits}
    found = [Cause("template", job.template_id)] if job.template_id else []
    for name, value in _leaves(job.request.model_dump(exclude_unset=True)):
        if name.endswith("url"):
            found.append(Cause("host", _host(value)))
        elif is_placeholder(value):
            found.append(Cause("file", files.get(value, value)))
        else:
            sort = _SORTS.get(name) or name.removesuffix("s").removesuffix("_id").replace("_", " ")
            found.append(Cause(sort, made.get(value) or value))
    if job.language:
        found.append(Cause("language", job.language))
    return tuple(dict.fromkeys(cause for cause in found if cause.value))


def _leaves(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """The ids and links of a request, by the names of their fields."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _leaves(each, str(key))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _leaves(each, name)
    elif isinstance(value, str) and name.endswith(("_id", "_ids", "url")) and name not in _NO_CAUSE:
        yield name, value


def _host(link: str) -> str:
    try:
        return (urlsplit(link).hostname or "").casefold()
    except ValueError:
        return ""
