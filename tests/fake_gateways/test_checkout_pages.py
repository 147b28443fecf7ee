"""A served fake's payment page shows what is to be paid, and takes what its customer decides."""

import argparse
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from infra.fake_gateways.adyen.account import Switches as AdyenSwitches
from infra.fake_gateways.kit.pages import Page, left, shown
from infra.fake_gateways.kit.request_router import RequestRouter
from infra.fake_gateways.klarna.account import Switches as KlarnaSwitches
from infra.fake_gateways.paypal.account import Switches as PayPalSwitches
from infra.fake_gateways.stripe.account import Switches as StripeSwitches
from kassa.gateways import http, registry
from kassa.gateways.paypal import client
from kassa.gateways.registry import Ability
from kassa.gateways.submissions import CheckoutState, OpenedCheckout
from kassa.platform.secrets import ApiAccess
from tests.support.builders import eur, jpy
from tests.support.fake_gateway_servers import running
from tests.support.gateway_units.submitting import checkout_submission

OPEN_CHECKOUT = Ability.OPEN_CHECKOUT
GATEWAYS = [name for name, known in registry.GATEWAYS.items() if OPEN_CHECKOUT in known.can]
KEY = "krn:partner:global:notification:signing-key:1:a-signing-key"
STORE = "9CiNzKoANXxmk5ayZngSXrHTiVvvgCrwrpFQd4m2K776"
PAGE = Page("Stripe", "order-1", 100_00, "EUR", True, "https://shop.test/thanks")


def router_of(gateway: str) -> RequestRouter:
    """Return a fresh fake's router."""
    opens = import_module(f"infra.fake_gateways.{gateway}.server").open_router
    if gateway == "btcpay":
        router: RequestRouter = opens(argparse.Namespace(seed=7, later=0.1))
        return router
    switches = {
        "stripe": StripeSwitches,
        "paypal": PayPalSwitches,
        "klarna": KlarnaSwitches,
        "adyen": AdyenSwitches,
    }
    opened: RequestRouter = opens(switches[gateway](), 7)
    return opened


def browse(url: str, body: bytes | None = None) -> str:
    """Return what a browser shows, also where it isn't found."""
    try:
        answer = urllib.request.urlopen(url, body, timeout=10)
    except urllib.error.HTTPError as gone:
        answer = gone
    with answer:
        assert answer.headers["Content-Type"].startswith("text/html")
        return str(answer.read().decode())


class Visit:
    """A page that Kassa opened at a served fake, and its customer's browser."""

    def __init__(self, gateway: str, address: str) -> None:
        self.calls: Any = import_module(f"kassa.gateways.{gateway}.gateway")
        self.access = ApiAccess(
            api_key="sk_test_1" if gateway == "stripe" else "key",
            api_id="id",
            api_base=address,
            shop="KassaECOM" if gateway == "adyen" else STORE,
            webhook_url="https://kassa.test/webhooks/klarna/main",
            callback_secret=KEY,
            merchant_id="main",
            mode="test",
        )
        self.submission = checkout_submission(eur(120_50), (eur(120_50).amount_minor,))
        self.page: OpenedCheckout = self.calls.open_checkout(self.access, self.submission)

    def read(self) -> str:
        """Look at the page."""
        return browse(self.page.url)

    def choose(self, outcome: str) -> str:
        """Press one of its buttons."""
        body = urllib.parse.urlencode({"outcome": outcome}).encode()
        return browse(self.page.url, body)

    def state(self) -> CheckoutState | None:
        """Return what Kassa finds out about it."""
        found = self.calls.find_checkout(self.access, self.submission, self.page.checkout_id)
        return found.state if found else None


@pytest.fixture(params=GATEWAYS)
def visit(request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Let Kassa open a page at a fake that is served."""
    http.install(None)
    client.forget()
    with running(router_of(request.param), request.param) as (server, _):
        server.router.serve_pages(server.address)
        yield Visit(request.param, server.address)
    client.forget()


def test_a_page_shows_its_order_and_is_paid_once(visit: Visit) -> None:
    text = visit.read()
    assert "120.50 EUR" in text
    assert "order-1" in text
    assert [text.count(f'value="{one}"') for one in ("paid", "declined", "expired")] == [1, 1, 1]

    assert "Paid" in visit.choose("paid")
    assert "closed" in visit.choose("paid")
    assert 'href="https://shop.test/thanks"' in visit.read()


def test_a_page_that_its_customer_leaves_is_over(visit: Visit) -> None:
    visit.choose("expired")

    assert "closed" in visit.read()  # or gone, at gateways that forget it
    assert visit.state() is not CheckoutState.PAID


def test_a_declined_customer_is_shown_the_decline(visit: Visit) -> None:
    assert "Declined" in visit.choose("declined")
    assert visit.state() is not CheckoutState.PAID


def test_an_outcome_that_a_page_doesnt_offer_changes_nothing(visit: Visit) -> None:
    assert 'value="paid"' in visit.choose("free")
    assert 'value="paid"' in visit.read()


def test_a_page_that_never_was_is_not_found() -> None:
    with running(router_of("stripe"), "stripe") as (server, _):
        assert "no such page" in browse(f"{server.address}/pay/cs_none")


def test_what_a_shop_says_is_shown_and_never_run() -> None:
    page = PAGE._replace(order_id="<script>alert(1)</script>", success_url="javascript:alert(1)")
    text = (shown(page).text or "") + (left(page, b"outcome=paid", lambda outcome: None).text or "")
    assert "<script" not in text
    assert "javascript:" not in text


@pytest.mark.parametrize(
    ("amount", "price"), [(eur(5), "0.05 EUR"), (jpy(12_800), "12,800 JPY"), (eur(0), "0.00 EUR")]
)
def test_a_price_is_written_in_its_currencys_decimals(amount: Any, price: str) -> None:
    page = PAGE._replace(amount_minor=amount.amount_minor, currency=amount.currency)
    assert page.price == price
