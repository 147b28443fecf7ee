"""What Adyen can do: a hosted checkout and how it stands, refunds, settlement reports.

It has neither a look-up of payments for merchants nor a list of missed events: webhooks are sent
again for thirty days, and the reports name refunds and chargebacks too.
"""

from kassa.gateways.adyen.checkouts import find_checkout, open_checkout
from kassa.gateways.adyen.dispute_answers import accept_dispute, answer_dispute, find_dispute
from kassa.gateways.adyen.history import history
from kassa.gateways.adyen.payouts import payouts
from kassa.gateways.adyen.refunds import named_refund, refund

__all__ = [
    "accept_dispute",
    "answer_dispute",
    "find_checkout",
    "find_dispute",
    "history",
    "named_refund",
    "open_checkout",
    "payouts",
    "refund",
]
