"""One merchant account at Adyen: what it holds, how it is set up, and what it reports of itself."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from infra.fake_gateways.adyen.errors import unknown_payment
from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.kit.schedule import Schedule

DAY_S = 86_400
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"


@dataclass
class Switches:
    """How the account is set up; fees in minor units."""

    shop: str = "KassaECOM"
    pages: str = "https://checkoutshopper-test.adyen.com/checkoutshopper/payByLink?d="
    api_key: str = ""  # none: any key
    is_live: bool = True
    captures: str = "immediate"  # or "manual"
    notifies_captures: bool = False  # whether immediate captures have a webhook of their own
    settle_after_s: float | None = 0.0  # so late a modification is decided; None: never by itself
    names_disputes: bool = False  # also when one is reversed or comes again; a setting of Adyen's
    items_max: int = 1  # so many items travel in one webhook
    fee_permille: int = 29
    fee_fixed: int = 30
    dispute_fee: int = 10_00
    debits_every: int = 0  # every so many payments is a SEPA debit, the others are by card
    settles_in: str = ""  # another currency than was paid in
    exchange_rate: str = "1"  # what a unit comes to there
    lifts_refund_limit: bool = False  # so that the caller's guard is what is tested


class Account:
    """Payments, payment links, disputes and report lines; webhooks wait in `items`."""

    def __init__(
        self, now: Callable[[], float], source: random.Random, switches: Switches | None = None
    ) -> None:
        """Open an account."""
        self.now, self.source = now, source
        self.switches = switches or Switches()
        self.schedule = Schedule(now)
        self.payments: dict[str, Body] = {}
        self.links: dict[str, Body] = {}
        self.refunds: dict[str, Body] = {}
        self.disputes: dict[str, Body] = {}
        self.lines: list[dict[str, str]] = []  # of the batch that is open
        self.reports: list[str] = []  # one a batch that is closed, the first is batch 1
        self.items: list[Body] = []

    def new_reference(self) -> str:
        """Return a pspReference: sixteen capitals and digits."""
        return "".join(self.source.choice(_LETTERS) for _ in range(16))

    def payment(self, psp_reference: str) -> Body:
        """Return a payment, or refuse a reference that is none."""
        if psp_reference not in self.payments:
            raise unknown_payment()
        return self.payments[psp_reference]

    def captures_at_once(self, link_id: str) -> bool:
        """Return whether an authorisation is captured by itself; a page may say so for itself."""
        delay_hours = self.links.get(link_id, {}).get("captureDelayHours")
        return self.switches.captures == "immediate" if delay_hours is None else delay_hours == 0

    def later(self, act: Callable[[], object]) -> None:
        """Decide something when modifications are decided, if they are by themselves."""
        if self.switches.settle_after_s is not None:
            self.schedule.later(self.switches.settle_after_s, act)

    def at(self) -> datetime:
        """Return the instant."""
        return datetime.fromtimestamp(self.now(), UTC)

    def test_configuration(self, code: str) -> None:
        """Send what the Customer Area sends for "Test configuration": signed by the live key."""
        nothing = {"psp": f"test_{code}_1", "reference": "testMerchantRef1", "currency": "EUR"}
        fields = {"reason": "1234:7777:12/2012"} if code == "AUTHORISATION" else {}
        self.notify(code, nothing | {"method": "visa", "link_id": ""}, 101_00, **fields)

    def notify(self, code: str, payment: Body, value: int, **fields: object) -> None:
        """Put one item on its way: about a payment, or under `own` about what befell it."""
        own, more = fields.pop("own", None), fields.pop("more", None)
        linked = {"paymentLinkId": payment["link_id"]} if payment["link_id"] else {}
        item: Body = {
            "additionalData": linked | (more if isinstance(more, dict) else {}),
            "amount": {"currency": payment["currency"], "value": value},
            "eventCode": code,
            "eventDate": self.at().isoformat(timespec="seconds"),
            "merchantAccountCode": self.switches.shop,
            "merchantReference": payment["reference"],
            "originalReference": payment["psp"] if own else "",
            "paymentMethod": payment["method"],
            "pspReference": own or payment["psp"],
            "reason": "",
            "success": "true",
        }
        self.items.append(item | fields)
