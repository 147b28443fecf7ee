"""The controls that every fake gateway has under the same names, in Stripe's terms."""

from collections.abc import Sequence
from typing import Any

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.kit.pages import Page
from infra.fake_gateways.stripe.account import Account
from infra.fake_gateways.stripe.api.errors import Refusal, in_execution
from infra.fake_gateways.stripe.money import minor_amount, own_amount
from infra.fake_gateways.stripe.objects import (
    balance,
    checkouts,
    disputes,
    payments,
    payouts,
    refunds,
)


class Shared:
    """What one scenario needs of any gateway; Stripe's own fields are taken too."""

    account: Account

    def sell(
        self, order_id: str, amount_minor: int, currency: str, card: str = "pm_card_visa"
    ) -> Body:
        """A customer pays an order without a page of ours; another test card may be declined."""
        params: dict[str, Any] = {
            "amount": own_amount(amount_minor, currency.lower()),
            "currency": currency.lower(),
            "metadata": {"order_id": order_id},
            "capture_method": "automatic",
        }
        intent = payments.create(self.account, "", params)
        try:
            payments.confirm(self.account, intent["id"], {"payment_method": card})
        except Refusal as refusal:
            if refusal.status != 402:
                raise
        return {"payment_id": intent["id"], "status": intent["status"]}

    def sell_in_parts(self, order_id: str, parts_minor: Sequence[int], currency: str) -> Body:
        """A customer's card is authorised for an order, and captured in parts (multicapture)."""
        own = [own_amount(minor, currency.lower()) for minor in parts_minor]
        params: dict[str, Any] = {"amount": sum(own), "currency": currency.lower()}
        params |= {"metadata": {"order_id": order_id}, "capture_method": "manual"}
        intent = payments.create(self.account, "", params)
        payments.confirm(self.account, intent["id"], {"payment_method": "pm_card_visa"})
        for left, amount in zip(range(len(own) - 1, -1, -1), own, strict=True):
            part = {"amount_to_capture": amount, "final_capture": not left}
            payments.capture(self.account, intent["id"], part)
        return {"payment_id": intent["id"], "status": intent["status"]}

    def finish_checkout(
        self, checkout_id: str = "", outcome: str = "", payment_id: str = "", status: str = ""
    ) -> Body:
        """A customer leaves a page (paid, declined, expired), or one known by its payment ends."""
        payment_id = payment_id or checkout_id
        if payment_id in self.account.kinds["payment_intent"]:
            return checkouts.finish(self.account, payment_id, status or outcome)
        return checkouts.leave(self.account, checkout_id, outcome)

    def page(self, checkout_id: str) -> Page | None:
        """Return a payment page as its customer sees it."""
        session = self.account.kinds["checkout.session"].get(checkout_id)
        if session is None:
            return None
        currency = session["currency"]
        return Page(
            "Stripe",
            str(session["client_reference_id"] or session["metadata"].get("order_id", "")),
            minor_amount(session["amount_total"], currency),
            currency,
            session["status"] == "open",
            session["success_url"] or "",
            session["cancel_url"] or "",
        )

    def refund_in_dashboard(
        self, charge_id: str = "", amount: int = 0, payment_id: str = "", amount_minor: int = 0
    ) -> Body:
        """Somebody refunds by hand: no metadata, and Stripe's limits hold."""
        charge_id = self._charge_of(charge_id or payment_id)
        own = self._own_amount(charge_id, amount_minor)
        params = {"charge": charge_id, "amount": amount or own}
        refund = refunds.create(self.account, "", params)
        return refund | {"refund_id": refund["id"]}

    def fail_refund(self, refund_id: str) -> Body:
        """The bank sends a refund back."""
        return refunds.settle(self.account, refund_id, "failed", "")

    def open_dispute(
        self, charge_id: str = "", amount: int = 0, status: str = "", **named: Any
    ) -> Body:
        """A bank questions a charge: `needs_response`, or `warning_needs_response`, an inquiry.

        The shared names are `payment_id` and `amount_minor`, in ISO 4217's minor units.
        """
        charge_id = self._charge_of(charge_id or str(named.get("payment_id")))
        amount = amount or self._own_amount(charge_id, int(named.get("amount_minor") or 0))
        dispute = disputes.open_dispute(self.account, charge_id, amount, status)
        return dispute | {"dispute_id": dispute["id"]}

    def close_dispute(
        self, dispute_id: str, status: str = "", outcome: str = "", returned_minor: int = 0
    ) -> Body:
        """A dispute is won or lost, giving a part back perhaps; an inquiry is `warning_closed`."""
        charge_id = self.account.find("dispute", dispute_id)["charge"]
        returned = self._own_amount(charge_id, returned_minor)
        return disputes.close(self.account, dispute_id, status or outcome, returned)

    def pay_out_all(self) -> Body | None:
        """Stripe sends everything that wasn't paid out yet."""
        payout = payouts.send_all(self.account)
        return payout and payout | {"payout_id": payout["id"]}

    def truth(self) -> Body:
        """Report how everything stands, for whoever compares; in ISO 4217's minor units."""
        objects, by_payment = self.account.kinds, {}
        for intent in objects["payment_intent"].values():
            charge = self.account.objects.get(intent["latest_charge"] or "", {})
            captured = charge.get("amount_captured", 0)
            kept = 0 if charge.get("status") == "failed" else captured  # a debit that came back
            let_go = charge.get("amount", 0) - captured if charge.get("captured") else 0
            by_payment[intent["id"]] = {
                "order_id": intent["metadata"].get("order_id"),
                "amount_minor": minor_amount(intent["amount"], intent["currency"]),
                "currency": intent["currency"].upper(),
                "captured_minor": minor_amount(kept, intent["currency"]),
                "refunded_minor": minor_amount(
                    max(0, charge.get("amount_refunded", 0) - let_go), intent["currency"]
                ),
            }
        held = balance.total(self.account)
        return {
            "balance_minor": {code: minor_amount(held[code], code.lower()) for code in held},
            "payments": by_payment,
            "refunds": [
                {
                    "refund_id": one["id"],
                    "payment_id": one["payment_intent"],
                    "amount_minor": minor_amount(one["amount"], one["currency"]),
                    "status": one["status"],
                    "metadata": dict(one["metadata"]),
                }
                for one in objects["refund"].values()
            ],
        }

    def _own_amount(self, charge_id: str, amount_minor: int) -> int:
        return own_amount(amount_minor, self.account.find("charge", charge_id)["currency"])

    def _charge_of(self, named: str) -> str:
        """Return a charge's own id, or a payment's latest charge."""
        if named in self.account.kinds["charge"]:
            return named
        intent = self.account.find("payment_intent", named)
        if not intent["latest_charge"]:
            raise in_execution("The payment has no charge.")
        return str(intent["latest_charge"])
