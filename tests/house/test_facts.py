"""A fact that a room declares is listed, made by somebody, archived, and let through by name."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from typing import Any, get_args

import pytest

from kassa.archive import warehouse
from kassa.billing.facts import InvoiceFactData
from kassa.core.facts import FactData, MeasuredFactData
from kassa.disputes.facts import AnswerFactData
from kassa.fact_catalog import KINDS, KnownFactData
from kassa.orders.facts import PaymentAttributed
from kassa.refunds.facts import RequestFactData
from tests.support.facts import captured
from tests.support.template import ROOT, resources

KASSA = ROOT / "layers" / "common" / "kassa"
DECLARING = sorted(path for path in KASSA.rglob("facts.py") if path.parent.name != "core")
LISTS = {KASSA / "fact_catalog.py", KASSA / "core" / "facts.py", *DECLARING}
NOT_ARCHIVED = {  # fields that stand in the item of the event and on the bus alone
    "PaymentCaptured": {"invoice_number", "language"},
    "PaymentApplied": {"invoice_number"},
    "PaymentReversed": {"invoice_number"},
    "RefundCreated": {"refund_request_id"},
    "RefundSucceeded": {"reference", "refund_request_id"},
    "RefundTraced": {"reference", "refund_request_id"},
    "RefundFailed": {"refund_request_id"},
    "RefundCanceled": {"refund_request_id"},
    "DisputeOpened": {"evidence_due_by"},
    "DisputeFundsWithdrawn": {"belongs_to"},
    "DisputeFundsReinstated": {"belongs_to"},
    "MovementCorrected": {"belongs_to"},
    "DuplicatePaymentFound": {"account", "gateway", "paid_by", "payment_id", "refund_request_id"},
    "CardExpiring": {"exp_month", "exp_year", "last4"},
    "WebhookEndpointDisabled": {"because", "endpoint_id", "owner_id"},
    "AuditDayClosed": {"count", "day", "head_hash"},
    "AnomalyFound": {"anomaly_id", "kind", "headline", "day", "subject_ids"},
    "ReportClosed": {"period", "first_day", "last_day", "page_key"},
    "ReminderDue": {"amounts", "anchor", "channel", "days", "invoices", "step", "tone"},
}


def declared() -> dict[str, type[FactData]]:
    """Return every kind of fact that a room declares, by name."""
    rooms = [path.relative_to(KASSA).parent.parts for path in DECLARING]
    modules = [import_module(".".join(("kassa", *room, "facts"))) for room in rooms]
    return {
        name: one
        for module in modules
        for name, one in vars(module).items()
        if isinstance(one, type) and issubclass(one, FactData) and one.__module__ == module.__name__
        if "fact" in one.model_fields
    }


def kinds_of(union: Any) -> Iterator[type]:
    """Yield the kinds of an annotated union, those of unions within it too."""
    for one in get_args(union):
        if isinstance(one, type) and issubclass(one, FactData):
            yield one
        else:
            yield from kinds_of(one)


def test_every_fact_that_a_room_declares_is_in_the_catalog() -> None:
    assert declared() == dict(KINDS)


def test_the_catalog_reads_every_kind_that_it_lists() -> None:
    assert sorted(one.__name__ for one in kinds_of(KnownFactData)) == sorted(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_a_fact_says_its_own_name_and_what_it_means(name: str) -> None:
    assert KINDS[name].model_fields["fact"].default == name
    assert len((KINDS[name].__doc__ or "").split()) > 3


@cache
def makers() -> tuple[str, ...]:
    """Return every module that may make facts."""
    return tuple(path.read_text() for path in KASSA.rglob("*.py") if path not in LISTS)


@pytest.mark.parametrize("name", KINDS)
def test_every_fact_is_made_by_somebody(name: str) -> None:
    made = re.compile(rf"\bfacts\.{name}\b|\b{name}(\.model_validate)?\(")  # not only looked for
    assert any(name in text and made.search(text) for text in makers())


@pytest.mark.parametrize("name", KINDS)
def test_every_field_of_a_fact_is_archived_or_known_to_be_left_out(name: str) -> None:
    """What requests, answers, invoices, orders and measurements hold beyond is in `details`."""
    names = set(KINDS[name].model_fields) - warehouse.COLUMNS
    detailed = RequestFactData | InvoiceFactData | PaymentAttributed | MeasuredFactData
    detailed |= AnswerFactData
    left_out = set() if issubclass(KINDS[name], detailed) else names
    assert left_out == NOT_ARCHIVED.get(name, set())


def test_the_archive_has_a_column_for_every_field_of_a_row() -> None:
    row = set(warehouse._row(captured("pi_1", datetime(2026, 11, 21, tzinfo=UTC), (1, "EUR"))))
    sql = (warehouse.QUERIES / "archive.sql").read_text()
    flat_sql = re.sub(r"STRUCT\(.*?\)\[\]", "VARCHAR", sql, flags=re.S)
    assert set(re.findall(r"(\w+): '", flat_sql)) == row
    assert warehouse.COLUMNS - {"amount", "movement"} <= row


@pytest.mark.parametrize("rule", [*resources("Events::Rule")])
def test_a_rule_lets_through_only_facts_that_there_are(rule: str) -> None:
    pattern = resources("Events::Rule")[rule]["EventPattern"]
    assert set(pattern.get("detail-type", [])) <= set(KINDS)
