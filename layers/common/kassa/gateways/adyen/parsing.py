"""What Kassa itself writes of Adyen for its own queue, as Adyen's reader reads it."""

import json

from kassa.gateways.refunds import RefundAsk

LINE, NAMED = "settlement_line", "named_refund"  # under "kassa", which no webhook has


def line_body(line: dict[str, str], object_id: str, captures_later: bool = False) -> bytes:
    """Write a line of a settlement report under a name of ours, and how its account captures."""
    said = {"kassa": LINE, "object_id": object_id, "line": line, "captures_later": captures_later}
    return json.dumps(said).encode()


def named_refund(ask: RefundAsk, refund_id: str) -> bytes:
    """Say which ask a refund came of: Adyen's webhooks don't give our name back for sure."""
    said = {
        "kassa": NAMED,
        "refund_id": refund_id,
        "asked": ask.asked,
        "payment_id": ask.payment.subject_id,
        **ask.amount.model_dump(),  # as we count
    }
    return json.dumps(said).encode()
