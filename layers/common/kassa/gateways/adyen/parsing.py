"""What Adyen's items have in common: names, an amount, a payment method; and our own bodies.

Methods are spelled by `paymentMethod` of a webhook and by reports; from "Payment method types" and
"PaymentMethodVariant". A variant names a network and a kind of card (`visaclassic`, `mccorporate`),
or a network and the wallet that held it (`mc_applepay`).
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from kassa.gateways.adyen.money import from_adyen
from kassa.gateways.adyen.notification import DEFEND_BY, REASON_OF_DISPUTE, Item
from kassa.gateways.events import ObjectKind, ObjectReport
from kassa.gateways.payment_methods import Means, means

LINE, NAMED = "settlement_line", "named_refund"  # under "kassa", which no webhook has


SPELLINGS = {
    "ach": "ach_debit",
    "ach_plaid": "ach_debit",
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
    "eft_directdebit_CA": "acss_debit",
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


def paid_with(spelling: str | None) -> Means:
    """Return what Adyen's spelling of a payment method says."""
    return means(spelling, SPELLINGS | {spelling: _spelled(spelling)}) if spelling else Means()


def _spelled(spelling: str) -> str:
    """Return our spelling of Adyen's; of a network in a wallet the wallet counts."""
    if spelling in SPELLINGS:
        return SPELLINGS[spelling]
    if spelling in _NETWORKS:
        return _NETWORKS[spelling]
    if in_wallet := _IN_WALLET.fullmatch(spelling):
        return SPELLINGS.get(in_wallet[1], in_wallet[1])
    if variant := _VARIANT.fullmatch(spelling):
        return _NETWORKS[variant[1]]
    if _GIFT_CARD.fullmatch(spelling):
        return "giftcard"
    return next((ours for begin, ours in _FAMILIES.items() if spelling.startswith(begin)), spelling)


class DatedItem(NamedTuple):
    """One item, the instant that stands for it, and whether captures are notified on their own."""

    item: Item
    happened_at: datetime
    captures_later: bool = False

    @property
    def payment_id(self) -> str:
        """Return the payment it is about; an authorisation is about itself."""
        return str(self.item["originalReference"] or self.item["pspReference"])

    @property
    def object_id(self) -> str:
        """Return Adyen's name for what was requested or happened: a capture, refund or dispute."""
        return str(self.item["pspReference"])

    @property
    def capture_id(self) -> str:
        """Return what a capture is called: by itself, or as the authorisation taken for it."""
        return self.object_id if self.captures_later else self.payment_id

    @property
    def reason_of_dispute(self) -> str | None:
        """Return the card network's code, as Adyen labels it."""
        code = self.item.get(REASON_OF_DISPUTE)
        return code if isinstance(code, str) else None

    @property
    def evidence_due_by(self) -> datetime | None:
        """Return until when a dispute may be defended; nothing for what is no time."""
        try:
            at = datetime.fromisoformat(str(self.item.get(DEFEND_BY)))
        except ValueError:
            return None
        return at.astimezone(UTC) if at.tzinfo else None

    def object_report(
        self, kind: ObjectKind, state: str, object_id: str | None = None, reason: str | None = None
    ) -> ObjectReport:
        """Report how an object stands, with the item's amount."""
        amount, paid = self.item["amount"], Means()
        if is_charge := kind is ObjectKind.CHARGE:
            paid = paid_with(self.item.get("paymentMethod"))
        return ObjectReport(
            object_id=object_id or self.object_id,
            kind=kind,
            state=state,
            amount=from_adyen(amount["value"], amount["currency"]),
            happened_at=self.happened_at,
            reason=reason or (self.reason_of_dispute if kind is ObjectKind.DISPUTE else None),
            card_country=self.item.get("issuerCountry") if is_charge else None,
            evidence_due_by=self.evidence_due_by if kind is ObjectKind.DISPUTE else None,
            **paid._asdict(),
        )


Reading = Callable[[DatedItem], Iterator[ObjectReport]]  # of one item


def line_body(line: dict[str, str], object_id: str, captures_later: bool = False) -> bytes:
    """Write a line of a settlement report under a name of ours, and how its account captures."""
    body = {"kassa": LINE, "object_id": object_id, "line": line, "captures_later": captures_later}
    return json.dumps(body).encode()
