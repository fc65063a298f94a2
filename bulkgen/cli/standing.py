"""Where every row stands, as a person reads it. Pure: values in, text out."""

from __future__ import annotations

from pathlib import Path

from bulkgen.batch.outcome import Standing
from bulkgen.batch.recipe import recipe_path
from bulkgen.cli.options import Again
from bulkgen.cli.report import report_summary
from bulkgen.cli.spent import report_bill
from bulkgen.cli.wrapping import kept
from bulkgen.cli.written import report_links
from bulkgen.files.local import OUTSIDE
from bulkgen.kinds.columns import is_link
from bulkgen.model import plural
from bulkgen.sheet.google import local_name


def report_standing(standing: Standing, again: Again) -> str:
    """Where every row stands, and what to type next."""
    unlike = report_unlike(standing)
    if not unlike:
        return report_summary(
            standing.selected,
            standing.exit_code,
            standing.opened.settings,
            standing.results,
            again.run,
            report_links(standing.selected, standing.details, again.links),
            spent=report_bill(standing.bill, "Spent so far"),
        )

    choices = f"{again.check}   (says what there is to choose from)"
    following = _same_options(standing, again.check) if standing.otherwise else choices
    results = [f"Results: {kept(str(standing.results))}"] if standing.results else []
    return "\n".join([unlike, *results, f"Next: {following}"])


def report_unlike(standing: Standing) -> str:
    """What is to be said in place of the rows' mistakes where these are not the cause; "" where they may be."""
    rows = plural(sum(not entry.left for entry in standing.selected), "row")
    if standing.otherwise:
        asked, made = ("it", "it was made") if standing.otherwise == 1 else ("any of these", "they were made")
        options = "--files" if _is_shut_out(standing) else "--set, --map, --kind or --sheet"
        return (
            f"{rows}. {kept(standing.opened.places.resume.name)} has {plural(standing.otherwise, 'job')} of them, but "
            f"as the sheet is read now no row asks for {asked}: {made} with options that are not typed here (most "
            f"likely {options}), or before the rows were edited."
        )

    if standing.unsaid:
        return f"{rows}: nothing has been made yet, and it is not said what to make: {standing.unsaid.cause}."

    return ""


def _same_options(standing: Standing, check: str) -> str:
    opened = standing.opened
    sheet = Path(local_name(opened.source) if is_link(opened.source) else opened.source)
    recipe = opened.recipe or recipe_path(sheet)
    remembered = f", or keep them in {kept(recipe.name)}, where every command finds them"
    piped = opened.source == "-" and not opened.recipe  # it has no recipe of its own
    typed = piped or _is_shut_out(standing)
    return f"type the same options again{'' if typed else remembered}; if rows were edited, {check}"


def _is_shut_out(standing: Standing) -> bool:
    """Whether rows name files in a folder that only a typed option allows."""
    return any(issue.code == OUTSIDE.code for entry in standing.selected for issue in entry.row.issues)
