"""PUT and GET /message-settings: finance saves how messages are sent, and reads it again."""

from typing import Any

import pytest

from functions.save_policy.app import lambda_handler
from kassa.audit import store as audit_trail
from kassa.http_api.routes import SCOPES
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.refund_stage import answered, http_event

BODY: dict[str, Any] = {
    "sender": {"address": "shop@shop.example", "name": "Kauppa"},
    "quiet_hours": {"begin": "21:00", "end": "08:00"},
    "staff": {"dispute_opened": ["finance@shop.example"]},
}


def put(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    return answered(lambda_handler(http_event("PUT /message-settings", body, "key-1"), Context()))


def get() -> tuple[int, dict[str, Any]]:
    return answered(lambda_handler(http_event("GET /message-settings", "", "key-1"), Context()))


def test_before_anybody_saved_any_nothing_is_sent(stack: Stack) -> None:
    status, found = get()

    assert (status, found["version"], found["sender"]) == (200, 0, None)


def test_what_is_put_is_got_with_what_will_not_be_sent(stack: Stack) -> None:
    status, saved = put(BODY)

    assert (status, saved["is_new"], saved["settings"]["version"]) == (200, True, 1)
    assert [one["field"] for one in saved["warnings"]] == [
        *("text_sender", "staff.anomaly_found", "staff.endpoint_disabled", "staff.report_ready"),
    ]
    assert get() == (200, saved["settings"])


def test_the_same_twice_is_one_version_and_one_act_without_an_address(stack: Stack) -> None:
    put(BODY)
    status, again = put(BODY)

    assert (status, again["is_new"], again["settings"]["version"]) == (200, False, 1)
    [act] = [one.content for one in audit_trail.items(NOW.date())]
    assert "@" not in act


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"sender": {"address": "a@b.example\r\nBcc: c@d.example", "name": "X"}}, "sender.address"),
        ({"sender": {"address": "a@b.example", "name": "X\r\nBcc: c@d.example"}}, "sender.name"),
        ({"reply_to": "nobody"}, "reply_to"),
        (
            {"reports": [{"to": ["a@b.example"], "periods": ["daily"], "reports": ["recurring"]}]},
            "reports.0",
        ),
        ({"reports": [{"to": [], "periods": ["daily"]}]}, "reports.0.to"),
        ({"mails_a_day": -1}, "mails_a_day"),
        ({"off": ["newsletter"]}, "off"),
        ({"of": []}, "of"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_saved(
    stack: Stack, change: dict[str, Any], param: str
) -> None:
    status, error = put(BODY | change)

    assert (status, error["param"].startswith(param)) == (400, True)
    assert get()[1]["version"] == 0


def test_a_key_that_only_reads_saves_nothing() -> None:
    assert SCOPES["PUT /message-settings"] == SCOPES["PUT /seller"]
    assert not SCOPES["GET /message-settings"] & SCOPES["PUT /message-settings"]
