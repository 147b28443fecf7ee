"""The golden shop is what its docstring promises: seeded, balanced, and wrong where planted."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kassa.core.postings import Account, balances
from kassa.fact_catalog import AnyFact
from kassa.ledger.facts import BalanceTransactionBooked, PaymentCaptured
from tests.support.golden_shop.accounts import ACCOUNTS, Contracts
from tests.support.golden_shop.planted import Kind, Planted
from tests.support.golden_shop.shop import GoldenShop, Setting, golden_shop, stream

ZONES = ("Europe/Berlin", "America/St_Johns")
DAY = timedelta(days=1)
OF_GATEWAYS = {(one.gateway, one.account): one for one in ACCOUNTS}


@pytest.fixture(scope="module", params=ZONES)
def shop(request: pytest.FixtureRequest) -> GoldenShop:
    return golden_shop(time_zone=request.param)


def of(shop: GoldenShop, kind: Kind) -> list[Planted]:
    return [one for one in shop.planted if one.kind is kind]


def captures(shop: GoldenShop) -> dict[str, AnyFact]:
    return {
        one.metadata.subject_id: one for one in shop.facts if isinstance(one.data, PaymentCaptured)
    }


def test_a_seed_is_a_shop() -> None:
    first, again = golden_shop(400), golden_shop(400)
    assert first == again
    assert tuple(stream(Setting(400))) == first.facts
    assert golden_shop(400, seed=2).facts != first.facts


def test_a_year_has_the_payments_that_were_asked_for(shop: GoldenShop) -> None:
    assert 2_700 <= len(captures(shop)) <= 3_900
    ids = Counter(one.metadata.fact_id for one in shop.facts)
    assert max(ids.values()) == 1
    booked = [one.metadata.booked_at for one in shop.facts]
    assert booked == sorted(booked)


def test_every_currency_and_kind_of_money_is_there(shop: GoldenShop) -> None:
    postings = [one for fact in shop.facts for one in fact.data.postings]
    assert {one.amount.currency for one in postings} == {"EUR", "USD", "JPY", "KWD"}
    kinds = {one.kind.value for one in postings}
    assert kinds >= {"capture", "refund", "refund_reversal", "chargeback", "chargeback_reversal"}
    assert kinds >= {"payout", "payout_reversal", "settlement", "fee", "exchange", "adjustment"}
    assert kinds >= {"capture_reversal", "sale", "sales_tax", "application", "write_off"}
    for currency in ("EUR", "USD", "JPY", "KWD"):
        assert sum(n for (_, of), n in balances(postings).items() if of == currency) == 0


def test_what_is_paid_out_was_in_the_balance(shop: GoldenShop) -> None:
    for place in OF_GATEWAYS:
        its = [f for f in shop.facts if (f.metadata.gateway, f.metadata.account) == place]
        left = balances(posting for fact in its for posting in fact.data.postings)
        held = {of: n for (account, of), n in left.items() if account is Account.GATEWAY_BALANCE}
        assert min(held.values()) >= -50_000, place  # what disputes took since the last payout


def test_every_anomaly_is_planted_and_its_events_are_there(shop: GoldenShop) -> None:
    planted = Counter(one.kind for one in shop.planted)
    assert planted.keys() == set(Kind)
    assert sum(planted.values()) >= 70
    events = {one.metadata.event_id: one for one in shop.facts}
    for one in shop.planted:
        assert one.begins_at <= one.ends_at
        found = [events[event_id] for event_id in one.event_ids if event_id in events]
        assert len(found) == len(one.event_ids) or one.ends_at > found[-1].metadata.booked_at
        assert {fact.metadata.subject_id for fact in found} <= set(one.subject_ids)


def test_an_account_charges_by_its_contract_except_while_it_drifts(shop: GoldenShop) -> None:
    contracts, paid = Contracts(shop.contracts), captures(shop)
    drifting = {event for one in of(shop, Kind.FEE_DRIFT) for event in one.event_ids}
    wrong, looked_at = set[str](), 0
    for fact in shop.facts:
        data, meta = fact.data, fact.metadata
        is_charge = isinstance(data, BalanceTransactionBooked) and data.movement.moves == "charge"
        if not is_charge or meta.gateway == "klarna" or data.amount.amount_minor < 0:
            continue
        capture, by = paid[meta.subject_id], OF_GATEWAYS[meta.gateway, meta.account]
        if capture.data.method is None:  # published later
            continue
        day = capture.metadata.booked_at.date()
        means = (capture.data.method, capture.data.brand)
        contract = contracts.of(by, *means, data.amount.currency, day)
        is_exchanged = data.movement.exchanged is not None
        looked_at += 1
        if data.movement.fee_minor != contract.fee_minor(data.amount.amount_minor, is_exchanged):
            wrong.add(meta.event_id)
    assert looked_at > 2_000
    assert wrong <= drifting
    assert len(wrong) >= 0.9 * len(drifting)  # of the smallest payments the drift rounds to nothing


def test_a_silent_account_says_nothing(shop: GoldenShop) -> None:
    for one in of(shop, Kind.SILENT_GATEWAY):
        place = (one.gateway, one.account)
        days = Counter(
            (fact.metadata.booked_at - one.begins_at) // DAY
            for fact in shop.facts
            if (fact.metadata.gateway, fact.metadata.account) == place
        )
        silent = (one.ends_at - one.begins_at) // DAY
        assert [days[n] for n in range(silent)] == [0] * silent
        assert min(days[-1], days[silent]) > 0


def test_what_was_never_settled_is_in_no_balance(shop: GoldenShop) -> None:
    settled = {
        f.metadata.subject_id for f in shop.facts if f.data.fact == "BalanceTransactionBooked"
    }
    for one in of(shop, Kind.CAPTURED_WITHOUT_PAYOUT):
        assert settled.isdisjoint(one.subject_ids)
    unsettled = [
        one
        for one in captures(shop).values()
        if one.metadata.subject_id not in settled and "opening" not in one.metadata.subject_id
        and one.metadata.booked_at < shop.facts[-1].metadata.booked_at - 14 * DAY
    ]  # fmt: skip
    assert len(unsettled) == len(of(shop, Kind.CAPTURED_WITHOUT_PAYOUT))


def test_people_pay_in_both_hours_that_clocks_repeat(shop: GoldenShop) -> None:
    zone = ZoneInfo(shop.setting.time_zone)
    local = [one.metadata.booked_at.astimezone(zone) for one in shop.facts]
    offsets = {one.utcoffset() for one in local}
    assert len(offsets) == 2
    edges = [one for one in local if (one.hour, one.minute, one.second) == (0, 0, 0)]
    assert edges


def test_facts_arrive_late_and_twice_but_never_before_they_were_booked(shop: GoldenShop) -> None:
    arrived = [(one.at, fact) for one in shop.arrivals() for fact in one.facts]
    times = Counter(fact.metadata.fact_id for _, fact in arrived)
    assert times.keys() == {one.metadata.fact_id for one in shop.facts}
    assert 0.01 < sum(n > 1 for n in times.values()) / len(times) < 0.05
    waits = [at - fact.metadata.booked_at for at, fact in arrived]
    assert min(waits) >= timedelta(0)
    assert sum(wait > 31 * DAY for wait in waits) > 5
    assert [at for at, _ in arrived] == sorted(at for at, _ in arrived)
    assert arrived[0][0] > datetime(2025, 10, 31, tzinfo=UTC)
