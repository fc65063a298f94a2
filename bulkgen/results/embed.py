"""A video in a mail: its picture, which is a link, as HTML.

Pure. Mails play no videos; a picture that leads to one is what all mail programs show. Everything is escaped, and a
link leads to http(s) alone.
"""

from __future__ import annotations

from html import escape

from bulkgen.model import shorten

#: How wide the picture is (pixels), on a telephone as wide as that.
WIDTH = 480

#: A longer text is no caption (characters).
_ALT = 120

_PLAY = "Watch the video"


def embed_html(link: str, picture: str, alt: str) -> str:
    """A picture that leads to the link; without a picture, the words. `alt`: what is to be read in its place."""
    words = escape(shorten(alt, _ALT)) or _PLAY
    inside = words
    if picture:
        style = f"display:block;width:{WIDTH}px;max-width:100%;height:auto;border:0"
        inside = f'<img src="{escape(picture)}" alt="{words}" width="{WIDTH}" style="{style}">'
    return f'<a href="{escape(link)}" target="_blank">{inside}</a>' if link else ""
