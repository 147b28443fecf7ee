"""Weigh a wish for a refund: what it asks for, what is known, and what follows from both."""

from typing import Any, NamedTuple

from kassa.adapters import clock, risk_signals
from kassa.adapters.gateways.calls import age_max_days
from kassa.adapters.payment_finder import Found
from kassa.adapters.policies import Policies
from kassa.domain.refund_cases import RefundCase
from kassa.domain.refund_decisions import Bounds, begun, receipt, request_for
from kassa.domain.refund_evidence import Case
from kassa.domain.refund_wishes import RefundWish, wanted
from kassa.settings import settings


class Weighed(NamedTuple):
    """A request as it would be kept, and the markers that it leaves."""

    case: RefundCase
    marks: list[dict[str, Any]]


def weigh_refund(wish: RefundWish, found: Found, caller: str, limit: str = "") -> Weighed:
    """Decide a wish on what stands now; `limit` names a day's limit that was just reached.

    Raises InvalidRequest and OverHeadroom, naming what is off.
    """
    now, merchant_id = clock.now(), settings().merchant_id
    amount = wanted(wish, found.state)
    risk, marks = risk_signals.read(wish, found, amount, now)
    case = Case(wish, found.subject, found.state, amount, risk, now)
    policy = Policies(merchant_id).active(now)
    age_max = age_max_days(found.subject.gateway, settings().refund_age_max_days)
    decided = receipt(case, policy, Bounds(age_max, limit))
    request = request_for(case, decided, caller, merchant_id)
    life = begun(request, policy)
    return Weighed(RefundCase(request=request, life=life, words=wish.words), marks)
