"""PayPal's means of payment in our words: an order's payment source, or a capture's network.

From `payment_source` of Orders v2. A capture says no more than that a card was used, and of which
network.
"""

from kassa.gateways.parsing import Body, part, word
from kassa.gateways.payment_methods import Means, PaidMethod, means

SPELLINGS = {
    "apple_pay": "applepay",
    "google_pay": "googlepay",
    "token": "paypal",
    # networks of cards
    "CB_NATIONALE": "cartes_bancaires",
    "CHINA_UNION_PAY": "unionpay",
    "DELTA": "visa",
    "ELECTRON": "electron",
}
PAYPAL = means("paypal")


def of_source(source: Body) -> Means:
    """Return what an order was paid with; PayPal's own balance where it names nothing."""
    named = [name for name in source if isinstance(source[name], dict)]
    if not named:
        return PAYPAL
    said = means(named[0], SPELLINGS)
    if said.method is PaidMethod.CARD:
        return _of_network(word(part(source, named[0]).get("brand")))
    return said


def of_capture(capture: Body) -> Means:
    """Return what a capture was paid with; only cards leave a trace of their network."""
    if "network_transaction_reference" not in capture and "processor_response" not in capture:
        return PAYPAL
    return _of_network(word(part(capture, "network_transaction_reference").get("network")))


def _of_network(network: str | None) -> Means:
    return Means(PaidMethod.CARD, means(network, SPELLINGS).brand)
