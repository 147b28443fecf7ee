"""Planted mistakes in how numbers are taken, chained and voided: each must be caught."""

from datetime import date
from typing import Any

from kassa.billing.credit_notes import create_credit_note
from kassa.billing.invoices import generate_invoice
from kassa.billing.numbering import (
    issue_document,
    queue_unfinished,
    record,
    store,
    void_document,
)
from kassa.billing.numbering.record import GENESIS
from kassa.billing.numbering.store import Numbers
from kassa.billing.receivables import entry_facts, items
from kassa.billing.receivables import store as receivables
from kassa.billing.receivables.receivable import Receivable
from kassa.billing.settling import settle_invoice
from kassa.core.merchant import Merchant
from kassa.platform import aws, documents, table
from kassa.platform.settings import settings
from tests.simulation.engine.mutants import Mutant
from tests.simulation.payments.mutants.invoicing import counting_apart, counting_first


def unheld(real: Any) -> Any:
    """Count a series on without asking whether it is as it was read."""

    def headed(move: Any) -> dict[str, Any]:
        key = {name: real(move)[name] for name in ("TableName", "Key")}
        sets = table.setting(store.keys.Key("", ""), move.after.model_dump(mode="json"))
        return sets | key

    return headed


def held_to_the_number_alone(real: Any) -> Any:
    """Hold a series to its number and not to its hash: a void moves the hash alone."""

    def headed(move: Any) -> dict[str, Any]:
        update: dict[str, Any] = real(move)
        update["ConditionExpression"] = update["ConditionExpression"].partition(" AND ")[0]
        update["ExpressionAttributeValues"].pop(":read_hash", None)
        return update

    return headed


def beside_the_chain(real: Any) -> Any:
    """Void a number without a place in the chain."""

    def void_entry(number: int, before: Any, voided: Any) -> Any:
        entry, _ = real(number, before, voided)
        return entry, before

    return void_entry


def voiding_again(real: Any) -> Any:
    """Take a void for new, also where the number is void."""

    def setting(of: Any, sets: Any, removes: Any = (), **more: Any) -> Any:
        if "void_entry" in sets:
            more["ConditionExpression"] = "attribute_exists(PK)"
            more.pop("values", None)
        return real(of, sets, removes, **more)

    return setting


def seen_as_not_void(real: Any) -> Any:
    """Read a number without its void."""

    def issued(item: Any) -> Any:
        return real({name: item[name] for name in item if name != "void_entry"})

    return issued


def by_utc(real: Any) -> Any:
    """Take the day, and so the year, from UTC."""
    return lambda self, instant: instant.date()


def of_the_clock_alone(real: Any) -> Any:
    """Date a number by the worker's clock, whatever the number before it bears."""

    def next_entry(statement: Any, before: Any, today: Any) -> Any:
        return real(statement, before.model_copy(update={"last_issued_on": date.min}), today)

    return next_entry


def without_a_predecessor(real: Any) -> Any:
    """Chain every number to the beginning."""

    def text_of(entry: Any) -> str:
        return str(real(entry.model_copy(update={"previous": GENESIS})))

    return text_of


def of_one_series(real: Any) -> Any:
    """Number every kind in one series."""
    return lambda kind, merchant, now: str(merchant.day_of(now).year)


def set_again(real: Any) -> Any:
    """Replace a document that stands by one that was set anew."""

    def put(key: str, content: bytes, content_type: str = "application/pdf") -> str:
        bucket = settings().bucket_name
        aws.client("s3").put_object(Bucket=bucket, Key=key, Body=content)
        return record.sha256(content).hexdigest()

    return put


def settled_apart(real: Any) -> Any:
    """Enter a payment first, and let its capture lead to the invoice by a write of its own."""

    def commit(was: Any, after: Any, source_id: str) -> None:
        table.write("update_item", **items.entering(was, after))
        numbers.lead_to(was.of, source_id)

    numbers = Numbers()
    return commit


def on_no_version(real: Any) -> Any:
    """Enter what became of an invoice, whoever else has entered something since it was read."""

    def entering(was: Any, after: Any, *beside: Any) -> Any:
        update = real(was, after, *beside)
        update["ConditionExpression"] = "attribute_exists(PK)"
        values = update["ExpressionAttributeValues"]
        for name in (":read_version", ":was"):
            values.pop(name, None)
        return update

    return entering


def entered_again(real: Any) -> Any:
    """Take everything that is heard for new."""
    return lambda self, kind, source_id: None


def of_the_whole_charge(real: Any) -> Any:
    """Publish what became of an invoice by its amount, whatever of it was owed."""

    def postings_of(entry: Any, currency: str) -> Any:
        moved = entry.moved._replace(applied_minor=entry.minor)
        return real(entry.model_copy(update={"moved": moved}), currency)

    return postings_of


def finding_none(real: Any) -> Any:
    """Find nothing that is unfinished, and so go on behind it."""
    return lambda merchant_id, name, after, until: ()


def unheard(real: Any) -> Any:
    """Publish nothing of what nobody heard of."""
    return lambda merchant_id, source_id: None


def of_the_whole_refund(real: Any) -> Any:
    """Give all of a refund back by its note, also what was the customer's credit."""
    return lambda refund, on: refund.amount.amount_minor


MUTANTS = (
    Mutant("a number in a write of its own", ((Numbers, "keep", counting_apart),)),
    Mutant("a source numbered by read, then write", ((store, "_new", counting_first),)),
    Mutant(
        "a series counted on unread",
        ((store, "headed", unheld), (void_document, "headed", unheld)),
    ),
    Mutant(
        "a series held to its number, not its hash",
        (
            (store, "headed", held_to_the_number_alone),
            (void_document, "headed", held_to_the_number_alone),
        ),
    ),
    Mutant("a void beside the chain", ((void_document, "void_entry", beside_the_chain),)),
    Mutant(
        "a void that is voided again",
        ((void_document.table, "setting", voiding_again), (store, "issued", seen_as_not_void)),
    ),
    Mutant("the year of UTC", ((Merchant, "day_of", by_utc),)),
    Mutant("a date that falls", ((issue_document, "next_entry", of_the_clock_alone),)),
    Mutant("an entry that follows from nothing", ((store, "text_of", without_a_predecessor),)),
    Mutant("one series for all kinds", ((issue_document, "series_name", of_one_series),)),
    Mutant("a document set again over the old one", ((documents, "store", set_again),)),
    Mutant(
        "a payment settled apart from its capture", ((settle_invoice, "_commit", settled_apart),)
    ),
    Mutant(
        "what is owed written on no version",
        ((receivables, "entering", on_no_version), (settle_invoice, "entering", on_no_version)),
    ),
    Mutant("a payment entered as often as it is heard", ((Receivable, "entered", entered_again),)),
    Mutant(
        "an unfinished invoice that nobody looks for",
        ((queue_unfinished, "_unfinished", finding_none),),
    ),
    Mutant(
        "an unfinished invoice whose facts stay unpublished",
        ((generate_invoice, "announce_invoice", unheard),),
    ),
    Mutant(
        "a note of the whole refund, whatever was credit",
        ((create_credit_note, "noted_minor", of_the_whole_refund),),
    ),
    Mutant("a posting of all that was paid", ((entry_facts, "postings_of", of_the_whole_charge),)),
)
