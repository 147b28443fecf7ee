"""A merchant's own words are saved by finance once they hold, and are what its customers read."""

from typing import Any

import pytest

from functions.generate_invoice.app import lambda_handler as generate
from functions.save_policy.app import lambda_handler as save
from kassa.messages.settings.settings_store import SettingsVersions
from kassa.people.persons import Role
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.facts import captured
from tests.support.invoices import fact_batch
from tests.support.messages import BUYER, SENDER, carrier, facts_on_the_bus, tell
from tests.support.staff import person
from tests.support.taxed_orders import in_finland as in_finland
from tests.support.taxed_orders import send

ROUTE = "PUT /message-settings"


def put(words: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Save settings with words of one's own, as finance's key does."""
    body = {"sender": SENDER, "words": words}
    return person(Role.FINANCE).call(save, ROUTE, body)


def test_a_customer_reads_the_merchants_words_in_the_language_they_are_in(stack: Stack) -> None:
    ses = carrier()
    finnish = {"invoice.paid": {"subject": "Kiitos! Lasku {{ number }}", "paragraphs": ["Moi!"]}}
    status, _ = put({"fi": finnish, "en": {"invoice.paid": {"subject": "Thanks"}}})
    assert status == 200

    send(buyer=BUYER, language="fi-FI")
    paid = captured("pi_1", NOW, (100_00, "EUR"), order_id="order-1", customer_id="customer-1")
    generate(fact_batch(paid), Context())
    assert tell(*facts_on_the_bus(stack, "InvoiceIssued")) == []

    [mail] = ses.read
    text = mail.get_body(("plain",))
    assert text is not None
    assert mail["Subject"] == "Kiitos! Lasku 2026-00000001"
    assert "\nMoi!" in text.get_content()
    assert "Lasku on maksettu kokonaan" not in text.get_content()


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"en": {"receipt": {"subject": "{{ amout }}"}}}, "words.en.receipt"),
        ({"en": {"receipt": {"subject": "{% for a in b %}x{% endfor %}"}}}, "words.en.receipt"),
        ({"en": {"postcard": {"subject": "Hello"}}}, "words.en.postcard"),
        ({"sv": {"receipt": {"subject": "Tack"}}}, "words.sv.receipt"),
        ({"en": {"receipt": {"title": "Hello"}}}, "words.en.receipt.title"),
    ],
)
@pytest.mark.usefixtures("stack")
def test_words_that_dont_hold_are_refused_and_nothing_is_saved(
    words: dict[str, Any], field: str
) -> None:
    status, answer = put(words)
    assert status == 400, answer
    assert field in str(answer)
    assert SettingsVersions("main").newest().version == 0
