"""How often, how long and in which way a case's gateway is asked without a person."""

from datetime import timedelta

from kassa.gateways import dispatch
from kassa.gateways.registry import Ability
from kassa.platform.settings import settings
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.next_step import EVENT_WITHIN, Tries


def tries_of(case: RefundCase) -> Tries:
    """Return how a case's gateway is asked.

    One that doesn't give our name back is looked up at once: only we know whose a refund is.
    """
    known = dispatch.refunding(case.request.payment.gateway)
    is_named = Ability.NAMED_REFUND in known.can
    return Tries(
        settings().refund_attempts_max,
        known.memory,
        event_within=timedelta(0) if is_named else EVENT_WITHIN,
        can_find=Ability.FIND_REFUND in known.can,
    )
