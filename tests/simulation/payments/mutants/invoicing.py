"""Mistakes in how numbers are taken: each function makes a wrong one of a right one."""

from typing import Any

from botocore.exceptions import ClientError

from kassa.billing.numbering import store as numbers
from kassa.billing.numbering.record import hashed, text_of
from kassa.core.errors import StaleWrite
from kassa.platform import aws, keys, table


def counting_apart(real: Any) -> Any:
    """Take the number in a write of its own, then write the invoice."""

    def keep(self: Any, entry: Any, move: Any, beside: Any, update: Any = None) -> Any:
        client, text = aws.client("dynamodb"), text_of(entry)
        fields = beside | {"entry": text, "entry_hash": hashed(text)}
        writes = [
            {"Put": numbers._new(numbers.key_of(entry), fields)},
            {"Put": numbers._new(keys.invoiced(entry.source_id), numbers.pointer(entry))},
        ]
        try:
            client.update_item(**numbers.headed(move))
            client.transact_write_items(TransactItems=writes)
        except ClientError as error:
            if table.is_cancelled(error) or table.is_refused(error):
                raise StaleWrite from error
            raise
        return fields

    return keep


def counting_first(real: Any) -> Any:
    """Trust the question whether a capture was invoiced; write without asking again."""

    def new(key: Any, fields: Any) -> dict[str, Any]:
        put: dict[str, Any] = real(key, fields)
        if key.PK.startswith("INVOICED#"):
            del put["ConditionExpression"]
        return put

    return new
