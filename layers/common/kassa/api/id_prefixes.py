"""Finds what an id begins with, for people: what was booked or requested on some days.

Reads the index's keys alone. Answers are as many as a person can choose from, no more.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import NamedTuple, TypeVar

from kassa.gateways.events import Subject, SubjectKind
from kassa.orders import keys as order_keys
from kassa.platform import keys, table
from kassa.refunds import keys as refund_keys

FOUND_MAX = 6  # one more than is shown of an ambiguous prefix
Account = tuple[str, str]
T = TypeVar("T", bound=Hashable)
_PAYMENT = SubjectKind.PAYMENT


class FoundEvent(NamedTuple):
    """An event and the UTC day it was booked on."""

    event_id: str
    day: date


def events(prefix: str, days: Iterable[date]) -> list[FoundEvent]:
    """Return events whose ids begin so, of the days in their order."""
    begins = keys.event("", prefix).SK
    found = (
        FoundEvent(str(item["SK"]).removeprefix(keys.EVENT), day)
        for day in days
        for item in _booked(day, "SK", [begins])
    )
    return list(islice(_once(found), FOUND_MAX))


def payments(prefix: str, accounts: Iterable[Account], days: Iterable[date]) -> list[Subject]:
    """Return payments of accounts whose ids begin so and that had an event booked on the days."""
    every = {keys.subject(_PAYMENT, *account, ""): account for account in accounts}
    begins = [f"{partition}{prefix}" for partition in every]
    found = (
        _payment(every, str(item["PK"])) for day in days for item in _booked(day, "PK", begins)
    )
    return list(islice(_once(found), FOUND_MAX))


def refund_requests(prefix: str, merchant_id: str, days: Iterable[date]) -> list[str]:
    """Return refund requests whose ids begin so: those of the days, and all that wait."""
    waiting = {"IndexName": "GSI2", "KeyConditionExpression": "GSI2PK = :list"}
    requested = {"IndexName": "GSI1", "KeyConditionExpression": "GSI1PK = :list"}
    lists = [(waiting, refund_keys.ESCALATED)]
    lists += [(requested, refund_keys.requested(merchant_id, day.isoformat())) for day in days]
    found = (
        str(item["PK"]).removeprefix(refund_keys.refund(""))
        for index, listed in lists
        for page in table.pages(
            **index,
            FilterExpression="begins_with(PK, :prefix)",
            ExpressionAttributeValues=table.typed(
                {":list": listed, ":prefix": refund_keys.refund(prefix)}
            ),
        )
        for item in page
    )
    return list(islice(_once(found), FOUND_MAX))


def orders(prefix: str, merchant_id: str, days: Iterable[date]) -> list[str]:
    """Return orders whose ids begin so, that were first sent on the days."""
    begins = order_keys.order(merchant_id, prefix)
    found = (
        str(item["PK"]).removeprefix(order_keys.order(merchant_id, ""))
        for day in days
        for shard in range(keys.BOOKED_SHARDS)
        for page in table.pages(
            IndexName="GSI1",
            KeyConditionExpression="GSI1PK = :list",
            FilterExpression="begins_with(PK, :prefix)",
            ExpressionAttributeValues=table.typed(
                {
                    ":list": order_keys.ordered(merchant_id, day.isoformat(), shard),
                    ":prefix": begins,
                }
            ),
        )
        for item in page
    )
    return list(islice(_once(found), FOUND_MAX))


def mapping_versions(prefix: str, gateway: str, account: str) -> list[str]:
    """Return versions of an account's mapping whose names begin so."""
    key = keys.mapping_version(gateway, account, prefix)
    found, _ = table.query(
        KeyConditionExpression="PK = :mapping AND begins_with(SK, :version)",
        ExpressionAttributeValues=table.typed({":mapping": key.PK, ":version": key.SK}),
        Limit=FOUND_MAX,
    )
    return [str(item["version"]) for item in found]


def _booked(day: date, attribute: str, prefixes: list[str]) -> Iterator[table.Item]:
    """Yield the index's entries of a day, in which an attribute begins in one of these ways."""
    begins = {f":begins{number}": prefix for number, prefix in enumerate(prefixes)}
    for shard in range(keys.BOOKED_SHARDS):
        listed = keys.booked(day.isoformat(), shard)
        pages = table.pages(
            IndexName="GSI1",
            KeyConditionExpression="GSI1PK = :list",
            FilterExpression=" OR ".join(f"begins_with({attribute}, {name})" for name in begins),
            ExpressionAttributeValues=table.typed({":list": listed} | begins),
        )
        for page in pages:
            yield from page


def _payment(every: Mapping[str, Account], partition: str) -> Subject:
    begins = next(one for one in every if partition.startswith(one))
    gateway, account = every[begins]
    return Subject(
        gateway=gateway,
        account=account,
        kind=_PAYMENT,
        subject_id=partition.removeprefix(begins),
    )


def _once(found: Iterable[T]) -> Iterator[T]:
    seen: set[T] = set()
    for one in found:
        if one not in seen:
            seen.add(one)
            yield one
