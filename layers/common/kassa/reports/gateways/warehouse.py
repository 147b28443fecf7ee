"""Counts what is known of gateways in a period's facts, by the queries beside."""

from collections import defaultdict
from pathlib import Path
from typing import Any

from kassa.archive import rollups
from kassa.archive.warehouse import fetched_file
from kassa.core.periods import Period
from kassa.platform.pacing.answer_times import LIMITS_MS
from kassa.reports.breakdown.declines import declined
from kassa.reports.breakdown.lines import captures_of, count_of
from kassa.reports.gateways.payouts import BalanceLine, PaidOut, Payout, paid_out
from kassa.reports.gateways.scorecard import Calls, Delay, Measured, Place, Tried

QUERIES = Path(__file__).with_name("queries")
LINES_MAX = 200_000  # of all balances; of more, days to payout aren't worked out
BY = ("gateway", "account", "reason")
Balance = tuple[str, str, str]  # gateway, account and currency
KASSA = "kassa"  # facts of our own: reports, anomalies


def measured(facts: Any, period: Period) -> Measured:
    """Count a period's facts."""
    rows = rollups.of_facts(facts, period, BY)
    places: dict[Place, list[Any]] = defaultdict(list)
    for row in rows:
        places[str(row.gateway), str(row.account)].append(row)
    tried = {place: _tried(of) for place, of in places.items() if place[0] != KASSA}
    return Measured(
        calls=_calls(facts),
        delays={row[:2]: Delay(*row[2:]) for row in _rows(facts, "delays")},
        tried={place: one for place, one in tried.items() if any(one)},
        paid_out=_paid_out(facts),
        declined=declined(rows),
    )


def _calls(facts: Any) -> dict[Place, Calls]:
    each = "CAST(json_extract_string(details, '$.within[{}]') AS BIGINT)"
    within = ", ".join(f"sum({each.format(n)})::BIGINT" for n in range(len(LIMITS_MS) + 1))
    return {row[:2]: _answered(*row[2:]) for row in _rows(facts, "calls", within=within)}


def _answered(*row: Any) -> Calls:
    counts = (count or 0 for count in row[5:])
    return Calls._make((*row[:5], tuple(zip((*LIMITS_MS, None), counts, strict=True))))


def _tried(rows: list[Any]) -> Tried:
    names = ("PaymentFailed", "RefundSucceeded", "DisputeOpened")
    return Tried(captures_of(rows), *(count_of(rows, name) for name in names))


def _paid_out(facts: Any) -> dict[Place, PaidOut]:
    """Return what each account paid out; of several balances, all together."""
    sent: dict[Balance, list[Payout]] = defaultdict(list)
    for gateway, account, currency, at_us, minor in _rows(facts, "payouts"):
        sent[gateway, account, currency].append(Payout(at_us, minor))
    lines = _lines(facts) if sent else {}
    found: dict[Place, PaidOut] = {}
    for balance, payouts in sorted(sent.items()):
        one = paid_out(lines.get(balance, ()), payouts)
        found[balance[:2]] = found.get(balance[:2], PaidOut(0, 0, ())).plus(one)
    return found


def _lines(facts: Any) -> dict[Balance, list[BalanceLine]]:
    """Return what moved each balance; nothing where that is too much."""
    rows = _rows(facts, "balance_lines", lines_max=str(LINES_MAX + 1))
    found: dict[Balance, list[BalanceLine]] = defaultdict(list)
    if len(rows) <= LINES_MAX:
        for gateway, account, currency, *line in rows:
            found[gateway, account, currency].append(BalanceLine(*line))
    return found


def _rows(facts: Any, name: str, **literals: str) -> list[tuple[Any, ...]]:
    return fetched_file(facts, QUERIES / f"{name}.sql", **literals)
