"""What other connectors were reported for, tried on ours; each names the report."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from infra.fake_gateways.kit.faults import Kind
from infra.fake_targets.model import Held
from kassa.deliveries.delivery import Status
from kassa.partners import safe_http
from kassa.partners.safe_http import SafeAnswer
from tests.support.aws_stack import NOW, FakeClock, Stack
from tests.support.crm import NOTE, OAUTH2, Crm, open_crm, target
from tests.support.partner_states import STATE, UPSERTED
from tests.support.partner_world import (
    deliveries,
    receive,
    refunded,
    save,
    statuses,
    the_delivery,
    wake_up,
)

FACT = refunded("pi_1", 2, NOW)


@pytest.fixture
def crm(stack: Stack) -> Iterator[Crm]:
    with open_crm() as opened:
        yield opened


def answering(crm: Crm, change: Any) -> None:
    """Let the CRM answer otherwise than it does."""
    own = crm.transport
    safe_http.install(lambda address, request: change(request, own(address, request)))


def test_a_create_that_was_throttled_and_done_later_makes_no_second_record(
    crm: Crm, fake_clock: FakeClock
) -> None:
    """segment-docs#3459, code-dot-org#13918: the record was made after the caller timed out."""
    crm.fake.switches.refuses_twice = False
    save(target(NOTE))
    crm.fault(Kind.SLOW, seconds=100.0)
    receive(FACT)
    receive(FACT)
    wake_up(fake_clock)
    assert len(crm.fake.held("notes")) == 1


def test_a_record_that_is_there_already_is_taken_for_ours_and_kept_current(
    crm: Crm, fake_clock: FakeClock
) -> None:
    """b2c-crm-sync#274: the create was refused as a duplicate of what it had made itself."""
    save(target(STATE))
    crm.fake.collections["states"] = [Held("rec1", {"external_id": "pi_1", "version": 1})]
    receive(FACT)
    assert [one["version"] for one in crm.fake.held("states")] == [2]
    assert the_delivery().status is Status.SENT


def test_an_older_status_that_comes_later_is_left_out(crm: Crm) -> None:
    """mirakl-hyperwallet-connector#35, reapit foundations#9608: "rejected" overtook "verified"."""
    save(target(UPSERTED))
    receive(refunded("pi_1", 5, NOW))
    receive(refunded("pi_1", 4, NOW))
    assert [one["version"] for one in crm.fake.held("upserteds")] == [5]


def test_noting_that_something_was_synced_touches_nothing_but_the_note(
    crm: Crm, stack: Stack
) -> None:
    """ActiveCampaign module-integration#85: saving "synced" wrote over the payment's status."""
    save(target(NOTE))
    before = {str(item["PK"]) for item in stack.items()}
    receive(FACT)
    new = [item["PK"]["S"] for item in stack.items() if str(item["PK"]) not in before]
    assert {key.partition("#")[0] for key in new} == {"DELIVERY", "PARTNERRECORD", "PARTNERRATE"}


def test_a_token_that_is_refused_for_ever_ends_after_two(crm: Crm) -> None:
    """jsforce#1168, simple-salesforce#685: 401, refresh, 401, refresh, without an end."""
    save(target(NOTE, auth=OAUTH2))

    def refuse(request: Any, answer: SafeAnswer) -> SafeAnswer:
        return answer if request.url.endswith("/token") else SafeAnswer(401, {}, b"{}")

    answering(crm, refuse)
    receive(FACT)
    assert len(crm.sent) == 4
    assert the_delivery().reason == "unauthorized"


def test_a_token_whose_end_nobody_says_is_kept_and_renewed_when_it_is_refused(crm: Crm) -> None:
    """xagent#1540, airbyte#74726: without expires_in a token was taken to be good for ever."""
    save(target(NOTE, auth=OAUTH2))

    def without_end(request: Any, answer: SafeAnswer) -> SafeAnswer:
        said = json.loads(answer.body)
        said.pop("expires_in", None)
        return answer._replace(body=json.dumps(said).encode())

    answering(crm, without_end)
    receive(FACT)
    crm.fake.revoke_tokens()
    receive(refunded("pi_2", 1, NOW))
    assert statuses() == [Status.SENT] * 2


def test_a_token_that_ends_while_the_rate_limit_is_waited_for_is_fetched_again(
    crm: Crm, fake_clock: FakeClock
) -> None:
    """airbyte#13660: the retry after a 429 went out with the token from before the wait."""
    crm.fake.switches.token_lives_s = 120
    save(target(NOTE, auth=OAUTH2))
    crm.fault(Kind.RATE_LIMITED, path="/notes")
    receive(FACT)
    fake_clock.at += timedelta(minutes=5)
    wake_up(fake_clock)
    assert the_delivery().status is Status.SENT
    fetched = [one for one in crm.sent if one.url.endswith("/token")]
    assert len(fetched) == 2


def test_credentials_that_are_refused_arent_tried_again_at_once(crm: Crm) -> None:
    """onyx#13985: invalid_grant was asked for eight times in a row."""
    save(target(NOTE, auth=OAUTH2))
    crm.fake.switches.takes_credentials = False
    receive(FACT)
    assert len(crm.sent) == 1


def test_a_target_that_asks_for_a_minute_gets_it_from_everybody(
    crm: Crm, fake_clock: FakeClock
) -> None:
    """kube-agents#1225, loreai#666: three retries within seconds where 54 were asked for."""
    save(target(NOTE))
    crm.fault(Kind.UNAVAILABLE)  # Retry-After: 60, and nobody knows whether it was done
    began = fake_clock.at
    receive(FACT)
    assert the_delivery().next_attempt_at - began >= timedelta(seconds=60)
    wake_up(fake_clock)
    assert len(crm.fake.held("notes")) == 1


def test_a_time_out_is_never_taken_for_an_empty_answer(crm: Crm, fake_clock: FakeClock) -> None:
    """pipeshub#2997: a look-up that timed out read as "nothing there", in silence."""
    crm.fake.switches.refuses_twice = False
    save(target(NOTE))
    crm.fault(Kind.LOST_RESPONSE, method="POST")
    crm.fault(Kind.LOST_RESPONSE, method="GET")
    receive(FACT)
    wake_up(fake_clock)
    assert len(crm.fake.held("notes")) == 1
    assert [one.method for one in crm.sent] == ["POST", "GET", "GET"]


def test_a_failing_target_isnt_asked_fifty_times_a_click(crm: Crm, fake_clock: FakeClock) -> None:
    """openhuman#6269: a failed pass read as "more to fetch" and was repeated at once."""
    save(target(NOTE))
    crm.fault(Kind.ERROR_BEFORE, times=1000)
    receive(FACT)
    for _ in range(50):
        receive(FACT)
    assert len(crm.sent) == 1
    assert [one.attempts for one in deliveries()] == [1]
