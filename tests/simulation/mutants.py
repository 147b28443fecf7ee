"""Planted mistakes: each is a classic one, and each must be caught, or the judge is blind."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple
from unittest.mock import patch

from kassa.adapters import aws, books, bus, event_items, keys, table
from kassa.adapters.books import Books, Commit
from kassa.adapters.deliveries import Deliveries
from kassa.domain import booking, payments
from kassa.domain.events import GatewayEvent, ObjectKind
from kassa.domain.ledger import PostingKind
from kassa.domain.money import Money
from kassa.errors import NotTold, QueueUnavailable, StaleWrite
from kassa.observability import LoggedBatchProcessor
from kassa.operations import book_event as operation
from kassa.settings import settings
from tests.simulation import runs


class Mutant(NamedTuple):
    """A mistake and how to plant it."""

    name: str
    plant: Callable[[ExitStack], None]


def _swap(stack: ExitStack, owner: Any, name: str, made: Callable[[Any], Any]) -> None:
    """Replace something by what `made` makes of it, until the stack ends."""
    stack.enter_context(patch.object(owner, name, made(getattr(owner, name))))


@contextmanager
def planted(mutant: Mutant) -> Iterator[None]:
    """Live with a mistake for a while."""
    with ExitStack() as stack:
        mutant.plant(stack)
        yield


def _commit_in_two(first: str) -> Callable[[Any], Any]:
    """Commit the event and the state by two writes instead of one transaction."""

    def made(real: Any) -> Any:
        def commit(self: Any, before: Any, after: Any, event: Any, booked: Any) -> Commit:
            if after.version == before.version:
                return Commit(self.keep_ignored(booked))
            update = books._update(before, after, booked)
            try:
                if first == "event" and self.keep_ignored(booked) is Commit.REPEATED:
                    return Commit.REPEATED
                aws.client("dynamodb").update_item(**update)
                return Commit.BOOKED if first == "event" else Commit(self.keep_ignored(booked))
            except aws.client("dynamodb").exceptions.ConditionalCheckFailedException as error:
                raise StaleWrite from error

        return commit

    return made


def _forgets(real: Any) -> Any:
    """Read an event as unknown when its marker is older than an hour."""

    def read(self: Any, subject: Any, event_id: str) -> Any:
        state, known = real(self, subject, event_id)
        if known and (operation.clock.now() - known.booked_at).total_seconds() > 3600:
            known = None
        return state, known

    return read


def _overwriting(real: Any) -> Any:
    def put(item: Any) -> Any:
        return {"TableName": settings().table_name, "Item": table.typed(item)}

    return put


def _unconditional(real: Any) -> Any:
    """Write the state without asking for the version that was read."""

    def update(before: Any, after: Any, booked: Any) -> Any:
        request = dict(real(before, after, booked))
        del request["ConditionExpression"]
        values = dict(request["ExpressionAttributeValues"])
        values.pop(":read", None)
        return request | {"ExpressionAttributeValues": values}

    return update


def _whole_item(real: Any) -> Any:
    """Put the state whole, on the version read; what else stands in the item is lost."""

    def commit(self: Any, before: Any, after: Any, event: Any, booked: Any) -> Commit:
        pk, sk = keys.state(event_items.partition(booked.subject))
        item = {
            "PK": pk,
            "SK": sk,
            "merchant_id": booked.merchant_id,
            "subject": event_items.subject_named(booked.subject),
            "version": after.version,
            "headroom": after.headroom_minor,
            "objects": event_items.kept_objects(after),
        }
        put = {"TableName": settings().table_name, "Item": table.typed(item)}
        put["ConditionExpression"] = "attribute_not_exists(PK) OR version = :read"
        put["ExpressionAttributeValues"] = table.typed({":read": before.version})
        puts = [{"Put": books._put(event_items.event_item(booked))}, {"Put": put}]
        try:
            aws.client("dynamodb").transact_write_items(TransactItems=puts)
        except aws.client("dynamodb").exceptions.TransactionCanceledException as error:
            return books._refused(error)
        return Commit.BOOKED

    return commit


def _acknowledging(real: Any) -> Any:
    """Answer 2xx although the queue did not take the message."""

    def put(self: Any, delivery: Any) -> str:
        try:
            return str(real(self, delivery))
        except QueueUnavailable:
            return "lost"

    return put


def _on_both_paths(real: Any) -> Any:
    """Post a capture for the charge and for the payment intent."""

    def owed(object_id: str, state: Any, movement: Any, context: Any) -> Any:
        yield from real(object_id, state, movement, context)
        known = state.objects[object_id]
        if known.kind is ObjectKind.PAYMENT and known.state == "captured" != known.told:
            money = Money(amount_minor=known.amount_minor, currency=known.currency)
            moved = (booking.posting(object_id, PostingKind.CAPTURE, money),)
            said = booking._said(object_id, known, moved)
            yield "captured", booking.told.PaymentCaptured.model_validate(said)

    return owed


def _dropping_early(real: Any) -> Any:
    """Acknowledge a refund or dispute of a payment that isn't captured yet, and forget it."""

    def once(event: Any, delivery: Any, raw: str, shelf: Books, left: Any) -> Any:
        if isinstance(event, GatewayEvent) and event.standings[0].kind in _AFTER_CAPTURE:
            before, known = shelf.read(event.subject, event.event_id)
            if not before.captured_minor and known is None:
                booked = operation._commit(event, before, delivery, raw, _Blank())[1]
                return Commit.REPEATED, booked.model_copy(update={"facts": ()})
        return real(event, delivery, raw, shelf, left)

    return once


_AFTER_CAPTURE = (ObjectKind.REFUND, ObjectKind.DISPUTE)


class _Blank(Books):
    """Books in which nothing is written."""

    def commit(self, *arguments: Any) -> Commit:
        return Commit.BOOKED


def _running_total(real: Any) -> Any:
    """Post of a refund what its payment's total of refunds grew by."""

    def book(before: Any, event: Any, context: Any) -> Any:
        after, facts = real(before, event, context)
        grown = after.refunded_minor - before.refunded_minor
        return after, tuple(_with_amount(fact, grown) for fact in facts)

    return book


def _with_amount(fact: Any, grown: int) -> Any:
    if fact.data.fact != "RefundSucceeded":
        return fact
    moved = tuple(
        p.model_copy(update={"amount": p.amount.model_copy(update={"amount_minor": grown})})
        for p in fact.data.postings
        if grown > 0
    )
    return fact.model_copy(update={"data": fact.data.model_copy(update={"postings": moved})})


def _telling_first(real: Any) -> Any:
    def commit(self: Any, before: Any, after: Any, event: Any, booked: Any) -> Any:
        bus.tell(booked.facts)
        return real(self, before, after, event, booked)

    return commit


def _telling_once(real: Any) -> Any:
    """Tell nothing when an event turns out to be booked already."""

    def once(*arguments: Any) -> Any:
        outcome, booked = real(*arguments)
        if outcome is Commit.REPEATED:
            booked = booked.model_copy(update={"facts": ()})
        return outcome, booked

    return once


def _content_with_part(real: Any) -> Any:
    def tell(facts: Any) -> None:
        try:
            real(facts)
        except NotTold:
            return

    return tell


def _last_one_wins(real: Any) -> Any:
    """Believe whatever came last instead of what ranks highest."""

    def raised(known: Any, standing: Any) -> Any:
        told = real(None, standing)
        if known is None:
            return told
        kept = {"told": known.told, "posted_minor": known.posted_minor}
        return told.model_copy(update=kept)

    return raised


def _all_done(real: Any) -> Any:
    """Report no record as failed."""

    def response(self: Any) -> Any:
        return {"batchItemFailures": []}

    return response


def _without_reversal(real: Any) -> Any:
    """Post no more than one posting of a path, as if a failure were never told first."""

    def path(kind: Any, state: Any) -> Any:
        found = real(kind, state)
        return found[-1:]

    return path


def _retry_at_once(real: Any) -> Any:
    """Take a stale write for a finished one."""

    def refused(error: Any) -> Commit:
        try:
            return Commit(real(error))
        except StaleWrite:
            return Commit.BOOKED

    return refused


def _mutant(name: str, *swaps: tuple[Any, str, Callable[[Any], Any]]) -> Mutant:
    def plant(stack: ExitStack) -> None:
        for owner, attribute, made in swaps:
            _swap(stack, owner, attribute, made)

    return Mutant(name, plant)


MUTANTS: tuple[Mutant, ...] = (
    _mutant("dedupe before the effect", (Books, "commit", _commit_in_two("event"))),
    _mutant("dedupe after the effect", (Books, "commit", _commit_in_two("state"))),
    _mutant("dedupe that expires", (Books, "read", _forgets), (books, "_put", _overwriting)),
    _mutant("read, then write without a condition", (books, "_update", _unconditional)),
    _mutant("acknowledge before queueing", (Deliveries, "put", _acknowledging)),
    _mutant("posting on both paths", (booking, "_owed", _on_both_paths)),
    _mutant(
        "drop what is early",
        (operation, "_booked_once", _dropping_early),
    ),
    _mutant("whole-item put that loses a reservation", (Books, "commit", _whole_item)),
    _mutant("postings by running total", (operation, "book", _running_total)),
    _mutant("tell before the commit", (Books, "commit", _telling_first)),
    _mutant("tell only once", (operation, "_booked_once", _telling_once)),
    _mutant("a part told is told", (bus, "tell", _content_with_part)),
    _mutant("what came last wins", (payments, "_raised", _last_one_wins)),
    _mutant("every record of a batch is done", (LoggedBatchProcessor, "response", _all_done)),
    _mutant("a failure needs no refund before it", (booking, "path", _without_reversal)),
    _mutant("a lost race is a commit", (books, "_refused", _retry_at_once)),
)


def first_catch(mutant: Mutant, seeds: int) -> runs.Result | None:
    """Return the first seed's result that shows the mistake."""
    with planted(mutant):
        results = (runs.run(seed) for seed in range(seeds))
        return next((result for result in results if result.findings), None)
