"""Mistakes in how numbers are taken: each function makes a wrong one of a right one."""

from typing import Any

from botocore.exceptions import ClientError

from kassa.billing.invoices import store as invoices
from kassa.core.errors import StaleWrite
from kassa.platform import aws, keys, table


def counting_apart(real: Any) -> Any:
    """Take the number in a write of its own, then write the invoice."""

    def keep(self: Any, invoice: Any, before: Any, after: Any) -> None:
        client = aws.client("dynamodb")
        writes = [
            {"Put": invoices._new(invoices._invoice_key(invoice), invoices._fields(invoice))},
            {"Put": invoices._new(keys.invoiced(invoice.fact_id), invoices._pointer(invoice))},
        ]
        try:
            client.put_item(**invoices._counted(before, after))
            client.transact_write_items(TransactItems=writes)
        except ClientError as error:
            if table.is_cancelled(error) or table.is_refused(error):
                raise StaleWrite from error
            raise

    return keep


def asking_first(real: Any) -> Any:
    """Trust the question whether a capture was invoiced; write without asking again."""

    def new(key: Any, fields: Any) -> dict[str, Any]:
        put: dict[str, Any] = real(key, fields)
        if key.PK.startswith("INVOICED#"):
            del put["ConditionExpression"]
        return put

    return new
