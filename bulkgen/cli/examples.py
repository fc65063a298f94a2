"""The examples that `--help` shows: of each command what is typed, and what for."""

from __future__ import annotations

EXAMPLES = {
    "run": (
        ("bulkgen run leads.xlsx --sandbox", "rehearse for free, without a key"),
        ("bulkgen run leads.xlsx --limit 3", "make three, and look at them"),
        ("bulkgen leads.xlsx", "make what is new; goes on where it stopped"),
    ),
    "check": (("bulkgen check leads.xlsx", "all that run does before it asks"),),
    "preview": (
        ("bulkgen preview leads.xlsx", "the first, the longest and the riskiest row"),
        ("bulkgen preview leads.xlsx --row 14", "what row 14 says, shows and sends"),
        ("bulkgen preview leads.xlsx --listen", "how the riskiest row sounds (paid)"),
    ),
    "status": (
        ("bulkgen status leads.xlsx", "what is done, failed or on its way"),
        ("bulkgen status --cost .", "what all sheets of this folder have cost"),
    ),
    "list": (
        ("bulkgen list templates", "with the columns that each one asks for"),
        ("bulkgen list voices --language Spanish", "by any name of the language"),
        ("bulkgen list voices -o voices.xlsx", "to listen to, with a click each"),
    ),
    "login": (
        ("bulkgen login", "asks for the key, which is not shown"),
        ("bulkgen login --status", "whose key it is, and what pays"),
    ),
    "init": (
        ("bulkgen init", "which starter sheets there are"),
        ("bulkgen init speech", "a sheet for voice-overs"),
        ("bulkgen init --template Welcome", "a sheet with the columns of that template"),
    ),
    "schedule": (
        ("bulkgen schedule leads.xlsx --at 07:00", "every day, if the recipe has a max_cost"),
        ("bulkgen schedule --list", "what is scheduled on this computer"),
        ("bulkgen schedule --remove leads.xlsx", "not any more"),
    ),
    "watch": (
        ("bulkgen watch sheets --sandbox", "rehearse whatever is put there"),
        ("bulkgen watch sheets --max-cost 20", "run each sheet, for at most that"),
    ),
    "notify": (("bulkgen notify --test leads.xlsx", "to all that its recipe names"),),
    "mcp": (
        ("bulkgen mcp --folder . --sandbox", "an assistant rehearses, for free"),
        ("bulkgen mcp --folder . --max-cost 50", "and spends no more than that"),
    ),
    "logout": (("bulkgen logout", "on a computer that is not yours alone"),),
}
