"""Who calls an operation: the API key that was shown, whose it is, and what it may do.

The authorizer proves a caller and hands it to the API's functions as plain values beside a request.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from kassa.core.errors import KassaError
from kassa.core.model import Instant, Model


class Scope(StrEnum):
    """What a key may do; a key with no fitting scope may do nothing."""

    PAYMENTS_READ = "payments:read"
    PAYMENTS_WRITE = "payments:write"  # enter payments that came in past every gateway
    EVENTS_READ = "events:read"
    REPORTS_READ = "reports:read"
    REFUNDS_READ = "refunds:read"
    REFUNDS_WRITE = "refunds:write"  # request refunds
    REFUNDS_DECIDE = "refunds:decide"  # decide what the policy left to a person
    POLICIES_READ = "policies:read"  # and try one on the past, which changes nothing
    POLICIES_WRITE = "policies:write"
    SELLER_WRITE = "seller:write"  # say who sells, and on which accounts they are paid
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"  # send orders to be paid
    INVOICES_READ = "invoices:read"
    INVOICES_WRITE = "invoices:write"  # issue them from drafts
    INVOICES_DECIDE = "invoices:decide"  # void them
    DELIVERIES_READ = "deliveries:read"
    DELIVERIES_WRITE = "deliveries:write"  # let what failed be told again
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"  # say where facts are sent
    CUSTOMERS_EXPORT = "customers:export"  # all that is held of one, names and words among it
    CUSTOMERS_ERASE = "customers:erase"  # for good
    DISPUTES_READ = "disputes:read"
    DISPUTES_WRITE = "disputes:write"  # answer disputes, or give them up
    ORDERS_RESOLVE = "orders:resolve"  # say what became of an attempt nobody knows of
    PEOPLE_WRITE = "people:write"  # say who works here, as what
    KEYS_WRITE = "keys:write"  # make keys of the API, and revoke any
    AUDIT_READ = "audit:read"  # what colleagues did, and from where


READING = frozenset(scope for scope in Scope if scope.endswith(":read")) - {
    Scope.AUDIT_READ
}  # moves no money, and watches nobody


class Caller(Model):
    """Who acts, as the authorizer proved it; it holds ids only.

    A key without a person is a machine's, or was made before persons were.
    """

    key_id: str
    person_id: str | None = None
    scopes: frozenset[Scope] = frozenset()  # what the key may do, as its person's roles stand now
    is_sole: bool = False  # a shop of one: there is no second person to ask
    fresh_until: Instant | None = None  # of a sign-in; none for a key, shown with every request

    @property
    def actor_id(self) -> str:
        """Return who acted, as it is recorded and compared: a person, whatever key they used.

        Where there is no person, the key's own id stands for one.
        """
        return self.person_id or self.key_id


class SignInTooOld(KassaError):
    """An act needs a sign-in of just now, and this one is older: sign in again, then do it."""


class ScopeMissing(KassaError):
    """Whoever acts has no role for it: somebody who has must."""


def require_scope(caller: Caller, scope: Scope) -> None:
    """Raise ScopeMissing where somebody may not do what an act takes."""
    if scope not in caller.scopes:
        raise ScopeMissing(f"it takes the scope {scope}")


def require_fresh(caller: Caller, now: datetime) -> None:
    """Raise SignInTooOld where somebody signed in too long ago for an act that needs a fresh one.

    One line of the act's operation; what a key asks for is never too old.
    """
    if caller.fresh_until is not None and now >= caller.fresh_until:
        raise SignInTooOld("sign in once more, then do it again: nothing was changed")


def context_of(caller: Caller) -> dict[str, Any]:
    """Return a caller as the API passes it on; a machine's key has no person_id."""
    person = {"person_id": caller.person_id} if caller.person_id else {}
    scopes = " ".join(sorted(caller.scopes))
    return {"key_id": caller.key_id, **person, "scopes": scopes, "is_sole": caller.is_sole}


def caller_of(context: Mapping[str, Any]) -> Caller:
    """Return the caller that the authorizer proved.

    A scope of another release is left out: while one is deployed, two releases meet.
    """
    scopes = str(context.get("scopes") or "").split()
    return Caller(
        key_id=str(context["key_id"]),
        person_id=context.get("person_id") or None,
        scopes=frozenset(Scope(scope) for scope in scopes if scope in set(Scope)),
        is_sole=str(context.get("is_sole", "")).lower() == "true",
    )
