"""Why a plan is not to be carried out as it is, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bulkgen.batch.caps import Caps
from bulkgen.batch.plan import Plan
from bulkgen.errors import InputError
from bulkgen.kinds import KINDS
from bulkgen.ledger.begun import begun_with
from bulkgen.ledger.events import Event
from bulkgen.model import Job, listed, plural


def unpriced(jobs: Iterable[Job], caps: Caps) -> InputError:
    """What is said where a limit is set, and these jobs have no price to be held against it."""
    nouns = [plural(2, KINDS[kind].noun)[2:] for kind in dict.fromkeys(job.kind for job in jobs)]
    return InputError(
        f"{' and '.join(cap.option for cap in caps.set)} can't be held: the price list has no price for "
        f"{listed(nouns)}. Name a price file that has one (--prices FILE; docs/PRICES.md), or leave the limit out. "
        "Nothing was sent."
    )


def another_plan(meant: str, events: Sequence[Event]) -> InputError:
    """What is said where the plan is not the one that was checked (`--plan`)."""
    if begun := begun_with(events, meant):
        return InputError(
            f"The plan {meant} was begun already ({begun.at}): {len(begun.sent):,} of its {plural(begun.jobs, 'job')} "
            "were sent. Nothing was sent now. To go on with the rest, check the sheet again (check --json), and run "
            "the plan that it names."
        )

    return InputError(
        f"The plan is another one by now than {meant}: the sheet, a setting, the account, or what is made of the sheet "
        "already, has changed since it was checked. Nothing was sent. Look at it again (check --json), and run the "
        "plan that it names."
    )


def uncapped() -> InputError:
    """What is said where nothing may be sent without a limit on the cost, and there is none."""
    return InputError(
        "No limit on the cost is set, and --only-capped sends nothing without one: add --max-cost USD, or write "
        "max_cost = USD into the recipe. Nothing was sent."
    )


def costly(plan: Plan) -> InputError:
    """What is said where many rows would be paid again that are made, or being made, in an earlier wording."""
    replaced, running = len(plan.replaced), plan.overtaken
    why = "because their rows were edited (or a header, a default or a template was)"
    if plan.supposed == replaced:
        told = (
            f"{replaced} rows would be made, and as many finished ones have left the sheet. If they are the same rows, "
            "moved and changed, they would be paid again."
        )
    elif not running:
        told = f"{replaced} finished results would be made, and paid, again, {why}."
    elif running == replaced:
        told = (
            f"{running} rows are being made right now as they were before; they would be made, and paid, again, {why}."
        )
    else:
        told = (
            f"{replaced} rows would be made, and paid, again, {why}: {replaced - running} of them are finished, and "
            f"{running} are being made right now, as they were before."
        )
    if plan.replaced_later:
        told += f" So would {plan.replaced_later} more in later runs, which --limit leaves out of this one."
    if plan.renamed:
        told += (
            f" {plan.renamed} of them are known from the resume file of a sheet that is gone from its folder: this "
            "seems to be that sheet under another name."
        )
    if plan.besides:
        told += f" {plan.besides} of them are known from another resume file of this sheet, which is beside it."
    if plan.listed:
        told += (
            f" {plan.listed} of them are known from the results alone: they were made, and paid, in another wording "
            "than any row has now, and no resume file here knows their ids. If their resume file is elsewhere, put "
            "it back beside the sheet."
        )
    if plan.supposed:
        if plan.supposed < replaced:
            told += (
                f" {plan.supposed} of them stand in other places than before, and as many finished rows are gone: they "
                "may be the same rows, or other people's."
            )
        told += " A column row_id (an e-mail address, a number of your CRM) tells people apart."
    return InputError(f"{told} If that is meant, add --replace. Nothing was sent.")
