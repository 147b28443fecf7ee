"""What a code of each gateway and network means, and that an unknown one is a general dispute."""

import pytest

from kassa.disputes.reasons import DisputeCategory, category_of


@pytest.mark.parametrize(
    ("code", "category"),
    [
        ("fraudulent", "fraudulent"),  # Stripe
        ("product_not_received", "not_received"),
        ("MERCHANDISE_OR_SERVICE_NOT_RECEIVED", "not_received"),  # PayPal
        ("UNAUTHORISED", "fraudulent"),
        ("RETURN_NOT_REFUNDED", "not_refunded"),  # Klarna
        ("REFUND_NOT_PROCESSED", "not_refunded"),
        ("10.4", "fraudulent"),  # Visa
        ("13.1", "not_received"),
        ("4853", "not_as_described"),  # Mastercard
        ("C28", "canceled"),  # American Express
        ("UA02", "fraudulent"),  # Discover
    ],
)
def test_a_code_means_the_same_at_every_gateway(code: str, category: str) -> None:
    assert category_of(code) is DisputeCategory(category)


@pytest.mark.parametrize("code", [None, "", "a_code_of_next_year", "99.9", "0"])
def test_a_code_that_nobody_lists_is_a_general_dispute(code: str | None) -> None:
    assert category_of(code) is DisputeCategory.GENERAL
