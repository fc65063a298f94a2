"""What the rows of a kind are filled into: a template of the account, or what one of their own values holds. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bulkgen.kinds.account import Template
from bulkgen.kinds.columns import Column
from bulkgen.model import Issue, Value


@dataclass(frozen=True, slots=True)
class Filling:
    """`columns`: those that the template adds to the kind's own, given the sheet's headers.

    Where the template is no thing of the account's: `told_by`, the columns that say which one it is, and `found_in`,
    what their values make of it as far as they can be used, or why there is none.
    """

    columns: Callable[[Template, tuple[str, ...]], tuple[Column, ...]]
    told_by: tuple[str, ...] = ()
    found_in: Callable[[Mapping[str, Value]], Template | Issue] | None = None

    @property
    def of_account(self) -> bool:
        """Rows name one of the account's templates."""
        return self.found_in is None
