"""Rows of a past that couldn't be booked: what waits of them in the events' dead-letter queue."""

import json
from collections.abc import Iterator
from typing import Any

from rich.markup import escape

from cli.acting import acting
from cli.connection import resend_clients
from cli.failures.dead_letters import Letter, read
from cli.failures.dlq import COLUMNS, count, source_of, take, why
from cli.listing import Listing
from cli.output import instant, print_json, say
from infra.stack import Stack
from kassa.platform.messaging import failures

DLQ, QUEUE = "EventsDeadLetterQueue", "EventsQueue"


def show(stack: Stack, of: str | None, as_json: bool) -> None:
    """List the rows that failed, with their reasons; they stay where they are.

    `of` names a gateway, or an import by its id; none: all of them.
    """
    sqs, url = stack.client("sqs"), stack.queues[DLQ]
    taken = list(take(sqs, url, count(stack).get(DLQ, 0)))
    for message in taken:
        _put_back(sqs, url, message)
    mine = [one for one in taken if _is_row(one, of)]
    known = failures.find(source_of(stack, DLQ), [one["MessageId"] for one in mine])
    letters = [read(one, known.get(one["MessageId"])) for one in mine]
    if as_json:
        print_json(letters)
        return
    if not letters:
        say("No row failed.")
        return
    shown = Listing("Rows that failed", COLUMNS, {"What it is", "Message"})
    for one in letters:
        reason = escape(one.content), *why(one.why)
        shown.add_row(*reason, instant(one.sent_at), one.message_id)
    shown.print()


def repeat(stack: Stack, of: str | None, as_json: bool) -> None:
    """Send the rows that failed in again, of all or as `show` takes them; whatever else stays."""
    with acting(stack, "dead_letters.redrive", f"queue/{DLQ}", "import"):
        sent = list(_sent_again(stack, of))
    if as_json:
        print_json({"queue": DLQ, "to": QUEUE, "moved": len(sent), "messages": sent})
        return
    rows = "row is" if len(sent) == 1 else "rows are"
    say(f"{len(sent)} {rows} on the way again.")


def _sent_again(stack: Stack, of: str | None) -> Iterator[Letter]:
    waiting, url = count(stack).get(DLQ, 0), stack.queues[DLQ]
    sqs = resend_clients(stack)["sqs"] if waiting else stack.client("sqs")
    for message in list(take(sqs, url, waiting)):
        if not _is_row(message, of):
            _put_back(sqs, url, message)
            continue
        sqs.send_message(QueueUrl=stack.queues[QUEUE], MessageBody=message["Body"])
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        yield read(message)


def _put_back(sqs: Any, url: str, message: dict[str, Any]) -> None:
    sqs.change_message_visibility(
        QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
    )


def _is_row(message: dict[str, Any], of: str | None) -> bool:
    """Tell whether a message is a row that was imported, of the gateway or import that is meant."""
    try:
        delivery = json.loads(message["Body"])
        is_import = delivery["origin"] == "import"
        return is_import and of in (None, delivery["gateway"], delivery.get("import_id"))
    except (ValueError, KeyError, TypeError):
        return False
