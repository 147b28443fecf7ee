"""One PayPal account: its objects, its switches, and the events that report on them."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.kit.schedule import Schedule
from infra.fake_gateways.paypal.clocks import written
from infra.fake_gateways.paypal.errors import missing

API = "https://api-m.sandbox.paypal.com"
HOUR_S, DAY_S = 3_600, 86_400
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXY0123456789"


@dataclass
class Switches:
    """How the account is set up, and how PayPal behaves towards it."""

    pages: str = "https://www.sandbox.paypal.com/checkoutnow?token="
    livemode: bool = False
    fee_permille: int = 29
    fee_fixed: int = 30
    dispute_fee: int = 16_00
    captures_begin: str = "COMPLETED"  # or PENDING
    refunds_begin: str = "COMPLETED"  # or PENDING
    settle_after_s: float | None = None  # pending things settle by themselves; None: never
    report_lag_s: float = 3 * HOUR_S  # so late the reports know of a transaction
    report_start_lag_s: float = 0.0  # a report that begins later than so long ago is refused
    token_lifetime_s: float = 9 * HOUR_S
    order_lifetime_s: float = 3 * HOUR_S  # so long a buyer may take to approve
    refuses_duplicate_invoices: bool = True
    page_max: int = 500


class Account:
    """Everything at PayPal that is one merchant's."""

    merchant_id = "TWYN2MERCHANT"

    def __init__(
        self, now: Callable[[], float], source: random.Random, switches: Switches | None = None
    ) -> None:
        """Begin with an empty account; nothing in it reads another clock or source."""
        self.now, self.source = now, source
        self.switches = switches or Switches()
        self.schedule = Schedule(now)
        self.orders: dict[str, Body] = {}
        self.returns: dict[str, Body] = {}  # order -> where its buyer goes next
        self.captures: dict[str, Body] = {}
        self.refunds: dict[str, Body] = {}
        self.reversals: dict[str, Body] = {}  # shown among refunds, which they are none of
        self.sales: dict[str, Body] = {}  # of the first generation, as subscriptions make them
        self.disputes: dict[str, Body] = {}
        self.rows: list[Body] = []  # of the reports
        self.events: list[Body] = []
        self.declining: set[str] = set()  # orders whose buyers' instruments will be refused
        self.expired: set[str] = set()  # orders that PayPal no longer knows
        self.on_event: Callable[[Body], object] = lambda event: None

    def new_id(self, length: int = 17) -> str:
        """Return an id like PayPal's."""
        return "".join(self.source.choice(_LETTERS) for _ in range(length))

    def time(self) -> str:
        """Return the instant as objects say it."""
        return written(self.now())

    def find(self, kind: str, object_id: str) -> Body:
        """Return an object, or refuse."""
        found: dict[str, Body] = getattr(self, kind)
        if object_id not in found:
            raise missing()
        return found[object_id]

    def settle_later(self, waiting: Body, settle: Callable[[], object]) -> None:
        """Let time settle what waits, where the switches say so and nobody else did before."""

        def due() -> None:
            if waiting["status"] == "PENDING":
                settle()

        if self.switches.settle_after_s is not None:
            self.schedule.later(self.switches.settle_after_s, due)

    def emit(self, event_type: str, resource_type: str, resource: Body) -> None:
        """Send an event: an object as it stands now."""
        event_id = f"WH-{self.new_id()}-{self.new_id()}"
        path = f"/v1/notifications/webhooks-events/{event_id}"
        event: Body = {
            "id": event_id,
            "event_version": "1.0",
            "create_time": self.time(),
            "resource_type": resource_type,
            **({} if "state" in resource else {"resource_version": "2.0"}),
            "event_type": event_type,
            "summary": f"{event_type} of {resource_type}",
            "resource": resource,
            "links": [link("self", path), link("resend", f"{path}/resend", "POST")],
        }
        event = self.hosted(event)
        self.events.append(event)
        self.on_event(event)

    def hosted(self, body: Body) -> Body:
        """Return a view of an object, its links at the host of the account's mode."""
        text = json.dumps(body)
        if self.switches.livemode:
            text = text.replace(".sandbox.paypal.com", ".paypal.com")
        picture: Body = json.loads(text)
        return picture


def link(rel: str, path: str, method: str = "GET") -> Body:
    """Return a link as PayPal's objects carry them."""
    return {"href": f"{API}{path}", "rel": rel, "method": method}


def copied(value: Any) -> Any:
    """Return a picture of an object that stays as it is."""
    if isinstance(value, dict):
        return {name: copied(part) for name, part in value.items()}
    return [copied(part) for part in value] if isinstance(value, list) else value
