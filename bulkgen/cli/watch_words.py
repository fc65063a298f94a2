"""What happened to a sheet in a hot folder, in one line, and as an object for programs. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bulkgen.cli.wrapping import released
from bulkgen.errors import Exit
from bulkgen.model import plural, shorten
from bulkgen.pricing.money import from_to, money
from bulkgen.pricing.spread import Spread
from bulkgen.watch.news import News, What

#: How much of a message is told.
_LENGTH = 400

#: The statuses of rows that are worth a word, with the word.
_STATUSES = {
    "failed": "failed",
    "invalid": "invalid",
    "unknown": "unknown",
    "review": "waiting for you",
    "rendering": "rendering",
    "queued": "not sent",
}

#: Of a run, by its exit code: what it means where it did not say so itself.
_ENDS = {
    Exit.NOT_FINISHED: "not finished",
    Exit.MAX_COST: "stopped at its cap",
    Exit.OUT_OF_CREDIT: "out of credit or quota",
    Exit.KEY: "the key is missing, refused, or lacks a permission: bulkgen login",
    Exit.LOCKED: "another run is at work on it",
    Exit.RESUME_FILE: "its resume file can't be used",
    Exit.INTERRUPTED: "interrupted",
}

#: What is said of the next run where the pause says nothing.
_CHANGED = ". Run again when it, or a recipe, is changed"
_LATER = {
    Exit.OK: "",
    Exit.SOME_FAILED: "",
    Exit.MISTAKES: _CHANGED,
    Exit.MAX_COST: _CHANGED,
    Exit.RESUME_FILE: _CHANGED,
}


def in_words(news: News) -> str:
    """All that follows the name of the sheet."""
    match news.what:
        case What.WAITING:
            return f"waiting: {news.why}" if news.sheet else news.why
        case What.STARTED:
            return f"running, for at most {money(news.cap or 0.0, 'usd')}"
        case What.CHECKED:
            return f"checked: {_checked(news)}"
        case What.NOT_RUN:
            return f"not run: {_wrong(news)}"
        case What.RAN:
            return _ran(news)


def watch_data(news: News) -> dict[str, object]:
    """The same for programs; of the run what `--json` has, but for the rows."""
    told = {name: news.told[name] for name in ("message", "counts", "to_send", "new", "cost", "results", "resume")
            if name in news.told}  # fmt: skip
    mistakes = news.told.get("mistakes")
    return {
        "sheet": news.sheet,
        "event": news.what.value,
        "message": in_words(news),
        "exit_code": None if news.what in (What.WAITING, What.STARTED) else news.code,
        "cap": news.cap,
        "mistakes": len(mistakes) if isinstance(mistakes, list) else None,
        "marked": news.marked or None,
        "again_in_s": news.pause,
        "run": told or None,
    }


def _checked(news: News) -> str:
    if news.code != Exit.OK:
        return _wrong(news)

    to_send, cost = news.told.get("to_send") or 0, news.told.get("cost") or {}
    if not to_send:
        return "right, nothing new to make"

    known = cost.get("high") is not None
    amount = f" for {from_to(_spread(cost), _currency(cost))}" if known else ""
    needs = "bulkgen.recipe.toml, or its own recipe, needs a line such as max_cost = 20"
    return f"right, {plural(to_send, 'video')} to make{amount}. Not run, since nobody said what it may cost: {needs}"


def _wrong(news: News) -> str:
    mistakes = news.told.get("mistakes")
    if not news.why and isinstance(mistakes, list) and mistakes:
        told = plural(len(mistakes), "mistake")
        return f"{told}, see {news.marked}" if news.marked else f"{told}, such as {_first(mistakes[0])}"

    return f"{(news.why or _end(news)).rstrip('.')}{_again(news)}"


def _first(mistake: Mapping[str, Any]) -> str:
    return _short(f"{mistake.get('cell')} {mistake.get('column')}: {mistake.get('message')}")


def _ran(news: News) -> str:
    counts, new = news.told.get("counts") or {}, news.told.get("new") or 0
    if news.code == Exit.OK and not new:
        return f"nothing new, {counts.get('done', 0):,} done"

    made, *others = _counted(counts) if counts else [""]
    parts = [", ".join([f"{made}{_spent(news)}".strip(), *others])]
    if news.code not in (Exit.OK, Exit.SOME_FAILED):
        parts.insert(0, _end(news))
    told = f"{': '.join(filter(None, parts))}{_open(news)}"
    results = news.told.get("results")
    return f"{told}{f', see {results}' if results else ''}{_again(news)}"


def _counted(counts: Mapping[str, int]) -> Iterator[str]:
    yield f"made {counts.get('done', 0):,} of {sum(counts.values()):,}"
    for status, word in _STATUSES.items():
        if counts.get(status):
            yield f"{counts[status]:,} {word}"


def _spent(news: News) -> str:
    cost = news.told.get("cost") or {}
    spent = cost.get("spent")
    if spent is None:
        return ""

    return f" for {money(spent, _currency(cost))}"


def _open(news: News) -> str:
    """What is not finished may cost that much."""
    cost = news.told.get("cost") or {}
    more = cost.get("open") or 0.0
    return f", at most {money(more, _currency(cost))} more" if more else ""


def _end(news: News) -> str:
    """Why it ended, in its own words if it has any."""
    message = news.told.get("message")
    if isinstance(message, str) and message:
        return _short(message).rstrip(".")

    ours = {int(code): told for code, told in _ENDS.items()}
    return ours.get(news.code, f"ended unexpectedly (exit {news.code})")


def _again(news: News) -> str:
    if news.pause is None:
        return {int(code): told for code, told in _LATER.items()}.get(news.code, ". Goes on when it is watched again")

    minutes = news.pause / 60
    when = f"{plural(round(minutes), 'minute')}" if minutes >= 1 else plural(round(news.pause), "second")
    return f". Tried again in {when}" if news.pause else ". Goes on when it is its turn again"


def _spread(cost: Mapping[str, Any]) -> Spread:
    return Spread(low=cost["low"], likely=cost["likely"], high=cost["high"])


def _currency(cost: Mapping[str, Any]) -> str:
    return str(cost.get("currency") or "usd")


def _short(text: str) -> str:
    return shorten(" ".join(released(text).split()), _LENGTH)
