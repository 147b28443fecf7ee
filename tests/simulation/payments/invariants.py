"""What must hold when all is quiet: the table against the gateway's own truth (design.md, 4)."""

import base64
import json
from collections import Counter
from collections.abc import Iterator

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.stripe.money import minor_amount
from tests.simulation.aws.queues import Message
from tests.simulation.dynamodb.values import Item
from tests.simulation.payments.checks import Checks
from tests.simulation.payments.gateway import POISON, Gateway
from tests.simulation.payments.invoice_invariants import invoicing
from tests.simulation.payments.refolding import refolded
from tests.simulation.payments.world import TABLE, World

Posted = Counter[tuple[str, str, str, str]]  # (subject, object, kind, currency) -> minor units

_WAITS = {"S": "WAITING"}
_KINDS = {"capture_reversal": ("capture", -1)}
_REVERSED = {"chargeback": "chargebacks", "chargeback_reversal": "gateway_clearing"}
_DISPUTES = {
    "warning_needs_response": "inquiry",
    "warning_closed": "inquiry_closed",
    "needs_response": "open",
    "won": "won",
    "lost": "lost",
}


def violations(world: World, checks: Checks) -> list[str]:
    """Return everything that is wrong now."""
    items = list(world.store.all_items(TABLE))
    return [
        *_booked_once(world, items),
        *_published(world, checks),
        *_postings(world.gateway, checks),
        *_balances(world, checks),
        *_objects(world.gateway, items),
        *_waiting(items),
        *refolded(items, world.opened_at),
        *invoicing(world, checks, items),
        *_dead(world),
    ]


def _dead(world: World) -> list[str]:
    """Invariant 1: what can't be booked waits in the dead-letter queue, and nothing else does."""
    poison = {event_id for event_id in world.gateway.accepted if event_id.startswith(POISON)}
    dead = [message for queue in world.queues for message in queue.dead]
    reported = {event_id for event_id in poison for message in dead if _carries(message, event_id)}
    return [f"{event_id} is neither booked nor dead" for event_id in sorted(poison - reported)] + [
        f"message {message.message_id} is dead"
        for message in dead
        if not any(_carries(message, event_id) for event_id in poison)
    ]


def _carries(message: Message, event_id: str) -> bool:
    body = base64.b64decode(json.loads(message.body).get("body_base64", ""))
    return f'"{event_id}"'.encode() in body


def _booked_once(world: World, items: list[Item]) -> list[str]:
    """Invariant 1: what was answered with 2xx is booked exactly once."""
    booked = Counter(item["event_id"]["S"] for item in items if "event_id" in item)
    expected = {event["id"] for event in world.gateway.events}
    lost = sorted(event_id for event_id in expected if booked[event_id] != 1)
    unanswered = sorted(expected - world.gateway.accepted)
    return [f"event {event_id} is booked {booked[event_id]} times" for event_id in lost] + [
        f"event {event_id} was never answered with 2xx" for event_id in unanswered
    ]


def _published(world: World, checks: Checks) -> list[str]:
    """Invariant 7: every fact was published and archived, and nothing else was."""
    archived = {
        fact_id
        for key, content in world.bucket.objects.items()
        if key.startswith("facts/")
        for fact_id in content.decode().split("\n")
    }
    expected = set(checks.facts)
    if world.facts.consumer is None:
        archived = expected
    return [
        f"fact {fact_id} was never published"
        for fact_id in sorted(expected - checks.published.keys())
    ] + [
        f"fact {fact_id} is true or archived, but not both"
        for fact_id in sorted(expected ^ archived)
    ]


def _postings(gateway: Gateway, checks: Checks) -> list[str]:
    """Invariants 2 and 5: every posting that the truth implies, once, whatever came when.

    What was assumed and then reported for sure, or captured and then taken back, may have been
    posted and reversed, and then comes to nothing.
    """
    posted: Posted = Counter()
    for one in checks.postings:
        if (one.kind, one.source) == ("capture", "opening_balance"):
            continue  # it turned out to be captured later, and was posted before
        kind, sign = _KINDS.get(one.kind, (one.kind, 1))
        sign = -sign if one.source == _REVERSED.get(one.kind) else sign
        posted[one.subject_id, one.object_id, kind, one.currency] += sign * one.amount_minor
    posted = Counter({key: minor for key, minor in posted.items() if minor})
    expected = _expected_postings(gateway)
    of_money = {key for key in posted if key[2] not in ("settlement", "fee", "exchange")}
    return [
        f"{key} is posted with {posted[key]} instead of {expected[key]}"
        for key in sorted(of_money | expected.keys())
        if posted[key] != expected[key]
    ]


def _expected_postings(gateway: Gateway) -> Posted:
    expected: Posted = Counter()
    for body in gateway.objects.values():
        if _lets_go(body):
            continue
        subject, currency = body.get("payment_intent") or body["id"], body["currency"]
        for object_id, kind, amount in _implied(gateway, body):
            minor = minor_amount(amount, currency)
            expected[subject, object_id, kind, currency.upper()] += minor
    return expected


def _implied(gateway: Gateway, body: Body) -> Iterator[tuple[str, str, int]]:
    """Yield which postings there must be of a body: of which object, which kind, how much."""
    kind, status, object_id = body["object"], body.get("status"), str(body["id"])
    if kind == "charge" and body["amount_captured"] and status != "failed":
        yield object_id, "capture", body["amount_captured"]
    if kind == "dispute":
        returned = gateway.fake.account.returned.get(object_id, 0)
        for moved in body["balance_transactions"]:
            name = f"{moved['id']}/funds"
            if moved["amount"] < 0:
                yield name, "chargeback", body["amount"]
            else:
                yield name, "chargeback_reversal", body["amount"] if status == "won" else returned
    for of, ways in (("refund", ("succeeded", "failed")), ("payout", ("paid", "failed"))):
        if kind == of and status in ways:
            yield object_id, of, body["amount"]
        if kind == of and status == "failed":
            yield object_id, f"{of}_reversal", body["amount"]


def _balances(world: World, checks: Checks) -> list[str]:
    """Invariant 2: our balance is what the gateway says, and clearing holds nothing unlabelled.

    What was captured before the books were opened came from the opening balance, and leaves
    clearing by its settlement.
    """
    gateway, opening = world.gateway, _opening(world)
    net, fees, clearing = Counter[str](), Counter[str](), Counter[str]()
    clearing.subtract(opening)
    for movement in gateway.movements:
        currency = movement["currency"].upper()
        fees[currency] += movement["fee"]
        net[currency] += movement["net"]
    for body in gateway.objects.values():  # a payout that hasn't arrived has left the balance
        if body["object"] == "payout" and body["status"] == "pending":
            net[body["currency"].upper()] += body["amount"]
    found = []
    for account, expected in (
        ("gateway_balance", net),
        ("gateway_fees", fees),
        ("gateway_clearing", clearing),
        ("opening_balance", opening),
    ):
        for currency in ("EUR", "JPY", "GBP", "ISK"):
            held = checks.balances[account, currency]
            if held != expected[currency]:
                found.append(f"{account} has {held} {currency} instead of {expected[currency]}")
    return found


def _opening(world: World) -> Counter[str]:
    """Add up what was captured for the last time before the books were opened."""
    opening = Counter[str]()
    if world.opened_at is None:
        return opening
    last_s: dict[str, float] = {}
    for moved in world.gateway.movements:
        if moved["type"] == "charge":
            last_s[moved["source"]] = max(last_s.get(moved["source"], 0.0), moved["created"])
    opened_s = world.opened_at.timestamp()
    for charge_id in (one for one, at_s in last_s.items() if at_s < opened_s):
        charge = world.gateway.found(charge_id)
        if charge["status"] == "succeeded":
            world.schedule.seen["a capture was an opening balance"] += 1
            minor = minor_amount(charge["amount_captured"], charge["currency"])
            opening[charge["currency"].upper()] += minor
    return opening


def _objects(gateway: Gateway, items: list[Item]) -> list[str]:
    """Invariant 5: each object stands as the gateway says, in exactly one subject."""
    if gateway.missed:  # what moved no money can't be known then
        return []
    known: dict[str, list[str]] = {}
    for item in items:
        for object_id, value in item.get("objects", {"M": {}})["M"].items():
            known.setdefault(object_id, []).append(value["M"]["s"]["S"])
    for item in items:
        if "object" in item:  # settled, and perhaps back in view since
            stands = item["object"]["M"]["s"]["S"]
            known.setdefault(item["object_id"]["S"], [stands])
    expected = {
        object_id: _stands(body)
        for object_id, body in gateway.objects.items()
        if not _lets_go(body)
    }
    return [
        f"{object_id} stands as {known.get(object_id)} instead of {state}"
        for object_id, state in expected.items()
        if state and known.get(object_id) != [state]
    ]


def _lets_go(body: Body) -> bool:
    """Say whether a refund is what a partial capture let go, which never touched the balance."""
    return body["object"] == "refund" and (body["status"], body["balance_transaction"]) == (
        "succeeded",
        None,
    )


def _stands(body: Body) -> str:
    """Return a body's state in our words; nothing where it isn't compared."""
    kind, status = body["object"], str(body["status"])
    if kind == "charge":
        if status == "failed":
            return "returned" if body.get("failure_balance_transaction") else "failed"
        if body["captured"]:
            return "captured"
        return "released" if body["refunded"] else "authorized"
    if kind == "dispute":
        return _DISPUTES[status]
    return status if kind in ("refund", "payout") else ""


def _waiting(items: list[Item]) -> list[str]:
    """Nothing waits any more that the gateway has explained."""
    return [f"{item['PK']['S']} still waits" for item in items if item.get("GSI2PK") == _WAITS]
