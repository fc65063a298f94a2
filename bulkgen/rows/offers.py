"""What a sheet that asks for nothing could mean in the person's account.

Pure.
"""

from __future__ import annotations

from dataclasses import replace

from bulkgen.kinds.account import Offers, Template
from bulkgen.model import Issue, listed, plural, shorten
from bulkgen.rows.built import Built

#: Of a sheet, or of a row, that does not say what it asks for.
ASKS_NOTHING = frozenset({"no_kind_column", "no_kind"})

#: As many templates, and variables of one, are told in a message.
_TEMPLATES = 4
_VARIABLES = 6


def asks_nothing(built: Built) -> bool:
    """Whether a selected row, or the header line, does not say what to make."""
    return any(issue.code in ASKS_NOTHING for issue in built.mistakes)


def with_offers(built: Built, offers: Offers) -> Built:
    """The rows, each that asks for nothing with what the account has for it."""
    if not offers.templates:
        return built

    told = _told(offers)

    def offered(issues: tuple[Issue, ...]) -> tuple[Issue, ...]:
        if not any(issue.code in ASKS_NOTHING for issue in issues):
            return issues

        return tuple(
            replace(issue, fix=f"{told} {issue.fix}") if issue.code in ASKS_NOTHING else issue for issue in issues
        )

    rows = tuple(replace(row, issues=offered(row.issues)) if row.issues else row for row in built.rows)
    return replace(built, rows=rows, issues=offered(built.issues))


def variables_of(template: Template) -> str:
    """`first_name, company, logo`; "" for a template without variables."""
    return listed([shorten(name, 30) for name in template.variables], _VARIABLES)


def _told(offers: Offers) -> str:
    shown = []
    for template in offers.templates[:_TEMPLATES]:
        variables = variables_of(template)
        shown.append(f"{shorten(template.name or template.id, 40)}{f' ({variables})' if variables else ''}")
    more = offers.total - len(shown)
    others = f" and {more} more" if more else ""
    first = offers.templates[0]
    name = shorten(first.name or first.id, 40)
    return (
        f"You have {plural(offers.total, 'template')}: {', '.join(shown)}{others}. To use one for all rows: "
        f'--set "template_id={name}".'
    )
