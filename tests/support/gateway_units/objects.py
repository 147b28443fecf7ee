"""Each gateway's objects around one amount in the gateway's own units, read as Kassa reads them.

An amount is given as it left Kassa (`wire`); what comes back is what the real reader makes of it.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from infra.fake_gateways.adyen.money import DECIMALS
from kassa.core.money import Money
from kassa.gateways.adyen import balance as settlements
from kassa.gateways.adyen.events import object_reports
from kassa.gateways.adyen.parsing import Told
from kassa.gateways.btcpay import payments as invoices
from kassa.gateways.btcpay import pull_payments
from kassa.gateways.events import Delivery, GatewayEvent, ObjectKind, ObjectReport
from kassa.gateways.klarna import events as klarna
from kassa.gateways.paypal import balance as transactions
from kassa.gateways.paypal import disputes, payments
from kassa.gateways.standard.mapping import translate as mapping_reading
from kassa.gateways.standard.mapping.parse import read_mapping
from tests.support.stripe_reading import read_body

K = ObjectKind
AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
AT_S, AT_TEXT = int(AT.timestamp()), "2026-11-21T09:00:00Z"
Reading = Callable[[Any, str], Money]


def _only(stands: tuple[ObjectReport, ...], kind: ObjectKind) -> Money:
    amounts = {one.amount for one in stands if one.kind is kind}
    (amount,) = amounts
    return amount


def _delivery(gateway: str, origin: str = "look_up") -> Delivery:
    words = {"gateway": gateway, "account": "main", "merchant_id": "main", "mode": "live"}
    return Delivery.model_validate(
        words | {"received_at": AT, "delivery_id": "d", "origin": origin}
    )


def _event(told: object) -> tuple[ObjectReport, ...]:
    assert isinstance(told, GatewayEvent)
    return told.object_reports


# Stripe


def _stripe(kind: ObjectKind, of_type: str, **words: Any) -> Reading:
    def read(wire: int, currency: str) -> Money:
        body = {"id": "x_1", "amount": wire, "currency": currency.lower(), "created": AT_S}
        told = {"id": "evt_1", "type": of_type, "created": AT_S, "livemode": True}
        envelope = told | {"data": {"object": body | {"payment_intent": "pi_1"} | words}}
        raw = json.dumps(envelope).encode()
        return _only(_event(read_body(raw, "main", "live")), kind)

    return read


def _stripe_checkout(wire: int, currency: str) -> Money:
    words = {"object": "checkout.session", "status": "complete", "amount_total": wire}
    return _stripe(K.CHECKOUT, "checkout.session.completed", **words)(0, currency)


def _stripe_captured(wire: int, currency: str) -> Money:
    words = {"object": "charge", "status": "succeeded", "captured": True, "amount_captured": wire}
    return _stripe(K.CHARGE, "charge.succeeded", **words)(wire, currency)


def _stripe_moved(wire: int, currency: str) -> Money:
    body = {"id": "txn_1", "object": "balance_transaction", "type": "charge", "fee": wire}
    words = body | {"source": "ch_1"}
    return _stripe(K.BALANCE_TRANSACTION, "kassa.balance_transaction", **words)(wire, currency)


STRIPE: Mapping[str, Reading] = {
    "checkout": _stripe_checkout,
    "charge": _stripe_captured,
    "payment": _stripe(
        K.PAYMENT, "payment_intent.created", object="payment_intent", status="requires_capture"
    ),
    "refund": _stripe(K.REFUND, "refund.updated", object="refund", status="succeeded"),
    "dispute": _stripe(
        K.DISPUTE, "charge.dispute.created", object="dispute", status="needs_response"
    ),
    "balance transaction": _stripe_moved,
    "payout": _stripe(K.PAYOUT, "payout.paid", object="payout", status="paid"),
}


# Adyen


def _adyen(kind: ObjectKind, code: str) -> Reading:
    def read(wire: int, currency: str) -> Money:
        item = {
            **{"pspReference": "P2", "originalReference": "P1", "merchantReference": "order-1"},
            **{"eventCode": code, "success": "true"},
            "amount": {"value": wire, "currency": currency},
        }
        return _only(object_reports(Told(item, AT)), kind)

    return read


def _adyen_line(of_type: str, way: str, kind: ObjectKind) -> Reading:
    """A line of the settlement report: decimals in major units, by Adyen's own table."""

    def read(wire: int, currency: str) -> Money:
        text = f"{Decimal(wire).scaleb(-DECIMALS.get(currency, 2)):f}"
        words = dict.fromkeys(settlements.COLUMNS, "") | {
            **{"Merchant Account": "Shop", "Batch Number": "1", "Type": of_type},
            **{"Creation Date": "2026-11-21 09:00:00", "TimeZone": "UTC"},
            **{"Psp Reference": "P1", "Modification Reference": "P2", "Net Currency": currency},
            f"Net {way} (NC)": text,
        }
        if of_type != "MerchantPayout":
            words |= {"Gross Currency": currency, f"Gross {way} (GC)": text}
        amount = _only(settlements.moved(words, "line_1").object_reports, kind)
        return amount.model_copy(update={"amount_minor": abs(amount.amount_minor)})

    return read


ADYEN: Mapping[str, Reading] = {
    "charge": _adyen(K.CHARGE, "AUTHORISATION"),
    "refund": _adyen(K.REFUND, "REFUND"),
    "dispute": _adyen(K.DISPUTE, "NOTIFICATION_OF_CHARGEBACK"),
    "balance transaction": _adyen_line("Settled", "Credit", K.BALANCE_TRANSACTION),
    "settled refund": _adyen_line("Refunded", "Debit", K.REFUND),
    "payout": _adyen_line("MerchantPayout", "Debit", K.PAYOUT),
}


# PayPal


def _paypal_capture(wire: Any, currency: str) -> Money:
    body = {"id": "C1", "status": "COMPLETED", "amount": wire, "create_time": AT_TEXT}
    return _only(payments.capture(body, AT).object_reports, K.CHARGE)


def _paypal_sale(wire: Any, currency: str) -> Money:
    """The first generation's shape."""
    amount = {"total": wire["value"], "currency": wire["currency_code"]}
    body = {"id": "S1", "state": "completed", "amount": amount, "create_time": AT_TEXT}
    return _only(payments.sale(body, AT).object_reports, K.CHARGE)


def _paypal_refund(wire: Any, currency: str) -> Money:
    body = {"id": "R1", "status": "COMPLETED", "amount": wire, "create_time": AT_TEXT}
    return _only(payments.refund(body, AT).object_reports, K.REFUND)


def _paypal_dispute(wire: Any, currency: str) -> Money:
    body = {"dispute_id": "PP-D-1", "status": "OPEN", "dispute_amount": wire}
    return _only(disputes.dispute(body | {"create_time": AT_TEXT}, AT).object_reports, K.DISPUTE)


def _paypal_row(code: str, kind: ObjectKind) -> Reading:
    def read(wire: Any, currency: str) -> Money:
        row = {
            **{"transaction_id": "T1", "transaction_event_code": code, "transaction_status": "S"},
            **{"transaction_amount": wire, "transaction_initiation_date": AT_TEXT},
        }
        return _only(transactions.transaction(row, AT).object_reports, kind)

    return read


PAYPAL: Mapping[str, Reading] = {
    "charge": _paypal_capture,
    "sale": _paypal_sale,
    "refund": _paypal_refund,
    "dispute": _paypal_dispute,
    "balance transaction": _paypal_row("T0006", K.BALANCE_TRANSACTION),
    "payout": _paypal_row("T0400", K.PAYOUT),
}


# Klarna


def _klarna(kind: ObjectKind, framed: Callable[[int, str], dict[str, Any]]) -> Reading:
    def read(wire: int, currency: str) -> Money:
        raw = json.dumps(framed(wire, currency)).encode()
        return _only(_event(klarna.read(raw, _delivery("klarna"))), kind)

    return read


def _klarna_order(wire: int, currency: str) -> dict[str, Any]:
    order = {
        **{"order_id": "o-1", "status": "CAPTURED", "purchase_currency": currency.lower()},
        **{"order_amount": wire, "created_at": AT_TEXT},
        "captures": [{"capture_id": "c-1", "captured_amount": wire, "captured_at": AT_TEXT}],
        "refunds": [{"refund_id": "r-1", "refunded_amount": wire, "refunded_at": AT_TEXT}],
    }
    return {"kassa": "order", "order": order}


def _klarna_dispute(wire: int, currency: str) -> dict[str, Any]:
    details = {"dispute_amount": wire, "currency": currency}
    told = {"payment_dispute_id": "krn:1", "order_id": "o-1", "state": "INITIATED"}
    told |= {"created_at": AT_TEXT}
    return {"kassa": "dispute", "dispute": told | {"dispute_details": details}}


def _klarna_transaction(wire: int, currency: str) -> dict[str, Any]:
    moved = {"type": "SALE", "detailed_type": "PURCHASE", "amount": wire, "order_id": "o-1"}
    words = {"currency_code": currency, "capture_date": AT_TEXT, "capture_id": "c-1"}
    return {"kassa": "transaction", "id": "t-1", "transaction": moved | words}


def _klarna_payout(wire: int, currency: str) -> dict[str, Any]:
    paid = {"payment_reference": "P1", "currency_code": currency, "payout_date": AT_TEXT}
    payout = paid | {"totals": {"settlement_amount": wire}}
    return {"kassa": "payout", "payout": payout, "unexplained_minor": 0}


KLARNA: Mapping[str, Reading] = {
    "charge": _klarna(K.CHARGE, _klarna_order),
    "refund": _klarna(K.REFUND, _klarna_order),
    "dispute": _klarna(K.DISPUTE, _klarna_dispute),
    "balance transaction": _klarna(K.BALANCE_TRANSACTION, _klarna_transaction),
    "payout": _klarna(K.PAYOUT, _klarna_payout),
}


# BTCPay


def _btcpay_invoice(wire: str, currency: str) -> dict[str, Any]:
    invoice = {"id": "inv1", "amount": wire, "currency": currency, "status": "Settled"}
    times = {"createdTime": AT_S, "expirationTime": AT_S}
    payment = {"receivedDate": AT_S, "value": wire, "fee": "0", "status": "Settled"}
    method = {"currency": "BTC", "rate": "1", "payments": [payment]}
    return {"invoice": invoice | times | {"metadata": {}}, "methods": [method]}


def _btcpay_charge(wire: str, currency: str) -> Money:
    told = invoices.Moment(AT, "InvoiceSettled")
    return _only(invoices.object_reports(_btcpay_invoice(wire, currency), told), K.CHARGE)


def _btcpay_refund(wire: str, currency: str) -> Money:
    offer = {"id": "pp1", "name": "rr_1", "currency": currency, "amount": wire, "startsAt": AT_S}
    answer = _btcpay_invoice(wire, currency) | {"refund": offer | {"archived": False}}
    return pull_payments.refund(answer | {"payouts": []}).amount


BTCPAY: Mapping[str, Reading] = {"charge": _btcpay_charge, "refund": _btcpay_refund}


# Standard Webhooks: it isn't asked, so that what it tells is all there is.


def _standard(kind: ObjectKind, state: str, unit: str = "minor") -> Reading:
    def read(wire: Any, currency: str) -> Money:
        amount = wire if unit == "minor" else wire["major"]
        object_report: dict[str, Any] = {"kind": kind.value, "state": state, "id": "data.id"}
        object_report |= {"amount": {unit: "data.amount"}}
        if kind is K.BALANCE_TRANSACTION:
            object_report |= {"movement": {"moves": {"constant": "charge"}}}
        about = "payout" if kind is K.PAYOUT else "payment"
        words = {
            **{"type": "type", "happened_at": {"iso8601": "at"}, "currency": "data.currency"},
            "decimals": STANDARD_DECIMALS,
            "rules": [
                {"type": "t", "about": {about: "data.of"}, "object_reports": [object_report]}
            ],
        }
        mapping = read_mapping(words).mapping
        assert mapping is not None
        data = {"id": "x1", "of": "p1", "amount": amount, "currency": currency}
        body = {"type": "t", "at": AT_TEXT, "data": data}
        told = mapping_reading.read(body, mapping, _delivery("standard", "webhook"))
        return _only(_event(told), kind)

    return read


STANDARD_DECIMALS = {"ISK": 2, "UGX": 2, "IDR": 0, "MGA": 1}
STANDARD: Mapping[str, Reading] = {
    "charge": _standard(K.CHARGE, "captured"),
    "refund": _standard(K.REFUND, "succeeded"),
    "dispute": _standard(K.DISPUTE, "open"),
    "balance transaction": _standard(K.BALANCE_TRANSACTION, "booked"),
    "payout": _standard(K.PAYOUT, "paid"),
}

READ: Mapping[str, Mapping[str, Reading]] = {
    **{"stripe": STRIPE, "adyen": ADYEN, "paypal": PAYPAL, "klarna": KLARNA, "btcpay": BTCPAY},
    "standard": STANDARD,
}
