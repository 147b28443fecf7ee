"""What can be requested, and the parameters of each."""

from infra.fake_gateways.stripe.api.route import Table, route
from infra.fake_gateways.stripe.objects import (
    checkouts,
    customers,
    disputes,
    events,
    files,
    payments,
    payouts,
    refunds,
)

_DESCRIPTIVE = ("description", "metadata", "receipt_email", "statement_descriptor")
_METHOD = ("payment_method", "payment_method_data", "payment_method_options", "return_url")
_CONFIRM = (*_METHOD, "off_session", "mandate_data", "setup_future_usage", "use_stripe_sdk")
_INTENT = (
    *(*_DESCRIPTIVE, *_CONFIRM, "amount", "currency", "customer", "capture_method", "confirm"),
    *("automatic_payment_methods", "payment_method_types", "shipping", "transfer_group"),
    *("statement_descriptor_suffix", "confirmation_method", "error_on_requires_action"),
)
_PERSON = ("name", "email", "phone", "description", "metadata", "address")
WRITING: Table = {
    ("POST", "customers"): route(customers.create, *_PERSON, "payment_method", "preferred_locales"),
    ("POST", "customers", "*"): route(customers.update, *_PERSON),
    ("POST", "payment_methods"): route(
        customers.create_method,
        *("type", "card", "billing_details", "metadata", *customers.OTHER_METHODS),
    ),
    ("POST", "payment_methods", "*", "attach"): route(customers.attach, "customer"),
    ("POST", "payment_methods", "*", "detach"): route(customers.detach),
    ("POST", "payment_intents"): route(payments.create, *_INTENT),
    ("POST", "payment_intents", "*"): route(payments.update, *_DESCRIPTIVE, "amount"),
    ("POST", "payment_intents", "*", "confirm"): route(payments.confirm, *_CONFIRM),
    ("POST", "payment_intents", "*", "capture"): route(
        payments.capture, "amount_to_capture", "final_capture", "metadata"
    ),
    ("POST", "payment_intents", "*", "cancel"): route(payments.cancel, "cancellation_reason"),
    ("POST", "refunds"): route(
        refunds.create, "amount", "charge", "payment_intent", "reason", "metadata"
    ),
    ("POST", "refunds", "*"): route(refunds.update, "metadata"),
    ("POST", "refunds", "*", "cancel"): route(refunds.cancel),
    ("POST", "files"): route(files.create, "file", "purpose"),
    ("POST", "disputes", "*"): route(disputes.update, "evidence", "metadata", "submit"),
    ("POST", "disputes", "*", "close"): route(disputes.accept),
    ("POST", "payouts"): route(
        payouts.create, "amount", "currency", "description", "metadata", "method", "destination"
    ),
    ("POST", "payouts", "*", "cancel"): route(payouts.cancel),
    ("POST", "checkout_sessions"): route(checkouts.create, *checkouts.KNOWN),
    ("POST", "checkout_sessions", "*", "expire"): route(checkouts.expire),
    ("POST", "webhook_endpoints"): route(
        events.create_endpoint, "url", "enabled_events", "description", "metadata"
    ),
    ("DELETE", "webhook_endpoints", "*"): route(events.delete_endpoint),
}
