"""PUT and GET /seller: finance saves who sells, and reads it again."""

import base64
from typing import Any

import pytest

from functions.save_policy.app import lambda_handler
from kassa.audit import store as audit_trail
from kassa.platform.settings import settings
from tests.conformance.einvoices.people import SELLERS
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.refund_stage import answered, http_event
from tests.support.sellers import LOGO

BODY: dict[str, Any] = {"party": SELLERS["FI"].model_dump(exclude_none=True)}


def put(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    return answered(lambda_handler(http_event("PUT /seller", body, "key-1"), Context()))


def get() -> tuple[int, dict[str, Any]]:
    return answered(lambda_handler(http_event("GET /seller", "", "key-1"), Context()))


def test_what_is_put_is_got(stack: Stack) -> None:
    logo = base64.b64encode(LOGO).decode()
    status, saved = put(BODY | {"branding": {"logo": logo, "accent": "#112233"}})
    read = get()

    assert (status, saved["is_new"], saved["warnings"]) == (200, True, [])
    assert read == (200, saved["profile"])
    assert (read[1]["version"], read[1]["party"]["name"]) == (1, "Lamppu Oy")
    assert base64.b64decode(read[1]["branding"]["logo"]) == LOGO


def test_the_same_twice_is_one_version_and_one_act(stack: Stack) -> None:
    put(BODY)
    status, again = put(BODY)

    assert (status, again["is_new"], again["profile"]["version"]) == (200, False, 1)
    acts = [one.content for one in audit_trail.items(NOW.date())]
    assert len(acts) == 1
    assert '"key_id":"key-1"' in acts[0]


def test_what_electronic_invoices_will_lack_is_answered(stack: Stack) -> None:
    status, saved = put({"party": {"name": "Shop", "address": {"country": "FI"}}})

    assert status == 200
    assert {"rule": "BR-CO-26", "field": "party.tax_id"}.items() <= saved["warnings"][0].items()


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"party": BODY["party"] | {"tax_id": "FI01120388"}}, "party.tax_id"),
        ({"bank_accounts": [{"account": "FI2112345600000786"}]}, "bank_accounts.0.account"),
        ({"branding": {"accent": "red"}}, "branding.accent"),
        ({"branding": {"logo": base64.b64encode(b" " * 100_001).decode()}}, "branding.logo"),
        ({"profile": "facturae"}, "profile"),
        ({"version": 7}, "version"),
    ],
)
def test_what_is_malformed_is_refused_by_its_field(
    stack: Stack, fields: dict[str, Any], param: str
) -> None:
    status, error = put(BODY | fields)

    assert (status, error["param"]) == (400, param)
    assert get()[0] == 404


def test_a_stack_that_knows_its_merchant_shows_it(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MERCHANT_COUNTRY", "FI")
    settings.cache_clear()
    status, read = get()

    assert (status, read["version"], read["party"]["name"]) == (200, 0, "Kauppa Oy")
