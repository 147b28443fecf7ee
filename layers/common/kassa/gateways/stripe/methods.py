"""Stripe's payment methods in our words: a type, and for cards the network or the wallet.

From `payment_method_details` of Stripe's charges; what isn't here is spelled as we do.
"""

from kassa.gateways.parsing import Body, part, word
from kassa.gateways.payment_methods import Means, means

SPELLINGS = {
    "alipay_account": "alipay",
    "amazon_pay": "amazonpay",
    "card_present": "card",
    "interac_present": "interac",
    "kakao_pay": "kakaopay",
    "mb_way": "mbway",
    "naver_pay": "naverpay",
    "revolut_pay": "revolutpay",
    "wechat": "wechatpay",
    "bitcoin": "crypto",
    "customer_balance": "bank_transfer",
    "apple_pay": "applepay",  # from here: wallets that hold a card
    "google_pay": "googlepay",
    "samsung_pay": "samsungpay",
    "American Express": "amex",  # from here: networks, as old versions spell them
    "Diners Club": "diners",
    "MasterCard": "mastercard",
    "UnionPay": "unionpay",
    "eftpos_au": "eftpos_australia",
}
_CARDS = ("card", "card_present")
_UNKNOWN = ("unknown", "Unknown")


def paid_with(details: Body) -> Means:
    """Return what a charge was paid with, by its details or a payment method's."""
    kind = word(details.get("type"))
    said = means(kind, SPELLINGS)
    if kind not in _CARDS:
        return said
    card = part(details, kind)
    wallet = word(part(card, "wallet").get("type"))
    if wallet:
        return means(wallet, SPELLINGS)
    network = word(card.get("brand"))
    if network is None or network in _UNKNOWN:
        return said
    return said._replace(brand=means(network, SPELLINGS).brand)
