"""What can be read: each kind of object by its id, and each kind's list."""

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.stripe.account import Account
from infra.fake_gateways.stripe.api.listing import PAGING, lister
from infra.fake_gateways.stripe.api.parameters import Params
from infra.fake_gateways.stripe.api.route import Act, Route, Table, route
from infra.fake_gateways.stripe.objects import balance, events


def _retriever(kind: str) -> Act:
    def retrieve(account: Account, object_id: str, params: Params) -> Body:
        return account.find(kind, object_id)

    return retrieve


def _list(kind: str, *filters: str) -> Route:
    return route(lister(kind, *filters), *filters, *PAGING)


_KINDS = (
    *("customer", "payment_method", "payment_intent", "charge", "refund", "dispute", "payout"),
    *("balance_transaction", "event", "webhook_endpoint"),
)

_RETRIEVED: Table = {
    **{("GET", f"{kind}s", "*"): route(_retriever(kind)) for kind in _KINDS},
    ("GET", "checkout_sessions", "*"): route(_retriever("checkout.session")),
}
_LISTED: Table = {
    ("GET", "checkout_sessions"): _list("checkout.session", "customer", "payment_intent", "status"),
    ("GET", "customers"): _list("customer", "email"),
    ("GET", "payment_methods"): _list("payment_method", "customer", "type"),
    ("GET", "payment_intents"): _list("payment_intent", "customer"),
    ("GET", "charges"): _list("charge", "payment_intent", "customer"),
    ("GET", "refunds"): _list("refund", "charge", "payment_intent"),
    ("GET", "disputes"): _list("dispute", "charge", "payment_intent"),
    ("GET", "payouts"): _list("payout", "status"),
    ("GET", "webhook_endpoints"): _list("webhook_endpoint"),
    ("GET", "balance_transactions"): route(
        balance.listed, *PAGING, "type", "source", "currency", "payout"
    ),
    ("GET", "balance"): route(balance.retrieve),
    ("GET", "events"): route(events.listed, *PAGING, "type", "types", "delivery_success"),
}
READING: Table = _RETRIEVED | _LISTED
