"""A large month takes one request for each document, and memory for a part of the archive."""

import tracemalloc
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest

from kassa.billing.handover import packing, store
from kassa.billing.handover.build_handover import build_handover
from kassa.billing.handover.manifest import Noted
from kassa.billing.handover.month import Month
from kassa.billing.numbering.store import Numbers
from kassa.core.merchant import Merchant
from kassa.platform import aws, table
from kassa.platform.settings import settings
from tests.support.aws_stack import FakeClock, Stack, objects
from tests.support.handovers import Office

NOVEMBER = datetime(2026, 11, 20, 12, tzinfo=UTC)
THIRD = datetime(2026, 12, 3, 4, 30, tzinfo=UTC)
DOCUMENTS = 300
PDF_BYTES, MIB = 220_000, 1 << 20


class Nowhere:
    """An output that keeps nothing but the number of its parts and bytes."""

    def __init__(self) -> None:
        self.parts = self.size = 0

    def noted(self) -> Sequence[Noted]:
        return ()

    def write(self, part: bytes) -> None:
        self.parts, self.size = self.parts + 1, self.size + len(part)

    def note(self, noted: Noted) -> None: ...

    def finish(self) -> None: ...


@pytest.fixture(autouse=True)
def _over_the_wire(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let botocore see each call to S3, so that it can be counted, and ended."""
    monkeypatch.setattr(objects, "is_open", False)


@pytest.fixture
def asked(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Count what bucket and table are asked for."""
    asked = Counter[str]()

    def seen(params: dict[str, Any], model: Any, **_: Any) -> None:
        asked[model.name] += 1

    get, get_all = table.get, table.get_all
    monkeypatch.setattr(table, "get", lambda key: (asked.update(["GetItem"]), get(key))[1])
    monkeypatch.setattr(
        table, "get_all", lambda keys: (asked.update(["BatchGetItem"]), get_all(keys))[1]
    )
    aws.client("s3").meta.events.register("provide-client-params.s3", seen)
    yield asked
    aws.client("s3").meta.events.unregister("provide-client-params.s3", seen)


def test_three_hundred_documents_are_read_by_a_request_each(
    stack: Stack, fake_clock: FakeClock, asked: Counter[str]
) -> None:
    office = Office(stack, fake_clock)
    for _ in range(DOCUMENTS):
        office.issue(NOVEMBER)
    asked.clear()
    assert office.fire(THIRD)["is_built"]

    assert asked["GetObject"] == DOCUMENTS + 1  # and where the upload was begun
    assert asked["BatchGetItem"] == 2 * DOCUMENTS / table.AT_ONCE  # for documents, for tables
    assert asked["GetItem"] < 100
    assert sum(asked.values()) < DOCUMENTS + 2 * DOCUMENTS / table.AT_ONCE + 110


def test_memory_holds_a_part_of_an_archive_and_not_all_of_it(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    pdf = b"%PDF" + b"0" * PDF_BYTES
    monkeypatch.setattr(store, "_read", lambda _: bytes(bytearray(pdf)))
    monkeypatch.setattr(packing, "PART_BYTES", 4 * MIB)
    office, output = Office(stack, fake_clock), Nowhere()
    for _ in range(600):
        document = office.issue(NOVEMBER, forms="")
        Numbers().note_document(document, "pdf", sha256(pdf).hexdigest())
    fake_clock.at = THIRD
    merchant = Merchant.from_settings(settings().model_dump())
    tracemalloc.start()
    built = build_handover(Month(2026, 11), merchant, output, lambda: 900.0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert built is not None
    assert (built.documents, built.lacking) == (600, ())
    assert output.size > 120 * MIB
    assert peak < 32 * MIB  # a part twice, and 32 documents that were read together
