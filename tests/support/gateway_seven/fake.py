"""The fake of the seventh gateway: payments, pages, and a webhook for each change."""

import itertools
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from infra.fake_gateways.kit.answers import Answer, Body
from infra.fake_gateways.kit.faults import Faults

BASE = "https://api.seven.test"


class FakeSeven:
    """An account at Seven: what its API answers, and what everybody but Kassa does there."""

    def __init__(self, now: Callable[[], float]) -> None:
        """Open an account in which nothing has happened."""
        self.faults = Faults()
        self.events: list[Body] = []  # told since they were last taken
        self.payments: dict[str, Body] = {}
        self.pages: dict[str, Body] = {}
        self._answers: dict[str, Answer] = {}  # by idempotency key
        self._now, self._numbers = now, itertools.count(1)

    # The API

    def request(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        """Answer one request; a key that comes again gets the answer it got."""
        parts = path.strip("/").split("/")
        if method == "GET":
            return self._read(parts, parse_qs(query))
        key = headers["Idempotency-Key"]
        if key not in self._answers:
            self._answers[key] = self._make(parts, json.loads(body or b"{}"))
        return self._answers[key]

    def _read(self, parts: list[str], query: dict[str, list[str]]) -> Answer:
        match parts:
            case ["checkouts"]:
                pages = self.pages.values()
                found = [one for one in pages if one["reference"] in query["reference"]]
                return Answer(200, {"checkouts": found})
            case ["checkouts", page_id] if page_id in self.pages:
                return Answer(200, self.pages[page_id])
            case ["payments", payment_id] if payment_id in self.payments:
                return Answer(200, self.payments[payment_id])
        return Answer(404, {"code": "not_found"})

    def _make(self, parts: list[str], body: Body) -> Answer:
        match parts:
            case ["checkouts"]:
                page_id = self._id("page")
                page = {"id": page_id, "url": f"{BASE}/pay/{page_id}", "status": "open"} | body
                self.pages[page_id] = page
                return Answer(200, page)
            case ["payments", payment_id, "refunds"] if payment_id in self.payments:
                if body["amount"] > self.left(payment_id):
                    return Answer(422, {"code": "over_what_is_left"})
                return Answer(200, self.refund(payment_id, body["amount"], body["reference"]))
        return Answer(422, {"code": "unknown_payment"})

    # Customers, banks, and the merchant's own hands

    def sell(self, order_id: str, parts_minor: tuple[int, ...], currency: str, status: str) -> str:
        """Let an order be paid, or an attempt fail; each part is a capture. Return the payment."""
        payment_id = self._id("pay")
        reason = "declined" if status == "failed" else None
        captures = [self._new("cap", one, status) | {"reason": reason} for one in parts_minor]
        self.payments[payment_id] = {
            **{"id": payment_id, "order_id": order_id, "currency": currency, "method": "visa"},
            **{"captures": captures, "refunds": [], "disputes": [], "movements": []},
        }
        self._notify(payment_id)
        return payment_id

    def finish_checkout(self, checkout_id: str, outcome: str) -> None:
        """Let a customer leave a page."""
        page = self.pages[checkout_id]
        if page["status"] != "open":
            raise ValueError("the page is closed")
        parts = (page["amount"],)
        if outcome == "expired":
            page["status"] = "expired"
        elif outcome == "declined":
            self.sell(page["order_id"], parts, page["currency"], "failed")
        else:
            page["payment_id"] = self.sell(page["order_id"], parts, page["currency"], "captured")
            page["status"] = "paid"

    def refund(self, payment_id: str, amount_minor: int, reference: str | None = None) -> Body:
        """Refund a part of a payment."""
        refund = self._new("ref", amount_minor, "succeeded") | {"reference": reference}
        self._add(payment_id, "refunds", refund)
        return refund

    def fail_last_refund(self, payment_id: str) -> None:
        """Let the last refund of a payment come back."""
        self.payments[payment_id]["refunds"][-1]["status"] = "failed"
        self._notify(payment_id)

    def dispute(self, payment_id: str, amount_minor: int, outcome: str, returned: int) -> None:
        """Let a bank take money, decide, and give back what is won, or a part of what is lost."""
        moved = [self._new("mov", amount_minor, "withdrawn")]
        dispute = self._new("dis", amount_minor, "open") | {"movements": moved}
        self._add(payment_id, "disputes", dispute)
        dispute["status"] = outcome
        back = amount_minor if outcome == "won" else returned
        moved += [self._new("mov", back, "reinstated")] if back else []
        self._notify(payment_id)

    def reverse(self, payment_id: str, amount_minor: int) -> None:
        """Take money of a payment back, without a dispute."""
        self._add(payment_id, "movements", self._new("mov", amount_minor, "withdrawn"))

    def return_debit(self, payment_id: str) -> None:
        """Let a bank take back all that was captured."""
        for capture in self.payments[payment_id]["captures"]:
            capture["status"] = "returned"
        self._notify(payment_id)

    def left(self, payment_id: str) -> int:
        """Return what may still be refunded."""
        sums = self.truth()["payments"][payment_id]
        return int(sums["captured_minor"] - sums["refunded_minor"])

    def truth(self) -> dict[str, Any]:
        """Report what was captured and refunded of each payment."""

        def total(objects: list[Body], status: str) -> int:
            return sum(one["amount"] for one in objects if one["status"] == status)

        return {
            "payments": {
                name: {
                    "captured_minor": total(one["captures"], "captured"),
                    "refunded_minor": total(one["refunds"], "succeeded"),
                }
                for name, one in self.payments.items()
            }
        }

    def run_due(self) -> int:
        """Do nothing by itself: whatever happens at Seven happens at once."""
        return 0

    def _add(self, payment_id: str, to: str, made: Body) -> None:
        self.payments[payment_id][to].append(made)
        self._notify(payment_id)

    def _notify(self, payment_id: str) -> None:
        payment = self.payments[payment_id] = self.payments[payment_id] | {"at": self._at()}
        event = {"id": self._id("evt"), "type": "payment.changed", "at": self._at()}
        self.events.append(json.loads(json.dumps(event | {"payment": payment})))

    def _new(self, kind: str, amount_minor: int, status: str) -> Body:
        return {
            **{"id": self._id(kind), "amount": amount_minor, "status": status},
            "at": self._at(),
        }

    def _id(self, kind: str) -> str:
        return f"{kind}_{next(self._numbers)}"

    def _at(self) -> str:
        return datetime.fromtimestamp(self._now(), UTC).isoformat()
