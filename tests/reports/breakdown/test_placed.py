"""Country, channel and product: counted with what is unknown, and equal to the totals."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.archive import counting, rollups, warehouse
from kassa.archive.tallies import Placed
from kassa.checkout.payment_attribution import payment_attributed, shares
from kassa.core.periods import Period
from kassa.fact_catalog import AnyFact
from kassa.gateways.submissions import OrderLine
from kassa.ledger.facts import LedgerFact
from kassa.orders.order import Order
from kassa.reports.breakdown.breakdown import BY, Breakdown, Known, breakdown_of
from kassa.reports.breakdown.lines import Line
from kassa.reports.breakdown.normal import NO_HISTORY
from kassa.reports.breakdown.placed import LINES_MAX, OTHERS, of_cut, placed
from kassa.reports.summary.summary import summarise
from tests.support.effort import few
from tests.support.facts import captured, fact, failed

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
DAY = Period.of(date(2026, 11, 21), "UTC")


def order(order_id: str = "1001", **fields: object) -> Order:
    given = {"order_id": order_id, "amount_minor": 30_00, "currency": "EUR"}
    urls = {"success_url": "https://shop.example/a", "cancel_url": "https://shop.example/b"}
    return Order.model_validate(given | urls | fields)


def line(sku: str | None, amount_minor: int, name: str = "Mug") -> OrderLine:
    return OrderLine(name=name, quantity=1, amount_minor=amount_minor, sku=sku)


def attributed(of: AnyFact, ordered: Order) -> AnyFact:
    made = payment_attributed(LedgerFact.model_validate(of.model_dump()), ordered)
    assert made is not None
    return AnyFact.model_validate(made.model_dump())


def broken_down(facts: Sequence[AnyFact]) -> Breakdown:
    """Break facts down that lie in two files, some of them in both."""
    with TemporaryDirectory() as folder:
        paths = [Path(folder, "a.parquet"), Path(folder, "b.parquet")]
        paths[0].write_bytes(warehouse.to_parquet(facts))
        paths[1].write_bytes(warehouse.to_parquet(facts[::2]))
        with counting.counted(paths, DAY, "main") as chosen:
            rows = rollups.of_facts(chosen, DAY, BY)
            totals = summarise(counting.tallied(chosen), DAY)
            known = Known(NO_HISTORY, placed=placed(chosen))
            return breakdown_of(rows, DAY, totals, known)


def lines_of(cut: Sequence[Line] | None) -> dict[str, tuple[int, int, int]]:
    return {one.name: (one.gross_minor, one.captures, one.failed) for one in cut or ()}


def test_a_payment_counts_for_its_card_s_country_its_channel_and_its_products() -> None:
    first = captured("pi_1", AT, (30_00, "EUR"), card_country="SE", order_id="1001")
    again = failed("pi_1", AT, (30_00, "EUR"), "card_declined", 1)
    ordered = order(channel="web", country="FI", lines=(line("MUG", 20_00), line("TEA", 10_00)))
    other = captured("pi_2", AT + timedelta(hours=1), (5_00, "EUR"))
    facts = [first, again, attributed(first, ordered), attributed(again, ordered), other]

    (lines,) = broken_down(facts).currencies

    assert lines_of(lines.countries) == {
        "SE": (30_00, 1, 0), "unknown": (5_00, 1, 0), "FI": (0, 0, 1),
    }  # fmt: skip
    assert lines_of(lines.channels) == {"web": (30_00, 1, 1), "unknown": (5_00, 1, 0)}
    assert lines_of(lines.products) == {
        "MUG": (20_00, 1, 1), "TEA": (10_00, 1, 1), "unknown": (5_00, 1, 0),
    }  # fmt: skip
    rates = {one.name: (one.success_rate, one.share) for one in lines.channels or ()}
    assert rates == {"web": (0.5, 0.857143), "unknown": (1.0, 0.142857)}


@pytest.mark.parametrize("name", ["unknown", "(others)", "'unknown'"])
def test_a_product_that_is_called_as_kassa_s_own_lines_are_stands_apart(name: str) -> None:
    first, other = captured("pi_1", AT, (30_00, "EUR")), captured("pi_2", AT, (5_00, "EUR"))
    ordered = order(channel="unknown", lines=(line(name, 30_00),))

    (lines,) = broken_down([first, attributed(first, ordered), other]).currencies

    assert lines_of(lines.products) == {f"'{name}'": (30_00, 1, 0), "unknown": (5_00, 1, 0)}
    assert lines_of(lines.channels) == {"'unknown'": (30_00, 1, 0), "unknown": (5_00, 1, 0)}


def test_a_country_that_became_known_after_the_capture_counts() -> None:
    first = captured("pi_1", AT, (30_00, "EUR"), method=None)
    later = {"method": "card", "card_country": "NO", "object_id": "ch_pi_1"}
    told = fact("PaymentDescribed", "pi_1", AT + timedelta(hours=2), (30_00, "EUR"), **later)

    (lines,) = broken_down([first, told]).currencies

    assert lines_of(lines.countries) == {"NO": (30_00, 1, 0)}


def test_what_was_captured_before_the_books_is_no_product_s() -> None:
    early = captured("pi_1", AT, (30_00, "EUR"), opening=True)
    ordered = order(channel="web", lines=(line("MUG", 30_00),))

    found = broken_down([early, attributed(early, ordered)])

    assert found.unproven == {"EUR": 0}
    assert found.currencies[0].products == ()


AMOUNTS = st.integers(1, 10**9)
PAYMENTS = st.lists(
    st.tuples(
        AMOUNTS,
        st.sampled_from(("EUR", "JPY")),
        st.sampled_from((None, "FI", "SE")),
        st.sampled_from((None, "web", "app")),
        st.lists(st.tuples(st.sampled_from(("MUG", "TEA", None)), st.integers(0, 10**6))),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


@few(8)
@given(PAYMENTS)
def test_tables_equal_the_totals_and_what_is_added_up_by_hand(payments: list[tuple]) -> None:  # type: ignore[type-arg]
    facts: list[AnyFact] = []
    gross: Counter[tuple[str, str, str]] = Counter()
    for n, (minor, currency, country, channel, sold, is_failed) in enumerate(payments):
        one = (
            failed(f"pi_{n}", AT, (minor, currency), "card_declined", 1)
            if is_failed
            else captured(f"pi_{n}", AT, (minor, currency), card_country=country)
        )
        facts.append(one)
        lines = tuple(line(sku, part) for sku, part in sold)
        total = sum(part for _, part in sold)
        sums = {"amount_minor": total or minor, "lines": lines if total else ()}
        ordered = order(str(n), channel=channel, **sums)
        made = payment_attributed(LedgerFact.model_validate(one.model_dump()), ordered)
        if made is not None:
            facts.append(AnyFact.model_validate(made.model_dump()))
        if not is_failed:
            gross["countries", currency, country or "unknown"] += minor
            gross["channels", currency, channel or "unknown"] += minor

    found = broken_down(facts)

    assert set(found.unproven.values()) <= {0}
    for each in found.currencies:
        total = sum(one.gross_minor for one in each.gateways)
        tried = sum(one.captures + one.failed for one in each.gateways)
        for cut in ("countries", "channels", "products"):
            of = each.cuts[cut]
            assert sum(one.gross_minor for one in of) == total
            if cut != "products":  # a payment of two products counts for both
                assert sum(one.captures + one.failed for one in of) == tried
                assert {one.name: one.gross_minor for one in of if one.captures} == {
                    name: minor
                    for (of_cut_, currency, name), minor in gross.items()
                    if (of_cut_, currency) == (cut, each.currency)
                }


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 10**9)), min_size=1), AMOUNTS)
def test_shares_add_up_and_lie_within_a_minor_unit(
    sold: list[tuple[str, int]], amount_minor: int
) -> None:
    made = {
        one.product: one.amount_minor for one in shares([line(*one) for one in sold], amount_minor)
    }
    whole = sum(part for _, part in sold)

    assert sum(made.values()) == amount_minor
    if whole:
        for sku, share in made.items():
            exact = amount_minor * sum(part for name, part in sold if name == sku) / whole
            assert abs(share - exact) <= 1 + exact * 1e-12


def test_a_product_without_the_shop_s_id_goes_by_its_name() -> None:
    assert [one.product for one in shares([line(None, 5, "Tea")], 5)] == ["Tea"]


def test_an_order_that_says_nothing_of_itself_publishes_nothing() -> None:
    one = LedgerFact.model_validate(captured("pi_1", AT, (30_00, "EUR")).model_dump())

    assert payment_attributed(one, order()) is None


def test_what_explains_a_capture_is_named_after_it_and_booked_with_it() -> None:
    one = captured("pi_1", AT, (30_00, "EUR"))
    made = attributed(one, order(channel="web"))

    assert made.metadata.fact_id == f"{one.metadata.fact_id}:attributed"
    assert made.metadata.booked_at == one.metadata.booked_at


def test_a_wide_shop_s_smallest_products_are_one_line_together() -> None:
    rows = [
        Placed(cut="products", currency="EUR", name=f"p{n}", amount_minor=n, captures=1, failed=1)
        for n in range(LINES_MAX + 3)
    ]
    *first, last = of_cut(rows, "products", "EUR")

    assert len(first) == LINES_MAX
    assert (last.name, last.amount_minor, last.captures, last.failed) == (OTHERS, 0 + 1 + 2, 3, 3)


@pytest.mark.parametrize("channel", ["", "Web", "a b", "x" * 41])
def test_a_channel_is_a_short_word(channel: str) -> None:
    with pytest.raises(ValueError, match="channel"):
        order(channel=channel)


def test_the_archive_keeps_what_a_payment_was_for(tmp_path: Path) -> None:
    one = captured("pi_1", AT, (30_00, "EUR"))
    row = warehouse._row(attributed(one, order(channel="web", lines=(line("MUG", 30_00),))))

    assert json.loads(row["details"]) == {
        "channel": "web", "country": None,
        "products": [{"product": "MUG", "amount_minor": 30_00}],
    }  # fmt: skip
