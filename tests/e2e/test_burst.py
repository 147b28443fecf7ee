"""200 posts at once, duplicates among them: all accepted in the end, none lost, none twice."""

import asyncio
import hashlib
import hmac
import json
import random
import time
from collections import Counter

import httpx

from infra.demo.result import Result
from infra.event_templates import Surroundings, fill
from infra.local import observed
from infra.stack import Stack
from kassa.platform import clock

PAYMENTS, POSTS = 30, 200  # each payment's invoice, mails and webhooks follow, and take far longer
AMOUNT, REFUNDED = 4_200, 1_100
RETRIED = {429, 500, 502, 503, 504}


def event(name: str, n: int, *sets: str) -> bytes:
    around = Surroundings(now=clock.now(), is_live=False)
    return json.dumps(fill(name, [f"event.id=evt_burst_{name}_{n}", *sets], around)).encode()


def events() -> list[bytes]:
    """Return a capture and a refund of each payment."""
    made = []
    for n in range(PAYMENTS):
        charge, payment = f"ch_burst{n}", f"pi_burst{n}"
        sets = (f"payment_intent={payment}", f"charge={charge}", f"amount={REFUNDED}")
        captured = (f"id={payment}", f"latest_charge={charge}", f"amount_received={AMOUNT}")
        made.append(event("payment_intent.succeeded", n, *captured, f"amount={AMOUNT}"))
        made.append(event("refund.updated", n, f"id=re_burst{n}", *sets))
    return made


def signed(body: bytes, secret: str) -> dict[str, str]:
    at = int(time.time())
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return {"stripe-signature": f"t={at},v1={mac}", "content-type": "application/json"}


async def post(client: httpx.AsyncClient, stack: Stack, body: bytes) -> list[int]:
    """Post until it is accepted, as a gateway would; return every answer."""
    answers: list[int] = []
    while len(answers) < 40 and not (answers and answers[-1] == 200):
        await asyncio.sleep(random.uniform(0, min(0.2 * 2 ** len(answers), 3)) if answers else 0)
        headers = signed(body, stack.secrets["stripe"])
        answer = await client.post(stack.webhooks["stripe"], content=body, headers=headers)
        assert answer.status_code == 200 or answer.status_code in RETRIED
        answers.append(answer.status_code)
    return answers


async def post_all(stack: Stack, bodies: list[bytes]) -> list[list[int]]:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(timeout=120, limits=limits) as client:
        return await asyncio.gather(*(post(client, stack, body) for body in bodies))


def is_booked(stack: Stack) -> bool:
    return observed.messages(stack, ["EventsQueue"]) == {"EventsQueue": 0}


def test_of_200_concurrent_posts_none_is_lost_and_none_counts_twice(
    stack: Stack, result: Result
) -> None:
    distinct = events()
    draw = random.Random(7)
    bodies = distinct + draw.choices(distinct, k=POSTS - len(distinct))
    draw.shuffle(bodies)

    answers = asyncio.run(post_all(stack, bodies))

    assert [each[-1] for each in answers] == [200] * POSTS
    assert observed.wait_until(lambda: is_booked(stack), timeout_s=90)
    books = observed.read_books(stack)
    sent = {json.loads(body)["id"] for body in distinct}
    assert {each.event_id for each in books.events} >= sent
    once = Counter({f"pi_burst{n}": 1 for n in range(PAYMENTS)})
    for fact in ("PaymentCaptured", "RefundSucceeded"):
        booked = books.subjects(fact)
        assert {subject: booked[subject] for subject in once} == once
    burst = [each for each in books.postings if "_burst" in each.object_id]
    sums = Counter({"capture": 0, "refund": 0})
    for posting in burst:
        sums[posting.kind] += posting.amount.amount_minor
    assert sums == {"capture": PAYMENTS * AMOUNT, "refund": PAYMENTS * REFUNDED}
    assert observed.dead_letters(stack) == {}
