"""What a job is going to cost: estimated from a price list, what is said in it, its source, and what others taught.

Nothing here is paid or sent.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from types import MappingProxyType

import anyio

from bulkgen.batch.costs import Costs, Estimate
from bulkgen.batch.judged import Asked, Judged
from bulkgen.files.length import Length, file_length, media_lengths
from bulkgen.heygen.me import Pool
from bulkgen.kinds import KINDS, LIVES
from bulkgen.kinds.account import Template
from bulkgen.kinds.columns import is_link
from bulkgen.kinds.source import Source
from bulkgen.ledger.events import Event
from bulkgen.ledger.lessons import lessons, results_made
from bulkgen.ledger.spending import Spending
from bulkgen.ledger.state import State
from bulkgen.model import Job, plural
from bulkgen.pricing.cost import ASSUMED_SAID, ASSUMED_SOURCE, Cost, in_hundredths, usual_cost, usual_results
from bulkgen.pricing.expected import Expected, expected
from bulkgen.pricing.learned import Learned, Lesson
from bulkgen.pricing.prices import Prices, Unit
from bulkgen.pricing.spread import Spread

#: How much longer or shorter a translation is than its source, where it may be; an assumption.
_STRETCHED = Spread(low=0.85, likely=1.0, high=1.3)

#: How far what is made is from the length that a prompt asks for; an assumption.
_ABOUT = Spread(low=0.6, likely=1.0, high=1.75)

#: How far a length is from the truth that was computed from the size of a file, at a bit rate that is assumed: a
#: recording of a screen takes a thirtieth of what a camera's video takes; and what it is at least, at the high end.
_OTHER_RATES = Spread(low=0.25, likely=1.0, high=32.0)
_SOME_LENGTH = 60.0

#: What was learned is added up again when so many times as many lessons are there as the last time.
_RELEARNED = 1.1

_NO_SCRIPT = "what a template says is not known before its first video is finished"
_NO_LENGTH = "nobody knows how long it becomes before the first one of its kind is finished"
_OF_PROJECT = "how long it lasts is not known before the first one of its project is finished"
_ASKED = "how long it becomes only its prompt says"
_NOT_LOOKED_INTO = "the length of the source was not looked into"
_NO_COUNT = "how many results there will be is not known before it is finished"
_NO_FILE = Length(seconds=None, how="unknown: the link led to no file that could be read")
_GUESSED_BY_SIZE = "nothing but the size of the file tells how long it plays"


@dataclass(kw_only=True)
class Estimator:
    """Estimates jobs, and learns from those that finish meanwhile.

    `currency`: that of the prices. `lengths`: of the sources that were looked into, by link (of the person's files by
    their placeholders). `types`: of the account's things, by id. `sheet`: the worksheet that the jobs are of, where a
    workbook has several.
    """

    prices: Prices
    currency: str
    templates: Mapping[str, Template]
    lengths: Mapping[str, Length]
    types: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    taught: list[Lesson] = field(default_factory=list)
    #: Of each finished job with several results: its kind, and how many there are.
    counted: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._learn()

    @property
    def learned(self) -> int:
        """From how many finished jobs."""
        return self._learned.count

    def of_all(self, jobs: Iterable[Job], answers: Container[str] = ()) -> Costs:
        """`answers`: the fingerprints of those to which only the person's answer is sent."""
        by_job = {job.fingerprint: self.estimate(job, answer=job.fingerprint in answers) for job in jobs}
        return Costs(currency=self.currency, by_job=by_job, learned=self.learned)

    def expected(self, job: Job) -> Expected:
        """What is known of it from its request, before anything learned."""
        return expected(job, self.templates.get(job.template_id), lambda clip: self._plays(clip.link)[0])

    def cost(self, job: Job, *, answer: bool = False) -> Cost | None:
        return self.estimate(job, answer=answer).cost

    def estimate(self, job: Job, *, answer: bool = False) -> Estimate:
        """`answer`: of sending the person's answer to it, which costs nothing where it is not paid for by itself."""
        turn = LIVES[job.kind].paid_turn if answer else None
        if answer and turn is None:
            return Estimate(cost=Cost(currency=self.currency, unit=Unit.ITEM, price=Spread.exactly(0.0)))

        tariff = self.prices.of(job, self.types, turn.priced if turn else MappingProxyType({}))
        price = tariff.price(self.currency) if tariff else None
        if tariff is None or price is None:
            return Estimate(cost=None, why=f"the price list has no price for {plural(2, KINDS[job.kind].noun)[2:]}")

        if tariff.unit is Unit.ITEM:
            items = self._results(job.kind)
            cost = Cost(currency=self.currency, unit=tariff.unit, price=price, items=items, assumed=items is not None)
            return Estimate(cost=cost, why=_NO_COUNT if items else "")

        seconds, why = self._seconds(job)
        if seconds is None:
            seconds = self._assumed(job)
        cost = Cost(
            currency=self.currency,
            unit=tariff.unit,
            price=price,
            seconds=in_hundredths(seconds),
            assumed=bool(why),
        )
        return Estimate(cost=cost, why=why)

    def spending(self, events: Iterable[Event]) -> Spending:
        """What these events say was spent."""
        return Spending(self.currency, events, sheet=self.sheet, guess=partial(usual_cost, self.prices, self.currency))

    def learn(self, states: Iterable[State]) -> None:
        """What these finished jobs teach."""
        states = list(states)
        self.taught += lessons(states)
        self.counted += results_made(states)
        if len(self.taught) >= self._relearn_at:
            self._learn()

    def _learn(self) -> None:
        self._learned = Learned.of(self.taught)
        self._relearn_at = max(len(self.taught) + 1, int(len(self.taught) * _RELEARNED))

    def _assumed(self, job: Job) -> Spread:
        """How long a job counts as lasting that nobody knows enough of: all that is known of it, with an assumption for
        each thing that is played in it."""
        if KINDS[job.kind].source(job.request) is not None:
            return ASSUMED_SOURCE

        known = expected(job, None, lambda clip: self._plays(clip.link)[0] or ASSUMED_SOURCE)
        return (known.seconds if _clips(job) else None) or ASSUMED_SAID

    def _results(self, kind: str) -> Spread | None:
        """How many results a job of the kind is to have; None where it is one item. Jobs that have finished say what is
        likely, and widen the range; they never make it narrower, for each source is another."""
        usual = usual_results(kind)
        if usual is None:
            return None

        seen = [count for each, count in self.counted if each == kind]
        likely = median(seen) if seen else usual.likely
        return Spread(low=min([usual.low, *seen]), likely=likely, high=max([usual.high, *seen]))

    def _seconds(self, job: Job) -> tuple[Spread | None, str]:
        """How long the job is to last; and why nobody knows, or only guesses."""
        source = KINDS[job.kind].source(job.request)
        if source is None:
            lasts = KINDS[job.kind].lasts(job)
            if lasts is not None:
                seconds = Spread.exactly(lasts.seconds)
                return (seconds.times(_ABOUT), _ASKED) if lasts.about else (seconds, "")

            doubts = [self._plays(clip.link)[1] for clip in _clips(job)]
            why = next(filter(None, doubts), "")
            said = self._learned.seconds(self.expected(job))
            return (said, why) if said else (None, why or _why_unknown(job))

        ends, why = self._plays(source.link)
        if ends is None:
            return None, why

        seconds = Spread(low=source.used(ends.low), likely=source.used(ends.likely), high=source.used(ends.high))
        if source.recording is None:
            return seconds.times(_STRETCHED) if source.stretches else seconds, why

        heard, doubt = self._plays(source.recording)
        if heard is None:
            return None, doubt

        low, high = min(seconds.low, heard.low), max(seconds.high, heard.high)
        return Spread(low=low, likely=heard.likely, high=high), why or doubt

    def _plays(self, link: str) -> tuple[Spread | None, str]:
        """How long a source plays, by its link or placeholder; and why nobody knows, or only guesses."""
        length = self.lengths.get(link)
        if length is None or length.seconds is None:
            return None, length.how.removeprefix("unknown: ") if length else _NOT_LOOKED_INTO

        return (_by_size(length.seconds), _GUESSED_BY_SIZE) if length.assumed else (Spread.exactly(length.seconds), "")


def estimator_for(
    jobs: Sequence[Job], judged: Judged, states: Iterable[State], faulty: Collection[str] = ()
) -> Estimator:
    """An estimator for these jobs, in the currency in which the account pays. In a rehearsal no link is looked into.

    `faulty`: links that were tried, and that led to nothing or did not answer: they are not waited for again.
    """
    asked, opened, known = judged.asked, judged.opened, list(states)
    online = isinstance(asked, Asked) and not opened.settings.sandbox
    return Estimator(
        prices=opened.prices,
        currency=_currency(judged),
        templates=judged.account.templates,
        types=judged.account.types,
        sheet=opened.read_options.sheet,
        lengths={
            **_local_lengths(jobs),
            **(_lengths(jobs, asked.connection.base, faulty) if online and isinstance(asked, Asked) else {}),
        },
        taught=list(lessons(known)),
        counted=list(results_made(known)),
    )


def _currency(judged: Judged) -> str:
    """A contract's wallet is in credits; all else that prices are known for is paid in dollars."""
    me = judged.asked.me if isinstance(judged.asked, Asked) else None
    return "credits" if me and me.pool is Pool.WALLET and me.currency == "credits" else "usd"


def _lengths(jobs: Iterable[Job], base: str, faulty: Collection[str]) -> Mapping[str, Length]:
    wanted = dict.fromkeys(link for job in jobs for link in _played(job) if is_link(link))
    links = [link for link in wanted if link not in faulty]
    found = anyio.run(partial(media_lengths, links, own_host=base)) if links else {}
    return found | {link: _NO_FILE for link in wanted if link in faulty}


def _clips(job: Job) -> tuple[Source, ...]:
    """What is played in a job beside what is said."""
    script = KINDS[job.kind].script(job.request, None)
    return script.clips if script else ()


def _played(job: Job) -> list[str]:
    """What has to be looked into to know how long the job will last."""
    source = KINDS[job.kind].source(job.request)
    return [link for each in (*((source,) if source else ()), *_clips(job)) for link in each.links]


def _local_lengths(jobs: Iterable[Job]) -> Mapping[str, Length]:
    """By placeholder: how long the files play that jobs are made from."""
    found: dict[str, Length] = {}
    for job in jobs:
        links = _played(job)
        played = {file.placeholder: file for file in job.files if file.placeholder in links}
        found |= {name: file_length(file) for name, file in played.items() if file.path and name not in found}
    return found


def _why_unknown(job: Job) -> str:
    """Why nobody knows how long a job without a source lasts."""
    if job.template_id:
        return _NO_SCRIPT

    return _OF_PROJECT if any(file.project for file in job.files) else _NO_LENGTH


def _by_size(seconds: float) -> Spread:
    """How long a file may play, of which the size at a usual bit rate says so many seconds."""
    guess = Spread.exactly(seconds).times(_OTHER_RATES)
    return Spread(low=guess.low, likely=guess.likely, high=max(guess.high, _SOME_LENGTH))
