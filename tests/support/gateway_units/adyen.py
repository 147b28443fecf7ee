"""Adyen's amounts: as they are asked for, and in each object that reports them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from infra.fake_gateways.adyen.money import DECIMALS
from kassa.core.money import Money
from kassa.gateways.adyen import balance as settlements
from kassa.gateways.adyen.events import object_reports
from kassa.gateways.adyen.parsing import DatedItem
from kassa.gateways.events import ObjectKind
from tests.support.gateway_units.reading import AT, K, Reading, only


def page(body: dict[str, Any]) -> tuple[Any, list[Any]]:
    """Return the amount of a checkout, and of its lines."""
    lines = body.get("lineItems", [])
    return body["amount"]["value"], [one["quantity"] * one["amountIncludingTax"] for one in lines]


def refund(body: dict[str, Any]) -> Any:
    """Return the amount of a refund."""
    return body["amount"]["value"]


def _adyen(kind: ObjectKind, code: str) -> Reading:
    def read(wire: int, currency: str) -> Money:
        item = {
            **{"pspReference": "P2", "originalReference": "P1", "merchantReference": "order-1"},
            **{"eventCode": code, "success": "true"},
            "amount": {"value": wire, "currency": currency},
        }
        return only(object_reports(DatedItem(item, AT)), kind)

    return read


def _adyen_line(of_type: str, way: str, kind: ObjectKind) -> Reading:
    """A line of the settlement report: decimals in major units, by Adyen's own table."""

    def read(wire: int, currency: str) -> Money:
        text = f"{Decimal(wire).scaleb(-DECIMALS.get(currency, 2)):f}"
        cells = dict.fromkeys(settlements.COLUMNS, "") | {
            **{"Merchant Account": "Shop", "Batch Number": "1", "Type": of_type},
            **{"Creation Date": "2026-11-21 09:00:00", "TimeZone": "UTC"},
            **{"Psp Reference": "P1", "Modification Reference": "P2", "Net Currency": currency},
            f"Net {way} (NC)": text,
        }
        if of_type != "MerchantPayout":
            cells |= {"Gross Currency": currency, f"Gross {way} (GC)": text}
        amount = only(settlements.moved(cells, "line_1").object_reports, kind)
        return amount.model_copy(update={"amount_minor": abs(amount.amount_minor)})

    return read


READ: Mapping[str, Reading] = {
    "charge": _adyen(K.CHARGE, "AUTHORISATION"),
    "refund": _adyen(K.REFUND, "REFUND"),
    "dispute": _adyen(K.DISPUTE, "NOTIFICATION_OF_CHARGEBACK"),
    "balance transaction": _adyen_line("Settled", "Credit", K.BALANCE_TRANSACTION),
    "settled refund": _adyen_line("Refunded", "Debit", K.REFUND),
    "payout": _adyen_line("MerchantPayout", "Debit", K.PAYOUT),
}
