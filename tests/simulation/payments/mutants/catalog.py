"""Planted mistakes: each is a classic one, and some seed must show it."""

from kassa.billing.numbering import store as invoices
from kassa.billing.numbering.store import Numbers
from kassa.core.callers import Caller
from kassa.gateways import dispatch as calls
from kassa.gateways.stripe import balance, disputes
from kassa.gateways.stripe import events as stripe_events
from kassa.gateways.stripe import payments as charges
from kassa.gateways.stripe import refunds as stripe_refunds
from kassa.gateways.submissions import RefundSubmission
from kassa.intake.events_queue import Deliveries
from kassa.ledger import book_event as operation
from kassa.ledger import booking, compaction, objects
from kassa.ledger import state as payments
from kassa.ledger import store as books
from kassa.ledger.movements.postings import Owing
from kassa.ledger.objects import ObjectState
from kassa.ledger.state import SubjectState
from kassa.ledger.store import Books
from kassa.monitoring import watch_gateways
from kassa.platform.messaging import event_bus as bus
from kassa.platform.messaging.batches import LoggedBatchProcessor
from kassa.refunds import approve_refund as approving
from kassa.refunds import lone_approval_store
from kassa.refunds import store as refund_requests
from kassa.refunds import writes as refund_writes
from kassa.refunds.decision import approval as approvals
from kassa.refunds.decision import evidence as refund_evidence
from kassa.refunds.lifecycle import lifecycle as refund_lifecycle
from kassa.refunds.lifecycle import next_step as refunds
from kassa.refunds.lifecycle import resolutions
from kassa.refunds.paying import gateway_refund
from kassa.refunds.paying import steps as refund_steps
from tests.simulation.engine.mutants import Mutant, Swap
from tests.simulation.payments.mutants import booking as booked
from tests.simulation.payments.mutants import invoicing as invoiced
from tests.simulation.payments.mutants import movements as moved
from tests.simulation.payments.mutants import publishing as published
from tests.simulation.payments.mutants import writes as written
from tests.simulation.refunds import mutants as refunded


def _mutant(name: str, *swaps: Swap) -> Mutant:
    return Mutant(name, swaps)


MUTANTS: tuple[Mutant, ...] = (
    _mutant("dedupe before the effect", (Books, "commit", written.commit_in_two("event"))),
    _mutant("dedupe after the effect", (Books, "commit", written.commit_in_two("state"))),
    _mutant(
        "dedupe that expires",
        (Books, "read", written.forgets),
        (books, "_put", written.overwriting),
    ),
    _mutant("read, then write without a condition", (books, "_update", written.unconditional)),
    _mutant("acknowledge before queueing", (Deliveries, "put", published.acknowledging)),
    _mutant("posting on both paths", (booking, "_owed", booked.on_both_paths)),
    _mutant("all is back once a part is", (SubjectState, "held_back", moved.all_back)),
    _mutant("a change is posted in full", (Owing, "out_minor", moved.in_full)),
    _mutant("no return after success", (objects, "_failed_at", refunded.always(None))),
    _mutant("a part exchanged is all exchanged", (balance, "_exchanged", moved.all_exchanged)),
    _mutant("submitted in ISO's units", (stripe_refunds, "to_stripe", moved.as_iso_counts)),
    _mutant("opened by authorisation", (charges, "_happened_at", moved.as_authorised)),
    _mutant("another account's is ours", (stripe_events, "_is_anothers", refunded.always(False))),
    _mutant("what leaves is forgotten", (compaction, "_changed", moved.forgetting)),
    _mutant("what left never comes back", (Books, "reopened", moved.left_for_ever)),
    _mutant("two disputes are one", (disputes, "id_of_dispute", moved.one_for_all)),
    _mutant("another comment, another claim", (approving, "with_claim", moved.by_comment)),
    _mutant("whole-item put that loses a reservation", (Books, "commit", written.whole_item)),
    _mutant("postings by running total", (operation, "book", booked.running_total)),
    _mutant("publish before the commit", (Books, "commit", published.publishing_first)),
    _mutant("publish only once", (operation, "book_silently", published.publishing_once)),
    _mutant("a part published is all", (bus, "publish", published.content_with_part)),
    _mutant("what came last wins", (payments, "joined", booked.last_one_wins)),
    _mutant(
        "every record of a batch is done", (LoggedBatchProcessor, "response", published.all_done)
    ),
    _mutant(
        "a failure needs no refund before it", (ObjectState, "out_minor", moved.only_published)
    ),
    _mutant("counter in its own write", (Numbers, "keep", invoiced.counting_apart)),
    _mutant("invoice by read, then write", (invoices, "_new", invoiced.counting_first)),
    _mutant("a lost race is a commit", (books, "_refused", written.retry_at_once)),
    _mutant(
        "headroom by read, then write",
        (refund_writes, "reserved", refunded.without_condition),
    ),
    _mutant(
        "a claim is no condition",
        (refund_requests, "request_put", refunded.without_condition),
        (refund_requests, "lifecycle_update", refunded.without_condition),
    ),
    _mutant(
        "a lifecycle written over",
        (refund_requests, "lifecycle_update", refunded.without_condition),
    ),
    _mutant(
        "a random idempotency key", (RefundSubmission, "idempotency_key", refunded.another_key)
    ),
    _mutant("release on timeout", (calls, "refund", refunded.silence_is_no)),
    _mutant(
        "submit without noting it first",
        (refund_steps, "submit_refund", refunded.submitting_before_noting),
    ),
    _mutant("repeat after the memory", (refunds, "_may_repeat", refunded.always(True))),
    _mutant(
        "paid is what the API answers",
        (gateway_refund, "accepted", lambda real: refund_lifecycle.paid),
    ),
    _mutant("a reservation is never consumed", (booking, "unconsumed", refunded.keeping_promises)),
    _mutant("a reservation is consumed twice", (books, "_update", refunded.consuming_twice)),
    _mutant("disputes count when approved alone", (refunds, "_stopped", refunded.always(None))),
    _mutant("a lost dispute is no reason", (refund_evidence, "disputes_lost", refunded.always(0))),
    _mutant(
        "resolved whatever the gateway says",
        (resolutions, "_require_agreement", refunded.always(None)),
    ),
    _mutant("one is two people", (approvals, "approved_by", refunded.twice_the_same_person)),
    _mutant("each key is a person", (Caller, "actor_id", refunded.each_key_a_person)),
    _mutant(
        "one person approves in parts",
        (approvals, "needs_second", refunded.in_parts),
        (lone_approval_store, "counts", refunded.always([])),
    ),
    _mutant("who requested may approve", (approvals, "approved_by", refunded.whoever_requested)),
    _mutant("no new round", (approvals, "approved", refunded.same_round)),
    _mutant("a lost wake-up is lost", (watch_gateways, "enqueue_due_refunds", refunded.always(0))),
    _mutant("days have no limits", (refund_requests, "day_limits", refunded.always({}))),
    _mutant("a part is all", (gateway_refund, "submission_of", refunded.submitting_all)),
    _mutant(
        "an excess that nobody is warned of", (operation, "_warn_of_excess", refunded.always(None))
    ),
    _mutant("deaf to what comes back", (refunds, "_reported", refunded.deaf_to_failures)),
)
