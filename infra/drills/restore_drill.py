"""Rehearses a lost table on a stack of its own: sell, lose, restore, adopt, rebuild, go on.

The steps between are the runbook's own commands. What the emulator lacks is stood for: a backup
made before the last sales stands for point-in-time recovery, which ends minutes before a loss.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from infra import stack as stacks
from infra.demo.actors.stripe_shop import StripeShop
from infra.demo.one_gateway import ORDERS
from infra.demo.run import run_demo
from infra.demo.scenario import Order
from infra.drills.restore_checks import Loss, books_of, check, say, wait_for
from infra.drills.sam_check import free_port
from infra.local import differences, observed
from infra.local.embedded import embedded_stack
from infra.local.errors import DemoError
from infra.local.place import Place
from infra.stack import Stack

SUFFIX = "-drill"
KASSA = str(Path(sys.executable).with_name("kassa"))
DEAD_S = 60.0


def rehearse(place: Place) -> None:
    """Rehearse it; raise DemoError at whatever isn't as it was."""
    with embedded_stack(place, os.getpid(), say) as stack:
        stacks.write(stack)
        loss = lose(stack, place)
        restore(stack, loss)
        adopted = stacks.embedded()
        if adopted is None or adopted.table == loss.table:
            raise DemoError("the restored table wasn't adopted")
        check(adopted, loss)
        go_on(adopted)


def lose(stack: Stack, place: Place) -> Loss:
    """Run the demo, back the table up, sell on, lose the table, and sell once more."""
    result = run_demo(stack, place.home / "output", say)
    dynamodb = stack.client("dynamodb")
    dynamodb.create_backup(TableName=stack.table, BackupName="before-the-loss")
    say("selling what the backup doesn't hold")
    shop = StripeShop(stack)
    later = [shop.sell(order("later", number)) for number in range(3)]
    wait_for(stack, later)
    digest = books_of(stack)
    say(f"losing the table: {digest.events} events, {digest.sha256[:16]}")
    dynamodb.update_table(TableName=stack.table, DeletionProtectionEnabled=False)
    dynamodb.delete_table(TableName=stack.table)
    with impatient(stack, "EventsQueue"):
        lost = [shop.sell(order("without-table", number)) for number in range(2)]
        if not observed.wait_until(lambda: has_given_up(stack), DEAD_S):
            raise DemoError("events without a table didn't reach their dead-letter queue")
    say(f"dead letters: {observed.dead_letters(stack)}")
    return Loss(stack.table, digest, (*result.orders, *later, *lost))


def restore(stack: Stack, loss: Loss) -> None:
    """Do what the runbook says."""
    kassa("restore", "hold")
    kassa("restore", "table", "--suffix", SUFFIX)
    kassa("restore", "adopt", "--suffix", SUFFIX)
    differences.make_good(stack)  # the emulator forgets caps when it updates; AWS doesn't
    kassa("restore", "hold")
    rebuilt = json.loads(kassa("rebuild", "--yes", "--json"))
    if not rebuilt["booked"] or rebuilt["failed"] or not rebuilt["invoices"]:
        raise DemoError(f"the rebuild brought back too little: {rebuilt}")
    kassa("restore", "release")
    for name, waiting in observed.dead_letters(stack).items():
        say(f"{waiting} dead letters go back from {name}")
        kassa("dlq", "redrive", name)


def go_on(stack: Stack) -> None:
    """The restored table is the one that is worked on."""
    wait_for(stack, [StripeShop(stack).sell(order("afterwards", 1))])
    say("sales go on, on the restored table")


def order(name: str, number: int) -> Order:
    """Return an order that is simply paid."""
    plain = next(one for one in ORDERS if one.is_paid and one.currency == "EUR")
    return replace(plain, order_id=f"{name}-{number}", refund=None, by_hand_minor=0)


def has_given_up(stack: Stack) -> bool:
    """Tell whether what came without a table lies with the dead letters."""
    return observed.dead_letters(stack).get("EventsDeadLetterQueue", 0) > 0 and observed.is_quiet(
        stack
    )


@contextmanager
def impatient(stack: Stack, queue: str) -> Iterator[None]:
    """Let a queue give up after two tries, a second apart: nobody wants to wait for ten."""
    sqs, url = stack.client("sqs"), stack.queues[queue]
    names = ["VisibilityTimeout", "RedrivePolicy"]
    usual = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    policy = json.loads(usual["RedrivePolicy"]) | {"maxReceiveCount": 2}
    sqs.set_queue_attributes(
        QueueUrl=url, Attributes={"VisibilityTimeout": "1", "RedrivePolicy": json.dumps(policy)}
    )
    yield
    sqs.set_queue_attributes(QueueUrl=url, Attributes=usual)


def kassa(*arguments: str) -> str:
    """Run a command as an operator does; raise DemoError with its output if it failed."""
    say(f"kassa {' '.join(arguments)}")
    done = subprocess.run([KASSA, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise DemoError(f"kassa {' '.join(arguments)} failed: {done.stderr or done.stdout}")
    if "--json" not in arguments:
        say(f"  {done.stdout.strip()}")
    return done.stdout


if __name__ == "__main__":
    home = stacks.ROOT / ".kassa" / "restore-drill"
    os.environ["KASSA_STATE"] = str(home / "stack.json")
    try:
        rehearse(Place(free_port(), free_port(), home=home))
    except DemoError as error:
        sys.exit(f"restore-drill: {error}")
