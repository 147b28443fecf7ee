"""How often gateway accounts spoke: counted from the list of booked events, kept an item each.

The list is there anyway, so that no event costs a write more. What Kassa fetched itself, balance
transactions and look-ups, isn't speech and doesn't count.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import chain

from kassa.gateways.events import FETCHED, SubjectKind
from kassa.monitoring.heartbeat import Heartbeat, hour_of
from kassa.platform import keys, table

NAME = "heartbeat"  # kept beside the account's cursors
Account = tuple[str, str]  # gateway and account


def read(gateway: str, account: str) -> Heartbeat | None:
    """Return how an account has spoken so far; nothing before it is first listened to."""
    item = table.get(keys.cursor(gateway, account, NAME))
    if item is None:
        return None
    return Heartbeat(
        begins=int(item["begins"]),
        counts=tuple(map(int, item["counts"].split())),
        counted_until=item["counted_until"],
        received_until=item.get("received_until"),
    )


def keep(gateway: str, account: str, beat: Heartbeat) -> None:
    """Keep how an account has spoken; two that count the same keep the same."""
    sets = {
        "begins": beat.begins,
        "counts": " ".join(map(str, beat.counts)),
        "counted_until": beat.counted_until.isoformat(),
    }
    if beat.received_until:
        sets["received_until"] = beat.received_until.isoformat()
    table.write("update_item", **table.setting(keys.cursor(gateway, account, NAME), sets))


def counted(gateway: str, account: str, since: datetime, until: datetime) -> dict[int, int]:
    """Count the events of an account that were booked between two instants, by hours."""
    found: dict[int, int] = {}
    for begins, ends in _hours(since, until):
        events = sum(_booked(gateway, account, begins, ends, n) for n in range(keys.BOOKED_SHARDS))
        if events:
            found[hour_of(begins)] = events
    return found


def last_spoke(accounts: Iterable[Account], days: Iterable[date]) -> dict[Account, datetime]:
    """Return when an event that each account sent by itself was booked last, of the days.

    The days come newest first; one that didn't speak on any isn't in the answer.
    """
    waiting, found = set(accounts), dict[Account, datetime]()
    for day in days:
        if not waiting:
            break
        of_shards = (_newest(day, shard, waiting) for shard in range(keys.BOOKED_SHARDS))
        for account, at in chain.from_iterable(newest.items() for newest in of_shards):
            found[account] = max(at, found.get(account, at))
        waiting = waiting - found.keys()
    return found


def _newest(day: date, shard: int, accounts: set[Account]) -> dict[Account, datetime]:
    """Return the newest event of each account in a shard of a day, reading no further than that."""
    found: dict[Account, datetime] = {}
    condition, values = _of_accounts(accounts)
    pages = table.pages(
        IndexName="GSI1",
        KeyConditionExpression="GSI1PK = :day",
        FilterExpression=condition,
        ExpressionAttributeValues=table.typed(
            {":day": keys.booked(day.isoformat(), shard)} | values
        ),
        ScanIndexForward=False,
    )
    for item in chain.from_iterable(pages):
        _, gateway, account, _ = str(item["PK"]).split("#", 3)
        at = datetime.fromisoformat(str(item["GSI1SK"]).partition("#")[0])
        found.setdefault((gateway, account), at)
        if len(found) == len(accounts):
            break
    return found


def _hours(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Cut a span at every full hour, and so at every day."""
    while since < until:
        full = since.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        yield since, min(full, until)
        since = full


def _booked(gateway: str, account: str, begins: datetime, ends: datetime, shard: int) -> int:
    condition, values = _of_accounts({(gateway, account)})
    pages = table.pages(
        IndexName="GSI1",
        KeyConditionExpression="GSI1PK = :day AND GSI1SK BETWEEN :begins AND :ends",
        FilterExpression=condition,
        ExpressionAttributeValues=table.typed(
            {":day": keys.booked(begins.date().isoformat(), shard)}
            | {":begins": _listed(begins), ":ends": _listed(ends)}
            | values
        ),
    )
    return sum(len(page) for page in pages)


def _of_accounts(accounts: set[Account]) -> tuple[str, dict[str, str]]:
    """Return the condition on events that accounts sent, not we fetched, and its values."""
    every = ((kind, *account) for account in sorted(accounts) for kind in SubjectKind)
    subjects = {f":subject{n}": keys.subject(*one, "") for n, one in enumerate(every)}
    fetched = {f":fetched{n}": keys.event("", name).SK for n, name in enumerate(FETCHED)}
    of_account = " OR ".join(f"begins_with(PK, {name})" for name in subjects)
    not_fetched = " AND ".join(f"NOT begins_with(SK, {name})" for name in fetched)
    return f"({of_account}) AND {not_fetched}", subjects | fetched


def _listed(at: datetime) -> str:
    """Return an instant as the list of booked events orders it."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
