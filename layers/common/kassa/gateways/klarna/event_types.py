"""Klarna's webhook types: what becomes of each that its documentation names, and why.

Sources: "Disputes integration with API" and "Integrate disputes notifications" (docs.klarna.com,
after-payments/disputes), for the fourth and the third generation of disputes; `WebhookEventTypes`
of the Klarna Notifications API, release/4 (docs.klarna.com/api/kn).
"""

from kassa.gateways.event_types import Outcome, by_name, typed

_READ_BACK = "the dispute is read back, since most of its webhooks give no amount"

EVENT_TYPES = by_name(
    typed(
        Outcome.BOOKED,
        "the dispute is open; read back where it gives no amount",
        "payment.dispute.state-change.initiated",
    ),
    typed(
        Outcome.BOOKED,
        _READ_BACK,
        """
        payment.dispute.state-change.representment
        payment.dispute.state-change.pre-arbitration
        payment.dispute.state-change.arbitration
        payment.dispute.updated
        """,
    ),
    typed(
        Outcome.BOOKED,
        "won or lost; a loss is taken for withdrawn until a settlement says what was",
        "payment.dispute.state-change.closed",
    ),
    typed(
        Outcome.BOOKED,
        f"third generation of disputes: {_READ_BACK}",
        """
        payment.dispute.state-change.arbitration-pending
        payment.dispute.state-change.merchant-evidence-pending
        payment.dispute.state-change.arbitration-appeal-open
        """,
    ),
    typed(
        Outcome.COUNTED,
        "a request for a payment moves nothing; the order it leads to is read by its callback",
        """
        payment.request.state-change.submitted
        payment.request.state-change.prepared
        payment.request.state-change.in-progress
        payment.request.state-change.pending-confirmation
        payment.request.state-change.canceled
        payment.request.state-change.authorized
        payment.request.state-change.expired
        payment.request.state-change.declined
        """,
    ),
    typed(
        Outcome.COUNTED,
        "says how the account stands, not its money",
        """
        partner.account.state-change.operational
        partner.account.product.payment.state-change.disabled
        partner.account.product.payment.state-change.enabled
        """,
    ),
)
