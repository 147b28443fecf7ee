"""What becomes of each event type of PayPal's, by its own list, those of older lists included.

Source: "Webhook event names" (developer.paypal.com/api/rest/webhooks/event-names/). Several names
of the first generation aren't on today's list and are still sent to old webhooks.
"""

from kassa.gateways.event_types import Outcome, by_name, typed

B, C = Outcome.BOOKED, Outcome.COUNTED

EVENT_TYPES = by_name(
    typed(
        B,
        "an order: read back, and captured where Kassa opened it; a page is completed or expired",
        "CHECKOUT.ORDER.APPROVED CHECKOUT.ORDER.COMPLETED CHECKOUT.ORDER.VOIDED "
        "CHECKOUT.PAYMENT-APPROVAL.REVERSED",
    ),
    typed(
        B,
        "a capture, which is a payment: captured, pending, failed, or returned where it failed "
        "after it had succeeded",
        "PAYMENT.CAPTURE.COMPLETED PAYMENT.CAPTURE.PENDING PAYMENT.CAPTURE.DECLINED "
        "PAYMENT.CAPTURE.DENIED",
    ),
    typed(
        B,
        "a refund: succeeded, pending, failed, canceled",
        "PAYMENT.CAPTURE.REFUNDED PAYMENT.REFUND.PENDING PAYMENT.REFUND.FAILED "
        "PAYMENT.SALE.REFUNDED",
    ),
    typed(
        B,
        "a reversal by PayPal: funds withdrawn, and how the payment's disputes stand",
        "PAYMENT.CAPTURE.REVERSED PAYMENT.SALE.REVERSED",
    ),
    typed(
        B,
        "a sale, the first generation's capture",
        "PAYMENT.SALE.COMPLETED PAYMENT.SALE.PENDING PAYMENT.SALE.DENIED",
    ),
    typed(
        B,
        "a dispute and each movement of its funds",
        "CUSTOMER.DISPUTE.CREATED CUSTOMER.DISPUTE.UPDATED CUSTOMER.DISPUTE.RESOLVED",
    ),
    typed(B, "deprecated: a dispute where it names one, else counted", "RISK.DISPUTE.CREATED"),
    typed(
        C,
        "an authorization takes no money; its captures are reported on their own",
        "PAYMENT.AUTHORIZATION.CREATED PAYMENT.AUTHORIZATION.VOIDED",
    ),
    typed(
        C,
        "an order or payment of the first generation; its captures and sales come on their own",
        "CHECKOUT.ORDER.PROCESSED CHECKOUT.CHECKOUT.BUYER-APPROVED PAYMENTS.PAYMENT.CREATED "
        "PAYMENT.ORDER.CREATED PAYMENT.ORDER.CANCELLED",
    ),
    typed(
        C,
        "what we pay others; the transaction reports book it",
        "PAYMENT.PAYOUTSBATCH.DENIED PAYMENT.PAYOUTSBATCH.PROCESSING PAYMENT.PAYOUTSBATCH.SUCCESS "
        "PAYMENT.PAYOUTS-ITEM.BLOCKED PAYMENT.PAYOUTS-ITEM.CANCELED PAYMENT.PAYOUTS-ITEM.DENIED "
        "PAYMENT.PAYOUTS-ITEM.FAILED PAYMENT.PAYOUTS-ITEM.HELD PAYMENT.PAYOUTS-ITEM.REFUNDED "
        "PAYMENT.PAYOUTS-ITEM.RETURNED PAYMENT.PAYOUTS-ITEM.SUCCEEDED "
        "PAYMENT.PAYOUTS-ITEM.UNCLAIMED",
    ),
    typed(
        C,
        "a platform pays its sellers",
        "PAYMENT.REFERENCED-PAYOUT-ITEM.COMPLETED PAYMENT.REFERENCED-PAYOUT-ITEM.FAILED",
    ),
    typed(
        C,
        "a subscription or its plan; each of its payments is reported as a sale or a capture",
        "BILLING.PLAN.CREATED BILLING.PLAN.UPDATED BILLING.PLAN.ACTIVATED "
        "BILLING.PLAN.DEACTIVATED BILLING.PLAN.PRICING-CHANGE.ACTIVATED "
        "BILLING.SUBSCRIPTION.CREATED BILLING.SUBSCRIPTION.ACTIVATED BILLING.SUBSCRIPTION.UPDATED "
        "BILLING.SUBSCRIPTION.EXPIRED BILLING.SUBSCRIPTION.CANCELLED "
        "BILLING.SUBSCRIPTION.SUSPENDED BILLING.SUBSCRIPTION.RE-ACTIVATED "
        "BILLING.SUBSCRIPTION.PAYMENT.FAILED BILLING_AGREEMENTS.AGREEMENT.CREATED "
        "BILLING_AGREEMENTS.AGREEMENT.CANCELLED",
    ),
    typed(
        C,
        "an invoice of PayPal's own; its payment and refund are reported on their own",
        "INVOICING.INVOICE.CANCELLED INVOICING.INVOICE.CREATED INVOICING.INVOICE.PAID "
        "INVOICING.INVOICE.REFUNDED INVOICING.INVOICE.SCHEDULED INVOICING.INVOICE.UPDATED",
    ),
    typed(
        C,
        "about an account, not about money",
        "CUSTOMER.ACCOUNT-LIMITATION.ADDED CUSTOMER.ACCOUNT-LIMITATION.ESCALATED "
        "CUSTOMER.ACCOUNT-LIMITATION.LIFTED CUSTOMER.ACCOUNT-LIMITATION.UPDATED "
        "CUSTOMER.MERCHANT-INTEGRATION.CAPABILITY-UPDATED "
        "CUSTOMER.MERCHANT-INTEGRATION.PRODUCT-SUBSCRIPTION-UPDATED "
        "CUSTOMER.MERCHANT-INTEGRATION.SELLER-ALREADY-INTEGRATED "
        "CUSTOMER.MERCHANT-INTEGRATION.SELLER-ONBOARDING-INITIATED "
        "CUSTOMER.MERCHANT-INTEGRATION.SELLER-CONSENT-GRANTED "
        "CUSTOMER.MERCHANT-INTEGRATION.SELLER-EMAIL-CONFIRMED "
        "CUSTOMER.MANAGED-ACCOUNT.ACCOUNT-CREATED CUSTOMER.MANAGED-ACCOUNT.CREATION-FAILED "
        "CUSTOMER.MANAGED-ACCOUNT.ACCOUNT-UPDATED CUSTOMER.MANAGED-ACCOUNT.ACCOUNT-STATUS-CHANGED "
        "CUSTOMER.MANAGED-ACCOUNT.RISK-ASSESSED "
        "CUSTOMER.MANAGED-ACCOUNT.NEGATIVE-BALANCE-NOTIFIED "
        "CUSTOMER.MANAGED-ACCOUNT.NEGATIVE-BALANCE-DEBIT-INITIATED "
        "MERCHANT.ONBOARDING.COMPLETED MERCHANT.PARTNER-CONSENT.REVOKED "
        "IDENTITY.AUTHORIZATION-CONSENT.REVOKED",
    ),
    typed(
        C,
        "a payment method that is kept, or a card behind it",
        "VAULT.PAYMENT-TOKEN.CREATED VAULT.PAYMENT-TOKEN.DELETED "
        "VAULT.PAYMENT-TOKEN.DELETION-INITIATED VAULT.CREDIT-CARD.CREATED "
        "VAULT.CREDIT-CARD.DELETED VAULT.CREDIT-CARD.UPDATED "
        "PAYMENT-TOKENIZATION.ENROLLMENT.CREATED PAYMENT-TOKENIZATION.METADATA.CHANGED "
        "PAYMENT-TOKENIZATION.PAYMENT-CREDENTIAL.CREATED "
        "PAYMENT-TOKENIZATION.PAYMENT-CREDENTIAL.UPDATED "
        "PAYMENT-TOKENIZATION.TOKEN-STATUS.CHANGED PAYMENT-TOKENIZATION.TRANSACTION.CREATED",
    ),
    typed(C, "a product of the catalog", "CATALOG.PRODUCT.CREATED CATALOG.PRODUCT.UPDATED"),
)
