"""Where prices come from: the price file that belongs to bulkgen, or one that the person names."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from bulkgen.errors import InputError
from bulkgen.model import shorten
from bulkgen.pricing.price_file import parse_prices
from bulkgen.pricing.prices import Prices

#: The largest price file that is read (bytes).
SIZE_LIMIT = 100_000


@cache
def own_prices() -> Prices:
    """bulkgen's own prices."""
    return parse_prices((files("bulkgen") / "prices.toml").read_text(encoding="utf-8"))


def read_prices(path: Path | None) -> Prices:
    """The prices of a file, or bulkgen's own where none is named. Raises `InputError` for a file that can't be used."""
    if path is None:
        return own_prices()

    shown = shorten(str(path), 200)
    try:
        with path.open("rb") as file:
            data = file.read(SIZE_LIMIT + 1)
        if len(data) > SIZE_LIMIT:
            raise InputError(f"{shown} is too large for a price file.")

        return parse_prices(data.decode("utf-8-sig"), name=shown, like=own_prices())
    except FileNotFoundError:
        raise InputError(f"There is no file {shown}, which --prices or the recipe names.") from None
    except OSError as error:
        raise InputError(f"{shown} can't be read: {error.strerror}.") from None
    except ValueError:
        raise InputError(f"{shown} is no price file: it is not text in UTF-8.") from None
