"""What must hold of refunds when all is quiet: every case against the gateway's own truth."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.stripe.money import minor_amount
from tests.simulation.engine.faults import Fault
from tests.simulation.payments.checks import reservations
from tests.simulation.payments.world import TABLE, WATCH_EVERY_S, World
from tests.simulation.refunds.cases import Fields, is_unknown, submission_of
from tests.simulation.refunds.checks import RefundChecks

_GONE = {"failed", "canceled"}
_ENDS = {"paid", "rejected", "escalated"}
_STANDS = {"succeeded": "paid", "pending": "accepted", "requires_action": "accepted"}
_CRASHES = (Fault.CRASH_BEFORE, Fault.CRASH_AFTER, "timed out")


def refund_violations(world: World, checks: RefundChecks) -> list[str]:
    """Return everything that is wrong with refunds now."""
    return [
        *_paid_once(world),
        *_ends(world, checks),
        *_reserved(world),
        *_released_and_paid(checks),
        *_due(world),
        *_excess(world),
    ]


def _released_and_paid(checks: RefundChecks) -> Iterator[str]:
    submissions = sorted(checks.released)
    yield from (
        f"{submission} was released, and is paid"
        for submission in submissions
        if checks.alive(submission)
    )


def _refunds(world: World) -> Iterator[tuple[str, Body]]:
    """Yield the gateway's refunds that carry a request's name, with that request."""
    for refund in world.gateway.fake.account.kinds["refund"].values():
        request_id = refund["metadata"].get("refund_request_id", "").partition(".")[0]
        if request_id in world.cases.requests:
            yield request_id, refund


def _paid_once(world: World) -> Iterator[str]:
    """Invariant 3: one refund a claim at a time, and never more than was captured."""
    alive: Counter[str] = Counter()
    submitted: Counter[str] = Counter()
    for request_id, refund in _refunds(world):
        if refund["status"] not in _GONE:
            alive[request_id] += 1
            submitted[refund["charge"]] += refund["amount"]
            amount = world.cases.lifecycles[request_id]["approved_minor"]
            made = minor_amount(refund["amount"], refund["currency"])
            if made != amount:
                yield f"{refund['id']} is of {made}, and {amount} was approved"
    for request_id, number in alive.items():
        if number > 1:
            yield f"{request_id} was paid {number} times"
    for charge_id, total in submitted.items():
        captured = world.gateway.found(charge_id)["amount_captured"]
        if total > captured:
            yield f"{total} of {captured} was refunded of {charge_id}, all of it by us"


def _ends(world: World, checks: RefundChecks) -> Iterator[str]:
    """Every request ends, and stands as the gateway says."""
    for request_id, lifecycle in world.cases.lifecycles.items():
        alive = checks.alive(submission_of(lifecycle))
        status = alive[0]["status"] if alive else ""
        state, expected = lifecycle["state"], _STANDS.get(status)
        if expected and state != expected:
            yield f"{request_id} is {state}, and its refund has {status}"
        elif not expected and state not in _ENDS - {"paid"}:
            yield f"{request_id} is {state}, and the gateway has no refund of it"
        published, changes = lifecycle["published"], len(lifecycle["changes"])
        if published != changes:
            yield f"{request_id} has published {published} of {changes} changes"
        why = _last(lifecycle, "escalated") or _last(
            lifecycle, "resolved"
        )  # a person said: not paid
        if state == "escalated" and not why.get("why"):
            yield f"{request_id} is escalated, and nobody says why"
    for request_id in world.cases.requests.keys() ^ world.cases.lifecycles.keys():
        yield f"{request_id} has a request or a lifecycle, not both"


def _last(lifecycle: Fields, step: str) -> Fields:
    found: list[Fields] = [one for one in lifecycle["changes"] if one["step"] == step]
    return found[-1] if found else {}


def _reserved(world: World) -> Iterator[str]:
    """What is still reserved may still be paid."""
    for key in {world.cases.payment_of(request_id) for request_id in world.cases.requests}:
        for submission in reservations(world.store.peek(TABLE, key)):
            lifecycle = world.cases.lifecycles[submission.partition(".")[0]]
            may_be = lifecycle["state"] == "escalated" and is_unknown(lifecycle)
            if submission != submission_of(lifecycle) or not may_be:
                yield f"{submission} is reserved, and its request is {lifecycle['state']}"


def _due(world: World) -> Iterator[str]:
    """Nothing that is due stands on the work queue."""
    late = world.schedule.now() - timedelta(seconds=2 * WATCH_EVERY_S)
    for request_id, due in world.cases.due.items():
        state = world.cases.lifecycles[request_id]["state"]
        if due < late.isoformat(timespec="seconds"):
            yield f"{request_id} is {state}, due since {due}"
        if state not in ("accepted", "escalated"):
            yield f"{request_id} is {state}, and is looked at for ever"


def _excess(world: World) -> Iterator[str]:
    """What left beyond what was captured was counted for an alarm, unless a process died then."""
    if any(world.schedule.seen[crash] for crash in _CRASHES) or world.metrics["RefundExcess"]:
        return
    gone: dict[str, int] = defaultdict(int)
    for charge_id, amount in _left(world):
        gone[charge_id] += amount
    for charge_id, total in gone.items():
        captured = world.gateway.found(charge_id)["amount_captured"]
        if total > captured and not world.gateway.missed:
            yield f"{total} of {captured} left {charge_id}, and nobody was alarmed"


def _left(world: World) -> Iterator[tuple[str, int]]:
    kinds = world.gateway.fake.account.kinds
    for refund in kinds["refund"].values():
        if refund["status"] not in _GONE and not _lets_go(refund):
            yield refund["charge"], refund["amount"]
    for dispute in kinds["dispute"].values():
        if dispute["status"] in ("needs_response", "under_review", "lost"):
            returned = world.gateway.fake.account.returned.get(dispute["id"], 0)
            yield dispute["charge"], dispute["amount"] - returned


def _lets_go(refund: Body) -> bool:
    return (refund["status"], refund["balance_transaction"]) == ("succeeded", None)
