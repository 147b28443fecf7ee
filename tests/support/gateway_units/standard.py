"""A mapped gateway's amounts: it isn't asked, so that what it reports is all there is."""

from collections.abc import Mapping
from typing import Any

from kassa.core.money import Money
from kassa.gateways.events import ObjectKind
from kassa.gateways.standard.mapping import translate as mapping_reading
from kassa.gateways.standard.mapping.parse import read_mapping
from tests.support.gateway_units.reading import AT_TEXT, K, Reading, delivery, event, only


def _standard(kind: ObjectKind, state: str, unit: str = "minor") -> Reading:
    def read(wire: Any, currency: str) -> Money:
        amount = wire if unit == "minor" else wire["major"]
        object_report: dict[str, Any] = {"kind": kind.value, "state": state, "id": "data.id"}
        object_report |= {"amount": {unit: "data.amount"}}
        if kind is K.BALANCE_TRANSACTION:
            object_report |= {"movement": {"moves": {"constant": "charge"}}}
        about = "payout" if kind is K.PAYOUT else "payment"
        mapped = {
            **{"type": "type", "happened_at": {"iso8601": "at"}, "currency": "data.currency"},
            "decimals": STANDARD_DECIMALS,
            "rules": [
                {"type": "t", "about": {about: "data.of"}, "object_reports": [object_report]}
            ],
        }
        mapping = read_mapping(mapped).mapping
        assert mapping is not None
        data = {"id": "x1", "of": "p1", "amount": amount, "currency": currency}
        body = {"type": "t", "at": AT_TEXT, "data": data}
        reading = mapping_reading.read(body, mapping, delivery("standard", "webhook"))
        return only(event(reading), kind)

    return read


STANDARD_DECIMALS = {"ISK": 2, "UGX": 2, "IDR": 0, "MGA": 1}
READ: Mapping[str, Reading] = {
    "charge": _standard(K.CHARGE, "captured"),
    "refund": _standard(K.REFUND, "succeeded"),
    "dispute": _standard(K.DISPUTE, "open"),
    "balance transaction": _standard(K.BALANCE_TRANSACTION, "booked"),
    "payout": _standard(K.PAYOUT, "paid"),
}
