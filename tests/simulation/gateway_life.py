"""What can happen to money at the gateway; each act changes its truth, then tells of it."""

from tests.simulation import stripe_events as stripe
from tests.simulation.gateway import FORGED, POISON, Gateway
from tests.simulation.stripe_events import Body

_FEE_MINOR = 30
_DISPUTE_FEE_MINOR = 1500


class LivingGateway(Gateway):
    """A gateway where payments are made, refunded, disputed and paid out."""

    def open_payment(self, amount: int, currency: str) -> str:
        """A customer is about to pay."""
        payment_id = self.new_id("pi")
        body = stripe.payment_intent(payment_id, amount, currency, self.now_s(), len(self.objects))
        self.objects[payment_id] = body
        self.emit("payment_intent.created", body)
        return payment_id

    def attempt(self, payment_id: str, method: str, outcome: str) -> str:
        """One attempt to collect: it fails, is authorized, or is captured at once."""
        intent = self.objects[payment_id]
        charge_id = self.new_id("ch")
        body = self.objects[charge_id] = stripe.charge(charge_id, intent, self.now_s(), method)
        intent["latest_charge"] = charge_id
        if outcome == "failed":
            body |= {"status": "failed", "failure_code": "card_declined"}
            error = {"code": "card_declined", "charge": charge_id}
            intent |= {"status": "requires_payment_method", "last_payment_error": error}
            self.emit("charge.failed", body)
            self.emit("payment_intent.payment_failed", intent)
        elif outcome == "authorized":
            body |= {"status": "succeeded", "paid": True}
            intent |= {"status": "requires_capture", "amount_capturable": body["amount"]}
            self.emit("charge.succeeded", body)
            self.emit("payment_intent.amount_capturable_updated", intent)
        else:
            self._captured(body, body["amount"])
            self.emit("charge.succeeded", body)
            self.emit("payment_intent.succeeded", intent)
        return charge_id

    def capture(self, charge_id: str, amount: int) -> None:
        """Take what was authorized, or a part; a second part may follow."""
        body = self.objects[charge_id]
        self._captured(body, amount)
        self.emit("charge.captured", body)
        self.emit("payment_intent.succeeded", self.objects[body["payment_intent"]])

    def _captured(self, body: Body, amount: int) -> None:
        body |= {"status": "succeeded", "paid": True, "captured": True}
        body["amount_captured"] += amount
        intent = self.objects[body["payment_intent"]]
        intent |= {"status": "succeeded", "amount_received": body["amount_captured"]}
        intent["amount_capturable"] = 0
        self.moved("charge", amount, body, fee=_FEE_MINOR)

    def cancel(self, charge_id: str) -> None:
        """Release what was authorized."""
        body = self.objects[charge_id]
        intent = self.objects[body["payment_intent"]]
        intent |= {"status": "canceled", "amount_capturable": 0}
        body |= {"amount_refunded": body["amount"], "refunded": True}
        self.emit("charge.refunded", body)
        self.emit("payment_intent.canceled", intent)

    def refund(self, charge_id: str, amount: int, request: str = "") -> str:
        """Give a part back; the money hasn't left yet."""
        charge = self.objects[charge_id]
        refund_id = self.new_id("re")
        body = stripe.refund(refund_id, charge, amount, self.now_s(), request)
        self.objects[refund_id] = body
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
        self.emit("refund.created", body)
        self.emit("charge.refunded", charge)
        return refund_id

    def settle_refund(self, refund_id: str, status: str) -> None:
        """A refund leaves, is called off, or comes back."""
        body = self.objects[refund_id]
        was, body["status"] = body["status"], status
        charge = self.objects[body["charge"]]
        if status == "succeeded" or (status == "failed" and was != "succeeded"):
            self.moved("refund", -body["amount"], body)
        if status == "failed":
            body["failure_reason"] = "expired_or_canceled_card"
            self.moved("refund_failure", body["amount"], body)
        if status in ("failed", "canceled"):
            charge["amount_refunded"] -= body["amount"]
        names = {"failed": ["refund.failed", "charge.refund.updated"]}
        for name in names.get(status, ["refund.updated", "charge.refund.updated"]):
            self.emit(name, body)

    def dispute(self, charge_id: str, amount: int, status: str) -> str:
        """A bank questions a charge; all but an inquiry take the funds away."""
        dispute_id = self.new_id("du")
        charge = self.objects[charge_id]
        body = stripe.dispute(dispute_id, charge, amount, self.now_s(), status)
        self.objects[dispute_id] = body
        if status == "needs_response":
            moved = self.moved("adjustment", -amount, body, fee=_DISPUTE_FEE_MINOR)
            body["balance_transactions"].append(moved)
            self.emit("charge.dispute.funds_withdrawn", body)
        self.emit("charge.dispute.created", body)
        return dispute_id

    def close_dispute(self, dispute_id: str, status: str) -> None:
        """The bank has decided."""
        body = self.objects[dispute_id]
        body["status"] = status
        self.emit("charge.dispute.closed", body)
        if status == "won":
            moved = self.moved("adjustment", body["amount"], body)
            body["balance_transactions"].append(moved)
            self.emit("charge.dispute.funds_reinstated", body)

    def pay_out(self, amount: int) -> str:
        """Send a part of the balance to the bank."""
        payout_id = self.new_id("po")
        body = stripe.payout(payout_id, amount, "eur", self.now_s())
        self.objects[payout_id] = body
        self.moved("payout", -amount, body)
        self.emit("payout.created", body)
        return payout_id

    def settle_payout(self, payout_id: str, status: str) -> None:
        """A payout arrived, or came back."""
        body = self.objects[payout_id]
        body["status"] = status
        if status == "failed":
            body["failure_code"] = "account_closed"
            self.moved("payout_failure", body["amount"], body)
        self.emit(f"payout.{status}", body)

    def check_out(self, payment_id: str, status: str) -> None:
        """A hosted page was finished or closed."""
        session_id = self.new_id("cs")
        body = stripe.checkout_session(session_id, self.objects[payment_id], status)
        self.objects[session_id] = body
        self.emit(f"checkout.session.{'completed' if status == 'complete' else status}", body)

    def tell_oddities(self) -> None:
        """Tell what we don't act on, the other mode's, what is no event, and what is forged."""
        customer = {"id": self.new_id("cus"), "object": "customer", "created": self.now_s()}
        self.emit("customer.created", customer)
        intent = stripe.payment_intent(self.new_id("pi"), 700, "eur", self.now_s(), 1)
        test_charge = stripe.charge(self.new_id("ch"), intent, self.now_s(), "card")
        test_charge |= {"status": "succeeded", "captured": True, "amount_captured": 700}
        self.emit("charge.succeeded", test_charge, livemode=False)
        self.send({"id": f"{POISON}{self.new_id('evt')}", "object": "event"}, 0, 0.0)
        self.send({"id": f"{FORGED}{self.new_id('evt')}", "object": "event"}, 0, 0.0)
