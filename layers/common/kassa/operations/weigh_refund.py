"""Weigh a wish for a refund: what it asks for, what is known, and what follows from both."""

from typing import Any, NamedTuple

from kassa.adapters import clock, risk_signals
from kassa.adapters.policies import Policies
from kassa.domain.events import Subject
from kassa.domain.money import Money
from kassa.domain.payments import SubjectState
from kassa.domain.refund_cases import RefundCase
from kassa.domain.refund_decisions import Bounds, Case, begun, main_charge, receipt, request_for
from kassa.domain.refund_requests import refund_request_id
from kassa.domain.refund_wishes import RefundWish, wanted_minor
from kassa.domain.risk import risk_inputs
from kassa.settings import settings


class Weighed(NamedTuple):
    """A request as it would be kept, and the markers that it leaves."""

    case: RefundCase
    marks: list[dict[str, Any]]


def weigh_refund(
    wish: RefundWish, subject: Subject, payment: SubjectState, caller: str, limit: str = ""
) -> Weighed:
    """Decide a wish on what stands now; `limit` names a day's limit that was just reached.

    Raises InvalidRequest and OverHeadroom, naming what is off.
    """
    now, merchant_id = clock.now(), settings().merchant_id
    charge = main_charge(payment)
    wanted = wanted_minor(wish, payment, charge.currency)
    amount = Money(amount_minor=wanted, currency=charge.currency)
    request_id = refund_request_id(subject, wish.claim)
    read = risk_signals.read(request_id, wish, payment, charge, now)
    case = Case(wish, subject, payment, amount, risk_inputs(amount, read.signals, now), now)
    policy = Policies(merchant_id).active(now)
    decided = receipt(case, policy, Bounds(settings().refund_age_max_days, limit))
    request = request_for(case, decided, caller, merchant_id)
    life = begun(request, policy)
    return Weighed(RefundCase(request=request, life=life, words=wish.words), read.marks)
