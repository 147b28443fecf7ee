"""Find what stands out of a period: run the queries, ask every rule, fetch the events behind."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from kassa.archive import warehouse
from kassa.core.periods import Period
from kassa.reports.anomalies.finding import SAMPLE, Finding, Kind, sampled
from kassa.reports.anomalies.rules import fees, hours, missing, payments, rates, silence
from kassa.reports.anomalies.rules.cells import PAST_DAYS, Account, Cells
from kassa.reports.anomalies.rules.parts import Counted
from kassa.reports.fees.contracts.contract import FeeContracts

QUERIES = Path(__file__).with_name("queries")
NO_CONTRACTS = FeeContracts()
_IDS = ("subject_id", "event_id")
_FIRST = {f"{one}s": f"min({one}, {SAMPLE})" for one in _IDS}
_FIRST_DISTINCT = {f"{one}s": f"min(DISTINCT {one}, {SAMPLE})" for one in _IDS}
_PAST = (
    "SELECT *, file_index, file_row_number"
    " FROM read_parquet(getvariable('payment_files'), union_by_name = true)"
)
_NO_PAST = "SELECT * FROM kept_payments WHERE false"
_TAKEN = """CREATE TABLE taken (gateway VARCHAR, account VARCHAR, captured_us BIGINT,
    settled_us BIGINT, file_index BIGINT, file_row_number BIGINT)"""
BUCKETS = 64  # of payments: `narrow.sql` says in which one each lies
LINES_AT_ONCE = 1_000_000  # whose payments are held in memory together
_NO_CELLS = "SELECT 0, 0, '', '', '', '', '', 0, 0 WHERE false"  # as many columns as cells have


def find(facts: Any, cells: Cells, contracts: FeeContracts = NO_CONTRACTS) -> list[Finding]:
    """Return all that stands out of a prepared period, in no order."""
    found = [*_of_payments(facts, cells), *_of_missing(facts, cells)]
    found += _of_fees(facts, cells, contracts)
    silent = list(silence.silent_gateways(cells))
    found += [finding for finding, _ in silent]
    counted = [
        *rates.method_failures(cells, _explained(found, cells)),
        *rates.refund_bursts(_peaks(facts), cells, _held_back(silent)),
        *rates.dispute_ratios(cells),
        *hours.unusual_hours(cells),
    ]
    return found + [_with_events(facts, cells, one) for one in counted]


def find_urgent(facts: Any, cells: Cells) -> list[Finding]:
    """Return what of a day that goes on costs money by the hour: tested cards, failures, refunds.

    What a gateway's silence held back is known as in a closed day, and what testers tried as well.
    """
    failing = list(_tried(facts, cells))
    silent = list(silence.silent_gateways(cells))
    counted = [
        *rates.method_failures(cells, _explained(failing, cells)),
        *rates.refund_bursts(_peaks(facts), cells, _held_back(silent)),
    ]
    found = [one for one in failing if one.kind is Kind.CARD_TESTING]
    return found + [_with_events(facts, cells, one) for one in counted]


def prepared(
    facts: Any,
    period: Period,
    files: tuple[Sequence[Path], Sequence[Path]],
    now: datetime | None = None,
) -> Cells:
    """Lay what is known of the days before beside a period's facts, and count both by hour.

    `files` are the rollups and the payments of those days; `now` is given while the period goes on.
    """
    rollup_files, payment_files = files
    warehouse.set_variables(facts, rollup_files=list(map(str, rollup_files)))
    warehouse.set_variables(facts, payment_files=list(map(str, payment_files)))
    _run(facts, "lines", past=_PAST if payment_files else _NO_PAST)
    past = (QUERIES / "past_cells.sql").read_text() if rollup_files else _NO_CELLS
    rows = _rows(facts, "cells", past=past, first_day=period.day, days=PAST_DAYS)
    return Cells(rows, period, now)


def _of_payments(facts: Any, cells: Cells) -> Iterator[Finding]:
    zone, texts, rules = cells.period.time_zone, cells.texts, payments
    reach = _us(rules.SAME_ORDER)
    yield from rules.duplicates(_rows(facts, "duplicates", reach_us=reach), zone, texts)
    yield from _tried(facts, cells)
    runs = _rows(
        facts, "velocity", payments_min=rules.VELOCITY_MIN, pause_us=_us(rules.VELOCITY_PAUSE)
    )
    yield from rules.velocity(runs, zone, texts)
    least = {"payments_min": rules.CUSTOMER_MIN, "times_min": rules.CUSTOMER_TIMES}
    unusual = _rows(facts, "unusual_amounts", **least)
    yield from rules.unusual_for_customer(unusual, zone, texts)


def _tried(facts: Any, cells: Cells) -> Iterator[Finding]:
    """Find what was tried again and again."""
    zone, texts, rules = cells.period.time_zone, cells.texts, payments
    tries = _rows(facts, "tries", failures_min=rules.FAILURES_MIN)
    yield from rules.failed_then_success(tries, zone, texts)
    tests = _rows(
        facts,
        "small_attempts",
        failures_min=rules.TESTS_MIN,
        known_min=rules.TESTS_KNOWN,
        pause_us=_us(rules.TESTS_PAUSE),
        **_FIRST_DISTINCT,
    )
    yield from rules.card_testing(tests, zone, texts)


def _of_fees(facts: Any, cells: Cells, contracts: FeeContracts) -> Iterator[Finding]:
    _run(facts, "charges")
    rows = [row for _ in _buckets(facts) for row in _rows(facts, "fees")]
    for finding, part in fees.fee_drift(rows, cells, contracts):
        names = ("gateway", "account", "method", "brand", "currency", "balance")
        which = {f"which_{name}": value for name, value in zip(names, part.of, strict=True)}
        days = {"from_day": part.from_day, "until_day": part.until_day}
        warehouse.set_variables(facts, **which, **days)
        yield finding.model_copy(update=_charged(facts))


def _charged(facts: Any) -> dict[str, tuple[str, ...]]:
    """Return payments and events behind fees, of the first ones of each day."""
    by_day: dict[int, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    rows = [row for _ in _buckets(facts) for row in _rows(facts, "charged", **_FIRST)]
    for day, subject_ids, event_ids in rows:
        subjects, events = by_day[day]
        by_day[day] = _first(subjects, subject_ids), _first(events, event_ids)
    names = ("subject_ids", "event_ids")
    return {
        name: sampled(id_ for ids in by_day.values() for id_ in ids[n])
        for n, name in enumerate(names)
    }


def _first(ids: list[str], more: list[str]) -> list[str]:
    return sorted((*ids, *more))[:SAMPLE]


def _buckets(facts: Any) -> Iterator[None]:
    """Let queries be asked of some buckets of payments after the others, as many as fit."""
    (lines,) = facts.execute("SELECT count(*) FROM numbers").fetchone()
    at_once = max(1, BUCKETS * LINES_AT_ONCE // max(1, lines))
    for first in range(0, BUCKETS, at_once):
        warehouse.set_variables(facts, from_bucket=first, until_bucket=first + at_once)
        yield


def _of_missing(facts: Any, cells: Cells) -> Iterator[Finding]:
    rules, period, texts = missing, cells.period, cells.texts
    settled = {"settled_min": rules.SETTLED_MIN, "slack_us": _us(rules.SLACK), **_FIRST_DISTINCT}
    facts.execute(_TAKEN)
    for _ in _buckets(facts):
        _run(facts, "taken")
    yield from rules.without_payout(_rows(facts, "unsettled", **settled), period, texts)
    due = _us(rules.INVOICE_DUE)
    yield from rules.unpaid_invoices(_rows(facts, "unpaid", due_us=due), period, texts)


def _peaks(facts: Any) -> list[tuple[Any, ...]]:
    within = _us(rates.BURST_WITHIN)
    return _rows(facts, "refund_peaks", within_us=within, refunds_min=rates.BURST_MIN)


def _held_back(silent: Iterable[tuple[Finding, float]]) -> dict[Account, float]:
    """Return the days for which each account was silent."""
    held_back: dict[Account, float] = {}
    for finding, days in silent:
        account = (finding.gateway or "", finding.account or "")
        held_back[account] = held_back.get(account, 0.0) + days
    return held_back


def _explained(found: Iterable[Finding], cells: Cells) -> dict[tuple[Account, int], int]:
    """Return the attempts that failed since cards were tested, by account and day."""
    explained: dict[tuple[Account, int], int] = {}
    for one in found:
        if one.kind in (Kind.CARD_TESTING, Kind.FAILED_THEN_SUCCESS):
            day = (one.found_on - cells.period.day).days
            key = (one.gateway or "", one.account or ""), day
            explained[key] = explained.get(key, 0) + one.count
    return explained


def _with_events(facts: Any, cells: Cells, counted: Counted) -> Finding:
    """Return a finding with what is at stake and the events behind it, as the period has them."""
    finding, part = counted
    from_at, until_at = cells.hour_at(part.from_hour), cells.hour_at(part.until_hour)
    warehouse.set_variables(
        facts,
        which_fact=part.fact,
        which_gateway=part.account[0],
        which_account=part.account[1],
        which_method=part.method or "",
        from_us=round(from_at.timestamp() * 1e6),
        until_us=round(until_at.timestamp() * 1e6),
    )
    rows = _rows(facts, "events", sample=SAMPLE)
    rows = [row for row in rows if finding.currency in (None, row[0])]
    if not rows:
        return finding
    currency, _, minor, subjects, events = rows[0]
    shown = {"subject_ids": tuple(subjects), "event_ids": tuple(events)}
    if finding.currency is None:
        shown |= {"currency": currency, "amount_minor": minor}
    return finding.model_copy(update=shown)


def _rows(facts: Any, name: str, **literals: object) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = _run(facts, name, **literals).fetchall()
    return rows


def _run(facts: Any, name: str, **literals: object) -> Any:
    texts = {key: str(value) for key, value in literals.items()}
    return warehouse.run_file(facts, QUERIES / f"{name}.sql", **texts)


def _us(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
