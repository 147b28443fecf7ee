"""What is read about a refund request before it is decided, and the markers it leaves."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from kassa.archive.runs import runs
from kassa.core.money import Money
from kassa.core.periods import day_of
from kassa.ledger.state import SubjectState
from kassa.platform import clock
from kassa.platform.settings import settings
from kassa.refunds.find_payment import Found
from kassa.refunds.request.body import RefundRequestBody, main_charge
from kassa.refunds.request.request import refund_request_id
from kassa.refunds.risk.customer_history import CustomerHistories, of_orders
from kassa.refunds.risk.signals import (
    Baseline,
    CustomerHistory,
    RiskInputs,
    Signals,
    baseline_of,
    risk_inputs,
)
from kassa.refunds.risk.velocity import Markers, Sighting

BASELINE_DAYS = 28  # of the merchant's mean: four of each weekday
KEPT_FOR = timedelta(hours=1)

_kept: dict[str, tuple[datetime, Baseline]] = {}


class Read(NamedTuple):
    """What is known, and the puts that let the next request know of this one."""

    risk: RiskInputs
    marks: list[dict[str, Any]]


def read(request_body: RefundRequestBody, found: Found, amount: Money, now: datetime) -> Read:
    """Read the customer's history, how often it was requested today, and the merchant's mean."""
    payment, charge = found.state, main_charge(found.state)
    markers = Markers(
        Sighting(
            merchant_id=settings().merchant_id,
            refund_request_id=refund_request_id(found.subject, request_body.claim),
            requested_at=now,
            gateway=request_body.gateway,
            account=request_body.account,
            customer_id=payment.customer_id,
            customer_from_order=payment.customer_from_order,
            fingerprint=charge.fingerprint,
            address_hash=request_body.address_hash,
            ip_hash=request_body.ip_hash,
            email_hash=request_body.email_hash or (found.order.email_hash if found.order else None),
        )
    )
    signals = Signals(
        gateway_risk=charge.gateway_risk,
        history=_history(request_body, payment),
        velocities=markers.counts(),
        baseline=current_baseline(now),
    )
    return Read(risk_inputs(amount, signals, now), markers.marks())


def _history(request_body: RefundRequestBody, payment: SubjectState) -> CustomerHistory | None:
    """Return what the customer has paid: over all gateways, where the shop's order names them."""
    customer_id = payment.customer_id
    if customer_id and payment.customer_from_order:
        return of_orders(settings().merchant_id, customer_id)
    return CustomerHistories(request_body.gateway, request_body.account).of(customer_id)


def baseline(merchant_id: str, today: date) -> Baseline:
    """Return a merchant's mean over the four weeks before today, read once an hour.

    Days without a finished report, or closed before counts were kept, are left out.
    """
    kept = _kept.get(merchant_id)
    if kept and clock.now() - kept[0] < KEPT_FOR:
        return kept[1]
    days = [today - timedelta(days=n) for n in range(1, BASELINE_DAYS + 1)]
    counts = [run.counts for run in runs(merchant_id, days).values() if run.counts]
    mean = baseline_of(
        payments=sum(day.payments for day in counts),
        refunded=sum(day.refunds for day in counts),
        disputed=sum(day.disputes for day in counts),
    )
    _kept[merchant_id] = clock.now(), mean
    return mean


def current_baseline(now: datetime) -> Baseline:
    """Return the merchant's mean over the four weeks before their day of an instant."""
    known = settings()
    return baseline(known.merchant_id, day_of(now, known.merchant_time_zone))


def forget() -> None:
    """Forget what was kept; tests start clean."""
    _kept.clear()
