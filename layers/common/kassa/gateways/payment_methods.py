"""What a payment was paid with: our list of methods, and the brands of each.

The same brand is the same method at every gateway. A gateway's own spelling of a brand stands in
its `parsing.py`. What a customer may *choose* at a checkout is `checkouts.PaymentMethod`, a shorter
list: who chooses `card` may pay by a wallet that holds one.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

BRAND_MAX = 40


class PaidMethod(StrEnum):
    """How a payment was paid."""

    CARD = "card"
    WALLET = "wallet"  # also one that holds a card: Apple Pay, Google Pay
    BANK_DEBIT = "bank_debit"  # pulled from the customer's bank account; may come back later
    BANK_TRANSFER = "bank_transfer"  # pushed by the customer, at their bank
    PAY_LATER = "pay_later"
    CRYPTO = "crypto"
    CASH = "cash"  # paid at a till, on a slip
    VOUCHER = "voucher"  # gift cards and other prepaid codes
    OTHER = "other"


class Means(NamedTuple):
    """A method and its brand: visa, applepay, sepa_debit, klarna, konbini …"""

    method: PaidMethod | None = None
    brand: str | None = None


_BRANDS = {
    PaidMethod.CARD: """
        accel amex bancontact benefit cabal carnet cartes_bancaires cmr dankort diners discover
        ebt eftpos_australia electron elo girocard hiper hipercard interac jcb knet kr_card
        maestro mada mastercard mir naranja nyce oney_card pulse rupay solo star switch troy uatp
        unionpay visa
    """,
    PaidMethod.WALLET: """
        alipay alipay_hk alipay_plus amazonpay amex_express_checkout applepay bizum boost cashapp
        click_to_pay dana gcash googlepay gopay grabpay kakaopay linepay link masterpass mbway
        merpay mobilepay momo mpesa naverpay neteller ovo payco payme paypal paypay paytm
        rakutenpay revolutpay samsungpay satispay shopeepay skrill swish toss touchngo truemoney
        twint venmo vipps visa_checkout wechatpay
    """,
    PaidMethod.BANK_DEBIT: """
        ach_debit acss_debit au_becs_debit bacs_debit nz_bank_account payto sepa_debit
        us_bank_account
    """,
    PaidMethod.BANK_TRANSFER: """
        ach_credit_transfer blik customer_balance duitnow eps fpx giropay ideal interac_online
        multibanco mybank online_banking open_banking p24 pay_by_bank payeasy paynow pix promptpay
        pse sepa_credit_transfer sofort trustly upi
    """,
    PaidMethod.PAY_LATER: """
        affirm afterpay_clearpay alma atome billie facilypay klarna oney pay_upon_invoice ratepay
        riverty scalapay sequra sunbit walley zip
    """,
    PaidMethod.CRYPTO: """
        bch bitcoin btc btc_lightning dai doge eth ltc pyusd usdb usdc usdg usdp usdt xmr
    """,
    PaidMethod.CASH: "alfamart boleto efecty indomaret konbini oxxo pagofacil rapipago",
    PaidMethod.VOUCHER: """
        ancv edenred giftcard neosurf paysafecard sodexo swile ticket_restaurant
    """,
}
BRANDS: Mapping[str, PaidMethod] = {
    brand: method for method, brands in _BRANDS.items() for brand in brands.split()
}

# Spellings that aren't one gateway's alone; what leads to a method's own name has no brand.
_SPELLINGS = {
    "ach": "ach_debit",
    "acss": "acss_debit",
    "american_express": "amex",
    "apple_pay": "applepay",
    "bacs": "bacs_debit",
    "bacs_direct_debit": "bacs_debit",
    "bank": "bank_transfer",
    "becs": "au_becs_debit",
    "becs_direct_debit": "au_becs_debit",
    "cb": "cartes_bancaires",
    "credit_card": "card",
    "debit_card": "card",
    "diners_club": "diners",
    "direct_debit": "bank_debit",
    "directdebit": "bank_debit",
    "google_pay": "googlepay",
    "mc": "mastercard",
    "master_card": "mastercard",
    "mobile_wallet": "wallet",
    "pad": "acss_debit",
    "samsung_pay": "samsungpay",
    "sepa": "sepa_debit",
    "sepa_direct_debit": "sepa_debit",
    "wechat": "wechatpay",
    "wechat_pay": "wechatpay",
}
_METHODS = frozenset(PaidMethod)
_NOTHING: Mapping[str, str] = {}


def means(spelling: str | None, spellings: Mapping[str, str] = _NOTHING) -> Means:
    """Return what a gateway's name for a method says, by the gateway's own spellings first.

    A spelling that nobody knows is another method, and its brand is the spelling itself.
    """
    if not spelling:
        return Means()
    if spelling in _METHODS and spelling not in spellings:
        return Means(PaidMethod(spelling))
    plain = _plain(spellings.get(spelling, spelling))
    brand = _SPELLINGS.get(plain, plain)
    if brand in _METHODS:
        return Means(PaidMethod(brand))
    return Means(BRANDS.get(brand, PaidMethod.OTHER), brand or None)


def branded(method: Means, spelling: str | None) -> Means:
    """Return a method with the brand that another spelling names; the method itself stays."""
    return method._replace(brand=means(spelling).brand or method.brand)


def _plain(spelling: str) -> str:
    """Return a spelling in lower case, letters and digits alone, and no longer than a label."""
    return re.sub(r"[^a-z0-9]+", "_", spelling[: 2 * BRAND_MAX].lower()).strip("_")[:BRAND_MAX]
