"""`kassa orders` and `kassa routes`: what an operator types, on orders that the real code kept."""

from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from functions.open_checkout.app import lambda_handler
from kassa.core.money import Money
from kassa.customers.parties import Buyer
from kassa.customers.store import Customers
from kassa.gateways.submissions import OpenedCheckout
from kassa.orders import attempts as stages
from kassa.orders.lifecycle import OrderLifecycle, OrderPayment, submitting, with_attempt
from kassa.orders.payments import with_payment
from kassa.orders.store import Orders
from kassa.platform import aws
from kassa.platform.settings import settings
from tests.support.aws_stack import Context
from tests.support.builders import NOW, eur, fact_metadata
from tests.support.console import Console, in_the_cloud
from tests.support.console import console as console
from tests.support.messages import BUYER
from tests.support.orders import order
from tests.support.refund_stage import http_event

STRIPE = {"gateway": "stripe", "methods": ["card"], "cost": {"permille": 15}}
ADYEN = {"gateway": "adyen", "cost": {"permille": "9.5", "fixed_minor": {"EUR": 10, "USD": 12}}}
KLARNA = {"gateway": "klarna", "countries": {"allow": ["SE", "FI"]}, "currencies": ["SEK"]}
PAGE = OpenedCheckout(
    checkout_id="cs_test_1",
    url="https://checkout.stripe.com/c/pay/cs_test_" + "x" * 80,
    expires_at=NOW,
)


def payment(payment_id: str) -> OrderPayment:
    return OrderPayment(
        gateway="adyen",
        account="main",
        payment_id=payment_id,
        amount=eur(100_00),
        captured_at=NOW,
        object_id="ch_1",
        last_fact=fact_metadata(f"{payment_id}:ch_1:captured:10000", payment_id, "adyen"),
    )


def keep(lifecycle: OrderLifecycle) -> None:
    """Keep an order with this lifecycle."""
    aws.install({})
    Orders("main").open(order(method="card"), lifecycle)


def tried() -> OrderLifecycle:
    """Return an order that was refused at one gateway and has a page at another."""
    lifecycle = submitting(OrderLifecycle(order_id="order-1"), ("paypal", "main"), NOW)
    lifecycle = with_attempt(
        lifecycle, stages.refused(lifecycle.attempts[0], "currency_unknown", True, NOW)
    )
    lifecycle = submitting(lifecycle, ("stripe", "main"), NOW)
    return with_attempt(lifecycle, stages.opened(lifecycle.attempts[1], PAGE, NOW))


def saved(folder: Path, *routes: object) -> str:
    path = folder / "routes.yaml"
    path.write_text(yaml.safe_dump({"routes": list(routes)}))
    return str(path)


def test_an_order_is_shown_with_its_attempts_and_its_checkout(console: Console) -> None:
    keep(tried())
    result = console.run("orders", "show", "order-1")

    assert result.exit_code == 0, result.output
    assert "order-1  open  100.00 EUR by card, customer customer-1, FI" in result.stdout
    assert "currency_unknown" in result.stdout
    assert PAGE.url in result.stdout


def test_a_decline_in_an_open_checkout_says_what_it_means_and_what_to_do(console: Console) -> None:
    lifecycle = tried()
    keep(with_attempt(lifecycle, stages.declined(lifecycle.attempts[1], "lost_card", NOW)))
    shown = console.run("orders", "show", "order-1").stdout

    assert "The last decline, lost_card, means card_lost_or_stolen: do_not_retry." in shown


def test_an_order_paid_twice_says_by_what_and_what_goes_back(console: Console) -> None:
    lifecycle = with_payment(tried(), payment("psp_1"), eur(100_00), NOW)
    lifecycle = with_payment(lifecycle, payment("psp_2"), eur(100_00), NOW)
    keep(lifecycle)
    shown = console.run("orders", "show", "order-1").stdout

    assert "Paid by adyen/main/psp_1 on 2026-11-21 09:00:00 UTC." in shown
    assert "Paid again by adyen/main/psp_2, 100.00 EUR: put up for refund." in shown


def of(payment_id: str, amount_minor: int, currency: str = "EUR") -> OrderPayment:
    taken = Money(amount_minor=amount_minor, currency=currency)
    return payment(payment_id).model_copy(update={"amount": taken})


@pytest.mark.parametrize(
    ("payments", "lines"),
    [
        (
            [of("gift", 20_00), of("card", 80_00)],
            ["order-1  paid", "Paid by adyen/main/gift, 20.00 EUR, on 2026-11-21 09:00:00 UTC."],
        ),
        (
            [of("gift", 20_00)],
            [
                "order-1  part_paid",
                "Paid in part by adyen/main/gift, 20.00 EUR.",
                "Captured 20.00 EUR, ordered 100.00 EUR: 80.00 EUR too little.",
            ],
        ),
        (
            [of("card", 120_00)],
            [
                "order-1  discrepancy",
                "Captured 120.00 EUR, ordered 100.00 EUR: 20.00 EUR too much.",
            ],
        ),
        (
            [of("card", 100_00, "ISK"), of("gift", 20_00)],
            ["Captured 20.00 EUR and 10,000 ISK, ordered 100.00 EUR: a person has to look."],
        ),
    ],
)
def test_an_order_says_by_what_it_was_paid_and_what_differs(
    console: Console, payments: list[OrderPayment], lines: list[str]
) -> None:
    lifecycle = tried()
    for one in payments:
        lifecycle = with_payment(lifecycle, one, eur(100_00), NOW)
    keep(lifecycle)
    shown = console.run("orders", "show", "order-1").stdout

    assert [line for line in lines if line not in shown] == []


@pytest.mark.parametrize(
    ("is_given_up", "when"), [(False, "on 2026-11-21 09:05:00 UTC"), (True, "by a person")]
)
def test_an_unknown_attempt_says_when_it_is_looked_up(
    console: Console, is_given_up: bool, when: str
) -> None:
    lifecycle = submitting(OrderLifecycle(order_id="order-1"), ("stripe", "main"), NOW)
    attempt = stages.unanswered(lifecycle.attempts[0], NOW)
    keep(with_attempt(lifecycle, stages.given_up(attempt, NOW) if is_given_up else attempt))

    assert f"it is looked up {when}." in console.run("orders", "show", "order-1").stdout


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the real handler behind the API's address."""
    monkeypatch.setenv("KASSA_API_KEY", "kassa_anna")

    def answer(method: str, url: str, **options: Any) -> httpx.Response:
        request = httpx.Request(method, url, json=options["json"], headers=options["headers"])
        event = http_event(f"{method} {request.url.path}", request.content.decode(), "anna")
        with in_the_cloud(), redirect_stdout(StringIO()):  # its logs aren't the command's
            response = lambda_handler(event, Context())
        return httpx.Response(response["statusCode"], content=response["body"], request=request)

    monkeypatch.setattr(httpx, "request", answer)


def test_a_person_is_shown_what_the_gateway_says_and_says_what_became_of_it(
    console: Console, api: None
) -> None:
    lifecycle = submitting(OrderLifecycle(order_id="order-1"), ("stripe", "main"), NOW)
    keep(with_attempt(lifecycle, stages.unanswered(lifecycle.attempts[0], NOW)))
    arguments = ("orders", "resolve", "order-1", "--attempt", "1")
    looked = console.run(*arguments).stdout
    resolved = console.run(
        *arguments, "--as", "failed", "--reason", "nothing in the dashboard"
    ).stdout
    shown = console.run("orders", "show", "order-1").stdout

    assert "attempt 1 at stripe/main is unknown." in looked
    assert "stripe can't tell: " in looked
    assert "Attempt 1 is failed now, by your word; the order is failed." in resolved
    assert "by anna: nothing in the dashboard" in shown
    assert console.refused(*arguments, "--as", "paid", "--reason", "x") == (
        "kassa: attempt 1 at stripe/main is failed already"
    )


def test_support_sends_a_customer_their_link_once_for_two_clicks(
    console: Console, api: None
) -> None:
    keep(tried())
    asked = ("orders", "send-link", "order-1")
    assert console.refused(*asked).startswith("kassa: buyer: order order-1 says no mail address")

    Customers("main").keep("customer-1", "order-1", Buyer.model_validate(BUYER))
    first, again = console.run(*asked).stdout, console.json(*asked)
    assert "Customer customer-1 is sent the link to pay 100.00 EUR." in first
    assert again["url"] in first
    assert "--recipient customer:customer-1" in first
    assert again["is_repeated"]
    assert "Its payment link was last sent on" in console.run("orders", "show", "order-1").stdout


def test_an_order_for_programs_is_what_the_api_answers(console: Console) -> None:
    keep(tried())
    order = console.json("orders", "show", "order-1")

    assert (order["status"], order["attempts"][1]["url"]) == ("open", PAGE.url)


def test_an_order_nobody_sent_is_reported_in_one_line(console: Console) -> None:
    assert (
        console.refused("orders", "show", "order-9")
        == "kassa: no order 'order-9' was sent to POST /orders"
    )


def test_routes_are_saved_shown_and_tried(console: Console, tmp_path: Path) -> None:
    path = saved(tmp_path, STRIPE, ADYEN, KLARNA)
    assert "Version 1 is saved" in console.run("routes", "save", path).stdout
    assert "nothing was saved" in console.run("routes", "save", path).stdout

    shown = console.run("routes", "show").stdout
    assert "9.5 ‰ + 0.10 EUR or 0.12 USD" in shown
    assert "every method; SEK; only SE, FI" in shown

    tried = console.run(
        *("routes", "try", "--amount", "100.00", "--currency", "eur"),
        *("--country", "fi", "--method", "card"),
    ).stdout
    assert tried.index("adyen/main") < tried.index("stripe/main")
    assert "1.05 EUR" in tried
    assert "klarna doesn't offer card" in tried


def test_routes_for_programs(console: Console, tmp_path: Path) -> None:
    console.run("routes", "save", saved(tmp_path, STRIPE))
    routing = console.json("routes", "try", "--amount", "5", "--currency", "JPY")

    assert routing["candidates"] == [{"gateway": "stripe", "account": "main", "cost_minor": 0}]
    assert console.json("routes", "show")["version"] == 1


def test_routes_in_a_file_are_tried_without_being_saved(console: Console, tmp_path: Path) -> None:
    path = saved(tmp_path, ADYEN)
    tried = ("routes", "try", "--amount", "100", "--currency", "EUR", "--file", path)

    assert "adyen/main" in console.run(*tried).stdout
    assert "No routes are saved" in console.run("routes", "show").stdout


def test_without_routes_the_gateway_accounts_are_shown(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_ACCOUNTS", "paypal/main,stripe/main")
    settings.cache_clear()
    shown = console.run("routes", "show").stdout

    assert shown.index("paypal/main") < shown.index("stripe/main")


def test_an_order_no_route_can_serve_is_reported(console: Console, tmp_path: Path) -> None:
    path = saved(tmp_path, KLARNA)
    tried = console.run("routes", "try", "--amount", "1", "--currency", "EUR", "--file", path)

    assert "No route can serve this order." in tried.stdout
    assert "currency EUR isn't one of SEK" in tried.stdout


def test_every_error_in_a_document_is_reported_at_once(console: Console, tmp_path: Path) -> None:
    path = saved(tmp_path, KLARNA | {"methods": ["card"]}, STRIPE | {"cost": {"permille": 1.5}})
    result = console.run("routes", "save", path)

    assert result.exit_code == 1
    assert result.stdout.count("routes.") >= 1
    assert "permille: must be a whole number or a decimal in quotes" in result.stdout
    assert result.stderr.strip().endswith("has 1 error")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--amount", "1.005", "--currency", "EUR"),
        ("--amount", "ten", "--currency", "EUR"),
        ("--amount", "10", "--currency", "EURO"),
    ],
)
def test_an_amount_that_cannot_be_is_reported_in_one_line(
    console: Console, arguments: tuple[str, ...]
) -> None:
    assert console.refused("routes", "try", *arguments).startswith("kassa: --amount: ")


def test_a_country_that_is_no_code_is_refused(console: Console) -> None:
    arguments = ("--amount", "1", "--currency", "EUR", "--country", "Finland")
    assert console.run("routes", "try", *arguments).exit_code == 2


@pytest.mark.parametrize("width", [80, 100])
def test_every_screen_fits_where_it_is_shown(
    console: Console, tmp_path: Path, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    console.run("routes", "save", saved(tmp_path, STRIPE, ADYEN, KLARNA))
    screens = [
        console.run("routes", "show").stdout,
        console.run("routes", "try", "--amount", "100", "--currency", "EUR").stdout,
    ]
    for line in "\n".join(screens).splitlines():
        assert len(line) <= width
