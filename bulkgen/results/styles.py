"""How cells look, taken from one workbook into another: openpyxl's cells name their styles by numbers of their book."""

from __future__ import annotations

from copy import copy
from typing import Any


class Styles:
    """Copies the looks of cells to cells of the worksheet `sheet`; each look is made once."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self._made: dict[tuple[int, bytes], Any] = {}

    def copy(self, source: Any, made: Any) -> None:
        key = id(source.parent.parent), bytes(source._style)
        if key not in self._made:
            for name in ("font", "fill", "border", "alignment", "protection"):
                setattr(made, name, copy(getattr(source, name)))
            made.number_format = source.number_format
            self._made[key] = copy(made._style)
        made._style = copy(self._made[key])
