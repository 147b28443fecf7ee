"""What can happen to money at the gateway: every act is the fake's own, asked for in few words."""

from typing import Any

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.stripe.api.errors import Refusal
from infra.fake_gateways.stripe.money import WHOLE_ONLY
from tests.simulation.payments.gateway import Gateway

_KEY = {"Authorization": "Bearer sk_simulated"}
_DECLINED = "pm_card_chargeDeclined"


class LivingGateway(Gateway):
    """A gateway where payments are made, refunded, disputed and paid out."""

    def call(self, path: str, **form: Any) -> Body:
        """Ask the fake's API as the shop does, which is no part of us."""
        answer = self.fake.request("POST", f"/v1/{path}", form, _KEY)
        if answer.status not in (200, 402):
            raise ValueError(answer.body)
        return answer.body

    def customer(self) -> str:
        """A customer is known at the gateway."""
        return str(self.call("customers")["id"])

    def open_payment(
        self, amount: int, currency: str, capture: str = "automatic", customer: str = ""
    ) -> str:
        """A customer is about to pay."""
        form: Body = {"amount": amount, "currency": currency, "capture_method": capture}
        form["metadata"] = {"order_id": self.new_id("order")}
        if customer:
            form["customer"] = customer
        return str(self.call("payment_intents", **form)["id"])

    def attempt(self, payment_id: str, method: str = "card", fails: bool = False) -> str:
        """One attempt to collect: it fails, is authorized, or is captured at once."""
        given: Body = {"payment_method": _DECLINED if fails else "pm_card_visa"}
        if method != "card" and not fails:
            given = {"payment_method_data": {"type": method}}
        self.call(f"payment_intents/{payment_id}/confirm", **given)
        return str(self.found(payment_id)["latest_charge"])

    def capture(self, charge_id: str, amount: int, is_final: bool = True) -> None:
        """Take what was authorized, or a part; a second part may follow unless this was final."""
        path = f"payment_intents/{self.found(charge_id)['payment_intent']}/capture"
        self.call(path, amount_to_capture=amount, final_capture=str(is_final).lower())

    def cancel(self, charge_id: str) -> None:
        """Release what was authorized."""
        self.call(f"payment_intents/{self.found(charge_id)['payment_intent']}/cancel")

    def refund(self, charge_id: str, amount: int, begins: str = "pending", named: str = "") -> str:
        """Somebody else gives a part back, perhaps in a name of theirs; nothing if it can't be."""
        self.fake.switches.refunds_begin = begins
        form: Body = {"charge": charge_id, "amount": self._whole(charge_id, amount)}
        if named:
            form["metadata"] = {"refund_request_id": named}
        answer = self.fake.request("POST", "/v1/refunds", form, _KEY)
        return str(answer.body["id"]) if answer.status == 200 else ""

    def settle_refund(self, refund_id: str, status: str) -> bool:
        """A refund leaves, is called off, or comes back, if it still can."""
        try:
            self.fake.settle_refund(refund_id, status)
        except Refusal:
            return False
        return True

    def dispute(self, charge_id: str, amount: int, status: str = "needs_response") -> str:
        """A bank questions a charge; all but an inquiry take the funds away."""
        amount = self._whole(charge_id, amount)
        return str(self.fake.open_dispute(charge_id, amount, status)["id"])

    def close_dispute(self, dispute_id: str, status: str, returned_minor: int = 0) -> None:
        """The bank has decided; of what was lost it may give a part back."""
        self.fake.close_dispute(dispute_id, status, returned_minor=returned_minor)
        if returned_minor:
            self._schedule.seen["a lost dispute gave a part back"] += 1

    def return_debit(self, payment_id: str) -> None:
        """A bank takes a debit back that had succeeded."""
        self.fake.return_debit(payment_id)
        self._schedule.seen["a debit was returned after it succeeded"] += 1

    def _whole(self, charge_id: str, amount: int) -> int:
        """Return a part of a charge that its currency can be counted in, and more than nothing."""
        unit = 100 if self.found(charge_id)["currency"] in WHOLE_ONLY else 1
        return max(unit, amount // unit * unit)

    def pay_out(self, amount: int) -> str:
        """Send a part of the balance to the bank."""
        return str(self.fake.pay_out(amount)["id"])

    def settle_payout(self, payout_id: str, status: str) -> None:
        """A payout arrived, or came back."""
        self.fake.settle_payout(payout_id, status)

    def check_out(self, payment_id: str, status: str) -> None:
        """A hosted page was finished or closed."""
        self.fake.finish_checkout(payment_id, status)
