"""A gateway's past is imported through the real handlers, and comes to what the gateway says."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from infra.fake_gateways.kit.faults import Fault, Kind
from infra.fake_gateways.paypal.objects import disputes
from kassa.core.errors import GatewayRefused, InvalidRequest, UnknownGateway
from kassa.core.money import Money
from kassa.gateways.paypal import look_up as paypal_look_up
from kassa.gateways.stripe import client as stripe_client
from kassa.ledger.facts import PaymentCaptured
from kassa.ledger.lists import imports
from kassa.ledger.lists.imports import ImportState
from kassa.monitoring import import_history, submit_import
from kassa.platform.secrets import ApiAccess
from tests.support.aws_stack import NOW, Stack
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenarios import PAID, SCENARIOS, expected
from tests.support.past_stage import (
    AGO,
    ONE_PAGE,
    PASTS,
    SINCE,
    ask,
    facts,
    happen,
    past,
    standing,
    walk,
)

ALL, PAY, REFUNDS = (SCENARIOS[name] for name in ("all of it", "pay", "two partial refunds"))
LISTS_FAILURES = {"stripe", "paypal", "btcpay"}  # docs/import-history.md has the table
Patch = pytest.MonkeyPatch


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("gateway", PASTS)
def test_a_past_comes_to_the_ledger_of_its_webhooks_and_nobody_is_told(
    gateway: str, name: str, stack: Stack, fake_clock: FakeClock, monkeypatch: Patch
) -> None:
    scenario = SCENARIOS[name]
    with past(gateway, stack, fake_clock, monkeypatch) as stage:
        if scenario.needs - stage.scene.can:
            pytest.skip(f"{gateway} knows no {', '.join(sorted(scenario.needs - stage.scene.can))}")
        happen(stage, scenario)
        ask(stage)
        found = walk(stage)
        stage.book()

        assert stage.failures == []
        assert stage.ledger() == expected(scenario, stage.scene.can)
        assert stage.stack.published() == []
        assert all(fact.metadata.is_imported for fact in facts(stage))
        if "decline" in scenario.needs:
            booked = {fact.data.fact for fact in facts(stage)}
            assert ("PaymentFailed" in booked) == (gateway in LISTS_FAILURES)
        assert (found.state, found.percent) == (ImportState.FINISHED, 100)


@pytest.mark.parametrize("gateway", PASTS)
def test_what_webhooks_bring_later_is_known_and_moves_nothing(
    gateway: str, stack: Stack, fake_clock: FakeClock, monkeypatch: Patch
) -> None:
    with past(gateway, stack, fake_clock, monkeypatch) as stage:
        happen(stage, REFUNDS)
        ask(stage)
        walk(stage)
        stage.book()
        ledger, known = stage.ledger(), {fact.metadata.fact_id for fact in facts(stage)}
        stage.deliver()
        news = [one["detail"] for one in stage.stack.published()]

        assert set(stage.statuses) == {200}
        assert stage.ledger() == ledger == expected(REFUNDS, stage.scene.can)
        assert not [one for one in news if one["data"]["postings"]]
        assert not [one for one in news if one["metadata"]["fact_id"] in known]


@pytest.mark.parametrize("gateway", PASTS)
def test_what_webhooks_brought_before_is_booked_once_and_stays_news(
    gateway: str, stack: Stack, fake_clock: FakeClock, monkeypatch: Patch
) -> None:
    with past(gateway, stack, fake_clock, monkeypatch) as stage:
        happen(stage, REFUNDS)
        stage.deliver()
        captured = [one for one in facts(stage) if isinstance(one.data, PaymentCaptured)]
        ask(stage)
        walk(stage)
        stage.book()

        assert stage.ledger() == expected(REFUNDS, stage.scene.can)
        names = Counter(fact.metadata.fact_id for fact in facts(stage))
        assert set(names.values()) == {1}
        assert not [one for one in captured if one.metadata.is_imported]


@pytest.mark.parametrize("gateway", PASTS)
def test_pages_and_webhooks_that_alternate_come_to_the_same(
    gateway: str, stack: Stack, fake_clock: FakeClock, monkeypatch: Patch
) -> None:
    monkeypatch.setattr(stripe_client, "PAGE", 2)
    with past(gateway, stack, fake_clock, monkeypatch) as stage:
        happen(stage, REFUNDS)
        arrivals = stage.scene.arrivals()
        ask(stage)
        while walk(stage, ONE_PAGE).state is ImportState.RUNNING:
            if arrivals:
                stage.post(arrivals.pop())
            stage.book()
        stage.book()

        assert stage.failures == []
        assert stage.ledger() == expected(REFUNDS, stage.scene.can)


@pytest.mark.parametrize("gateway", PASTS)
def test_a_walk_that_was_cut_off_between_queue_and_cursor_goes_on_and_books_once(
    gateway: str, stack: Stack, fake_clock: FakeClock, monkeypatch: Patch
) -> None:
    monkeypatch.setattr(stripe_client, "PAGE", 2)
    with past(gateway, stack, fake_clock, monkeypatch) as stage:
        happen(stage, REFUNDS)
        ask(stage)
        with monkeypatch.context() as cut:
            cut.setattr(imports, "advance", lambda *_: None)
            assert walk(stage).rows == 0
        while walk(stage, ONE_PAGE).state is ImportState.RUNNING:
            stage.book()
        stage.book()

        assert stage.ledger() == expected(REFUNDS, stage.scene.can)
        assert standing(stage).rows


def test_a_list_goes_on_behind_the_object_it_came_to(
    stack: Stack, fake_clock: FakeClock, monkeypatch: Patch
) -> None:
    monkeypatch.setattr(stripe_client, "PAGE", 2)
    with past("stripe", stack, fake_clock, monkeypatch) as stage:
        happen(stage, ALL)
        ask(stage)
        walked = [walk(stage, ONE_PAGE)]
        while walked[-1].state is ImportState.RUNNING:
            walked.append(walk(stage, ONE_PAGE))
        stage.book()

        assert len(walked) > 5
        percents = [one.percent for one in walked if one.percent is not None]
        assert percents == sorted(percents)
        assert sum(one.rows for one in walked[:1]) == 2
        assert stage.ledger() == expected(ALL, stage.scene.can)


def test_of_two_walkers_only_one_goes_on(
    stack: Stack, fake_clock: FakeClock, monkeypatch: Patch
) -> None:
    monkeypatch.setattr(stripe_client, "PAGE", 2)
    with past("stripe", stack, fake_clock, monkeypatch) as stage:
        happen(stage, ALL)
        slower = ask(stage)
        faster = walk(stage, ONE_PAGE)
        page = import_history.Page((), "balance_transactions txn_0")

        assert imports.advance(slower, page, 2, NOW) is None
        assert standing(stage) == faster


@pytest.mark.parametrize("gateway", [name for name in PASTS if name != "stripe"])
def test_a_gateway_that_asks_for_patience_is_left_alone_and_asked_again(
    gateway: str, stack: Stack, fake_clock: FakeClock, monkeypatch: Patch
) -> None:
    with past(gateway, stack, fake_clock, monkeypatch) as stage:
        happen(stage, PAY)
        ask(stage)
        stage.scene.fake.faults.expect(Fault(Kind.RATE_LIMITED, times=3))  # type: ignore[attr-defined]
        waits = walk(stage)

        assert waits.state is ImportState.RUNNING
        assert "429" in str(waits.reason)
        assert waits.again_at == fake_clock.at + imports.WAIT_MIN
        assert walk(stage) == waits
        fake_clock.at += imports.WAIT_MIN
        assert walk(stage).state is ImportState.FINISHED
        stage.book()
        assert stage.ledger() == expected(PAY, stage.scene.can)


def test_a_gateway_that_stays_silent_is_asked_less_and_less_often(
    stack: Stack, fake_clock: FakeClock, monkeypatch: Patch
) -> None:
    with past("stripe", stack, fake_clock, monkeypatch) as stage:
        happen(stage, PAY)
        ask(stage)
        stage.scene.is_reachable = False  # type: ignore[attr-defined]
        pauses = []
        for _ in range(8):
            again_at = walk(stage).again_at
            assert again_at is not None
            pauses.append(again_at - fake_clock.at)
            fake_clock.at = again_at

        assert pauses == sorted(pauses)
        assert (pauses[0], pauses[-1]) == (imports.WAIT_MIN, imports.WAIT_MAX)


def test_live_events_do_not_wait_behind_a_past(
    stack: Stack, fake_clock: FakeClock, monkeypatch: Patch
) -> None:
    monkeypatch.setattr(stripe_client, "PAGE", 2)
    monkeypatch.setattr(import_history, "BACKLOG_MAX", 3)
    with past("stripe", stack, fake_clock, monkeypatch) as stage:
        happen(stage, ALL)
        ask(stage)
        waits = walk(stage, left_s=12.0)
        assert (waits.state, waits.rows) == (ImportState.RUNNING, 4)
        while walk(stage, left_s=12.0).state is ImportState.RUNNING:
            stage.book()
        stage.book()

        assert stage.ledger() == expected(ALL, stage.scene.can)


def test_a_row_that_cannot_be_read_stops_no_other_and_is_booked_once_it_can(
    stack: Stack, fake_clock: FakeClock, monkeypatch: Patch
) -> None:
    with past("stripe", stack, fake_clock, monkeypatch) as stage:
        happen(stage, ALL)
        disputes = stage.scene.fake.account.kinds["dispute"].values()  # type: ignore[attr-defined]
        was = [one["status"] for one in disputes]
        for one in disputes:
            one["status"] = "a_status_of_tomorrow"
        ask(stage)
        walk(stage)
        stage.book()
        assert len(stage.failures) > 0
        captured = {one.data.amount for one in facts(stage) if one.data.fact == "PaymentCaptured"}
        assert Money(amount_minor=PAID, currency="EUR") in captured

        for one, status in zip(disputes, was, strict=True):
            one["status"] = status
        stage.failures.clear()
        ask(stage, again=True)
        walk(stage)
        stage.book()
        assert stage.failures == []
        assert stage.ledger() == expected(ALL, stage.scene.can)


def test_how_disputes_at_paypal_ended_is_known_and_all_of_them_count_as_opened(
    stack: Stack, fake_clock: FakeClock, monkeypatch: Patch
) -> None:
    monkeypatch.setattr(paypal_look_up, "DISPUTES_MAX", 1)  # a page
    with past("paypal", stack, fake_clock, monkeypatch) as stage:
        for scenario in ("a dispute is lost", "a dispute is won"):
            SCENARIOS[scenario].play(stage.scene)
        PAY.play(stage.scene)
        account = stage.scene.fake.account  # type: ignore[attr-defined]
        disputes.start(account, list(account.captures)[-1], None, "INQUIRY")
        happen(stage, PAY)
        ask(stage)
        while walk(stage, ONE_PAGE).state is ImportState.RUNNING:
            stage.book()
        stage.book()
        ended = Counter(fact.data.fact for fact in facts(stage) if "Dispute" in fact.data.fact)

        assert stage.failures == []
        assert ended["DisputeLost"] == ended["DisputeWon"] == 1
        assert ended["DisputeOpened"] == 3
        assert stage.ledger()["customers", "EUR"] == -5 * PAID
        assert stage.ledger()["chargebacks", "EUR"] == PAID


def test_a_paypal_app_that_may_not_see_disputes_imports_what_they_moved(
    stack: Stack, fake_clock: FakeClock, monkeypatch: Patch
) -> None:
    with past("paypal", stack, fake_clock, monkeypatch) as stage:
        happen(stage, ALL)
        ask(stage)
        monkeypatch.setattr(paypal_look_up, "DISPUTES", "/v1/customer/refused")
        monkeypatch.setattr(paypal_look_up, "get", refusing(paypal_look_up.get))
        assert walk(stage).state is ImportState.FINISHED
        stage.book()

        assert stage.failures == []
        assert stage.ledger() == expected(ALL, stage.scene.can)


def refusing(get: Callable[..., Any]) -> Callable[..., Any]:
    """Return a way to read PayPal that may not see disputes."""

    def _get(access: ApiAccess, path: str, *query: Any) -> Any:
        if path == paypal_look_up.DISPUTES:
            raise GatewayRefused("NOT_AUTHORIZED")
        return get(access, path, *query)

    return _get


def test_what_was_captured_before_the_past_is_an_opening_balance(
    stack: Stack, fake_clock: FakeClock, monkeypatch: Patch
) -> None:
    with past("stripe", stack, fake_clock, monkeypatch) as stage:
        PAY.play(stage.scene)
        fake_clock.at += timedelta(days=2)
        stage.scene.refund("order-1", 30_00)
        fake_clock.at = NOW
        ask(stage, since=NOW - AGO + timedelta(days=1))
        walk(stage)
        stage.book()
        fake_clock.at += timedelta(minutes=6)
        stage.watch()  # looks up what the refund waits for
        fake_clock.at += timedelta(minutes=6)

        assert stage.ledger()["opening_balance", "EUR"] == PAID
        assert stage.ledger()["customers", "EUR"] == 30_00 - PAID
        assert stage.stack.published() == []


def test_what_came_since_the_books_began_is_news_whoever_brings_it(
    stack: Stack, fake_clock: FakeClock, monkeypatch: Patch
) -> None:
    with past("adyen", stack, fake_clock, monkeypatch) as stage:
        stage.clock.at = NOW
        PAY.play(stage.scene)
        stage.scene.arrivals()  # and every webhook is lost
        stage.clock.at += timedelta(minutes=10)
        stage.scene.pay_out()
        ask(stage)
        walk(stage)
        stage.book()

        news = {one["detail-type"] for one in stage.stack.published()}
        assert "PaymentCaptured" in news
        assert not [one for one in facts(stage) if one.metadata.is_imported]


def test_an_earlier_past_begins_anew_and_the_books_still_begin_where_they_did(
    stack: Stack, fake_clock: FakeClock, monkeypatch: Patch
) -> None:
    with past("stripe", stack, fake_clock, monkeypatch) as stage:
        happen(stage, PAY)
        ask(stage)
        first = walk(stage)
        fake_clock.at += timedelta(days=3)
        assert ask(stage) == first
        earlier = ask(stage, since=SINCE - timedelta(days=300))

        assert (earlier.ends_at, earlier.rows) == (first.ends_at, 0)
        assert earlier.state is ImportState.RUNNING
        assert walk(stage).state is ImportState.FINISHED
        stage.book()
        assert stage.ledger() == expected(PAY, stage.scene.can)


def test_the_clock_goes_on_with_an_import_whose_asker_has_left(
    stack: Stack, fake_clock: FakeClock, monkeypatch: Patch
) -> None:
    with past("stripe", stack, fake_clock, monkeypatch) as stage:
        happen(stage, PAY)
        ask(stage)
        stage.watch()

        assert standing(stage).state is ImportState.FINISHED
        assert stage.ledger() == expected(PAY, stage.scene.can)


def test_a_past_that_cannot_be_is_refused_in_a_sentence(
    stack: Stack, fake_clock: FakeClock, monkeypatch: Patch
) -> None:
    with past("stripe", stack, fake_clock, monkeypatch) as stage:
        fake_clock.at = NOW
        with pytest.raises(InvalidRequest, match="the books begin at"):
            ask(stage, since=NOW)
        request = submit_import.ImportRequest(gateway="standard", account="main", begins_at=SINCE)
        with pytest.raises(InvalidRequest, match="import a file"):
            submit_import.submit_import(request)
        with pytest.raises(UnknownGateway):
            submit_import.submit_import(request.model_copy(update={"gateway": "nobody"}))
