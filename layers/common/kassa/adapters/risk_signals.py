"""What is read about a refund request before it is decided, and the markers it leaves."""

from datetime import datetime
from typing import Any, NamedTuple

from kassa.adapters.customer_histories import CustomerHistories
from kassa.adapters.payment_finder import Found
from kassa.adapters.report_runs import current_baseline
from kassa.adapters.velocities import Markers, Sighting
from kassa.domain.money import Money
from kassa.domain.refund_requests import refund_request_id
from kassa.domain.refund_wishes import RefundWish, main_charge
from kassa.domain.risk import RiskInputs, Signals, risk_inputs
from kassa.settings import settings


class Read(NamedTuple):
    """What is known, and the puts that let the next request know of this one."""

    risk: RiskInputs
    marks: list[dict[str, Any]]


def read(wish: RefundWish, found: Found, amount: Money, now: datetime) -> Read:
    """Read the customer's history, how often who asks has asked today, and the merchant's mean."""
    payment, charge = found.state, main_charge(found.state)
    markers = Markers(
        Sighting(
            merchant_id=settings().merchant_id,
            refund_request_id=refund_request_id(found.subject, wish.claim),
            requested_at=now,
            gateway=wish.gateway,
            account=wish.account,
            customer_id=payment.customer_id,
            fingerprint=charge.fingerprint,
            address_hash=wish.address_hash,
            ip_hash=wish.ip_hash,
        )
    )
    signals = Signals(
        gateway_risk=charge.gateway_risk,
        history=CustomerHistories(wish.gateway, wish.account).of(payment.customer_id),
        velocities=markers.counts(),
        baseline=current_baseline(now),
    )
    return Read(risk_inputs(amount, signals, now), markers.marks())
