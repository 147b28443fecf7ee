"""A dispute of PayPal's documentation, walked as a past has it: listed in short, then shown."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from kassa.gateways.events import Delivery, GatewayEvent
from kassa.gateways.paypal import look_up
from kassa.gateways.paypal.history import history
from kassa.gateways.ports import Past
from kassa.gateways.read import read
from kassa.platform.secrets import ApiAccess
from tests.conformance.conftest import PAYLOADS, skip_without_payloads
from tests.support.fake_clock import FakeClock

SAMPLE = PAYLOADS / "paypal" / "doc_samples" / "CUSTOMER.DISPUTE.RESOLVED.json"
MOVED = ("disputed_transactions", "dispute_outcome", "messages")  # not in a list


def test_a_dispute_that_the_list_only_names_is_read_with_how_it_ended(
    monkeypatch: pytest.MonkeyPatch, fake_clock: FakeClock
) -> None:
    skip_without_payloads()
    dispute = json.loads(SAMPLE.read_text())["resource"]
    short = {name: value for name, value in dispute.items() if name not in MOVED}

    def get(_: ApiAccess, path: str, query: Any = None) -> Any:
        return {"items": [short]} if path == look_up.DISPUTES else dispute

    monkeypatch.setattr(look_up, "get", get)
    ended_at = datetime.fromisoformat(dispute["update_time"])
    fake_clock.at = ended_at + timedelta(days=90)
    past = Past(ended_at - timedelta(days=30), ended_at + timedelta(days=1))
    access = ApiAccess(api_key="", merchant_id="main")
    page = next(history(access, "disputes ", past))
    [body] = page.bodies
    fields = {"gateway": "paypal", "account": "main", "merchant_id": "main", "mode": "live"}
    event = read(body, Delivery(**fields, received_at=ended_at, origin="import"))

    assert isinstance(event, GatewayEvent)
    assert event.subject.subject_id == "00D10444LD479031K"
    assert [(one.kind, one.state) for one in event.object_reports] == [("dispute", "won")]
