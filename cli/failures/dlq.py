"""`kassa dlq`: what waits in the dead-letter queues, and how it goes back once the cause is fixed.

Redrive is receive, send, delete: at least once, as every consumer here expects. A message leaves
its DLQ only after the queue it goes to took it.
"""

from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.acting import acting
from cli.connection import connect, resend_clients
from cli.failures.dead_letters import Letter, Why, invoked_with, read
from cli.ids import the_one
from cli.listing import Listing
from cli.output import AsJson, console, in_one_line, instant, print_json, say, table
from cli.stack import current
from cli.whole_numbers import between
from infra.stack import Stack
from kassa.core.errors import InvalidRequest
from kassa.platform.messaging import failures

app = typer.Typer(no_args_is_help=True, help="Dead-letter queues: list, show, redrive.")

DLQ = "DeadLetterQueue"
COLUMNS = ["What it is", "Why", "Tried", "Sent (UTC)", "Message"]
TAKEN_S = 60  # how long a message stays ours while it is moved
BATCH = 10
INVOKING = {"StripeEventsRuleDeadLetterQueue": "ReceiveEventbridgeFunction"}  # no queue between
GUARDED = ("EventsQueue", "RefundsQueue")  # there only the resend role may send
COUNTS = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

Name = Annotated[
    str, typer.Argument(metavar="QUEUE", help="Its name in 'kassa dlq list', or how it begins.")
]


@app.command("list")
@in_one_line
def listed(as_json: AsJson = False) -> None:
    """List the dead-letter queues and how many messages wait in each."""
    counts = count(current())
    if as_json:
        print_json(counts)
        return
    shown = table("Dead-letter queues", ["Name", "Waiting>", "Goes back to"])
    for name, waiting in counts.items():
        colour = "red" if waiting else "green"
        shown.add_row(name, f"[{colour}]{waiting}[/{colour}]", goes_to(name))
    console().print(shown)


@app.command("show")
@in_one_line
def show(
    name: Name,
    limit: Annotated[int, typer.Option(**between(1, 100), help="How many at most.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Show what waits, by its ids; the messages stay where they are."""
    stack = connect()
    name = _named(stack, name)
    sqs, url = stack.client("sqs"), stack.queues[name]
    messages = list(take(sqs, url, limit))
    for message in messages:
        sqs.change_message_visibility(
            QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
        )
    ids = [message["MessageId"] for message in messages]
    known = failures.find(source_of(stack, name), ids)
    letters = [read(message, known.get(message["MessageId"])) for message in messages]
    if as_json:
        print_json(letters)
        return
    if not letters:
        say(f"{name} is empty.")
        return
    shown = Listing(name, COLUMNS, {"What it is", "Message"})
    for letter in letters:
        reason = escape(letter.content), *why(letter.why)
        shown.add_row(*reason, instant(letter.sent_at), letter.message_id)
    shown.print()


@app.command("redrive")
@in_one_line
def redrive(
    name: Name,
    limit: Annotated[int, typer.Option(**between(1, 1_000_000), help="How many at most.")] = 10_000,
    reason: Annotated[str, typer.Option(help="What was wrong; kept in the audit trail.")] = "",
    as_json: AsJson = False,
) -> None:
    """Send the messages back to where they failed; fix the cause first."""
    stack = connect()
    name = _named(stack, name)
    with acting(stack, "dead_letters.redrive", f"queue/{name}", reason):
        moved = _redrive(stack, name, min(limit, count(stack).get(name, 0)))
    if as_json:
        print_json({"queue": name, "to": goes_to(name), "moved": len(moved), "messages": moved})
        return
    one = "message" if len(moved) == 1 else "messages"
    say(f"{len(moved)} {one} went from {name} back to {goes_to(name)}.")


def count(stack: Stack) -> dict[str, int]:
    """Return how many messages each dead-letter queue holds, also those being looked at."""
    sqs, counts = stack.client("sqs"), {}
    for name in sorted(name for name in stack.queues if name.endswith(DLQ)):
        answer = sqs.get_queue_attributes(QueueUrl=stack.queues[name], AttributeNames=COUNTS)
        counts[name] = sum(int(answer["Attributes"][of]) for of in COUNTS)
    return counts


def source_of(stack: Stack, name: str) -> str:
    """Return the queue a message failed at, as SQS names it; nothing where it was no queue."""
    return stack.queues.get(goes_to(name), "").rpartition("/")[2]


def why(known: Why | None) -> tuple[str, str]:
    """Return why a message is here, and which try and code it was."""
    if known is None:
        return "not noted: search the log for the message", ""
    place = f" at {known.raised_at}" if known.raised_at else ""
    text = (
        known.reason if known.reason.startswith(known.error) else f"{known.error}: {known.reason}"
    )
    last = f", last {instant(known.last_received_at)}" if known.last_received_at else ""
    code = f", code {known.code_version}" if known.code_version else ""
    tried = f"{known.attempt or 'unknown'}{last}{code}"
    return escape(f"{text}{place}"), tried


def goes_to(name: str) -> str:
    """Return the queue a dead-letter queue's messages failed at, or the function."""
    if name in INVOKING:
        return INVOKING[name]
    stem = name.removesuffix(DLQ)
    if stem.endswith("Schedule"):
        return stem.removesuffix("Schedule") + "Function"
    return stem.removesuffix("Rule") + "Queue"


def _redrive(stack: Stack, name: str, limit: int) -> list[Letter]:
    url = stack.queues[name]
    is_guarded = goes_to(name) in GUARDED
    sqs = resend_clients(stack)["sqs"] if is_guarded and limit else stack.client("sqs")
    moved = []
    for message in take(sqs, url, limit):
        _send(stack, sqs, goes_to(name), message)
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        moved.append(read(message))
    return moved


def _send(stack: Stack, sqs: Any, target: str, message: dict[str, Any]) -> None:
    """Give a message to the queue it failed at; what a function was invoked with, to that."""
    if target in stack.functions:
        stack.client("lambda").invoke(
            FunctionName=stack.functions[target],
            InvocationType="Event",
            Payload=invoked_with(message["Body"]),
        )
    else:
        sqs.send_message(QueueUrl=stack.queues[target], MessageBody=message["Body"])


def _named(stack: Stack, begins: str) -> str:
    """Return the name of the dead-letter queue that was meant; raise InvalidRequest."""
    known = sorted(queue for queue in stack.queues if queue.endswith(DLQ))
    named = the_one(begins, [one for one in known if one.lower().startswith(begins.lower())])
    if named is None:
        raise InvalidRequest(
            f"there is no dead-letter queue {begins}: take one of {', '.join(known)}"
        )
    return named


def take(sqs: Any, url: str, limit: int) -> Iterator[dict[str, Any]]:
    """Take messages, each once, until there are no more or enough."""
    seen: set[str] = set()
    while len(seen) < limit:
        answer = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=min(BATCH, limit - len(seen)),
            VisibilityTimeout=TAKEN_S,
            WaitTimeSeconds=1,
            AttributeNames=["SentTimestamp"],
            MessageAttributeNames=["All"],
        )
        fresh = [m for m in answer.get("Messages", []) if m["MessageId"] not in seen]
        if not fresh:
            return
        for message in fresh:
            seen.add(message["MessageId"])
            yield message
