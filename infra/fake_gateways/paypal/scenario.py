"""What happens at PayPal outside its API: buyers, banks, the merchant's own hands, and time."""

from typing import Any

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.kit.pages import Page
from infra.fake_gateways.paypal import reports
from infra.fake_gateways.paypal.account import Account, Switches
from infra.fake_gateways.paypal.money import in_minor, minor, of_minor
from infra.fake_gateways.paypal.objects import captures, disputes, orders, refunds, reversals, sales


class Scenario:
    """The acts of everybody but the merchant's software; each is a control when served."""

    ACTS = (
        *("finish_checkout", "sell", "refund_in_dashboard", "fail_refund", "settle_refund"),
        *("settle_capture", "open_dispute", "escalate_dispute", "close_dispute", "pay_out_all"),
        *("reverse_capture", "sell_by_subscription", "reverse_sale", "capture_in_parts"),
        *("return_payout", "truth", "run_due"),
    )

    def __init__(self, account: Account) -> None:
        """Act on this account."""
        self.account = account

    @property
    def switches(self) -> Switches:
        """How the account is set up."""
        return self.account.switches

    def finish_checkout(self, checkout_id: str, outcome: str = "paid") -> Body:
        """The buyer approves with an instrument that holds or doesn't, or leaves for good."""
        if outcome == "expired":
            orders.expire(self.account, checkout_id)
        elif outcome in ("paid", "declined"):
            orders.approve(self.account, checkout_id, declines=outcome == "declined")
        else:
            raise ValueError(f"no checkout ends as {outcome}")
        return {"checkout_id": checkout_id, "outcome": outcome}

    def page(self, checkout_id: str) -> Page | None:
        """Return a payment page as its buyer sees it."""
        order = self.account.orders.get(checkout_id)
        if order is None:
            return None
        unit, back = order["purchase_units"][0], self.account.returns.get(checkout_id, {})
        amount = unit["amount"]
        return Page(
            "PayPal",
            str(unit.get("custom_id") or unit.get("invoice_id") or checkout_id),
            in_minor(minor(amount), amount["currency_code"]),
            amount["currency_code"],
            orders.is_open(self.account, checkout_id),
            back.get("return_url", ""),
            back.get("cancel_url", ""),
        )

    def sell(self, order_id: str, amount_minor: int, currency: str) -> Body:
        """A buyer pays on another page than Kassa's; the shop captured it itself."""
        unit = {"amount": of_minor(amount_minor, currency), "custom_id": order_id}
        made = orders.create(self.account, {"intent": "CAPTURE", "purchase_units": [unit]})
        orders.approve(self.account, made["id"])
        captured = orders.capture(self.account, made["id"])
        taken = captured["purchase_units"][0]["payments"]["captures"][0]
        return {"payment_id": taken["id"], "checkout_id": made["id"]}

    def refund_in_dashboard(self, payment_id: str, amount_minor: int | None = None) -> Body:
        """Somebody refunds by hand."""
        currency = self.account.find("captures", payment_id)["amount"]["currency_code"]
        params = {"amount": of_minor(amount_minor, currency)} if amount_minor else {}
        made = refunds.create(self.account, payment_id, params)
        return {"refund_id": made["id"]}

    def settle_refund(self, refund_id: str, status: str) -> Body:
        """A refund leaves or comes back."""
        return refunds.shown(refunds.settle(self.account, refund_id, status))

    def fail_refund(self, refund_id: str) -> Body:
        """A refund comes back, also long after it left."""
        return self.settle_refund(refund_id, "FAILED")

    def settle_capture(self, payment_id: str, status: str) -> Body:
        """A capture that waited is completed or declined."""
        return captures.settle(self.account, payment_id, status)

    def open_dispute(
        self, payment_id: str, amount_minor: int | None = None, stage: str = "CHARGEBACK"
    ) -> Body:
        """A buyer questions a payment."""
        currency = self.account.find("captures", payment_id)["amount"]["currency_code"]
        rounded_minor = minor(of_minor(amount_minor, currency)) if amount_minor else None
        made = disputes.start(self.account, payment_id, rounded_minor, stage)
        return {"dispute_id": made["dispute_id"]}

    def escalate_dispute(self, dispute_id: str) -> Body:
        """PayPal takes an inquiry over, and the money with it."""
        return disputes.escalate(self.account, dispute_id)

    def close_dispute(self, dispute_id: str, outcome: str, returned_minor: int = 0) -> Body:
        """PayPal decides: won, lost, a part of it given back; or the buyer canceled an inquiry."""
        dispute_amount = self.account.find("disputes", dispute_id)["dispute_amount"]
        returned = (
            minor(of_minor(returned_minor, dispute_amount["currency_code"]))
            if returned_minor
            else 0
        )
        return disputes.close(self.account, dispute_id, outcome, returned)

    def reverse_capture(self, payment_id: str, amount_minor: int) -> Body:
        """PayPal takes money of a payment back; no dispute says why."""
        currency = self.account.find("captures", payment_id)["amount"]["currency_code"]
        rounded_minor = minor(of_minor(amount_minor, currency))
        made = reversals.reverse(self.account, payment_id, rounded_minor)
        reversals.notify(self.account, made)
        return {"reversal_id": made["id"]}

    def sell_by_subscription(self, order_id: str, amount_minor: int, currency: str) -> Body:
        """A subscription is paid, by a sale of the first generation."""
        rounded_minor = minor(of_minor(amount_minor, currency))
        return {"payment_id": sales.sell(self.account, order_id, rounded_minor, currency)["id"]}

    def reverse_sale(self, payment_id: str, amount_minor: int) -> Body:
        """PayPal takes money of a sale back."""
        currency = self.account.find("sales", payment_id)["amount"]["currency"]
        rounded_minor = minor(of_minor(amount_minor, currency))
        return {"reversal_id": sales.reverse(self.account, payment_id, rounded_minor)["id"]}

    def capture_in_parts(self, order_id: str, parts_minor: tuple[int, ...], currency: str) -> Body:
        """A shop authorised an order elsewhere and captures it in parts, each a payment."""
        made = []
        for part_minor in parts_minor:
            unit = {"amount": of_minor(part_minor, currency), "custom_id": order_id}
            taken = captures.take_part(self.account, unit)
            made.append(taken["id"])
        return {"payment_ids": made}

    def pay_out_all(self) -> Body:
        """The balance goes to the bank."""
        return {"payout_id": reports.pay_out_all(self.account)}

    def return_payout(self, payout_id: str) -> Body:
        """A payout comes back from the bank."""
        return {"transaction_id": reports.return_payout(self.account, payout_id)}

    def run_due(self) -> int:
        """Do what is due by itself."""
        return self.account.schedule.run_due()

    def truth(self) -> Body:
        """Return what the account knows, for whoever compares books; in ISO 4217's minor units."""
        payments = {}
        for payment_id, capture in self.account.captures.items():
            currency = capture["amount"]["currency_code"]
            whole = in_minor(minor(capture["amount"]), currency)
            is_taken = capture["status"] not in ("PENDING", "DECLINED")
            payments[payment_id] = {
                "order_id": capture.get("custom_id"),
                "amount_minor": whole,
                "currency": currency,
                "captured_minor": whole if is_taken else 0,
                "refunded_minor": in_minor(refunds.refunded(self.account, payment_id), currency),
            }
        held = reports.balances(self.account)
        made: list[Any] = [_refund(one) for one in self.account.refunds.values()]
        return {
            "balance_minor": {code: in_minor(held[code], code) for code in held},
            "payments": payments,
            "refunds": made,
        }


def _refund(one: Body) -> Body:
    return {
        "refund_id": one["id"],
        "payment_id": one["_capture"],
        "amount_minor": in_minor(minor(one["amount"]), one["amount"]["currency_code"]),
        "status": one["status"],
        "submission_id": one.get("custom_id"),
    }
