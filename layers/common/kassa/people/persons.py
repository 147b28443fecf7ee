"""Persons: who works here, which roles they have, and which rights no one person holds together.

A person's name stands in the person alone; whatever they do is recorded under their id. What their
keys may do follows from their roles, so no number of keys adds up to more than the roles allow.
"""

from collections.abc import Iterable
from enum import StrEnum

from pydantic import Field

from kassa.core.callers import READING, Scope
from kassa.core.errors import InvalidRequest
from kassa.core.model import Instant, Model

NAME_MAX = 100


class Role(StrEnum):
    """What somebody works as; every role may read everything but the audit trail."""

    READER = "reader"
    SUPPORT = "support"  # sends orders, enters payments, invoices, requests refunds, disputes
    APPROVER = "approver"  # decides refunds that the policy left to a person, resolves outcomes
    FINANCE = (
        "finance"  # writes policies and the seller, enters payments, issues and voids invoices
    )
    DEVELOPER = "developer"  # connects other programs: says where facts are sent, makes keys
    ADMIN = "admin"  # says who works here, as what


_SCOPES = {
    Role.READER: READING,
    Role.SUPPORT: READING
    | {
        *(Scope.ORDERS_WRITE, Scope.PAYMENTS_WRITE, Scope.REFUNDS_WRITE, Scope.INVOICES_WRITE),
        *(Scope.DELIVERIES_WRITE, Scope.CUSTOMERS_EXPORT, Scope.DISPUTES_WRITE),
    },
    Role.APPROVER: READING | {Scope.REFUNDS_DECIDE, Scope.ORDERS_RESOLVE},
    Role.FINANCE: READING
    | {
        *(Scope.PAYMENTS_WRITE, Scope.INVOICES_WRITE, Scope.INVOICES_DECIDE),
        *(Scope.POLICIES_WRITE, Scope.SELLER_WRITE, Scope.DELIVERIES_WRITE),
        *(Scope.CUSTOMERS_EXPORT, Scope.CUSTOMERS_ERASE, Scope.DISPUTES_WRITE),
        Scope.AUDIT_READ,
    },
    Role.DEVELOPER: READING
    | {Scope.WEBHOOKS_WRITE, Scope.DELIVERIES_WRITE, Scope.KEYS_WRITE, Scope.AUDIT_READ},
    Role.ADMIN: READING | {Scope.PEOPLE_WRITE, Scope.KEYS_WRITE, Scope.AUDIT_READ},
}
PERSONS_ALONE = frozenset(
    {
        *(Scope.REFUNDS_DECIDE, Scope.ORDERS_RESOLVE, Scope.INVOICES_DECIDE),
        *(Scope.POLICIES_WRITE, Scope.SELLER_WRITE, Scope.WEBHOOKS_WRITE, Scope.DISPUTES_WRITE),
        *(Scope.PEOPLE_WRITE, Scope.KEYS_WRITE, Scope.AUDIT_READ),
    }
)
APPROVING = frozenset(role for role in Role if Scope.REFUNDS_DECIDE in _SCOPES[role])
_APART = (  # rights of which one person holds one at most, and why
    (
        Scope.POLICIES_WRITE,
        Scope.REFUNDS_DECIDE,
        "who says when a second person must approve can't be the one who approves",
    ),
    (
        Scope.POLICIES_WRITE,
        Scope.REFUNDS_WRITE,
        "who says what is approved at once can't be the one who asks for it",
    ),
    (
        Scope.PEOPLE_WRITE,
        Scope.REFUNDS_DECIDE,
        "who says who approves can't be the one who approves",
    ),
    (
        Scope.PEOPLE_WRITE,
        Scope.POLICIES_WRITE,
        "who says who writes policies can't be the one who writes them",
    ),
)


class Person(Model):
    """Somebody who works here; keys belong to them."""

    person_id: str = Field(pattern=r"^person_[0-9a-f]{12}$")
    name: str = Field(min_length=1, max_length=NAME_MAX)
    roles: frozenset[Role]
    is_sole: bool = False  # the only one there is, so nothing waits for a second
    email: str | None = (
        None  # by which they first sign in at the issuer, as `identities.address` spells it
    )
    created_at: Instant
    disabled_at: Instant | None = None

    @property
    def is_active(self) -> bool:
        """Whether their keys open anything."""
        return self.disabled_at is None


def scopes_of(roles: Iterable[Role]) -> frozenset[Scope]:
    """Return all that the keys of somebody with these roles may do, together."""
    return frozenset(scope for role in roles for scope in _SCOPES[role])


def require_apart(person: Person) -> None:
    """Raise InvalidRequest, with the reason, where roles bring rights that mustn't be together.

    They may be a sole person's: there is nobody to part them with.
    """
    scopes = scopes_of(() if person.is_sole else person.roles)
    for one, other, why in _APART:
        if {one, other} <= scopes:
            raise InvalidRequest(
                f"{one} and {other} can't be one person's: {why}. Give the roles to two people,"
                " or create the only person there is with --sole"
            )


def require_within(scopes: frozenset[Scope], person: Person) -> None:
    """Raise InvalidRequest where a key could do more than its person's roles allow."""
    if beyond := scopes - scopes_of(person.roles):
        raise InvalidRequest(
            f"scopes: {', '.join(sorted(beyond))} is more than {person.person_id} may do as"
            f" {', '.join(sorted(person.roles))}"
        )


def require_for_machine(scopes: frozenset[Scope]) -> None:
    """Raise InvalidRequest where a key without a person could do what only persons do."""
    if beyond := scopes & PERSONS_ALONE:
        raise InvalidRequest(
            f"scopes: {', '.join(sorted(beyond))} is for persons, never for a system: create the"
            " key with --person"
        )


def may_approve(person: Person | None) -> bool:
    """Whether somebody may decide about refunds now; nobody may whom we don't know."""
    return person is not None and Scope.REFUNDS_DECIDE in allowed(scopes_of(person.roles), person)


def allowed(scopes: frozenset[Scope], person: Person | None) -> frozenset[Scope]:
    """Return what a key may do now; `person` is its person, or none for a machine's.

    A key made before persons were is a machine's: what only persons do is closed to it.
    """
    if person is None:
        return scopes - PERSONS_ALONE
    return scopes & scopes_of(person.roles) if person.is_active else frozenset()
