"""People of tests who go by a bare name instead of an id, kept as persons who may approve."""

from hashlib import sha256

from kassa.people.persons import Role
from kassa.platform import aws, keys, table
from kassa.platform.settings import settings
from tests.support.builders import NOW

NAMES = ("anna", "bert", "carl", "clerk")


def let_approve(*names: str) -> None:
    """Keep persons under these names, who may approve refunds from now on."""
    for name in names:
        item = keys.person(name)._asdict() | {
            "person_id": f"person_{sha256(name.encode()).hexdigest()[:12]}",
            "name": name,
            "roles": {Role.APPROVER.value},
            "created_at": NOW.isoformat(),
        }
        client, typed = aws.client("dynamodb"), table.typed(item)
        client.put_item(TableName=settings().table_name, Item=typed)
