"""The table's door: plain values to DynamoDB's typed ones and back, and what its errors mean."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from kassa.core.errors import StaleWrite
from kassa.platform import aws
from kassa.platform.keys import Key
from kassa.platform.settings import settings

Item = dict[str, Any]
AT_ONCE = 100  # a batch get takes no more
_BUSY = {  # of the table, of other services, and of a transaction's parts
    *("ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException"),
    *("Throttling", "RequestThrottled", "TooManyRequestsException", "SlowDown"),
    *("ProvisionedThroughputExceeded", "ThrottlingError"),
}


class _Serializer(TypeSerializer):  # type: ignore[misc]
    """Types texts at once, which most values are; the SDK's tries every other type before."""

    def serialize(self, value: Any) -> dict[str, Any]:
        return {"S": value} if type(value) is str else super().serialize(value)


_serializer = _Serializer()
_deserializer = TypeDeserializer()


def typed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as DynamoDB's wire types."""
    return {name: _serializer.serialize(value) for name, value in values.items()}


def plain(item: Mapping[str, Any]) -> Item:
    """Return a wire item as plain values; numbers are Decimal, as DynamoDB keeps them."""
    return {name: _deserializer.deserialize(value) for name, value in item.items()}


def key(of: Key) -> dict[str, Any]:
    """Return a key as DynamoDB's wire types."""
    return {"PK": {"S": of.PK}, "SK": {"S": of.SK}}


def get(of: Key) -> Item | None:
    """Read one item, consistently."""
    answer = aws.client("dynamodb").get_item(
        TableName=settings().table_name, Key=key(of), ConsistentRead=True
    )
    return plain(answer["Item"]) if "Item" in answer else None


def get_all(keys: list[Key], is_consistent: bool = True) -> dict[Key, Item]:
    """Read items, consistently by default; what isn't there is left out."""
    table, client = settings().table_name, aws.client("dynamodb")
    found: dict[Key, Item] = {}
    if len(keys) > AT_ONCE:
        found = get_all(keys[AT_ONCE:], is_consistent)
    first = [key(of) for of in keys[:AT_ONCE]]
    unread = {table: {"Keys": first, "ConsistentRead": is_consistent}} if first else {}
    while unread:
        answer = client.batch_get_item(RequestItems=unread)
        for item in map(plain, answer["Responses"].get(table, [])):
            found[Key(item["PK"], item["SK"])] = item
        unread = answer.get("UnprocessedKeys") or {}
    return found


def query(**arguments: Any) -> tuple[list[Item], dict[str, Any] | None]:
    """Run one page of a query; the second value is where the next page starts, if any."""
    answer = aws.client("dynamodb").query(TableName=settings().table_name, **arguments)
    return [plain(item) for item in answer["Items"]], answer.get("LastEvaluatedKey")


def newest(partition: str) -> Item | None:
    """Return the last item of a partition, as of now; of versions, the one saved last."""
    found, _ = query(
        KeyConditionExpression="PK = :partition",
        ExpressionAttributeValues=typed({":partition": partition}),
        ScanIndexForward=False,
        ConsistentRead=True,
        Limit=1,
    )
    return found[0] if found else None


def newest_first(partition: str, page: int | None = None) -> Iterator[Item]:
    """Yield a partition's items, as of now, the last one first; read as far as they are taken.

    `page` is how many are read at once, where few are usually taken.
    """
    limit = {"Limit": page} if page else {}
    found = pages(
        KeyConditionExpression="PK = :partition",
        ExpressionAttributeValues=typed({":partition": partition}),
        ScanIndexForward=False,
        ConsistentRead=True,
        **limit,
    )
    return chain.from_iterable(found)


def oldest(partition: str) -> list[Item]:
    """Return the first items of a list, oldest first: as many as one batch get returns."""
    listing, _ = query(
        IndexName="GSI1",
        KeyConditionExpression="GSI1PK = :list",
        ExpressionAttributeValues=typed({":list": partition}),
        Limit=AT_ONCE,
    )
    listed = [Key(item["PK"], item["SK"]) for item in listing]
    found = get_all(listed)
    return [found[of] for of in listed if of in found]


def pages(**arguments: Any) -> Iterator[list[Item]]:
    """Run a query page by page, to its end or as far as they are asked for."""
    start: dict[str, Any] = {}
    while True:
        found, last = query(**arguments, **start)
        yield found
        if last is None:
            return
        start = {"ExclusiveStartKey": last}


def write(method: str, **arguments: Any) -> dict[str, Any] | None:
    """Do one write outside a transaction; nothing comes back where its condition didn't hold.

    Raises StaleWrite where a transaction is at the same item just now: the SDK doesn't try again.
    """
    try:
        named = {"TableName": settings().table_name} | arguments
        answer: dict[str, Any] = getattr(aws.client("dynamodb"), method)(**named)
    except ClientError as error:
        if is_refused(error):
            return None
        if _code(error) == "TransactionConflictException":
            raise StaleWrite("another write is at the same item just now") from error
        raise
    return answer


def put_new(item: Mapping[str, Any]) -> bool:
    """Put an item if its key has none yet; tell whether it was put."""
    return write("put_item", **putting(item)) is not None


def count_below(of: Key, name: str, most: int, expires_at: int) -> bool:
    """Count one more under a name; tell whether there was room for it. Held until it expires."""
    if most < 1:
        return False
    counted = write(
        "update_item",
        Key=key(of),
        UpdateExpression="ADD #name :one SET expires_at = :expires_at",
        ConditionExpression="attribute_not_exists(#name) OR #name < :most",
        ExpressionAttributeNames={"#name": name},
        ExpressionAttributeValues=typed({":one": 1, ":most": most, ":expires_at": expires_at}),
    )
    return counted is not None


def putting(item: Mapping[str, Any], read: int | None = None) -> dict[str, Any]:
    """Return the arguments of a put over the version read; none was read where none may stand."""
    put: dict[str, Any] = {"TableName": settings().table_name, "Item": typed(item)}
    if read is None:
        return put | {"ConditionExpression": "attribute_not_exists(PK)"}
    return put | {
        "ConditionExpression": "#version = :read",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": typed({":read": read}),
    }


def on_version(of: Key, sets: Mapping[str, Any], read: int | None) -> dict[str, Any]:
    """Return the arguments of an update on the version read, and leave its queue where unnamed.

    An item that was never read must not be there yet.
    """
    if read is None:
        return setting(of, sets, ConditionExpression="attribute_not_exists(PK)")
    asleep = [name for name in ("GSI2PK", "GSI2SK") if name not in sets]
    return setting(of, sets, asleep, ConditionExpression="#version = :read", values={":read": read})


def setting(
    of: Key, sets: Mapping[str, Any], removes: Iterable[str] = (), **more: Any
) -> dict[str, Any]:
    """Return the arguments of an update that leaves every attribute it doesn't name as it is.

    So what a newer release keeps beside ours survives. `more` names a condition with its values.
    """
    gone = tuple(removes)
    assignments = [f"#{name} = :{name}" for name in sets]
    expression = "SET " + ", ".join(assignments)
    if gone:
        expression += " REMOVE " + ", ".join(f"#{name}" for name in gone)
    values = typed({f":{name}": value for name, value in sets.items()})
    return {
        "Key": key(of),
        "UpdateExpression": expression,
        "ExpressionAttributeNames": {f"#{name}": name for name in (*sets, *gone)},
        "ExpressionAttributeValues": values | typed(more.pop("values", {})),
        **more,
    }


def reasons(error: ClientError) -> list[str]:
    """Return why each part of a transaction was refused; ["None"] where one was not."""
    reasons = error.response.get("CancellationReasons") or []
    return [str(reason.get("Code", "None")) for reason in reasons]


def is_refused(error: ClientError) -> bool:
    """Whether a single write's condition did not hold."""
    return _code(error) == "ConditionalCheckFailedException"


def is_cancelled(error: ClientError) -> bool:
    """Whether a transaction was cancelled, for whatever reason."""
    return _code(error) == "TransactionCanceledException"


def is_busy(error: ClientError) -> bool:
    """Whether AWS takes no more just now, also after the SDK's own retries."""
    return not _BUSY.isdisjoint((_code(error), *reasons(error)))


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])
