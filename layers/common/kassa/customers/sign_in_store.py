"""Sign-in codes in the table: one for each address, the newest in place of the one before."""

from datetime import datetime, timedelta
from typing import Any

from kassa.core import stored
from kassa.customers import keys
from kassa.customers.sign_in_code import LOCATOR_DIGITS, TRIES_MAX, SignInCode
from kassa.platform import table
from kassa.platform.keys import Key
from kassa.platform.settings import settings

_KEPT = timedelta(hours=1)  # after its end; a message that comes late still says why it isn't sent
_ITSELF = "code_id = :id AND attribute_not_exists(redeemed_at)"


def keep(merchant_id: str, code: SignInCode) -> None:
    """Keep a code in place of the one before, which lets nobody in any more."""
    expires_at = int((code.ends_at + _KEPT).timestamp())
    item = _key(merchant_id, code.code_id)._asdict() | stored.plain(code, exclude_none=True)
    table.write("put_item", Item=table.typed(item | {"expires_at": expires_at}))


def find(merchant_id: str, code_id: str) -> SignInCode | None:
    """Return the code that the address of a code has now: this one, or one that came after it."""
    item = table.get(_key(merchant_id, code_id))
    return _code(item) if item else None


def take_try(merchant_id: str, code_id: str) -> SignInCode | None:
    """Count a try at a code before anybody looks whether it is right, and return the code.

    None where there is no such code, it was replaced or redeemed, or its tries are used up; so
    tries at once are no more than tries in turn.
    """
    answer = table.write(
        "update_item",
        Key=table.key(_key(merchant_id, code_id)),
        UpdateExpression="ADD tries :one",
        ConditionExpression=f"{_ITSELF} AND tries < :most",
        ExpressionAttributeValues=table.typed({":id": code_id, ":one": 1, ":most": TRIES_MAX}),
        ReturnValues="ALL_NEW",
    )
    return _code(table.plain(answer["Attributes"])) if answer else None


def redeeming(merchant_id: str, code_id: str, now: datetime) -> dict[str, Any]:
    """Return the write that redeems a code, once; it fails where it was replaced meanwhile."""
    update = table.setting(
        _key(merchant_id, code_id),
        {"redeemed_at": now.isoformat()},
        ConditionExpression=_ITSELF,
        values={":id": code_id},
    )
    return {"Update": {"TableName": settings().table_name} | update}


def _key(merchant_id: str, code_id: str) -> Key:
    return keys.sign_in_code(merchant_id, code_id[:LOCATOR_DIGITS])


def _code(item: table.Item) -> SignInCode:
    return stored.read_fields(SignInCode, item)
