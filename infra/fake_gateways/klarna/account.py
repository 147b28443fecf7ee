"""One merchant's account at Klarna: everything it keeps, and how it is set up."""

import itertools
import random
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.kit.schedule import Schedule
from infra.fake_gateways.klarna.errors import Refusal, bad_value, no_such

DAY_S = 24 * 3600
AMOUNT_MAX = 200_000_000
# Each country's own; all are counted in ISO 4217's minor units, which have two decimals.
CURRENCIES = frozenset(
    [
        "AUD",
        "CAD",
        "CHF",
        "CZK",
        "DKK",
        "EUR",
        "GBP",
        "HUF",
        "MXN",
        "NOK",
        "NZD",
        "PLN",
        "RON",
        "SEK",
        "USD",
    ]
)


@dataclass
class Switches:
    """How the account is set up, until somebody changes it."""

    pages: str = "https://pay.playground.klarna.com/eu/hpp/payments/"
    fee_permille: int = 29
    fee_fixed: int = 30
    dispute_fee: int = 15_00
    page_lives_s: int = 2 * DAY_S
    authorized_for_s: int = 28 * DAY_S
    livemode: bool = True
    checks_fraud: bool = False  # orders are pending until somebody decides
    shares_event_ids: bool = False  # several webhooks carry one id
    merchant_id: str = "K000000"


@dataclass(frozen=True)
class Notice:
    """What Klarna sends: a callback to one URL, or a Network webhook to whoever listens."""

    name: str
    body: Body
    url: str | None = None  # none: signed, to every endpoint


@dataclass
class Account:
    """What one account holds; bodies stand as they are answered."""

    now: Callable[[], float]
    source: random.Random
    switches: Switches = field(default_factory=Switches)
    on_notice: Callable[[Notice], object] = lambda notice: None
    sessions: dict[str, Body] = field(default_factory=dict)
    pages: dict[str, Body] = field(default_factory=dict)
    orders: dict[str, Body] = field(default_factory=dict)
    disputes: dict[str, Body] = field(default_factory=dict)
    transactions: list[Body] = field(default_factory=list)
    payouts: dict[str, Body] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    schedule: Schedule = field(init=False)

    def __post_init__(self) -> None:
        """Keep what is to happen later by this clock."""
        self.schedule = Schedule(self.now)

    def new_id(self) -> str:
        """Return an id as Klarna's are: opaque, in the shape of a UUID."""
        digits = f"{self.source.getrandbits(128):032x}"
        cuts = (0, 8, 12, 16, 20, 32)
        return "-".join(digits[a:b] for a, b in itertools.pairwise(cuts))

    def new_reference(self) -> str:
        """Return a payout's reference, as it stands on a bank statement."""
        return "".join(self.source.choices(string.ascii_uppercase + string.digits, k=8))

    def at(self, later_s: float = 0.0) -> str:
        """Write the instant, or a later one."""
        return written(self.now() + later_s)

    def order(self, order_id: str) -> Body:
        """Return an order, or know nothing of it."""
        if order_id not in self.orders:
            raise no_such("order", order_id)
        return self.orders[order_id]

    def notify(self, notice: Notice) -> None:
        """Send a notice."""
        self.on_notice(notice)


def written(at_s: float) -> str:
    """Write an instant as Klarna does."""
    return datetime.fromtimestamp(int(at_s), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def amount(params: Body, name: str, least: int = 1) -> int:
    """Return an amount in minor units, within Klarna's limits."""
    value = params.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise bad_value(name, "not an integer")
    if not least <= value <= AMOUNT_MAX:
        raise bad_value(name, f"must be between {least} and {AMOUNT_MAX}")
    return value


def short_text(params: Body, name: str) -> str | None:
    """Return a text of at most 255 characters, if there is one."""
    value = params.get(name)
    if value is not None and (not isinstance(value, str) or len(value) > 255):
        raise Refusal("UNPROCESSABLE_ENTITY", f"{name} must be between 0 and 255", 422)
    return value
