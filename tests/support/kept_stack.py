"""A scene that many tests of a file begin with: played once, and put back for each further one."""

from collections.abc import Callable
from typing import Any

from kassa.platform import aws
from tests.support.aws_stack import Stack


class KeptScene:
    """What a scene leaves in the table and the bucket; messages and facts on the bus are not."""

    def __init__(self) -> None:
        self._items: list[dict[str, Any]] | None = None
        self._objects: list[dict[str, Any]] = []

    def begin(self, stack: Stack, play: Callable[[], object]) -> None:
        """Play the scene, or put back what it left the first time."""
        if self._items is None:
            play()
            self._items, self._objects = stack.items(), list(_objects(stack.bucket))
            return
        dynamodb, s3 = aws.client("dynamodb"), aws.client("s3")
        for item in self._items:
            dynamodb.put_item(TableName=stack.table, Item=item)
        for kept in self._objects:
            s3.put_object(Bucket=stack.bucket, **kept)


def _objects(bucket: str) -> list[dict[str, Any]]:
    s3 = aws.client("s3")
    listed = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    read = {one["Key"]: s3.get_object(Bucket=bucket, Key=one["Key"]) for one in listed}
    return [
        {"Key": key, "Body": found["Body"].read()}
        | {name: found[name] for name in ("ContentType", "CacheControl") if found.get(name)}
        for key, found in read.items()
    ]
