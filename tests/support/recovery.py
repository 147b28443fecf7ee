"""Books restored, built again and replayed in a test."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from kassa.ledger import raw_archive as archive
from kassa.platform import aws
from kassa.platform.settings import settings
from kassa.recovery.rebuild_books import Rebuilding, moments
from kassa.recovery.refolding import Difference
from kassa.recovery.replay_events import Shadow, Window, touched
from tests.support.aws_stack import NOW, Stack
from tests.support.local_table import create_table

OF_BOOKS = ("EVENT#", "STATE", "OBJECT#", "ALIAS")


def is_of_books(item: dict[str, Any]) -> bool:
    """Whether an item is made of events alone."""
    return bool(item["SK"]["S"].startswith(OF_BOOKS)) and "INVOICE" not in item["PK"]["S"]


def restored(stack: Stack, monkeypatch: pytest.MonkeyPatch, lost: Iterable[str] = ()) -> None:
    """Make a table that has all but the books, and all but the partitions lost; adopt it."""
    dynamodb = aws.client("dynamodb")
    create_table(dynamodb, "restored")
    for item in stack.items():
        if not is_of_books(item) and not item["PK"]["S"].startswith(tuple(lost) or "-"):
            dynamodb.put_item(TableName="restored", Item=item)
    monkeypatch.setenv("TABLE_NAME", "restored")
    settings.cache_clear()


def rebuild() -> list[str]:
    """Book the whole archive again; return what couldn't be booked."""
    rebuilding = Rebuilding()
    found = [one for day in archive.days() for one in moments(day)]
    return [line for one in found for line in rebuilding.book(one).failed]


DAY = Window(begins_at=NOW - timedelta(days=1), ends_at=NOW + timedelta(days=1))


def differences(window: Window = DAY) -> list[Difference]:
    """Fold all that a window touches."""
    scratch = Shadow()
    return [one for of in touched(window).subjects for one in scratch.refolded(of).differences]
