"""A line of the summary explained: its postings add up to what it says, whatever it is cut by."""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from functions.build_report.app import lambda_handler
from kassa.archive.archive_facts import archive_facts
from kassa.checkout.payment_attribution import payment_attributed
from kassa.core.errors import InvalidRequest
from kassa.fact_catalog import AnyFact
from kassa.gateways.submissions import OrderLine
from kassa.ledger.facts import LedgerFact
from kassa.orders.order import Order
from kassa.platform import aws
from kassa.platform.settings import settings
from tests.support.api_requests import get_event
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.drawn_facts import DAY, NOON
from tests.support.facts import captured, fact, failed

CUTS = {
    "method": "methods",
    "country": "countries",
    "channel": "channels",
    "product": "products",
}
PERIODS = {
    "daily": "2026-10-25",  # of 25 hours
    "weekly": "2026-W43",
    "monthly": "2026-10",
    "window": "2026-10-20..2026-10-25",
}
URLS = {"success_url": "https://shop.example/a", "cancel_url": "https://shop.example/b"}


def attributed(of: AnyFact, **fields: Any) -> AnyFact:
    """Return what an order of 30 euros says of its payment."""
    whole = {"order_id": "1001", "amount_minor": 30_00, "currency": "EUR"} | URLS
    made = payment_attributed(
        LedgerFact.model_validate(of.model_dump()), Order.model_validate(whole | fields)
    )
    assert made is not None
    return AnyFact.model_validate(made.model_dump())


def sold() -> list[AnyFact]:
    """Return payments of all that a line can be of, some of it unknown, one described later."""
    lines = (
        OrderLine(name="Mug", quantity=1, amount_minor=20_01, sku="MUG"),
        OrderLine(name="Tea", quantity=3, amount_minor=9_99, sku="TEA"),
    )
    whole = OrderLine(name="Mug", quantity=2, amount_minor=30_00, sku="MUG")
    visa = {"brand": "visa", "order_id": "1001"}
    first = captured("pi_1", NOON, (30_00, "EUR"), card_country="SE", **visa)
    second = captured("pi_2", NOON, (30_00, "EUR"), card_country="FI", **visa)
    third = captured("pi_3", NOON, (30_00, "EUR"), "wallet", order_id="1001")
    named = captured("pi_7", NOON, (2_00, "EUR"), order_id="1001")
    like_ours = OrderLine(name="Mug", quantity=1, amount_minor=2_00, sku="unknown")
    late = captured("pi_4", NOON, (7_00, "EUR"), None)
    told = {"method": "card", "brand": "mastercard", "card_country": "NO", "object_id": "ch_pi_4"}
    tried = failed("pi_6", NOON, (30_00, "EUR"), "expired_card", 1)
    later = fact("PaymentDescribed", "pi_4", NOON + timedelta(hours=1), (7_00, "EUR"), **told)
    return [
        first,
        attributed(first, channel="web", country="FI", lines=lines),
        second,
        attributed(second, channel="shop", lines=(whole,)),
        third,
        attributed(third, channel="web", country="FI"),
        *(named, attributed(named, channel="unknown", lines=(like_ours,), amount_minor=2_00)),
        *(late, later),
        captured("pi_5", NOON, (4_00, "JPY"), "konbini"),
        *(tried, attributed(tried, channel="web", country="FI", lines=lines)),
        failed("pi_8", NOON, (4_00, "JPY"), "insufficient_funds", 1),
    ]


pytestmark = pytest.mark.usefixtures("summary_alone")


@pytest.fixture(autouse=True)
def _in_berlin(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, fake_clock: FakeClock
) -> Iterator[None]:
    monkeypatch.setenv("MERCHANT_TIME_ZONE", DAY.time_zone)
    settings.cache_clear()
    fake_clock.at = DAY.closes_at + timedelta(minutes=1)
    archive_facts(sold())
    yield
    settings.cache_clear()


def explained(period: str = "daily", **more: Any) -> dict[str, Any]:
    asked = {"figure": "gross", "period": period, "day": PERIODS[period], **more}
    found: dict[str, Any] = lambda_handler(asked, Context())
    return found


def totals(found: dict[str, Any]) -> dict[str, int]:
    return {one["currency"]: one["amount_minor"] for one in found["totals"]}


# A week and a month are read as a window is; by night, with the golden year.
every_period = pytest.mark.parametrize(
    "period",
    [
        pytest.param(one, marks=() if one in ("daily", "window") else pytest.mark.slow)
        for one in PERIODS
    ],
)


def printed(stack: Stack, period: str) -> list[dict[str, Any]]:
    lambda_handler({"period": period, "day": PERIODS[period]}, Context())
    key = f"reports/main/{period}/{PERIODS[period]}/report.json"
    body = aws.client("s3").get_object(Bucket=stack.bucket, Key=key)["Body"].read()
    currencies: list[dict[str, Any]] = json.loads(body)["breakdown"]["currencies"]
    return currencies


@every_period
def test_every_printed_line_is_the_sum_of_its_postings(stack: Stack, period: str) -> None:
    checked = 0
    for each, (by, cut) in product(printed(stack, period), CUTS.items()):
        for line in each[cut]:
            found = explained(period, currency=each["currency"], **{by: line["name"]})
            assert totals(found).get(each["currency"], 0) == line["gross_minor"], (by, line)
            checked += 1
    assert checked > 12


@every_period
def test_every_printed_line_has_the_failed_attempts_that_it_counts(
    stack: Stack, period: str
) -> None:
    counted = []
    for each, (by, cut) in product(printed(stack, period), CUTS.items()):
        for line in each[cut]:
            asked = {"figure": "failed", "currency": each["currency"], by: line["name"]}
            found = explained(period, **asked)
            assert len(found["postings"]) == line["failed"], (by, line)
            assert sum(one["postings"] for one in found["totals"]) == line["failed"]
            counted.append(line["failed"])
    assert sum(counted) > 6


def test_every_reason_to_decline_has_its_attempts(stack: Stack) -> None:
    printed(stack, "daily")
    found = explained(figure="failed", reason="expired_card", gateway="stripe")

    [row] = found["postings"]
    assert (row["subject_id"], row["reason"], row["amount_minor"]) == (
        "pi_6",
        "expired_card",
        30_00,
    )
    assert (row["kind"], row["source"], row["destination"]) == (None, None, None)
    assert found["totals"] == [{"currency": "EUR", "amount_minor": 30_00, "postings": 1}]
    assert explained(figure="failed", reason="unknown")["postings"] == []
    with pytest.raises(InvalidRequest, match=r"^reason: gross has none"):
        explained(reason="expired_card")


def test_every_brand_is_the_sum_of_its_postings(stack: Stack) -> None:
    for each in printed(stack, "daily"):
        for line in each["brands"]:
            method, brand = line["name"].split("/")
            found = explained(currency=each["currency"], method=method, brand=brand)
            assert totals(found).get(each["currency"], 0) == line["gross_minor"], line


def test_lines_combine_and_each_posting_names_its_event(stack: Stack) -> None:
    printed(stack, "daily")
    found = explained(method="card", country="SE", channel="web", product="TEA")

    assert totals(found) == {"EUR": 9_99}
    assert [one["subject_id"] for one in found["postings"]] == ["pi_1"]
    assert totals(explained(method="card", country="SE", channel="shop")) == {}
    assert totals(explained(product="MUG", channel="shop", country="FI")) == {"EUR": 20_01 + 9_99}
    assert "narrowed" in found["query"]


def test_pages_of_a_line_follow_each_other_and_are_of_that_line_alone(stack: Stack) -> None:
    printed(stack, "daily")
    first = explained(method="card", limit=1)
    second = explained(method="card", limit=1, cursor=first["next_cursor"])

    assert first["postings"][0]["event_id"] != second["postings"][0]["event_id"]
    with pytest.raises(InvalidRequest, match="cursor"):
        explained(method="wallet", limit=1, cursor=first["next_cursor"])


@pytest.mark.parametrize("by", ["method", "brand", "country", "channel", "product"])
def test_what_isnt_known_by_a_line_is_refused(stack: Stack, by: str) -> None:
    printed(stack, "daily")
    with pytest.raises(InvalidRequest, match=f"^{by}: it narrows .*gross"):
        explained(figure="refunds", **{by: "unknown"})


def test_a_value_that_no_payment_has_is_a_figure_of_nothing(stack: Stack) -> None:
    printed(stack, "daily")
    assert totals(explained(method="' OR 1=1 --")) == {}


def test_the_api_explains_a_line(stack: Stack) -> None:
    printed(stack, "daily")
    path = f"/reports/daily/{PERIODS['daily']}/figures/gross"
    answer = lambda_handler(get_event(path, channel="web", country="SE"), Context())
    assert (answer["statusCode"], totals(json.loads(answer["body"]))) == (200, {"EUR": 30_00})
    refused = f"/reports/daily/{PERIODS['daily']}/figures/fees"
    assert lambda_handler(get_event(refused, channel="web"), Context())["statusCode"] == 400
