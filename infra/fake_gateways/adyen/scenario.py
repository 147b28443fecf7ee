"""What happens at Adyen without a call of its API: customers pay, banks decide, batches close."""

from infra.fake_gateways.adyen import disputes, links, payments, settlement
from infra.fake_gateways.adyen.account import Account, Switches
from infra.fake_gateways.adyen.money import minor_of, value_of
from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.kit.pages import Page


class Scenario:
    """The acts of everybody but the API's caller."""

    ACTS = (
        *("finish_checkout", "sell", "refund_in_dashboard", "decide_refund", "fail_refund"),
        *("open_dispute", "close_dispute", "charge_back_again", "request_information"),
        *("capture", "fail_capture", "repair_capture", "send_test"),
        *("pay_out_all", "expire_authorisation", "truth", "run_due"),
    )

    def __init__(self, account: Account) -> None:
        """Act on this account."""
        self.account = account

    @property
    def switches(self) -> Switches:
        """How the account is set up."""
        return self.account.switches

    def take_notifications(self) -> list[list[Body]]:
        """Take what was sent since the last call, as the items of each webhook."""
        items, self.account.items = self.account.items, []
        size = max(1, self.switches.items_max)
        return [items[at : at + size] for at in range(0, len(items), size)]

    def page(self, checkout_id: str) -> Page | None:
        """Return a payment page as its customer sees it."""
        if checkout_id not in self.account.links:
            return None
        link = links.find(self.account, checkout_id)
        amount = link["amount"]
        return Page(
            "Adyen",
            str((link.get("metadata") or {}).get("order_id") or link["reference"]),
            minor_of(amount["value"], amount["currency"]),
            amount["currency"],
            link["status"] == "active",
            link.get("returnUrl", ""),
        )

    def finish_checkout(self, checkout_id: str, outcome: str) -> Body:
        """A customer pays on a hosted page, is declined there, or lets it expire."""
        return links.finish(self.account, checkout_id, outcome)

    def sell(
        self, order_id: str, amount_minor: int, currency: str = "EUR", is_declined: bool = False
    ) -> Body:
        """A customer pays in the shop's own way, without a page of Kassa's."""
        amount = {"value": value_of(amount_minor, currency), "currency": currency}
        sold = payments.authorise(self.account, order_id, amount, succeeds=not is_declined)
        return {"payment_id": sold["psp"]}

    def refund_in_dashboard(self, payment_id: str, amount_minor: int) -> Body:
        """Somebody refunds by hand."""
        payment = self.account.payment(payment_id)
        value = value_of(amount_minor, payment["currency"])
        return {"refund_id": payments.refund(self.account, payment, value)}

    def decide_refund(self, refund_id: str) -> Body:
        """A refund that was received is made, or refused for want of what is left."""
        return payments.decide_refund(self.account, refund_id)

    def fail_refund(self, refund_id: str) -> Body:
        """A card scheme rejects a refund that was made."""
        return payments.fail_refund(self.account, refund_id)

    def open_dispute(self, payment_id: str, amount_minor: int | None = None) -> Body:
        """A bank takes a payment back."""
        currency = self.account.payment(payment_id)["currency"]
        value = value_of(amount_minor, currency) if amount_minor else None
        return disputes.open_dispute(self.account, payment_id, value)

    def request_information(self, payment_id: str) -> Body:
        """A bank asks about a payment; no money moves."""
        return disputes.request_information(self.account, payment_id)

    def close_dispute(self, dispute_id: str, outcome: str, returned_minor: int = 0) -> Body:
        """A dispute is won, and its money comes back, or lost; a part may come back then too."""
        payment_id = self.account.disputes.get(dispute_id, {}).get("payment_id", "")
        payment = self.account.payments.get(payment_id)
        returned = value_of(returned_minor, payment["currency"]) if payment else 0
        return disputes.close_dispute(self.account, dispute_id, outcome, returned)

    def charge_back_again(self, dispute_id: str) -> Body:
        """What was won is taken a second time."""
        return disputes.charge_back_again(self.account, dispute_id)

    def capture(self, payment_id: str, amount_minor: int) -> Body:
        """Somebody captures a part of an authorised payment by hand."""
        payment = self.account.payment(payment_id)
        value = value_of(amount_minor, payment["currency"])
        return {"capture_id": payments.capture(self.account, payment, value)}

    def fail_capture(self, payment_id: str) -> None:
        """A card scheme rejects what was captured, before or after it was settled."""
        payments.fail_capture(self.account, payment_id)

    def repair_capture(self, payment_id: str) -> None:
        """Adyen captures once more what had failed."""
        payments.repair_capture(self.account, payment_id)

    def send_test(self, event_code: str = "AUTHORISATION") -> None:
        """Somebody presses "Test configuration" in the Customer Area."""
        self.account.test_configuration(event_code)

    def expire_authorisation(self, payment_id: str) -> None:
        """An authorisation was never captured, and its time is over."""
        payments.expire_authorisation(self.account, payment_id)

    def pay_out_all(self) -> Body:
        """The batch closes: its balance goes to the bank, its report can be downloaded."""
        return {"payout_id": settlement.pay_out_all(self.account)}

    def truth(self) -> Body:
        """Report how everything stands, for whoever compares; in ISO 4217's minor units."""
        account = self.account
        sums = settlement.balance(account)
        return {
            "balance_minor": {code: minor_of(sums[code], code) for code in sums},
            "payments": {psp: self._paid(one) for psp, one in account.payments.items()},
            "refunds": [self._refund(one) for one in account.refunds.values()],
        }

    def _paid(self, payment: Body) -> Body:
        currency = payment["currency"]
        return {
            "order_id": payment["reference"],
            "amount_minor": minor_of(payment["value"], currency),
            "currency": currency,
            "captured_minor": minor_of(payment["captured"], currency),
            "refunded_minor": minor_of(payments.refunded(self.account, payment), currency),
        }

    def _refund(self, refund: Body) -> Body:
        currency = self.account.payment(refund["payment_id"])["currency"]
        return refund | {"amount_minor": minor_of(refund["value"], currency)}

    def run_due(self) -> int:
        """Do what Adyen does by itself and is due."""
        return self.account.schedule.run_due()
