"""What a refund decision is made on: the request, its payment, and the inputs of both."""

from datetime import datetime
from typing import NamedTuple

from kassa.core.money import Money
from kassa.gateways.events import ObjectKind, Subject
from kassa.ledger.state import SubjectState
from kassa.refunds.policy.inputs import RefundInputs
from kassa.refunds.request.body import RefundRequestBody, main_charge
from kassa.refunds.request.disputes import disputed_percent, disputes_lost
from kassa.refunds.request.lines import Lines
from kassa.refunds.request.request import request_of
from kassa.refunds.risk.signals import RiskInputs


class Case(NamedTuple):
    """A request, the payment it is about, and what is known of who requests it."""

    request_body: RefundRequestBody
    subject: Subject
    payment: SubjectState
    amount: Money
    risk: RiskInputs
    now: datetime
    lines: Lines = {}  # of the order, as they are requested
    ordered: Lines = {}  # how many of each were ordered, as far as an order of Kassa's says


def inputs_of(case: Case) -> RefundInputs:
    """Return what the policy may look at."""
    charge, amount_minor = main_charge(case.payment), case.amount.amount_minor
    return RefundInputs(
        amount=case.amount,
        payment_age_days=max(0, (case.now - charge.instant).days),
        amount_percent=-(-100 * amount_minor // case.payment.captured_minor),
        reason=case.request_body.reason,
        category=case.request_body.category,
        gateway=case.subject.gateway,
        method=charge.method,
        brand=charge.brand,
        country=charge.country,
        has_open_dispute=case.payment.has_open_dispute,
        lost_dispute=disputes_lost(case.payment) > 0,
        disputed_percent=disputed_percent(case.payment),
        **case.risk.inputs,
    )


def is_like_another(payment: SubjectState, amount_minor: int, has_lines: bool) -> bool:
    """Tell whether as much was refunded or promised before by a request of the other kind.

    Of two requests for one amount, one that names lines and one that names none, nobody can tell
    whether they are one complaint.
    """
    known = {request_of(name): held for name, held in payment.reservations.items()}
    for refund in payment.of(ObjectKind.REFUND, "pending", "requires_action", "succeeded").values():
        if refund.refund_request_id is not None:
            known[request_of(refund.refund_request_id)] = refund.amount_minor
    return any(
        known_minor == amount_minor and (refund_request_id in payment.refunded_lines) != has_lines
        for refund_request_id, known_minor in known.items()
    )
