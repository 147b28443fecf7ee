"""BTCPay's webhook types: what becomes of each that its API names, and why.

Source: `type` of WebhookEvent in BTCPay Server's OpenAPI (swagger.template.webhooks.json).
"""

from kassa.gateways.event_types import Outcome, by_name, typed

EVENT_TYPES = by_name(
    typed(
        Outcome.BOOKED,
        "the invoice is read back: its coins and its state count",
        """
        InvoiceReceivedPayment InvoicePaymentSettled InvoiceProcessing InvoiceSettled
        InvoiceExpired InvoiceInvalid
        """,
    ),
    typed(
        Outcome.BOOKED,
        "the pull payment is read back, if it names one: a refund of an invoice, or counted",
        "PayoutCreated PayoutApproved PayoutUpdated",
    ),
    typed(Outcome.COUNTED, "nothing was paid yet", "InvoiceCreated"),
    typed(
        Outcome.COUNTED,
        "a request is paid by invoices, which tell of themselves",
        """
        PaymentRequestCreated PaymentRequestUpdated PaymentRequestArchived
        PaymentRequestStatusChanged
        """,
    ),
    typed(
        Outcome.COUNTED,
        "a subscriber pays by invoices, which tell of themselves; credit is no money of ours",
        """
        SubscriberCreated SubscriberCredited SubscriberCharged SubscriberActivated
        SubscriberPhaseChanged SubscriberDisabled PaymentReminder PlanStarted SubscriberNeedUpgrade
        """,
    ),
)
