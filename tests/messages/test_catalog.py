"""The table of messages is whole: the bus hands on what it names, and a template says each."""

import pytest

from kassa.fact_catalog import KINDS
from kassa.messages.catalog import ROWS, Row, row_of
from kassa.messages.kinds import CATEGORIES, STAFF_MESSAGES, Category, MessageName
from kassa.messages.params import _FIELDS
from kassa.messages.templates.catalog import MESSAGES
from tests.support.template import resources

PAST_THE_BUS = {"SignInCodeRequested"}  # for the queue of messages alone


def test_the_rule_lets_through_what_messages_follow_from_and_nothing_else() -> None:
    pattern = resources("Events::Rule")["MessagesRule"]["EventPattern"]

    assert pattern["detail-type"] == sorted({row.fact for row in ROWS} - PAST_THE_BUS)
    assert pattern["source"] == ["kassa"]


def test_every_fact_of_the_table_is_one_that_somebody_publishes() -> None:
    assert {row.fact for row in ROWS} - PAST_THE_BUS <= set(KINDS)
    assert not PAST_THE_BUS & set(KINDS)


@pytest.mark.parametrize("message", MessageName)
def test_a_message_follows_from_a_fact_and_has_a_template(message: MessageName) -> None:
    assert any(row.message is message for row in ROWS)
    assert message in MESSAGES
    assert message in _FIELDS
    assert MESSAGES[message].for_staff is (message in STAFF_MESSAGES)


def test_a_message_of_a_fact_is_found_again_by_its_name() -> None:
    assert all(row_of(row.fact, row.message.value) is row for row in ROWS)
    assert row_of("InvoiceIssued", "receipt") is None


def test_only_what_a_customer_can_do_without_is_no_transactional_message() -> None:
    others = {name for name, its in CATEGORIES.items() if its is not Category.TRANSACTIONAL}

    assert others == {"reminder", "overdue", "checkout_abandoned", "sign_in_code"}


@pytest.mark.parametrize("row", [row for row in ROWS if row.category is Category.MARKETING])
def test_marketing_is_never_staff_s(row: Row) -> None:
    assert row.message not in STAFF_MESSAGES
