"""What SQS hands to generate_invoice, and the documents that are kept."""

import json
from typing import Any

from kassa.billing.invoices.invoice import Invoice
from kassa.billing.invoices.store import read_invoice
from kassa.billing.numbering.store import Numbers
from kassa.ledger.facts import LedgerFact
from kassa.platform import aws
from tests.support.aws_stack import NOW, Stack
from tests.support.facts import captured


def order_captured(number: int = 1, **fields: Any) -> LedgerFact:
    return captured(f"pi_{number}", NOW, (100_00, "EUR"), order_id=f"order-{number}", **fields)


def fact_batch(*facts: LedgerFact | str) -> dict[str, Any]:
    records = []
    for number, fact in enumerate(facts):
        body = fact if isinstance(fact, str) else json.dumps({"detail": json.loads(dumped(fact))})
        records.append({"messageId": f"m{number}", "body": body, "eventSource": "aws:sqs"})
    return {"Records": records}


def dumped(fact: LedgerFact) -> str:
    return fact.model_dump_json(exclude_none=True)


def invoice_documents(stack: Stack) -> dict[str, bytes]:
    client = aws.client("s3")
    listed = client.list_objects_v2(Bucket=stack.bucket, Prefix="invoices/").get("Contents", [])
    return {
        one["Key"]: client.get_object(Bucket=stack.bucket, Key=one["Key"])["Body"].read()
        for one in listed
        if one["Key"].endswith(".pdf")
    }


def stored_form(stack: Stack, path: str) -> bytes:
    """Return what stands in the bucket of a document of the merchant's."""
    stored = aws.client("s3").get_object(Bucket=stack.bucket, Key=f"invoices/main/{path}")
    body: bytes = stored["Body"].read()
    return body


def invoice_of(fact_id: str) -> Invoice | None:
    """Return the invoice that a capture has."""
    item = Numbers().of_source(fact_id)
    return read_invoice(item) if item else None
