"""Who calls an operation: the API key that was shown, whose it is, and what it may do."""

from enum import StrEnum

from kassa.core.model import Model


class Scope(StrEnum):
    """What a key may do; a key with no fitting scope may do nothing."""

    PAYMENTS_READ = "payments:read"
    EVENTS_READ = "events:read"
    REPORTS_READ = "reports:read"
    REFUNDS_READ = "refunds:read"
    REFUNDS_WRITE = "refunds:write"  # request refunds
    REFUNDS_DECIDE = "refunds:decide"  # decide what the policy left to a person
    POLICIES_READ = "policies:read"  # and try one on the past, which changes nothing
    POLICIES_WRITE = "policies:write"
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"  # send orders to be paid
    INVOICES_READ = "invoices:read"
    ORDERS_RESOLVE = "orders:resolve"  # say what became of an attempt nobody knows of


READING = frozenset(scope for scope in Scope if scope.endswith(":read"))  # moves no money


class Caller(Model):
    """Who acts, as the authorizer proved it; it holds ids only.

    A key without a person is a machine's, or was made before persons were.
    """

    key_id: str
    person_id: str | None = None
    scopes: frozenset[Scope] = frozenset()  # what the key may do, as its person's roles stand now
    is_sole: bool = False  # a shop of one: there is no second person to ask

    @property
    def actor_id(self) -> str:
        """Return who acted, as it is recorded and compared: a person, whatever key they used.

        Where there is no person, the key's own id stands for one.
        """
        return self.person_id or self.key_id
