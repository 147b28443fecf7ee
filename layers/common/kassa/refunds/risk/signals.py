"""Risk inputs of a refund decision: what is known of the customer, in honest whole numbers.

Shares are shrunk to the merchant's mean (`shrunk_percent`) and rounded half up to a whole percent;
the amount's ratio is rounded up, as `amount_percent` is, so that no amount slips under a rule by a
fraction. What isn't known is None. The inputs route a request to a person; none rejects it.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import Field

from kassa.core.model import Instant, Model
from kassa.core.money import Money
from kassa.gateways.events import ObjectKind
from kassa.ledger.state import SubjectState
from kassa.refunds.risk.score import ScoreInputs, ScorePart, score_parts

K = 10  # payments that the merchant's mean weighs as much as, in a customer's share
BASELINE_PAYMENTS_MIN = 50  # of a merchant with fewer we know no mean
_COUNTED_DISPUTES = ("open", "won", "lost")  # a bank's inquiry is no dispute


class Paid(Model):
    """A customer's captured payments in one currency."""

    payments: int = Field(gt=0)
    amount_minor: int = Field(gt=0)


class CustomerHistory(Model):
    """What a customer's payments came to; with `read_all` false, only the newest were read."""

    payments: int = Field(gt=0)
    paid: dict[str, Paid]  # by currency
    first_paid_at: Instant
    refunded: int = 0  # payments, even in part
    disputed: int = 0  # payments
    read_all: bool = True

    @classmethod
    def of(cls, states: Iterable[SubjectState], read_all: bool = True) -> "CustomerHistory | None":
        """Fold payments into a history; none where nothing was ever captured."""
        captured = [state for state in states if state.captured_minor > 0]
        if not captured:
            return None
        charges = (state.of(ObjectKind.CHARGE, "captured").values() for state in captured)
        return cls(
            payments=len(captured),
            paid=_paid(captured),
            first_paid_at=min(charge.instant for charged in charges for charge in charged),
            refunded=sum(state.refunded_minor > 0 for state in captured),
            disputed=sum(_is_disputed(state) for state in captured),
            read_all=read_all,
        )


def _paid(payments: list[SubjectState]) -> dict[str, Paid]:
    amounts: dict[str, list[int]] = defaultdict(list)
    for payment in payments:
        charge, *_ = payment.of(ObjectKind.CHARGE, "captured").values()
        amounts[charge.currency].append(payment.captured_minor)
    return {
        currency: Paid(payments=len(each), amount_minor=sum(each))
        for currency, each in sorted(amounts.items())
    }


def _is_disputed(payment: SubjectState) -> bool:
    disputes = payment.of(ObjectKind.DISPUTE, *_COUNTED_DISPUTES)
    return bool(disputes or payment.of(ObjectKind.DISPUTE_FUNDS))


class Velocities(Model):
    """Refund requests of the last 24 hours beside this one; None for what isn't known."""

    customer: int | None = None
    card: int | None = None
    address: int | None = None
    ip: int | None = None
    email: int | None = None


class Baseline(Model):
    """What a merchant's payments came to over some weeks, to compare a customer with."""

    payments: int = Field(gt=0)
    refunded: int = Field(ge=0)
    disputed: int = Field(ge=0)


PRIOR = Baseline(payments=100, refunded=5, disputed=1)  # where the merchant's own is not known


def baseline_of(payments: int, refunded: int, disputed: int) -> Baseline:
    """Return a merchant's mean; the stated prior (5 % refunded, 1 % disputed) of too few payments.

    Days are counted, not payments followed, so more may be refunded than was sold meanwhile;
    a mean is never over 100 %.
    """
    if payments < BASELINE_PAYMENTS_MIN:
        return PRIOR
    most = {"refunded": min(refunded, payments), "disputed": min(disputed, payments)}
    return Baseline(payments=payments, **most)


class RiskInputs(Model):
    """The risk part of a decision's inputs, named as there, and what the score is the sum of."""

    gateway_risk: str | None = None
    customer_payments: int | None = None
    customer_paid: Money | None = None
    customer_age_days: int | None = None
    customer_refunds: int | None = None
    refund_share_percent: int | None = None
    dispute_share_percent: int | None = None
    amount_ratio_percent: int | None = None
    requests_customer_day: int | None = None
    requests_card_day: int | None = None
    requests_address_day: int | None = None
    requests_ip_day: int | None = None
    requests_email_day: int | None = None
    risk_score: int = 0
    score_parts: tuple[ScorePart, ...] = ()

    @property
    def inputs(self) -> dict[str, Any]:
        """Return the fields of RefundInputs that these are."""
        return {name: getattr(self, name) for name in type(self).model_fields if name != _PARTS}


_PARTS = "score_parts"


class Signals(Model):
    """What was read about a refund request before its risk is worked out."""

    gateway_risk: str | None = None  # of the payment's charge
    history: CustomerHistory | None = None  # none for a customer we don't know
    velocities: Velocities = Velocities()
    baseline: Baseline = PRIOR


def risk_inputs(amount: Money, signals: Signals, now: datetime) -> RiskInputs:
    """Work out the risk inputs of a refund of this amount; they route, and never reject."""
    velocities = signals.velocities
    found: dict[str, Any] = {
        "gateway_risk": signals.gateway_risk,
        "requests_customer_day": velocities.customer,
        "requests_card_day": velocities.card,
        "requests_address_day": velocities.address,
        "requests_ip_day": velocities.ip,
        "requests_email_day": velocities.email,
    }
    if signals.history is not None:
        found |= _of_customer(amount, signals.history, signals.baseline, now)
    mean = signals.baseline
    seen = ScoreInputs(
        gateway_risk=signals.gateway_risk,
        requests=max(count or 0 for _, count in velocities),
        is_known=signals.history is not None,
        refund_share=found.get("refund_share_percent"),
        refund_mean=percent(mean.refunded, mean.payments),
        dispute_share=found.get("dispute_share_percent"),
        dispute_mean=percent(mean.disputed, mean.payments),
        amount_ratio=found.get("amount_ratio_percent"),
    )
    parts = score_parts(seen)
    return RiskInputs(**found, risk_score=sum(part.points for part in parts), score_parts=parts)


def _of_customer(
    amount: Money, history: CustomerHistory, mean: Baseline, now: datetime
) -> dict[str, Any]:
    paid = history.paid.get(amount.currency)
    scaled_minor = 100 * amount.amount_minor * (paid.payments if paid else 0)
    return {
        "customer_payments": history.payments,
        "customer_paid": Money(
            amount_minor=paid.amount_minor if paid else 0, currency=amount.currency
        ),
        "customer_age_days": max(0, (now - history.first_paid_at).days),
        "customer_refunds": history.refunded,
        "refund_share_percent": shrunk_percent(
            history.refunded, history.payments, mean.refunded, mean.payments
        ),
        "dispute_share_percent": shrunk_percent(
            history.disputed, history.payments, mean.disputed, mean.payments
        ),
        "amount_ratio_percent": rounded_up(scaled_minor, paid.amount_minor) if paid else None,
    }


def shrunk_percent(hits: int, payments: int, mean_hits: int, mean_payments: int) -> int:
    """Return (hits + k·mean) / (payments + k) as a whole percent, rounded half up.

    A share of few payments says little: one refund of one payment is "100 %". So a customer's
    share is the empirical Bayes estimate of a rate: with a beta prior of the merchant's mean m that
    weighs as much as k payments, the posterior mean of x among n is (x + k·m) / (n + k). The idea
    is Robbins' (An Empirical Bayes Approach to Statistics, 1956); Efron and Morris (Data Analysis
    Using Stein's Estimator, 1975) show why it beats each customer's own share. k is chosen, not
    estimated: with 10, below ten payments the share is mostly the mean, and from ten on mostly the
    customer's own.
    """
    weighed = hits * mean_payments + K * mean_hits
    return half_up(100 * weighed, (payments + K) * mean_payments)


def percent(hits: int, payments: int) -> int:
    """Return a share as a whole percent, rounded half up."""
    return half_up(100 * hits, payments)


def half_up(dividend: int, divisor: int) -> int:
    """Divide to the nearest integer, a half going up; for nothing negative."""
    return (2 * dividend + divisor) // (2 * divisor)


def rounded_up(dividend: int, divisor: int) -> int:
    """Divide to the next integer, so that no fraction slips under a bound."""
    return -(-dividend // divisor)
