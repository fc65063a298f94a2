"""`bulkgen status`: where every row stands, from the sheet and the resume file alone. Changes nothing."""

from __future__ import annotations

from bulkgen.cli import report
from bulkgen.cli.console import Console
from bulkgen.cli.options import Options
from bulkgen.cli.outcome import exit_code_of, run_data
from bulkgen.cli.prepare import Prepared, known_templates, open_sheet
from bulkgen.errors import Exit
from bulkgen.ledger.resume_file import ResumeFile
from bulkgen.ledger.state import fold
from bulkgen.results.table import entries
from bulkgen.rows.build import build


def status(options: Options, console: Console) -> Exit:
    """Counts, and the rows that need a look. Neither the network nor the key is used."""
    opened = open_sheet(options)
    history = fold(ResumeFile(opened.places.resume).events)
    built = build(opened.table, opened.reading, known_templates(history))
    found = entries(built.rows, history.states)
    selected = [entry for entry in found if entry.row.selected]
    code = exit_code_of(selected)
    results = opened.places.results if opened.places.results.exists() else None
    text = report.summary_told(
        selected,
        results=str(results) if results else "",
        exit_code=code,
        again=options.again,
        sandbox=options.sandbox,
        repeats=0,
        new=1,
        max_attempts=options.max_attempts,
    )
    console.summary(text, run_data("status", options, Prepared(opened, built, []), code, found, results=results))
    return code
