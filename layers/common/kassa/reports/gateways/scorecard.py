"""The scorecard of one gateway account: what was measured, against what was promised.

What was too seldom to say anything is none, never a guess.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from pydantic import Field

from kassa.core.model import Model
from kassa.reports.breakdown.declines import Declined
from kassa.reports.breakdown.lines import is_absent
from kassa.reports.breakdown.normal import ATTEMPTS_MIN
from kassa.reports.fees.contracts.contract import FeeContracts, ServiceLevel
from kassa.reports.gateways.cases import Support
from kassa.reports.gateways.payouts import DAY_US, PaidOut

RUNS_MIN = 100  # of the watch, every five minutes: a third of a day
ANSWERS_MIN = 20
EVENTS_MIN = 20
PAID_OUT_MIN = 20  # payments
MOST = 0.95
SECOND_US = 1_000_000
Place = tuple[str, str]  # gateway and account
Step = tuple[int | None, int]  # answers that took so many milliseconds at most; none: longer
NOTHING_PAID = PaidOut(0, 0, ())


class Calls(NamedTuple):
    """How an account answered the runs of the watch."""

    runs: int = 0
    silent_runs: int = 0
    answered: int = 0
    refused: int = 0
    unanswered: int = 0
    within: tuple[Step, ...] = ()  # answers by the limit they kept


class Delay(NamedTuple):
    """How long it took until what happened was booked."""

    events: int = 0
    half_us: int = 0
    most_us: int = 0


class Tried(NamedTuple):
    """What became of payments: counts of facts."""

    captures: int = 0
    failed: int = 0
    refunds: int = 0
    disputes: int = 0


class Measured(NamedTuple):
    """Everything that was counted, by account."""

    calls: Mapping[Place, Calls]
    delays: Mapping[Place, Delay]
    tried: Mapping[Place, Tried]
    paid_out: Mapping[Place, PaidOut]
    declined: Sequence[Declined]


class Promise(Model):
    """One thing that a contract promises, and whether it was kept."""

    figure: str  # uptime, payout_days or support_hours
    promised: Decimal
    measured: float | None
    is_kept: bool | None  # none: not measured


class Scorecard(Model):
    """One gateway account in a period; rates are 0 to 1, what isn't known is none."""

    gateway: str
    account: str
    runs: int
    silent_runs: int
    uptime: float | None  # of runs, those without a silence
    answered: int
    refused: int
    unanswered: int
    half_ms: int | None  # half of the answers took no longer
    most_ms: int | None  # nineteen of twenty; none: longer than is told apart, or too few
    events: int
    delay_half_s: int | None
    delay_most_s: int | None
    attempts: int
    declined: int
    decline_rate: float | None
    codes: tuple[Declined, ...]
    refunds: int
    refund_ratio: float | None  # of captures
    disputes: int
    dispute_ratio: float | None
    payouts: int
    payouts_proven: int
    paid_out: int  # payments that those payouts paid
    days_to_payout: float | None  # the median, from capture to payout
    days_to_payout_most: float | None  # nineteen of twenty
    promises: tuple[Promise, ...]
    support: Support | None = Field(None, exclude_if=is_absent)  # none before the fifth layout

    @property
    def place(self) -> str:
        """Return the account as reports name it."""
        return f"{self.gateway}/{self.account}"


def scorecards(
    measured: Measured,
    contracts: FeeContracts,
    last_day: date,
    support: Mapping[Place, Support] | None = None,
) -> tuple[Scorecard, ...]:
    """Return a scorecard for each account that anything is known of, noted, or promised."""
    places = {
        *measured.calls, *measured.delays, *measured.tried, *measured.paid_out, *(support or {}),
        *(place for place in contracts.places() if _level(contracts, place, last_day)),
    }  # fmt: skip
    return tuple(
        _promised(
            _scorecard(place, measured, support),
            _level(contracts, place, last_day),
        )
        for place in sorted(places)
    )


def within_ms(steps: Sequence[Step], share: float) -> int | None:
    """Return the limit within which a share of the answers came; none: beyond the last."""
    needed, seen = share * sum(count for _, count in steps), 0
    for limit, count in steps:
        seen += count
        if seen >= needed:
            return limit
    return None


def _scorecard(
    place: Place, measured: Measured, support: Mapping[Place, Support] | None
) -> Scorecard:
    calls, delay = measured.calls.get(place, Calls()), measured.delays.get(place, Delay())
    tried, paid = measured.tried.get(place, Tried()), measured.paid_out.get(place, NOTHING_PAID)
    attempts, gateway_account = tried.captures + tried.failed, "/".join(place)
    is_timed, is_delay = calls.answered >= ANSWERS_MIN, delay.events >= EVENTS_MIN
    waits = paid.waits_us if len(paid.waits_us) >= PAID_OUT_MIN else ()
    return Scorecard(
        gateway=place[0],
        account=place[1],
        runs=calls.runs,
        silent_runs=calls.silent_runs,
        uptime=_rate(calls.runs - calls.silent_runs, calls.runs, RUNS_MIN),
        answered=calls.answered,
        refused=calls.refused,
        unanswered=calls.unanswered,
        half_ms=within_ms(calls.within, 0.5) if is_timed else None,
        most_ms=within_ms(calls.within, MOST) if is_timed else None,
        events=delay.events,
        delay_half_s=delay.half_us // SECOND_US if is_delay else None,
        delay_most_s=delay.most_us // SECOND_US if is_delay else None,
        attempts=attempts,
        declined=tried.failed,
        decline_rate=_rate(tried.failed, attempts, ATTEMPTS_MIN),
        codes=tuple(one for one in measured.declined if one.gateway == gateway_account),
        refunds=tried.refunds,
        refund_ratio=_rate(tried.refunds, tried.captures, ATTEMPTS_MIN),
        disputes=tried.disputes,
        dispute_ratio=_rate(tried.disputes, tried.captures, ATTEMPTS_MIN),
        payouts=paid.payouts,
        payouts_proven=paid.proven,
        paid_out=len(paid.waits_us),
        days_to_payout=_days(waits, 0.5),
        days_to_payout_most=_days(waits, MOST),
        promises=(),
        support=None if support is None else support.get(place, Support()),
    )


def _promised(card: Scorecard, level: ServiceLevel | None) -> Scorecard:
    return card.model_copy(update={"promises": tuple(_promises(card, level)) if level else ()})


def _level(contracts: FeeContracts, place: Place, day: date) -> ServiceLevel | None:
    holding = contracts.holding(*place, day)
    return holding.service_level if holding else None


def _promises(card: Scorecard, level: ServiceLevel) -> Iterator[Promise]:
    if level.uptime_percent is not None:
        measured = None if card.uptime is None else round(100 * card.uptime, 4)
        kept = None if measured is None else Decimal(str(measured)) >= level.uptime_percent
        yield _promise("uptime", level.uptime_percent, measured, kept)
    if level.payout_days is not None:
        days = card.days_to_payout_most
        kept = None if days is None else days <= level.payout_days
        yield _promise("payout_days", Decimal(level.payout_days), days, kept)
    if level.support_hours is not None:
        hours = card.support.most_hours if card.support else None
        kept = None if hours is None else hours <= level.support_hours
        yield _promise("support_hours", Decimal(level.support_hours), hours, kept)


def _promise(
    figure: str, promised: Decimal, measured: float | None, is_kept: bool | None
) -> Promise:
    return Promise(figure=figure, promised=promised, measured=measured, is_kept=is_kept)


def _rate(part: int, whole: int, least: int) -> float | None:
    return round(part / whole, 6) if whole >= least else None


def _days(waits_us: Sequence[int], share: float) -> float | None:
    """Return the wait that a share of payments had at most, in days to a tenth."""
    if not waits_us:
        return None
    rank = max(0, -(-int(share * 1000) * len(waits_us) // 1000) - 1)
    return round(waits_us[rank] / DAY_US, 1)
