"""Adyen's payment methods in our words, as `paymentMethod` of a webhook and reports spell them.

From "Payment method types" and "PaymentMethodVariant". A variant names a network and a kind of
card (`visaclassic`, `mccorporate`), or a network and the wallet that held it (`mc_applepay`).
"""

import re

from kassa.gateways.payment_methods import Means, means

SPELLINGS = {
    "ach": "ach_debit",
    "afterpay_default": "riverty",
    "afterpaytouch": "afterpay_clearpay",
    "afterpaytouch_US": "afterpay_clearpay",
    "amazonpay": "amazonpay",
    "bcmc": "bancontact",
    "bcmc_mobile": "bancontact",
    "boletobancario": "boleto",
    "cartebancaire": "cartes_bancaires",
    "clearpay": "afterpay_clearpay",
    "clicktopay": "click_to_pay",
    "cup": "unionpay",
    "directEbanking": "sofort",
    "directdebit_GB": "bacs_debit",
    "doku_alfamart": "alfamart",
    "doku_indomaret": "indomaret",
    "econtext_atm": "payeasy",
    "econtext_online": "payeasy",
    "econtext_seven_eleven": "konbini",
    "econtext_stores": "konbini",
    "generic_giftcard": "giftcard",
    "genericgiftcard": "giftcard",
    "givex": "giftcard",
    "gopay_wallet": "gopay",
    "kcp_banktransfer": "bank_transfer",
    "kcp_creditcard": "kr_card",
    "kcp_naverpay": "naverpay",
    "kcp_payco": "payco",
    "klarna_b2b": "billie",
    "mealVoucher_FR_natixis": "ticket_restaurant",
    "mealVoucher_FR_sodexo": "sodexo",
    "mealVoucher_FR_groupeup": "ticket_restaurant",
    "molpay_boost": "boost",
    "momo_wallet": "momo",
    "moneybookers": "skrill",
    "onlineBanking_PL": "p24",
    "paybybank": "pay_by_bank",
    "paywithgoogle": "googlepay",
    "primeiropay_boleto": "boleto",
    "scheme": "card",
    "sepadirectdebit": "sepa_debit",
    "svs": "giftcard",
    "valuelink": "giftcard",
}
_FAMILIES = {  # all that begins so
    "alipay_hk": "alipay_hk",
    "alipay_plus": "alipay_plus",
    "alipay": "alipay",
    "bankTransfer": "bank_transfer",
    "billdesk_online": "online_banking",
    "dragonpay_ebanking": "online_banking",
    "ebanking": "online_banking",
    "facilypay": "oney",
    "grabpay": "grabpay",
    "klarna": "klarna",
    "molpay_ebanking_fpx": "fpx",
    "molpay_ebanking": "online_banking",
    "onlineBanking": "online_banking",
    "openbanking": "open_banking",
    "ratepay": "ratepay",
    "upi": "upi",
    "wechatpay": "wechatpay",
    "zip": "zip",
}
_NETWORKS = {  # variants of cards
    "amex": "amex",
    "bcmc": "bancontact",
    "cartebancaire": "cartes_bancaires",
    "cup": "unionpay",
    "dankort": "dankort",
    "diners": "diners",
    "discover": "discover",
    "electron": "electron",
    "elo": "elo",
    "hipercard": "hipercard",
    "jcb": "jcb",
    "maestro": "maestro",
    "mc": "mastercard",
    "visa": "visa",
}
_KINDS = (
    "alphabankbonus|business|card|classic|commercial|consumer|corporate|credit|debit|dankort"
    "|fleet|gold|infinite|platinum|prepaid|prepaidreloadable|premium|proprietary|purchasing"
    "|saraivacard|signature|smallbusiness|standard|superpremium|world|uk"
)
_VARIANT = re.compile(rf"({'|'.join(_NETWORKS)})(?:{_KINDS})+")
_WALLETS = "amazonpay|applepay|clicktopay|googlepay|mobilepay|paywithgoogle|samsungpay|vipps"
_IN_WALLET = re.compile(rf"[a-z]+_({_WALLETS})")
_GIFT_CARD = re.compile(r".*giftcard.*|.*_gift_card.*")


def paid_with(word: str | None) -> Means:
    """Return what Adyen's word for a payment method says."""
    return means(word, SPELLINGS | {word: _spelled(word)}) if word else Means()


def _spelled(word: str) -> str:
    """Return our spelling of a word; of a network in a wallet the wallet counts."""
    if word in SPELLINGS:
        return SPELLINGS[word]
    if word in _NETWORKS:
        return _NETWORKS[word]
    if in_wallet := _IN_WALLET.fullmatch(word):
        return SPELLINGS.get(in_wallet[1], in_wallet[1])
    if variant := _VARIANT.fullmatch(word):
        return _NETWORKS[variant[1]]
    if _GIFT_CARD.fullmatch(word):
        return "giftcard"
    return next((ours for begin, ours in _FAMILIES.items() if word.startswith(begin)), word)
