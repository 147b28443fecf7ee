"""Every event type of Stripe's own list, and what becomes of it.

Source: "Types of events" (docs.stripe.com/api/events/types), and the types that older versions of
the API had. Thin events (API v2) only name an object, and are all counted.
"""

from kassa.gateways.event_types import EventTypes, Outcome, by_name, typed

_B, _C = Outcome.BOOKED, Outcome.COUNTED
_FAILED = "an attempt that failed, or a debit that came back after it had succeeded"

_PAYMENTS = (
    *typed(_B, "the capture, with method, card and risk", "charge.captured charge.succeeded"),
    *typed(_B, "how the charge stands now", "charge.pending charge.updated"),
    *typed(_B, _FAILED, "charge.failed payment_intent.payment_failed"),
    *typed(_B, "authorised funds that were let go", "charge.expired"),
    *typed(_B, "the refunds that the charge lists, or their total", "charge.refunded"),
    *typed(_B, "the capture of the charge it names", "payment_intent.succeeded"),
    *typed(
        _B,
        "how the payment stands",
        """payment_intent.amount_capturable_updated payment_intent.canceled payment_intent.created
        payment_intent.partially_funded payment_intent.processing payment_intent.requires_action
        payment_intent.requires_capture""",
    ),
    *typed(
        _B,
        "the refund, its return if it fails, the bank's reference; nothing of what a partial"
        " capture let go (succeeded without a balance transaction)",
        "charge.refund.updated refund.created refund.failed refund.updated",
    ),
    *typed(
        _B,
        "the dispute, and each movement of money that it lists",
        """charge.dispute.closed charge.dispute.created charge.dispute.funds_reinstated
        charge.dispute.funds_withdrawn charge.dispute.updated""",
    ),
    *typed(
        _B,
        "how the page stands",
        """checkout.session.async_payment_failed checkout.session.async_payment_succeeded
        checkout.session.completed checkout.session.expired""",
    ),
    *typed(
        _B,
        "that its payment is of a subscription, and how often it renews; no money",
        "invoice.paid invoice.payment_succeeded",
    ),
    *typed(
        _B,
        "the payout, and its return if it fails",
        """payout.canceled payout.created payout.failed payout.paid
        payout.reconciliation_completed payout.updated""",
    ),
)

_CARDS = typed(
    _B,
    "that a customer's card ends soon; no money moves, they are told",
    "customer.source.expiring",
)

_MONEY = (
    *typed(
        _C,
        "what moved the balance is pulled, transaction by transaction",
        """balance.available balance_settings.updated reserve.hold.created reserve.hold.updated
        reserve.plan.created reserve.plan.disabled reserve.plan.expired reserve.plan.updated
        reserve.release.created topup.canceled topup.created topup.failed topup.reversed
        topup.succeeded""",
    ),
    *typed(
        _C,
        "Connect: moves between accounts; ours is pulled",
        """application_fee.created application_fee.refund.updated application_fee.refunded
        transfer.canceled transfer.created transfer.failed transfer.paid transfer.reversed
        transfer.updated""",
    ),
    *typed(
        _C,
        "a customer's credit at Stripe; a payment made of it has a charge",
        "cash_balance.funds_available customer_cash_balance_transaction.created",
    ),
    *typed(
        _C,
        "a warning; no money moves before a dispute",
        """radar.early_fraud_warning.created radar.early_fraud_warning.updated review.closed
        review.opened""",
    ),
    *typed(
        _C,
        "cards and accounts that Stripe issues, and not what customers pay",
        """issuing_authorization.created issuing_authorization.request
        issuing_authorization.updated issuing_card.created issuing_card.updated
        issuing_cardholder.created issuing_cardholder.updated issuing_dispute.closed
        issuing_dispute.created issuing_dispute.funds_reinstated issuing_dispute.funds_rescinded
        issuing_dispute.submitted issuing_dispute.updated
        issuing_personalization_design.activated issuing_personalization_design.deactivated
        issuing_personalization_design.rejected issuing_personalization_design.updated
        issuing_token.created issuing_token.updated issuing_transaction.created
        issuing_transaction.purchase_details_receipt_updated issuing_transaction.updated
        treasury.credit_reversal.created treasury.credit_reversal.posted
        treasury.debit_reversal.completed treasury.debit_reversal.created
        treasury.debit_reversal.initial_credit_granted treasury.financial_account.closed
        treasury.financial_account.created treasury.financial_account.features_status_updated
        treasury.inbound_transfer.canceled treasury.inbound_transfer.created
        treasury.inbound_transfer.failed treasury.inbound_transfer.succeeded
        treasury.outbound_payment.canceled treasury.outbound_payment.created
        treasury.outbound_payment.expected_arrival_date_updated treasury.outbound_payment.failed
        treasury.outbound_payment.posted treasury.outbound_payment.returned
        treasury.outbound_payment.tracking_details_updated treasury.outbound_transfer.canceled
        treasury.outbound_transfer.created
        treasury.outbound_transfer.expected_arrival_date_updated treasury.outbound_transfer.failed
        treasury.outbound_transfer.posted treasury.outbound_transfer.returned
        treasury.outbound_transfer.tracking_details_updated treasury.received_credit.created
        treasury.received_credit.failed treasury.received_credit.succeeded
        treasury.received_debit.created""",
    ),
)

_BILLING = typed(
    _C,
    "billing and catalogue: a payment made of it has a charge",
    """billing.alert.triggered billing.credit_balance_transaction.created
    billing.credit_grant.created billing.credit_grant.updated billing.meter.created
    billing.meter.deactivated billing.meter.reactivated billing.meter.updated
    billing_portal.configuration.created billing_portal.configuration.updated
    billing_portal.session.created coupon.created coupon.deleted coupon.updated
    credit_note.created credit_note.updated credit_note.voided
    entitlements.active_entitlement_summary.updated invoice.created invoice.deleted
    invoice.finalization_failed invoice.finalized invoice.marked_uncollectible invoice.overdue
    invoice.overpaid invoice.payment_action_required
    invoice.payment_attempt_required invoice.payment_failed
    invoice.sent invoice.upcoming invoice.updated invoice.voided invoice.will_be_due
    invoice_payment.paid invoiceitem.created invoiceitem.deleted invoiceitem.updated
    order.created order.payment_failed order.payment_succeeded order.updated
    order_return.created payment_link.created payment_link.updated plan.created plan.deleted
    plan.updated price.created price.deleted price.updated product.created product.deleted
    product.updated promotion_code.created promotion_code.deleted promotion_code.updated
    quote.accepted quote.canceled quote.created quote.finalized sku.created sku.deleted
    sku.updated subscription_schedule.aborted subscription_schedule.canceled
    subscription_schedule.completed subscription_schedule.created
    subscription_schedule.expiring subscription_schedule.released
    subscription_schedule.updated tax.settings.updated tax_rate.created tax_rate.updated""",
)

_PEOPLE = typed(
    _C,
    "who pays, and how they may; no payment yet",
    """customer.bank_account.deleted customer.card.created customer.card.deleted
    customer.card.updated customer.created customer.deleted customer.discount.created
    customer.discount.deleted customer.discount.updated customer.source.created
    customer.source.deleted customer.source.updated
    customer.subscription.created customer.subscription.deleted customer.subscription.paused
    customer.subscription.pending_update_applied
    customer.subscription.pending_update_expired customer.subscription.resumed
    customer.subscription.trial_will_end customer.subscription.updated
    customer.tax_id.created customer.tax_id.deleted customer.tax_id.updated customer.updated
    identity.verification_session.canceled identity.verification_session.created
    identity.verification_session.processing identity.verification_session.redacted
    identity.verification_session.requires_input identity.verification_session.verified
    mandate.updated payment_method.attached payment_method.automatically_updated
    payment_method.card_automatically_updated payment_method.detached payment_method.updated
    setup_intent.canceled setup_intent.created setup_intent.requires_action
    setup_intent.setup_failed setup_intent.succeeded source.canceled source.chargeable
    source.failed source.mandate_notification source.refund_attributes_required
    source.transaction.created source.transaction.updated
    three_d_secure.authentication.canceled three_d_secure.authentication.challenge_started
    three_d_secure.authentication.errored three_d_secure.authentication.failed
    three_d_secure.authentication.requires_challenge
    three_d_secure.authentication.requires_submission three_d_secure.authentication.succeeded
    financial_connections.account.account_numbers_updated
    financial_connections.account.created financial_connections.account.deactivated
    financial_connections.account.disconnected
    financial_connections.account.expected_deactivation_date_updated
    financial_connections.account.reactivated
    financial_connections.account.refreshed_balance
    financial_connections.account.refreshed_ownership
    financial_connections.account.refreshed_transactions
    financial_connections.account.supported_payment_method_types_updated
    financial_connections.account.upcoming_account_number_expiry
    financial_connections.account.upcoming_deactivation
    financial_connections.authorization.expected_deactivation_date_updated
    financial_connections.authorization.upcoming_deactivation""",
)

_ACCOUNT = typed(
    _C,
    "the account, its tools and reports; no money moves",
    """account.application.authorized account.application.deauthorized
    account.external_account.created account.external_account.deleted
    account.external_account.updated account.updated apps.install.created apps.install.deleted
    apps.install.updated capability.updated climate.order.canceled climate.order.created
    climate.order.delayed climate.order.delivered climate.order.product_substituted
    climate.product.created climate.product.pricing_updated file.created person.created
    person.deleted person.updated ping recipient.created recipient.deleted recipient.updated
    reporting.report_run.failed reporting.report_run.succeeded reporting.report_type.updated
    sigma.scheduled_query_run.created terminal.reader.action_failed
    terminal.reader.action_succeeded terminal.reader.action_updated
    test_helpers.test_clock.advancing test_helpers.test_clock.created
    test_helpers.test_clock.deleted test_helpers.test_clock.internal_failure
    test_helpers.test_clock.ready""",
)

EVENT_TYPES: EventTypes = by_name(_PAYMENTS, _CARDS, _MONEY, _BILLING, _PEOPLE, _ACCOUNT)
