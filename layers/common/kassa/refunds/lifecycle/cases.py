"""A refund case: the request as it was asked and decided, and its life so far."""

from kassa.core.model import Model
from kassa.refunds.lifecycle.lifecycle import RefundLife, RefundLifeView
from kassa.refunds.request.request import RefundRequest


class RefundView(Model):
    """A refund request with its decision receipt, its life, and the customer's own words."""

    request: RefundRequest
    life: RefundLifeView
    words: str = ""


class RefundCase(RefundView):
    """A refund request as Kassa itself works on it."""

    life: RefundLife


class AskedRefund(RefundView):
    """A refund case as whoever asked for it is answered."""

    repeated: bool = False  # it was asked for before, and this is what was decided then
