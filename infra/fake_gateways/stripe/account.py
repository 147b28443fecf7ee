"""One Stripe account: its objects, its switches, and the events that report on them."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.kit.ids import NewId, new_ids
from infra.fake_gateways.kit.schedule import Schedule
from infra.fake_gateways.stripe.api.rendering import shown
from infra.fake_gateways.stripe.objects.cards import Card
from infra.fake_gateways.stripe.store import Store

DAY_S = 86_400
NEWEST = "2025-03-31.basil"


def _rates() -> dict[str, Fraction]:
    """What one unit of a currency is worth in the account's, where somebody once fixed it."""
    return {
        **{"jpy": Fraction(1, 160), "usd": Fraction(7, 8), "gbp": Fraction(5, 4)},
        **{"hkd": Fraction(1, 8), "kwd": Fraction(3), "krw": Fraction(1, 1600)},
    }


@dataclass
class Switches:
    """How the account is set up, and which of Stripe's own safeguards are off."""

    pages: str = "https://checkout.stripe.com/c/pay/"
    api_version: str = NEWEST
    api_keys: tuple[str, ...] = ()  # none: any secret key
    livemode: bool = False
    country: str = "DE"
    currency: str = "eur"
    rates: dict[str, Fraction] = field(default_factory=_rates)
    fee_permille: int = 29
    fee_fixed: int = 30
    dispute_fee: int = 1500
    returns_dispute_fee: bool = False
    lifts_refund_limit: bool = False  # so that the caller's guard is what is tested
    lifts_dispute_limit: bool = False
    refunds_begin: str = ""  # "succeeded" or "pending"; else as the card says
    settle_after_s: float | None = None  # pending refunds settle by themselves; None: never
    trace_after_s: float | None = None  # so late a bank knows a refund's reference
    pay_out_after_s: float | None = None
    page_max: int = 100


@dataclass(frozen=True)
class Call:
    """The request that is being executed."""

    request_id: str
    version: str
    idempotency_key: str | None = None


class Account(Store):
    """Everything at Stripe that is one merchant's."""

    def __init__(
        self,
        now: Callable[[], float],
        source: random.Random,
        new_id: NewId | None = None,
        switches: Switches | None = None,
    ) -> None:
        """Begin with an empty account; nothing in it reads another clock or source."""
        super().__init__(now)
        self.source = source
        self.new_id = new_id or new_ids(source)
        self.switches = switches or Switches()
        self.schedule = Schedule(now)
        self.cards: dict[str, Card] = {}  # by payment method
        self.secrets: dict[str, list[str]] = {}  # by webhook endpoint
        self.paid_out: dict[str, str] = {}  # payout by balance transaction
        self.paid_with: dict[str, dict[str, str]] = {}  # metadata for a page's payment
        self.returned: dict[str, int] = {}  # by dispute: what a lost one gave back
        self.files: dict[str, Body] = {}  # what was uploaded
        self.attempts: dict[str, str] = {}  # payment intent by the page that made it
        self.call: Call | None = None
        self.on_event: Callable[[Body], object] = lambda event: None

    @property
    def version(self) -> str:
        """Return the API version of the request, or the account's own."""
        return self.call.version if self.call else self.switches.api_version

    def emit(self, event_type: str, body: Body, connected: str | None = None) -> None:
        """Send an event: an object as it stands now, in the account's own API version.

        An event of a connected account names that, and is reported all the same (Connect).
        """
        version, call = self.switches.api_version, self.call
        event = {
            "id": self.new_id("evt"),
            "object": "event",
            "api_version": version,
            "created": self.now_s(),
            "data": {"object": shown(self, body, version)},
            "livemode": self.switches.livemode,
            "pending_webhooks": 1,
            "request": {
                "id": call.request_id if call else None,
                "idempotency_key": call.idempotency_key if call else None,
            },
            "type": event_type,
        }
        if connected:
            event["account"] = connected
        self.add(event)
        self.on_event(event)
