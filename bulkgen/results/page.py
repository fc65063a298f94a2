"""`leads.results.html`: the results as a page to look at, in one file that needs no network and no other file.

The template, its style and its scripts lie in `web/`. What comes from cells stands in one block of JSON, which no
browser runs, and gets into the page as text alone; a policy in the page lets nothing run but the scripts named in it by
their digests. The same results make the same page, to the last byte.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from bulkgen.results.cards import Cards
from bulkgen.results.seal import PLACE

#: In the order in which they run.
SCRIPTS = ("ticks.js", "card.js", "list.js")

#: Characters by which a block of JSON could end, or begin something else.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&"}


def page_of(cards: Cards, about: Mapping[str, object]) -> str:
    """The page of these cards. `about`: what it says of the whole: see `web/list.js`."""
    style, script = _asset("page.css"), "\n".join(map(_asset, SCRIPTS))
    data = {**about, "columns": cards.columns, "jobs": cards.jobs}
    parts = {
        "policy": _policy(style, script),
        "title": html.escape(str(about.get("title", "")).encode("utf-8", "replace").decode()),
        "style": style,
        "script": script,
        "seal": PLACE,
        "data": json.dumps(data, ensure_ascii=True, separators=(",", ":")).translate(_ESCAPES),
    }
    # In one go: what is filled in is not searched for further places
    return re.sub(r"@@([a-z]+)@@", lambda place: parts[place[1]], _asset("page.html"))


def _policy(style: str, script: str) -> str:
    """What the browser may do: run these scripts, play and show what the person asks for. It sends nothing anywhere."""
    kinds = {
        "default-src": "'none'",
        "script-src": _digest(script),
        "style-src": _digest(style),
        "img-src": "'self' file: https:",
        "media-src": "'self' file: https:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{kind} {what}" for kind, what in kinds.items())


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _asset(name: str) -> str:
    return (files("bulkgen.results") / "web" / name).read_text(encoding="utf-8")
