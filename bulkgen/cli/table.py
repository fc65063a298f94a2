"""A table as wide as the window: what doesn't fit goes to a next line or is left out, ids are always whole."""

from __future__ import annotations

import io
from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bulkgen.cli.console import harmless

#: Columns that are wider may be broken down to this many characters.
_NARROW = 16

_GAP = 2


def table(headers: Sequence[str], lines: Sequence[Sequence[str]], *, whole: int, width: int | None) -> str:
    """The lines under their headers. `whole`: the column that is never broken; `width`: that of the window, if any.

    Columns that find no room are left out, from the right; where not even the first two do, each line becomes a
    paragraph.
    """
    lines = [[harmless(text.replace("\n", " ")) for text in line] for line in lines]
    natural = [max(map(cell_len, column)) for column in zip(headers, *lines, strict=True)]
    shown = [at for at, header in enumerate(headers) if any(line[at] for line in lines) or header == headers[0]]
    least = {at: natural[at] if at == whole else min(natural[at], _NARROW) for at in shown}
    if width is not None:
        while len(shown) > 2 and sum(least[at] + _GAP for at in shown) - _GAP > width:
            shown.pop()
        if sum(least[at] + _GAP for at in shown) - _GAP > width:
            return _paragraphs(headers, lines, width)

    made = Table(box=None, pad_edge=False, show_edge=False, padding=(0, _GAP, 0, 0), header_style="none")
    for at in shown:
        made.add_column(headers[at], min_width=least[at], overflow="fold", no_wrap=at == whole)
    for line in lines:
        made.add_row(*(Text(line[at]) for at in shown))
    return _drawn(made, width or sum(natural) + _GAP * len(natural))


def _paragraphs(headers: Sequence[str], lines: Sequence[Sequence[str]], width: int) -> str:
    told = []
    for name, *others in lines:
        told.append(name)
        told += [f"  {header}: {text}" for header, text in zip(headers[1:], others, strict=True) if text]
    return "\n".join(told)


def _drawn(made: Table, width: int) -> str:
    file = io.StringIO()
    Console(file=file, width=width, no_color=True, force_terminal=False, highlight=False).print(made)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())
