"""SSML as it is written: whether it is well formed, and whether a text that is said to be none looks like it.

Pure. The parser is the standard library's; it opens nothing outside the text, and a text with a document type of its
own is refused before it is read.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from xml.parsers import expat

from bulkgen.model import Issue, shorten, warning

#: The tags of SSML (https://www.w3.org/TR/speech-synthesis11/).
_TAG = re.compile(
    r"</?(speak|break|prosody|phoneme|say-as|sub|emphasis|voice|lang|audio|mark|lexicon|p|s)\b[^<>]{0,200}/?>",
    re.IGNORECASE,
)

_BREAK = re.compile(r"</?break\b[^<>]{0,200}>?", re.IGNORECASE)
_WHOLE_BREAK = re.compile(
    r"""<break(?:\s+[a-z]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'))*\s*(?:/>|>\s*</break\s*>)""", re.IGNORECASE
)

_OWN_TYPE = re.compile(r"<!(?:doctype|entity)", re.IGNORECASE)

#: What most often is wrong, for the advice.
ADVICE = "Close each tag (<break/>, </speak>), and write &amp; for & and &lt; for <."


def tagged(text: str, *, plain: Container[str] = ()) -> bool:
    """Whether the text holds tags of SSML, but for those that are `plain`."""
    return "<" in text and any(found[1].lower() not in plain for found in _TAG.finditer(text))


def tag_issues(field: str, text: str, fix: str) -> Iterator[Issue]:
    """What is to be said of tags in a text that is not sent as SSML, and takes pauses alone. `fix`: for other tags."""
    if "<" not in text:
        return

    if tagged(text, plain=("break",)):
        yield warning(code="ssml_as_text", field=field, cause="has SSML tags, which may be read out", fix=fix)
    elif pause := _BREAK.search(_WHOLE_BREAK.sub("", text)):
        cause = f"has a pause that is not well formed, and may be read out: {shorten(pause[0], 40)}"
        yield warning(code="ssml_as_text", field=field, cause=cause, fix='Write it as <break time="1.5s"/>.')


def flaw(text: str) -> str:
    """Why the text is no well-formed SSML: `mismatched tag, line 1`; "" for one that is.

    HeyGen takes SSML with or without the `<speak>` around it.
    """
    if _OWN_TYPE.search(text):
        return "it declares a document type"

    body = text.strip()
    whole = re.match(r"(?:<\?xml[^>]*\?>\s*)?<speak\b", body)
    parser = expat.ParserCreate(namespace_separator=None)
    try:
        parser.Parse(body if whole else f"<speak>{body}</speak>", True)
    except expat.ExpatError as error:
        return f"{expat.ErrorString(error.code)}, line {error.lineno}"

    return ""
