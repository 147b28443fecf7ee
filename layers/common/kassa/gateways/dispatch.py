"""Calls gateways: leads from a name to the module that calls it, with the merchant's access.

The caller has made sure that the gateway can (`registry.can`).
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any, cast

from kassa.core.errors import GatewayError, GatewayRefused, GatewayUnavailable, UnknownGateway
from kassa.gateways import registry
from kassa.gateways.disputes.evidence import DisputeRef, EvidenceSubmission, GatewayDispute
from kassa.gateways.events import Subject, UnverifiedNotification
from kassa.gateways.ports import Calls, Page, Past
from kassa.gateways.registry import Ability
from kassa.gateways.submissions import (
    CheckoutSubmission,
    FoundCheckout,
    GatewayRefund,
    OpenedCheckout,
    RefundSubmission,
)
from kassa.platform.pacing import call_counts
from kassa.platform.secrets import ApiAccess, api_access, quotes_secret


def open_checkout(gateway: str, account: str, submission: CheckoutSubmission) -> OpenedCheckout:
    """Open a hosted checkout at a gateway; raise GatewayRefused or GatewayUnavailable."""
    with _asked(gateway, account) as access:
        return _module(gateway).open_checkout(access, submission)


def find_checkout(
    gateway: str, account: str, submission: CheckoutSubmission, checkout_id: str | None
) -> FoundCheckout | None:
    """Look for a submission's checkout; raise GatewayUnavailable if the gateway is silent."""
    with _asked(gateway, account) as access:
        return _module(gateway).find_checkout(access, submission, checkout_id)


def refund(submission: RefundSubmission) -> GatewayRefund:
    """Submit a refund to its payment's gateway; raise GatewayRefused or GatewayUnavailable."""
    with _of(submission.payment) as access:
        return _module(submission.payment.gateway).refund(access, submission)


def find_refund(submission: RefundSubmission) -> GatewayRefund | None:
    """Look for the refund of a submission at its gateway; raise GatewayUnavailable if it is silent.

    Nothing where the gateway can't find it: then the same is submitted again (`Tries`).
    """
    if not registry.can(submission.payment.gateway, Ability.FIND_REFUND):
        return None
    with _of(submission.payment) as access:
        return _module(submission.payment.gateway).find_refund(access, submission)


def named_refund(submission: RefundSubmission, refund_id: str) -> bytes:
    """Record a refund's submission, as its gateway's reader reads it."""
    return _module(submission.payment.gateway).named_refund(submission, refund_id)


def find_dispute(dispute: DisputeRef) -> GatewayDispute | None:
    """Return how a dispute stands at its gateway; raise GatewayUnavailable if it is silent."""
    with _of(dispute.payment) as access:
        return _module(dispute.payment.gateway).find_dispute(access, dispute)


def answer_dispute(submission: EvidenceSubmission) -> None:
    """Submit evidence to a dispute's gateway; raise GatewayRefused or GatewayUnavailable."""
    payment = submission.dispute.payment
    with _of(payment) as access:
        _module(payment.gateway).answer_dispute(access, submission)


def accept_dispute(dispute: DisputeRef) -> None:
    """Give a dispute up at its gateway; raise GatewayRefused or GatewayUnavailable."""
    with _of(dispute.payment) as access:
        _module(dispute.payment.gateway).accept_dispute(access, dispute)


def look_up(subject: Subject) -> list[bytes]:
    """Return how a payment and its refunds stand at its gateway."""
    with _of(subject) as access:
        return _module(subject.gateway).look_up(access, subject)


def payment_of(subject: Subject, object_id: str) -> str:
    """Return the payment behind a gateway's object; the object itself where it has none."""
    with _of(subject) as access:
        return _module(subject.gateway).payment_of(access, object_id)


def confirm(
    gateway: str, account: str, notification: UnverifiedNotification
) -> dict[str, Any] | None:
    """Read back what an unverified notification is about; nothing where the gateway has no such
    thing.
    """
    with _asked(gateway, account) as access:
        return _module(gateway).confirm(access, notification)


def lists_events(gateway: str) -> bool:
    """Return whether what a webhook lost is found in a gateway's own list of events."""
    return registry.can(gateway, Ability.LIST_EVENTS)


def listed(
    gateway: str, account: str, ability: Ability, read_until: str | None, until: datetime
) -> Iterator[Page]:
    """Walk what a gateway lists since a cursor: its events, or its balance transactions."""
    module = _module(gateway)
    walk = module.list_events if ability is Ability.LIST_EVENTS else module.payouts
    with _unquoted(gateway, account) as access:
        pages = walk(access, read_until, until)
        for page in call_counts.counted_pages(gateway, account, pages):
            yield page._replace(bodies=_bodies(gateway, account, page.bodies))


def history(gateway: str, account: str, read_until: str | None, past: Past) -> Iterator[Page]:
    """Walk what a gateway knows of a past, from a cursor on."""
    with _unquoted(gateway, account) as access:
        for page in _module(gateway).history(access, read_until, past):
            yield page._replace(bodies=_bodies(gateway, account, page.bodies))


def age_max_days(gateway: str, ours: int) -> int:
    """Return how old a payment may be that is refunded by itself: our limit, or the gateway's."""
    own = refunding(gateway).age_max_days
    return ours if own is None else min(ours, own)


def refunding(gateway: str) -> registry.Gateway:
    """Return what is known of a gateway that takes refunds; raise UnknownGateway for any other."""
    known = registry.gateway(gateway)
    if Ability.REFUND not in known.can:
        raise UnknownGateway(f"{gateway} takes no refunds")
    return known


def _module(gateway: str) -> Calls:
    return cast(Calls, registry.module(gateway, "gateway"))


def _of(subject: Subject) -> AbstractContextManager[ApiAccess]:
    return _asked(subject.gateway, subject.account)


def _bodies(gateway: str, account: str, bodies: Iterable[bytes]) -> Iterator[bytes]:
    """Walk a page's bodies: the gateway is called for them while they are walked."""
    with _unquoted(gateway, account):
        yield from bodies


@contextmanager
def _asked(gateway: str, account: str) -> Iterator[ApiAccess]:
    """Lend an account's access for one call, which is counted."""
    with _unquoted(gateway, account) as access, call_counts.counted(gateway, account):
        yield access


@contextmanager
def _unquoted(gateway: str, account: str) -> Iterator[ApiAccess]:
    """Lend an account's access; an error that quotes a secret of it goes no further.

    A refusal's reason is the gateway's own word where we have none for it. It is logged, kept and
    told; a gateway, or a proxy before it, that answers with what it was sent must not put it there.
    """
    access = api_access(gateway, account)
    try:
        yield access
    except GatewayError as error:
        if not quotes_secret(access, str(error)):
            raise
        if isinstance(error, GatewayRefused):
            raise GatewayRefused("unnamed", error.is_retryable) from None
        raise GatewayUnavailable(f"{gateway}: the error quotes a secret") from None
